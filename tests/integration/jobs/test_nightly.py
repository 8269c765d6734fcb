"""Each clinic is swept once a night in its own zone, and what a consumer missed is caught up."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from registry import clock
from registry.alerts import sweep as sweeping
from registry.alerts.models import RuleNumber
from registry.alerts.reconcile import reconcile_patients
from registry.alerts.sweep import Sweep, sweep_clinic
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.jobs import nightly, readiness
from registry.jobs.models import JobRun
from registry.jobs.nightly import list_clinics_due, sweep_due, sweep_once
from registry.jobs.turns import Overtaken, take_turn
from tests import builders
from tests.integration.alerts.scene import NOW, TODAY, a_scene, on_stage

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("_frozen_clock", "_known_instruments")]


@pytest.mark.parametrize(
    ("instant", "due"),
    [
        ("2026-03-11T06:29", ["West 2026-03-10"]),  # 02:29 in New York; 23:29 the evening before in Los Angeles
        ("2026-03-11T06:30", ["East 2026-03-11", "West 2026-03-10"]),
        ("2026-03-11T07:30", ["East 2026-03-11"]),  # half past midnight in Los Angeles
        ("2026-03-11T09:30", ["East 2026-03-11", "West 2026-03-11"]),
        ("2026-03-08T06:59", ["West 2026-03-07"]),  # 01:59 in New York, a minute before its clocks jump to 03:00
        ("2026-03-08T07:00", ["East 2026-03-08", "West 2026-03-07"]),
    ],
)
def test_a_clinic_is_due_from_half_past_two_in_its_own_zone(app: Flask, instant: str, due: list[str]) -> None:
    with on_stage(app):
        builders.a_clinic("East", time_zone="America/New_York")
        builders.a_clinic("West", time_zone="America/Los_Angeles")
        now = datetime.fromisoformat(instant).replace(tzinfo=UTC)

        assert [f"{clinic.name} {day}" for clinic, day in list_clinics_due(now)] == due


def test_a_clinic_is_swept_once_for_a_date(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        done = sweep_once(scene.clinic, today=TODAY)
        assert done is not None
        assert done.checked == 1

        assert sweep_once(scene.clinic, today=TODAY) is None
        assert sweep_due() == []
        (run,) = db.session.scalars(select(JobRun)).all()
        assert run.outcome is not None
        assert run.outcome["checked"] == 1


def test_the_next_night_it_is_swept_again(app: Flask) -> None:
    with on_stage(app):
        a_scene()
        sweep_due()
        with clock.at(NOW + timedelta(days=1)):
            assert len(sweep_due()) == 1


def test_a_changed_number_is_swept_for_on_the_same_day_once(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        sweep_due()
        with write():
            row = RuleNumber(
                clinic_id=scene.clinic.id,
                parameter="target.off.after",
                choice="own",
                value=70,
                signed_edition=1,
                why="Our psychiatrist wants it so",
                set_by_id=scene.lead.id,
                set_at=clock.now(),
            )
            db.session.add(row)
            record("rule.changed", by=scene.lead, subject=row)

        assert [done.checked for done in sweep_due()] == [1]
        assert sweep_due() == []


def test_a_sweep_that_was_stopped_is_finished_by_the_next_run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(app):
        scene = a_scene()

        def stopped(*_args: object, **_named: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(nightly, "sweep_clinic", stopped)
        with pytest.raises(KeyboardInterrupt):
            sweep_once(scene.clinic, today=TODAY)
        monkeypatch.undo()

        done = sweep_once(scene.clinic, today=TODAY)
        assert done is not None
        assert done.checked == 1


def test_a_sweep_whose_writes_fail_half_way_is_not_finished_until_they_succeed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when PostgreSQL is started again meanwhile."""
    with on_stage(app):
        scene = a_scene()
        other = builders.a_patient(clinic=scene.clinic)
        builders.an_episode(patient=other)
        lost = builders.id_of(other)

        def reconcile(people: Sequence[uuid.UUID]) -> object:
            if lost in people:
                raise OperationalError("UPDATE episode", {}, Exception("the connection is lost"))
            return reconcile_patients(people)

        monkeypatch.setattr(sweeping, "reconcile_patients", reconcile)
        with capture_logs() as said:
            (done,) = sweep_due()
        assert (done.checked, done.failed) == (1, 1)
        assert {line.get("patient_id") for line in said} == {str(lost)}
        monkeypatch.undo()

        assert [done.checked for done in sweep_due()] == [1]
        assert sweep_due() == []


def test_a_clinic_whose_sweep_fails_keeps_no_other_from_being_swept(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(app):
        broken, sound = builders.a_clinic("A clinic"), builders.a_clinic("Another clinic")
        broken_id, sound_id = broken.id, sound.id

        def sweep(clinic: Clinic, **given: Any) -> Sweep:
            if clinic.id == broken_id:
                raise ValueError("Ada Example, born 17 May 1980")
            return sweep_clinic(clinic, **given)

        monkeypatch.setattr(nightly, "sweep_clinic", sweep)
        with capture_logs() as said:
            assert len(sweep_due()) == 1
        assert [(line["event"], line["clinic_id"], line["error"]) for line in said] == [
            ("sweep.clinic-failed", str(broken_id), "ValueError")
        ]
        assert said[0]["where"][-1].endswith(":sweep")
        assert "Ada" not in str(said)
        monkeypatch.undo()

        assert len(sweep_due()) == 1, "the one that failed, at once"
        runs = {run.occasion[:36]: run.finished_at for run in db.session.scalars(select(JobRun))}
        assert runs.keys() == {str(broken_id), str(sound_id)}
        assert all(runs.values())


def test_of_two_consumers_at_once_one_sweeps(app: Flask) -> None:
    with on_stage(app):
        clinic_id = builders.id_of(a_scene().clinic)
    together = Barrier(2)

    def consumer() -> Sweep | None:
        with app.app_context():
            clinic = db.session.get_one(Clinic, clinic_id)
            together.wait()
            return sweep_once(clinic, today=TODAY)

    with ThreadPoolExecutor(2) as consumers:
        done = [each.result() for each in [consumers.submit(consumer) for _ in range(2)]]

    assert sorted(each is None for each in done) == [False, True]


def test_a_turn_is_taken_over_when_its_holder_was_silent_for_five_minutes(app: Flask) -> None:
    with app.app_context():
        killed = take_turn("alerts.sweep", "a night")
        assert killed is not None
        with clock.at(NOW + timedelta(minutes=4)):
            killed.stay_alive()
        with clock.at(NOW + timedelta(minutes=8, seconds=59)):
            assert take_turn("alerts.sweep", "a night") is None
        with clock.at(NOW + timedelta(minutes=9)):
            heir = take_turn("alerts.sweep", "a night")
            assert heir is not None
            for woken in (killed.stay_alive, killed.give_back):
                with pytest.raises(Overtaken):
                    woken()
            heir.finish({"checked": 1})
            assert take_turn("alerts.sweep", "a night") is None


def test_somebody_due_for_more_than_a_day_is_not_ready(app: Flask) -> None:
    with on_stage(app):
        a_scene()
        due_on = db.session.scalars(select(Episode.next_check_on)).one()
        assert due_on is not None
        for days, problem in ((1, ""), (2, "1 in care not looked at")):
            with clock.at(NOW + (due_on - TODAY) + timedelta(days=days)):
                assert readiness.sweep().startswith(problem)
                assert bool(readiness.sweep()) == bool(problem)


def test_a_closed_clinic_is_not_swept(app: Flask) -> None:
    with on_stage(app):
        clinic = builders.a_clinic("Closed")
        with write():
            clinic.ended_on = TODAY - timedelta(days=1)
            record("clinic.ended", by=None, subject=clinic)

        assert list_clinics_due(NOW) == []
