"""Conditions over answers and items that are not asked, as FHIRPath and as ``enableWhen``.

A condition is asked by counting answers, so a missing one is neither true nor false by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from registry.exchange.fhir.fhirpath import answers, declined, every, if_else, is_among, one_of
from registry.exchange.fhir.terms import ENABLED_WHEN, Resource, Terms
from registry.measures.instrument import Instrument, Item, Skip
from registry.measures.scale import Condition

Counts: TypeAlias = Callable[[int], bool]
"""Whether an answer, as printed, is one of those that are counted."""


@dataclass(frozen=True, slots=True)
class Branches:
    """What an instrument asks of whom."""

    instrument: Instrument
    terms: Terms

    def holds(self, condition: Condition) -> str:
        """True only where the answers there are settle it."""
        return f"{self._counted(condition.items, condition.is_met_by)} >= {condition.at_least}"

    def fails(self, condition: Condition) -> str:
        """True only where no missing answer could make it hold."""
        against = self._counted(condition.items, lambda value: not condition.is_met_by(value))
        return f"{against} > {len(condition.items) - condition.at_least}"

    def unless_skipped(self, item: Item, own: str, instead: Callable[[int], str]) -> str:
        """``own``, or where the item is not asked what ``instead`` makes of the answer it counts as.

        Who declined the item was asked it; so was whoever answered one that might have been left blank.
        """
        return self._unless(item.id, own, instead, self.instrument.skips)

    def enabling(self, item: Item) -> Resource:
        """The elements that leave an item out where it is not asked; none for one that always is, or may be."""
        skips = [skip for skip in self.instrument.skips if item.id in skip.items and not skip.may_be_asked]
        if not skips:
            return {}
        plain = self._plain_enabling(skips[0]) if len(skips) == 1 else None
        if plain is not None:
            return plain
        asked = every(f"{self._is_taken(skip)}.not()" for skip in skips)
        return {"extension": [{"url": ENABLED_WHEN, "valueExpression": in_fhirpath(asked)}]}

    def _is_taken(self, skip: Skip) -> str:
        """Whether the items of ``skip`` are not asked. Branches listed before it may have answered for some items."""
        before = self.instrument.skips[: self.instrument.skips.index(skip)]
        return every(f"{self._counted(each.items, each.is_met_by, before)} >= {each.at_least}" for each in skip.when)

    def _unless(self, item_id: str, own: str, instead: Callable[[int], str], skips: Sequence[Skip]) -> str:
        text = own
        for skip in reversed(skips):
            if item_id in skip.items:
                is_blank = [f"{answers([item_id])}.empty()"] if skip.may_be_asked else []
                is_spared = every([self._is_taken(skip), f"{declined(item_id)}.not()", *is_blank])
                text = if_else(is_spared, instead(skip.counts_as), text)
        return text

    def _counted(self, item_ids: Iterable[str], counts: Counts, skips: Sequence[Skip] | None = None) -> str:
        """How many of the items have an answer that counts."""
        skips = self.instrument.skips if skips is None else skips
        always: dict[str, list[str]] = {}
        terms: list[str] = []
        for item_id in item_ids:
            picked = self._picked(self.instrument.item(item_id), counts)
            if any(item_id in skip.items for skip in skips):
                own = f"{answers([item_id])}{picked}.count()" if picked else "0"
                terms.append(self._unless(item_id, own, lambda value: "1" if counts(value) else "0", skips))
            elif picked:
                always.setdefault(picked, []).append(item_id)
        terms[:0] = [f"{answers(link_ids)}{picked}.count()" for picked, link_ids in always.items()]
        return f"({' + '.join(terms)})" if terms else "0"

    def _picked(self, item: Item, counts: Counts) -> str:
        """The filter for the answers to an item that count; nothing where none can."""
        values = [value for value, is_usable in self.instrument.usable_values[item.id].items() if is_usable]
        chosen = [value for value in values if counts(value)]
        if not chosen:
            return ""
        return f".where({is_one_of(self.terms, self.instrument, item, chosen)})"

    def _plain_enabling(self, skip: Skip) -> Resource | None:
        """``enableWhen``, where the branch is plain enough for it: it cannot count, and has no brackets."""
        atoms = list(self._atoms(skip))
        depends = any(atom in other.items for atom, _ in atoms for other in self.instrument.skips)
        if not atoms or depends or (len(atoms) > 1 and any(len(choices) > 1 for _, choices in atoms)):
            return None
        when = [
            {"question": item_id, "operator": "!=", "answerCoding": coding}
            for item_id, codings in atoms
            for coding in codings
        ]
        return {"enableWhen": when, "enableBehavior": "any" if len(atoms) > 1 else "all"}

    def _atoms(self, skip: Skip) -> Iterator[tuple[str, list[Resource]]]:
        """The items that all have to have one of these answers; nothing where the branch asks for anything else."""
        items = [(self.instrument.item(item_id), each) for each in skip.when for item_id in each.items]
        if any(each.at_least < len(each.items) for each in skip.when) or any(item.is_number for item, _ in items):
            return
        for item, each in items:
            met = [choice for choice in item.choices if not choice.is_missing and each.is_met_by(choice.value)]
            yield item.id, [self.terms.answer(self.instrument, item, choice) for choice in met]


def is_one_of(terms: Terms, instrument: Instrument, item: Item, values: Iterable[int]) -> str:
    """Asked of an answer to ``item``: whether it is one of these, as printed."""
    if item.is_number:
        return is_among(list(values))
    codes = terms.answer_codes(instrument, item)
    return f"code in {one_of(codes[value] for value in values)}"


def in_fhirpath(expression: str) -> Resource:
    """An Expression."""
    return {"language": "text/fhirpath", "expression": expression}
