"""The columns of a row that say where an episode stands in the psychiatrist's queue: made of stored facts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from registry.alerts.models import Alert
from registry.caseload.columns import Columns
from registry.caseload.currency import PROMISED_CARE
from registry.caseload.ranking import ADDED_TO, LAYER_OF, NO_PLACE, QUIET_DAYS, Candidate, Finding, Layer, Place, place

_MISTAKE = "entered-in-error"


def queue_columns(
    episode: Columns,
    episodes: Mapping[uuid.UUID, Columns],
    alerts: Sequence[Alert],
    answered: Iterable[Alert],
    row: Mapping[str, Any],
) -> dict[str, Any]:
    """``episodes`` are all of the person's, by id; ``alerts`` are open, ``answered`` those of safety somebody closed;
    ``row`` is the rest of the row.
    """
    if episode.ended_on is not None:
        return _columns(NO_PLACE, declined_on=None, answered=())
    counted = _answered_since_review(episode, _told_from(episode, episodes), answered)
    findings = [Finding(alert.rule, alert.since, _added_at(alert)) for alert in alerts if alert.rule in LAYER_OF]
    findings += [Finding(alert.rule, alert.since, alert.told_at, is_answered=True) for alert in counted]
    begun_on = row["first_baseline_on"] or episode.enrolled_on
    is_promised = episode.phase in PROMISED_CARE
    found = place(
        Candidate(
            findings=findings,
            asked_on=episode.asked_on,
            declined_on=episode.declined_on,
            reviewed_on=episode.last_review_on,
            known_until=episode.known_until,
            quiet_since=_quiet_since(episode, row) if is_promised or episode.paused_until is not None else None,
            paused_until=None if is_promised else episode.paused_until,
            unchanged_since=max((day for day in (row["changed_on"], begun_on) if day), default=None),
        )
    )
    return _columns(found, declined_on=episode.declined_on, answered=counted)


def _columns(found: Place, *, declined_on: date | None, answered: Iterable[Alert]) -> dict[str, Any]:
    return {
        **{each.name: getattr(found, each.name) for each in fields(found) if each.name != "rules"},
        "queue_rules": " ".join(found.rules),
        "queue_answered": [str(alert.id) for alert in answered],
        "declined_on": declined_on,
    }


def _added_at(alert: Alert) -> datetime | None:
    return alert.told_at if LAYER_OF[alert.rule] in ADDED_TO else None


def _told_from(episode: Columns, episodes: Mapping[uuid.UUID, Columns]) -> datetime:
    """What was told from then on no review has known of: the last one, else the referral.

    Of somebody taken over from another clinic nobody has reviewed here, those of the episode they come from.
    """
    known_until: datetime | None = episode.known_until
    if known_until is not None:
        return known_until
    if episode.sent_from_id in episodes:
        return _told_from(episodes[episode.sent_from_id], episodes)
    return _morning_of(episode.referred_on)


def _answered_since_review(episode: Columns, told_from: datetime, closed: Iterable[Alert]) -> list[Alert]:
    """The safety alerts told and closed since ``told_from``, and since the last review; first closed first.

    What was entered in error is no answer to anything. What a second alert speaks for stands with that one.
    """
    known_until: datetime | None = episode.known_until
    counted = [
        alert
        for alert in closed
        if LAYER_OF.get(alert.rule) is Layer.SAFETY
        and alert.joined_id is None
        and alert.outcome not in (None, _MISTAKE)
        and alert.closed_at is not None
        and (known_until is None or alert.closed_at > known_until)
        and alert.told_at >= told_from
    ]
    return sorted(counted, key=_when_closed)


def _when_closed(alert: Alert) -> tuple[datetime, uuid.UUID]:
    return alert.closed_at or alert.opened_at, alert.id


def _morning_of(day: date) -> datetime:
    """An instant no clinic on earth calls later than the morning of this local date."""
    return datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=14)


def _quiet_since(episode: Columns, row: Mapping[str, Any]) -> date | None:
    """The first day on which no score of this course of treatment says how the person is; None before enrolment."""
    known_on: date | None = row["first_latest_on"] or episode.course_began_on or episode.enrolled_on
    if known_on is None:
        return None
    allowed = max(row["first_stale_after_days"] or 0, QUIET_DAYS) if row["first_latest_on"] else QUIET_DAYS
    return known_on + timedelta(days=allowed + 1)
