"""The place in the queue that is kept of somebody is what the facts give, whatever happened and however long ago."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.alerts.actions import close
from registry.alerts.models import Alert
from registry.alerts.sweep import sweep_clinic
from registry.case_review.meeting_list import next_turn, review_hour
from registry.case_review.queue import review_queue
from registry.caseload.models import CaseloadRow
from registry.caseload.ranking import Layer, place_on
from registry.caseload.rows import differences
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.actions import mark_entered_in_error
from registry.measurements.models import Measurement
from registry.patients.models import Patient
from registry.review.actions import Advice, ask_question, decide, record_review, void_review, withdraw
from registry.review.meeting import put_on_list
from registry.review.models import Recommendation, Review, ReviewQuestion
from tests.builders import a_patient, a_referral, an_episode
from tests.integration.review.conftest import NOW, Case, a_case
from tests.queue_by_facts import wrong_in_queue
from tests.worlds import Worlds

TODAY = NOW.date()
_LAYER = 20_000_000
"""Places of one layer, answered and not."""
LITHIUM = Advice(kind="start", words="Lithium 600 mg", to_name="Dr Mehta")


def a_waiting_room(app: Flask) -> Case:
    """Somebody well, reviewed three weeks ago, and three beside them: off target, silent, and never seen since."""
    case = a_case(app)
    with clock.at(NOW - timedelta(days=21)):
        case.scored(8, date(2026, 1, 5))
        with case.app.app_context(), scope.within({case.clinic_id}):
            _review(case)
    off, silent = (case.another(given=given) for given in ("Ana", "Ben"))
    case.another(given="Cleo", enrolled_on=TODAY)
    for on, total in ((date(2026, 1, 5), 21), (date(2026, 3, 9), 20)):
        case.scored(total, on, patient_id=off)
    case.scored(9, date(2026, 1, 20), patient_id=silent)
    return case


def _review(case: Case, *advice: Advice, episode: Episode | None = None, days_ago: int = 0) -> None:
    record_review(
        episode=episode or case.episode,
        reviewed_on=clock.now().date() - timedelta(days=days_ago),
        minutes=7,
        summary="Talked over",
        recommendations=advice,
        look_again_on=None,
        by=case.consultant,
    )


def _scored(case: Case) -> None:
    case.scored(20, TODAY)


def _danger(case: Case) -> None:
    case.scored(8, TODAY, item_9=1)


def _worse_danger(case: Case) -> None:
    case.scored(9, TODAY, item_9=2)


def _answered(case: Case) -> None:
    alert = db.session.scalars(select(Alert).where(Alert.is_safety, Alert.closed_at.is_(None))).one()
    close(alert=alert, outcome="contacted-safe", words="Safe with her sister", by=case.manager)


def _asked(case: Case) -> None:
    ask_question(episode=case.episode, words="Is this mixed?", by=case.manager)


def _withdrawn(case: Case) -> None:
    question = db.session.scalars(select(ReviewQuestion)).one()
    withdraw(question=question, by=case.manager)


def _advised(case: Case) -> None:
    _review(case, LITHIUM)


def _declined(case: Case) -> None:
    advice = db.session.scalars(select(Recommendation)).one()
    decide(recommendation=advice, state="declined", why="pregnant", opened_version=1, by=case.manager)


def _another_reviewed(case: Case) -> None:
    ana = select(Episode).join(Patient).where(Patient.legal_given == "Ana")
    _review(case, episode=db.session.scalars(ana).one())


def _voided(case: Case) -> None:
    last = db.session.scalars(select(Review).order_by(Review.recorded_at.desc(), Review.id.desc())).first()
    assert last is not None
    void_review(review=last, why="Another person", by=case.consultant)


def _struck_through(case: Case) -> None:
    """What the second answer of danger was told by, after somebody had closed what it opened."""
    _answered(case)
    last = db.session.scalars(select(Measurement).order_by(Measurement.recorded_at.desc())).first()
    assert last is not None
    mark_entered_in_error(measurement=last, why="Another person's form", by=case.manager)


def _swept(case: Case) -> None:
    sweep_clinic(db.session.get_one(Clinic, case.clinic_id))


EVENTS: Mapping[str, Callable[[Case], None]] = {
    "a question": _asked,
    "the question taken back": _withdrawn,
    "a score": _scored,
    "a safety answer": _danger,
    "its answer": _answered,
    "a review of the week before, typed in late": lambda case: _review(case, days_ago=7),
    "a review with advice": _advised,
    "the advice declined": _declined,
    "a review of somebody else": _another_reviewed,
    "a score after it": _scored,
    "a second answer of danger": _danger,
    "a review taken back": _voided,
    "a review of what is open": _advised,
    "something added to it": _worse_danger,
    "the form struck through": _struck_through,
}


@pytest.mark.both_databases
@pytest.mark.usefixtures("_frozen")
def test_the_order_is_that_of_the_facts_after_every_event_and_on_days_nobody_looked(app: Flask, worlds: Worlds) -> None:
    case = worlds.begin_with(a_waiting_room)
    wrong: dict[str, list[str]] = {}
    queues = []
    for number, (event, happens) in enumerate(EVENTS.items()):
        with _at(case, minutes=5 * number):
            happens(case)
            wrong[event] = [*wrong_in_queue({case.clinic_id: TODAY}), *map(str, differences(case.patient_id))]
            rows = review_queue({case.clinic_id: TODAY}).waiting
            queues.append([(row.patient_id, place_on(row, TODAY)) for row in rows])
    for days in (8, 30, 120):
        with _at(case, days=days):
            wrong[f"nobody looked for {days} days"] = list(wrong_in_queue({case.clinic_id: clock.now().date()}))
    with _at(case, days=120):
        _swept(case)
        wrong["a sweep"] = list(wrong_in_queue({case.clinic_id: clock.now().date()}))

    assert {event: found for event, found in wrong.items() if found} == {}
    moved = sum(before != after for before, after in pairwise(queues))
    assert moved >= len(EVENTS) - 4, "what happened moved nobody: nothing was tried"


@contextmanager
def _at(case: Case, **later: int) -> Iterator[None]:
    with clock.at(NOW + timedelta(**later)), case.app.app_context(), scope.within({case.clinic_id}):
        yield


@pytest.mark.usefixtures("_frozen")
def test_a_review_of_an_earlier_day_answers_nothing_that_came_after_it(app: Flask, worlds: Worlds) -> None:
    """However late it is typed in: neither an answer of danger, answered or not, nor a question."""
    case = worlds.begin_with(a_case)
    with _at(case, days=-2):
        case.scored(8, TODAY - timedelta(days=2), item_9=1)
        _asked(case)
    with _at(case):
        _review(case, days_ago=4)
        waiting = _row(case)
        assert place_on(waiting, TODAY) // _LAYER == Layer.SAFETY
        assert waiting.has_question
        _answered(case)
        _review(case, days_ago=3)
        assert (_row(case).queue_answered, _row(case).has_question) != ([], False)
        _review(case)
        assert (_row(case).queue_answered, _row(case).has_question) == ([], False)


@pytest.mark.usefixtures("_frozen")
def test_what_was_answered_during_the_referral_stays_for_the_psychiatrist_after_the_enrolment(
    app: Flask, worlds: Worlds
) -> None:
    case = worlds.begin_with(a_case)
    referred_on = TODAY - timedelta(days=6)
    with _at(case, days=-6):
        noa = a_patient(clinic=db.session.get_one(Clinic, case.clinic_id), given="Noa")
        noa_id, referred_id = noa.id, a_referral(patient=noa).id
    with _at(case, days=-5):
        case.scored(8, TODAY - timedelta(days=5), patient_id=noa_id, item_9=1)
        _answered(case)
    with _at(case):
        noa = db.session.get_one(Patient, noa_id)
        an_episode(patient=noa, referred_on=referred_on, enrolled_on=TODAY, care_manager=case.manager)
        row = db.session.get_one(CaseloadRow, referred_id)
        assert place_on(row, TODAY) // _LAYER == Layer.SAFETY
        assert len(row.queue_answered) == 1


@pytest.mark.usefixtures("_frozen")
def test_what_was_struck_through_after_somebody_answered_it_is_no_reason_to_wait(app: Flask, worlds: Worlds) -> None:
    case = worlds.begin_with(a_case)
    with _at(case):
        _danger(case)
        _struck_through(case)
        assert _row(case).queue_answered == []


def _row(case: Case) -> CaseloadRow:
    db.session.expire_all()
    return db.session.get_one(CaseloadRow, case.episode_id)


@pytest.mark.both_databases
@pytest.mark.usefixtures("_frozen")
def test_later_leads_through_everybody_who_waits_and_begins_again(app: Flask, worlds: Worlds) -> None:
    """However few are listed; first those on the list for the meeting, whether or not they wait."""
    case, today = worlds.begin_with(a_waiting_room), TODAY + timedelta(days=60)
    with _at(case, days=60):
        at = {case.clinic_id: today}
        waiting = [row.episode_id for row in review_queue(at).waiting]
        listed = waiting[-1]
        put_on_list(episode=db.session.get_one(Episode, listed), by=case.manager)
        expected = [listed, *waiting[:-1]]
        walked = [expected[0]]
        while len(walked) <= len(expected):
            row = db.session.get_one(CaseloadRow, walked[-1])
            following = next_turn(review_hour(at, limit=1), row, at)
            assert following is not None
            walked.append(following.episode_id)

    assert len(waiting) >= 3
    assert walked == [*expected, expected[0]]
