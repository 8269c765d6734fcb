"""A case as it stood on a past day, put together from dated facts as they are known today. Pure.

What was corrected since counts as corrected: this answers what the rules would have said of what happened, not what
somebody had typed by then.

A rule never sees the whole of a past case. It asks for a part of it, and what nobody asks for is neither read nor put
together. An answer depends only on the parts that were asked for and on the days the clock was asked about, so it
cannot change before the earliest of their changes: looking only then is exact by construction, as in ``clock``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from registry.alerts.snapshot import CaseSnapshot

Part_co = TypeVar("Part_co", covariant=True)

PARTS = frozenset(each.name for each in fields(CaseSnapshot)) - {"patient_id"}
"""Everything a case is made of."""


@dataclass(frozen=True, slots=True)
class Span:
    """Local days looked back over: all after ``before``, up to and with ``last``, the clinic's today."""

    before: date
    last: date

    def known_on(self, day: date) -> date:
        """The day from which something of ``day`` is known: what is still to come is known today."""
        return min(day, self.last)


class Timeline(Generic[Part_co]):
    """One part of a case over a span: what was so at the end of each day. It changes on ``days`` only."""

    __slots__ = ("_days", "_known", "_value")

    def __init__(self, value: Callable[[date], Part_co], days: Iterable[date], span: Span) -> None:
        self._value = value
        self._days = [span.before, *sorted({span.known_on(day) for day in days if day > span.before})]
        self._known: dict[int, Part_co] = {}

    def on(self, day: date) -> Part_co:
        """What was so at the end of ``day``; of a day before the span, what was so when it began."""
        place = max(bisect_right(self._days, day) - 1, 0)
        if place not in self._known:
            self._known[place] = self._value(self._days[place])
        return self._known[place]

    def next_change(self, day: date) -> date | None:
        """The first day after ``day`` on which it may be something else."""
        place = bisect_right(self._days, day)
        return self._days[place] if place < len(self._days) else None


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """One episode over a span of days. ``parts`` are made when they are first asked for.

    ``begins_on`` is the day of the referral, ``ended_on`` the day the episode ended, None while it is open. What had
    piled up by ``backlog_from`` waits for ``backlog_until``, both None where the enrolment was stored in time.
    """

    patient_id: UUID
    span: Span
    begins_on: date
    parts: Mapping[str, Callable[[], Timeline[object]]]
    ended_on: date | None = None
    backlog_from: date | None = None
    backlog_until: date | None = None
    _made: dict[str, Timeline[object]] = field(default_factory=dict)

    def part(self, name: str) -> Timeline[object]:
        """One part over the span."""
        if name not in self._made:
            self._made[name] = self.parts[name]()
        return self._made[name]


class PastCase(CaseSnapshot):
    """The case at the end of ``day``. ``asked`` are the parts somebody has asked it for."""

    __slots__ = ("_day", "_history", "asked")

    _day: date
    _history: CaseHistory
    asked: set[str]

    def __init__(self, history: CaseHistory, day: date) -> None:
        for name, value in (("_history", history), ("_day", day), ("asked", set())):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "patient_id", str(history.patient_id))

    def __getattr__(self, name: str) -> Any:
        """A part that was not asked for before."""
        if name not in PARTS:
            raise AttributeError(name)
        self.asked.add(name)
        value = self._history.part(name).on(self._day)
        object.__setattr__(self, name, value)
        return value

    @property
    def next_change(self) -> date | None:
        """The first day after its own on which a part that was asked for may be something else."""
        changes = (self._history.part(name).next_change(self._day) for name in self.asked)
        return min((day for day in changes if day is not None), default=None)
