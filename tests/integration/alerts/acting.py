"""Alerts people act on, and what was done about them before."""

from __future__ import annotations

from datetime import timedelta

from registry import clock
from registry.access import scope
from registry.accounts.models import User
from registry.alerts.actions import (
    acknowledge,
    act,
)
from registry.alerts.models import NOT_REACHED, Alert
from registry.alerts.reconcile import reconcile_patient
from tests.integration.alerts.scene import (
    NOW,
    Scene,
    a_scene,
    alerts_of,
    measured,
    the_safety_alert,
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


def acknowledged(scene: Scene, alert: Alert) -> None:
    acknowledge(alert=alert, by=scene.care_manager)


def not_reached(scene: Scene, alert: Alert, *, hours: int = 1, by: User | None = None) -> None:
    again = clock.now() + timedelta(hours=hours)
    act(alert=alert, words="No answer", outcome=NOT_REACHED, try_again_by=again, by=by or scene.care_manager)
