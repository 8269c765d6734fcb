"""NLM's LHC-Forms, given our Questionnaires and answers alone, comes to our scores, and to none where we have none."""

from __future__ import annotations

import pytest

from registry.exchange.fhir.questionnaire import questionnaire
from registry.exchange.fhir.terms import Terms
from registry.measures.answers import Answer
from registry.measures.instrument import Instrument
from registry.measures.scoring import score
from tests.fhir_samples import INSTRUMENTS, answered_only, scores_in, told
from tests.filled_forms import cases, forms
from tests.lforms.conftest import Fill

BY_CHANCE = 10

Known = dict[str, float | str | None]


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda each: f"{each.id} version {each.version}")
def test_every_score_is_ours(fill: Fill, instrument: Instrument) -> None:
    given = [*forms(instrument, by_chance=BY_CHANCE), *cases(instrument)]
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


def _ours(instrument: Instrument, form: dict[str, Answer]) -> Known:
    scores = score(instrument, form).scores
    return {
        scale_id: result.category or (None if result.value is None else float(result.value))
        for scale_id, result in scores.items()
    }
