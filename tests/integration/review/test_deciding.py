"""Deciding on a recommendation, and what became of it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.integration.review.conftest import Case
from tests.integration.review.reviewing import recommendations_of, recommended
from tests.pages import fields_of, fill_in, page_of, send, words


def test_a_recommendation_is_accepted_done_and_followed(off_target: Case) -> None:
    url, reviews = recommended(off_target), f"/patients/{off_target.patient_id}/reviews"
    browser = off_target.browser_of("manager")

    assert fill_in(browser, url, {"state": "accepted"}).location == reviews
    assert fill_in(browser, url, {"state": "done"}).location == reviews

    off_target.scored(11, date(2026, 3, 12))
    said = words(browser.get(reviews))
    assert "Done" in said
    assert "done by Rosa Osei, 12 Mar 2026" in said
    assert "PHQ-9 19 on 9 Mar → 11 on 12 Mar (−8)" in said
    assert browser.get(url).location == reviews


@pytest.mark.parametrize(
    ("state", "complaint"), [("declined", "Say why it is declined"), ("modified", "Say what will be done instead")]
)
def test_to_decline_or_to_change_needs_words(case: Case, state: str, complaint: str) -> None:
    answer = fill_in(case.browser_of("manager"), recommended(case), {"state": state})

    assert answer.status_code == 422
    assert complaint in words(answer)


def test_only_the_prescriber_of_the_episode_can_order(case: Case) -> None:
    url = recommended(case)

    assert "Order it now" not in words(case.browser_of("manager").get(url))
    fill_in(case.browser_of("prescriber"), url, {"state": "ordered"})

    assert [each.state for each in recommendations_of(case)] == ["ordered"]


def test_the_second_of_two_people_deciding_is_told_and_can_still_finish(case: Case) -> None:
    url = recommended(case)
    mine, theirs = case.browser_of("manager"), case.browser_of("prescriber")
    opened_by_me = mine.get(url)
    fill_in(theirs, url, {"state": "modified", "why": "From Monday"})

    told = send(mine, url, opened_by_me, {"state": "declined", "why": "She is pregnant"})

    assert told.status_code == 409
    assert "Saved by Dr Mehta, 12 Mar 2026" in words(told)
    cells = [[cell.get_text() for cell in row.select("th, td")] for row in page_of(told).select(".conflict tbody tr")]
    assert ["Decision", "Accepted with a change", "Declined"] in cells
    assert fields_of(told)["why"] == "She is pregnant"
    assert send(mine, url, told).status_code == 303
    assert [(each.state, each.decision_why) for each in recommendations_of(case)] == [("declined", "She is pregnant")]


def test_a_recommendation_of_somebody_else_does_not_exist(case: Case) -> None:
    url = recommended(case).replace(str(case.patient_id), str(case.another(given="Other")))

    assert case.browser_of("manager").get(url).status_code == 404
