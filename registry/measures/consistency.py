"""What must hold inside one instrument for its scores to be trusted."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from registry.measures.instrument import Figure, Instrument, Item, Rule, Scale
from registry.measures.scoring import format_value
from registry.measures.toml_lines import Place

Contradiction = tuple[Place, str]
"""Where the file says something that cannot be, and why."""


def contradictions(instrument: Instrument) -> Iterator[Contradiction]:
    """Everything in ``instrument`` that contradicts something else in it, in the order of the file."""
    yield from _repeated("items", [item.id for item in instrument.items])
    yield from _repeated("scales", [scale.id for scale in instrument.scales])
    for position, item in enumerate(instrument.items):
        for place, reason in _item_contradictions(instrument, item):
            yield ("items", position, *place), reason
    for position, scale in enumerate(instrument.scales):
        for place, reason in _scale_contradictions(instrument, scale):
            yield ("scales", position, *place), reason


def _repeated(section: str, ids: list[str]) -> Iterator[Contradiction]:
    seen: set[str] = set()
    for position, each in enumerate(ids):
        if each in seen:
            yield (section, position, "id"), f"{each!r} is used twice"
        seen.add(each)


def _item_contradictions(instrument: Instrument, item: Item) -> Iterator[Contradiction]:
    values = [choice.value for choice in item.choices]
    repeated = [value for value, times in Counter(values).items() if times > 1]
    if repeated:
        yield ("choices",), f"the value {repeated[0]} stands for two choices"
    if all(choice.is_missing for choice in item.choices):
        yield ("choices",), "no choice is an answer"
    if instrument.score_only and item.text is not None:
        yield ("text",), "the wording of a score-only instrument may not be shipped"
    if item.safety_positive_from is not None:
        if item.safety_positive_from not in values:
            yield ("safety",), f"{item.safety_positive_from} is none of the item's answers"
        if any(choice.is_missing and choice.value >= item.safety_positive_from for choice in item.choices):
            yield ("safety",), "a choice that is no information would count as positive"
        if item.reversed:
            yield (
                ("safety",),
                "a reversed item cannot be a safety item: state which answers are positive as printed",
            )


def _scale_contradictions(instrument: Instrument, scale: Scale) -> Iterator[Contradiction]:
    items = {item.id: item for item in instrument.items}
    unknown = [item_id for item_id in scale.items if item_id not in items]
    repeated = [item_id for item_id, times in Counter(scale.items).items() if times > 1]
    if unknown or repeated:
        yield ("items",), f"there is no item {unknown[0]!r}" if unknown else f"item {repeated[0]!r} is counted twice"
        return
    own = [items[item_id] for item_id in scale.items]
    for item in own:
        if not item.scored:
            yield ("items",), f"item {item.id!r} is not scored"
        if item.optional:
            yield ("items",), f"item {item.id!r} is optional and cannot be part of a score"
    yield from _category_contradictions(scale, own) if scale.rule is Rule.CATEGORY else _sum_contradictions(scale, own)


def _sum_contradictions(scale: Scale, items: list[Item]) -> Iterator[Contradiction]:
    lowest, highest = Decimal(0), Decimal(0)
    for item in items:
        points = [item.points(choice) for choice in item.choices if not choice.is_missing]
        lowest, highest = lowest + min(points, default=0), highest + max(points, default=0)
    if scale.minimum is None or scale.maximum is None:
        yield ("minimum",), "a sum needs a minimum and a maximum"
        return
    if scale.minimum != lowest:
        yield ("minimum",), f"the lowest answers add up to {format_value(lowest)}"
    if scale.maximum != highest:
        yield ("maximum",), f"the highest answers add up to {format_value(highest)}"
    if scale.categories or scale.losses:
        yield ("categories",), "a sum has no categories"
    if scale.prorating is not None and scale.prorating.at_most_missing >= len(items):
        yield ("prorating",), "at least one item must be answered"
    yield from _level_contradictions(scale, scale.minimum, scale.maximum)
    yield from _band_contradictions(scale, scale.minimum, scale.maximum)


def _level_contradictions(scale: Scale, minimum: Decimal, maximum: Decimal) -> Iterator[Contradiction]:
    levels = {"cutoff": scale.cutoff, "remission": scale.remission, "target": scale.target}
    levels["improved_level"] = scale.improved_level
    for name, figure in levels.items():
        if figure is not None and not minimum <= figure.value <= maximum:
            yield (name,), "lies outside the scale"
    if not minimum <= scale.floor <= maximum:
        yield ("floor",), "lies outside the scale"
    for name, healthy in (("remission", scale.remission), ("target", scale.target)):
        if _is_elevated_too(scale, healthy):
            yield (name,), "counts as elevated by the cut-off"
    if scale.response is not None and not 0 < scale.response.value <= 100:
        yield ("response",), "is not a percentage between 0 and 100"
    if scale.reliable_change is not None and not 0 < scale.reliable_change.value <= maximum - minimum:
        yield ("reliable_change",), "is not a change the scale can show"


def _is_elevated_too(scale: Scale, healthy: Figure | None) -> bool:
    return healthy is not None and scale.cutoff is not None and scale.is_at_or_worse(healthy.value, scale.cutoff.value)


def _band_contradictions(scale: Scale, minimum: Decimal, maximum: Decimal) -> Iterator[Contradiction]:
    if not scale.bands:
        return
    if scale.bands_source is None:
        yield ("bands_source",), "the bands need a source"
    if scale.bands[0].low != minimum:
        yield ("bands", 0, "low"), f"the first band must start at {format_value(minimum)}"
    for position, (band, following) in enumerate(pairwise(scale.bands), start=1):
        if following.low != band.high + 1:
            yield ("bands", position, "low"), f"must follow {band.label!r}, which ends at {format_value(band.high)}"
    for position, band in enumerate(scale.bands):
        if band.low > band.high:
            yield ("bands", position, "high"), "ends before it starts"
    if scale.bands[-1].high != maximum:
        yield ("bands", len(scale.bands) - 1, "high"), f"the last band must end at {format_value(maximum)}"


def _category_contradictions(scale: Scale, items: list[Item]) -> Iterator[Contradiction]:
    if len(items) != 1:
        yield ("items",), "a category is read from exactly one item"
        return
    used = {choice.category for choice in items[0].choices if choice.category is not None}
    yield from _undeclared(
        "categories", used.symmetric_difference(scale.categories), "is declared or used, but not both"
    )
    yield from _undeclared("interludes", set(scale.interludes) - set(scale.categories), "is no category of this scale")
    mentioned = {name for loss in scale.losses for name in (loss.before, loss.after)}
    yield from _undeclared("losses", mentioned - set(scale.categories), "is no category of this scale")
    if scale.losses and scale.losses_source is None:
        yield ("losses_source",), "what counts as a loss needs a source"
    numbers = (scale.minimum, scale.maximum, scale.cutoff, scale.remission, scale.response, scale.reliable_change)
    if any(number is not None for number in numbers) or scale.target is not None or scale.bands:
        yield ("rule",), "a category has no numbers"


def _undeclared(key: str, names: Iterable[str], reason: str) -> Iterator[Contradiction]:
    for name in sorted(names):
        yield (key,), f"{name!r} {reason}"
