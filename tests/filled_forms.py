"""Forms filled in by chance, the same for a seed: complete ones, and ones in which something is missing."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from registry.measures.answers import DECLINED, Answer, ContradictoryAnswers, read
from registry.measures.instrument import Instrument, Item

CASES = Path(__file__).parent / "data" / "cases"

Form = dict[str, Answer]


def forms(instrument: Instrument, *, by_chance: int) -> Iterator[Form]:
    """The lowest and highest answers, forms by chance, and each item missing once; all of them can be."""
    chance = random.Random(f"{instrument.id} {instrument.version}")
    yield possible(instrument, {item.id: _usable(item)[0] for item in instrument.items})
    yield possible(instrument, {item.id: _usable(item)[-1] for item in instrument.items})
    for _ in range(by_chance):
        yield complete_form(instrument, chance)
    for item in instrument.items:
        yield possible(instrument, complete_form(instrument, chance) | {item.id: _no_answer(item, chance)})
    for _ in range(by_chance):
        form = complete_form(instrument, chance)
        few = chance.sample(instrument.items, k=min(len(instrument.items), chance.randint(2, 4)))
        yield possible(instrument, form | {item.id: _no_answer(item, chance) for item in few})


def complete_form(instrument: Instrument, chance: random.Random) -> Form:
    """Every item that is asked has an answer."""
    form: Form = {item.id: chance.choice(_usable(item)) for item in instrument.items}
    for group in instrument.either_or:
        kept = chance.choice(group)
        form |= {item_id: None for item_id in group if item_id != kept}
    return possible(instrument, form)


def possible(instrument: Instrument, form: Form) -> Form:
    """The form without the answers that contradict others."""
    form = dict(form)
    while True:
        try:
            skipped = read(instrument, form).skipped
        except ContradictoryAnswers as contradiction:
            form[contradiction.item] = None
        else:
            return form | dict.fromkeys(skipped)


def cases(instrument: Instrument) -> Iterator[Form]:
    """The rows of the instrument's table of cases that are not refused."""
    table = CASES / f"{instrument.id}.csv"
    if not table.exists():
        return
    with table.open(encoding="utf-8", newline="") as lines:
        rows = {row["answers"] for row in csv.DictReader(lines) if row["result"] != "refused"}
    marks: dict[str, Answer] = {"-": None, "d": DECLINED}
    for row in sorted(rows):
        given = [marks[each] if each in marks else int(each) for each in row.split()]
        yield dict(zip((item.id for item in instrument.items), given, strict=True))


def _usable(item: Item) -> list[int]:
    return [choice.value for choice in item.choices if not choice.is_missing]


def _no_answer(item: Item, chance: random.Random) -> Answer:
    """A blank, a refusal, or an answer that is no information."""
    uninformative = [choice.value for choice in item.choices if choice.is_missing]
    return chance.choice([None, DECLINED, *uninformative])
