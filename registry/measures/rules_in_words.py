"""How an instrument is scored, in plain words made from its file: what a clinician reads to check it.

Items are named by their number on the form.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from registry.measures.instrument import Instrument, Item, Skip
from registry.measures.scale import Better, Condition, Level, Recode, Rule, Scale
from registry.measures.scoring import format_value


def of_instrument(instrument: Instrument) -> tuple[str, ...]:
    """What holds whatever scale is scored: what is not asked, what may stay blank, what alerts by itself."""
    return (
        *(_skip(instrument, skip) for skip in instrument.skips),
        *(f"Of {_items(instrument, group)} only one is answered." for group in instrument.either_or),
        *_turned_round(instrument),
        *_blank(instrument),
        *(
            f"Item {item.number} {_answer(item.safety_positive_from, item.safety_positive_to)} {_raises(item)}, "
            "whatever the total."
            for item in instrument.safety_items
        ),
    )


def _raises(item: Item) -> str:
    return "raises a safety alert" if item.alerts else "is marked as positive and alerts nobody"


def numbered(instrument: Instrument, item_ids: Iterable[str]) -> str:
    """ "Items 1 to 9", "Items 1, 3 and 5", "Item 2"."""
    return _capital(_items(instrument, item_ids))


def of_scale(instrument: Instrument, scale: Scale) -> tuple[str, ...]:
    """How the answers become this scale's score, and when there is none."""
    if scale.rule is Rule.CATEGORY:
        return tuple(_category(instrument, scale))
    if scale.rule is Rule.CRITERIA:
        return tuple(_criteria(instrument, scale))
    return tuple(_number(instrument, scale))


def _number(instrument: Instrument, scale: Scale) -> Iterator[str]:
    if scale.is_profile:
        yield f"The answers to {_items(instrument, scale.items)} side by side, never added; its number is the highest."
    else:
        yield f"{_what(scale)} {_items(instrument, scale.items)}{_factor(scale)}{_rounding(scale)}."
    for group in () if scale.is_profile else scale.highest_of:
        yield f"Of {_items(instrument, group)} only the highest counts."
    for recode in scale.recodes:
        yield f"On this scale {_recode(instrument, recode)}."
    if scale.minimum is not None and scale.maximum is not None:
        better = "lower" if scale.better is Better.LOWER else "higher"
        yield f"From {format_value(scale.minimum)} to {format_value(scale.maximum)}; {better} is better."
    yield _missing(scale)
    if scale.is_comparison:
        yield "Each score is a comparison with the start already: it has no baseline, and no change is worked out."
    if scale.danger is not None and scale.danger.source.is_in_force and scale.cutoff is not None:
        yield f"A score of {format_value(scale.cutoff.value)} or more raises a safety alert."


def _what(scale: Scale) -> str:
    if len(scale.items) == 1:
        return "The answer to"
    return "Mean of" if scale.rule is Rule.MEAN else "Sum of"


def _category(instrument: Instrument, scale: Scale) -> Iterator[str]:
    item = instrument.item(scale.items[0])
    yield f"The answer to item {item.number} names the category; there is no number."
    for category, group in _by_category(item):
        yield f"{_title(category)}: {'; '.join(group)}."
    if any(choice.category is None for choice in item.choices):
        none = [choice.label for choice in item.choices if choice.category is None]
        yield f"No category: {'; '.join(none)}."


def _by_category(item: Item) -> Iterator[tuple[str, list[str]]]:
    named = [(choice.category, choice.label) for choice in item.choices if choice.category is not None]
    for category in dict.fromkeys(category for category, _ in named):
        yield category, [label for other, label in named if other == category]


def _criteria(instrument: Instrument, scale: Scale) -> Iterator[str]:
    yield "The first of these levels that holds; there is no number."
    for level in scale.levels:
        yield f"{_capital(level.label)}: {_level(instrument, level)}."
    yield "A level is named only where no missing answer could make it another."


def _level(instrument: Instrument, level: Level) -> str:
    if level.is_otherwise:
        return "otherwise"
    parts = [_condition(instrument, each) for each in level.all]
    if level.any:
        either = ", or ".join(_condition(instrument, each) for each in level.any)
        parts.append(f"one of these: {either}" if level.all and len(level.any) > 1 else either)
    return ", and ".join(parts)


def _condition(instrument: Instrument, condition: Condition) -> str:
    items = _items(instrument, condition.items, last="or" if condition.at_least == 1 else "and")
    answer = _answer(condition.low, condition.high)
    if len(condition.items) == 1 or condition.at_least == 1:
        return f"{items} {answer}"
    if condition.at_least == len(condition.items):
        return f"{items} all {answer}"
    return f"at least {condition.at_least} of {items} {answer}"


def _answer(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"answered {low}" if low == high else f"answered {low} to {high}"
    if low is not None:
        return f"answered {low} or more"
    return f"answered {high} or less" if high is not None else "answered"


def _skip(instrument: Instrument, skip: Skip) -> str:
    when = " and ".join(_condition(instrument, each) for each in skip.when)
    are, count = ("is", "it counts") if len(skip.items) == 1 else ("are", "each counts")
    items = _items(instrument, skip.items)
    how = f"may be left blank and then {count}" if skip.may_be_asked else f"{are} not asked; {count}"
    return f"With {when}, {items} {how} as answered {skip.counts_as}."


def _turned_round(instrument: Instrument) -> Iterator[str]:
    turned = [item.id for item in instrument.items if item.reversed]
    if turned:
        are = "is" if len(turned) == 1 else "are"
        yield f"{_capital(_items(instrument, turned))} {are} turned round: the best answer scores as the worst."


def _blank(instrument: Instrument) -> Iterator[str]:
    optional = [item.id for item in instrument.items if item.optional]
    if optional:
        yield f"{_capital(_items(instrument, optional))} may stay blank."
    counted = {item_id for scale in instrument.scales for item_id in scale.items}
    aside = [item.id for item in instrument.items if item.id not in counted]
    if aside:
        are = "is" if len(aside) == 1 else "are"
        yield f"{_capital(_items(instrument, aside))} {are} part of no score."


def _factor(scale: Scale) -> str:
    times = f", times {scale.times}" if scale.times != 1 else ""
    return times + (f", divided by {scale.divided_by}" if scale.divided_by != 1 else "")


def _rounding(scale: Scale) -> str:
    if scale.rule is Rule.SUM and scale.divided_by == 1:
        return ""
    places = {0: "to a whole number", 1: "to one decimal", 2: "to two decimals"}[scale.decimals]
    return f", rounded half up {places}"


def _recode(instrument: Instrument, recode: Recode) -> str:
    points = "; ".join(
        f"{_span([value for value, _ in group])} as {score}"
        for score, group in groupby(sorted(recode.points), key=lambda each: each[1])
    )
    return f"the answers to {_items(instrument, recode.items)} count otherwise: {points}"


def _missing(scale: Scale) -> str:
    rule = scale.prorating
    if rule is None:
        return "A missing item withholds the score." if len(scale.items) > 1 else "Without an answer there is no score."
    some = f"Up to {rule.at_most_missing} missing items" if rule.at_most_missing > 1 else "One missing item"
    made_up = f"{some} may be made up for by the mean of the others, and the score is marked as prorated"
    return f"{made_up}." if rule.source.is_in_force else f"{made_up}: not confirmed, so a missing item withholds it."


def _span(values: Sequence[int]) -> str:
    ordered = sorted(values)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]} to {ordered[-1]}"
    return _joined([str(value) for value in ordered])


def _items(instrument: Instrument, item_ids: Iterable[str], *, last: str = "and") -> str:
    """ "items 1 to 9", "items 1, 3 and 5", "item 2"."""
    place = {item.id: position for position, item in enumerate(instrument.items)}
    ordered = sorted(item_ids, key=place.__getitem__)
    runs = [
        [instrument.item(item_id).number for _, item_id in run]
        for _, run in groupby(
            enumerate(ordered), key=lambda each: (place[each[1]] - each[0], _prefix(instrument.item(each[1]).number))
        )
    ]
    parts = [part for run in runs for part in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else run)]
    return f"item{'' if len(ordered) == 1 else 's'} {_joined(parts, last=last)}"


def _prefix(number: str) -> str:
    """What stands before the digits: P of P7; nothing of 7, VII and 6a."""
    return number.rstrip("0123456789") if number[-1].isdigit() else ""


def _joined(parts: Sequence[str], *, last: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def _title(category: str) -> str:
    return _capital(category.replace("-", " "))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
