"""Trying to reach somebody, and asking for a welfare check."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from registry import clock
from registry.alerts.actions import (
    act,
    close,
)
from registry.alerts.attempts import ImpossibleAttempt, ImpossibleCheck, WelfareCheck
from registry.alerts.escalation import escalate_due
from registry.alerts.models import NOT_REACHED
from tests.integration.alerts.acting import CLOSING_TIME, an_urgent_alert, not_reached
from tests.integration.alerts.scene import (
    NOW,
    a_scene,
    on_stage,
    steps_of,
    words_of,
)


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
