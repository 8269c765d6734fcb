"""A positive safety answer alerts in the transaction that stores it, whatever the total, on every way in."""

from __future__ import annotations

import json
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
from registry.db.transaction import write
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


def insert_by_hand(person: Person) -> None:
    """As somebody with the database does, past the program."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    spell = (lambda identifier: identifier.hex) if is_sqlite else str
    with scope.all_patients(reason="test"), db.engine.begin() as connection:
        if not is_sqlite:
            connection.execute(sa.text("SELECT set_config('registry.everybody', 'on', true)"))
        connection.execute(
            sa.text(
                "INSERT INTO measurement (id, version, patient_id, clinic_id, instrument, instrument_version, taken_on,"
                " mode, language, used_interpreter, answers, status, why, recorded_at) VALUES (:id, 1, :patient,"
                " :clinic, 'phq-9', '1', :day, 'imported', '', :no, :answers, 'final', '', :now)"
            ),
            {
                "id": spell(new_id()),
                "patient": spell(person.patient_id),
                "clinic": spell(person.clinic_id),
                "day": TODAY.isoformat(),
                "no": 0 if is_sqlite else False,
                "answers": json.dumps({"9": 3}),
                "now": "2026-03-16 15:00:00.000000" if is_sqlite else clock.now(),
            },
        )


def test_a_row_inserted_by_hand_writes_its_signal(person: Person) -> None:
    insert_by_hand(person)

    assert signals() == [("9", 3, False)]


def test_a_row_inserted_by_hand_closes_no_page_and_is_answered_by_the_next_write(person: Person) -> None:
    insert_by_hand(person)

    record_alone("caseload.opened", by=person.user, kind="list")
    record(person, phq9_total(3), taken_on=TODAY)

    assert signals() == [("9", 3, True)]
