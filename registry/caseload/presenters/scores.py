"""One measure in words: where it began, where it stands, how old that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from registry.charts.sparkline import Point, Sparkline, sparkline
from registry.measurements.instruments import catalogue
from registry.measures.course import DatedScore, Standing, Target, is_elevated
from registry.measures.profile import written
from registry.measures.scale import Better, Scale
from registry.web.filters import count, number, percent, points, short_date

BESIDE_MANIA = "Beside mania: no success"
"""Said beside depression that is better (domain: depression falling while mania rises is no improvement)."""

OTHER_RATER = "Rated by somebody else than the baseline"
"""Said beside a profile: raters differ in what they call mild."""

AGAINST_START = "Rated against the start"
"""Said of a score that is a comparison already: nothing is counted from its first one."""

HIGHEST_RATING = "The highest of its ratings"
"""Said of the number of a profile, where its ratings do not stand beside it."""

GOOD = frozenset({Standing.AT_TARGET, Standing.RESPONDING, Standing.IMPROVING})
"""Standings that are said to be good news, stored words of them included."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of one episode as it is stored, with its scores of the last year, oldest first."""

    scale: str
    definition: Scale
    """As the clinic of the episode reads it."""
    standing: str | None
    baseline: Decimal | None
    baseline_on: date | None
    latest: Decimal | None
    latest_on: date | None
    percent: Decimal | None
    stale_after_days: int
    target: Target | None
    points: Sequence[Point] = ()
    beside_mania: bool = False


@dataclass(frozen=True, slots=True)
class ScoreShown:
    """What ``components/score_cell.html`` prints."""

    name: str
    baseline: str = ""
    latest: str = ""
    age: str = ""
    change: str = ""
    percent: str = ""
    kind: str = "even"
    is_stale: bool = False
    last_known: str = ""
    note: str = ""
    standing: str = ""
    sparkline: Sparkline | None = None


def scale_label(key: str) -> str:
    """What people call a scale: "PHQ-9", "BPRS-18 positive symptoms"."""
    return catalogue().label_of(key)


def no_target(key: str) -> str:
    """What is said where nobody has set a target on a scale."""
    return f"No target for {scale_label(key)}"


def show_score(
    measured: Measured, *, today: date, starts_on: date, width: int = 96, with_name: bool = True
) -> ScoreShown:
    """Baseline → latest with change and age; a score too old to go by reads unknown and says when it was known.

    A percentage of what got better, where the baseline allows one; what got worse is said in points: from a baseline
    near the floor any rise is hundreds of percent. Nothing before there is a follow-up.
    """
    scale = measured.definition
    name = scale_label(measured.scale) if with_name else ""
    if measured.latest is None or measured.latest_on is None:
        return ScoreShown(name=name, note=f"No {scale_label(measured.scale)} yet")
    age = (today - measured.latest_on).days
    is_stale = age > measured.stale_after_days
    has_followed_up = measured.baseline_on is not None and measured.latest_on > measured.baseline_on
    change = measured.latest - measured.baseline if has_followed_up and measured.baseline is not None else None
    better_by = improvement_percent(change, measured.percent, scale)
    return ScoreShown(
        name=name,
        baseline=number(measured.baseline) if has_followed_up and measured.baseline is not None else "",
        latest=number(measured.latest),
        age=count(age, "day") if age else "today",
        change=_change(change, measured) if better_by is None else "",
        percent="" if better_by is None else percent(better_by),
        kind=_kind(change, measured, scale),
        is_stale=is_stale,
        last_known=f"was {number(measured.latest)}, {short_date(measured.latest_on, today=today)}" if is_stale else "",
        standing=". ".join(_remarks(measured)),
        sparkline=_draw(measured, scale, starts_on=starts_on, today=today, width=width),
    )


def _remarks(measured: Measured) -> Iterator[str]:
    """What qualifies the score: a success beside mania is marked as one, and a score nothing judges."""
    if measured.beside_mania and measured.standing in GOOD:
        yield BESIDE_MANIA
    if measured.definition.is_comparison:
        yield AGAINST_START
    elif measured.target is None:
        yield no_target(measured.scale)
    if measured.definition.is_profile:
        yield HIGHEST_RATING


def value_words(score: DatedScore) -> str:
    """The number, or of a profile its ratings side by side."""
    return written(score.ratings) if score.ratings else number(score.value)


def level_words(scale: Scale, value: Decimal | None) -> str:
    """The name of the range a score is in: "much improved"; nothing where it has none."""
    band = None if value is None else scale.band_of(value)
    return "" if band is None else band.label


def improvement_percent(change: Decimal | None, percent_change: Decimal | None, scale: Scale) -> Decimal | None:
    """The percentage of a change that is no worsening; None where there is none to say."""
    if change is None or percent_change is None:
        return None
    is_worse = change > 0 if scale.better is Better.LOWER else change < 0
    return None if is_worse else percent_change


def _change(change: Decimal | None, measured: Measured) -> str:
    """In points; a first score says what it is, and a comparison how much has changed."""
    if measured.definition.is_comparison:
        return level_words(measured.definition, measured.latest)
    if change is None:
        return "first" if measured.baseline is not None else "no baseline"
    return points(change)


def _kind(change: Decimal | None, measured: Measured, scale: Scale) -> str:
    """Good or bad only where the standing or the cut-off says so; everything else is even, success beside mania too."""
    if change is None or measured.baseline is None or measured.latest is None:
        return "even"
    crossed = is_elevated(scale, measured.baseline) is False and is_elevated(scale, measured.latest) is True
    if measured.standing == Standing.WORSE.value or crossed:
        return "bad"
    is_better = scale.worsening(before=measured.baseline, after=measured.latest) < 0
    return "good" if is_better and measured.standing in GOOD and not measured.beside_mania else "even"


def _draw(measured: Measured, scale: Scale, *, starts_on: date, today: date, width: int) -> Sparkline | None:
    """The course to today. Between two scores further apart than a score counts as known, the line is broken."""
    if scale.minimum is None or scale.maximum is None:
        return None
    target = measured.target
    first_day = min(starts_on, today)
    return sparkline(
        _one_a_day(measured.points, scale),
        minimum=float(scale.minimum),
        maximum=float(scale.maximum),
        target_low=None if target is None or target.at_least is None else float(target.at_least),
        target_high=None if target is None or target.at_most is None else float(target.at_most),
        starts_on=first_day,
        ends_on=today,
        width=width,
        longest_gap=timedelta(days=measured.stale_after_days),
        before=_began_before(measured, first_day),
        name=scale_label(measured.scale),
    )


def _began_before(measured: Measured, first_day: date) -> Point | None:
    """The baseline, where it is older than what is drawn: a course is never shown without where it began."""
    if measured.baseline is None or measured.baseline_on is None or measured.baseline_on >= first_day:
        return None
    return Point(measured.baseline_on, float(measured.baseline))


def _one_a_day(points: Sequence[Point], scale: Scale) -> list[Point]:
    """Of several scores on one day the worst: none can hide another."""
    worst: dict[date, Point] = {}
    for point in points:
        other = worst.get(point.on)
        if other is None or _is_worse(scale, point, other):
            worst[point.on] = point
    return list(worst.values())


def _is_worse(scale: Scale, point: Point, other: Point) -> bool:
    if point.score is None or other.score is None:
        return other.score is None
    return scale.worsening(before=Decimal(other.score), after=Decimal(point.score)) > 0
