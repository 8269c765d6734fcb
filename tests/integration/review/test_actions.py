"""Asking, reviewing, deciding: what is stored, who is named, and what is refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from registry.access import scope
from registry.administration.queries import open_work
from registry.audit.models import AuditEvent
from registry.db.conflict import EditConflict
from registry.extensions import db
from registry.review.actions import (
    Advice,
    ImpossibleReview,
    ImpossibleStep,
    WordsMissing,
    ask_question,
    decide,
    finish,
    record_review,
    withdraw,
)
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.queries import list_open_for, list_open_questions
from tests.integration.review.conftest import Case

TODAY = date(2026, 3, 12)
STOP = Advice(kind="stop", words="Stop sertraline", to_name="Dr Mehta")


@pytest.fixture(autouse=True)
def _inside(app: Flask, case: Case, told: list[uuid.UUID]) -> Iterator[None]:
    with app.app_context(), scope.within({case.clinic_id}):
        yield


def _reviewed(case: Case, *advice: Advice, look_again_on: date | None = None) -> Review:
    return record_review(
        episode=case.episode,
        reviewed_on=TODAY,
        minutes=6,
        summary="Mixed state likely",
        recommendations=advice,
        look_again_on=look_again_on,
        by=case.consultant,
    )


def _recommended(case: Case, advice: Advice = STOP) -> Recommendation:
    return _reviewed(case, advice).recommendations[0]


def _actions() -> list[str]:
    """What was done to questions, reviews and recommendations, in order."""
    events = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number))
    return [action for action in events if action.split(".")[0] in {"question", "review", "recommendation"}]


def test_a_question_waits_until_a_review_answers_it(case: Case, told: list[uuid.UUID]) -> None:
    question = ask_question(episode=case.episode, words="Is this mixed?", by=case.manager)

    assert [each.words for each in list_open_questions(case.patient_id)] == ["Is this mixed?"]
    assert question.asked_on == TODAY

    review = _reviewed(case)

    assert question.answered_by_review_id == review.id
    assert list_open_questions(case.patient_id) == []
    assert told == [case.patient_id, case.patient_id]
    assert _actions()[-2:] == ["question.asked", "review.recorded"]


def test_a_withdrawn_question_waits_no_longer_and_is_kept(case: Case) -> None:
    question = ask_question(episode=case.episode, words="Is this mixed?", by=case.manager)

    withdraw(question=question, by=case.manager)
    withdraw(question=question, by=case.manager)

    assert list_open_questions(case.patient_id) == []
    assert db.session.scalars(select(ReviewQuestion)).one().withdrawn_at is not None
    assert _actions().count("question.withdrawn") == 1


def test_a_withdrawn_question_is_not_answered_by_a_later_review(case: Case) -> None:
    question = ask_question(episode=case.episode, words="Is this mixed?", by=case.manager)
    withdraw(question=question, by=case.manager)

    _reviewed(case)

    assert question.answered_by_review_id is None


def test_a_review_keeps_its_recommendations_in_the_order_given(case: Case) -> None:
    review = _reviewed(case, STOP, Advice(kind="measure", words="C-SSRS today", to_user_id=case.manager_id))

    assert [(each.kind, each.state) for each in review.recommendations] == [
        ("stop", "proposed"),
        ("measure", "proposed"),
    ]
    assert review.recommendations[1].to_user_id == case.manager_id
    assert review.consultant_id == case.consultant_id


def test_a_consultant_who_also_prescribes_orders_in_one_step(case: Case) -> None:
    review = record_review(
        episode=case.episode,
        reviewed_on=TODAY,
        minutes=None,
        summary="",
        recommendations=[STOP, Advice(kind="continue", words="Keep quetiapine")],
        look_again_on=None,
        by=case.prescriber,
    )

    stop, keep = review.recommendations
    assert (stop.state, stop.decided_by_id, stop.decided_on) == ("ordered", case.prescriber_id, TODAY)
    assert (keep.state, keep.decided_by_id) == ("noted", None)


@pytest.mark.parametrize(
    ("reviewed_on", "look_again_on"),
    [(date(2026, 3, 13), None), (TODAY, TODAY), (TODAY, date(2026, 3, 1))],
    ids=["tomorrow", "look again the same day", "look again before"],
)
def test_impossible_dates_of_a_review_are_refused(case: Case, reviewed_on: date, look_again_on: date | None) -> None:
    with pytest.raises(ImpossibleReview):
        record_review(
            episode=case.episode,
            reviewed_on=reviewed_on,
            minutes=6,
            summary="",
            recommendations=[],
            look_again_on=look_again_on,
            by=case.consultant,
        )

    assert db.session.scalars(select(Review)).all() == []


@pytest.mark.parametrize(("state", "why"), [("accepted", ""), ("modified", "From Monday"), ("declined", "Pregnant")])
def test_a_decision_names_who_when_and_why(case: Case, state: str, why: str, told: list[uuid.UUID]) -> None:
    recommendation = _recommended(case)

    decide(recommendation=recommendation, state=state, why=why, opened_version=1, by=case.manager)

    assert (recommendation.state, recommendation.decision_why) == (state, why)
    assert (recommendation.decided_by_id, recommendation.decided_on) == (case.manager_id, TODAY)
    assert told[-1] == case.patient_id
    assert _actions()[-1] == f"recommendation.{state}"


@pytest.mark.parametrize("state", ["declined", "modified"])
@pytest.mark.parametrize("why", ["", "   "])
def test_declining_and_modifying_need_words(case: Case, state: str, why: str) -> None:
    with pytest.raises(WordsMissing):
        decide(recommendation=_recommended(case), state=state, why=why, opened_version=1, by=case.manager)


def test_what_is_done_names_who_did_it(case: Case) -> None:
    recommendation = _recommended(case)
    decide(recommendation=recommendation, state="accepted", opened_version=1, by=case.manager)
    assert [each.id for each in list_open_for(case.manager_id, {case.clinic_id})] == [recommendation.id]

    finish(recommendation=recommendation, opened_version=2, by=case.prescriber)

    assert (recommendation.state, recommendation.done_by_id, recommendation.done_on) == (
        "done",
        case.prescriber_id,
        TODAY,
    )
    assert list_open_for(case.manager_id, {case.clinic_id}) == []


def test_to_continue_waits_for_nobody(case: Case) -> None:
    review = _reviewed(case, Advice(kind="continue", words="Keep quetiapine", to_user_id=case.manager_id))

    assert open_work(case.manager_id).recommendations == 0
    with pytest.raises(ImpossibleStep):
        keep = review.recommendations[0]
        decide(recommendation=keep, state="accepted", opened_version=keep.version, by=case.prescriber)


@pytest.mark.parametrize("state", ["proposed", "done", "no such state"])
def test_steps_that_cannot_follow_are_refused(case: Case, state: str) -> None:
    with pytest.raises(ImpossibleStep):
        decide(recommendation=_recommended(case), state=state, opened_version=1, by=case.manager)


def test_nothing_is_done_before_it_is_decided(case: Case) -> None:
    with pytest.raises(ImpossibleStep):
        finish(recommendation=_recommended(case), opened_version=1, by=case.manager)


def test_the_second_of_two_people_deciding_is_told(case: Case) -> None:
    recommendation = _recommended(case)
    decide(recommendation=recommendation, state="accepted", opened_version=1, by=case.manager)

    with pytest.raises(EditConflict):
        decide(recommendation=recommendation, state="declined", why="No", opened_version=1, by=case.prescriber)

    assert recommendation.state == "accepted"
