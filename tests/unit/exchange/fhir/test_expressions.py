"""What the FHIRPath says. That it comes to our scores is shown by running it: ``tests/lforms``."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from registry.exchange.fhir.expressions import NoExpression, expression
from registry.exchange.fhir.fhirpath import is_among, quoted
from registry.exchange.fhir.terms import Terms
from registry.measures.instrument import Instrument
from registry.measures.scale import Recode, Rule
from tests.fhir_samples import EVERY_RULE, INSTRUMENTS, SHIPPED


def test_a_total_names_its_items_and_waits_for_all_of_them() -> None:
    phq9 = SHIPPED.get("phq-9")
    added = (
        "%resource.repeat(item).where(linkId in ('1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'))"
        ".answer.value.weight()"
    )

    assert expression(phq9, phq9.primary_scale, Terms()) == f"iif({added}.count() = 9, {added}.sum(), {{}})"


def test_an_answer_that_is_no_information_is_never_weighed() -> None:
    """A reader that finds no weight would ask a terminology server."""
    bprs = SHIPPED.get("bprs-18")
    text = expression(bprs, bprs.primary_scale, Terms())

    assert "'bprs-18/1/1'" in text
    assert "'bprs-18/1/0'" not in text


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda each: f"{each.id} {each.version}")
def test_every_scale_has_an_expression_and_every_sum_is_guarded(instrument: Instrument) -> None:
    for scale in instrument.scales:
        text = expression(instrument, scale, Terms())
        if scale.has_total:
            assert text.startswith("iif(")
            assert ".count() " in text


def test_a_sum_that_may_be_negative_is_not_rounded() -> None:
    scale = replace(
        EVERY_RULE.scale("factor"),
        minimum=Decimal(-1),
        recodes=(Recode(("a",), ((0, -1), (1, 0), (2, 0), (3, 0))),),
    )

    with pytest.raises(NoExpression, match="may be negative"):
        expression(replace(EVERY_RULE, scales=(scale,)), scale, Terms())


def test_a_scale_without_a_level_that_is_left_over_ends_in_nothing() -> None:
    text = expression(EVERY_RULE, EVERY_RULE.scale("strict"), Terms())

    assert text.endswith("'both', {})")
    assert EVERY_RULE.scale("strict").rule is Rule.CRITERIA


def test_words_are_quoted_and_numbers_told_by_their_ranges() -> None:
    assert quoted(r"isn't \ it") == r"'isn\'t \\ it'"
    assert is_among([1, 2, 3, 7]) == "(($this >= 1 and $this <= 3) or ($this >= 7 and $this <= 7))"
