"""Putting off what may wait."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from registry.alerts.actions import (
    CannotWait,
    ImpossibleSnooze,
    snooze,
)
from registry.alerts.models import TIERS
from registry.caseload.models import CaseloadRow
from registry.extensions import db
from tests import builders
from tests.integration.alerts.acting import a_reminder, an_urgent_alert, later, not_followed_up
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    a_scene,
    measured,
    on_stage,
    the_safety_alert,
)


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


def test_a_missing_safety_answer_is_put_off_for_a_week_at_most(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 12, item9=None)
        alert = the_safety_alert(scene.patient)
        with pytest.raises(ImpossibleSnooze, match="up to 18 Mar 2026"):
            snooze(alert=alert, until=TODAY + timedelta(days=8), reason="Away", by=scene.care_manager)
        snooze(alert=alert, until=TODAY + timedelta(days=7), reason="Away", by=scene.care_manager)
        assert alert.snoozed_until == TODAY + timedelta(days=7)
