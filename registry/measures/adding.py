"""How the answers of one numeric scale add up, and between which bounds they can."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from typing import TypeAlias

from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Rule, Scale

Slot: TypeAlias = tuple[str, ...]
"""Items of which one is answered: nearly always a single item."""

Place: TypeAlias = tuple[Slot, ...]
"""What adds once to a scale: of several slots, the highest."""


@dataclass(frozen=True, slots=True)
class Added:
    """What the answers add up to; None where too many are missing. ``missing`` is in the order of the scale."""

    value: Decimal | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Adding:
    """The arithmetic of one scale: its places, and what each answer to each item is worth."""

    scale: Scale
    places: tuple[Place, ...]
    points: Mapping[str, Mapping[int, int]]

    @cached_property
    def _plain(self) -> tuple[tuple[str, Mapping[int, int]], ...] | None:
        """Each item with what its answers are worth, where every item simply counts once."""
        items = [item_id for place in self.places for slot in place for item_id in slot]
        return tuple((item_id, self.points[item_id]) for item_id in items) if len(items) == len(self.places) else None

    def up(self, values: Mapping[str, int]) -> Added:
        """Add up ``values`` (item → choice value). Missing items are made up for as far as the scale allows."""
        if self._plain is not None:
            try:
                return self._whole(sum([worth[values[item_id]] for item_id, worth in self._plain]))
            except KeyError:  # an item is missing
                pass
        total = answered = 0
        missing: list[str] = []
        for place in self.places:
            highest = None
            for slot in place:
                points = self._given(slot, values)
                if points is None:
                    missing.extend(slot)
                elif highest is None or points > highest:
                    highest = points
            if highest is not None:
                total += highest
                answered += 1
        if not missing:
            return self._whole(total)
        tolerated = answered > 0 and len(missing) <= self.scale.tolerated_missing
        return Added(self._value(total, answered) if tolerated else None, tuple(missing))

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest score the answers can add up to."""
        return self._reach(min), self._reach(max)

    def bounds_without(self, item: Item) -> tuple[Decimal, Decimal]:
        """The lowest and the highest score without a positive answer to this safety item."""
        kept = {value: points for value, points in self.points[item.id].items() if not item.is_positive(value)}
        return replace(self, points={**self.points, item.id: kept}).bounds

    def at_least(self, values: Mapping[str, int]) -> Decimal | None:
        """What the answers add up to where each that is missing adds as little as it can."""
        open_slots = [slot for place in self.places for slot in place if not any(each in values for each in slot)]
        least = {slot[0]: min(self.points[slot[0]], key=self.points[slot[0]].__getitem__) for slot in open_slots}
        return self.up({**least, **values}).value

    def _whole(self, total: int) -> Added:
        """What complete answers add up to."""
        return Added(self._value(total, len(self.places)))

    def _given(self, slot: Slot, values: Mapping[str, int]) -> int | None:
        for item_id in slot:
            if item_id in values:
                return self.points[item_id][values[item_id]]
        return None

    def _reach(self, end: Callable[[Iterable[int]], int]) -> Decimal:
        """The score where every place is as low, or as high, as it can be."""
        total = sum(
            max(end(points for item_id in slot for points in self.points[item_id].values()) for slot in place)
            for place in self.places
        )
        return self._value(total, len(self.places))

    def _value(self, total: int, answered: int) -> Decimal:
        scale = self.scale
        over, under = total * scale.times, scale.divided_by
        if scale.rule is Rule.MEAN:
            under *= answered
        elif answered != len(self.places):
            over, under = over * len(self.places), under * answered
        return Decimal(over) if under == 1 else (Decimal(over) / under).quantize(scale.step, ROUND_HALF_UP)


@lru_cache(maxsize=1024)
def adding(instrument: Instrument, scale: Scale) -> Adding:
    """How ``scale`` of ``instrument`` adds up."""
    recoded = {item_id: dict(recode.points) for recode in scale.recodes for item_id in recode.items}
    items = [instrument.item(item_id) for item_id in scale.items]
    return Adding(
        scale,
        places=tuple(_places(instrument, scale)),
        points={item.id: recoded.get(item.id) or item.worth() for item in items},
    )


def _places(instrument: Instrument, scale: Scale) -> Iterator[Place]:
    """One place an item, or a group of which the highest counts, in the order of the scale."""
    done: set[str] = set()
    for item_id in scale.items:
        if item_id not in done:
            group = next((each for each in scale.highest_of if item_id in each), (item_id,))
            place = tuple(_slots(instrument, scale, group))
            done.update(each for slot in place for each in slot)
            yield place


def _slots(instrument: Instrument, scale: Scale, group: Iterable[str]) -> Iterator[Slot]:
    """Items of which one is answered share a slot."""
    done: set[str] = set()
    for item_id in group:
        if item_id not in done:
            pair = next((each for each in instrument.either_or if item_id in each), (item_id,))
            slot = tuple(each for each in pair if each in scale.items)
            done.update(slot)
            yield slot
