"""What holds for every course."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from registry.measures.course import DatedScore, Standing, follow
from tests.unit.measures.builders import START, TARGET, course_of, depression_scale, monthly, on_day

totals = st.integers(0, 27)
dated_scores = st.builds(
    DatedScore,
    on=st.integers(-30, 300).map(lambda day: START + timedelta(days=day)),
    value=totals.map(Decimal),
    prorated=st.booleans(),
    id=st.uuids(),
)
histories = st.lists(dated_scores, max_size=12)


@given(st.data())
def test_the_order_of_entry_does_not_change_the_course(data: st.DataObject) -> None:
    history = data.draw(histories)
    shuffled = data.draw(st.permutations(history))

    assert course_of(*history) == course_of(*shuffled)


@given(history=histories)
def test_entering_a_score_twice_changes_nothing(history: list[DatedScore]) -> None:
    assert course_of(*history, *history) == course_of(*history)


@given(history=histories)
def test_there_is_a_standing_beyond_the_baseline_exactly_when_there_is_a_change(history: list[DatedScore]) -> None:
    course = course_of(*history)

    waiting = course.standing in {Standing.NO_BASELINE, Standing.AWAITING_FOLLOW_UP}
    assert waiting == (course.change is None)
    assert (course.baseline is None) == (course.standing is Standing.NO_BASELINE)


@given(history=histories)
def test_every_day_counts_once_and_in_order(history: list[DatedScore]) -> None:
    days = [each.on for each in course_of(*history).scores]

    assert days == sorted(set(days))
    assert set(days) == {each.on for each in history if each.on >= START}


@given(history=histories)
def test_scores_from_before_the_course_change_nothing(history: list[DatedScore]) -> None:
    during = [each for each in history if each.on >= START]

    assert course_of(*history) == course_of(*during)


@given(baseline=st.integers(1, 27))
def test_falling_to_zero_is_minus_one_hundred_percent(baseline: int) -> None:
    course = course_of(*monthly(baseline, 0))

    assert (course.percent, course.in_remission, course.standing) == (-100, True, Standing.AT_TARGET)


@given(latest=totals)
def test_a_baseline_of_zero_has_no_percentage(latest: int) -> None:
    course = course_of(*monthly(0, latest))

    assert (course.percent, course.change) == (None, latest)


@given(values=st.lists(totals, min_size=2, max_size=10))
def test_the_best_confirmed_level_was_held_twice_running(values: list[int]) -> None:
    confirmed = course_of(*monthly(*values)).best_confirmed

    assert confirmed is not None
    assert any(a <= confirmed and b <= confirmed for a, b in pairwise(values))
    assert confirmed >= sorted(values)[1]


@given(values=st.lists(totals, min_size=1, max_size=8), better=st.integers(0, 4))
def test_nobody_at_target_is_in_relapse(values: list[int], better: int) -> None:
    course = course_of(*monthly(*values), on_day(28 * len(values), better))

    assert course.standing is Standing.AT_TARGET
    assert not course.is_relapse


@given(history=histories, days=st.integers(0, 300))
def test_the_end_of_a_course_hides_what_comes_after(history: list[DatedScore], days: int) -> None:
    end = START + timedelta(days=days)
    scale = depression_scale()

    ended = follow(history, scale=scale, starts_on=START, target=TARGET, ends_on=end)

    assert ended == course_of(*[each for each in history if each.on <= end])
