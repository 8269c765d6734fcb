"""Which clinics share lives: what is drawn and judged once is lived by one person in each of several clinics. Pure.

People at the same place in their clinics' lists live the same life, each under their own name, number and birth date
and with the staff of their own clinic. Never two of one clinic, also where somebody moves to the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from registry.demo.crowd.sites import Site

Circle: TypeAlias = tuple[int, ...]
"""Places of clinics in the list of all, in order."""


def circles(sites: Sequence[Site], *, most: int) -> tuple[Circle, ...]:
    """Every clinic in one circle of at most ``most``; the circles by the first of each, in order.

    Clinics of a circle keep the same hours in the same zone and have as many people on the staff, and so do the
    clinics after each of them, to which people move; none comes right after another.
    """
    found: list[list[int]] = []
    for place in range(len(sites)):
        for circle in found:
            if len(circle) < most and _fits(place, circle, sites):
                circle.append(place)
                break
        else:
            found.append([place])
    return tuple(map(tuple, found))


def _fits(place: int, circle: Sequence[int], sites: Sequence[Site]) -> bool:
    here = _here_and_next(place, sites)
    if any(set(here) & set(_here_and_next(other, sites)) for other in circle):
        return False
    there = _here_and_next(circle[0], sites)
    return all(_kind(sites[one]) == _kind(sites[other]) for one, other in zip(here, there, strict=True))


def _here_and_next(place: int, sites: Sequence[Site]) -> tuple[int, int]:
    return place, (place + 1) % len(sites)


def _kind(site: Site) -> tuple[object, ...]:
    staff = [(role, len(workers)) for role, workers in site.staff.items()]
    return site.time_zone, site.opening_hours, site.today, staff
