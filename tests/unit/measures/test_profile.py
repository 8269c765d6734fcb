"""Ratings side by side, and scores that are comparisons already: what their courses say and what they never say."""

import pytest

from registry.measures.adoption import adopt
from registry.measures.catalogue import Catalogue
from registry.measures.course import Course, DatedScore, Standing, Target, follow
from registry.measures.profile import ratings_of, written
from registry.measures.scale import Scale
from registry.measures.scoring import ImpossibleTotal, score, score_total
from tests.unit.measures.builders import START, on_day

SIGNED = frozenset({"target", "newly_present", "risen_by"})


def profile_of(catalogue: Catalogue, *, signed: frozenset[str] = SIGNED) -> Scale:
    return adopt(catalogue.scale("crdpss:psychosis"), signed)


def rated(day: int, ratings: str) -> DatedScore:
    values = ratings_of(ratings)
    return DatedScore(on=on_day(day, max(values)).on, value=on_day(day, max(values)).value, ratings=values)


def course_of_profile(scale: Scale, *ratings: str) -> Course:
    """One form every 28 days."""
    scores = [rated(28 * month, each) for month, each in enumerate(ratings)]
    return follow(scores, scale=scale, starts_on=START, target=Target.default_for(scale))


@pytest.mark.parametrize(
    ("why", "ratings", "standing"),
    [
        ("one form only", ["3-2-1-0-2"], Standing.AWAITING_FOLLOW_UP),
        ("all at 1 or lower", ["3-2-1-0-2", "1-1-1-0-1"], Standing.AT_TARGET),
        ("all at 0", ["3-2-1-0-2", "0-0-0-0-0"], Standing.AT_TARGET),
        ("four at 1, one at 2", ["3-2-1-0-2", "1-1-1-0-2"], Standing.IMPROVING),
        ("one down, none up", ["3-2-2-0-2", "3-2-2-0-1"], Standing.IMPROVING),
        ("one down, one up by 1 that was present", ["3-2-2-0-2", "2-2-3-0-2"], Standing.NOT_IMPROVING),
        ("nothing moved", ["3-2-2-0-2", "3-2-2-0-2"], Standing.NOT_IMPROVING),
        ("one up by 1, below presence", ["3-2-2-0-2", "3-2-2-1-2"], Standing.NOT_IMPROVING),
        ("one newly present, up by 1", ["3-2-1-0-2", "3-2-2-0-2"], Standing.WORSE),
        ("one newly present, though three are better", ["3-3-1-0-3", "0-0-2-0-0"], Standing.WORSE),
        ("one up by 2 that was present", ["2-2-2-0-2", "4-2-2-0-2"], Standing.WORSE),
        ("at target before, one newly present", ["1-1-0-0-0", "1-2-0-0-0"], Standing.WORSE),
        ("against the baseline, not the form before", ["3-2-2-0-2", "4-2-2-0-2", "3-2-2-0-1"], Standing.IMPROVING),
    ],
)
def test_a_profile_stands_rating_by_rating(
    catalogue: Catalogue, why: str, ratings: list[str], standing: Standing
) -> None:
    course = course_of_profile(profile_of(catalogue), *ratings)

    assert (course.standing, course.percent) == (standing, None), why


@pytest.mark.parametrize(
    ("signed", "ratings", "standing"),
    [
        (frozenset[str](), "4-4-4-4-4", Standing.NOT_IMPROVING),
        (frozenset[str](), "0-0-0-0-0", Standing.NOT_IMPROVING),
        (frozenset({"target"}), "0-0-0-0-0", Standing.AT_TARGET),
        (frozenset({"newly_present"}), "2-2-2-2-2", Standing.WORSE),
        (frozenset({"newly_present"}), "2-1-0-0-0", Standing.NOT_IMPROVING),
        (frozenset({"risen_by"}), "2-2-3-0-0", Standing.WORSE),
    ],
)
def test_a_number_nobody_signed_for_moves_no_profile(
    catalogue: Catalogue, signed: frozenset[str], ratings: str, standing: Standing
) -> None:
    assert course_of_profile(profile_of(catalogue, signed=signed), "2-2-1-0-0", ratings).standing is standing


def test_of_two_forms_of_one_day_the_worse_profile_counts(catalogue: Catalogue) -> None:
    scores = [rated(0, "2-0-0-0-0"), rated(0, "2-2-0-0-0")]
    course = follow(scores, scale=profile_of(catalogue), starts_on=START, target=None)

    assert course.baseline is not None
    assert written(course.baseline.ratings) == "2-2-0-0-0"


def test_profiles_of_different_forms_are_not_compared(catalogue: Catalogue) -> None:
    course = course_of_profile(profile_of(catalogue), "1-1-1", "4-4-4-4-4")

    assert course.standing is Standing.NOT_IMPROVING


def test_a_profile_takes_no_total(catalogue: Catalogue) -> None:
    with pytest.raises(ImpossibleTotal, match="no total"):
        score_total(catalogue.get("crdpss"), 4)


@pytest.mark.parametrize("text", ["", "1-", "one-two"])
def test_what_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        ratings_of(text)


# A comparison


def test_a_comparison_has_no_baseline_and_no_change(catalogue: Catalogue) -> None:
    """CGI-I says itself how much has changed: from "much improved" to "no change" is no rise of two points."""
    scale = catalogue.scale("cgi:improvement")
    course = follow([on_day(0, 2), on_day(28, 4)], scale=scale, starts_on=START, target=None)

    assert (course.baseline, course.change, course.percent, course.best_confirmed) == (None, None, None, None)
    assert (course.standing, course.is_relapse, course.responded) == (Standing.NO_BASELINE, False, False)
    assert course.latest == on_day(28, 4)


@pytest.mark.parametrize(("latest", "standing"), [(2, Standing.AT_TARGET), (3, Standing.NO_BASELINE)])
def test_a_comparison_may_be_at_the_level_the_team_aims_for(
    catalogue: Catalogue, latest: int, standing: Standing
) -> None:
    target = Target(at_most=on_day(0, 2).value)
    course = follow([on_day(0, latest)], scale=catalogue.scale("cgi:improvement"), starts_on=START, target=target)

    assert course.standing is standing


def test_severity_beside_it_keeps_its_course(catalogue: Catalogue) -> None:
    course = follow([on_day(0, 5), on_day(28, 4)], scale=catalogue.scale("cgi:severity"), starts_on=START, target=None)

    assert (course.change, course.standing) == (-1, Standing.NOT_IMPROVING)


def test_the_ratings_of_a_form_make_its_profile(catalogue: Catalogue) -> None:
    instrument = catalogue.get("crdpss")
    ratings = dict(zip((item.id for item in instrument.items), (1, 0, 3, 0, 2, 4, 4, 4), strict=True))
    result = score(instrument, ratings).scores["psychosis"]

    assert (result.value, result.category, result.band) == (3, "1-0-3-0-2", None)
