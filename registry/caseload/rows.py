"""The one maintained row per episode: made of stored facts, in the transaction of the write that changed them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.access.reading import rows_of
from registry.access.reviewed_sql import insert_rows, update_rows
from registry.alerts.last_safety import LastSafety
from registry.alerts.life_facts import Whereabouts
from registry.alerts.models import TIERS, Alert
from registry.alerts.next_due import CONTACT, INJECTION, MEASURE, REVIEW
from registry.alerts.rulebook import RULEBOOK
from registry.alerts.signals import LookedAt
from registry.caseload import stored_facts
from registry.caseload.columns import Columns
from registry.caseload.course_text import course_text
from registry.caseload.models import NOTHING_OPEN, CaseloadRow
from registry.caseload.queue_place import queue_columns
from registry.caseload.stored_facts import HOUSING, WORK, StoredFacts
from registry.caseload.view_days import view_days
from registry.db.among import among
from registry.db.base import columns_of
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measures.categories import DatedCategory
from registry.measures.course import DatedScore, days_fresh

BESIDE_THE_MAIN = frozenset({"mania", "psychosis"})
"""Domains shown as the second measure before any other: depression falling while mania rises is no success."""

HOW_SOMEBODY_LIVES = frozenset({"function", "recovery", "quality-of-life", "wellbeing"})
"""Domains shown beside the symptoms, in a column of their own."""

# As columns: some fifty of them made into an object, only to see that nothing changed, cost as much as the rules.
_COLUMNS = columns_of(CaseloadRow)
_ROWS = select(*_COLUMNS).where(among(CaseloadRow.patient_id, "patient_ids"))

_PLACE = {rule.id: place for place, rule in enumerate(RULEBOOK)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored value that is not what the facts say."""

    episode_id: uuid.UUID
    column: str
    stored: Any
    recomputed: Any


def follow_attention(
    _sender: object, *, patient_ids: Collection[uuid.UUID], looked_at: Mapping[uuid.UUID, LookedAt] | None
) -> None:
    """Receiver of ``attention_changed``."""
    refresh(patient_ids, looked_at)


def follow_identity(_sender: object, *, patient_id: uuid.UUID) -> None:
    """Receiver of ``patient_changed``: a new name stands in the list of every clinic."""
    db.session.flush()  # what the caller changed is checked within the caller's own scope
    with scope.all_patients(reason="a changed name stands in the list of every clinic"):
        refresh([patient_id])


def refresh(patient_ids: Collection[uuid.UUID], looked_at: Mapping[uuid.UUID, LookedAt] | None = None) -> None:
    """Rewrite the row of every episode of the patients. Belongs inside ``write()``; changes nothing that is right.

    ``looked_at`` is what was read a moment ago and need not be read again.
    """
    rows = _stored(patient_ids)
    new, changed = list[dict[str, Any]](), list[dict[str, Any]]()
    for patient_id, facts in stored_facts.load(patient_ids, looked_at).items():
        for episode_id, values in compose(facts).items():
            row = rows.get(episode_id)
            if row is not None and all(row[name] == value for name, value in values.items()):
                continue
            whose = {"episode_id": episode_id, "patient_id": patient_id}
            (new if row is None else changed).append({**whose, **values, "refreshed_at": clock.now()})
    db.session.flush()
    update_rows(scope.current(), CaseloadRow, changed)
    insert_rows(scope.current(), CaseloadRow, new)


def differences(patient_id: uuid.UUID) -> list[Difference]:
    """Where the stored rows of the patient are not what the stored facts say: there must be none."""
    rows = _stored([patient_id])
    return [
        Difference(episode_id, name, rows[episode_id][name] if episode_id in rows else None, value)
        for episode_id, values in compose(stored_facts.load([patient_id])[patient_id]).items()
        for name, value in values.items()
        if episode_id not in rows or rows[episode_id][name] != value
    ]


def compose(facts: StoredFacts) -> Mapping[uuid.UUID, dict[str, Any]]:
    """Episode → the columns of its row, of one patient."""
    episodes = {episode.id: episode for episode in facts.episodes}
    return {id_: _values(episode, episodes, facts) for id_, episode in episodes.items()}


def _stored(patient_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """The rows as they stand, by episode: column → value."""
    names = [column.key for column in _COLUMNS]
    found = rows_of(_ROWS, {"patient_ids": list(patient_ids)})
    rows = (dict(zip(names, row, strict=True)) for row in found)
    return {row["episode_id"]: row for row in rows}


def _values(episode: Columns, episodes: Mapping[uuid.UUID, Columns], facts: StoredFacts) -> dict[str, Any]:
    contacts = facts.contacts_of(episode)
    alerts = _alerts_of(episode, facts.alerts)
    reasons = [_reason(alert) for alert in alerts]
    reported = facts.outcomes.get(episode.id)
    row = {
        "clinic_id": episode.clinic_id,
        "is_open": episode.ended_on is None,
        "sort_name": episode.search_name,
        "mrn": episode.mrn,
        "phase": episode.phase,
        "referred_on": episode.referred_on,
        "enrolled_on": episode.enrolled_on,
        "ended_on": episode.ended_on,
        "paused_until": episode.paused_until,
        "care_manager_id": episode.care_manager_id,
        "consultant_id": episode.consultant_id,
        "conditions": sorted(episode.conditions.split(",")) if episode.conditions else [],
        **_measures(episode, facts.scales.get(episode.id, ()), facts.scores),
        "outcome": reported and reported.outcome,
        "beside_mania": reported is not None and reported.beside_mania,
        "last_two_way_on": contacts.last_two_way_on,
        "failed_attempts": contacts.failed_attempts,
        "minutes_month": contacts.minutes_month,
        "minutes": contacts.minutes,
        **_due(facts.due.get(episode.id, {})),
        "yearly": _yearly(facts.yearly.get(episode.id)),
        **_away(facts.away.get(episode.id)),
        **_safety(facts.safety),
        "safety_plan_on": facts.safety_plan and facts.safety_plan.written_on,
        "safety_plan_review_on": facts.safety_plan and facts.safety_plan.review_on,
        "consent_withdrawn_on": episode.consent_withdrawn_on if episode.ended_on is None else None,
        "last_review_on": episode.last_review_on,
        "open_recommendations": episode.open_recommendations,
        "known_until": episode.known_until,
        "course_began_on": episode.course_began_on,
        "changed_on": max((day for day in (episode.advised_on, episode.stepped_on) if day), default=None),
        "asked_on": episode.asked_on,
        "has_question": episode.asked_on is not None,
        **_circumstance("housing", facts.circumstances.get(HOUSING)),
        **_circumstance("work", facts.circumstances.get(WORK)),
        "rank": _rank(reasons),
        "reasons": reasons,
        "rules": f" {' '.join(reason['rule'] for reason in reasons)} " if reasons else "",
    }
    return row | view_days(row) | queue_columns(episode, episodes, alerts, facts.answered_safety, row)


def _due(days: Mapping[str, date]) -> dict[str, Any]:
    return {
        "due_on": min(days.values(), default=None),
        **{f"{kind}_due_on": days.get(kind) for kind in (CONTACT, MEASURE, REVIEW, INJECTION)},
    }


def _yearly(until: Mapping[str, date] | None) -> dict[str, str] | None:
    """As a document keeps it."""
    return None if until is None else {part: day.isoformat() for part, day in until.items()}


def _circumstance(column: str, last: DatedCategory | None) -> dict[str, Any]:
    return {column: last and last.category, f"{column}_on": last and last.on}


def _away(away: Whereabouts | None) -> dict[str, Any]:
    stay = away and away.stay
    return {
        "away_kind": stay and stay.kind,
        "away_since": stay and stay.began_on,
        "away_last_known_on": None if away is None or away.is_known else away.stay.known_on,
    }


def _safety(last: LastSafety | None) -> dict[str, Any]:
    return {
        f"safety_{name}": None if last is None else getattr(last, name)
        for name in ("state", "item", "on", "positive_item", "positive_on")
    }


def _measures(
    episode: Columns, scales: Sequence[Columns], scores: Mapping[str, Sequence[DatedScore]]
) -> dict[str, Any]:
    numeric = [row for row in scales if catalogue().scale(row.scale).has_total]
    first = next((row for row in numeric if row.scale == episode.metric_primary), numeric[0] if numeric else None)
    others = [row for row in numeric if row is not first]
    function = next((row for row in others if catalogue().domain_of(row.scale) in HOW_SOMEBODY_LIVES), None)
    others = [row for row in others if row is not function]
    second = next(
        (row for row in others if catalogue().domain_of(row.scale) in BESIDE_THE_MAIN),
        others[0] if others else None,
    )
    further = [_further(row) for row in others if row is not second]
    return {
        **_drawn("first", first, scores),
        "first_percent": first and first.percent,
        "first_baseline_elevated": first and first.baseline_elevated,
        **_drawn("second", second, scores),
        **_drawn("function", function, scores),
        "further": further,
        "further_count": len(further),
    }


def _drawn(which: str, row: Columns | None, scores: Mapping[str, Sequence[DatedScore]]) -> dict[str, Any]:
    return {
        **{f"{which}_{name}": value for name, value in _measure(row).items()},
        f"{which}_course": course_text(scores.get(row.scale, ())) if row else "",
    }


def _further(row: Columns) -> dict[str, Any]:
    """As a document keeps it."""
    return {
        name: str(value) if isinstance(value, date | Decimal) else value
        for name, value in _measure(row).items()
        if name not in ("at_most", "at_least")
    }


def _measure(row: Columns | None) -> dict[str, Any]:
    return {
        "scale": row and row.scale,
        "standing": row and row.standing,
        "baseline": row and row.baseline_value,
        "baseline_on": row and row.baseline_on,
        "latest": row and row.latest_value,
        "latest_on": row and row.latest_on,
        "stale_after_days": row and days_fresh(row.cadence_days),
        "at_most": row and row.at_most,
        "at_least": row and row.at_least,
    }


def _alerts_of(episode: Columns, alerts: Sequence[Alert]) -> list[Alert]:
    """The open alerts of the episode, and those of the person's safety, most pressing first."""
    own = [alert for alert in alerts if alert.episode_id == episode.id or alert.is_safety]
    return sorted(own, key=lambda each: (TIERS.index(each.tier), _PLACE.get(each.rule, len(_PLACE)), each.since))


def _reason(alert: Alert) -> dict[str, Any]:
    """As a document keeps it."""
    return {
        "id": str(alert.id),
        "rule": alert.rule,
        "tier": alert.tier,
        "sentence": alert.sentence,
        "evidence": alert.evidence,
        "since": alert.since.isoformat(),
        "state": alert.state,
        "snoozed_until": alert.snoozed_until and alert.snoozed_until.isoformat(),
    }


def _rank(reasons: Sequence[Mapping[str, Any]]) -> int:
    """By what is not put off. The alert itself comes back when its day begins at its own clinic."""
    awake = [TIERS.index(reason["tier"]) for reason in reasons if reason["snoozed_until"] is None]
    return min(awake, default=NOTHING_OPEN)
