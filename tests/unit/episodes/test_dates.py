"""Which day a change may bear, how long a pause and a hold may last, and what follows what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.episodes.dates import refuse_impossible, refuse_long_hold, refuse_long_pause
from registry.episodes.errors import ImpossibleDate
from registry.episodes.rules import PHASES, TEAM_ROLES, TEAM_USER_ROLES, may_follow, opens_new_course, weeks_in_care

TODAY = date(2026, 3, 12)
REFERRED = date(2026, 3, 1)


def _refuse(day: date) -> None:
    refuse_impossible(day, today=TODAY, earliest=REFERRED, earliest_is="the referral", what="the enrolment")


@pytest.mark.parametrize("day", [REFERRED, TODAY, date(2026, 3, 5)])
def test_a_day_between_the_first_possible_one_and_today_is_taken(day: date) -> None:
    _refuse(day)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 13), "Enter the date of the enrolment, not later than today"),
        (date(2026, 2, 28), "Enter a date on or after the referral, 1 Mar 2026"),
    ],
)
def test_any_other_day_is_refused_with_what_to_enter(day: date, said: str) -> None:
    with pytest.raises(ImpossibleDate, match=said):
        _refuse(day)


@pytest.mark.parametrize("days", [1, 90])
def test_a_pause_of_up_to_ninety_days_is_taken(days: int) -> None:
    refuse_long_pause(on=TODAY, until=TODAY + timedelta(days=days))


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_any_other_pause_is_refused(days: int) -> None:
    with pytest.raises(ImpossibleDate, match="not later than 10 Jun 2026"):
        refuse_long_pause(on=TODAY, until=TODAY + timedelta(days=days))


def test_a_pause_without_an_end_is_refused() -> None:
    with pytest.raises(ImpossibleDate):
        refuse_long_pause(on=TODAY, until=None)


@given(st.integers(-400, 400))
def test_a_hold_is_looked_at_again_within_six_months(days: int) -> None:
    review_by = TODAY + timedelta(days=days)
    if 0 < days <= 183:
        refuse_long_hold(on=TODAY, review_by=review_by)
    else:
        with pytest.raises(ImpossibleDate):
            refuse_long_hold(on=TODAY, review_by=review_by)


def test_an_ended_episode_stays_ended() -> None:
    assert may_follow("ended") == frozenset()


@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase != "ended"])
def test_every_open_phase_may_end_and_none_returns_to_referred(phase: str) -> None:
    assert "ended" in may_follow(phase)
    assert "referred" not in may_follow(phase)
    assert phase not in may_follow(phase)


def test_only_a_return_from_maintaining_to_active_opens_a_new_course() -> None:
    opening = {(before, after) for before in PHASES for after in PHASES if opens_new_course(before, after)}

    assert opening == {("maintaining", "active")}


def test_weeks_in_care_count_to_today_or_to_the_end() -> None:
    enrolled = date(2026, 1, 5)

    assert weeks_in_care(enrolled, ended_on=None, today=TODAY) == 9
    assert weeks_in_care(enrolled, ended_on=date(2026, 1, 18), today=TODAY) == 1
    assert weeks_in_care(enrolled, ended_on=None, today=enrolled) == 0


def test_every_place_in_the_team_has_roles_that_fit_it() -> None:
    assert set(TEAM_USER_ROLES) == set(TEAM_ROLES)
    assert all(TEAM_USER_ROLES.values())
