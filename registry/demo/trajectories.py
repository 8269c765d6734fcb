"""How somebody's illness runs over the weeks: depression, anxiety, mania, psychosis. Pure; same dice, same course.

Severity is a smooth course of one of six kinds, plus a weekly disturbance that remembers the week before. What a
person answers on a given day is drawn from it by ``answers``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from registry.demo.chance import weighted
from registry.demo.figures import Figures, Spread

WEEKS = 60
"""How far a course is drawn, from the first day of care."""

NOISE_FOR_BPRS = 1.6
"""The BPRS-18 is rated by clinicians over 18 items: its points move more than those of a PHQ-9."""


RELIABILITY = 0.86
"""Two forms of one day agree less than the severities behind them, by this factor (Cronbach's alpha of both)."""


class Kind(StrEnum):
    """How depression or psychosis answers to treatment."""

    REMITTER = "remitter"
    RESPONDER = "responder"
    PARTIAL = "partial"
    NON_RESPONDER = "non_responder"
    RELAPSER = "relapser"
    WORSENING = "worsening"


_FINAL_DROP = {
    Kind.REMITTER: 0.86,
    Kind.RESPONDER: 0.58,
    Kind.PARTIAL: 0.28,
    Kind.NON_RESPONDER: 0.05,
    Kind.RELAPSER: 0.80,
    Kind.WORSENING: -0.22,
}
"""Share of the baseline that is gone in the end."""

_PACE_WEEKS = {
    Kind.REMITTER: 6.5,
    Kind.RESPONDER: 5.0,
    Kind.PARTIAL: 7.0,
    Kind.NON_RESPONDER: 8.0,
    Kind.RELAPSER: 5.0,
    Kind.WORSENING: 12.0,
}
"""Weeks until two thirds of the change are made."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A manic episode or a flare of psychosis: from which week, for how many weeks, how high at its peak."""

    from_week: int
    weeks: int
    peak: float

    def height(self, week: float) -> float:
        """0 outside, rising over the first third and falling over the last two."""
        at = (week - self.from_week) / self.weeks
        if not 0 <= at <= 1:
            return 0.0
        return self.peak * (at * 3 if at < 1 / 3 else (1 - at) * 1.5)


@dataclass(frozen=True, slots=True)
class Illness:
    """Severity of one person in each week of care, in points of each scale (not rounded).

    ``depression`` 0 to 27 (PHQ-9), ``anxiety`` 0 to 21 (GAD-7), ``mania`` 0 to 20 (ASRM), ``psychosis`` 18 to 126
    (BPRS-18). ``thoughts`` is how readily this person speaks of self-harm, as a standard normal deviate.
    """

    kind: Kind
    depression: tuple[float, ...]
    anxiety: tuple[float, ...]
    mania: tuple[float, ...]
    psychosis: tuple[float, ...]
    thoughts: float


def draw_kind(roll: Random, figures: Figures) -> Kind:
    """A kind of course, as often as published outcomes ask for."""
    return Kind(weighted(roll, figures.courses))


def illness(
    roll: Random,
    *,
    kind: Kind,
    population: str,
    figures: Figures,
    manic: tuple[Episode, ...] = (),
    flares: tuple[Episode, ...] = (),
) -> Illness:
    """Draw a person's illness. ``population`` names the baseline: depression, bipolar or psychosis."""
    path = _path(roll, kind)
    start = _baseline(roll, figures.baseline[population], figures.noise_sd)
    noise = _disturbance(roll, figures.noise_sd, figures.weekly_memory)
    lowered = [3.5 if height > 4 else 0.0 for height in _heights(manic)]
    depression = tuple(
        _within(start * share + drift - low, 0, 27) for share, drift, low in zip(path, noise, lowered, strict=True)
    )
    return Illness(
        kind=kind,
        depression=depression,
        anxiety=_anxiety(roll, start, path, population=population, figures=figures),
        mania=_mania(roll, manic, figures),
        psychosis=_psychosis(roll, kind, flares, population=population, figures=figures),
        thoughts=roll.gauss(0, 1),
    )


def _path(roll: Random, kind: Kind) -> list[float]:
    """Severity of each week as a share of the baseline."""
    drop, pace = _FINAL_DROP[kind], _PACE_WEEKS[kind] * roll.uniform(0.8, 1.25)
    drop *= roll.uniform(0.9, 1.1)
    path = [1 - drop * (1 - math.exp(-week / pace)) for week in range(WEEKS)]
    if kind is not Kind.RELAPSER:
        return path
    back_at, rise = roll.randint(20, 34), roll.uniform(0.45, 0.75)
    # Up over six weeks, then, treated again, slowly down.
    return [
        share + rise * _ramp((week - back_at) / 6) * math.exp(-max(0, week - back_at - 10) / 16)
        for week, share in enumerate(path)
    ]


def _ramp(at: float) -> float:
    return min(1.0, max(0.0, at))


def _baseline(roll: Random, spread: Spread, noise_sd: float) -> float:
    """The severity somebody starts with: a beta curve over the possible scores, so that none has to be cut off.

    The weekly disturbance comes on top; what is drawn here is narrower by as much.
    """
    width = 27 - spread.least
    middle = (spread.mean - spread.least) / width
    variance = (spread.sd**2 - noise_sd**2) / width**2
    weight = middle * (1 - middle) / variance - 1
    return spread.least + width * roll.betavariate(middle * weight, (1 - middle) * weight)


def _disturbance(roll: Random, sd: float, memory: float) -> list[float]:
    drift, news = roll.gauss(0, sd), sd * math.sqrt(1 - memory**2)
    path = []
    for _ in range(WEEKS):
        path.append(drift)
        drift = memory * drift + roll.gauss(0, news)
    return path


def _anxiety(roll: Random, start: float, path: list[float], *, population: str, figures: Figures) -> tuple[float, ...]:
    spread, depression = figures.baseline["anxiety"], figures.baseline[population]
    correlation = figures.anxiety_correlation / RELIABILITY
    together = correlation * (start - depression.mean) / depression.sd
    alone = math.sqrt(1 - correlation**2) * roll.gauss(0, 1)
    lower = 6.0 if population == "psychosis" else 2.0 if population == "depression" else 0.0
    level = _within(spread.mean - lower + spread.sd * (together + alone), 1, 21)
    noise = _disturbance(roll, figures.noise_sd * 0.8, figures.weekly_memory)
    return tuple(
        _within(level * (0.25 + 0.75 * share) + drift, 0, 21) for share, drift in zip(path, noise, strict=True)
    )


def _mania(roll: Random, manic: tuple[Episode, ...], figures: Figures) -> tuple[float, ...]:
    usual = roll.uniform(0.3, 2.6)
    noise = _disturbance(roll, 0.9, figures.weekly_memory)
    return tuple(_within(usual + drift + height, 0, 20) for drift, height in zip(noise, _heights(manic), strict=True))


def _psychosis(
    roll: Random, kind: Kind, flares: tuple[Episode, ...], *, population: str, figures: Figures
) -> tuple[float, ...]:
    spread = figures.baseline["bprs"]
    level = (spread.mean if population == "psychosis" else 32.0) - 18
    above = _within(level + roll.gauss(0, spread.sd if population == "psychosis" else 4.0), 8, 55)
    path = _path(roll, kind)
    noise = _disturbance(roll, figures.noise_sd * NOISE_FOR_BPRS, figures.weekly_memory)
    return tuple(
        _within(18 + above * (0.2 + 0.8 * share) + drift + height, 18, 126)
        for share, drift, height in zip(path, noise, _heights(flares), strict=True)
    )


def _heights(episodes: tuple[Episode, ...]) -> list[float]:
    """How high the highest of them stands in each week; most people have none."""
    if not episodes:
        return [0.0] * WEEKS
    return [max(each.height(week) for each in episodes) for week in range(WEEKS)]


def _within(value: float, least: float, most: float) -> float:
    return least if value < least else most if value > most else value
