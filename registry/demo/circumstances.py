"""Where an invented person lives and what they work, day by day: with losses and gains. Pure.

Codes are those of the housing form (HMIS living situation) and of the work form.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from random import Random

from registry.demo.chance import happens, weighted

STREET, SHELTER, TRANSITIONAL, HALFWAY, FAMILY, FRIEND, RENTS, SUBSIDISED, OWNS = (
    116, 101, 302, 329, 335, 336, 410, 435, 411,
)  # fmt: skip
HOMELESS = frozenset({STREET, SHELTER})

RETIRED_FROM = 66
"""Years of age."""

FULL_TIME, PART_TIME, SPORADIC, SHELTERED, VOLUNTEER, STUDY, LOOKING, UNABLE, NOT_LOOKING, RETIRED = range(1, 11)

# 15 % without a home: 740 people with bipolar disorder in collaborative care (Cerimele 2014). The rest is assumed.
_HOMES = {
    STREET: 0.05, SHELTER: 0.09, TRANSITIONAL: 0.05, HALFWAY: 0.08, FAMILY: 0.19, FRIEND: 0.06, RENTS: 0.24,
    SUBSIDISED: 0.2, OWNS: 0.04,
}  # fmt: skip
_JOBS = {
    FULL_TIME: 0.09, PART_TIME: 0.11, SPORADIC: 0.06, SHELTERED: 0.05, VOLUNTEER: 0.05, STUDY: 0.06, LOOKING: 0.2,
    UNABLE: 0.3, NOT_LOOKING: 0.08,
}  # fmt: skip
_LOST_HOME = {SHELTER: 0.4, FRIEND: 0.35, STREET: 0.1, TRANSITIONAL: 0.15}
_FOUND_HOME = {SUBSIDISED: 0.6, HALFWAY: 0.3, RENTS: 0.1}
_FOUND_WORK = {PART_TIME: 0.45, SPORADIC: 0.25, SHELTERED: 0.2, FULL_TIME: 0.1}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Spells, each from its first day (day 0: enrolment), in order."""

    homes: tuple[tuple[int, int], ...]
    jobs: tuple[tuple[int, int], ...]

    def home(self, day: int) -> int:
        """The living situation on this day."""
        return _on(self.homes, day)

    def work(self, day: int) -> int:
        """Work or study on this day."""
        return _on(self.jobs, day)


def circumstances(roll: Random, *, age: int) -> Circumstances:
    """Draw two years of housing and work."""
    return Circumstances(homes=_homes(roll), jobs=_jobs(roll, age))


def _homes(roll: Random) -> tuple[tuple[int, int], ...]:
    first = weighted(roll, _HOMES)
    spells = [(0, first)]
    if first in HOMELESS:
        if happens(roll, 0.5):
            spells.append((roll.randint(80, 240), weighted(roll, _FOUND_HOME)))
    elif happens(roll, 0.13):
        lost_on = roll.randint(40, 300)
        spells.append((lost_on, weighted(roll, _LOST_HOME)))
        if happens(roll, 0.4):
            spells.append((lost_on + roll.randint(60, 150), weighted(roll, _FOUND_HOME)))
    return tuple(spells)


def _jobs(roll: Random, age: int) -> tuple[tuple[int, int], ...]:
    if age >= RETIRED_FROM:
        return ((0, RETIRED),)
    first = weighted(roll, _JOBS)
    spells = [(0, first)]
    if first in {FULL_TIME, PART_TIME, SPORADIC, SHELTERED}:
        if happens(roll, 0.25):
            spells.append((roll.randint(30, 300), LOOKING))
    elif first == LOOKING and happens(roll, 0.35):
        spells.append((roll.randint(50, 280), weighted(roll, _FOUND_WORK)))
    return tuple(spells)


def _on(spells: tuple[tuple[int, int], ...], day: int) -> int:
    return spells[max(0, bisect_right([start for start, _ in spells], day) - 1)][1]
