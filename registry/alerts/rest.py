"""What a person closed while it was still true rests for a while, and is then told again; sooner where it gets worse.

Closing ends the care team's part only. A finding that is also the psychiatrist's keeps its place in the review queue
meanwhile: nothing but a recorded review ends that, whoever closed the alert.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from registry.alerts.clinic_numbers import shipped
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.hours.response_times import longest_snooze
from registry.alerts.lifecycle import is_past
from registry.alerts.look_times import has_to_be_heard
from registry.alerts.models import Alert
from registry.alerts.parameters import Numbers
from registry.alerts.queries import last_told
from registry.alerts.rulebook import RULEBOOK, Audience, Backlog, Finding, Tier, is_news, rule
from registry.clinics.models import Clinic


@dataclass(frozen=True, slots=True)
class Rest:
    """``closed`` is the alert somebody closed; from the local date ``until`` on its finding is told again."""

    closed: Alert
    until: date


@dataclass(slots=True)
class News:
    """When that which has been quiet was news: asked once for all of it, where any is told after that."""

    alert_ids: Sequence[uuid.UUID]
    """What people have closed, and what stood in the review queue only."""
    _told: Mapping[uuid.UUID, datetime] | None = None

    def of(self, alert: Alert) -> datetime | None:
        """When what the alert said last was news."""
        if self._told is None:
            self._told = last_told(self.alert_ids)
        return self._told.get(alert.id)


def put_off_at_most(alert: Alert, numbers: Numbers) -> int:
    """For how many days the alert can be put off; 0 where it cannot wait."""
    days = longest_snooze(Tier(alert.tier), numbers, is_safety=alert.is_safety)
    return rule(alert.rule).days_at_most(days, alert.evidence)


def put_off_until(alert: Alert, clinic: Clinic, numbers: Numbers, today: date) -> date:
    """The latest local day the alert can be put off to; ``today`` where it cannot wait.

    What somebody is on and has to be heard of waits no longer than until the lead is told.
    """
    latest = today + timedelta(days=put_off_at_most(alert, numbers))
    if alert.acknowledged_at is not None and has_to_be_heard(alert):
        closed_by = response_times_of(clinic, numbers).closed_by(alert.acknowledged_at, is_safety=alert.is_safety)
        latest = min(latest, clinic.today(closed_by))
    return max(latest, today)


@cache
def longest_rest() -> int:
    """The most days anything that was closed can rest, whatever a clinic decides."""
    parameters = shipped().parameters
    snoozes = (f"snooze.{tier.value}" for tier in Tier)
    rests = [each.rests_for for each in RULEBOOK if each.rests_for is not None]
    return max(parameters[id_].most for id_ in (*snoozes, *rests) if id_ in parameters)


def rest_of(finding: Finding, alerts: Iterable[Alert], zone: ZoneInfo, numbers: Numbers) -> Rest | None:
    """The rest a person gave the finding, over or not: as long as it could have been put off, or
    by the rule's own number (``Rule.rests_for``); no longer than what it rests on waits (``Rule.waits``).

    None where nobody closed it, or since then it began anew, rose, or came to what is news to whoever closed it.
    Whoever closed what nothing asked for any more has not answered what asks again: a recovery that was struck through.
    """
    closed = [
        (alert.closed_at, alert)
        for alert in alerts
        if alert.rule == finding.rule
        and alert.closed_at is not None
        and not is_past(alert)
        and Tier(alert.tier).rank <= finding.tier.rank
        and finding.since <= alert.closed_at.astimezone(zone).date()
    ]
    rests_for = rule(finding.rule).rests_for
    if not closed or (finding.tier is Tier.URGENT and rests_for is None):
        return None
    closed_at, alert = max(closed, key=lambda each: each[0])
    if alert.rule_version == finding.version and is_news(finding.rule, alert.evidence, finding.evidence):
        return None
    days = (
        longest_snooze(finding.tier, numbers, is_safety=False)  # a safety alert is closed for good
        if rests_for is None
        else numbers.required(rests_for)
    )
    days = rule(finding.rule).days_at_most(days, finding.evidence)
    return Rest(alert, closed_at.astimezone(zone).date() + timedelta(days=days))


def quiet_until_of(finding: Finding, rest: Rest | None, backlog: Backlog | None) -> date | None:
    """The day from which a finding is told that a person closed, or that was there before the enrolment was stored.

    None where it is neither; a day that has come where it has been quiet.
    """
    days = [] if rest is None else [rest.until]
    if backlog is not None and backlog.holds(finding):
        days.append(backlog.until)
    return max(days, default=None)


def at_rest(finding: Finding) -> Finding | None:
    """What a finding says while it is quiet: its place in the review queue, None where it is not the psychiatrist's."""
    if Audience.PSYCHIATRIST not in finding.audience:
        return None
    return replace(finding, tier=Tier.QUEUE, audience=(Audience.PSYCHIATRIST,))
