"""What people do about an alert, and what an alert does not let them do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.access.roles import Role
from registry.accounts.models import User
from registry.alerts.actions import (
    AlertIsClosed,
    CannotWait,
    ImpossibleSnooze,
    NotUrgent,
    UnfitOwner,
    UnfitToTell,
    WordsMissing,
    acknowledge,
    act,
    assign,
    close,
    list_owned,
    reassign_open_alerts,
    snooze,
    tell,
)
from registry.alerts.attempts import ImpossibleAttempt, ImpossibleCheck, WelfareCheck
from registry.alerts.escalation import escalate_due
from registry.alerts.models import NOT_REACHED, TIERS, Alert
from registry.alerts.reconcile import reconcile_patient
from registry.audit.models import AuditEvent
from registry.caseload.models import CaseloadRow
from registry.db.conflict import EditConflict
from registry.extensions import db
from tests import builders
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    Scene,
    a_scene,
    alerts_of,
    kinds_of,
    measured,
    on_stage,
    steps_of,
    the_safety_alert,
    words_of,
)

CLOSING_TIME = NOW.replace(hour=21)
"""17:00 in New York."""


def an_urgent_alert(scene: Scene) -> Alert:
    measured(scene, 9, item9=1)
    return the_safety_alert(scene.patient)


def a_reminder(scene: Scene) -> Alert:
    (alert,) = alerts_of(scene.patient, rule="engage.first-follow-up", is_open=True)
    return alert


def not_followed_up() -> Scene:
    """Enrolled 22 days ago and not reached since: a reminder until day 28."""
    return a_scene(enrolled_days_ago=22, contact_days_ago=None)


def later(scene: Scene, days: int) -> None:
    with clock.at(NOW + timedelta(days=days)), scope.within({scene.clinic.id}):
        reconcile_patient(scene.patient.id)


def test_whoever_acknowledges_answers_for_it_until_the_end_of_the_day(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = acknowledge(alert=an_urgent_alert(scene), by=scene.psychiatrist)

        assert (alert.state, alert.owner_id) == ("acknowledged", scene.psychiatrist.id)
        assert alert.look_at == CLOSING_TIME
        assert kinds_of(alert) == ["acknowledged", "opened"]


@pytest.mark.parametrize("role", [Role.CARE_MANAGER, Role.PSYCHIATRIST, Role.CLINICIAN, Role.CLINIC_LEAD])
def test_an_alert_is_given_to_somebody_of_the_clinic_who_answers_alerts(app: Flask, role: Role) -> None:
    with on_stage(app):
        scene = a_scene()
        somebody = builders.a_user(role=role, clinic=scene.clinic)
        alert = assign(alert=an_urgent_alert(scene), to=somebody, by=scene.lead, why="Ana is away")

        assert alert.owner_id == somebody.id
        assert words_of(alert, "assigned") == "Ana is away"


def acknowledged(scene: Scene, alert: Alert) -> None:
    acknowledge(alert=alert, by=scene.care_manager)


def not_reached_until_tomorrow(scene: Scene, alert: Alert) -> None:
    tomorrow = NOW + timedelta(days=1)
    act(alert=alert, words="Voicemail", outcome=NOT_REACHED, try_again_by=tomorrow, by=scene.care_manager)


def given_away(scene: Scene, alert: Alert) -> None:
    assign(alert=alert, to=scene.duty, by=scene.care_manager)


def moved_with_all_work(scene: Scene, _alert: Alert) -> None:
    reassign_open_alerts(from_user=scene.care_manager, to_user=scene.duty, clinic_id=scene.clinic.id, by=scene.lead)


@pytest.mark.parametrize("moved", [given_away, moved_with_all_work])
@pytest.mark.parametrize("before", [acknowledged, not_reached_until_tomorrow])
def test_whoever_is_given_an_urgent_alert_has_as_long_as_if_it_were_news(
    app: Flask, before: Callable[[Scene, Alert], None], moved: Callable[[Scene, Alert], None]
) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        before(scene, alert)
        moved(scene, alert)

        assert (alert.state, alert.owner_id) == ("open", scene.duty.id)
        assert alert.look_at == NOW + timedelta(minutes=60)


def test_giving_an_urgent_alert_away_gains_no_time(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        with clock.at(NOW + timedelta(minutes=50)):
            given_away(scene, alert)

        assert alert.look_at == NOW + timedelta(minutes=60)


def a_peer(scene: Scene) -> Any:
    return builders.a_user(role=Role.PEER_SPECIALIST, clinic=scene.clinic)


def a_stranger(scene: Scene) -> Any:
    del scene
    return builders.a_user(role=Role.CARE_MANAGER, clinic=builders.a_clinic("Hillside"))


def somebody_who_left(scene: Scene) -> Any:
    from registry.audit.recorder import record
    from registry.db.transaction import write

    user = builders.a_user(role=Role.CARE_MANAGER, clinic=scene.clinic)
    with write():
        user.is_active = False
        record("user.deactivated", by=None, subject=user)
    return user


@pytest.mark.parametrize("somebody", [a_peer, a_stranger, somebody_who_left])
def test_an_alert_is_given_to_nobody_who_could_not_answer_it(app: Flask, somebody: Callable[[Scene], Any]) -> None:
    with on_stage(app):
        scene = a_scene()
        alert, unfit = an_urgent_alert(scene), somebody(scene)
        with pytest.raises(UnfitOwner):
            assign(alert=alert, to=unfit, by=scene.lead)

        assert the_safety_alert(scene.patient).owner_id == scene.care_manager.id


def test_an_urgent_alert_cannot_be_put_off(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        with pytest.raises(CannotWait):
            snooze(alert=alert, until=TODAY + timedelta(days=1), reason="Busy", by=scene.care_manager)


@pytest.mark.parametrize(
    ("until", "reason"),
    [(TODAY, "Away"), (TODAY + timedelta(days=29), "Away"), (TODAY + timedelta(days=7), "  ")],
)
def test_a_snooze_needs_a_reason_and_a_day_it_can_last_to(app: Flask, until: date, reason: str) -> None:
    with on_stage(app):
        scene = not_followed_up()
        alert = a_reminder(scene)
        with pytest.raises(ImpossibleSnooze):
            snooze(alert=alert, until=until, reason=reason, by=scene.care_manager)


def test_a_snooze_is_over_on_its_day(app: Flask) -> None:
    with on_stage(app):
        scene = not_followed_up()
        alert = snooze(
            alert=a_reminder(scene), until=TODAY + timedelta(days=3), reason="On holiday", by=scene.care_manager
        )
        later(scene, 2)
        assert alert.snoozed_until == TODAY + timedelta(days=3)
        later(scene, 3)
        assert alert.snoozed_until is None


def test_what_is_put_off_here_is_put_off_where_tomorrow_has_begun(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        ahead = builders.a_clinic("Kiritimati", time_zone="Pacific/Kiritimati")
        there = builders.an_episode(patient=scene.patient, clinic=ahead, enrolled_on=TODAY)
        measured(scene, 12, item9=None)
        snooze(alert=the_safety_alert(scene.patient), until=TODAY + timedelta(days=1), reason="Away", by=scene.duty)

        row = db.session.get_one(CaseloadRow, there.id)
        assert ahead.today(NOW) == TODAY + timedelta(days=1)
        assert [reason["rule"] for reason in row.reasons if reason["snoozed_until"] is None] == ["review.due"]
        assert row.rank == TIERS.index("queue")


def test_what_was_done_is_kept_and_the_alert_stays_open(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = act(alert=an_urgent_alert(scene), words="C-SSRS done: low", by=scene.care_manager)

        assert alert.state == "acknowledged"
        assert words_of(alert, "acted") == "C-SSRS done: low"
        assert alert.look_at == CLOSING_TIME


def test_not_reached_keeps_the_alert_open_and_times_the_next_attempt(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        again = NOW + timedelta(hours=2)
        alert = act(
            alert=an_urgent_alert(scene),
            words="Called twice",
            outcome=NOT_REACHED,
            try_again_by=again,
            by=scene.care_manager,
        )

        assert (alert.state, alert.look_at, alert.closed_at) == ("acknowledged", again, None)
        (step,) = [each for each in steps_of(alert) if each.kind == "acted"]
        assert step.details == {"outcome": NOT_REACHED, "try_again_by": again.isoformat()}


def not_reached(scene: Scene, alert: Alert, *, hours: int = 1, by: User | None = None) -> None:
    again = clock.now() + timedelta(hours=hours)
    act(alert=alert, words="No answer", outcome=NOT_REACHED, try_again_by=again, by=by or scene.care_manager)


def test_the_second_attempt_in_a_row_that_reaches_nobody_asks_whoever_is_on_duty_too(app: Flask) -> None:
    """Whatever was written down or asked of others in between: nobody has spoken with the person."""
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        not_reached(scene, alert)
        act(alert=alert, words="Looked up her sister's number", by=scene.care_manager)
        act(alert=alert, words="Not at home", check=WelfareCheck("the police", NOW), by=scene.care_manager)
        assert alert.owner_id == scene.care_manager.id
        not_reached(scene, alert, hours=4)

        assert (alert.owner_id, alert.state, alert.escalation) == (scene.duty.id, "open", 1)
        assert alert.look_at == NOW + timedelta(minutes=60), "sooner than the next attempt"
        assert words_of(alert, "escalated") == "Not reached twice in a row"
        not_reached(scene, alert, by=scene.duty)
        assert alert.owner_id == scene.duty.id, "to whoever is asked it is the first"


def test_whoever_is_the_last_to_be_asked_goes_on_trying(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        for hours in (1, 2):
            escalate_due(now=NOW + timedelta(hours=hours))
        with clock.at(NOW + timedelta(hours=2)):
            for _ in range(2):
                not_reached(scene, alert, by=scene.lead)

        assert (alert.owner_id, alert.state) == (scene.lead.id, "acknowledged")


def test_a_welfare_check_keeps_the_alert_open_for_an_hour_of_opening_time(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        asked = WelfareCheck("the mobile crisis team", NOW - timedelta(minutes=5))
        act(alert=alert, words="Not at home", check=asked, by=scene.care_manager)

        assert (alert.state, alert.look_at, alert.closed_at) == ("acknowledged", NOW + timedelta(minutes=60), None)
        assert escalate_due(now=NOW + timedelta(minutes=60)).escalated == 1
        assert alert.owner_id == scene.duty.id
        close(alert=alert, outcome="welfare-check-done", words="Safe at her sister's", by=scene.duty)
        assert alert.closed_at is not None


@pytest.mark.parametrize(("asked_of", "minutes"), [(" ", -5), ("the police", 1)])
def test_a_welfare_check_was_asked_of_somebody_and_not_in_the_future(app: Flask, asked_of: str, minutes: int) -> None:
    with on_stage(app):
        scene = a_scene()
        check = WelfareCheck(asked_of, NOW + timedelta(minutes=minutes))
        with pytest.raises(ImpossibleCheck):
            act(alert=an_urgent_alert(scene), words="Not at home", check=check, by=scene.care_manager)


@pytest.mark.parametrize("hours", [None, 0, -1, 24 * 8])
def test_a_next_attempt_lies_ahead_and_not_too_far(app: Flask, hours: int | None) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        with pytest.raises(ImpossibleAttempt):
            act(
                alert=alert,
                words="Called",
                outcome=NOT_REACHED,
                try_again_by=None if hours is None else NOW + timedelta(hours=hours),
                by=scene.care_manager,
            )


def test_closing_takes_an_outcome_and_words(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        with pytest.raises(WordsMissing):
            close(alert=alert, outcome="contacted-safe", words=" ", by=scene.care_manager)
        with pytest.raises(KeyError):
            close(alert=alert, outcome=NOT_REACHED, words="Not reached", by=scene.care_manager)
        close(alert=alert, outcome="contacted-safe", words="Safe; plan reviewed", by=scene.care_manager)

        assert (alert.state, alert.outcome, alert.look_at) == ("closed", "contacted-safe", None)
        assert alert.closed_by_id == scene.care_manager.id


def test_a_closed_safety_alert_has_dealt_with_its_answer(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        close(alert=an_urgent_alert(scene), outcome="contacted-safe", words="Safe", by=scene.care_manager)
        later(scene, 1)
        assert alerts_of(scene.patient, is_open=True) == []

        measured(scene, 9, item9=1)
        assert the_safety_alert(scene.patient).tier == "urgent", "a new answer is a new danger"


def test_a_correction_that_leaves_the_answer_alone_does_not_reopen_what_was_closed(app: Flask) -> None:
    from registry.measurements.actions import correct_measurement
    from tests.integration.alerts.scene import phq9

    with on_stage(app):
        scene = a_scene()
        first = measured(scene, 9, item9=1)
        closed = close(
            alert=the_safety_alert(scene.patient), outcome="contacted-safe", words="Safe", by=scene.care_manager
        )
        given: dict[str, Any] = {"taken_on": TODAY, "mode": "self-paper", "by": scene.care_manager}
        second = correct_measurement(measurement=first, why="Item 3", answers=phq9(11, item9=1), **given)
        assert alerts_of(scene.patient, is_open=True) == []

        correct_measurement(measurement=second, why="Item 9", answers=phq9(11, item9=3), **given)
        reopened = the_safety_alert(scene.patient)
        assert reopened.id != closed.id, "a higher answer was never dealt with"


def test_a_person_who_closes_a_standing_reason_is_not_told_again_for_a_while(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=40, contact_days_ago=35)
        (alert,) = alerts_of(scene.patient, rule="engage.no-contact")
        close(alert=alert, outcome="handled", words="She is at her sister's", by=scene.care_manager)

        later(scene, 13)
        assert alerts_of(scene.patient, rule="engage.no-contact", is_open=True) == []
        later(scene, 14)
        assert len(alerts_of(scene.patient, rule="engage.no-contact", is_open=True)) == 1


def test_the_next_check_comes_when_a_closed_reason_may_be_told_again(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=63)
        measured(scene, 20, days_ago=63)
        measured(scene, 19, days_ago=2)
        (alert,) = alerts_of(scene.patient, rule="target.off")
        close(alert=alert, outcome="handled", words="Waiting for the blood level", by=scene.care_manager)

        assert scene.episode.next_check_on is not None
        assert scene.episode.next_check_on <= TODAY + timedelta(days=14)


def test_a_closed_reminder_that_becomes_an_action_is_told(app: Flask) -> None:
    with on_stage(app):
        scene = not_followed_up()
        close(alert=a_reminder(scene), outcome="handled", words="She is abroad", by=scene.care_manager)
        later(scene, 6)

        (alert,) = alerts_of(scene.patient, rule="engage.first-follow-up", is_open=True)
        assert alert.tier == "action"


def test_nothing_is_done_about_a_closed_alert(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = close(alert=an_urgent_alert(scene), outcome="contacted-safe", words="Safe", by=scene.care_manager)
        with pytest.raises(AlertIsClosed):
            acknowledge(alert=alert, by=scene.duty)


def test_the_second_of_two_people_is_told(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        opened = alert.version
        acknowledge(alert=alert, by=scene.duty, opened_version=opened)
        with pytest.raises(EditConflict):
            close(alert=alert, outcome="handled", words="Done", by=scene.care_manager, opened_version=opened)


def test_every_act_has_its_audit_event(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        acknowledge(alert=alert, by=scene.care_manager)
        assign(alert=alert, to=scene.duty, by=scene.care_manager)
        act(alert=alert, words="Called", by=scene.duty)
        close(alert=alert, outcome="contacted-safe", words="Safe", by=scene.duty)

        acts = db.session.execute(
            select(AuditEvent.action, AuditEvent.actor_id)
            .where(AuditEvent.entity == "alert", AuditEvent.entity_id == alert.id)
            .order_by(AuditEvent.number)
        ).all()
        assert [tuple(each) for each in acts] == [
            ("alert.opened", None),
            ("alert.acknowledged", scene.care_manager.id),
            ("alert.assigned", scene.care_manager.id),
            ("alert.acted", scene.duty.id),
            ("alert.closed", scene.duty.id),
        ]


def test_open_alerts_of_somebody_who_leaves_go_to_another(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        an_urgent_alert(scene)
        assert len(list_owned(scene.care_manager.id)) == 1

        moved = reassign_open_alerts(
            from_user=scene.care_manager, to_user=scene.duty, clinic_id=scene.clinic.id, by=scene.lead
        )

        assert moved == 1
        assert list_owned(scene.care_manager.id) == []
        assert the_safety_alert(scene.patient).owner_id == scene.duty.id


def test_only_a_psychiatrist_of_the_clinic_is_told_and_only_of_what_is_urgent(app: Flask) -> None:
    with on_stage(app):
        scene = not_followed_up()
        with pytest.raises(NotUrgent):
            tell(alert=a_reminder(scene), to=scene.psychiatrist, by=scene.care_manager)
        alert = an_urgent_alert(scene)
        stranger = builders.a_user(role=Role.PSYCHIATRIST, clinic=builders.a_clinic("Hillside"))
        for unfit in (scene.duty, stranger):
            with pytest.raises(UnfitToTell):
                tell(alert=alert, to=unfit, by=scene.care_manager)


def test_a_missing_safety_answer_is_put_off_for_a_week_at_most(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 12, item9=None)
        alert = the_safety_alert(scene.patient)
        with pytest.raises(ImpossibleSnooze, match="up to 18 Mar 2026"):
            snooze(alert=alert, until=TODAY + timedelta(days=8), reason="Away", by=scene.care_manager)
        snooze(alert=alert, until=TODAY + timedelta(days=7), reason="Away", by=scene.care_manager)
        assert alert.snoozed_until == TODAY + timedelta(days=7)
