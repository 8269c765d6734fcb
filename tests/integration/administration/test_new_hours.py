"""New opening hours move the clocks of open alerts, in the transaction that changes the hours."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.administration.actions import change_clinic, close_on, sign_rule_number, take_back_closure
from registry.alerts import actions
from registry.alerts.models import Alert
from registry.alerts.parameters import ClinicNumber
from registry.audit.models import AuditEvent
from registry.clinics.actions import ClinicFacts
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.actions import record_measurement
from tests.builders import id_of
from tests.integration.administration.conftest import TODAY, House

AFTERNOON = datetime(2026, 3, 12, 19, tzinfo=UTC)
"""15:00 on a Thursday at the clinic, which is open from 08:30 to 17:00 on weekdays."""


@pytest.fixture(autouse=True)
def _inside(app: Flask, house: House) -> Any:
    with app.app_context(), scope.all_patients(reason="test"):
        yield


def an_urgent_alert(house: House) -> Alert:
    """To be acknowledged in 60 minutes of opening hours: by 16:00."""
    record_measurement(
        patient_id=house.patient,
        clinic_id=house.harbor,
        instrument="phq-9",
        taken_on=TODAY,
        mode="self-paper",
        answers={**dict.fromkeys("12345678", 0), "9": 1},
        by=house.user("manager"),
    )
    return db.session.scalars(select(Alert).where(Alert.is_safety, Alert.closed_at.is_(None))).one()


def now_open(house: House, hours: str, *, zone: str = "America/New_York") -> None:
    """Every weekday from now on; nothing: always."""
    clinic = db.session.get_one(Clinic, house.harbor)
    days = {day: [hours.split("-")] for day in ("mon", "tue", "wed", "thu", "fri")} if hours else {}
    facts = ClinicFacts(name=clinic.name, time_zone=zone, opening_hours=days)
    change_clinic(clinic=clinic, facts=facts, opened_version=clinic.version, by=house.user("admin"))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of March 2026 at the clinic, whose clocks are four hours behind UTC."""
    return datetime(2026, 3, day, hour + 4, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "look_at"),
    [
        ("08:30-17:00", local(12, 16)),
        ("08:30-15:30", local(13, 9)),
        ("08:30-15:00", local(13, 9, 30)),
        ("10:00-12:00", local(13, 11)),
        ("", local(12, 16)),
    ],
    ids=["as before", "closes in half an hour", "closes now", "was closed already", "always"],
)
def test_what_is_left_to_acknowledge_is_counted_in_the_new_hours(house: House, hours: str, look_at: datetime) -> None:
    alert = an_urgent_alert(house)
    assert alert.look_at == local(12, 16)

    now_open(house, hours)

    assert alert.look_at == look_at


def test_what_waited_for_the_morning_is_told_as_soon_as_the_clinic_opens_in_the_evening(house: House) -> None:
    with clock.at(local(12, 18)):
        alert = an_urgent_alert(house)
        assert alert.look_at == local(13, 9, 30)
        now_open(house, "08:30-21:00")

        assert alert.look_at == local(12, 19)


def test_the_outcome_is_due_when_the_new_day_ends(house: House) -> None:
    alert = an_urgent_alert(house)
    actions.acknowledge(alert=alert, by=house.user("manager"))
    assert alert.look_at == local(12, 17)

    now_open(house, "08:30-19:00")

    assert alert.look_at == local(12, 19)


def test_a_time_somebody_named_for_the_next_attempt_stays(house: House) -> None:
    alert = an_urgent_alert(house)
    actions.act(
        alert=alert,
        words="Voicemail",
        by=house.user("manager"),
        outcome="not-reached",
        try_again_by=local(12, 16, 30),
    )

    now_open(house, "08:30-16:00")

    assert alert.look_at == local(12, 16, 30)


def test_a_snooze_ends_as_its_day_begins_in_the_new_zone(house: House) -> None:
    alert = db.session.scalars(select(Alert).where(Alert.tier == "action", Alert.closed_at.is_(None))).first()
    assert alert is not None
    actions.snooze(alert=alert, until=date(2026, 3, 16), reason="On holiday", by=house.user("manager"))
    assert alert.look_at == local(16, 0)

    now_open(house, "08:30-17:00", zone="America/Denver")

    assert alert.look_at == local(16, 2)


def test_other_clinics_closed_alerts_and_what_does_not_move_are_left_alone(house: House) -> None:
    alert = an_urgent_alert(house)
    actions.close(alert=alert, outcome="handled", words="Safe", by=house.user("manager"))

    now_open(house, "08:30-15:30")

    assert alert.look_at is None
    assert db.session.scalars(select(AuditEvent).where(AuditEvent.action == "alert.rescheduled")).all() == []


def test_a_moved_clock_is_on_record(house: House) -> None:
    alert = an_urgent_alert(house)

    now_open(house, "08:30-15:30")

    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "alert.rescheduled")).one()
    assert (event.entity_id, event.actor_id) == (id_of(alert), house.users["admin"])


def test_the_change_reads_no_more_for_what_was_closed_before(house: House) -> None:
    counted: list[int] = []
    for rounds in (1, 3):
        for _ in range(rounds):
            alert = an_urgent_alert(house)
            actions.close(alert=alert, outcome="handled", words="Safe", by=house.user("manager"))
        counted.append(_statements(lambda: now_open(house, f"08:{40 + len(counted)}-17:00")))

    assert counted[0] == counted[1]


def _statements(act: Any) -> int:
    number = 0

    def note(*_arguments: object) -> None:
        nonlocal number
        number += 1

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return number


def test_another_limit_for_acknowledging_moves_the_clock_at_once_and_counts_from_now_on(house: House) -> None:
    first = an_urgent_alert(house)
    sign_rule_number(
        clinic=db.session.get_one(Clinic, house.harbor),
        parameter="acknowledge.urgent",
        decided=ClinicNumber(30),
        opened_version=0,
        why="We are always two",
        by=house.user("psychiatrist"),
    )
    assert first.look_at == local(12, 15, 30)

    actions.close(alert=first, outcome="handled", words="Safe", by=house.user("manager"))
    assert an_urgent_alert(house).look_at == local(12, 15, 30)


def test_no_clock_runs_on_a_day_the_clinic_is_closed(house: House) -> None:
    """On a Thursday at 16:30 with Friday closed: half an hour today, half an hour on Monday."""
    with clock.at(local(12, 16, 30)):
        alert = an_urgent_alert(house)
        assert alert.look_at == local(13, 9)
        clinic, admin = db.session.get_one(Clinic, house.harbor), house.user("admin")
        close_on(clinic=clinic, day=date(2026, 3, 13), words="Training", by=admin)
        assert alert.look_at == local(16, 9)
        assert set(db.session.scalars(select(Episode.next_check_on))) == {TODAY}, "working days are counted anew"

        take_back_closure(closure=clinic.closures[0], clinic=clinic, by=admin)
        assert alert.look_at == local(13, 9)


def test_the_day_on_which_the_lead_is_told_of_an_action_moves_past_a_day_the_clinic_is_closed(house: House) -> None:
    """Item 9 was left blank on a Thursday: the lead is told on Friday as the clinic closes, or on Monday."""
    record_measurement(
        patient_id=house.patient,
        clinic_id=house.harbor,
        instrument="phq-9",
        taken_on=TODAY,
        mode="self-paper",
        answers={**dict.fromkeys("12345678", 1), "9": None},
        by=house.user("manager"),
    )
    alert = db.session.scalars(select(Alert).where(Alert.is_safety, Alert.closed_at.is_(None))).one()
    assert alert.look_at == local(13, 17)
    now_open(house, "08:30-15:00")
    assert alert.look_at == local(13, 15)

    close_on(clinic=db.session.get_one(Clinic, house.harbor), day=date(2026, 3, 13), words="", by=house.user("admin"))
    assert alert.look_at == local(16, 15)
