"""Whole answers on a form: they add up to the severity behind them and stay on the form's own scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from registry.demo import answers
from registry.demo.chance import dice
from registry.demo.figures import figures
from registry.demo.trajectories import Kind, illness
from registry.measures.catalogue import catalogue_at
from registry.measures.scoring import score

CATALOGUE = catalogue_at(ROOT / "instruments")


@given(total=st.integers(0, 27), seed=st.integers())
def test_points_given_out_add_up_and_fit_the_items(total: int, seed: int) -> None:
    given_out = answers.spread(dice(seed), total, (1.0, 2.0, 0.5) * 3, most=3)
    assert sum(given_out) == total
    assert all(0 <= each <= 3 for each in given_out)


@pytest.mark.parametrize("total", [-1, 28])
def test_points_that_do_not_fit_are_refused(total: int) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        answers.spread(dice(1), total, (1.0,) * 9, most=3)


@pytest.mark.parametrize("population", ["depression", "bipolar", "psychosis"])
def test_every_form_can_be_scored_as_it_is(population: str) -> None:
    for number in range(25):
        roll = dice(population, number)
        person = illness(roll, kind=roll.choice(list(Kind)), population=population, figures=figures())
        week = roll.randint(0, 60)
        filled = {
            "phq-9": answers.phq_9(roll, person, week, figures()),
            "gad-7": answers.gad_7(roll, person, week),
            "asrm": answers.asrm(roll, person, week),
            "bprs-18": answers.bprs_18(roll, person, week, flare=8),
        }
        for instrument, form in filled.items():
            assert score(CATALOGUE.get(instrument), form).missing == ()
