"""Two people, or two clicks of one, at the same moment: nothing is lost or stored twice, nobody meets an error.

SQLite lets one write at a time; PostgreSQL lets them run side by side, and what they share must be taken in turn.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.access import scope
from registry.access.roles import Role
from registry.accounts.actions import give_role
from registry.accounts.models import User
from registry.administration.actions import close_on
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.models import Alert
from registry.alerts.rulebook import is_immediate
from registry.caseload import rows
from registry.clinics.models import Clinic
from registry.contacts.actions import report_danger
from registry.contacts.drafts import AnotherDraft, keep_draft
from registry.contacts.models import DangerReport, TimedContact
from registry.contacts.timer import AlreadyTiming, start_timer, time_review
from registry.db.transaction import write
from registry.episodes import actions as episodes
from registry.episodes.errors import PersonHasDied
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.verification import differences_of
from registry.patients.models import Patient
from registry.review.actions import ReviewedMeanwhile, record_review
from registry.review.meeting import move_up, put_on_list
from registry.review.models import MeetingCase
from tests.builders import a_patient, an_episode, id_of, sign_in
from tests.pages import Fields, fields_of
from tests.trust.forms import filled, sender
from tests.trust.history import NOW, TODAY
from tests.trust.routes import Route
from tests.trust.world import World

IN_THE_WAY = 0.5
"""Seconds the first waits for the second before it is stored: by then the second has met what the first holds."""

PATIENCE = 30

NOT_ONE_TRANSACTION = frozenset({"administration.reassign"})
"""Moves a caseload row by row: the slower of two is told that somebody was faster, and what is left is moved again."""


def _second_during_first(app: Flask, first: Callable[[], object], second: Callable[[], object]) -> None:
    """Run ``second`` while what ``first`` wrote is not stored yet. Raises what either of them raised."""
    has_begun, is_done, errors = threading.Event(), threading.Event(), list[BaseException]()

    def run_second() -> None:
        has_begun.wait(PATIENCE)
        try:
            with app.app_context(), scope.all_patients(reason="test"):
                second()
        except BaseException as error:
            errors.append(error)
        finally:
            is_done.set()

    thread = threading.Thread(target=run_second)
    thread.start()
    try:
        with app.app_context(), scope.all_patients(reason="test"), write():
            first()
            db.session.flush()
            has_begun.set()
            is_done.wait(IN_THE_WAY)
    finally:
        has_begun.set()
        thread.join(PATIENCE)
    if errors:
        raise errors[0]


def _record(world: World, *, taken_on: date, answer: int) -> Any:
    return record_measurement(
        patient_id=world.here.arguments["patient_id"],  # type: ignore[arg-type]  # the world holds an id there
        clinic_id=world.here.clinic,
        instrument="phq-9",
        taken_on=taken_on,
        mode="self-paper",
        answers={str(item): answer for item in range(1, 10)},
        by=None,
    )


def test_two_measures_saved_at_once_both_count(app: Flask, world: World) -> None:
    patient_id: Any = world.here.arguments["patient_id"]

    _second_during_first(
        app,
        lambda: _record(world, taken_on=TODAY, answer=1),
        lambda: _record(world, taken_on=date(2026, 3, 9), answer=3),
    )

    with app.app_context(), scope.all_patients(reason="test"):
        assert [str(each) for each in differences_of(patient_id)] == []
        assert rows.differences(patient_id) == []


def test_two_dangers_reported_at_once_are_both_kept_under_one_alert(app: Flask, world: World) -> None:
    patient_id = _somebody_without_alerts(app, world)

    def report(words: str) -> object:
        return report_danger(
            patient_id=patient_id,
            clinic_id=world.here.clinic,
            kind="self-harm",
            reported_on=TODAY,
            said_by="The patient",
            words=words,
            done="Called",
            by=db.session.get_one(User, world.here.people["care_manager"]),
        )

    _second_during_first(app, lambda: report("First"), lambda: report("Second"))

    with app.app_context(), scope.all_patients(reason="test"):
        said = db.session.scalars(select(DangerReport.words).where(DangerReport.patient_id == patient_id)).all()
        standing = db.session.scalars(
            select(Alert).where(Alert.patient_id == patient_id, Alert.is_safety, Alert.closed_at.is_(None))
        ).all()
    assert sorted(said) == ["First", "Second"]
    assert len(standing) == 1


def test_of_two_reviews_saved_at_once_the_second_is_told_of_the_first(app: Flask, world: World) -> None:
    patient_id, saved = _somebody_without_alerts(app, world), list[str]()

    def review(summary: str) -> None:
        try:
            record_review(
                episode=_episode_of(patient_id),
                reviewed_on=TODAY,
                minutes=10,
                summary=summary,
                recommendations=(),
                look_again_on=None,
                opened_at=NOW - timedelta(minutes=5),
                by=db.session.get_one(User, world.here.people["psychiatrist"]),
            )
            saved.append(summary)
        except ReviewedMeanwhile as meanwhile:
            saved.append(f"after {meanwhile.review.summary}")

    _second_during_first(app, lambda: review("First"), lambda: review("Second"))

    assert saved == ["First", "after First"]


def test_nobody_who_died_is_left_in_an_episode_reopened_at_the_same_moment(app: Flask, world: World) -> None:
    """Whichever of the two comes first."""
    died_first, reopened_first = (_somebody_without_alerts(app, world) for _ in range(2))
    said: list[str] = []

    def end(patient_id: uuid.UUID) -> None:
        episodes.end_episode(episode=_episode_of(patient_id), reason="lost", on=TODAY, note="Moved", by=None)

    def die(patient_id: uuid.UUID) -> None:
        patient = db.session.get_one(Patient, patient_id)
        episodes.record_death(patient=patient, died_on=TODAY, today=TODAY, by=None)

    def reopen(patient_id: uuid.UUID) -> None:
        try:
            episodes.reopen(episode=_episode_of(patient_id), why="Another person", by=None)
        except PersonHasDied:
            said.append("died")

    with app.app_context(), scope.all_patients(reason="test"):
        for each in (died_first, reopened_first):
            end(each)
    _second_during_first(app, lambda: die(died_first), lambda: reopen(died_first))
    _second_during_first(app, lambda: reopen(reopened_first), lambda: die(reopened_first))

    with app.app_context(), scope.all_patients(reason="test"):
        ended = [_episode_of(each).end_reason for each in (died_first, reopened_first)]
    assert (said, ended) == (["died"], ["lost", "died"])


def test_nobody_who_died_is_left_in_an_episode_referred_at_the_same_moment(app: Flask, world: World) -> None:
    """Whichever of the two comes first."""
    died_first, referred_first = (_somebody_without_alerts(app, world) for _ in range(2))
    said: list[str] = []

    def die(patient_id: uuid.UUID) -> None:
        patient = db.session.get_one(Patient, patient_id)
        episodes.record_death(patient=patient, died_on=TODAY, today=TODAY, by=None)

    def refer(patient_id: uuid.UUID) -> None:
        patient, clinic = db.session.get_one(Patient, patient_id), db.session.get_one(Clinic, world.sister.clinic)
        try:
            episodes.refer(patient=patient, clinic=clinic, referred_on=TODAY, by=None)
        except PersonHasDied:
            said.append("died")

    _second_during_first(app, lambda: die(died_first), lambda: refer(died_first))
    _second_during_first(app, lambda: refer(referred_first), lambda: die(referred_first))

    with app.app_context(), scope.all_patients(reason="test"):
        people = Episode.patient_id.in_([died_first, referred_first])
        ends = db.session.scalars(select(Episode.end_reason).where(people)).all()
    assert (said, ends) == (["died"], ["died"] * 3)


def test_a_role_two_give_at_once_is_held_once(app: Flask, world: World) -> None:
    browser, person_id = sign_in(app.test_client(), world.here.people["administrator"]), world.here.people["clinician"]
    address = f"/administration/users/{person_id}"
    given = {"role": "peer_specialist", "clinic_id": str(world.here.clinic)}
    form = fields_of(browser.get(address), button="Give role") | given
    answers: list[TestResponse] = []

    def give() -> None:
        person = db.session.get_one(User, person_id)
        give_role(person, clinic_id=world.here.clinic, role=Role.PEER_SPECIALIST, starts_on=TODAY, by=None)

    _second_during_first(app, give, lambda: answers.append(browser.post(address, data=form)))

    assert [(each.status_code, each.location) for each in answers] == [(303, address)]


def test_two_who_order_the_meeting_list_at_once_leave_everybody_one_place(app: Flask, world: World) -> None:
    people = [_somebody_without_alerts(app, world) for _ in range(4)]

    def put(patient_id: uuid.UUID) -> None:
        put_on_list(episode=_episode_of(patient_id), by=db.session.get_one(User, world.here.people["care_manager"]))

    def move(patient_id: uuid.UUID, before: uuid.UUID) -> None:
        by = db.session.get_one(User, world.here.people["care_manager"])
        move_up(episode=_episode_of(patient_id), before=_episode_of(before).id, by=by)

    with app.app_context(), scope.all_patients(reason="test"):
        put(people[0])
        put(people[1])
    _second_during_first(app, lambda: put(people[2]), lambda: put(people[3]))
    _second_during_first(app, lambda: move(people[2], people[1]), lambda: move(people[1], people[0]))

    with app.app_context(), scope.all_patients(reason="test"):
        listed = select(MeetingCase.patient_id).where(MeetingCase.patient_id.in_(people)).order_by(MeetingCase.place)
        order = [people.index(each) for each in db.session.scalars(listed)]
        places = db.session.scalars(select(MeetingCase.place).where(MeetingCase.patient_id.in_(people))).all()
    assert (order, len(set(places))) == ([1, 0, 2, 3], 4)


def test_two_days_closed_at_once_move_a_clock_past_both(app: Flask, world: World) -> None:
    patient_id, lead_id = _somebody_without_alerts(app, world), world.here.people["clinic_lead"]

    def close(day: date) -> None:
        clinic, by = db.session.get_one(Clinic, world.here.clinic), db.session.get_one(User, lead_id)
        close_on(clinic=clinic, day=day, words="Storm", by=by)

    with app.app_context(), scope.all_patients(reason="test"):
        report_danger(
            patient_id=patient_id,
            clinic_id=world.here.clinic,
            kind="self-harm",
            reported_on=TODAY,
            said_by="The patient",
            words="She said so",
            done="Called",
            by=db.session.get_one(User, lead_id),
        )
    _second_during_first(app, lambda: close(TODAY), lambda: close(TODAY + timedelta(days=1)))

    with app.app_context(), scope.all_patients(reason="test"):
        alert = db.session.scalars(select(Alert).where(Alert.patient_id == patient_id, Alert.is_safety)).one()
        times = response_times_of(db.session.get_one(Clinic, world.here.clinic))
        assert alert.look_at == times.acknowledge_by(NOW, immediate=is_immediate(alert.evidence))


def _episode_of(patient_id: uuid.UUID) -> Episode:
    return db.session.scalars(select(Episode).where(Episode.patient_id == patient_id)).one()


def _somebody_without_alerts(app: Flask, world: World) -> uuid.UUID:
    with app.app_context():
        clinic = db.session.get_one(Clinic, world.here.clinic)
        patient = a_patient(clinic=clinic)
        an_episode(patient=patient, clinic=clinic, enrolled_on=TODAY)
        return id_of(patient)


def test_a_second_click_at_the_same_moment_lands_where_the_first_one_led(
    app: Flask, world: World, chosen_forms: Sequence[Route]
) -> None:
    """Every form that is stored at all as its page offers it."""
    odd = {}
    for route in chosen_forms:
        browser = sign_in(app.test_client(), world.here.people[sender(route)])
        form = filled(browser, route, world.here)
        if not form.get("form_key") or route.endpoint in NOT_ONE_TRANSACTION:
            continue
        answers = _at_once(browser, route.address(world.here.arguments), form)
        seen = {(answer.status_code, answer.location) for answer in answers}
        if len(seen) > 1:
            odd[route.endpoint] = seen
    assert odd == {}


def _at_once(browser: FlaskClient, address: str, form: Fields) -> list[TestResponse]:
    """Both answers to the same form sent twice at the same moment."""
    start, answers, errors = threading.Barrier(2), list[TestResponse](), list[BaseException]()

    def send() -> None:
        twin = browser.application.test_client()
        for name in ("sid", "form"):
            cookie = browser.get_cookie(name)
            assert cookie is not None
            twin.set_cookie(name, cookie.value)
        start.wait(PATIENCE)
        try:
            answers.append(twin.post(address, data=form))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    if errors:
        raise AssertionError(f"{address}: {type(errors[0]).__name__}") from errors[0]
    return answers


def test_two_clicks_on_a_timer_and_on_a_first_draft_begin_one_of_each(app: Flask, world: World) -> None:
    patient_id = _somebody_without_alerts(app, world)
    begun: list[str] = []

    def begin(form_key: str) -> None:
        by, where = db.session.get_one(User, world.here.people["psychiatrist"]), world.here.clinic
        try:
            keep_draft(patient_id=patient_id, clinic_id=where, form_key=form_key, typed={"note": "zanote"}, by=by)
            begun.append(form_key)
        except AnotherDraft:
            begun.append(f"not {form_key}")

    def start() -> None:
        by = db.session.get_one(User, world.here.people["psychiatrist"])
        try:
            start_timer(patient_id=patient_id, clinic_id=world.here.clinic, by=by)
            begun.append("timer")
        except AlreadyTiming:
            begun.append("not another timer")

    _second_during_first(app, lambda: begin("a"), lambda: begin("b"))
    _second_during_first(app, start, start)

    assert begun == ["a", "not b", "timer", "not another timer"]


def test_two_clicks_on_the_timer_of_a_review_time_the_case_that_was_clicked_last(app: Flask, world: World) -> None:
    first, second = (_somebody_without_alerts(app, world) for _ in range(2))

    def time(patient_id: uuid.UUID) -> None:
        by = db.session.get_one(User, world.here.people["psychiatrist"])
        time_review(patient_id=patient_id, clinic_id=world.here.clinic, by=by)

    _second_during_first(app, lambda: time(first), lambda: time(first))
    _second_during_first(app, lambda: time(first), lambda: time(second))

    with app.app_context(), scope.all_patients(reason="test"):
        reviewer = TimedContact.user_id == world.here.people["psychiatrist"]
        assert db.session.scalars(select(TimedContact.patient_id).where(reviewer)).all() == [second]
