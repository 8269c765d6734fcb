"""From severity to the answers on a form: whole answers, item by item, as people give them. Pure."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from statistics import NormalDist

from registry.demo.chance import happens
from registry.demo.figures import Figures
from registry.demo.trajectories import Illness

Answers = dict[str, int]

_NORMAL = NormalDist()
_THOUGHTS_REMEMBERED = 0.6
"""How much of an answer to item 9 belongs to the person rather than to the day: it comes back in the same people."""

_GAD_7 = (1.6, 1.45, 1.7, 1.55, 1.1, 1.5, 1.1)
_ASRM = (1.3, 1.0, 1.1, 1.2, 1.3)
_BPRS_18 = (1.1, 1.3, 1.2, 0.9, 0.8, 1.1, 0.5, 0.7, 1.1, 0.9, 1.2, 1.3, 0.8, 0.6, 1.2, 1.1, 0.5, 0.4)
"""How much each item of a form takes of its total: our assumption, shaped by what the items ask."""

_POSITIVE_SYMPTOMS = (3, 10, 11, 14)
"""Places, from 0, of the positive symptoms among the items of the BPRS-18."""


def phq_9(roll: Random, illness: Illness, week: int, figures: Figures) -> Answers:
    """Nine answers of 0 to 3, and how difficult it all makes life. Without item 9 a form ends at 24."""
    total = whole(roll, illness.depression[week])
    ninth = _item_9(roll, illness.thoughts, total, figures)
    rest = spread(roll, min(total - ninth, 24), figures.phq_9_weights, most=3)
    answers = {str(number): answer for number, answer in enumerate([*rest, ninth], start=1)}
    answers["difficulty"] = min(3, max(0, round(total / 8 + roll.gauss(0, 0.5))))
    return answers


def gad_7(roll: Random, illness: Illness, week: int) -> Answers:
    """Seven answers of 0 to 3."""
    return _numbered(spread(roll, whole(roll, illness.anxiety[week]), _GAD_7, most=3))


def asrm(roll: Random, illness: Illness, week: int) -> Answers:
    """Five answers of 0 to 4."""
    return _numbered(spread(roll, whole(roll, illness.mania[week]), _ASRM, most=4))


def bprs_18(roll: Random, illness: Illness, week: int, *, flare: float = 0.0) -> Answers:
    """Eighteen ratings of 1 to 7. In a flare (points above the usual) the positive symptoms take the most."""
    above = whole(roll, illness.psychosis[week] - 18)
    weights = [weight * (1 + flare / 6 if place in _POSITIVE_SYMPTOMS else 1) for place, weight in enumerate(_BPRS_18)]
    return {item: rating + 1 for item, rating in _numbered(spread(roll, above, weights, most=6)).items()}


def whole(roll: Random, value: float) -> int:
    """A whole number near ``value``, above or below as often as its fraction says."""
    below = math.floor(value)
    return below + happens(roll, value - below)


def spread(roll: Random, total: int, weights: Sequence[float], *, most: int) -> list[int]:
    """Give out ``total`` points to items, each by its weight and no item more than ``most``.

    Raises ``ValueError`` when there is no room for them all.
    """
    if not 0 <= total <= most * len(weights):
        raise ValueError(f"{total} points do not fit {len(weights)} items of {most}")
    given, room = [0] * len(weights), list(weights)
    ends, last = list(accumulate(room)), len(room) - 1
    for _ in range(total):
        place = bisect(ends, roll.random() * ends[-1], 0, last)
        given[place] += 1
        if given[place] == most:
            room[place] = 0.0
            ends = list(accumulate(room))
            while last and not room[last]:
                last -= 1
    return given


def _item_9(roll: Random, thoughts: float, total: int, figures: Figures) -> int:
    """Positive in the published share of people with this total; mostly the same people each time."""
    share = figures.share_with_item_9(total)
    today = math.sqrt(_THOUGHTS_REMEMBERED) * thoughts + math.sqrt(1 - _THOUGHTS_REMEMBERED) * roll.gauss(0, 1)
    if total == 0 or _NORMAL.cdf(today) <= 1 - share:
        return 0
    answer = roll.choices((1, 2, 3), weights=figures.answers_to_item_9(total))[0]
    return min(answer, total)


def _numbered(answers: Sequence[int]) -> Answers:
    return {str(number): answer for number, answer in enumerate(answers, start=1)}
