"""How a scale is worked out, as FHIRPath that any FHIR form filler can evaluate.

An expression gives exactly what ``measures.scoring`` gives, or nothing where that withholds the score: what is
missing is never counted as 0. Scored items are named one by one. Arithmetic is that of whole numbers up to the last
step, so that rounding half up is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.exchange.fhir.branches import Branches, is_one_of
from registry.exchange.fhir.fhirpath import NOTHING, answers, every, if_else, quoted, some, together
from registry.exchange.fhir.terms import Terms
from registry.measures.adding import Adding, Place, Slot, adding
from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Level, Rule, Scale


class NoExpression(ValueError):
    """A scale that cannot be said in FHIRPath without the risk of a wrong number. The message says why."""


def weights(instrument: Instrument, item: Item) -> Mapping[int, int]:
    """What each answer adds where the item is added as it is; empty for one that never is."""
    scales = [scale for scale in instrument.scales if scale.has_total and item.id in scale.items]
    is_added = any(not _recoded(scale, item) for scale in scales)
    return item.worth() if is_added and not item.is_number else {}


def expression(instrument: Instrument, scale: Scale, terms: Terms) -> str:
    """The FHIRPath of one scale: a number, or the name of a category.

    Raises:
        NoExpression: there is none that is sound.
    """
    writer = _Writer(instrument, scale, Branches(instrument, terms))
    if scale.rule is Rule.CATEGORY:
        return writer.category()
    return writer.level() if scale.rule is Rule.CRITERIA else writer.number()


def _recoded(scale: Scale, item: Item) -> bool:
    return any(item.id in recode.items for recode in scale.recodes)


@dataclass(frozen=True, slots=True)
class _Writer:
    instrument: Instrument
    scale: Scale
    branches: Branches

    def category(self) -> str:
        """The category of the one answer."""
        item = self.instrument.item(self.scale.items[0])
        named = {choice.value: choice.category for choice in item.choices if choice.category and not choice.is_missing}
        own = answers([item.id]) + self._chosen(item, {value: quoted(name) for value, name in named.items()})
        return self.branches.unless_skipped(
            item, own, lambda value: quoted(named[value]) if value in named else NOTHING
        )

    def level(self) -> str:
        """The first level that holds, where none before it still could."""
        text = NOTHING
        for level in reversed(self.scale.levels):
            if level.is_otherwise:
                text = quoted(level.category)
                continue
            milder = text if text == NOTHING else if_else(self._is_ruled_out(level), text)
            text = if_else(self._is_certain(level), quoted(level.category), milder)
        return text

    def number(self) -> str:
        """The sum or mean of what the answers add, where there are enough of them."""
        sums = adding(self.instrument, self.scale)
        tolerated = self.scale.tolerated_missing
        if tolerated and any(place != (place[0][:1],) for place in sums.places):
            raise NoExpression("its missing items are made up for, and some of its items share a place")
        added = together(self._added(sums))
        places = len(sums.places)
        enough = f"{added}.count() = {places}" if not tolerated else f"{added}.count() >= {places - tolerated}"
        return if_else(enough, self._value(sums, added, is_prorated=tolerated > 0))

    def _value(self, sums: Adding, added: str, *, is_prorated: bool) -> str:
        scale = self.scale
        over, under = scale.times, str(scale.divided_by)
        counted = f"{added}.count()" if is_prorated else str(len(sums.places))
        if is_prorated and scale.rule is Rule.SUM:
            over *= len(sums.places)
        if is_prorated or scale.rule is Rule.MEAN:
            under = counted if under == "1" else f"({under} * {counted})"
        if under == "1":
            return f"{added}.sum()" if over == 1 else f"{added}.sum() * {over}"
        if any(points < 0 for worth in sums.points.values() for points in worth.values()):
            raise NoExpression("it rounds sums that may be negative")
        shift = 10**scale.decimals
        rounded = f"({added}.sum() * {2 * over * shift} + {under}) div ({under} * 2)"
        return rounded if shift == 1 else f"({rounded}) / {shift}"

    def _added(self, sums: Adding) -> list[str]:
        """What each place adds. Items that are simply looked up are asked together."""
        alike: dict[str, list[str]] = {}
        terms: list[str] = []
        for place in sums.places:
            item = self.instrument.item(place[0][0])
            if len(place) == 1 and len(place[0]) == 1 and not self._may_be_skipped(item):
                alike.setdefault(self._own(item, sums.points[item.id]), []).append(item.id)
            else:
                terms.append(self._place(place, sums))
        return [answers(link_ids) + own for own, link_ids in alike.items()] + terms

    def _place(self, place: Place, sums: Adding) -> str:
        slots = [self._slot(slot, sums) for slot in place]
        if len(slots) == 1:
            return slots[0]
        every_slot = together(slots)
        return if_else(f"{every_slot}.count() = {len(slots)}", f"{every_slot}.max()")

    def _slot(self, slot: Slot, sums: Adding) -> str:
        """Of several items one is answered; two answers contradict each other and are no score."""
        points = [self._points(self.instrument.item(item_id), sums.points[item_id]) for item_id in slot]
        if len(points) == 1:
            return points[0]
        each = together(points)
        return if_else(f"{each}.count() = 1", each)

    def _points(self, item: Item, points: Mapping[int, int]) -> str:
        own = answers([item.id]) + self._own(item, points)
        return self.branches.unless_skipped(item, own, lambda value: str(points[value]))

    def _own(self, item: Item, points: Mapping[int, int]) -> str:
        """From an answer to what it adds."""
        if not item.is_number and not _recoded(self.scale, item):
            is_partial = any(choice.is_missing for choice in item.choices)
            return (f".where({self._is_one_of(item, points)})" if is_partial else "") + ".weight()"
        if item.is_number and all(value == worth for value, worth in points.items()):
            return ""
        return self._chosen(item, {value: str(worth) for value, worth in points.items()})

    def _chosen(self, item: Item, meaning: Mapping[int, str]) -> str:
        """From an answer to what it means; an answer without meaning gives nothing."""
        alike: dict[str, list[int]] = {}
        for value, means in meaning.items():
            alike.setdefault(means, []).append(value)
        text = NOTHING
        for means, values in reversed(alike.items()):
            text = if_else(self._is_one_of(item, values), means, text)
        return f".select({text})"

    def _is_one_of(self, item: Item, values: Iterable[int]) -> str:
        return is_one_of(self.branches.terms, self.instrument, item, values)

    def _may_be_skipped(self, item: Item) -> bool:
        return any(item.id in skip.items for skip in self.instrument.skips)

    def _is_certain(self, level: Level) -> str:
        conditions = [self.branches.holds(condition) for condition in level.all]
        if level.any:
            conditions.append(some(self.branches.holds(condition) for condition in level.any))
        return every(conditions)

    def _is_ruled_out(self, level: Level) -> str:
        conditions = [self.branches.fails(condition) for condition in level.all]
        if level.any:
            conditions.append(every(self.branches.fails(condition) for condition in level.any))
        return some(conditions)
