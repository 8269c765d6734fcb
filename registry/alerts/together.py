"""Several reasons of one person dealt with at once: each with its own step and its event, all stored or none."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from registry import clock
from registry.accounts.models import User
from registry.alerts import actions
from registry.alerts.clinic_numbers import numbers_at
from registry.alerts.models import Alert
from registry.alerts.outreach import said_as_one
from registry.alerts.rest import put_off_until
from registry.alerts.rulebook import rule
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.extensions import db


def said_with(alert: Alert, standing: Sequence[Alert]) -> Alert | None:
    """Of the person's open alerts the one that lists say in one sentence with this: what settles one settles both."""
    of_the_episode = [each for each in standing if each.episode_id == alert.episode_id]
    both = said_as_one(of_the_episode, lambda each: each.rule)
    if both is None or alert.id not in {each.id for each in both}:
        return None
    return both[1] if both[0].id == alert.id else both[0]


def days_put_off(alert: Alert) -> int:
    """For how many days the alert can be put off at most; 0 where it cannot wait."""
    if rule(alert.rule).ends_with:
        return 0
    clinic = db.session.get_one(Clinic, alert.clinic_id)
    today = clinic.today(clock.now())
    return (put_off_until(alert, clinic, numbers_at(clinic.id), today) - today).days


def can_wait_too(alert: Alert, standing: Sequence[Alert], *, clinic_ids: Collection[uuid.UUID]) -> list[Alert]:
    """The person's other reasons at these clinics that are not put off yet and may be; none about safety.

    Of two that are said as one, the one that speaks for both.
    """
    settled_with_it = said_with(alert, standing)
    others = [
        each
        for each in standing
        if each.id != alert.id
        and each is not settled_with_it
        and not each.is_safety
        and each.snoozed_until is None
        and each.clinic_id in clinic_ids
        and days_put_off(each) > 0
    ]
    return [each for each in others if not _is_said_by_another(each, others)]


def _is_said_by_another(alert: Alert, standing: Sequence[Alert]) -> bool:
    speaks_too = said_with(alert, standing)
    return speaks_too is not None and standing.index(speaks_too) < standing.index(alert)


def edition(alerts: Iterable[Alert]) -> str:
    """These reasons as they stand: a page that shows them sends it back, and another one says that they changed."""
    return " ".join(f"{each.id}:{each.version}" for each in alerts)


def snooze_together(
    *, alerts: Sequence[Alert], shown_versions: Sequence[int], until: date, reason: str, by: User
) -> None:
    """Put reasons off until a local day, each as it was shown. Raises as ``snooze``."""
    with write():
        for each in _as_shown(alerts, shown_versions):
            actions.snooze(alert=each, until=until, reason=reason, by=by)


def close_together(
    *, alerts: Sequence[Alert], shown_versions: Sequence[int], outcome: str, words: str, by: User
) -> None:
    """End reasons that end alike, each as it was shown. Raises as ``close``."""
    with write():
        for each in _as_shown(alerts, shown_versions):
            actions.close(alert=each, outcome=outcome, words=words, by=by)


def _as_shown(alerts: Sequence[Alert], shown_versions: Sequence[int]) -> list[Alert]:
    """All before the first act: what the one does may change the other."""
    shown = zip(alerts, shown_versions, strict=True)
    return [actions.open_row(alert, version) for alert, version in shown]
