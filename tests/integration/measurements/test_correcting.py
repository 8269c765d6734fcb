"""Corrections, withdrawals and drafts: nothing is overwritten, and only the version that stands counts."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from registry.audit.models import AuditEvent
from registry.audit.recorder import record as record_event
from registry.db.conflict import EditConflict
from registry.db.transaction import write
from registry.extensions import db
from registry.measurements.actions import (
    NotCurrent,
    change_draft,
    correct_measurement,
    discard_draft,
    finish_draft,
    mark_entered_in_error,
)
from registry.measurements.models import Measurement, MeasurementScore, SafetySignal
from registry.measurements.rules import ImpossibleDate
from tests.integration.measurements.people import TODAY, Person, phq9, phq9_total, record, standing_of


def counted(person: Person) -> list[int]:
    """The totals that count, oldest first."""
    rows = db.session.scalars(
        select(MeasurementScore)
        .where(MeasurementScore.patient_id == person.patient_id, MeasurementScore.counts)
        .order_by(MeasurementScore.taken_on)
    )
    return [int(row.value) for row in rows if row.value is not None]


def test_a_correction_keeps_the_old_version_and_counts_the_new_one(person: Person) -> None:
    old = record(person, phq9_total(14))

    new = correct_measurement(
        measurement=old, taken_on=TODAY, mode="self-paper", answers=phq9_total(12), why="Item 3 misread", by=person.user
    )

    assert (old.status, old.why, old.answers) == ("amended", "Item 3 misread", {**phq9_total(14), "difficulty": None})
    assert (new.status, new.replaces_id) == ("final", old.id)
    assert counted(person) == [12]


def test_a_correction_restates_the_standing(person: Person) -> None:
    record(person, phq9_total(20), taken_on=date(2026, 1, 6))
    latest = record(person, phq9_total(4))

    correct_measurement(
        measurement=latest, taken_on=TODAY, mode="self-paper", total_only=14, why="Another form", by=person.user
    )

    standing = standing_of(person)
    assert standing is not None
    assert (standing.latest_value, standing.standing) == (14, "improving")


def test_the_correction_and_its_reason_stand_in_the_audit_trail(person: Person) -> None:
    old = record(person, phq9_total(14))

    correct_measurement(
        measurement=old, taken_on=TODAY, mode="self-paper", total_only=12, why="Item 3 misread", by=person.user
    )

    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "measurement.corrected")).one()
    assert event.reason == "Item 3 misread"
    assert {change["entity"] for change in event.changes or ()} == {"measurement"}


def test_a_correction_to_an_impossible_date_changes_nothing(person: Person) -> None:
    old = record(person, phq9_total(14))

    with pytest.raises(ImpossibleDate):
        correct_measurement(
            measurement=old, taken_on=date(1979, 1, 1), mode="self-paper", total_only=12, why="Date", by=person.user
        )

    assert old.status == "final"
    assert counted(person) == [14]


def test_a_replaced_version_cannot_be_corrected_again(person: Person) -> None:
    old = record(person, phq9_total(14))
    correct_measurement(measurement=old, taken_on=TODAY, mode="self-paper", total_only=12, why="Sum", by=person.user)

    with pytest.raises(NotCurrent):
        correct_measurement(
            measurement=old, taken_on=TODAY, mode="self-paper", total_only=11, why="Sum", by=person.user
        )


def test_the_second_of_two_people_correcting_one_measure_is_told(person: Person) -> None:
    old = record(person, phq9_total(14))
    opened_version = old.version
    correct_measurement(measurement=old, taken_on=TODAY, mode="self-paper", total_only=12, why="Sum", by=person.user)

    with pytest.raises(EditConflict):
        correct_measurement(
            measurement=old,
            taken_on=TODAY,
            mode="self-paper",
            total_only=11,
            why="Sum",
            by=person.user,
            opened_version=opened_version,
        )

    assert counted(person) == [12]


def test_entered_in_error_is_kept_and_counted_nowhere(person: Person) -> None:
    record(person, phq9_total(20), taken_on=date(2026, 1, 6))
    wrong = record(person, phq9_total(4))

    mark_entered_in_error(measurement=wrong, why="Another patient's form", by=person.user)

    assert (wrong.status, wrong.why) == ("entered-in-error", "Another patient's form")
    assert wrong.answers is not None
    assert counted(person) == [20]
    standing = standing_of(person)
    assert standing is not None
    assert (standing.latest_value, standing.standing) == (20, "awaiting follow-up")


def test_the_safety_signal_of_a_measure_entered_in_error_stays_answered(person: Person) -> None:
    wrong = record(person, phq9_total(10, item_9=2))

    mark_entered_in_error(measurement=wrong, why="Another patient's form", by=person.user)

    signal = db.session.scalars(select(SafetySignal)).one()
    assert (signal.measurement_id, signal.value) == (wrong.id, 2)
    assert signal.alert_id is not None


def test_a_draft_has_no_score(person: Person) -> None:
    draft = record(person, phq9(1, 1), as_draft=True)

    assert draft.status == "draft"
    assert counted(person) == []
    standing = standing_of(person)
    assert standing is not None
    assert standing.standing == "no baseline"


def test_a_draft_is_saved_again_and_then_finished_in_place(person: Person) -> None:
    draft = record(person, phq9(1, 1), as_draft=True)

    change_draft(draft=draft, taken_on=TODAY, mode="interview", answers=phq9(1, 1, 1), by=person.user)
    finished = finish_draft(draft=draft, taken_on=TODAY, mode="interview", answers=phq9_total(9), by=person.user)

    assert finished.id == draft.id
    assert (finished.status, finished.mode) == ("final", "interview")
    assert counted(person) == [9]


def test_a_draft_of_a_total_becomes_one_of_answers(person: Person) -> None:
    draft = record(person, total_only=9, as_draft=True)

    finished = finish_draft(draft=draft, taken_on=TODAY, mode="self-paper", answers=phq9_total(8), by=person.user)

    assert finished.total_only is None
    assert counted(person) == [8]


def test_a_discarded_draft_is_kept_as_entered_in_error(person: Person) -> None:
    draft = record(person, phq9(1, 1), as_draft=True)

    discard_draft(draft=draft, by=person.user)

    assert (draft.status, draft.why) == ("entered-in-error", "Draft discarded")


def test_a_finished_measure_is_no_draft_any_more(person: Person) -> None:
    measurement = record(person, phq9_total(9))

    with pytest.raises(NotCurrent):
        change_draft(draft=measurement, taken_on=TODAY, mode="self-paper", answers=phq9(1), by=person.user)
    with pytest.raises(NotCurrent):
        discard_draft(draft=measurement, by=person.user)


def test_the_database_itself_refuses_to_change_the_answers_of_a_finished_measure(person: Person) -> None:
    measurement = record(person, phq9_total(9))

    with pytest.raises(DBAPIError, match="corrected by a new one"), write():
        db.session.get_one(Measurement, measurement.id).answers = {"1": 0}
        record_event("measurement.changed", by=None, patient_id=person.patient_id)
