"""What the browser shows while a measure is typed is what the program will store: the two are held together here."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from registry.measures.answers import DECLINED, Answer, ContradictoryAnswers, answer_to_json, read
from registry.measures.catalogue import catalogue_at
from registry.measures.criteria import at_least
from registry.measures.instrument import Instrument, Item
from registry.measures.outline import outline
from registry.measures.scale import Rule, Scale
from registry.measures.scoring import Score, score
from tests.instruments import OWN_INSTRUMENTS

ROOT = Path(__file__).parents[2]
FORMS = 150
"""Filled in at random, of each instrument."""

_SCORE_ALL = """({ outline, forms }) => forms.map((form) => {
    const found = measureScoring.score(outline, new Map(Object.entries(form)));
    return {
        contradicted: [...found.contradictions.keys()][0] ?? null,
        skipped: [...found.notAsked, ...found.mayStayBlank],
        scores: Object.fromEntries([...found.scales]),
    };
})"""


@pytest.fixture(scope="module")
def scorer(browser: Browser) -> Iterator[Page]:
    """An empty page that knows how to score."""
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "registry" / "static" / "behaviours" / "measure_scoring.js")
    yield page
    page.close()


def test_the_browser_scores_as_the_program_does(scorer: Page) -> None:
    chance = random.Random(20260316)
    for instrument in catalogue_at(ROOT / "instruments", ROOT / "instruments" / "non-commercial", OWN_INSTRUMENTS):
        forms = [_filled_in(instrument, chance) for _ in range(FORMS)]

        shown = scorer.evaluate(_SCORE_ALL, {"outline": outline(instrument), "forms": [_sent(each) for each in forms]})

        for form, found in zip(forms, shown, strict=True):
            assert _in_browser(instrument, form, found) == _in_program(instrument, form), (instrument.id, form)


def test_the_forms_filled_in_reach_every_kind_of_result() -> None:
    chance = random.Random(20260316)
    catalogue = catalogue_at(OWN_INSTRUMENTS)
    found = [
        _in_program(catalogue.get(name), _filled_in(catalogue.get(name), chance))
        for name in ("outings", "contentment", "days")
        for _ in range(FORMS)
    ]

    scores = [each for one in found for each in one["scores"].values()]
    assert any(one["contradicted"] for one in found)
    assert any(one["skipped"] for one in found)
    for key in ("value", "category", "atLeast", "isProrated"):
        assert any(each.get(key) for each in scores), key


def _filled_in(instrument: Instrument, chance: random.Random) -> Mapping[str, Answer]:
    """Some forms whole, some with gaps, some declined, some against their branches."""
    care = chance.choice((0.0, 0.1, 0.4))
    return {item.id: _answer(item, chance, care) for item in instrument.items}


def _answer(item: Item, chance: random.Random, gaps: float) -> Answer:
    if chance.random() < gaps:
        return chance.choice((None, None, DECLINED))
    ends = (item.choices[0], item.choices[-1])
    return chance.choice(ends if chance.random() < 0.5 else item.choices).value


def _sent(form: Mapping[str, Answer]) -> dict[str, Any]:
    return {item_id: answer_to_json(answer) for item_id, answer in form.items()}


def _in_program(instrument: Instrument, form: Mapping[str, Answer]) -> dict[str, Any]:
    """What the program says of the form."""
    try:
        scoring = score(instrument, form)
    except ContradictoryAnswers as problem:
        return {"contradicted": problem.item, "skipped": [], "scores": {}}
    values = read(instrument, form).values
    return {
        "contradicted": None,
        "skipped": list(scoring.skipped),
        "scores": {scale.id: _result(scale, scoring.scores[scale.id], values) for scale in instrument.scales},
    }


def _result(scale: Scale, result: Score, values: Mapping[str, int]) -> dict[str, Any]:
    certain = at_least(scale, values) if scale.rule is Rule.CRITERIA and result.category is None else None
    return {
        "value": None if result.value is None else float(result.value),
        "category": result.category,
        "band": result.band,
        "missing": list(result.missing),
        "isProrated": result.prorated,
        "atLeast": None if certain is None else certain.label,
    }


def _in_browser(instrument: Instrument, form: Mapping[str, Answer], found: dict[str, Any]) -> dict[str, Any]:
    """What the browser says, with what it leaves away; what is not asked is answered there too where it was."""
    nothing = {"value": None, "category": None, "band": None, "isProrated": False, "atLeast": None}
    scores = {scale: nothing | result for scale, result in found["scores"].items()}
    blank = [each for each in found["skipped"] if not _is_answered(instrument.usable_values[each], form[each])]
    return found | {"scores": scores, "skipped": [] if found["contradicted"] else blank}


def _is_answered(usable: Mapping[int, bool], answer: Answer) -> bool:
    return isinstance(answer, int) and usable[answer]
