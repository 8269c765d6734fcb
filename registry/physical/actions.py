"""Writing observations down, correcting them, and striking them through."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.refused import Refused
from registry.db.struck_out import refuse_superseded, strike_out
from registry.db.transaction import write
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.physical.catalogue import catalogue
from registry.physical.facts import ObservationFacts
from registry.physical.models import Observation
from registry.physical.rules import impossible


def record_observations(
    *, patient_id: uuid.UUID, clinic_id: uuid.UUID, facts: Sequence[ObservationFacts], by: User
) -> list[Observation]:
    """Write down what was observed. Raises ``Refused`` for what is not in the catalogue, or is impossible."""
    with write():
        rows = [_observation(patient_id, clinic_id, each, by=by) for each in facts]
        db.session.add_all(rows)
        db.session.flush()
        for row in rows:
            record("observation.recorded", by=by, subject=row, kind="create")
        tell_episode_changed(patient_id)
    return rows


def correct_observation(
    *, observation: Observation, facts: ObservationFacts, why: str, opened_version: int | None, by: User
) -> Observation:
    """Replace an observation; the old one is kept. Raises ``EditConflict``, and ``Refused`` as when it is recorded."""
    with write():
        refuse_superseded(observation, opened_version=opened_version)
        replacement = _observation(observation.patient_id, observation.clinic_id, facts, by=by)
        replacement.replaces_id, replacement.why = observation.id, why
        observation.status = "amended"
        db.session.add(replacement)
        db.session.flush()
        record("observation.corrected", by=by, subject=replacement, reason=why)
        tell_episode_changed(observation.patient_id)
    return replacement


def withdraw_observation(*, observation: Observation, why: str, opened_version: int | None, by: User) -> None:
    """Keep an observation, struck through and counted nowhere. Raises ``EditConflict``."""
    with write():
        strike_out(observation, why=why, opened_version=opened_version, by_id=by.id)
        record("observation.entered-in-error", by=by, subject=observation, reason=why)
        tell_episode_changed(observation.patient_id)


def _observation(patient_id: uuid.UUID, clinic_id: uuid.UUID, facts: ObservationFacts, *, by: User) -> Observation:
    _refuse_impossible(facts)
    return Observation(
        patient_id=patient_id,
        clinic_id=clinic_id,
        kind=facts.kind,
        taken_on=facts.taken_on,
        value=facts.value,
        second=facts.second,
        unit=facts.unit,
        choice=facts.choice,
        source=facts.source,
        words=facts.words,
        recorded_at=clock.now(),
        recorded_by_id=by.id,
    )


def _refuse_impossible(facts: ObservationFacts) -> None:
    """Whatever way it comes in: no form is asked first by an import."""
    kind = catalogue().kinds.get(facts.kind)
    if kind is None:
        raise Refused("Choose what was observed", field="kind")
    if facts.value is None:
        if facts.choice not in kind.choices:
            raise Refused("Choose one of the answers", field=kind.key)
        return
    values = [facts.value] if facts.second is None else [facts.value, facts.second]
    wrong = next((words for each in values if (words := impossible(kind, each, facts.unit))), None)
    if wrong is None and (facts.second is None) != (not kind.second):
        wrong = f"Enter both values of {kind.name.lower()}"
    if wrong is None and facts.second is not None and facts.second >= facts.value:
        wrong = "Enter the upper value first"
    if wrong is not None:
        raise Refused(wrong, field=kind.key)
