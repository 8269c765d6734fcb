"""What falls due next for one person: contacts, reviews, measures, injections, the look at a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.caseload.presenters.cells import PAUSE_ENDS, away_words, is_resting
from registry.caseload.presenters.scores import scale_label
from registry.caseload.record import EpisodeRecord
from registry.treatment.rules import next_injection_on
from registry.web.filters import count, days_ago, short_date


@dataclass(frozen=True, slots=True)
class DueShown:
    """One thing with its day, as ``components/definition_list.html`` prints it."""

    label: str
    value: str
    detail: str
    kind: str = ""
    url: str = ""


def show_due(record: EpisodeRecord, today: date) -> list[DueShown]:
    """Soonest first, the overdue before the rest. Nothing where the episode has ended."""
    if record.episode.ended_on is not None:
        return []
    days = sorted([*_by_the_rules(record), *_measures(record), *_injections(record), *_plans(record)])
    return [*_away(record, today), *(_shown(label, day, today) for day, label in days)]


def _away(record: EpisodeRecord, today: date) -> Iterator[DueShown]:
    """The stay during which most of it rests, or of which nobody knows any more whether it goes on."""
    row = record.row
    if row is None or row.away_kind is None or row.away_since is None:
        return
    words = away_words(row.away_kind, row.away_since, row.away_last_known_on, today)
    if is_resting(row):
        yield DueShown("Contacts, measures and reviews", "Rest", words)
    else:
        yield DueShown("Where the person is", "Not confirmed", words, kind="action")


def _by_the_rules(record: EpisodeRecord) -> Iterator[tuple[date, str]]:
    """As the person's row in the caseload says it."""
    row = record.row
    if row is None:
        return
    pause_ends = None if is_resting(row) else row.paused_until
    days = {"Contact": row.contact_due_on, "Case review": row.review_due_on, PAUSE_ENDS: pause_ends}
    for label, day in days.items():
        if day is not None:
            yield day, label


def _measures(record: EpisodeRecord) -> Iterator[tuple[date, str]]:
    """Each with its own day, of which the row has the first; where the row has none, all of them rest."""
    if record.row is None or record.row.measure_due_on is None:
        return
    for each in record.followed:
        if each.due_on is not None:
            yield each.due_on, scale_label(each.key)


def _injections(record: EpisodeRecord) -> Iterator[tuple[date, str]]:
    """Each with its own day, of which the row has the first; where the row has none, nobody here answers for them."""
    if record.row is None or record.row.injection_due_on is None:
        return
    for each in record.treatment:
        day = next_injection_on(each.steps, each.injections) if each.trial.kind == "injection" else None
        if day is not None:
            yield day, f"Injection: {each.trial.name}"


def _plans(record: EpisodeRecord) -> Iterator[tuple[date, str]]:
    for plan, name in ((record.safety_plan, "safety plan"), (record.relapse_plan, "relapse-prevention plan")):
        if plan is not None and plan.review_on is not None:
            yield plan.review_on, f"Look at the {name} again"


def _shown(label: str, day: date, today: date) -> DueShown:
    late = (today - day).days
    return DueShown(
        label=label,
        value=short_date(day, today=today),
        detail=f"overdue by {count(late, 'day')}" if late > 0 else days_ago(day, today),
        kind="action" if late > 0 else "",
    )
