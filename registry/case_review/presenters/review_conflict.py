"""Two reviews of one episode at the same time: what the other one says, beside what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.patients.presenters import Difference
from registry.review.forms import ReviewForm
from registry.review.models import Review
from registry.review.presenters import reviewed_words
from registry.review.rules import KINDS
from registry.web.filters import count, long_date

_NOTHING = "empty"


@dataclass(frozen=True, slots=True)
class Conflict:
    """What differs, and whose is saved."""

    differences: Sequence[Difference]
    by: str


def show_conflict(theirs: Review, typed: ReviewForm) -> Conflict:
    """The review that was saved meanwhile, and the one that was not saved yet, whatever is alike in them."""
    return Conflict(
        [
            Difference("Recommendations", _theirs(theirs), _yours(typed)),
            Difference("Look again", _day(theirs), _chosen(typed)),
            Difference("Summary", theirs.summary or _NOTHING, typed.summary.data or _NOTHING),
            Difference("Minutes", _minutes(theirs.minutes), _minutes(typed.minutes.data)),
        ],
        reviewed_words(theirs),
    )


def _theirs(review: Review) -> str:
    return _listed([f"{KINDS[each.kind]}: {each.words}" for each in review.recommendations])


def _yours(typed: ReviewForm) -> str:
    return _listed([f"{KINDS[each.kind.data]}: {each.words.data}".rstrip(": ") for each in typed.advice])


def _listed(advice: Sequence[str]) -> str:
    return "; ".join(advice) or _NOTHING


def _day(review: Review) -> str:
    return "as usual" if review.look_again_on is None else long_date(review.look_again_on)


def _chosen(typed: ReviewForm) -> str:
    return "as usual" if typed.look_again_on is None else long_date(typed.look_again_on)


def _minutes(minutes: int | None) -> str:
    return "not counted" if minutes is None else count(minutes, "minute")
