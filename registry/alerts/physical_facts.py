"""What was observed of a person's body, as the rules see it: part of the snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation that stands: of which kind, on which local day, and when it was entered.

    ``id`` is of the entry that said so first, whatever was corrected about it since. ``value`` and ``second`` are in
    the first unit of the kind (``observations.toml``); ``words`` say it as entered.
    """

    id: str
    kind: str
    on: date
    entered_on: date
    words: str
    value: Decimal | None = None
    second: Decimal | None = None
    choice: str = ""


@dataclass(frozen=True)
class PhysicalFacts:
    """All observations that stand, newest first, and of one day what was entered last first; a form that answers a
    check is one, its kind the instrument's.

    ``entered_after_end`` are the ids of those entered after the last episode of somebody had ended.
    """

    observed: tuple[Observed, ...] = ()
    entered_after_end: frozenset[str] = frozenset()

    @cached_property
    def by_kind(self) -> Mapping[str, Sequence[Observed]]:
        """The observations of each kind of which there is any, newest first."""
        found: dict[str, list[Observed]] = {}
        for each in self.observed:
            found.setdefault(each.kind, []).append(each)
        return found

    def latest(self, kind: str) -> Observed | None:
        """The last of its kind."""
        own = self.by_kind.get(kind)
        return own[0] if own else None

    def of_last_day(self, kind: str) -> tuple[Observed, ...]:
        """All of its kind of the last day: no time of day is kept, so none of them is known to be the later."""
        own = self.by_kind.get(kind, ())
        return tuple([each for each in own if each.on == own[0].on])

    def furthest(self, kind: str, *, is_low: bool, is_second: bool = False) -> tuple[Decimal, Observed] | None:
        """The lowest or the highest value of the last day, or of its second value, with what it was observed in."""
        if kind not in self.by_kind:
            return None
        values = [(each.second if is_second else each.value, each) for each in self.of_last_day(kind)]
        known = [(value, each) for value, each in values if value is not None]
        return (min if is_low else max)(known, key=lambda each: each[0], default=None)
