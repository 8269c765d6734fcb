"""While the clinic is closed an urgent alert goes to whoever is on call, then to the lead; in the morning to duty."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from registry import clock
from registry.accounts.models import User
from registry.alerts.actions import acknowledge, act
from registry.alerts.attempts import WelfareCheck
from registry.alerts.escalation import escalate_due
from registry.alerts.hours.duty import on_duty as who_is_on_duty
from registry.alerts.models import NOT_REACHED, Alert
from registry.audit.recorder import record
from registry.clinics.actions import cover_duty
from registry.db.transaction import write
from tests import builders
from tests.integration.alerts.scene import NOW, TODAY, Scene, a_scene, measured, on_stage, the_safety_alert, words_of

CLOSING = NOW.replace(hour=21)
"""17:00 of a Wednesday at the clinic, which opens again at 8:30."""
NIGHT = CLOSING + timedelta(hours=5)
OPENING = datetime(2026, 3, 12, 12, 30, tzinfo=UTC)
FRIDAY = date(2026, 3, 13)


def somebody_on_call(scene: Scene, name: str = "Nora Night", *, on: date = TODAY, until: date | None = None) -> User:
    """As well as Dora, who is on duty every day."""
    with write():
        scene.clinic.has_on_call = True
        record("clinic.changed", by=None, subject=scene.clinic)
    night = builders.a_user(role="clinician", clinic=scene.clinic, name=name)
    cover_duty(clinic=scene.clinic, user_id=night.id, starts_on=on, ends_on=until or on, is_on_call=True, by=None)
    return night


def an_urgent_alert(scene: Scene, *, at: datetime) -> Alert:
    with clock.at(at):
        measured(scene, 9, item9=1)
    return the_safety_alert(scene.patient)


def not_reached(alert: Alert, *, at: datetime, again: datetime, by: User) -> None:
    with clock.at(at):
        act(alert=alert, words="No answer", outcome=NOT_REACHED, try_again_by=again, by=by)


def test_at_night_an_urgent_alert_goes_to_whoever_is_on_call_at_once_and_its_clock_runs(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        night = somebody_on_call(scene)
        assert who_is_on_duty(scene.clinic.id, TODAY) == scene.duty.id, "nobody is on duty for being on call"
        alert = an_urgent_alert(scene, at=NIGHT)

        assert escalate_due(now=NIGHT).called == 1
        assert (alert.owner_id, alert.look_at) == (night.id, NIGHT + timedelta(minutes=60))
        assert escalate_due(now=NIGHT + timedelta(minutes=5)).called == 0, "told once"
        assert escalate_due(now=NIGHT + timedelta(minutes=60)).escalated == 1
        assert (alert.owner_id, alert.look_at) == (scene.lead.id, NIGHT + timedelta(minutes=120))
        for _ in range(2):
            early = escalate_due(now=OPENING - timedelta(minutes=30))
            assert early.called == 0, "who was told at night is not told from the beginning"


def test_what_nobody_acknowledged_by_closing_time_goes_to_whoever_is_on_call_and_the_rest_waits(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene, at=CLOSING - timedelta(minutes=10))
        cover_duty(clinic=scene.clinic, user_id=scene.lead.id, starts_on=TODAY, ends_on=TODAY, is_on_call=True, by=None)
        assert escalate_due(now=CLOSING).called == 0, "the clinic has nobody on call, whatever is written down"

        night = somebody_on_call(scene)
        assert escalate_due(now=CLOSING - timedelta(minutes=1)).called == 0, "it is open"
        assert escalate_due(now=CLOSING).called == 1
        assert (alert.owner_id, alert.look_at) == (night.id, CLOSING + timedelta(minutes=60))


def test_what_is_acknowledged_and_not_done_by_closing_time_goes_to_whoever_is_on_call(app: Flask) -> None:
    """Not to whoever opens tomorrow: nobody would look at it before."""
    with on_stage(app):
        scene = a_scene()
        night = somebody_on_call(scene)
        alert = an_urgent_alert(scene, at=NOW)
        acknowledge(alert=alert, by=scene.care_manager)

        assert escalate_due(now=CLOSING).escalated == 1
        assert (alert.owner_id, alert.look_at) == (night.id, CLOSING + timedelta(minutes=60))
        assert words_of(alert, "escalated") == "Acknowledged, but no outcome in time"
        for hours in (1, 2, 3):
            assert escalate_due(now=CLOSING + timedelta(hours=hours)).escalated == 1
            assert alert.owner_id == scene.lead.id, "who was asked tonight is not asked again before the lead"


def test_two_attempts_at_night_that_reach_nobody_ask_whoever_is_on_call(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        night = somebody_on_call(scene)
        alert = an_urgent_alert(scene, at=NIGHT)
        for minutes in (0, 1):
            at = NIGHT + timedelta(minutes=minutes)
            not_reached(alert, at=at, again=OPENING + timedelta(hours=1), by=scene.care_manager)

        assert (alert.owner_id, alert.state) == (night.id, "open")
        assert words_of(alert, "escalated") == "Not reached twice in a row"


def test_on_call_at_closing_time_somebody_else_is_asked_for_what_they_have_not_done_by_day(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        night = somebody_on_call(scene)
        alert = an_urgent_alert(scene, at=NOW)
        acknowledge(alert=alert, by=night)

        assert escalate_due(now=CLOSING).escalated == 1
        assert alert.owner_id == scene.lead.id


def test_an_attempt_that_waits_for_the_opening_is_told_to_whoever_is_on_call_once_a_night(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene, at=NOW)
        friday = CLOSING + timedelta(days=2)
        nora = somebody_on_call(scene, on=FRIDAY)
        omar = somebody_on_call(scene, "Omar Other", on=FRIDAY + timedelta(days=1))
        monday = friday + timedelta(days=2, hours=16, minutes=30)
        not_reached(alert, at=friday - timedelta(hours=1), again=monday, by=scene.care_manager)

        assert escalate_due(now=friday - timedelta(minutes=5)).called == 0
        assert escalate_due(now=friday).called == 1
        assert (alert.owner_id, alert.state, alert.look_at) == (nora.id, "open", friday + timedelta(minutes=60))
        not_reached(alert, at=friday + timedelta(minutes=30), again=monday, by=nora)
        assert escalate_due(now=friday + timedelta(hours=2)).called == 0, "she says when"
        saturday = friday + timedelta(hours=8)
        assert escalate_due(now=saturday).called == 1
        assert alert.owner_id == omar.id


@pytest.mark.parametrize(
    ("hours", "passes_on", "to"),
    [(0, 4, "lead"), (9, 10.5, "duty")],
    ids=["in the evening", "in the early morning"],
)
def test_what_is_acknowledged_at_night_passes_on_after_hours_and_at_the_opening_to_duty(
    app: Flask, hours: int, passes_on: float, to: str
) -> None:
    with on_stage(app):
        scene = a_scene()
        night = somebody_on_call(scene, until=FRIDAY)
        at = NIGHT + timedelta(hours=hours)
        alert = an_urgent_alert(scene, at=at)
        escalate_due(now=at)
        with clock.at(at):
            acknowledge(alert=alert, by=night)

        assert alert.look_at == NIGHT + timedelta(hours=passes_on)
        assert escalate_due(now=alert.look_at).escalated == 1
        assert alert.owner_id == getattr(scene, to).id


@pytest.mark.parametrize(("is_covered", "at"), [(False, CLOSING - timedelta(minutes=10)), (True, NIGHT)])
def test_a_welfare_check_gives_nobody_more_time_than_there_was(app: Flask, is_covered: bool, at: datetime) -> None:
    with on_stage(app):
        scene = a_scene()
        if is_covered:
            somebody_on_call(scene)
        alert = an_urgent_alert(scene, at=at)
        with clock.at(at):
            act(alert=alert, words="Not at home", check=WelfareCheck("the police", at), by=scene.care_manager)

        assert alert.look_at == (at + timedelta(minutes=60) if is_covered else CLOSING)
