"""NLM's LHC-Forms, given our Questionnaires and answers alone, comes to our scores, and to none where we have none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from registry.exchange.fhir.expressions import expression
from registry.exchange.fhir.questionnaire import questionnaire
from registry.exchange.fhir.terms import Terms
from registry.measures.answers import DECLINED, Answer, read
from registry.measures.instrument import Instrument
from registry.measures.scoring import score
from tests.fhir_samples import INSTRUMENTS, answered_only, scores_in, told
from tests.filled_forms import cases, forms
from tests.lforms.conftest import Fill

BY_CHANCE = 10
NOTHING_REPORTED: dict[str, Answer] = {"1": 0, "2": 0, "6": 0}
NO_OR_REFUSED: tuple[dict[str, Answer], ...] = ({}, {"4": DECLINED})

Known = dict[str, float | str | None]


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda each: f"{each.id} version {each.version}")
def test_every_score_is_ours(fill: Fill, instrument: Instrument) -> None:
    given = [_held(instrument, form) for form in (*forms(instrument, by_chance=BY_CHANCE), *cases(instrument))]
    responses = [answered_only(told(instrument, form)) for form in given]

    filled = fill(questionnaire(instrument, Terms()), responses)

    assert len(filled) == len(given)
    different = [
        (form, ours, theirs)
        for form, response in zip(given, filled, strict=True)
        if (ours := _ours(instrument, form)) != (theirs := scores_in(instrument, response))
    ]
    assert different == []


def test_the_oracle_works_scores_out_by_itself(fill: Fill) -> None:
    """A wrong total that came with the answers would be kept by a form that only shows what it was given."""
    phq9 = next(each for each in INSTRUMENTS if each.id == "phq-9")
    response = answered_only(told(phq9, {str(number): 3 for number in range(1, 10)}))

    (filled,) = fill(questionnaire(phq9, Terms()), [response])

    assert scores_in(phq9, response) == {"total": None}
    assert scores_in(phq9, filled) == {"total": 27}


def test_a_refusal_in_a_response_is_not_taken_for_the_answer_of_what_is_not_asked(lforms: Page) -> None:
    """LHC-Forms drops it with the item, so the expression is asked about the response we write."""
    screener = next(each for each in INSTRUMENTS if each.id == "c-ssrs-screener")
    fhir = "const { fhirpath, fhirpathModel } = LForms.FHIR.R4;"
    asked = (
        f"([text, resource]) => {{ {fhir} return fhirpath.evaluate(resource, text, {{ resource }}, fhirpathModel) }}"
    )
    expressed = expression(screener, screener.primary_scale, Terms())

    found = [
        lforms.evaluate(asked, [expressed, answered_only(told(screener, NOTHING_REPORTED | refused))])
        for refused in NO_OR_REFUSED
    ]

    assert found == [["no-risk"], []]


def _held(instrument: Instrument, form: dict[str, Answer]) -> dict[str, Answer]:
    """The form as a form filler holds it: what it does not ask it drops, a refusal to answer included."""
    skipped = read(instrument, {item: None if each is DECLINED else each for item, each in form.items()}).skipped
    return form | dict.fromkeys(item for item in skipped if form.get(item) is DECLINED)


def _ours(instrument: Instrument, form: dict[str, Answer]) -> Known:
    scores = score(instrument, form).scores
    return {
        scale_id: result.category if result.value is None else float(result.value)
        for scale_id, result in scores.items()
    }
