"""What must hold inside one instrument for its scores to be trusted."""

from collections import Counter
from collections.abc import Iterator

from registry.measures.instrument import Instrument, Item, Skip
from registry.measures.scale_consistency import condition_faults, scale_contradictions
from registry.measures.toml_lines import Contradiction, Place


def contradictions(instrument: Instrument) -> Iterator[Contradiction]:
    """Everything in ``instrument`` that contradicts something else in it."""
    if instrument.score_only and instrument.lead is not None:
        yield ("lead",), "the wording of a score-only instrument may not be shipped"
    yield from _repeated("items", [item.id for item in instrument.items])
    yield from _repeated("scales", [scale.id for scale in instrument.scales])
    yield from _repeated_codes(instrument)
    for position, item in enumerate(instrument.items):
        for place, reason in _item_contradictions(instrument, item):
            yield ("items", position, *place), reason
    yield from _rating_contradictions(instrument)
    branches = list(_branch_contradictions(instrument))
    yield from branches
    if branches:
        return
    for position, scale in enumerate(instrument.scales):
        for place, reason in scale_contradictions(instrument, scale):
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
    codes = [choice.code for choice in item.choices if choice.code is not None]
    if len(codes) != len(set(codes)):
        yield ("choices",), "one code stands for two choices"
    if all(choice.is_missing for choice in item.choices):
        yield ("choices",), "no choice is an answer"
    if instrument.score_only and item.text is not None:
        yield ("text",), "the wording of a score-only instrument may not be shipped"
    if item.safety_positive_from is not None:
        for bound in (item.safety_positive_from, item.safety_positive_to):
            if bound is not None and bound not in values:
                yield ("safety",), f"{bound} is none of the item's answers"
        if len({item.is_positive(choice.value) for choice in item.choices if not choice.is_missing}) < 2:
            yield ("safety",), "some answers must be positive and some not"
        if any(choice.is_missing and item.is_positive(choice.value) for choice in item.choices):
            yield ("safety",), "a choice that is no information would count as positive"
        if item.reversed:
            yield (
                ("safety",),
                "a reversed item cannot be a safety item: state which answers are positive as printed",
            )


def _rating_contradictions(instrument: Instrument) -> Iterator[Contradiction]:
    """Whether what psychosis is judged by are items of the form, and more is worse."""
    if instrument.psychosis is None:
        return
    for item_id in set(instrument.psychosis.positive) - set(instrument.psychosis.items):
        yield ("psychosis", "positive"), f"{item_id!r} is none of the items"
    for item_id in instrument.psychosis.items:
        item = instrument.items_by_id.get(item_id)
        if item is None:
            yield ("psychosis", "items"), f"{item_id!r} is no item of this form"
        elif item.reversed:
            yield ("psychosis", "items"), "a reversed item is no rating: more has to be worse as printed"


def _repeated_codes(instrument: Instrument) -> Iterator[Contradiction]:
    """One code means one thing: the panel, an item, or a score."""
    places: list[tuple[Place, str | None]] = [(("code",), instrument.code)]
    places += [(("items", position, "code"), item.code) for position, item in enumerate(instrument.items)]
    places += [(("scales", position, "code"), scale.code) for position, scale in enumerate(instrument.scales)]
    seen: set[str] = set()
    for place, code in places:
        if code is not None and code in seen:
            yield place, f"the code {code} is used twice"
        if code is not None:
            seen.add(code)


def _branch_contradictions(instrument: Instrument) -> Iterator[Contradiction]:
    order = {item.id: position for position, item in enumerate(instrument.items)}
    paired = [item_id for group in instrument.either_or for item_id in group]
    for item_id, times in Counter(paired).items():
        if item_id not in order:
            yield ("either_or",), f"there is no item {item_id!r}"
        elif times > 1:
            yield ("either_or",), f"item {item_id!r} is named twice"
    for position, skip in enumerate(instrument.skips):
        for key, reason in _skip_contradictions(instrument, skip, order):
            yield ("skips", position, key), reason


def _skip_contradictions(instrument: Instrument, skip: Skip, order: dict[str, int]) -> Iterator[tuple[str, str]]:
    asked = [item_id for condition in skip.when for item_id in condition.items]
    for key, named in (("items", list(skip.items)), ("when", asked)):
        unknown = [item_id for item_id in named if item_id not in order]
        if unknown:
            yield key, f"there is no item {unknown[0]!r}"
            return
    first = min(skip.items, key=order.__getitem__)
    late = [item_id for item_id in asked if order[item_id] >= order[first]]
    if late:
        yield "when", f"whether item {first!r} is asked depends on item {late[0]!r}, which does not come before it"
    for item_id in skip.items:
        if not instrument.usable_values[item_id].get(skip.counts_as, False):
            yield "counts_as", f"{skip.counts_as} is no answer to item {item_id!r}"
        elif instrument.item(item_id).is_positive(skip.counts_as):
            yield "counts_as", f"item {item_id!r} would be positive without being asked"
    for condition in skip.when:
        yield from (("when", reason) for reason in condition_faults(instrument, condition))
