"""Numbers on consensus, once a clinic signed for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from registry.administration.instrument_numbers import FIGURES as SHOWN
from registry.measures.adoption import FIGURES, SAFETY, Adoptable, adopt, adopt_all, adoptable, figure_of
from registry.measures.catalogue import Catalogue
from registry.measures.course import DatedScore, Standing, follow, is_elevated
from registry.measures.definition import load
from registry.measures.instrument import Instrument
from registry.measures.scale import Scale

INVENTED = Path(__file__).parents[2] / "data" / "catalogue" / "mood-diary.toml"


@pytest.fixture(scope="module")
def diary() -> Instrument:
    return load(INVENTED)


@pytest.fixture(scope="module")
def scale(diary: Instrument) -> Scale:
    return diary.primary_scale


def test_only_what_stands_on_consensus_can_be_signed_for(diary: Instrument) -> None:
    assert adoptable(diary) == tuple(
        Adoptable("mood-diary:total", figure, "1") for figure in ("cutoff", "target", "reliable_change")
    )


def test_a_published_instrument_leaves_nothing_to_sign_for(phq9: Instrument) -> None:
    assert adoptable(phq9) == ()


def test_a_number_nobody_signed_for_counts_for_nothing(scale: Scale) -> None:
    assert (scale.cutoff_in_force, scale.reliable_change_in_force) == (None, None)
    assert adopt(scale, frozenset()) is scale


def test_a_signed_number_is_in_force_with_its_own_value_and_the_others_are_not(scale: Scale) -> None:
    signed = adopt(scale, frozenset({"cutoff"}))

    assert signed.cutoff_in_force == 6
    assert signed.reliable_change_in_force is None
    assert signed.cutoff is not None
    assert signed.cutoff.source.status == scale.cutoff.source.status if scale.cutoff else False


def test_a_number_without_a_source_is_in_force_whoever_signs(scale: Scale) -> None:
    assert adopt(scale, frozenset({"remission"})).remission_in_force is None


def test_a_sourced_number_stays_as_it_is(scale: Scale) -> None:
    adopted = adopt(scale, frozenset({"response"}))

    assert (adopted.response, adopted.response_in_force) == (scale.response, scale.response_in_force)


def test_a_score_is_elevated_and_a_course_improving_only_by_signed_numbers(scale: Scale) -> None:
    scores = [DatedScore(date(2026, 1, 5), Decimal(9)), DatedScore(date(2026, 2, 5), Decimal(6))]
    signed = adopt(scale, frozenset({"cutoff", "reliable_change"}))

    assert (is_elevated(scale, Decimal(6)), is_elevated(signed, Decimal(6))) == (None, True)
    standings = [
        follow(scores, scale=each, starts_on=date(2026, 1, 1), target=None).standing for each in (scale, signed)
    ]
    assert standings == [Standing.NOT_IMPROVING, Standing.IMPROVING]


def test_an_item_on_consensus_alerts_once_signed_for_in_its_version(catalogue: Catalogue) -> None:
    reqol = catalogue.get("reqol-10")
    signature = Adoptable("reqol-10:6", SAFETY, "1")
    assert [each for each in adoptable(reqol) if each.figure == SAFETY] == [signature]

    for signed, alerts in (
        ({signature}, True),
        ({Adoptable("reqol-10:6", SAFETY, "2")}, False),
        ({Adoptable("phq-9:9", SAFETY, "1")}, False),
        (set[Adoptable](), False),
    ):
        read = adopt_all(reqol, frozenset(signed))
        assert [item.id for item in read.items if item.alerts] == (["6"] if alerts else [])
        assert read.item("6").is_positive(3)


def test_every_other_safety_item_is_published_and_alerts_everywhere(catalogue: Catalogue) -> None:
    silent = [(each.id, item.id) for each in catalogue for item in each.safety_items if not item.alerts]
    dangers = [scale.cutoff_in_force for each in catalogue for scale in each.scales if scale.danger is not None]

    assert (silent, dangers) == ([("reqol-10", "6")], [11])


def test_what_is_no_number_of_a_scale_has_no_name_here(scale: Scale) -> None:
    with pytest.raises(KeyError):
        figure_of(scale, "prorating")


def test_every_number_that_can_be_signed_for_is_shown_with_a_name() -> None:
    assert set(FIGURES) == set(SHOWN)
