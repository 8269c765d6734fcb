"""Each clinic is swept once a night in its own zone, and what a consumer missed is caught up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.alerts.models import RuleNumber
from registry.audit.recorder import record
from registry.db.transaction import write
from registry.extensions import db
from registry.jobs import nightly
from registry.jobs.models import JobRun
from registry.jobs.nightly import list_clinics_due, sweep_due, sweep_once
from tests import builders
from tests.integration.alerts.scene import NOW, TODAY, a_scene, on_stage

pytestmark = pytest.mark.usefixtures("_frozen_clock", "_known_instruments")


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
                value=70,
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


def test_a_closed_clinic_is_not_swept(app: Flask) -> None:
    with on_stage(app):
        clinic = builders.a_clinic("Closed")
        with write():
            clinic.ended_on = TODAY - timedelta(days=1)
            record("clinic.ended", by=None, subject=clinic)

        assert list_clinics_due(NOW) == []
