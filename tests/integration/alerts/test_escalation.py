"""An urgent alert nobody answers passes to duty, then to the lead, in opening hours, until somebody acts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from registry import clock
from registry.accounts.actions import end_role
from registry.alerts import escalation
from registry.alerts.actions import acknowledge, act, snooze
from registry.alerts.escalation import escalate_due
from registry.alerts.hours.duty import on_duty as who_is_on_duty
from registry.alerts.hours.duty import on_duty_in
from registry.alerts.log import Log
from registry.alerts.models import NOT_REACHED, Alert
from registry.alerts.parameters import InvalidParameter
from registry.alerts.signals import attention_changed
from registry.jobs import tasks
from tests import builders
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    a_scene,
    alerts_of,
    kinds_of,
    measured,
    on_duty,
    on_stage,
    steps_of,
    the_safety_alert,
    words_of,
)


def at(text: str) -> datetime:
    """An instant in UTC: ``2026-03-11 15:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_nothing_passes_on_before_its_time(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)

        assert escalate_due(now=NOW + timedelta(minutes=59)).escalated == 0
        assert escalate_due(now=NOW + timedelta(minutes=60)).escalated == 1
        assert escalate_due(now=NOW + timedelta(minutes=60)).escalated == 0, "once for each step"


def test_unacknowledged_it_passes_to_duty_then_to_the_lead_and_again(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        alert = the_safety_alert(scene.patient)
        owners = []
        for hours in (1, 2, 3):
            escalate_due(now=NOW + timedelta(hours=hours))
            owners.append((alert.escalation, alert.owner_id))

        assert owners == [(1, scene.duty.id), (2, scene.lead.id), (2, scene.lead.id)]
        assert kinds_of(alert) == ["escalated", "escalated", "escalated", "opened"]


def test_without_anybody_on_duty_it_passes_to_the_lead_at_once(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        other = builders.a_clinic("Hillside")
        lead = builders.a_user(role="clinic_lead", clinic=other)
        patient = builders.a_patient(clinic=other)
        measured(scene, 9, item9=1, clinic=other, patient=patient)
        alert = the_safety_alert(patient)
        assert alert.owner_id is None

        escalate_due(now=NOW + timedelta(hours=1))
        assert (alert.escalation, alert.owner_id) == (2, lead.id)


def test_a_clinic_without_a_lead_is_told_that_nobody_is_there(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        other = builders.a_clinic("Hillside")
        keeper = builders.a_user(clinic=other)
        patient = builders.a_patient(clinic=other)
        builders.an_episode(patient=patient, care_manager=keeper)
        measured(scene, 3, item9=1, clinic=other, patient=patient)
        alert = the_safety_alert(patient)
        escalate_due(now=NOW + timedelta(hours=1))

        assert alert.owner_id == keeper.id, "nobody else: it stays with whoever has it"
        assert "nobody is on duty" in words_of(alert, "escalated")


def test_acknowledged_without_an_outcome_passes_on_at_the_end_of_the_day(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        alert = acknowledge(alert=the_safety_alert(scene.patient), by=scene.care_manager)

        assert escalate_due(now=at("2026-03-11 20:59")).escalated == 0
        assert escalate_due(now=at("2026-03-11 21:00")).escalated == 1
        assert (alert.owner_id, alert.state) == (scene.duty.id, "open")
        assert alert.look_at == at("2026-03-12 13:30"), "an hour after the clinic opens at 08:30"
        assert words_of(alert, "escalated") == "Acknowledged, but no outcome in time"


def test_a_missed_attempt_passes_on(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        alert = act(
            alert=the_safety_alert(scene.patient),
            words="No answer",
            outcome=NOT_REACHED,
            try_again_by=NOW + timedelta(hours=2),
            by=scene.care_manager,
        )

        assert escalate_due(now=NOW + timedelta(hours=1, minutes=59)).escalated == 0
        assert escalate_due(now=NOW + timedelta(hours=2)).escalated == 1
        assert alert.owner_id == scene.duty.id


@pytest.mark.parametrize(
    ("answered", "passes_on"),
    [
        ("2026-03-11 20:30", "2026-03-12 13:00"),  # 16:30: half an hour today, half an hour tomorrow
        ("2026-03-12 02:00", "2026-03-12 13:30"),  # 22:00: an hour after opening
        ("2026-03-13 20:45", "2026-03-16 13:15"),  # Friday 16:45: the rest on Monday
        ("2026-03-07 15:00", "2026-03-09 13:30"),  # a Saturday before the clocks change: Monday 09:30 is 13:30 UTC
        ("2026-03-06 21:15", "2026-03-09 12:45"),  # Friday 16:15, then Monday 08:45 in summer time
    ],
)
def test_the_clock_runs_in_opening_hours_across_nights_weekends_and_clock_changes(
    app: Flask, answered: str, passes_on: str
) -> None:
    with on_stage(app):
        with clock.at(at("2026-03-05 15:00")):
            scene = a_scene()
        with clock.at(at(answered)):
            measured(scene, 9, item9=1)

        assert the_safety_alert(scene.patient).look_at == at(passes_on)


def test_whoever_covers_the_day_it_passes_on_is_asked(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        tomorrow = builders.a_user(role="clinician", clinic=scene.clinic, name="Tom Tomorrow")
        on_duty(tomorrow, scene.clinic, starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=1))
        measured(scene, 9, item9=1)
        alert = acknowledge(alert=the_safety_alert(scene.patient), by=scene.care_manager)
        escalate_due(now=at("2026-03-11 21:05"))

        assert alert.owner_id == tomorrow.id, "after closing time whoever opens tomorrow answers"


def test_a_snooze_ends_by_the_clock(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=22, contact_days_ago=None)
        (alert,) = alerts_of(scene.patient, rule="engage.first-follow-up")
        snooze(alert=alert, until=TODAY + timedelta(days=2), reason="On holiday", by=scene.care_manager)

        assert escalate_due(now=at("2026-03-13 03:59")).snoozes_ended == 0
        assert escalate_due(now=at("2026-03-13 04:00")).snoozes_ended == 1
        assert (alert.snoozed_until, alert.look_at) == (None, None)
        assert "On holiday" in [step.words for step in steps_of(alert)]


def test_a_change_of_duty_cover_is_followed_by_the_next_look_at_the_clock(app: Flask) -> None:
    """Whoever is on duty is asked for when the time has come, not when the alert opened."""
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        alert = the_safety_alert(scene.patient)
        replacement = builders.a_user(role="clinician", clinic=scene.clinic, name="Rita Replacement")
        on_duty(replacement, scene.clinic, starts_on=TODAY, ends_on=TODAY)

        assert escalate_due(now=NOW + timedelta(minutes=60)).escalated == 1
        assert (alert.escalation, alert.owner_id) == (1, replacement.id)


def test_whoever_comes_on_duty_takes_what_nobody_has(app: Flask) -> None:
    """An alert that opened while nobody was on duty waits for no other change of the patient's record."""
    with on_stage(app):
        scene = a_scene()
        other = builders.a_clinic("Hillside")
        duty = builders.a_user(role="clinician", clinic=other)
        patient = builders.a_patient(clinic=other)
        measured(scene, 9, item9=1, clinic=other, patient=patient)
        alert = the_safety_alert(patient)
        assert alert.owner_id is None

        on_duty(duty, other, starts_on=TODAY, ends_on=TODAY)
        assert escalate_due(now=NOW + timedelta(minutes=5)).given == 1
        assert (alert.owner_id, alert.state) == (duty.id, "open")
        assert alert.look_at == NOW + timedelta(minutes=60), "its time does not begin anew"
        assert escalate_due(now=NOW + timedelta(minutes=10)).given == 0


def test_of_covers_that_overlap_the_one_written_down_last_counts_for_the_alert_and_on_the_list(app: Flask) -> None:
    """Whoever's role has ended covers nothing, whatever was written down."""
    with on_stage(app):
        scene = a_scene()
        rita, tom = (builders.a_user(role="clinician", clinic=scene.clinic, name=name) for name in ("Rita", "Tom"))
        on_duty(rita, scene.clinic, starts_on=TODAY, ends_on=TODAY)
        on_duty(tom, scene.clinic, starts_on=TODAY - timedelta(days=1), ends_on=TODAY)
        assert (who_is_on_duty(scene.clinic.id, TODAY), dict(on_duty_in([scene.clinic], at=NOW))) == (
            tom.id,
            {scene.clinic.id: tom.id},
        )

        end_role(tom.memberships[0], ends_on=TODAY, by=None)
        assert who_is_on_duty(scene.clinic.id, TODAY) == rita.id


def test_a_care_manager_whose_role_has_ended_is_given_no_alert(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        end_role(scene.care_manager.memberships[0], ends_on=TODAY, by=None)
        measured(scene, 9, item9=1)

        assert the_safety_alert(scene.patient).owner_id == scene.duty.id


def test_a_record_that_cannot_be_evaluated_stops_no_alert_and_its_own_passes_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once whoever follows the lists fails, once the act itself does."""
    with on_stage(app):
        scene = a_scene()
        another = builders.a_patient(clinic=scene.clinic)
        builders.an_episode(patient=another, care_manager=scene.care_manager)
        for patient in (scene.patient, another):
            measured(scene, 9, item9=1, patient=patient)
        first, second = (the_safety_alert(patient) for patient in (scene.patient, another))
        broken = scene.patient.id

        def fail(_sender: object, *, patient_ids: list[uuid.UUID], looked_at: object) -> None:
            if broken in patient_ids:
                raise InvalidParameter("narrowed")

        with attention_changed.connected_to(fail):
            passed = escalate_due(now=NOW + timedelta(hours=1))
        assert (passed.escalated, passed.failed) == (2, 0)
        assert [alert.escalation for alert in (first, second)] == [1, 1]

        monkeypatch.setattr(escalation, "_pass_on", _failing_for(first, escalation._pass_on))
        passed = escalate_due(now=NOW + timedelta(hours=2))
        assert (passed.escalated, passed.failed) == (1, 1)
        assert [alert.escalation for alert in (first, second)] == [1, 2]


def _failing_for(alert: Alert, pass_on: Callable[..., None]) -> Callable[..., None]:
    alert_id = alert.id

    def act(each: Alert, now: datetime, steps: Log) -> None:
        if each.id == alert_id:
            raise InvalidParameter("narrowed")
        pass_on(each, now, steps)

    return act


def test_what_passes_on_waits_for_nothing_that_came_in_past_the_program(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise InvalidParameter("narrowed")

    monkeypatch.setattr(tasks, "answer_left_over_signals", fail)
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        alert = the_safety_alert(scene.patient)
        with clock.at(NOW + timedelta(hours=1)), pytest.raises(InvalidParameter):
            tasks.watch_the_clock()

        assert alert.escalation == 1
