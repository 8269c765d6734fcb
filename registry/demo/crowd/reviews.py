"""Case reviews of an episode as rows: every few weeks, with advice where the course asks for it. Pure."""

from __future__ import annotations

from datetime import date, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from registry.demo import wording
from registry.demo.chance import happens, weighted
from registry.demo.spans import workday
from registry.review.models import Recommendation, Review

if TYPE_CHECKING:
    from registry.demo.crowd.history import History
    from registry.demo.crowd.ledger import Ledger, Row

_EVERY_DAYS = (40, 58)
_LATE = 0.1
"""Share of reviews that come a month late."""
_DECIDED = {"accepted": 0.7, "modified": 0.15, "declined": 0.15}
_BETTER = 0.5
"""Of the baseline: who is above this share is not where the team wants them to be."""


def write(history: History, ledger: Ledger, roll: Random, *, until: date) -> list[Row]:
    """Write down the reviews from enrolment to ``until``, the first within weeks; returns their rows, in order."""
    written = []
    begun = history.care.episode["enrolled_on"]
    on, is_first = workday(begun + timedelta(days=roll.randint(4, 24))), True
    while on <= until:
        written.append(_review(history, ledger, roll, on, is_first=is_first, until=until))
        is_first = False
        late = 30 if happens(roll, _LATE) else 0
        on = workday(on + timedelta(days=roll.randint(*_EVERY_DAYS) + late))
    return written


def _review(history: History, ledger: Ledger, roll: Random, on: date, *, is_first: bool, until: date) -> Row:
    wants_change = not _is_better(history, on) and happens(roll, 0.75)
    fitting = wording.REVIEW_CHANGE if wants_change else wording.REVIEW_STEADY
    consultant = history.team.who("psychiatrist")
    row = ledger.write(
        Review,
        clinic_id=history.site.clinic_id,
        reviewed_on=on,
        consultant_id=consultant.id,
        minutes=roll.choice([5, 5, 10, 10, 15, 20]),
        summary=wording.REVIEW_NEW if is_first else roll.choice(fitting),
        look_again_on=on + timedelta(days=roll.choice([42, 56, 56])) if happens(roll, 0.3) else None,
        known_until=(recorded_at := history.site.instant(on, time(13, roll.choice([5, 15, 25, 35])))),
        opened_at=recorded_at,
        recorded_at=recorded_at,
    )
    if wants_change:
        for position, (kind, words) in enumerate(
            roll.sample(wording.ADVICE[history.group], k=2 if happens(roll, 0.25) else 1)
        ):
            columns = _fate(history, roll, on, until)
            _advise(history, ledger, row, position=position, kind=kind, words=words, **columns)
    else:
        kind, words = wording.CONTINUE
        _advise(history, ledger, row, kind=kind, words=words, state="noted")
    return row


def _advise(history: History, ledger: Ledger, review: Row, **columns: Any) -> None:
    prescriber = history.team.member("prescriber")
    ledger.write(
        Recommendation,
        review_id=review["id"],
        proposed_on=review["reviewed_on"],
        to_user_id=None if prescriber is None else prescriber.id,
        to_name=history.team.outside_prescriber if prescriber is None else "",
        **columns,
    )


def _fate(history: History, roll: Random, on: date, until: date) -> dict[str, Any]:
    """What became of a recommendation by ``until``. One in ten lies too long."""
    by = (history.team.member("prescriber") or history.team.who("care_manager")).id
    days = roll.choice([0, 1, 1, 2, 5, 6, 7, 8, 12]) if happens(roll, 0.9) else roll.choice([19, 27, 34])
    decided_on = workday(on + timedelta(days=days))
    if decided_on > until:
        return {"state": "proposed"}
    state = weighted(roll, _DECIDED)
    why = {"declined": roll.choice(wording.DECLINED), "modified": roll.choice(wording.MODIFIED)}.get(state, "")
    columns = {"state": state, "decided_by_id": by, "decided_on": decided_on, "decision_why": why}
    done_on = workday(decided_on + timedelta(days=roll.choice([0, 0, 2, 3, 5, 7, 9, 14, 21, 28])))
    if state == "declined" or done_on > until or not happens(roll, 0.92):
        return columns
    return {**columns, "state": "done", "done_by_id": by, "done_on": done_on}


def _is_better(history: History, on: date) -> bool:
    """Whether the illness is at half of where it began, or less."""
    story = history.person.story
    course = story.illness.psychosis if story.has_psychosis else story.illness.depression
    floor = 18 if story.has_psychosis else 0
    week = min(len(course) - 1, max(0, (on - (story.enrolled_on or on)).days // 7))
    return course[week] - floor <= _BETTER * (course[0] - floor)
