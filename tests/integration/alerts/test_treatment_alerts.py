"""What alerts about treatment itself: an injection that is due, and the question after two antipsychotics."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from registry.alerts.models import Alert
from registry.alerts.parameters import load
from registry.alerts.sweep import sweep_clinic
from registry.extensions import db
from registry.treatment import actions as treatment
from registry.treatment.facts import AdherenceFacts, InjectionFacts, StepFacts, TrialFacts
from tests.integration.alerts.scene import NOW, TODAY, a_scene, alerts_of, measured, on_stage
from tests.integration.alerts.test_sweep import set_number

QUESTION = "treatment.clozapine-question"


def _open() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(Alert).where(Alert.rule == "medication.due", Alert.closed_at.is_(None)))
    return [(row.tier, row.sentence) for row in rows]


def test_an_injection_alerts_by_its_day_until_it_is_given(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        depot = TrialFacts(
            kind="injection",
            name="Naltrexone",
            product="naltrexone",
            medicine_class="addiction",
            start=StepFacts(kind="start", on=TODAY, every_days=28),
        )
        trial = treatment.start_trial(
            patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=depot, by=scene.duty
        )

        def tried(outcome: str, days: int) -> None:
            facts = InjectionFacts(on=TODAY + timedelta(days=days), outcome=outcome)
            treatment.note(trial=trial, clinic_id=scene.clinic.id, facts=facts, by=scene.duty)

        assert _open() == [("reminder", "As of 11 Mar 2026: Naltrexone: first injection due 11 Mar 2026 (today)")]
        tried("given", 0)
        assert _open() == []
        with time_machine.travel(NOW + timedelta(days=36), tick=False):
            sweep_clinic(scene.clinic, today=TODAY + timedelta(days=36))
            assert [tier for tier, _ in _open()] == ["action"]
            tried("refused", 36)
            ((tier, sentence),) = _open()
            assert tier == "action"
            assert sentence.endswith("last given 11 Mar 2026, refused 16 Apr 2026")
            tried("given-elsewhere", 35)
            assert _open() == []


def test_after_two_antipsychotics_taken_well_the_psychiatrist_is_asked_about_clozapine(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=150)
        for name in ("trials", "days", "adherence", "symptom_level"):
            id_ = f"{QUESTION}.{name}"
            set_number(scene, id_, load().parameters[id_].number)
        here: Any = {"clinic_id": scene.clinic.id, "by": scene.psychiatrist}

        def took(name: str, *, days_ago: int, percent: int) -> None:
            start = StepFacts(kind="start", on=TODAY - timedelta(days=days_ago))
            facts = TrialFacts(kind="medication", name=name, medicine_class="antipsychotic", start=start)
            trial = treatment.start_trial(patient_id=scene.patient.id, facts=facts, **here)
            taken = AdherenceFacts(on=TODAY, percent=percent, source="pharmacy")
            treatment.note(trial=trial, facts=taken, **here)

        took("Risperidone", days_ago=140, percent=90)
        voices = {str(item): 1 for item in range(1, 19)} | {"12": 5}
        measured(scene, instrument="bprs-18", mode="clinician", answers=voices)
        assert alerts_of(scene.patient, rule=QUESTION) == []
        took("Olanzapine", days_ago=60, percent=85)

        (asked,) = alerts_of(scene.patient, rule=QUESTION, is_open=True)
        assert asked.owner_id == scene.psychiatrist.id
        assert "2 antipsychotics tried in full, Risperidone (90" in asked.sentence
        assert asked.sentence.endswith("BPRS-18 hallucinatory behavior 5 (today)")
