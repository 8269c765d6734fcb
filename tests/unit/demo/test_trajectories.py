"""A large invented clinic reproduces the published figures it is drawn from."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from functools import cache

import pytest

from registry.demo import answers
from registry.demo.chance import dice
from registry.demo.figures import figures
from registry.demo.trajectories import Episode, Kind, draw_kind, illness

PEOPLE = 800
FIGURES = figures()


@dataclass(frozen=True)
class Course:
    """PHQ-9 totals of one person at weeks 0, 12 and 24, item 9 at week 0, and the first GAD-7."""

    totals: tuple[int, int, int]
    item_9: int
    anxiety: int


@cache
def clinic(population: str) -> tuple[Course, ...]:
    return tuple(_course(population, number) for number in range(PEOPLE))


def _course(population: str, number: int) -> Course:
    roll = dice("test", population, number)
    person = illness(roll, kind=draw_kind(roll, FIGURES), population=population, figures=FIGURES)
    forms = [answers.phq_9(roll, person, week, FIGURES) for week in (0, 12, 24)]
    first, middle, last = (_total(form) for form in forms)
    return Course((first, middle, last), forms[0]["9"], _total(answers.gad_7(roll, person, 0)))


def _total(form: dict[str, int]) -> int:
    return sum(answer for item, answer in form.items() if item != "difficulty")


def _first_totals(population: str) -> list[int]:
    return [course.totals[0] for course in clinic(population)]


@pytest.mark.parametrize("population", ["depression", "bipolar", "psychosis"])
def test_first_scores_have_the_published_mean_and_spread(population: str) -> None:
    published = FIGURES.baseline[population]
    totals = _first_totals(population)
    assert statistics.mean(totals) == pytest.approx(published.mean, abs=0.6)
    assert statistics.stdev(totals) == pytest.approx(published.sd, abs=0.6)


def test_scores_are_never_spread_evenly() -> None:
    totals = _first_totals("depression")
    middle = sum(12 <= total <= 20 for total in totals) / PEOPLE
    assert middle > 9 / 28 * 1.5


@pytest.mark.parametrize(
    ("place", "below", "published"),
    [
        (1, 10, FIGURES.outcome.improved_week_12),
        (2, 10, FIGURES.outcome.improved_week_24),
        (1, 5, FIGURES.outcome.remission_week_12),
        (2, 5, FIGURES.outcome.remission_week_24),
    ],
)
def test_as_many_improve_and_remit_as_published(place: int, below: int, published: float) -> None:
    began_elevated = [course for course in clinic("depression") if course.totals[0] >= 10]
    share = sum(course.totals[place] < below for course in began_elevated) / len(began_elevated)
    assert share == pytest.approx(published, abs=0.05)


def test_anxiety_goes_with_depression() -> None:
    anxiety = [course.anxiety for course in clinic("bipolar")]
    assert statistics.correlation(_first_totals("bipolar"), anxiety) == pytest.approx(
        FIGURES.anxiety_correlation, abs=0.08
    )


@pytest.mark.parametrize(("low", "high"), [(5, 9), (10, 14), (15, 19), (20, 27)])
def test_item_9_is_positive_as_often_as_published_for_a_total(low: int, high: int) -> None:
    band = [c for name in ("depression", "bipolar", "psychosis") for c in clinic(name) if low <= c.totals[0] <= high]
    share = sum(course.item_9 >= 1 for course in band) / len(band)
    assert share == pytest.approx(FIGURES.share_with_item_9(high), abs=0.06)


def test_some_low_totals_hide_a_positive_item_9() -> None:
    low = [course for course in clinic("psychosis") if course.totals[0] < 10]
    assert any(course.item_9 for course in low)


def test_a_relapse_comes_after_remission_and_stays_below_the_scale() -> None:
    for number in range(40):
        person = illness(dice(number), kind=Kind.RELAPSER, population="depression", figures=FIGURES)
        best, later = min(person.depression[10:20]), max(person.depression[24:44])
        assert later > best + 5
        assert max(person.depression) <= 27


def test_mania_rises_and_depression_falls_during_a_manic_episode() -> None:
    manic = Episode(from_week=10, weeks=6, peak=13)
    person = illness(dice("m"), kind=Kind.PARTIAL, population="bipolar", figures=FIGURES, manic=(manic,))
    quiet = illness(dice("m"), kind=Kind.PARTIAL, population="bipolar", figures=FIGURES)
    assert max(person.mania[10:17]) >= 10
    assert max(person.mania[20:40]) < 6
    assert person.depression[12] < quiet.depression[12]


def test_one_dice_makes_one_illness() -> None:
    one, same, other = (
        illness(dice(word), kind=Kind.RESPONDER, population="depression", figures=FIGURES) for word in "aab"
    )
    assert one == same
    assert one != other
