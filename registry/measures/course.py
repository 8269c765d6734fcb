"""The course of one scale over one course of treatment: baseline, change, and one standing.

Holds only what a write changes. Whatever moves with the calendar (weeks in care, freshness) is
worked out at read time from the dates here and the clinic's local date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import Final
from uuid import UUID

from registry.measures import profile
from registry.measures.scale import Better, Scale
from registry.measures.scoring import format_value

BASELINE_WINDOW_DAYS: Final = 14
"""A first score up to this many days after the course began is its baseline; a later one is a late baseline."""

STALE_AFTER_CADENCES: Final = Decimal("1.5")
"""A score older than this many times the measure's cadence no longer says how the patient is."""


class Standing(StrEnum):
    """Where the latest score stands against the baseline and the target; the first that applies, in this order."""

    NO_BASELINE = "no baseline"
    AWAITING_FOLLOW_UP = "awaiting follow-up"
    AT_TARGET = "at target"
    RESPONDING = "responding"
    WORSE = "worse"
    IMPROVING = "improving"
    NOT_IMPROVING = "not improving"


@dataclass(frozen=True, slots=True)
class DatedScore:
    """A score on the local date of service. ``ratings`` are those of a profile, of which ``value`` is the highest."""

    on: date
    value: Decimal
    prorated: bool = False
    id: UUID | None = None
    band: str | None = None
    ratings: profile.Ratings = ()


@dataclass(frozen=True, slots=True)
class Target:
    """The level treatment aims for. ``hold`` means best achievable for now: hold it there."""

    at_most: Decimal | None = None
    at_least: Decimal | None = None
    hold: bool = False

    def __post_init__(self) -> None:
        if self.at_most is None and self.at_least is None:
            raise ValueError("A target needs a level: at most, at least, or both")

    @classmethod
    def default_for(cls, scale: Scale) -> "Target | None":
        """The target the instrument file proposes, or None where no sourced one exists."""
        level = scale.target_in_force
        if level is None:
            return None
        return cls(at_most=level) if scale.better is Better.LOWER else cls(at_least=level)

    def is_met(self, value: Decimal) -> bool:
        """Whether ``value`` lies at the target level or better, ends included."""
        below = self.at_most is None or value <= self.at_most
        above = self.at_least is None or value >= self.at_least
        return below and above

    def words(self) -> str:
        """The target as it is said: "4 or lower", "hold at 9 or lower"."""
        return f"hold at {self._level()}" if self.hold else self._level()

    def _level(self) -> str:
        if self.at_most is not None and self.at_least is not None:
            return f"{format_value(self.at_least)} to {format_value(self.at_most)}"
        if self.at_most is not None:
            return f"{format_value(self.at_most)} or lower"
        return "" if self.at_least is None else f"{format_value(self.at_least)} or higher"


@dataclass(frozen=True, slots=True)
class Course:
    """What the scores of one treatment course amount to.

    ``change`` is latest minus baseline in points; ``percent`` the same over the baseline's distance
    from the scale's floor, both negative when the score fell. ``baseline_late_by`` is the number of
    days between the start of the course and a baseline taken after the baseline window, else None.
    """

    baseline: DatedScore | None
    baseline_late_by: int | None
    latest: DatedScore | None
    previous: DatedScore | None
    change: Decimal | None
    percent: Decimal | None
    best_confirmed: Decimal | None
    standing: Standing
    is_relapse: bool
    responded: bool
    in_remission: bool
    baseline_elevated: bool | None
    scores: tuple[DatedScore, ...]


class ScaleHasNoTotal(ValueError):
    """A category scale has no numbers to follow; its changes are read as categories."""


def follow(
    scores: Iterable[DatedScore],
    *,
    scale: Scale,
    starts_on: date,
    target: Target | None,
    ends_on: date | None = None,
) -> Course:
    """The course of ``scores`` on ``scale`` between ``starts_on`` and ``ends_on``, both included.

    Order of entry is irrelevant. Scores outside the dates take no part. One score a day counts: an
    unprorated one before a prorated one, then the worse, so that two forms on one day are neither
    mistaken for a follow-up nor able to hide the worse answer. A prorated score may show worsening or
    improvement, but sets no baseline, response, remission, target or confirmed level.

    A comparison has no baseline, so that nothing is counted from its first score.

    Raises:
        ScaleHasNoTotal: ``scale`` yields categories.
    """
    if not scale.has_total:
        raise ScaleHasNoTotal(f"{scale.name} has no total to follow")
    within = [each for each in scores if starts_on <= each.on and (ends_on is None or each.on <= ends_on)]
    counted = _one_a_day(within, scale)
    latest = counted[-1] if counted else None
    baseline = next((each for each in counted if not each.prorated), None) if scale.has_course else None
    start = Course(
        baseline=baseline,
        baseline_late_by=_late_by(baseline, starts_on),
        latest=latest,
        previous=counted[-2] if len(counted) > 1 else None,
        change=None,
        percent=None,
        best_confirmed=_best_confirmed(counted, scale) if scale.has_course else None,
        standing=_first_standing(baseline, latest, scale=scale, target=target),
        is_relapse=False,
        responded=False,
        in_remission=False,
        baseline_elevated=None if baseline is None else is_elevated(scale, baseline.value),
        scores=counted,
    )
    if baseline is None or latest is None or latest.on == baseline.on:
        return start
    return replace(
        start,
        change=latest.value - baseline.value,
        percent=_percent_change(baseline.value, latest.value, scale),
        standing=_standing(baseline, latest, scale=scale, target=target),
        is_relapse=_is_relapse(start.best_confirmed, baseline, latest, scale=scale, target=target),
        responded=_has_responded(baseline.value, latest, scale),
        in_remission=_is_in_remission(latest, scale),
    )


def days_fresh(cadence_days: int) -> int:
    """For how many days a score says how somebody is: one and a half cadences, whole days."""
    return int(cadence_days * STALE_AFTER_CADENCES)


def is_stale(on: date, *, cadence_days: int, today: date) -> bool:
    """Whether a score of the day ``on`` no longer says how somebody is: with a cadence of 28 days, from day 43."""
    return (today - on).days > days_fresh(cadence_days)


def is_elevated(scale: Scale, value: Decimal) -> bool | None:
    """Whether ``value`` is at the scale's cut-off or worse; None where the scale has no sourced cut-off."""
    cutoff = scale.cutoff_in_force
    return None if cutoff is None else scale.is_at_or_worse(value, cutoff)


def rose_by_reliable_change(scale: Scale, *, previous: Decimal, latest: Decimal) -> bool:
    """Whether the score got worse by the reliable change or more. Never, where none is published."""
    reliable = scale.reliable_change_in_force
    return reliable is not None and scale.worsening(before=previous, after=latest) >= reliable


def has_improved(course: Course, scale: Scale) -> bool:
    """Whether reports count the patient as improved: a response, or the scale's improved level reached.

    The latest score must follow the baseline and not be prorated. Whether the baseline was elevated,
    and how long ago it was, is the report's business.
    """
    if course.change is None or course.latest is None or course.latest.prorated:
        return False
    level = scale.improved_level_in_force
    return course.responded or (level is not None and scale.is_at_or_better(course.latest.value, level))


class Outcome(StrEnum):
    """What reports say of an episode on its outcome measure since enrolment. Nothing in it moves with the calendar."""

    IMPROVED = "improved"
    NOT_IMPROVED = "not-improved"
    """A missing follow-up is no improvement."""
    NOT_ELEVATED = "not-elevated"
    NO_CUT_OFF = "no-cut-off"
    NO_BASELINE = "no-baseline"


def outcome_of(course: Course, scale: Scale) -> Outcome:
    """The outcome of a course that starts at enrolment. A scale without a total has no cut-off."""
    if course.baseline is None:
        return Outcome.NO_BASELINE
    if course.baseline_elevated is None:
        return Outcome.NO_CUT_OFF
    if not course.baseline_elevated:
        return Outcome.NOT_ELEVATED
    return Outcome.IMPROVED if has_improved(course, scale) else Outcome.NOT_IMPROVED


def _one_a_day(scores: Iterable[DatedScore], scale: Scale) -> tuple[DatedScore, ...]:
    """The score that counts on each day, in order of date."""

    def precedence(score: DatedScore) -> tuple[bool, Decimal, list[int], str]:
        goodness = -score.value if scale.better is Better.LOWER else score.value
        return score.prorated, goodness, sorted(-rating for rating in score.ratings), str(score.id)

    counts: dict[date, DatedScore] = {}
    for score in sorted(scores, key=attrgetter("on")):
        other = counts.get(score.on)
        if other is None or precedence(score) < precedence(other):
            counts[score.on] = score
    return tuple(counts.values())


def _late_by(baseline: DatedScore | None, starts_on: date) -> int | None:
    if baseline is None:
        return None
    days = (baseline.on - starts_on).days
    return days if days > BASELINE_WINDOW_DAYS else None


def _best_confirmed(scores: Sequence[DatedScore], scale: Scale) -> Decimal | None:
    """The best level held on two consecutive scores, which is the worse of those two."""
    worse_of_two, best_of_all = (max, min) if scale.better is Better.LOWER else (min, max)
    values = [each.value for each in scores if not each.prorated]
    held = [worse_of_two(pair) for pair in pairwise(values)]
    return best_of_all(held) if held else None


def _percent_change(baseline: Decimal, latest: Decimal, scale: Scale) -> Decimal | None:
    """Change over the baseline's distance from the floor; None for a baseline at the floor, and of a profile."""
    distance = baseline - scale.floor
    return None if distance == 0 or scale.is_profile else (latest - baseline) * 100 / distance


def _has_responded(baseline: Decimal, latest: DatedScore, scale: Scale) -> bool:
    return not latest.prorated and _is_response(baseline, latest.value, scale)


def _is_response(baseline: Decimal, value: Decimal, scale: Scale) -> bool:
    """Better by the percentage, or by the points, that a source calls a response: either will do."""
    points = scale.response_points_in_force
    if points is not None and scale.worsening(before=value, after=baseline) >= points:
        return True
    percent, required = _percent_change(baseline, value, scale), scale.response_in_force
    if percent is None or required is None:
        return False
    improvement = -percent if scale.better is Better.LOWER else percent
    return improvement >= required


def _is_in_remission(latest: DatedScore, scale: Scale) -> bool:
    level = scale.remission_in_force
    return level is not None and not latest.prorated and scale.is_at_or_better(latest.value, level)


def _standing(baseline: DatedScore, latest: DatedScore, *, scale: Scale, target: Target | None) -> Standing:
    if target is not None and target.is_met(latest.value) and not latest.prorated:
        return Standing.AT_TARGET
    if _has_responded(baseline.value, latest, scale):
        return Standing.RESPONDING
    if scale.is_profile:
        return _standing_of_profile(baseline, latest, scale)
    worsening = scale.worsening(before=baseline.value, after=latest.value)
    reliable = scale.reliable_change_in_force
    if reliable is None or abs(worsening) < reliable:
        return Standing.NOT_IMPROVING
    return Standing.WORSE if worsening > 0 else Standing.IMPROVING


def _first_standing(
    baseline: DatedScore | None, latest: DatedScore | None, *, scale: Scale, target: Target | None
) -> Standing:
    """Where a course stands without a follow-up. A comparison has none ever, and may be at its target all the same."""
    if baseline is not None:
        return Standing.AWAITING_FOLLOW_UP
    is_met = scale.is_comparison and latest is not None and target is not None and target.is_met(latest.value)
    return Standing.AT_TARGET if is_met else Standing.NO_BASELINE


def _standing_of_profile(baseline: DatedScore, latest: DatedScore, scale: Scale) -> Standing:
    if profile.is_worse(scale, before=baseline.ratings, after=latest.ratings):
        return Standing.WORSE
    is_better = profile.is_improving(scale, before=baseline.ratings, after=latest.ratings)
    return Standing.IMPROVING if is_better else Standing.NOT_IMPROVING


def _is_relapse(
    confirmed: Decimal | None, baseline: DatedScore, latest: DatedScore, *, scale: Scale, target: Target | None
) -> bool:
    """Worse than the best confirmed level by the reliable change, and out of what had been reached.

    Where no level better than the baseline was ever held, nothing had been reached: that is worse, and no relapse.
    """
    if confirmed is None or scale.worsening(before=baseline.value, after=confirmed) >= 0:
        return False
    if not rose_by_reliable_change(scale, previous=confirmed, latest=latest.value):
        return False
    left_target = target is not None and target.is_met(confirmed) and not target.is_met(latest.value)
    left_response = _is_response(baseline.value, confirmed, scale) and not _is_response(
        baseline.value, latest.value, scale
    )
    return left_target or left_response or _is_in_worse_band(scale, before=confirmed, after=latest.value)


def _is_in_worse_band(scale: Scale, *, before: Decimal, after: Decimal) -> bool:
    band_before, band_after = scale.band_of(before), scale.band_of(after)
    return band_before is not None and band_after is not None and band_after.severity > band_before.severity
