"""The course of a patient's scores, as tables a clinician can read.

The scale has the numbers of the PHQ-9: elevated from 10, target and remission 4 or lower, response
50 %, reliable change 5 points. Scores are 28 days apart unless a day is named.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from registry.measures.course import (
    Outcome,
    ScaleHasNoTotal,
    Standing,
    Target,
    follow,
    has_improved,
    is_elevated,
    outcome_of,
    rose_by_reliable_change,
)
from registry.measures.instrument import Instrument
from registry.measures.scale import Status
from tests.unit.measures.builders import (
    START,
    TARGET,
    course_of,
    depression_scale,
    figure,
    monthly,
    on_day,
    wellbeing_scale,
)


@pytest.mark.parametrize(
    ("scores", "standing", "change", "percent"),
    [
        ([], "no baseline", None, None),
        ([18], "awaiting follow-up", None, None),
        ([18, 4], "at target", -14, "-77.8"),
        ([18, 0], "at target", -18, "-100.0"),
        ([18, 5], "responding", -13, "-72.2"),
        ([18, 9], "responding", -9, "-50.0"),
        ([18, 10], "improving", -8, "-44.4"),
        ([18, 13], "improving", -5, "-27.8"),
        ([18, 14], "not improving", -4, "-22.2"),
        ([18, 18], "not improving", 0, "0.0"),
        ([18, 22], "not improving", 4, "22.2"),
        ([18, 23], "worse", 5, "27.8"),
        ([18, 4, 16], "not improving", -2, "-11.1"),
        # A response from a low baseline is a response; at target comes first.
        ([8, 4], "at target", -4, "-50.0"),
        ([6, 11], "worse", 5, "83.3"),
        # A baseline of 0 has a change and no percentage.
        ([0, 0], "at target", 0, None),
        ([0, 3], "at target", 3, None),
        ([0, 7], "worse", 7, None),
    ],
)
def test_standing_after_these_scores(scores: list[int], standing: str, change: int | None, percent: str | None) -> None:
    course = course_of(*monthly(*scores))

    assert course.standing.value == standing
    assert course.change == change
    assert (None if course.percent is None else f"{course.percent:.1f}") == percent


@pytest.mark.parametrize(
    ("scores", "confirmed", "relapse"),
    [
        ([18], None, False),
        ([18, 4], 18, False),
        ([18, 4, 12], 12, False),  # a single good score was never confirmed
        ([18, 4, 3], 4, False),
        ([18, 4, 3, 8], 4, False),  # up by 4: less than the reliable change
        ([18, 4, 3, 9], 4, True),  # still a response, but out of target
        ([18, 9, 8, 14], 9, True),  # out of response and into a higher band
        ([22, 11, 10, 15], 11, False),  # up by 4
        ([22, 11, 10, 16], 11, True),
        ([18, 4, 3, 9, 4], 4, False),  # it passed
        ([12, 12, 11, 14], 12, False),
        ([12, 13, 16, 19], 13, False),  # worse, and never better than at the start
        ([12, 12, 18], 12, False),
        ([12, 11, 11, 18], 11, True),
    ],
)
def test_relapse_is_measured_from_the_best_confirmed_level(
    scores: list[int], confirmed: int | None, relapse: bool
) -> None:
    course = course_of(*monthly(*scores))

    assert (course.best_confirmed, course.is_relapse) == (confirmed, relapse)


def test_leaving_a_response_is_a_relapse_even_where_a_scale_has_no_bands() -> None:
    assert course_of(*monthly(20, 9, 9, 14), scale=depression_scale(bands=())).is_relapse


def test_a_rise_within_the_target_and_band_is_no_relapse() -> None:
    scale = depression_scale(bands=(), response=None)

    assert not course_of(*monthly(20, 2, 2, 8), scale=scale, target=Target(at_most=Decimal(9))).is_relapse


@pytest.mark.parametrize(("after", "responded"), [(33, False), (32, True), (22, True)])
def test_a_response_counted_in_points_is_one_at_a_smaller_percentage(after: int, responded: bool) -> None:
    """As the PCL-5 by the NYS OMH rule of 12 points: from 44, half would be 22."""
    scale = depression_scale(maximum=Decimal(80), bands=(), response=figure(50), response_points=figure(12))

    assert course_of(*monthly(44, after), scale=scale, target=None).responded is responded


def test_points_of_a_response_nobody_confirmed_count_for_nothing() -> None:
    scale = depression_scale(response=None, response_points=figure(2, Status.UNVERIFIED))

    assert not course_of(*monthly(18, 9), scale=scale).responded


# Baseline


@pytest.mark.parametrize(
    ("first_day", "late_by"),
    [(0, None), (14, None), (15, 15), (37, 37)],
)
def test_the_baseline_is_the_first_score_late_after_14_days(first_day: int, late_by: int | None) -> None:
    course = course_of(on_day(first_day, 18), on_day(60, 9))

    assert course.baseline == on_day(first_day, 18)
    assert course.baseline_late_by == late_by


def test_a_score_from_before_the_course_began_is_no_baseline() -> None:
    course = course_of(on_day(-1, 22))

    assert (course.standing, course.latest, course.scores) == (Standing.NO_BASELINE, None, ())


def test_a_score_after_the_course_ended_takes_no_part() -> None:
    course = follow(
        monthly(18, 9, 3),
        scale=depression_scale(),
        starts_on=START,
        target=TARGET,
        ends_on=START + timedelta(days=28),
    )

    assert course.latest == on_day(28, 9)


def test_a_back_dated_score_becomes_the_baseline() -> None:
    entered_last = on_day(2, 20)

    course = course_of(on_day(10, 12), on_day(40, 8), entered_last)

    assert course.baseline == entered_last
    assert course.standing is Standing.RESPONDING


def test_an_elevated_baseline_is_at_the_cutoff_or_above() -> None:
    assert course_of(on_day(0, 10)).baseline_elevated is True
    assert course_of(on_day(0, 9)).baseline_elevated is False
    assert course_of(on_day(0, 9), scale=depression_scale(cutoff=None)).baseline_elevated is None
    assert course_of().baseline_elevated is None


# Prorated scores


def test_a_prorated_score_sets_no_baseline() -> None:
    course = course_of(on_day(0, 20, prorated=True), on_day(7, 16))

    assert course.baseline == on_day(7, 16)
    assert course.standing is Standing.AWAITING_FOLLOW_UP
    assert course_of(on_day(0, 20, prorated=True)).standing is Standing.NO_BASELINE


def test_a_prorated_score_reaches_no_target_response_or_remission() -> None:
    course = course_of(on_day(0, 18), on_day(28, 3, prorated=True))

    assert (course.standing, course.responded, course.in_remission) == (Standing.IMPROVING, False, False)
    assert not has_improved(course, depression_scale())


def test_a_prorated_score_confirms_no_level_but_can_show_a_relapse() -> None:
    assert course_of(on_day(0, 18), on_day(28, 3), on_day(56, 3, prorated=True)).best_confirmed == 18
    assert course_of(*monthly(18, 4, 4), on_day(84, 15, prorated=True)).is_relapse


# Numbers nobody has published fire nothing


def test_without_a_reliable_change_nothing_is_worse_improving_or_a_relapse() -> None:
    scale = depression_scale(reliable_change=None)

    assert course_of(*monthly(10, 27), scale=scale).standing is Standing.NOT_IMPROVING
    assert course_of(*monthly(27, 14), scale=scale).standing is Standing.NOT_IMPROVING
    assert not course_of(*monthly(18, 2, 2, 27), scale=scale).is_relapse


@pytest.mark.parametrize("status", [Status.CONSENSUS, Status.UNVERIFIED])
def test_an_unconfirmed_number_is_shown_and_fires_nothing(status: Status) -> None:
    names = ("cutoff", "remission", "response", "improved_level", "reliable_change", "target")
    scale = depression_scale(**{name: figure(5, status) for name in names})

    course = course_of(*monthly(18, 2, 2, 27), scale=scale, target=None)

    assert scale.cutoff is not None
    assert (course.standing, course.is_relapse, course.baseline_elevated) == (Standing.NOT_IMPROVING, False, None)
    assert Target.default_for(scale) is None
    assert not has_improved(course_of(*monthly(18, 2), scale=scale), scale)


def test_without_a_target_nobody_is_at_target() -> None:
    assert course_of(*monthly(18, 0), target=None).standing is Standing.RESPONDING


# Remission, improvement


@pytest.mark.parametrize(("latest", "remission"), [(0, True), (4, True), (5, False)])
def test_remission_is_a_follow_up_score_at_its_level_or_lower(latest: int, remission: bool) -> None:
    assert course_of(*monthly(18, latest)).in_remission is remission


def test_a_low_baseline_alone_is_no_remission() -> None:
    assert not course_of(on_day(0, 2)).in_remission


@pytest.mark.parametrize(
    ("scores", "improved"),
    [([18, 9], True), ([18, 10], False), ([12, 9], True), ([24, 12], True), ([24, 13], False), ([18], False)],
)
def test_reports_count_half_the_baseline_or_below_10_as_improved(scores: list[int], improved: bool) -> None:
    assert has_improved(course_of(*monthly(*scores)), depression_scale()) is improved


@pytest.mark.parametrize(
    ("scores", "outcome"),
    [
        ([], "no-baseline"),
        ([9], "not-elevated"),
        ([9, 2], "not-elevated"),
        ([10], "not-improved"),
        ([18, 10], "not-improved"),
        ([18, 9], "improved"),
    ],
)
def test_everybody_has_one_outcome_and_a_missing_follow_up_is_no_improvement(scores: list[int], outcome: str) -> None:
    assert outcome_of(course_of(*monthly(*scores)), depression_scale()) == outcome


def test_without_a_cut_off_nobody_is_said_to_have_improved() -> None:
    scale = depression_scale(cutoff=None)

    assert outcome_of(course_of(*monthly(18, 2), scale=scale), scale) is Outcome.NO_CUT_OFF


# Floor


def test_percent_change_starts_from_the_floor_of_the_scale(bprs: Instrument) -> None:
    total = bprs.scale("total")

    course = course_of(*monthly(58, 38), scale=total, target=None)

    assert (course.percent, course.standing) == (-50, Standing.RESPONDING)
    assert course_of(*monthly(18, 30), scale=total, target=None).percent is None


# Several scores on one day


def test_two_forms_on_one_day_are_one_score_and_no_follow_up() -> None:
    course = course_of(on_day(0, 14), on_day(0, 16))

    assert (course.standing, course.baseline, course.scores) == (
        Standing.AWAITING_FOLLOW_UP,
        on_day(0, 16),
        (on_day(0, 16),),
    )


def test_the_worse_form_of_a_day_counts_unless_it_is_prorated() -> None:
    assert course_of(on_day(0, 14), on_day(0, 3)).latest == on_day(0, 14)
    assert course_of(on_day(0, 14, prorated=True), on_day(0, 3)).latest == on_day(0, 3)
    assert course_of(on_day(0, 40), on_day(0, 80), scale=wellbeing_scale()).latest == on_day(0, 40)


# Higher is better


@pytest.mark.parametrize(
    ("scores", "standing"),
    [
        ([40, 70], "at target"),
        ([40, 60], "responding"),
        ([40, 50], "improving"),
        ([40, 49], "not improving"),
        ([40, 30], "worse"),
    ],
)
def test_where_higher_is_better_rising_is_improving(scores: list[int], standing: str) -> None:
    scale = wellbeing_scale()

    assert course_of(*monthly(*scores), scale=scale, target=Target.default_for(scale)).standing.value == standing


def test_where_higher_is_better_falling_is_a_relapse() -> None:
    scale = wellbeing_scale()
    course = course_of(*monthly(40, 75, 80, 60), scale=scale, target=Target.default_for(scale))

    assert (course.best_confirmed, course.is_relapse, course.baseline_elevated) == (75, True, True)
    assert course_of(*monthly(40, 60, 80, 70), scale=scale).best_confirmed == 70


# What stands beside the course


def test_a_category_has_no_course(housing: Instrument) -> None:
    with pytest.raises(ScaleHasNoTotal):
        course_of(scale=housing.scale("housing"))


def test_latest_and_previous_are_by_date_not_by_entry() -> None:
    course = course_of(on_day(56, 7), on_day(0, 18), on_day(28, 12))

    assert (course.latest, course.previous) == (on_day(56, 7), on_day(28, 12))


def test_mania_never_rises_by_a_reliable_change_nobody_has_published(asrm: Instrument) -> None:
    assert not rose_by_reliable_change(asrm.scale("total"), previous=Decimal(0), latest=Decimal(20))
    assert rose_by_reliable_change(depression_scale(), previous=Decimal(3), latest=Decimal(8))
    assert not rose_by_reliable_change(depression_scale(), previous=Decimal(3), latest=Decimal(7))


@pytest.mark.parametrize(("value", "label"), [("0", "poor"), ("50", "poor"), ("50.5", "poor"), ("51", "good")])
def test_a_value_is_in_the_band_it_has_reached(value: str, label: str) -> None:
    band = wellbeing_scale().band_of(Decimal(value))

    assert band is not None
    assert band.label == label


def test_elevated_is_at_the_cutoff() -> None:
    assert is_elevated(depression_scale(), Decimal(10)) is True
    assert is_elevated(depression_scale(), Decimal(9)) is False
    assert is_elevated(depression_scale(cutoff=None), Decimal(27)) is None


# Targets


@pytest.mark.parametrize(
    ("target", "words", "met", "unmet"),
    [
        (Target(at_most=Decimal(4)), "4 or lower", 4, 5),
        (Target(at_least=Decimal(70)), "70 or higher", 70, 69),
        (Target(at_most=Decimal(7), at_least=Decimal(3)), "3 to 7", 3, 2),
        (Target(at_most=Decimal(9), hold=True), "hold at 9 or lower", 0, 10),
        (Target(at_least=Decimal(0)), "0 or higher", 0, -1),
    ],
)
def test_a_target_says_what_it_asks(target: Target, words: str, met: int, unmet: int) -> None:
    assert target.words() == words
    assert target.is_met(Decimal(met))
    assert not target.is_met(Decimal(unmet))


def test_a_target_without_a_level_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a level"):
        Target(hold=True)
