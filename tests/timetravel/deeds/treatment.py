"""What is tried with a person: started, changed, stopped, injected, and corrected."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from registry.extensions import db
from registry.treatment import actions as treatment
from registry.treatment.facts import AdherenceFacts, InjectionFacts, StepFacts, TrialFacts
from registry.treatment.models import Injection, TreatmentTrial
from registry.treatment.queries import list_courses
from registry.treatment.rules import STOP_REASONS
from tests.timetravel.deeds.stage import Stage

_OUTCOMES = ("given", "given", "given", "given-elsewhere", "refused", "not-in-stock")


def start_treatment(stage: Stage) -> None:
    """A medicine, therapy, or injections of which the next is due."""
    if stage.is_dead:
        return
    kind = stage.chance.choice(("medication", "injection", "injection", "therapy"))
    name, medicine_class, product = {
        "medication": ("Sertraline", "antidepressant", None),
        "injection": ("Haloperidol decanoate", "antipsychotic", "haloperidol-decanoate"),
        "therapy": ("Problem solving", None, None),
    }[kind]
    treatment.start_trial(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        facts=TrialFacts(
            kind=kind, name=name, medicine_class=medicine_class, product=product, start=_step(stage, kind, "start")
        ),
        by=stage.psychiatrist,
    )


def change_treatment(stage: Stage) -> None:
    if (trial := _running(stage)) is not None:
        _note(stage, trial, _step(stage, trial.kind, "change"))


def stop_treatment(stage: Stage) -> None:
    if (trial := _running(stage)) is not None:
        reason = stage.chance.choice(list(STOP_REASONS))
        _note(stage, trial, StepFacts(kind="stop", on=stage.day(), reason=reason))


def inject(stage: Stage) -> None:
    """Given, or not; sometimes typed days later."""
    if (trial := _running(stage, "injection")) is not None:
        _note(stage, trial, InjectionFacts(on=stage.day(), outcome=stage.chance.choice(_OUTCOMES)))


def ask_about_adherence(stage: Stage) -> None:
    if (trial := _running(stage)) is not None:
        _note(stage, trial, AdherenceFacts(on=stage.day(), percent=stage.chance.choice((0, 50, 100)), source="person"))


def correct_injection(stage: Stage) -> None:
    """It was another outcome or another day, or another person's."""
    row = db.session.scalars(
        select(Injection)
        .where(
            Injection.patient_id == stage.person.patient_id,
            Injection.clinic_id == stage.place.clinic_id,
            Injection.status == "final",
        )
        .order_by(Injection.recorded_at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return
    if stage.chance.random() < 0.3:
        treatment.withdraw_entry(entry=row, why="Another person", opened_version=row.version, by=stage.psychiatrist)
        return
    treatment.correct_entry(
        trial=db.session.get_one(TreatmentTrial, row.trial_id),
        entry=row,
        facts=InjectionFacts(on=stage.day(), outcome=stage.chance.choice(_OUTCOMES)),
        why="Misread",
        opened_version=row.version,
        by=stage.psychiatrist,
    )


def withdraw_treatment(stage: Stage) -> None:
    if (trial := _running(stage)) is not None:
        treatment.withdraw_trial(trial=trial, why="Another person", opened_version=trial.version, by=stage.psychiatrist)


def _running(stage: Stage, kind: str | None = None) -> TreatmentTrial | None:
    """One of the person's treatments that stand and have not stopped."""
    trials = [
        course.trial
        for course in list_courses([stage.person.patient_id])
        if course.steps[-1].kind != "stop" and kind in (None, course.trial.kind)
    ]
    return stage.chance.choice(sorted(trials, key=lambda trial: trial.recorded_at)) if trials else None


def _step(stage: Stage, trial_kind: str, kind: str) -> StepFacts:
    chance, on = stage.chance, stage.day()
    if trial_kind == "therapy":
        return StepFacts(kind=kind, on=on, frequency=chance.choice(("weekly", "every two weeks")))
    every_days = chance.choice((7, 14, 28)) if trial_kind == "injection" else None
    return StepFacts(kind=kind, on=on, amount=Decimal(chance.choice((50, 100, 150))), unit="mg", every_days=every_days)


def _note(stage: Stage, trial: TreatmentTrial, facts: StepFacts | InjectionFacts | AdherenceFacts) -> None:
    treatment.note(trial=trial, clinic_id=stage.place.clinic_id, facts=facts, by=stage.psychiatrist)
