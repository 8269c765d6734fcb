"""Recording, correcting and withdrawing measurements.

Each action is one transaction: the row, its scores, its audit event, and whatever alerts follow from it. Answers of
a finished measurement never change: a correction is a new row, and the old one stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Required, TypedDict, Unpack

from sqlalchemy import bindparam, select

from registry import clock
from registry.audit.recorder import Actor, record
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict, refuse_stale
from registry.db.transaction import write
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.measurements import rules
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement, MeasurementScore
from registry.measurements.rules import ImpossibleDate, NothingAnswered
from registry.measurements.scores import definition_of, score_rows
from registry.measures.answers import Answer, answer_to_json
from registry.measures.instrument import Instrument
from registry.measures.scoring import Scoring, check_declared, score, score_as_it_stands, score_total
from registry.patients.models import Patient

__all__ = [
    "Administration",
    "AlreadyRecorded",
    "ImpossibleDate",
    "NotCurrent",
    "NothingAnswered",
    "UnknownPatient",
    "change_draft",
    "correct_measurement",
    "discard_draft",
    "finish_draft",
    "mark_entered_in_error",
    "record_measurement",
]


class UnknownPatient(LookupError):
    """Nobody within reach has this id."""


class AlreadyRecorded(ValueError):
    """This administration of the source is stored already."""


class NotCurrent(EditConflict):
    """Somebody was faster: only what counts can be corrected or withdrawn, only a draft finished or discarded."""


class Administration(TypedDict, total=False):
    """What the form says and how it was given, the same for a first entry, a draft and a correction."""

    taken_on: Required[date]
    """Local date of service: when the form was completed."""
    mode: Required[str]
    """One of ``models.MODES``."""
    answers: Mapping[str, Answer] | None
    """Item id → answer; an item left out is unanswered."""
    total_only: int | None
    """A total whose answers nobody has."""
    declared_total: int | None
    """A total printed beside the answers, on the instrument's primary scale: refused where they contradict it."""
    rater_id: uuid.UUID | None
    language: str
    used_interpreter: bool


@dataclass(frozen=True, slots=True)
class _Content:
    """What was on the paper, checked and scored."""

    answers: dict[str, int | str | None] | None
    total_only: int | None
    scoring: Scoring


def record_measurement(
    *,
    patient_id: uuid.UUID,
    clinic_id: uuid.UUID,
    instrument: str,
    version: str | None = None,
    by: Actor | None,
    source_key: str | None = None,
    as_draft: bool = False,
    **given: Unpack[Administration],
) -> Measurement:
    """Store one administration with its scores, its event and its alerts.

    The instrument's latest version unless named. ``source_key`` is the identity of an imported administration in its
    source. A draft has no scores and may contradict itself, yet a positive safety answer in it alerts like any other.

    Raises:
        ImpossibleDate, NothingAnswered: see ``rules``.
        ImpossibleAnswer, ContradictoryAnswers, ImpossibleTotal, ContradictedTotal: see ``registry.measures.scoring``.
        UnknownInstrument: no file defines it. UnknownPatient: nobody within reach. AlreadyRecorded: a second import.
    """
    definition = catalogue().get(instrument, version)
    content = _checked(definition, given, is_draft=as_draft)
    with write():
        _check_date(given["taken_on"], patient_id=patient_id, clinic_id=clinic_id)
        _refuse_second(source_key)
        measurement = Measurement(
            patient_id=patient_id,
            clinic_id=clinic_id,
            instrument=definition.id,
            instrument_version=definition.version,
            status="draft" if as_draft else "final",
            source_key=source_key,
            recorded_at=clock.now(),
            recorded_by_id=by.id if by is not None else None,
        )
        _fill(measurement, given, content)
        db.session.add(measurement)
        if not as_draft:
            _store_scores(measurement, definition, content.scoring)
        act = "measurement.drafted" if as_draft else "measurement.recorded"
        record(act, by=by, subject=measurement, kind="create")
        tell_episode_changed(patient_id)
    return measurement


def change_draft(
    *, draft: Measurement, by: Actor, opened_version: int | None = None, **given: Unpack[Administration]
) -> Measurement:
    """Save a draft again, still unscored. Raises as ``record_measurement``, and ``EditConflict``, ``NotCurrent``."""
    content = _checked(definition_of(draft), given, is_draft=True)
    with write():
        row = _current(draft, "draft", opened_version=opened_version)
        _check_date(given["taken_on"], patient_id=row.patient_id, clinic_id=row.clinic_id)
        _fill(row, given, content)
        record("measurement.drafted", by=by, subject=row)
        tell_episode_changed(row.patient_id)
    return row


def finish_draft(
    *, draft: Measurement, by: Actor, opened_version: int | None = None, **given: Unpack[Administration]
) -> Measurement:
    """Make a draft count, with the content given; it stays the entry of whoever began it, the event says who finished.

    Raises as ``record_measurement``, and ``EditConflict``, ``NotCurrent``.
    """
    definition = definition_of(draft)
    content = _checked(definition, given)
    with write():
        row = _current(draft, "draft", opened_version=opened_version)
        _check_date(given["taken_on"], patient_id=row.patient_id, clinic_id=row.clinic_id)
        _fill(row, given, content)
        row.status, row.finished_at = "final", clock.now()
        _store_scores(row, definition, content.scoring)
        record("measurement.recorded", by=by, subject=row)
        tell_episode_changed(row.patient_id)
    return row


def discard_draft(*, draft: Measurement, by: Actor, opened_version: int | None = None) -> None:
    """Put a draft aside: kept as entered in error, counted nowhere. Raises ``EditConflict``, ``NotCurrent``."""
    with write():
        row = _current(draft, "draft", opened_version=opened_version)
        _void(row, "entered-in-error", why="Draft discarded", by=by)
        record("measurement.draft-discarded", by=by, subject=row)
        tell_episode_changed(row.patient_id)


def correct_measurement(
    *,
    measurement: Measurement,
    why: str,
    by: Actor,
    opened_version: int | None = None,
    **given: Unpack[Administration],
) -> Measurement:
    """Replace a finished measurement by a corrected one; the old one is kept and counts no longer.

    The same version of the instrument is used: it is what was on the paper. Raises as ``record_measurement``, and
    ``NotCurrent`` for a version that is replaced or withdrawn already, ``EditConflict`` for one changed since.
    """
    definition = definition_of(measurement)
    content = _checked(definition, given)
    with write():
        old = _current(measurement, "final", opened_version=opened_version)
        _check_date(given["taken_on"], patient_id=old.patient_id, clinic_id=old.clinic_id)
        _void(old, "amended", why=why, by=by)
        new = Measurement(
            patient_id=old.patient_id,
            clinic_id=old.clinic_id,
            instrument=old.instrument,
            instrument_version=old.instrument_version,
            status="final",
            replaces_id=old.id,
            recorded_at=clock.now(),
            recorded_by_id=by.id,
        )
        _fill(new, given, content)
        db.session.add(new)
        _store_scores(new, definition, content.scoring)
        record("measurement.corrected", by=by, subject=new, reason=why)
        tell_episode_changed(new.patient_id)
    return new


def mark_entered_in_error(*, measurement: Measurement, why: str, by: Actor, opened_version: int | None = None) -> None:
    """Withdraw a measurement: kept and struck through, counted nowhere; its safety alert stays for a person to close.

    Raises:
        NotCurrent: it is replaced or withdrawn already. EditConflict: it was changed since it was opened.
    """
    with write():
        row = _current(measurement, "final", opened_version=opened_version)
        _void(row, "entered-in-error", why=why, by=by)
        record("measurement.entered-in-error", by=by, subject=row, reason=why)
        tell_episode_changed(row.patient_id)


def _checked(definition: Instrument, given: Administration, *, is_draft: bool = False) -> _Content:
    answers, total = given.get("answers"), given.get("total_only")
    rules.check_content(answers, total)
    if total is not None:
        return _Content(answers=None, total_only=total, scoring=score_total(definition, total))
    answers = answers or {}
    scoring = score_as_it_stands(definition, answers) if is_draft else score(definition, answers)
    declared = given.get("declared_total")
    if declared is not None and not is_draft:
        check_declared(scoring, declared)
    stored = {item.id: answer_to_json(answers.get(item.id)) for item in definition.items}
    return _Content(answers=stored, total_only=None, scoring=scoring)


def _fill(measurement: Measurement, given: Administration, content: _Content) -> None:
    measurement.taken_on = given["taken_on"]
    measurement.mode = given["mode"]
    measurement.rater_id = given.get("rater_id")
    measurement.language = given.get("language", "")
    measurement.used_interpreter = given.get("used_interpreter", False)
    measurement.answers = content.answers
    measurement.total_only = content.total_only


_LIFETIME = (
    select(Patient.birth_date, Patient.died_on, Clinic)
    .join(Clinic, Clinic.id == bindparam("clinic_id"))
    .where(Patient.id == bindparam("patient_id"))
)


def _check_date(taken_on: date, *, patient_id: uuid.UUID, clinic_id: uuid.UUID) -> None:
    found = db.session.execute(_LIFETIME, {"patient_id": patient_id, "clinic_id": clinic_id}).one_or_none()
    if found is None:
        raise UnknownPatient(str(patient_id))
    born_on, died_on, clinic = found
    rules.check_date(taken_on, today=clinic.today(clock.now()), born_on=born_on, died_on=died_on)


def _refuse_second(source_key: str | None) -> None:
    if source_key is None:
        return
    known = db.session.scalar(select(Measurement.id).where(Measurement.source_key == source_key))
    if known is not None:
        raise AlreadyRecorded(source_key)


def _current(measurement: Measurement, status: str, *, opened_version: int | None) -> Measurement:
    """The row as it is now, locked until the end of the transaction, if it still has ``status``."""
    row: Measurement | None = db.session.get(Measurement, measurement.id, with_for_update=True)
    if row is None:
        raise UnknownPatient(str(measurement.id))
    if opened_version is not None:
        refuse_stale(row, opened_version=opened_version)
    if row.status != status:
        raise NotCurrent(row)
    return row


def _store_scores(measurement: Measurement, definition: Instrument, scoring: Scoring) -> None:
    db.session.flush()
    db.session.add_all(score_rows(measurement, definition, scoring))


def _void(measurement: Measurement, status: str, *, why: str, by: Actor) -> None:
    """Kept, and counted nowhere from now on."""
    by_id = by.id  # read first: reading may store what is set so far, and half of it is refused
    measurement.status, measurement.why = status, why
    measurement.voided_at, measurement.voided_by_id = clock.now(), by_id
    for row in db.session.scalars(
        select(MeasurementScore).where(MeasurementScore.measurement_id == measurement.id, MeasurementScore.counts)
    ):
        row.counts = False
