"""A question to the psychiatrist."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.extensions import db
from registry.review.models import ReviewQuestion
from tests.integration.review.conftest import Case
from tests.integration.review.reviewing import STOP
from tests.pages import fill_in, words


def test_a_question_is_answered_by_the_review(off_target: Case) -> None:
    manager, url = off_target.browser_of("manager"), f"/patients/{off_target.patient_id}/question"
    asked = fill_in(manager, url, {"words": "Is this mixed?"})
    assert asked.location == f"/patients/{off_target.patient_id}/reviews"

    fill_in(off_target.browser_of("consultant"), f"/review/{off_target.patient_id}", STOP, button="Save and next")

    assert "Is this mixed?" not in words(manager.get(f"/patients/{off_target.patient_id}/reviews"))
    with off_target.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(ReviewQuestion.answered_by_review_id)).one() is not None


def test_a_question_can_be_taken_back(case: Case) -> None:
    manager, url = case.browser_of("manager"), f"/patients/{case.patient_id}/reviews"
    fill_in(manager, f"/patients/{case.patient_id}/question", {"words": "Is this mixed?"})

    answer = fill_in(manager, url, button="Withdraw the question")

    assert (answer.status_code, answer.location) == (303, url)
    assert "Is this mixed?" not in words(manager.get(url))


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [("", "Write what you want to know"), ("a\x00b", "Remove the characters"), ("x" * 10_240, "Use at most 4,000")],
)
def test_a_question_needs_readable_words(case: Case, typed: str, complaint: str) -> None:
    answer = fill_in(case.browser_of("manager"), f"/patients/{case.patient_id}/question", {"words": typed})

    assert answer.status_code == 422
    assert complaint in words(answer)
