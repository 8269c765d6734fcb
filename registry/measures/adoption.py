"""Numbers that stand on a clinician's judgement, and what a scale is once a clinic has signed for them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Figure, Scale, Status

FIGURES: Final = (
    "cutoff",
    "remission",
    "target",
    "response",
    "response_points",
    "response_from",
    "improved_level",
    "reliable_change",
    "newly_present",
    "risen_by",
)
"""The numbers of a scale that a clinic can sign for, by their name in the file.

Not how a score is made (rules, missing items): a score is the same at every clinic.
"""

SAFETY: Final = "safety"
"""Of an item: the answers from which it raises a safety alert."""


@dataclass(frozen=True, slots=True)
class Adoptable:
    """One number: of which scale ("phq-9:total"), and in which version of its instrument. Another version asks anew.

    Where ``figure`` is ``SAFETY``, ``scale`` names the item instead: "reqol-10:6".
    """

    scale: str
    figure: str
    version: str

    @property
    def within(self) -> str:
        """The scale or item by its id in the file."""
        return self.scale.partition(":")[2]


def adoptable(instrument: Instrument) -> tuple[Adoptable, ...]:
    """The numbers of the instrument that count for nothing until a clinic signs for them: of scales, then of items."""
    return (*_of_scales(instrument), *_of_items(instrument))


def signable_keys(instrument: Instrument) -> list[str]:
    """What a signature may name: the scales, and the items whose answers can be a sign of danger."""
    return [
        *(instrument.scale_key(scale) for scale in instrument.scales),
        *(instrument.item_key(item) for item in instrument.safety_items),
    ]


def adopt_all(instrument: Instrument, signed: frozenset[Adoptable]) -> Instrument:
    """The instrument with these numbers in force; those of another instrument or version are no concern of it."""
    own = signed.intersection(adoptable(instrument))
    if not own:
        return instrument
    items = {each.within for each in own if each.figure == SAFETY}
    figures = {
        scale.id: frozenset(
            each.figure for each in own if each.figure != SAFETY and each.scale == instrument.scale_key(scale)
        )
        for scale in instrument.scales
    }
    return replace(
        instrument,
        items=tuple(_alerting(item) if item.id in items else item for item in instrument.items),
        scales=tuple(adopt(scale, figures[scale.id]) for scale in instrument.scales),
    )


def figure_of(scale: Scale, name: str) -> Figure | None:
    """The number called ``name`` in ``FIGURES``, where the scale has it. Raises KeyError for another name."""
    if name not in FIGURES:
        raise KeyError(name)
    figure: Figure | None = getattr(scale, name)
    return figure


def adopt(scale: Scale, figures: frozenset[str]) -> Scale:
    """The scale with these numbers in force. Only what stands on consensus is put into force; no value changes."""
    return _adopt(scale, figures) if figures else scale


@lru_cache(maxsize=512)
def _adopt(scale: Scale, figures: frozenset[str]) -> Scale:
    adopted: dict[str, Any] = {
        name: replace(figure, source=replace(figure.source, is_adopted=True))
        for name in figures
        if (figure := figure_of(scale, name)) is not None and figure.source.status is Status.CONSENSUS
    }
    return replace(scale, **adopted)


def _alerting(item: Item) -> Item:
    return replace(item, safety_source=item.safety_source and replace(item.safety_source, is_adopted=True))


def _of_items(instrument: Instrument) -> Iterator[Adoptable]:
    for item in instrument.safety_items:
        if item.safety_source is not None and item.safety_source.status is Status.CONSENSUS:
            yield Adoptable(instrument.item_key(item), SAFETY, instrument.version)


def _of_scales(instrument: Instrument) -> Iterator[Adoptable]:
    for scale in instrument.scales:
        for name in FIGURES:
            figure = figure_of(scale, name)
            if figure is not None and figure.source.status is Status.CONSENSUS:
                yield Adoptable(instrument.scale_key(scale), name, instrument.version)
