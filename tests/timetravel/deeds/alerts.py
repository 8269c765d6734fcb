"""What people do about alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from registry import clock
from registry.alerts import actions as alerts
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.models import CARE_OUTCOMES, TIERS, Alert
from registry.alerts.queries import is_put_off_unheard
from registry.alerts.rulebook import Tier, rule
from registry.alerts.together import days_put_off
from registry.extensions import db
from tests.timetravel.deeds.stage import Stage


def open_alerts(stage: Stage) -> Sequence[Alert]:
    """The person's open alerts at this clinic, most pressing first, in an order that is the same in every life."""
    rows = db.session.scalars(
        select(Alert).where(
            Alert.patient_id == stage.person.patient_id,
            Alert.clinic_id == stage.place.clinic_id,
            Alert.closed_at.is_(None),
        )
    )
    return sorted(rows, key=lambda alert: (TIERS.index(alert.tier), alert.rule, alert.since))


def answer_alert(stage: Stage) -> None:
    """Do one of the things a person can do about an alert: mostly about the most pressing."""
    chance = stage.chance
    rows = [alert for alert in open_alerts(stage) if alert.tier != Tier.QUEUE]
    if not rows:
        return
    alert = rows[0] if chance.random() < 0.7 else chance.choice(rows)
    act = chance.choice((_acknowledge, _not_reached, _snooze, _snooze, _close, _close, _close))
    if rule(alert.rule).ends_with:
        act = _acknowledge
    act(stage, alert)


def _acknowledge(stage: Stage, alert: Alert) -> None:
    alerts.acknowledge(alert=alert, by=stage.by)


def _not_reached(stage: Stage, alert: Alert) -> None:
    clinic = stage.place.clinic
    choices = response_times_of(clinic).again_choices(clock.now())
    again = choices[stage.chance.choice(sorted(choices))]
    if again > clock.now():
        alerts.act(alert=alert, words="No answer", outcome="not-reached", try_again_by=again, by=stage.by)


def _snooze(stage: Stage, alert: Alert) -> None:
    if is_put_off_unheard(alert):
        return
    if (longest := days_put_off(alert)) > 0:
        until = stage.place.today() + timedelta(days=stage.chance.randrange(1, longest + 1))
        alerts.snooze(alert=alert, until=until, reason="Comes next week", by=stage.by)


def _close(stage: Stage, alert: Alert) -> None:
    outcome = "contacted-safe" if alert.is_safety else stage.chance.choice(CARE_OUTCOMES)
    alerts.close(alert=alert, outcome=outcome, words="Spoke with them", by=stage.by)
