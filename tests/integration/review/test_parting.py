"""What case reviews left open when the episode ends or is handed over: declined in words, or asked again there."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.alerts.actions import close
from registry.alerts.models import Alert
from registry.caseload.models import CaseloadRow
from registry.contacts.actions import ContactFacts, record_contact
from registry.episodes import actions as episodes
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.actions import Advice, ask_question, decide, finish, record_review, void_review
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.queries import list_open_questions
from tests.builders import a_clinic, a_user
from tests.integration.review.conftest import NOW, Case
from tests.pages import fill_in, words
from tests.queue_by_facts import wrong_in_queue

TODAY = date(2026, 3, 12)


def _left_open(case: Case) -> None:
    """One recommendation done, one accepted, one nobody decided on, and a question."""
    review = record_review(
        episode=case.episode,
        reviewed_on=date(2026, 3, 5),
        minutes=10,
        summary="",
        recommendations=[
            Advice(kind="lab", words="TSH"),
            Advice(kind="start", words="Lithium"),
            Advice(kind="therapy", words="BA"),
        ],
        look_again_on=None,
        by=case.consultant,
    )
    for row in review.recommendations[:2]:
        version = row.version
        decide(recommendation=row, state="accepted", told_by="Dr Lin", opened_version=version, by=case.manager)
    done = review.recommendations[0]
    finish(recommendation=done, opened_version=done.version, by=case.manager)
    ask_question(episode=case.episode, words="Is this mixed?", by=case.manager)


def _states() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(Recommendation).order_by(Recommendation.position))
    return [(row.state, row.decision_why) for row in rows]


def test_whoever_ends_an_episode_says_what_becomes_of_what_is_open(case: Case) -> None:
    with case.app.app_context(), scope.within({case.clinic_id}):
        _left_open(case)
    browser, url = case.browser_of("manager"), f"/patients/{case.patient_id}/episodes/{case.episode_id}/end"
    said = words(browser.get(url))
    assert "Still open from case review: Start: Lithium Therapy: BA Question: Is this mixed?" in said
    assert "TSH" not in said

    silent = fill_in(browser, url, {"reason": "withdrew"})
    assert silent.status_code == 422
    assert "Say what becomes of what is still open" in words(silent)
    assert fill_in(browser, url, {"reason": "withdrew", "left_open": "Their own doctor goes on"}).status_code == 303

    with case.app.app_context(), scope.within({case.clinic_id}):
        assert _states() == [
            ("done", ""),
            ("declined", "Their own doctor goes on"),
            ("declined", "Their own doctor goes on"),
        ]
        assert list_open_questions(case.patient_id) == []
        told_by = db.session.scalars(select(Recommendation.decided_by_name).order_by(Recommendation.position)).all()
        assert told_by == ["Dr Lin", "", ""], "who accepted it declined nothing"


def test_an_end_taken_back_brings_back_what_it_declined_and_withdrew_as_it_stood(case: Case) -> None:
    with case.app.app_context(), scope.within({case.clinic_id}):
        _left_open(case)
        episodes.end_episode(episode=case.episode, reason="lost", on=TODAY, by=case.manager)
        assert list_open_questions(case.patient_id) == []
    browser, url = case.browser_of("manager"), f"/patients/{case.patient_id}/episodes/{case.episode_id}/reopen"
    assert "with the end: Start: Lithium Therapy: BA Question: Is this mixed?" in words(browser.get(url))

    assert fill_in(browser, url, {"why": "It was her sister"}).status_code == 303

    with case.app.app_context(), scope.within({case.clinic_id}):
        rows = db.session.scalars(select(Recommendation).order_by(Recommendation.position)).all()
        assert [(row.state, row.decision_why) for row in rows] == [("done", ""), ("accepted", ""), ("proposed", "")]
        assert [row.decided_by_name for row in rows] == ["Dr Lin", "Dr Lin", ""]
        assert [row.decided_on for row in rows] == [TODAY, TODAY, None]
        assert [row.decided_by_id for row in rows] == [case.manager_id, case.manager_id, None]
        assert [each.words for each in list_open_questions(case.patient_id)] == ["Is this mixed?"]


def test_a_review_voided_after_the_end_leaves_nothing_waiting_until_the_end_is_taken_back(case: Case) -> None:
    with case.app.app_context(), scope.within({case.clinic_id}):
        ask_question(episode=case.episode, words="Which dose?", by=case.manager)
        _left_open(case)
        episodes.end_episode(episode=case.episode, reason="lost", on=TODAY, by=case.manager)
        void_review(review=db.session.scalars(select(Review)).one(), why="Her sister's", by=case.consultant)

        assert list_open_questions(case.patient_id) == []

        episodes.reopen(episode=case.episode, why="By mistake", by=case.manager)
        assert [each.words for each in list_open_questions(case.patient_id)] == ["Which dose?", "Is this mixed?"]
        assert [state for state, _ in _states()] == ["done", "declined", "declined"], "of a review that counts nowhere"


def test_a_death_leaves_nothing_waiting(case: Case) -> None:
    with case.app.app_context(), scope.within({case.clinic_id}):
        _left_open(case)
        patient = db.session.get_one(Patient, case.patient_id)
        episodes.record_death(patient=patient, died_on=TODAY, today=TODAY, by=case.manager)

        assert {why for state, why in _states() if state == "declined"} == {"The person died"}


def _taken_over(case: Case, *, on: date = TODAY) -> tuple[uuid.UUID, uuid.UUID]:
    """By another clinic, before its first contact: its episode, and its care manager."""
    hillside = a_clinic("Hillside")
    there = a_user(clinic=hillside)
    transfer = episodes.propose_transfer(episode=case.episode, to_clinic=hillside, words="Moved", by=case.manager)
    received = episodes.accept_transfer(
        transfer=transfer, on=on, phase="active", team=(), opened_version=transfer.version, by=there
    )
    return received.id, there.id


def test_what_is_open_goes_along_with_a_transfer_as_questions_in_the_names_of_who_said_it(case: Case) -> None:
    with case.app.app_context(), scope.all_patients(reason="test"):
        with clock.at(NOW - timedelta(days=6)):
            _left_open(case)
        received_id, there_id = _taken_over(case)
        assert [each.episode_id for each in list_open_questions(case.patient_id)] == [case.episode_id], "still theirs"

        received = db.session.get_one(type(case.episode), received_id)
        spoken = ContactFacts(took_place_on=TODAY, kind="treatment", modality="phone", reached=True)
        by = db.session.get_one(type(case.manager), there_id)
        record_contact(patient_id=case.patient_id, clinic_id=received.clinic_id, facts=spoken, by=by)

        asked = db.session.scalars(
            select(ReviewQuestion).where(ReviewQuestion.episode_id == received_id).order_by(ReviewQuestion.id)
        ).all()
        assert [(each.asked_by_id, each.words.partition(" on 5 Mar 2026, ")[2] or each.words) for each in asked] == [
            (case.consultant_id, "not yet done: Start: Lithium"),
            (case.consultant_id, "not yet decided: Therapy: BA"),
            (case.manager_id, "Is this mixed?"),
        ]
        assert [each.asked_on for each in asked] == [TODAY, TODAY, TODAY - timedelta(days=6)], (
            "a question goes on ageing"
        )
        assert [each.episode_id for each in list_open_questions(case.patient_id)] == [received_id] * 3
        assert {why for state, why in _states() if state == "declined"} == {"Handed over to Hillside as a question"}


def test_a_danger_the_sender_answered_stays_for_the_receivers_psychiatrist(case: Case) -> None:
    with case.app.app_context(), scope.all_patients(reason="test"):
        case.scored(8, TODAY, item_9=1)
        alert = db.session.scalars(select(Alert).where(Alert.is_safety)).one()
        close(alert=alert, outcome="contacted-safe", words="Safe with her sister", by=case.manager)
        with clock.at(NOW + timedelta(days=2)):
            received_id, there_id = _taken_over(case, on=TODAY + timedelta(days=2))
            spoken = ContactFacts(
                took_place_on=TODAY + timedelta(days=2), kind="treatment", modality="phone", reached=True
            )
            received = db.session.get_one(type(case.episode), received_id)
            by = db.session.get_one(type(case.manager), there_id)
            record_contact(patient_id=case.patient_id, clinic_id=received.clinic_id, facts=spoken, by=by)

            row = db.session.get_one(CaseloadRow, received_id)
            assert row.queue_answered == [str(alert.id)]
            assert list(wrong_in_queue({received.clinic_id: TODAY + timedelta(days=2)})) == []
