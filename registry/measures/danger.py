"""Scales whose score is a danger by itself, such as the HITS at its cut-off, and what the answers settle of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from registry.measures.adding import adding
from registry.measures.answers import Answer
from registry.measures.instrument import Instrument
from registry.measures.scale import Danger, Scale


@dataclass(frozen=True, slots=True)
class DangerScore:
    """What a scale says of its danger. ``value`` is the score, or the least it can be while answers are missing."""

    scale: Scale
    danger: Danger
    value: Decimal
    is_positive: bool
    is_complete: bool


def danger_scores(instrument: Instrument, answers: Mapping[str, Answer]) -> Iterator[DangerScore]:
    """Each scale that is certain: at its cut-off whatever is missing, or below it with every item answered.

    None whose cut-off is not in force, or not known to be a sign of danger.
    """
    for scale in instrument.scales:
        if scale.danger is None or not scale.danger.source.is_in_force or scale.cutoff_in_force is None:
            continue
        usable = {item_id: instrument.usable_values[item_id] for item_id in scale.items}
        given = {item_id: answers.get(item_id) for item_id in scale.items}
        values = {
            item_id: each for item_id, each in given.items() if isinstance(each, int) and usable[item_id].get(each)
        }
        least = adding(instrument, scale).at_least(values) if values else None
        if least is None:
            continue
        is_positive, is_complete = least >= scale.cutoff_in_force, len(values) == len(scale.items)
        if is_positive or is_complete:
            yield DangerScore(scale, scale.danger, least, is_positive, is_complete)
