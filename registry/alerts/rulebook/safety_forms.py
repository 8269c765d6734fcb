"""The safety answers of one form together, as facts and as words."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.snapshot import SafetyAnswer


def forms_of(answers: Iterable[SafetyAnswer]) -> list[list[SafetyAnswer]]:
    """The answers by measurement, those of one in the order of the form."""
    return [list(form) for _, form in groupby(sorted(answers, key=_measurement), key=_measurement)]


def is_answered(form: Iterable[SafetyAnswer]) -> bool:
    """Whether every safety question of the form has an answer."""
    return all(answer.state.is_answered for answer in form)


def _measurement(answer: SafetyAnswer) -> str:
    return answer.id


def answer_facts(answer: SafetyAnswer) -> dict[str, JSON]:
    """What a sentence about the answer needs, and what tells later whether another one is worse."""
    return {
        "id": answer.id,
        "instrument": answer.instrument,
        "item_id": answer.item_id,
        "item": answer.item,
        "on": stored(answer.on),
        "state": answer.state.value,
        "value": None if answer.value is None else str(answer.value),
        "height": None if answer.how_high is None else str(answer.how_high),
        "answer": answer.answer,
        "calls_for": answer.calls_for,
    }


def of_one_form(first: Evidence, others: Iterable[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Those of the same measurement as ``first``, and the rest."""
    beside, elsewhere = list[Evidence](), list[Evidence]()
    for each in others:
        (beside if each.text("id") == first.text("id") else elsewhere).append(each)
    return beside, elsewhere


def items_in_words(answers: Sequence[Evidence]) -> str:
    """ "item 9", "items 1, 2"."""
    if len(answers) == 1:
        return answers[0].text("item")
    return f"items {', '.join(each.text('item').removeprefix('item ') for each in answers)}"
