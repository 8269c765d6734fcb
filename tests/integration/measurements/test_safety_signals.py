"""A positive safety answer alerts in the transaction that stores it, whatever the total, on every way in."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.access.reviewed_sql import bind_rows, insert_bound
from registry.alerts.models import Alert
from registry.audit.recorder import record as record_event
from registry.audit.recorder import record_alone
from registry.db.identifiers import new_id
from registry.db.transaction import end_read, write
from registry.episodes.signals import episode_changed
from registry.extensions import db
from registry.measurements.actions import change_draft
from registry.measurements.models import Measurement, SafetySignal
from registry.measurements.signals import UnansweredSignal
from registry.measures.answers import DECLINED
from tests.integration.measurements.people import TODAY, Person, phq9, phq9_total, record


def signals() -> list[tuple[str, int, bool]]:
    return [(row.item, row.value, row.alert_id is not None) for row in db.session.scalars(select(SafetySignal))]


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_a_positive_item_9_alerts_whatever_the_total(person: Person, answer: int) -> None:
    record(person, phq9_total(answer, item_9=answer))

    assert signals() == [("9", answer, True)]
    assert db.session.scalars(select(Alert).where(Alert.is_safety)).one().patient_id == person.patient_id


def test_a_positive_item_alerts_though_the_total_is_withheld(person: Person) -> None:
    record(person, {"9": 1})

    assert signals() == [("9", 1, True)]


@pytest.mark.parametrize("answer", [0, None, DECLINED])
def test_no_positive_answer_is_no_signal(person: Person, answer: Any) -> None:
    record(person, phq9(1, 1, 1, 1, 1, 1, 1, 1, answer))

    assert signals() == []


def test_a_positive_item_in_a_draft_alerts(person: Person) -> None:
    record(person, {"9": 3}, as_draft=True)

    assert signals() == [("9", 3, True)]


def test_a_draft_changed_to_a_positive_item_alerts(person: Person) -> None:
    draft = record(person, {"1": 1}, as_draft=True)
    assert signals() == []

    change_draft(draft=draft, taken_on=TODAY, mode="self-paper", answers={"1": 1, "9": 2}, by=person.user)

    assert signals() == [("9", 2, True)]


def columns(person: Person) -> dict[str, Any]:
    return {
        "patient_id": person.patient_id,
        "clinic_id": person.clinic_id,
        "instrument": "phq-9",
        "instrument_version": "1",
        "taken_on": TODAY,
        "mode": "imported",
        "answers": {"9": 1},
        "recorded_at": clock.now(),
    }


def a_row(person: Person) -> Measurement:
    return Measurement(**columns(person))


def test_a_row_added_past_the_action_is_refused_until_its_signal_has_an_alert(person: Person) -> None:
    with pytest.raises(UnansweredSignal), write():
        db.session.add(a_row(person))
        record_event("measurement.recorded", by=None, patient_id=person.patient_id)

    assert db.session.scalars(select(Measurement)).all() == []


def test_rows_brought_in_by_bulk_are_refused_until_their_signals_have_alerts(person: Person) -> None:
    others = {"version": 1, "language": "", "used_interpreter": False, "status": "final", "why": ""}
    row = columns(person) | others | {"id": new_id()}
    with scope.all_patients(reason="test"), pytest.raises(UnansweredSignal), write():
        insert_bound(scope.current(), bind_rows(Measurement, [row], db.engine.dialect))
        record_event("measurement.recorded", by=None, patient_id=person.patient_id)

    assert db.session.scalars(select(Measurement)).all() == []


def test_a_positive_answer_is_not_stored_when_raising_its_alert_fails(person: Person) -> None:
    def fail(_sender: object, patient_ids: object) -> None:
        raise ZeroDivisionError

    with episode_changed.connected_to(fail), pytest.raises(ZeroDivisionError):
        record(person, phq9_total(9, item_9=1))

    assert db.session.scalars(select(Measurement)).all() == []


def by_hand(*statements: str, **given: Any) -> None:
    """As somebody with the database does, past the program."""
    end_read()
    is_sqlite = db.engine.dialect.name == "sqlite"
    spelled = {
        name: value.hex if is_sqlite and isinstance(value, uuid.UUID) else value for name, value in given.items()
    }
    with scope.all_patients(reason="test"), db.engine.begin() as connection:
        if not is_sqlite:
            connection.execute(sa.text("SELECT set_config('registry.everybody', 'on', true)"))
        for statement in statements:
            connection.execute(sa.text(statement), spelled)


def insert_by_hand(
    person: Person, *, instrument: str = "phq-9", status: str = "final", answers: str = '{"9": 3}'
) -> None:
    is_sqlite = db.engine.dialect.name == "sqlite"
    now = "2026-03-16 15:00:00.000000" if is_sqlite else clock.now()
    by_hand(
        "INSERT INTO measurement (id, version, patient_id, clinic_id, instrument, instrument_version, taken_on,"
        " mode, language, used_interpreter, answers, status, why, recorded_at, voided_at) VALUES (:id, 1, :patient,"
        " :clinic, :instrument, '1', :day, 'imported', '', :no, :answers, :status, '', :now, :voided_at)",
        id=new_id(),
        patient=person.patient_id,
        clinic=person.clinic_id,
        instrument=instrument,
        day=TODAY.isoformat(),
        no=0 if is_sqlite else False,
        answers=answers,
        status=status,
        now=now,
        voided_at=now if status == "entered-in-error" else None,
    )


def test_a_row_inserted_by_hand_writes_its_signal(person: Person) -> None:
    insert_by_hand(person)

    assert signals() == [("9", 3, False)]


@pytest.mark.parametrize(
    ("instrument", "answers", "changed"),
    [
        ("gad-7", '{"9": 3}', "instrument = 'phq-9'"),
        ("phq-9", '{"9": 0}', "answers = '{\"9\": 3}', status = 'final'"),
        ("phq-9", '{"9": 0}', "answers = '{\"9\": 3}', status = 'amended', voided_at = recorded_at"),
    ],
)
def test_a_draft_changed_by_hand_writes_its_signal(person: Person, instrument: str, answers: str, changed: str) -> None:
    insert_by_hand(person, instrument=instrument, status="draft", answers=answers)
    assert signals() == []

    by_hand(f"UPDATE measurement SET {changed}")

    assert signals() == [("9", 3, False)]


@pytest.mark.parametrize("status", ["draft", "final", "amended"])
def test_what_was_entered_in_error_counts_never_again(person: Person, status: str) -> None:
    insert_by_hand(person, status="entered-in-error")

    with pytest.raises(sa.exc.DBAPIError, match="one that is void stays so"):
        by_hand(f"UPDATE measurement SET status = '{status}', voided_at = NULL")


def test_a_draft_made_positive_as_it_is_discarded_counts_never_again(person: Person) -> None:
    insert_by_hand(person, status="draft", answers='{"9": 0}')
    by_hand("UPDATE measurement SET answers = '{\"9\": 3}', status = 'entered-in-error', voided_at = recorded_at")

    with pytest.raises(sa.exc.DBAPIError, match="one that is void stays so"):
        by_hand("UPDATE measurement SET status = 'final', voided_at = NULL")


def test_a_finished_measure_is_made_no_draft_again(person: Person) -> None:
    record(person, phq9_total(3))

    with pytest.raises(sa.exc.DBAPIError, match="is no draft again"):
        by_hand("UPDATE measurement SET status = 'draft'")


def test_an_answered_signal_stays_answered_when_the_draft_is_finished_by_hand(person: Person) -> None:
    record(person, {"9": 3}, as_draft=True)

    by_hand("UPDATE measurement SET status = 'final'")

    assert signals() == [("9", 3, True)]


def test_an_answered_signal_is_open_again_when_the_answers_change(person: Person) -> None:
    record(person, {"9": 3}, as_draft=True)

    by_hand("UPDATE measurement SET answers = '{\"9\": 2}'")

    assert signals() == [("9", 2, False)]


@pytest.mark.parametrize("table", ["measurement", "audit_event"])
def test_no_row_is_replaced_in_place(person: Person, table: str) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has such a statement")
    insert_by_hand(person, answers='{"9": 0}')

    with pytest.raises(sa.exc.DBAPIError, match=r"never deleted|append-only"):
        by_hand(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize("change", ["DELETE FROM safety_item", "UPDATE safety_item SET positive_from = 99"])
def test_what_is_a_safety_answer_is_not_unsaid(person: Person, change: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"append-only|permission denied"):
        by_hand(change)


def test_a_temporary_table_of_safety_items_hides_none(person: Person) -> None:
    record(person, {"9": 0}, as_draft=True)

    by_hand(
        "CREATE TEMP TABLE safety_item (instrument text, version text, item text, positive_from integer)",
        "UPDATE measurement SET answers = '{\"9\": 3}'",
        f"DROP TABLE {'temp' if db.engine.dialect.name == 'sqlite' else 'pg_temp'}.safety_item",
    )

    assert signals() == [("9", 3, False)]


def test_a_row_inserted_by_hand_closes_no_page_and_is_answered_by_the_next_write(person: Person) -> None:
    insert_by_hand(person)

    record_alone("caseload.opened", by=person.user, kind="list")
    record(person, phq9_total(3), taken_on=TODAY)

    assert signals() == [("9", 3, True)]
