"""The power goes while something is stored: everybody's record is wholly as before or wholly as after, and the next
sweep brings what an undisturbed one does.

A child of this process does the work, says when it has come to the place, and is killed there (SIGKILL).
"""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from registry import clock
from registry.access.roles import Role
from registry.accounts.models import User
from registry.alerts import sweep as sweeping
from registry.alerts.models import AlertEvent
from registry.alerts.reconcile import reconcile_patients
from registry.alerts.sweep import Sweep, list_unanswered
from registry.audit.chain import verify
from registry.audit.models import AuditEvent
from registry.audit.queries import iterate_links
from registry.caseload import rows as caseload
from registry.clinics.models import Clinic
from registry.db.pacing import Pace
from registry.db.transaction import BEFORE_COMMIT
from registry.episodes.models import Episode
from registry.extensions import db
from registry.jobs.asked import ask_for_sweep, list_left_over, sweep_asked
from registry.jobs.nightly import sweep_once
from registry.jobs.queue import open_queue
from registry.jobs.tasks import register_jobs, send_sweep, sweep_clinics
from registry.jobs.turns import SILENT_AFTER, Turn
from registry.measurements.actions import record_measurement
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import Measurement
from tests import builders
from tests.integration.alerts.scene import NOW, alerts_of, on_stage, phq9
from tests.worlds import Worlds

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("_frozen_clock")]

NIGHT = NOW.replace(hour=7) + timedelta(days=60)
"""03:00 in New York, when much has come due."""
SECONDS = 60

Ids = dict[str, uuid.UUID]
Reached = Callable[[], NoReturn]


def two_clinics(app: Flask) -> Ids:
    """Two people each in a clinic that will be struck, and in its twin."""
    with app.app_context():
        sync_instruments()
    ids: Ids = {}
    with on_stage(app), builders.at_once():
        for name in ("struck", "twin"):
            clinic = builders.a_clinic(name)
            ids[name] = clinic.id
            ids[f"{name} care manager"] = builders.a_user(role=Role.CARE_MANAGER, clinic=clinic).id
            for number in (1, 2):
                patient = builders.a_patient(clinic=clinic)
                builders.an_episode(patient=patient, enrolled_on=clinic.today(NOW) - timedelta(days=3))
                ids[f"{name} {number}"] = patient.id
    return ids


@pytest.fixture
def ids(app: Flask, worlds: Worlds) -> Ids:
    return worlds.begin_with(two_clinics)


# Where it strikes


def sweep_of(ids: Ids, name: str, **given: Any) -> Sweep | None:
    return sweep_once(db.session.get_one(Clinic, ids[name]), today=NIGHT.date(), **given)


def a_person_at_a_time(sleep: Callable[[float], object] = lambda _: None) -> Pace:
    return Pace(lambda: False, people=1, sleep=sleep)


def before_the_second_person_is_committed(ids: Ids, reached: Reached) -> None:
    taken: list[object] = []

    def reconcile(people: Any) -> object:
        taken.append(people)
        return reconcile_patients(people)

    before_a_commit(lambda: len(taken) == 2, reached)
    pytest.MonkeyPatch().setattr(sweeping, "reconcile_patients", reconcile)  # never undone: the child is killed
    sweep_of(ids, "struck", pace=a_person_at_a_time())


def between_two_people(ids: Ids, reached: Reached) -> None:
    sweep_of(ids, "struck", pace=a_person_at_a_time(lambda _seconds: reached()))


def when_all_is_done_but_said(ids: Ids, reached: Reached) -> None:
    pytest.MonkeyPatch().setattr(Turn, "finish", lambda _turn, _outcome: reached())
    sweep_of(ids, "struck", pace=a_person_at_a_time())


def by_a_consumer_that_was_sent_it(ids: Ids, reached: Reached) -> None:
    """What the queue held is gone with whoever took it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's own way to the app
    pytest.MonkeyPatch().setattr(Turn, "stay_alive", lambda _turn: reached())
    queue = open_queue(app.config["SETTINGS"])
    register_jobs(queue, app)
    queue.execute(queue.dequeue())


def before_a_danger_is_committed(ids: Ids, reached: Reached) -> None:
    before_a_commit(lambda: True, reached)
    record_danger(ids, "struck")


def after_a_danger_is_committed(ids: Ids, reached: Reached) -> None:
    record_danger(ids, "struck")
    reached()


def before_a_commit(is_there: Callable[[], bool], reached: Reached) -> None:
    """Past the last hook: everything is flushed."""

    def last_hook() -> None:
        if is_there():
            reached()

    current_app.extensions[BEFORE_COMMIT] = (*current_app.extensions[BEFORE_COMMIT], last_hook)


def record_danger(ids: Ids, name: str) -> None:
    record_measurement(
        patient_id=ids[f"{name} 1"],
        clinic_id=ids[name],
        instrument="phq-9",
        mode="self-paper",
        taken_on=NIGHT.date(),
        answers=phq9(9, item9=1),
        by=db.session.get_one(User, ids[f"{name} care manager"]),
    )


# Who strikes


def killed(app: Flask, act: Callable[[Ids, Reached], None], ids: Ids) -> None:
    """A child does this and is killed where it says "here"."""
    with app.app_context():
        db.engine.dispose()  # a connection is nobody's to share
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        _as_child(app, act, ids, its)
    os.close(its)
    with os.fdopen(ours, "rb") as heard:
        said = heard.read(4)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    assert said == b"here"
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def _as_child(app: Flask, act: Callable[[Ids, Reached], None], ids: Ids, its: int) -> NoReturn:
    def reached() -> NoReturn:
        os.write(its, b"here")
        while True:
            signal.pause()

    try:
        signal.alarm(SECONDS)
        with at_night(app):
            act(ids, reached)
    finally:
        os._exit(1)


@contextmanager
def at_night(app: Flask, later: timedelta = timedelta()) -> Iterator[None]:
    with on_stage(app), clock.at(NIGHT + later):
        yield


def forget_what_is_queued(app: Flask) -> None:
    """The queue is no part of the record, so another test's tasks are still in it."""
    queue = open_queue(app.config["SETTINGS"])
    queue.flush()
    queue.storage.close()


# What is seen


def person(patient_id: uuid.UUID) -> tuple[object, ...]:
    """What a person's record says, as it could be said of their twin."""
    number_of = {
        name: db.session.scalar(select(func.count()).select_from(table).where(column == patient_id))
        for name, table, column in (
            ("steps", AlertEvent, AlertEvent.patient_id),
            ("events", AuditEvent, AuditEvent.person_id),
            ("measurements", Measurement, Measurement.patient_id),
        )
    }
    return (
        [(each.rule, each.tier, each.sentence, each.since, each.state) for each in alerts_of(patient_id)],
        db.session.scalars(select(Episode.next_check_on).where(Episode.patient_id == patient_id)).one(),
        sorted(number_of.items()),
    )


def both(ids: Ids, name: str) -> list[tuple[object, ...]]:
    return [person(ids[f"{name} {number}"]) for number in (1, 2)]


def is_sound(ids: Ids) -> bool:
    """The record follows from the facts, nobody's danger is unanswered, and the chain of events holds."""
    key = current_app.config["SETTINGS"].audit_key.encode()
    people = [ids[f"{name} {number}"] for name in ("struck", "twin") for number in (1, 2)]
    stored = not any(caseload.differences(each) for each in people)
    return stored and not list_unanswered() and not verify(iterate_links(), key=key).breaks


@pytest.mark.parametrize(
    ("strikes", "are_new"),
    [
        (before_the_second_person_is_committed, 1),
        pytest.param(between_two_people, 1, marks=pytest.mark.trust),
        pytest.param(when_all_is_done_but_said, 2, marks=pytest.mark.trust),
    ],
)
def test_a_sweep_that_is_killed_leaves_each_person_wholly_old_or_new_and_is_finished_later(
    app: Flask, ids: Ids, strikes: Callable[[Ids, Reached], None], are_new: int
) -> None:
    with at_night(app):
        old = both(ids, "twin")
        assert both(ids, "struck") == old
        sweep_of(ids, "twin")
        new = both(ids, "twin")
        assert old[0] != new[0]

    killed(app, strikes, ids)

    with at_night(app):
        assert sorted(map(str, both(ids, "struck"))) == sorted(map(str, [*new[:are_new], *old[are_new:]]))
        assert is_sound(ids)
        assert sweep_of(ids, "struck") is None, "whoever is at it may be alive"
    with at_night(app, later=SILENT_AFTER):
        done = sweep_of(ids, "struck")
        assert done is not None
        assert done.checked == 2 - are_new
        assert both(ids, "struck") == new
        assert is_sound(ids)


def test_a_sweep_sent_to_a_consumer_that_is_killed_is_finished_by_another(app: Flask, ids: Ids) -> None:
    with at_night(app):
        forget_what_is_queued(app)
        sweep_of(ids, "twin")
        new = both(ids, "twin")
        occasion = ask_for_sweep(clinic=db.session.get_one(Clinic, ids["struck"]), by=None)
        assert send_sweep(app, occasion)

    killed(app, by_a_consumer_that_was_sent_it, ids)

    with at_night(app):
        queue = open_queue(app.config["SETTINGS"])
        assert queue.storage.queue_size() == 0
        queue.storage.close()
        assert sweep_asked(occasion) is None, "whoever is at it may be alive"
    with at_night(app, later=SILENT_AFTER):
        sweep_clinics()
        assert both(ids, "struck") == new
        assert list_left_over(clock.now()) == []
        assert is_sound(ids)


@pytest.mark.parametrize(
    ("strikes", "is_stored"),
    [
        (before_a_danger_is_committed, False),
        pytest.param(after_a_danger_is_committed, True, marks=pytest.mark.trust),
    ],
)
def test_a_danger_is_stored_with_its_alert_or_not_at_all(
    app: Flask, ids: Ids, strikes: Callable[[Ids, Reached], None], is_stored: bool
) -> None:
    with at_night(app):
        old = both(ids, "twin")
        record_danger(ids, "twin")
        new = both(ids, "twin")

    killed(app, strikes, ids)

    with at_night(app):
        assert both(ids, "struck") == (new if is_stored else old)
        assert is_sound(ids)
        assert [each.rule for each in alerts_of(ids["struck 1"]) if each.is_safety] == ["safety.self-harm"] * is_stored
        for name in ("twin", "struck"):
            sweep_of(ids, name)
        if is_stored:
            assert both(ids, "struck") == both(ids, "twin")
