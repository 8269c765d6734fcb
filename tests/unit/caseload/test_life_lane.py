"""Life events beneath the scores: stays as bars, the rest as marks."""

from __future__ import annotations

from datetime import UTC, date, datetime

from registry.caseload.presenters.life_lane import life_lane
from registry.life.models import LifeEvent

FIRST, LAST = date(2026, 1, 5), date(2026, 3, 30)


def event(kind: str, starts_on: date, ends_on: date | None = None, words: str = "") -> LifeEvent:
    recorded_at = datetime(2026, 3, 30, tzinfo=UTC)
    return LifeEvent(kind=kind, starts_on=starts_on, ends_on=ends_on, words=words, recorded_at=recorded_at)


def test_stays_are_bars_within_the_axis_and_everything_else_is_a_mark() -> None:
    lane = life_lane(
        [
            event("jail", date(2026, 3, 20)),
            event("hospital", date(2025, 12, 20), date(2026, 1, 9)),
            event("crisis", date(2026, 2, 3), date(2026, 2, 3)),
            event("job-lost", date(2026, 2, 1), words="The shop closed"),
            event("birth", date(2025, 6, 1)),
        ],
        first=FIRST,
        last=LAST,
    )

    assert [(spell.starts_on, spell.ends_on, spell.words) for spell in lane.spells] == [
        (FIRST, date(2026, 1, 9), "Hospital, other"),
        (date(2026, 3, 20), LAST, "Jail or prison"),
    ]
    assert [(mark.on, mark.words) for mark in lane.marks] == [
        (date(2026, 2, 1), "Lost a job: The shop closed"),
        (date(2026, 2, 3), "Crisis or respite house"),
    ]
