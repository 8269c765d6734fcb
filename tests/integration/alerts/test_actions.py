"""Closing an alert, and what nobody can do about one that is closed or that somebody else has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from registry.alerts.actions import (
    AlertIsClosed,
    WordsMissing,
    acknowledge,
    act,
    assign,
    close,
)
from registry.alerts.models import NOT_REACHED
from registry.audit.models import AuditEvent
from registry.db.conflict import EditConflict
from registry.extensions import db
from tests.integration.alerts.acting import a_reminder, an_urgent_alert, later, not_followed_up
from tests.integration.alerts.scene import (
    TODAY,
    a_scene,
    alerts_of,
    measured,
    on_stage,
    the_safety_alert,
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
