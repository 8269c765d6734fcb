"""What the staff of a crowd has done about the alerts that stand: taken up, put off, dealt with, or not yet seen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any

from registry.alerts.clinic_numbers import shipped
from registry.alerts.hours.opening_hours import add_open_minutes, next_open
from registry.alerts.hours.response_times import ResponseTimes, start_of
from registry.alerts.loading.safety import covered_in
from registry.alerts.log import Stand, step_of
from registry.alerts.models import LEAD, Alert
from registry.alerts.rest import put_off_at_most
from registry.alerts.rulebook import Tier
from registry.audit.recorder import ActorId, record
from registry.clinics.models import Clinic
from registry.demo import wording
from registry.demo.chance import dice, happens, weighted
from registry.demo.crowd.ledger import Row
from registry.demo.crowd.sites import Site
from registry.demo.staff import is_closed_by_hand, may_be_put_off

_OF_THE_URGENT = {"taken": 0.8, "left": 0.2}
_OF_ACTIONS = {"taken": 0.42, "closed": 0.22, "snoozed": 0.1, "left": 0.26}
_OF_REMINDERS = {"snoozed": 0.12, "left": 0.88}
_SAID = frozenset({"safety.self-harm", "safety.reported"})
"""Raised the moment somebody wrote the danger down."""
_NIGHT = time(2, 30)
"""When time alone makes a rule true, the sweep of that night says so."""
_LATELY = timedelta(days=3)
"""What has been put off or dealt with, and rests, was so within these days."""


class Shift:
    """Opened and answered the alerts of some people as time went: what reconciling them knows in hindsight."""

    def __init__(
        self,
        numbers: Mapping[uuid.UUID, int],
        sites: Mapping[uuid.UUID, Site],
        record_of_danger: Sequence[Row],
        *,
        seed: int,
        now: datetime,
    ) -> None:
        self._numbers, self._sites, self._seed, self._now = numbers, sites, seed, now
        self._record_of_danger = record_of_danger
        self._closed_at: dict[tuple[uuid.UUID, str], datetime] = {}

    @property
    def dealt_with(self) -> set[uuid.UUID]:
        """People one of whose alerts somebody closed although it is still true: to be looked at once more."""
        return {patient_id for patient_id, _rule in self._closed_at}

    def raised_at(self, patient_id: uuid.UUID, stand: Stand, clinic: Clinic) -> datetime:
        """When the danger was recorded, the alert was closed that it goes on from, or its day began."""
        if (patient_id, stand.rule) in self._closed_at:
            return self._closed_at[patient_id, stand.rule]
        site = self._sites[clinic.id]
        said = [self._recorded_at[id_] for (id_, _), _ in covered_in(stand.evidence)] if stand.rule in _SAID else []
        return min(self._now, max(said) if said else site.instant(stand.since, _NIGHT))

    @cached_property
    def _recorded_at(self) -> Mapping[str, datetime]:
        return {str(row["id"]): row["recorded_at"] for row in self._record_of_danger}

    def answer(self, alert: Alert) -> dict[str, Any] | None:
        """Take the alert up, put it off, close it, or leave it to be seen."""
        if alert.state != "open" or alert.snoozed_until is not None:
            return None
        roll, tier = dice(self._seed, self._numbers[alert.patient_id], alert.rule, "shift"), Tier(alert.tier)
        shares = {Tier.URGENT: _OF_THE_URGENT, Tier.ACTION: _OF_ACTIONS, Tier.REMINDER: _OF_REMINDERS}.get(tier)
        kind = "left" if shares is None else weighted(roll, shares)
        is_to_do = (kind == "closed" and not is_closed_by_hand(alert.rule)) or (
            kind == "snoozed" and not may_be_put_off(alert.rule)
        )
        if kind == "taken" or is_to_do:
            return self._acknowledge(alert, roll)
        if kind == "snoozed":
            longest = put_off_at_most(alert, shipped())
            return self._snooze(alert, roll, days=roll.randint(min(3, longest), longest))
        return self._close(alert, roll) if kind == "closed" else self._left(alert)

    def _left(self, alert: Alert) -> dict[str, Any] | None:
        """Nobody took it up; the clock told the lead long ago of what they have to hear of."""
        at = alert.look_at
        if alert.tier != Tier.ACTION or at is None or at > self._now:
            return None
        alert.escalation, alert.look_at = LEAD, None
        lead = self._sites[alert.clinic_id].some("clinic_lead", 0)
        details = {"level": LEAD, "lead": str(lead.id)}
        return step_of(alert, "escalated", at, words="Nobody acknowledged it in time", details=details)

    def _acknowledge(self, alert: Alert, roll: Random) -> dict[str, Any]:
        by, site = self._by(alert), self._sites[alert.clinic_id]
        is_urgent = alert.tier == Tier.URGENT
        at = self._after(alert.opened_at, roll.randint(4, 48) if is_urgent else roll.randint(30, 2_000), site)
        alert.state, alert.acknowledged_at, alert.acknowledged_by_id = "acknowledged", at, by.id
        alert.owner_id, alert.look_at = by.id, None
        if is_urgent:
            alert.look_at = ResponseTimes(site.hours, site.zone, shipped()).outcome_by(at, on_call=False)
        record("alert.acknowledged", by=by, subject=alert)
        return step_of(alert, "acknowledged", at, by_id=by.id)

    def _snooze(self, alert: Alert, roll: Random, *, days: int) -> dict[str, Any]:
        by, site, at = self._by(alert), self._sites[alert.clinic_id], self._lately(alert, roll)
        alert.snoozed_until, alert.snooze_reason = site.today + timedelta(days=days), roll.choice(wording.SNOOZE)
        alert.look_at = start_of(alert.snoozed_until, site.zone)
        record("alert.snoozed", by=by, subject=alert, reason=alert.snooze_reason)
        until = {"until": alert.snoozed_until.isoformat()}
        return step_of(alert, "snoozed", at, by_id=by.id, words=alert.snooze_reason, details=until)

    def _close(self, alert: Alert, roll: Random) -> dict[str, Any]:
        by, at = self._by(alert), self._lately(alert, roll)
        outcome = "treatment-changed" if alert.rule.startswith("target.") and happens(roll, 0.4) else "handled"
        alert.state, alert.closed_at, alert.closed_by_id = "closed", at, by.id
        alert.outcome, alert.closing_words, alert.look_at = outcome, roll.choice(wording.HANDLED), None
        record("alert.closed", by=by, subject=alert, reason=outcome)
        self._closed_at[alert.patient_id, alert.rule] = at
        return step_of(alert, "closed", at, by_id=by.id, words=alert.closing_words, details={"outcome": outcome})

    def _after(self, start: datetime, minutes: int, site: Site) -> datetime:
        """So many minutes of opening hours later, and not later than now."""
        return min(self._now, add_open_minutes(next_open(start, site.hours, site.zone), minutes, site.hours, site.zone))

    def _lately(self, alert: Alert, roll: Random) -> datetime:
        start = max(alert.opened_at, self._now - _LATELY)
        return self._after(start, roll.randint(20, 600), self._sites[alert.clinic_id])

    def _by(self, alert: Alert) -> ActorId:
        """Who answers for it, else a care manager of the clinic."""
        if alert.owner_id is not None:
            return ActorId(alert.owner_id)
        return ActorId(self._sites[alert.clinic_id].some("care_manager", self._numbers[alert.patient_id]).id)
