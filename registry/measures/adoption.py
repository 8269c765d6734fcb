"""Numbers that stand on a clinician's judgement, and what a scale is once a clinic has signed for them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from registry.measures.instrument import Instrument
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


@dataclass(frozen=True, slots=True)
class Adoptable:
    """One number: of which scale ("phq-9:total"), and in which version of its instrument. Another version asks anew."""

    scale: str
    figure: str
    version: str


def adoptable(instrument: Instrument) -> tuple[Adoptable, ...]:
    """The numbers of the instrument that count for nothing until a clinic signs for them, in the order of the file."""
    return tuple(_adoptable(instrument))


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


def _adoptable(instrument: Instrument) -> Iterator[Adoptable]:
    for scale in instrument.scales:
        for name in FIGURES:
            figure = figure_of(scale, name)
            if figure is not None and figure.source.status is Status.CONSENSUS:
                yield Adoptable(instrument.scale_key(scale), name, instrument.version)
