"""The published figures behind the invented people, read from ``parameters.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("parameters.toml")


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, standard deviation and the least that occurs, in points of the scale."""

    mean: float
    sd: float
    least: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shares (0 to 1) of people below 10 (improved) and below 5 (remission) on the PHQ-9."""

    improved_week_12: float
    improved_week_24: float
    remission_week_12: float
    remission_week_24: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the invention draws from."""

    baseline: Mapping[str, Spread]
    outcome: Outcome
    courses: Mapping[str, float]
    noise_sd: float
    weekly_memory: float
    anxiety_correlation: float
    phq_9_weights: tuple[float, ...]
    item_9_positive: tuple[tuple[int, float], ...]
    item_9_answers: tuple[tuple[int, tuple[float, ...]], ...]
    early_leavers: float
    missed: float

    def share_with_item_9(self, total: int) -> float:
        """How many people with this PHQ-9 total answer item 9 above "not at all"."""
        return next(share for to, share in self.item_9_positive if total <= to)

    def answers_to_item_9(self, total: int) -> tuple[float, ...]:
        """Shares of the answers 1, 2 and 3 among the positive ones."""
        return next(shares for to, shares in self.item_9_answers if total <= to)


@cache
def figures() -> Figures:
    """The figures as shipped."""
    with _FILE.open("rb") as file:
        return _read(tomllib.load(file))


def _read(tables: Mapping[str, Any]) -> Figures:
    outcome, items = tables["outcome"], tables["phq_9_items"]
    return Figures(
        baseline={
            name: Spread(table["mean"], table["sd"], table["least"]) for name, table in tables["baseline"].items()
        },
        outcome=Outcome(**{name: share for name, share in outcome.items() if name != "source"}),
        courses=tables["courses"],
        noise_sd=tables["noise"]["sd"],
        weekly_memory=tables["noise"]["weekly_memory"],
        anxiety_correlation=tables["anxiety_with_depression"]["correlation"],
        phq_9_weights=tuple(items["weights"]),
        item_9_positive=tuple((row["to"], row["share"]) for row in items["item_9_positive"]),
        item_9_answers=tuple((row["to"], tuple(row["shares"])) for row in items["item_9_answers"]),
        early_leavers=tables["attendance"]["early_leavers"],
        missed=tables["attendance"]["missed"],
    )
