"""Starting, changing and stopping treatments, noting injections and adherence, and correcting what was noted."""

from __future__ import annotations

import uuid
from typing import Any

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.refused import Refused
from registry.db.struck_out import refuse_superseded, strike_out
from registry.db.transaction import write
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.treatment.facts import AdherenceFacts, EntryFacts, InjectionFacts, StepFacts, TrialFacts
from registry.treatment.models import AdherenceCheck, Injection, TreatmentTrial, TrialStep
from registry.treatment.products import medicines
from registry.treatment.queries import Entry, has_injection_on, noted_days, standing_steps
from registry.treatment.rules import CLASSES, COVERS, misplaced, outside, starts_too_late

__all__ = ["Refused", "correct_entry", "note", "start_trial", "withdraw_entry", "withdraw_trial"]

_DONE = {"start": "treatment.started", "change": "treatment.changed", "stop": "treatment.stopped"}


def start_trial(*, patient_id: uuid.UUID, clinic_id: uuid.UUID, facts: TrialFacts, by: User) -> TreatmentTrial:
    """Begin a treatment, on the day and with the dose of its start."""
    with write():
        trial = TreatmentTrial(
            patient_id=patient_id,
            clinic_id=clinic_id,
            kind=facts.kind,
            name=facts.name,
            medicine_class=facts.medicine_class,
            product=facts.product,
            ingredient=facts.ingredient,
            recorded_at=clock.now(),
            recorded_by_id=by.id,
        )
        db.session.add(trial)
        db.session.flush()
        db.session.add(_entry(trial, clinic_id, facts.start, by=by))
        db.session.flush()
        record("treatment.started", by=by, subject=trial, kind="create")
        tell_episode_changed(patient_id)
    return trial


def note(*, trial: TreatmentTrial, clinic_id: uuid.UUID, facts: EntryFacts, by: User) -> Entry:
    """A change or the stop of a treatment, an injection, or how it is adhered to.

    Raises ``Refused`` where it cannot have been on that day.
    """
    with write():
        _refuse_impossible(trial, facts)
        entry = _entry(trial, clinic_id, facts, by=by)
        db.session.add(entry)
        db.session.flush()
        record(_action(facts), by=by, subject=entry, kind="create")
        tell_episode_changed(trial.patient_id)
    return entry


def correct_entry(
    *, trial: TreatmentTrial, entry: Entry, facts: EntryFacts, why: str, opened_version: int | None, by: User
) -> Entry:
    """Replace what was noted; the old entry is kept.

    Raises ``EditConflict`` when somebody else changed it since, ``Refused`` where it cannot have been on that day.
    """
    with write():
        refuse_superseded(entry, opened_version=opened_version)
        _refuse_impossible(trial, facts, replacing=entry)
        entry.status = "amended"
        db.session.flush()
        replacement = _entry(trial, entry.clinic_id, facts, by=by)
        was = _correct_medicine(trial, facts, why=why, by=by) if isinstance(facts, StepFacts) else ""
        replacement.replaces_id, replacement.why = entry.id, f"{why} ({was})" if was else why
        db.session.add(replacement)
        db.session.flush()
        record("treatment.corrected", by=by, subject=replacement, reason=why)
        tell_episode_changed(entry.patient_id)
    return replacement


def _correct_medicine(trial: TreatmentTrial, facts: StepFacts, *, why: str, by: User) -> str:
    """What the treatment is; returns in words what it was said to be before, nothing where that stays."""
    was: list[str] = []
    if facts.ingredient is not None and trial.ingredient != (facts.ingredient or None):
        was.append(medicines()[trial.ingredient].name.lower() if trial.ingredient else "no monitored medicine")
        trial.ingredient = facts.ingredient or None
    if facts.medicine_class is not None and trial.medicine_class != facts.medicine_class:
        was.append(CLASSES[trial.medicine_class or "other"].lower())
        trial.medicine_class = facts.medicine_class
    if was:
        record("treatment.corrected", by=by, subject=trial, reason=why)
    return f"before: {', '.join(was)}" if was else ""


def withdraw_entry(*, entry: Entry, why: str, opened_version: int | None, by: User) -> None:
    """Keep what was noted, struck through and counted nowhere. Raises ``EditConflict``.

    Raises ``Refused`` for a start: without it nothing else of the treatment stands.
    """
    with write():
        refuse_superseded(entry, opened_version=opened_version)
        if isinstance(entry, TrialStep) and entry.kind == "start":
            raise Refused("A treatment has a start: mark the whole treatment as entered in error", field="why")
        strike_out(entry, why=why, opened_version=opened_version, by_id=by.id)
        record("treatment.entered-in-error", by=by, subject=entry, reason=why)
        tell_episode_changed(entry.patient_id)


def withdraw_trial(*, trial: TreatmentTrial, why: str, opened_version: int | None, by: User) -> None:
    """Keep the whole treatment, struck through and counted nowhere. Raises ``EditConflict``."""
    with write():
        strike_out(trial, why=why, opened_version=opened_version, by_id=by.id)
        record("treatment.entered-in-error", by=by, subject=trial, reason=why)
        tell_episode_changed(trial.patient_id)


def _refuse_impossible(trial: TreatmentTrial, facts: EntryFacts, *, replacing: Entry | None = None) -> None:
    if trial.status != "final":
        raise Refused("This treatment was entered in error, and nothing more is noted of it", field="happened_on")
    steps = standing_steps(trial.id, but=replacing)
    wrong = misplaced(facts.kind, facts.on, steps) if isinstance(facts, StepFacts) else outside(facts.on, steps)
    if wrong is None and isinstance(facts, StepFacts) and facts.kind == "start":
        wrong = starts_too_late(facts.on, noted_days(trial.id))
    covers = isinstance(facts, InjectionFacts) and facts.outcome in COVERS
    if wrong is None and covers and has_injection_on(trial.id, facts.on, but=replacing):
        wrong = "An injection of that day is on record. Correct that entry instead"
    if wrong is not None:
        raise Refused(wrong, field="happened_on")


def _action(facts: EntryFacts) -> str:
    if isinstance(facts, StepFacts):
        return _DONE[facts.kind]
    return "treatment.injection-noted" if isinstance(facts, InjectionFacts) else "treatment.adherence-noted"


def _entry(trial: TreatmentTrial, clinic_id: uuid.UUID, facts: EntryFacts, *, by: User) -> Entry:
    noted: dict[str, Any] = {
        "patient_id": trial.patient_id,
        "clinic_id": clinic_id,
        "trial_id": trial.id,
        "happened_on": facts.on,
        "words": facts.words,
        "recorded_at": clock.now(),
        "recorded_by_id": by.id,
    }
    if isinstance(facts, StepFacts):
        return TrialStep(
            kind=facts.kind,
            is_about=facts.is_about,
            amount=facts.amount,
            unit=facts.unit if facts.amount is not None else "",
            every_days=facts.every_days,
            restart_after_days=facts.restart_after_days,
            frequency=facts.frequency,
            reason=facts.reason,
            **noted,
        )
    if isinstance(facts, AdherenceFacts):
        return AdherenceCheck(percent=facts.percent, source=facts.source, last_taken_on=facts.last_taken_on, **noted)
    return Injection(
        outcome=facts.outcome,
        amount=facts.amount,
        unit=facts.unit if facts.amount is not None else "",
        place=facts.place,
        **noted,
    )
