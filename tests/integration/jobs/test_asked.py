"""A sweep somebody asks for takes a turn, whichever of several consumers gets it; what is killed is found again."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Lock
from unittest.mock import Mock

import pytest
from flask import Flask
from huey import Huey
from sqlalchemy import select

from registry import clock
from registry.alerts.sweep import sweep_clinic
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.jobs import nightly
from registry.jobs.asked import UnderWay, ask_for_sweep, list_left_over, sweep_asked
from registry.jobs.models import JobRun
from registry.jobs.nightly import SWEEP, sweep_once
from registry.jobs.queue import open_queue
from registry.jobs.tasks import register_jobs, send_sweep, sweep_clinics
from registry.jobs.turns import SILENT_AFTER, take_turn
from tests import builders
from tests.integration.alerts.scene import NOW, TODAY, a_scene, on_stage

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("_frozen_clock", "_known_instruments")]

MANY = 20


@pytest.fixture
def opened(app: Flask) -> Iterator[Callable[[], Huey]]:
    """Opens the queue as one more process does; it is left empty."""
    queues: list[Huey] = []

    def another() -> Huey:
        queue = open_queue(app.config["SETTINGS"])
        queue.storage.blocking = False
        queues.append(queue)
        return queue

    another().storage.flush_queue()
    yield another
    queues[0].storage.flush_queue()
    for queue in queues:
        queue.storage.close()


def at_once(act: Callable[[Huey], object], *queues: Huey) -> list[object]:
    """Each consumer in a thread of its own, all from the same moment."""
    together = Barrier(len(queues))

    def consumer(queue: Huey) -> object:
        together.wait()
        return act(queue)

    with ThreadPoolExecutor(len(queues)) as threads:
        return [each.result() for each in [threads.submit(consumer, queue) for queue in queues]]


def test_of_two_consumers_one_takes_each_task(opened: Callable[[], Huey]) -> None:
    done: list[int] = []
    lock = Lock()

    def note(number: int) -> None:
        with lock:
            done.append(number)

    queues = [opened() for _ in range(3)]
    tasks = [queue.task(name="note")(note) for queue in queues]
    for number in range(MANY):
        tasks[0](number)
    queues[0].storage.close()  # whoever asked is gone

    def consume(queue: Huey) -> None:
        while (task := queue.dequeue()) is not None:
            queue.execute(task)

    at_once(consume, *queues[1:])

    assert sorted(done) == list(range(MANY))


def test_what_this_installation_did_not_sign_is_not_run(opened: Callable[[], Huey]) -> None:
    queue = opened()
    queue.storage.enqueue(pickle.dumps(("somebody", "else's")))

    with pytest.raises(ValueError, match=r"Separator|mismatch"):
        queue.dequeue()


def test_a_sweep_asked_for_runs_once_though_two_consumers_hear_of_it(
    app: Flask, opened: Callable[[], Huey], monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(app):
        occasion = ask_for_sweep(clinic=a_scene().clinic, by=None)
    assert send_sweep(app, occasion)
    assert send_sweep(app, occasion)
    swept = Mock(wraps=sweep_clinic)
    monkeypatch.setattr(nightly, "sweep_clinic", swept)
    queues = [opened(), opened()]
    for queue in queues:
        register_jobs(queue, app)

    at_once(lambda queue: queue.execute(queue.dequeue()), *queues)

    assert swept.call_count == 1
    with on_stage(app):
        (run,) = db.session.scalars(select(JobRun)).all()
        assert run.finished_at == NOW
        assert run.outcome is not None
        assert run.outcome["checked"] == 1


def test_it_is_asked_for_once_and_not_beside_another_sweep_of_the_clinic(app: Flask) -> None:
    with on_stage(app):
        clinic, other = a_scene().clinic, builders.a_clinic("Another")
        occasion = ask_for_sweep(clinic=clinic, by=None)
        with pytest.raises(UnderWay):
            ask_for_sweep(clinic=clinic, by=None)
        ask_for_sweep(clinic=other, by=None)

        night = take_turn(SWEEP, f"{clinic.id} {TODAY.isoformat()} rules")
        assert night is not None
        assert sweep_asked(occasion) is None, "the night's sweep is at it"
        night.finish({})
        assert sweep_asked(occasion) is not None
        assert sweep_asked(occasion) is None
        with clock.at(NOW + timedelta(hours=1)):
            ask_for_sweep(clinic=clinic, by=None)


def test_a_sweep_no_queue_heard_of_and_one_that_was_cut_off_are_found_within_a_quarter_of_an_hour(app: Flask) -> None:
    with on_stage(app):
        unheard, cut_off = a_scene().clinic, builders.a_clinic("Another")
        occasions = [ask_for_sweep(clinic=clinic, by=None) for clinic in (unheard, cut_off)]
        assert take_turn(SWEEP, occasions[1]) is not None  # and was killed
        sweep_clinics()
        assert list_left_over(NOW) == [occasions[1]]
        with clock.at(NOW + SILENT_AFTER):
            sweep_clinics()
            assert list_left_over(clock.now()) == []


def test_a_wish_is_forgotten_after_a_day(app: Flask) -> None:
    with on_stage(app):
        occasion = ask_for_sweep(clinic=a_scene().clinic, by=None)
        assert list_left_over(NOW + timedelta(hours=23)) == [occasion]
        assert list_left_over(NOW + timedelta(days=1)) == []


def test_the_command_takes_a_turn_and_passes_over_a_clinic_that_is_being_swept(app: Flask) -> None:
    cli = app.test_cli_runner()
    with on_stage(app):
        clinic_id = builders.id_of(a_scene().clinic)
    assert "Riverside: 1 checked" in cli.invoke(args=["alerts", "sweep"]).output
    with on_stage(app):
        (run,) = db.session.scalars(select(JobRun)).all()
        assert run.finished_at is not None
        assert take_turn(SWEEP, f"{clinic_id} {TODAY.isoformat()} rules") is not None

    again = cli.invoke(args=["alerts", "sweep"])

    assert again.exit_code == 0
    assert again.output == "Riverside is being swept, or will be within a quarter of an hour\n"
    with on_stage(app), clock.at(NOW + SILENT_AFTER):
        assert sweep_once(db.session.get_one(Clinic, clinic_id), today=TODAY) is not None
