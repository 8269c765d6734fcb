"""What must hold inside one scale for its scores to be trusted."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from registry.measures.adding import adding
from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Better, Condition, Figure, Level, Rule, Scale
from registry.measures.scoring import format_value
from registry.measures.toml_lines import Contradiction


def scale_contradictions(instrument: Instrument, scale: Scale) -> Iterator[Contradiction]:
    """Everything in ``scale`` that contradicts something else in the instrument."""
    unknown = [item_id for item_id in scale.items if item_id not in instrument.items_by_id]
    repeated = [item_id for item_id, times in Counter(scale.items).items() if times > 1]
    if unknown or repeated:
        yield ("items",), f"there is no item {unknown[0]!r}" if unknown else f"item {repeated[0]!r} is counted twice"
        return
    own = [instrument.item(item_id) for item_id in scale.items]
    for item in own:
        if not item.scored:
            yield ("items",), f"item {item.id!r} is not scored"
        if item.optional:
            yield ("items",), f"item {item.id!r} is optional and cannot be part of a score"
    if scale.has_total:
        yield from _number_contradictions(instrument, scale, own)
    elif scale.rule is Rule.CATEGORY:
        yield from _category_contradictions(scale, own)
    else:
        yield from _criteria_contradictions(instrument, scale)
    yield from _misplaced(scale)


def condition_faults(instrument: Instrument, condition: Condition) -> Iterator[str]:
    """What is wrong with a condition whose items exist."""
    if condition.low is None and condition.high is None:
        yield "a condition needs from, to, or both"
    elif not all(_can_be_met(instrument.item(item_id), condition) for item_id in condition.items):
        yield f"no answer to item {condition.items[0]!r} is in that range"
    if condition.at_least > len(condition.items):
        yield f"{condition.at_least} of {len(condition.items)} items cannot be"


def _can_be_met(item: Item, condition: Condition) -> bool:
    return any(condition.is_met_by(choice.value) for choice in item.choices if not choice.is_missing)


def _misplaced(scale: Scale) -> Iterator[Contradiction]:
    """What only scales of another rule have."""
    if scale.levels and scale.rule is not Rule.CRITERIA:
        yield ("levels",), "only criteria have levels"
        return
    if scale.has_total:
        if scale.categories or scale.losses or scale.interludes:
            yield ("categories",), "a number has no categories"
    else:
        numbers = (scale.minimum, scale.maximum, scale.cutoff, scale.remission, scale.response, scale.target)
        others = (scale.reliable_change, scale.response_points, scale.response_from, scale.improved_level)
        ratings = (scale.newly_present, scale.risen_by, scale.prorating, scale.danger)
        is_numeric = any(number is not None for number in (*numbers, *others, *ratings))
        is_numeric = is_numeric or scale.is_comparison or scale.is_profile
        if is_numeric or scale.bands or scale.highest_of or scale.recodes or scale.times != 1 or scale.divided_by != 1:
            yield ("rule",), "a category has no numbers"


def _number_contradictions(instrument: Instrument, scale: Scale, items: list[Item]) -> Iterator[Contradiction]:
    if scale.minimum is None or scale.maximum is None:
        yield ("minimum",), f"a {scale.rule.value} needs a minimum and a maximum"
        return
    faults = [*_group_contradictions(scale), *_recode_contradictions(scale, items)]
    if faults or any(not item.worth() for item in items):
        yield from faults
        return
    lowest, highest = adding(instrument, scale).bounds
    if scale.minimum != lowest:
        yield ("minimum",), f"the lowest answers add up to {format_value(lowest)}"
    if scale.maximum != highest:
        yield ("maximum",), f"the highest answers add up to {format_value(highest)}"
    if scale.prorating is not None and scale.prorating.at_most_missing >= len(items):
        yield ("prorating",), "at least one item must be answered"
    yield from _level_contradictions(scale, scale.minimum, scale.maximum)
    yield from _comparison_contradictions(scale)
    yield from _profile_contradictions(scale, items)
    yield from _danger_contradictions(scale)
    yield from _band_contradictions(scale, scale.minimum, scale.maximum)


def _group_contradictions(scale: Scale) -> Iterator[Contradiction]:
    grouped = Counter(item_id for group in scale.highest_of for item_id in group)
    for item_id, times in grouped.items():
        if item_id not in scale.items:
            yield ("highest_of",), f"item {item_id!r} is no item of this scale"
        elif times > 1:
            yield ("highest_of",), f"item {item_id!r} is in two groups"
    if grouped and scale.prorating is not None:
        yield ("prorating",), "what is missing in a group of which the highest counts cannot be made up for"


def _recode_contradictions(scale: Scale, items: list[Item]) -> Iterator[Contradiction]:
    worth = {item.id: item.worth() for item in items}
    recoded = Counter(item_id for recode in scale.recodes for item_id in recode.items)
    for position, recode in enumerate(scale.recodes):
        for item_id in recode.items:
            if item_id not in worth:
                yield ("recodes", position, "items"), f"item {item_id!r} is no item of this scale"
            elif recoded[item_id] > 1:
                yield ("recodes", position, "items"), f"item {item_id!r} is recoded twice"
            elif set(worth[item_id]) != {value for value, _ in recode.points}:
                yield ("recodes", position, "points"), f"must say what every answer to item {item_id!r} is worth"


def _criteria_contradictions(instrument: Instrument, scale: Scale) -> Iterator[Contradiction]:
    for name, times in Counter(level.category for level in scale.levels).items():
        if times > 1:
            yield ("levels",), f"{name!r} is used twice"
    if not any(not level.is_otherwise for level in scale.levels):
        yield ("levels",), "criteria need a level with conditions"
    for position, level in enumerate(scale.levels):
        is_last = position == len(scale.levels) - 1
        if level.is_otherwise and not is_last:
            yield ("levels", position), "only the last level may have no conditions"
        for reason in _condition_contradictions(instrument, scale, level):
            yield ("levels", position), reason
    used = {item_id for level in scale.levels for each in (*level.all, *level.any) for item_id in each.items}
    for item_id in scale.items:
        if item_id not in used:
            yield ("items",), f"no level asks about item {item_id!r}"
    yield from _loss_contradictions(scale)


def _condition_contradictions(instrument: Instrument, scale: Scale, level: Level) -> Iterator[str]:
    for condition in (*level.all, *level.any):
        strange = [item_id for item_id in condition.items if item_id not in scale.items]
        if strange:
            yield f"item {strange[0]!r} is no item of this scale"
        else:
            yield from condition_faults(instrument, condition)


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
    if scale.response_points is not None and not 0 < scale.response_points.value <= maximum - minimum:
        yield ("response_points",), "is not a change the scale can show"
    if scale.reliable_change is not None and not 0 < scale.reliable_change.value <= maximum - minimum:
        yield ("reliable_change",), "is not a change the scale can show"


def _comparison_contradictions(scale: Scale) -> Iterator[Contradiction]:
    """Of a rating that says itself how much changed, nothing can be said of the change from one to another."""
    if not scale.is_comparison:
        return
    for name in ("response", "response_points", "response_from", "reliable_change"):
        if getattr(scale, name) is not None:
            yield (name,), "a comparison has no baseline to count from"


def _profile_contradictions(scale: Scale, items: list[Item]) -> Iterator[Contradiction]:
    for name in ("newly_present", "risen_by"):
        if getattr(scale, name) is not None and not scale.is_profile:
            yield (name,), "only a profile has it"
    if not scale.is_profile:
        return
    is_plain = scale.times == scale.divided_by == 1 and not scale.recodes and not any(item.reversed for item in items)
    if scale.rule is not Rule.SUM or scale.highest_of != (scale.items,) or not is_plain:
        yield ("profile",), "the number of a profile is the highest of all its items, as rated"
    if scale.better is not Better.LOWER or min(choice.score for item in items for choice in item.choices) < 0:
        yield ("profile",), "the ratings of a profile count up from 0, and lower is better"
    for name in ("response", "response_points", "response_from", "reliable_change"):
        if getattr(scale, name) is not None:
            yield (name,), "a profile is compared rating by rating"


def _danger_contradictions(scale: Scale) -> Iterator[Contradiction]:
    if scale.danger is not None and (scale.cutoff is None or scale.better is not Better.LOWER):
        yield ("danger",), "a danger is a score at the cut-off or higher"


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
        if following.low != band.high + scale.step:
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
    yield from _loss_contradictions(scale)


def _loss_contradictions(scale: Scale) -> Iterator[Contradiction]:
    yield from _undeclared("interludes", set(scale.interludes) - set(scale.categories), "is no category of this scale")
    mentioned = {name for loss in scale.losses for name in (loss.before, loss.after)}
    yield from _undeclared("losses", mentioned - set(scale.categories), "is no category of this scale")
    if scale.losses and scale.losses_source is None:
        yield ("losses_source",), "what counts as a loss needs a source"


def _undeclared(key: str, names: Iterable[str], reason: str) -> Iterator[Contradiction]:
    for name in sorted(names):
        yield (key,), f"{name!r} {reason}"
