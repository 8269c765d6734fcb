"""What the scores did since a review, in words: the outcome measure, and mania beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from registry.case_review.case import ScoreOn
from registry.caseload.presenters.scores import scale_label
from registry.web.filters import ARROW, number, short_date, signed


def score_lines(
    reviewed_on: date, primary: str | None, scores: Mapping[str, Sequence[ScoreOn]], *, today: date
) -> list[str]:
    """One line a scale: the last score up to the review, and the latest after it. ``primary`` is always told of."""
    told = ["No outcome measure chosen"] if primary is None else []
    for scale in sorted(scores, key=lambda scale: (scale != primary, scale)):
        if scores[scale] or scale == primary:
            told.append(_line(scale, scores[scale], reviewed_on, today))
    return told


def _line(scale: str, known: Sequence[ScoreOn], reviewed_on: date, today: date) -> str:
    label = scale_label(scale)
    before = [score for score in known if score.taken_on <= reviewed_on]
    after = [score for score in known if score.taken_on > reviewed_on]
    then = f"{label} {_said(before[-1], today)}" if before else f"no {label} before the review"
    if not after:
        return f"{then}, none since"
    change = f" ({signed(after[-1].value - before[-1].value)})" if before else ""
    return f"{then} {ARROW} {_said(after[-1], today)}{change}"


def _said(score: ScoreOn, today: date) -> str:
    return f"{number(score.value)} on {short_date(score.taken_on, today=today)}"
