"""Every number of an instrument in words: its value, what it stands on, and whether anything is concluded from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Better, Scale, Source, Status
from registry.measures.scoring import format_value

STATUS_WORDS = {
    Status.VERIFIED: "Verified",
    Status.LITERATURE: "Literature",
    Status.CONSENSUS: "Consensus",
    Status.UNVERIFIED: "Not confirmed",
}

STATUS_MEANING = {
    "Verified": "read in the source named beside it",
    "Literature": "standard in the field and cited, not read again",
    "Consensus": "a clinician's judgement",
    "Not confirmed": "no source was found",
    "Shown only": "sets no standing and no alert; a number on consensus does once the clinic's psychiatrist signs",
}

FIGURES = {
    "cutoff": "Elevated",
    "remission": "Remission",
    "target": "Target offered",
    "response": "Response",
    "response_points": "Response",
    "response_from": "Response expected from",
    "improved_level": "Improved in reports",
    "reliable_change": "Reliable change",
    "newly_present": "Worse: a rating comes to",
    "risen_by": "Worse: a rating is up by",
}
"""The numbers of a scale that are a single value, by their name in the file."""

_WORSE = frozenset({"cutoff", "response_from", "newly_present"})
_POINTS = frozenset({"response_points", "reliable_change", "risen_by"})


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number with what it stands on."""

    name: str
    value: str
    source: str
    status: str
    is_in_force: bool
    signed: tuple[str, ...] = ()
    """Which of the reader's clinics signed for it."""


def scale_numbers(scale: Scale, signed: Mapping[str, Sequence[str]]) -> tuple[NumberRow, ...]:
    """Every number of the scale that has a source of its own. ``signed``: name in the file → who signed where."""
    return tuple(_scale_numbers(scale, signed))


def instrument_numbers(instrument: Instrument, signed: Mapping[str, Sequence[str]]) -> tuple[NumberRow, ...]:
    """The numbers of the instrument as a whole. ``signed``: safety item → who signed for its number where."""
    cadence = _fact("Repeated", f"every {instrument.cadence_days} days", instrument.cadence_source)
    safety = (
        _as_signed(
            _number(f"Safety item {item.number}", positive_words(item), item.safety_source),
            tuple(signed.get(item.id, ())),
        )
        for item in instrument.safety_items
        if item.safety_source is not None
    )
    dangers = (
        _number(f"Safety: {scale.name}", f"{format_value(scale.cutoff.value)} or more", scale.danger.source)
        for scale in instrument.scales
        if scale.danger is not None and scale.cutoff is not None
    )
    return (cadence, *safety, *dangers)


def positive_words(item: Item) -> str:
    """The answers that are positive: "1 or more", "0 to 3"."""
    if item.safety_positive_to is None:
        return f"{item.safety_positive_from} or more"
    return f"{item.safety_positive_from} to {item.safety_positive_to}"


def band_facts(scale: Scale) -> tuple[dict[str, str], ...]:
    """Each named range of the scale, ends included."""
    return tuple({"label": band.label.capitalize(), "value": _range(band.low, band.high)} for band in scale.bands)


def _scale_numbers(scale: Scale, signed: Mapping[str, Sequence[str]]) -> Iterator[NumberRow]:
    if scale.rule_source is not None:
        yield _fact("Rule of scoring", "as above", scale.rule_source)
    for name, words in FIGURES.items():
        figure = getattr(scale, name)
        if figure is not None:
            row = _number(words, figure_words(scale, name, figure.value), figure.source)
            yield _as_signed(row, tuple(signed.get(name, ())))
    if scale.prorating is not None:
        at_most = f"at most {scale.prorating.at_most_missing}"
        yield _number("Missing items made up for", at_most, scale.prorating.source)
    if scale.bands_source is not None:
        yield _fact("Bands", "as above", scale.bands_source)
    if scale.losses_source is not None:
        losses = "; ".join(f"{_plain(loss.before)} to {_plain(loss.after)}" for loss in scale.losses)
        yield _fact("Counts as a loss", losses, scale.losses_source)


def figure_words(scale: Scale, name: str, value: Decimal) -> str:
    """The number with its direction or unit: "10 or higher", "50 %", "5 points"."""
    number = format_value(value)
    if name == "response":
        return f"{number} % of the way from the baseline to {format_value(scale.floor)}"
    if name in _POINTS:
        return f"{number} points"
    is_upward = (scale.better is Better.LOWER) == (name in _WORSE)
    return f"{number} or {'higher' if is_upward else 'lower'}"


def _fact(name: str, value: str, source: Source) -> NumberRow:
    """What holds however well it is known."""
    return NumberRow(name, value, source.text, STATUS_WORDS[source.status], source.is_in_force)


def _number(name: str, value: str, source: Source) -> NumberRow:
    """What something is concluded from, where its source is good enough."""
    row = _fact(name, value, source)
    return row if row.is_in_force else replace(row, status=f"{row.status}: shown only")


def _as_signed(row: NumberRow, signed: tuple[str, ...]) -> NumberRow:
    return replace(row, status="Consensus: in force where signed", is_in_force=True, signed=signed) if signed else row


def _range(low: Decimal, high: Decimal) -> str:
    return format_value(low) if low == high else f"{format_value(low)}\u2013{format_value(high)}"


def _plain(category: str) -> str:
    return category.replace("-", " ")
