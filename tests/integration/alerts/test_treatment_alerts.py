"""An injection's alert comes with its day, goes with the injection, and says what came between."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from registry.alerts.models import Alert
from registry.alerts.sweep import sweep_clinic
from registry.extensions import db
from registry.treatment import actions as treatment
from registry.treatment.facts import InjectionFacts, StepFacts, TrialFacts
from tests.integration.alerts.scene import NOW, TODAY, a_scene, on_stage


def _open() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(Alert).where(Alert.rule == "medication.due", Alert.closed_at.is_(None)))
    return [(row.tier, row.sentence) for row in rows]


def test_an_injection_alerts_by_its_day_until_it_is_given(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        depot = TrialFacts(
            kind="injection",
            name="Haloperidol decanoate",
            product="haloperidol-decanoate",
            medicine_class="antipsychotic",
            start=StepFacts(kind="start", on=TODAY, every_days=28),
        )
        trial = treatment.start_trial(
            patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=depot, by=scene.duty
        )

        def tried(outcome: str, days: int) -> None:
            facts = InjectionFacts(on=TODAY + timedelta(days=days), outcome=outcome)
            treatment.note(trial=trial, clinic_id=scene.clinic.id, facts=facts, by=scene.duty)

        assert _open() == [
            ("reminder", "As of 11 Mar 2026: Haloperidol decanoate: first injection due 11 Mar 2026 (today)")
        ]
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
