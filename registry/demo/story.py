"""Whose story is told: an illness, a way through care, and the days of its turns. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from registry.demo.chance import dice, happens, weighted
from registry.demo.figures import Figures
from registry.demo.trajectories import Episode, Illness, Kind, draw_kind, illness

PLOTS: Mapping[str, int] = {
    "active": 86,
    "quiet": 11,
    "maintaining": 28,
    "relapsed": 6,
    "paused": 8,
    "engaging": 15,
    "referred": 9,
    "graduated": 11,
    "lost": 8,
    "withdrew": 3,
    "transferred": 3,
    "direct-care": 3,
    "administrative": 2,
    "died": 2,
    "other": 1,
    "re-enrolled": 4,
}
"""How many of 200 people stand where today. ``quiet``: still active on paper, but no longer coming."""

_CONDITIONS = {
    "bipolar-1": 0.19,
    "bipolar-2": 0.12,
    "schizophrenia": 0.19,
    "schizoaffective": 0.13,
    "early-psychosis": 0.08,
    "major-depression": 0.29,
}
_BESIDE = {
    (): 0.5,
    ("ptsd",): 0.14,
    ("anxiety",): 0.16,
    ("substance-use",): 0.13,
    ("ptsd", "substance-use"): 0.07,
}
PSYCHOSIS = frozenset({"schizophrenia", "schizoaffective", "early-psychosis"})
BIPOLAR = frozenset({"bipolar-1", "bipolar-2", "schizoaffective"})

_DAYS_IN_CARE: Mapping[str, tuple[int, int]] = {
    "active": (12, 340),
    "quiet": (110, 330),
    "maintaining": (170, 340),
    "relapsed": (255, 362),
    "paused": (70, 300),
    "engaging": (1, 45),
    "graduated": (235, 362),
    "lost": (150, 350),
    "withdrew": (60, 320),
    "transferred": (150, 340),
    "direct-care": (90, 340),
    "administrative": (90, 300),
    "died": (120, 330),
    "other": (90, 300),
    "re-enrolled": (300, 362),
}
"""How many days ago care began, for each plot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One person's way. Days count from enrolment (day 0); None where the turn is not taken."""

    number: int
    plot: str
    clinic: int
    conditions: tuple[str, ...]
    illness: Illness
    manic: tuple[Episode, ...]
    flares: tuple[Episode, ...]
    referred_on: date
    enrolled_on: date | None
    begins_engaging: bool
    silent_from: int | None = None
    """No longer comes from this day on."""
    maintaining_from: int | None = None
    active_again_from: int | None = None
    paused_from: int | None = None
    ends_on: int | None = None
    second_start: int | None = None
    """Day of the enrolment of a second episode."""
    diligence: float = 0.85
    """Share of visits the person comes to (0 to 1)."""

    @property
    def condition(self) -> str:
        """The condition treated first."""
        return self.conditions[0]

    @property
    def has_psychosis(self) -> bool:
        return self.condition in PSYCHOSIS

    @property
    def has_bipolar(self) -> bool:
        return self.condition in BIPOLAR

    @property
    def group(self) -> str:
        """By what is treated first: psychosis, bipolar or depression."""
        return "psychosis" if self.has_psychosis else "bipolar" if self.has_bipolar else "depression"


def plots(count: int, roll: Random) -> list[str]:
    """The plots of ``count`` people, in no order; every plot at least once where there are enough people."""
    wanted = {plot: max(1, round(share * count / 200)) for plot, share in PLOTS.items()}
    wanted["active"] += count - sum(wanted.values())
    deck = [plot for plot, number in wanted.items() for _ in range(number)]
    roll.shuffle(deck)
    return deck[:count]


def tell(seed: int, number: int, *, plot: str, today: date, figures: Figures) -> Story:
    """Draw the story of one person, the same for the same seed, number and day."""
    roll = dice(seed, number, "story")
    conditions = (weighted(roll, _CONDITIONS), *weighted(roll, _BESIDE))
    kind = _kind(roll, plot, figures)
    manic, flares = _manic(roll, conditions[0]), _flares(roll, conditions[0])
    days_ago = _days_ago(roll, plot)
    waited = roll.choice([2, 4, 5, 7, 9, 12, 15])
    enrolled_on = None if plot == "referred" else _workday(today - timedelta(days=days_ago))
    referred_on = (
        _workday(today - timedelta(days=roll.choice([0, 1, 2, 4, 6, 8, 11, 17])))
        if enrolled_on is None
        else _workday(enrolled_on - timedelta(days=waited))
    )
    return Story(
        number=number,
        plot=plot,
        clinic=0 if roll.random() < 0.58 else 1,
        conditions=conditions,
        illness=illness(
            roll, kind=kind, population=_population(conditions[0]), figures=figures, manic=manic, flares=flares
        ),
        manic=manic,
        flares=flares,
        referred_on=referred_on,
        enrolled_on=enrolled_on,
        begins_engaging=plot == "engaging" or happens(roll, 0.35),
        diligence=min(0.98, max(0.5, roll.gauss(1 - figures.missed, 0.08))),
        **_turns(roll, plot, days_ago, figures),
    )


def _days_ago(roll: Random, plot: str) -> int:
    """How long ago care began: more often lately, since people have been leaving all along."""
    if plot == "referred":
        return 0
    low, high = _DAYS_IN_CARE[plot]
    return round(roll.triangular(low, high, low))


def _workday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _population(condition: str) -> str:
    if condition in {"bipolar-1", "bipolar-2"}:
        return "bipolar"
    return "psychosis" if condition in PSYCHOSIS else "depression"


def _kind(roll: Random, plot: str, figures: Figures) -> Kind:
    if plot in {"graduated", "maintaining"}:
        return roll.choice([Kind.REMITTER, Kind.REMITTER, Kind.RESPONDER])
    if plot == "relapsed":
        return Kind.RELAPSER
    if plot == "direct-care":
        return roll.choice([Kind.WORSENING, Kind.NON_RESPONDER])
    return draw_kind(roll, figures)


def _manic(roll: Random, condition: str) -> tuple[Episode, ...]:
    chance, low, high = {
        "bipolar-1": (0.55, 9.0, 15.0),
        "schizoaffective": (0.3, 7.0, 13.0),
        "bipolar-2": (0.45, 5.5, 8.5),
    }.get(condition, (0.0, 0.0, 0.0))
    if not happens(roll, chance):
        return ()
    first = Episode(roll.randint(4, 40), roll.randint(5, 9), roll.uniform(low, high))
    again = Episode(first.from_week + roll.randint(16, 28), roll.randint(4, 7), roll.uniform(low, high))
    return (first, again) if happens(roll, 0.3) else (first,)


def _flares(roll: Random, condition: str) -> tuple[Episode, ...]:
    if condition not in PSYCHOSIS or not happens(roll, 0.35):
        return ()
    return (Episode(roll.randint(6, 44), roll.randint(6, 11), roll.uniform(12, 24)),)


def _turns(roll: Random, plot: str, days_ago: int, figures: Figures) -> dict[str, int]:
    """The days, from enrolment, on which this plot turns."""
    if plot == "quiet":
        return {"silent_from": max(20, days_ago - roll.randint(45, 150))}
    if plot == "active" and days_ago > 60 and happens(roll, figures.early_leavers / 2):
        return {"silent_from": days_ago - roll.randint(20, 40)}
    if plot == "maintaining":
        return {"maintaining_from": roll.randint(120, max(125, days_ago - 40))}
    if plot == "relapsed":
        maintaining = roll.randint(105, 130)
        return {"maintaining_from": maintaining, "active_again_from": roll.randint(215, 250)}
    if plot == "paused":
        return {"paused_from": max(45, days_ago - roll.randint(6, 62))}
    if plot == "graduated":
        maintaining = roll.randint(115, 150)
        return {"maintaining_from": maintaining, "ends_on": days_ago - roll.randint(6, 60)}
    if plot == "lost":
        silent = roll.randint(15, 70)
        return {"silent_from": silent, "ends_on": min(days_ago - 3, silent + roll.randint(70, 110))}
    if plot == "re-enrolled":
        ends = roll.randint(120, 170)
        return {"silent_from": ends - 60, "ends_on": ends, "second_start": days_ago - roll.randint(25, 75)}
    if plot == "transferred":
        ends = days_ago - roll.randint(30, 90)
        return {"ends_on": ends, "second_start": ends + roll.randint(8, 16)}
    if plot in {"withdrew", "direct-care", "administrative", "died", "other"}:
        return {"ends_on": days_ago - roll.randint(4, max(6, days_ago // 2))}
    return {}
