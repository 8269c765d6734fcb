"""The jobs run by themselves, one failing never stops the others, and people are let in only when all is well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from structlog.testing import capture_logs

from config import Settings
from registry import clock
from registry.db.engine import is_sqlite
from registry.db.transaction import BEFORE_COMMIT, write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.jobs import readiness
from registry.jobs.heartbeat import beat, silence
from registry.jobs.queue import open_queue
from registry.jobs.tasks import JOBS, register_jobs, run_job
from registry.measurements.models import SafetySignal
from tests.integration.alerts.scene import NOW, a_scene, alerts_of, measured, on_stage

pytestmark = pytest.mark.usefixtures("_frozen_clock", "_known_instruments")


def test_every_job_runs_at_its_minutes(app: Flask, settings: Settings, tmp_path: Path) -> None:
    from dataclasses import replace

    queue = open_queue(replace(settings, data_folder=tmp_path))
    register_jobs(queue, app)

    def due(minute: int) -> set[str]:
        tasks = queue.read_periodic(datetime(2026, 3, 11, 7, minute, tzinfo=UTC).replace(tzinfo=None))
        return {task.name for task in tasks}

    every_quarter = {"alerts.sweep", "messages.digest"}
    assert due(0) == {"heartbeat", "caseload.panels", "messages.send", "alerts.clock"} | every_quarter
    assert due(5) == {"heartbeat", "caseload.panels", "messages.send", "alerts.clock"}
    assert due(7) == {"heartbeat", "caseload.panels", "messages.send"}
    assert (tmp_path / "jobs.db").exists() == is_sqlite(settings.app_database_url), "PostgreSQL keeps the queue itself"
    queue.storage.close()


@pytest.mark.parametrize("name", JOBS)
def test_each_job_runs_on_an_installation_with_people_in_it(app: Flask, name: str) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)

    assert run_job(app, name, JOBS[name][1]) is True


def test_a_job_that_fails_is_logged_by_its_kind_and_never_by_its_words(app: Flask) -> None:
    def fail() -> None:
        raise ValueError("Ada Example, born 17 May 1980")

    with capture_logs() as said:
        assert run_job(app, "alerts.sweep", fail) is False

    assert [(line["event"], line["job"], line["error"]) for line in said] == [
        ("job.failed", "alerts.sweep", "ValueError")
    ]
    assert said[0]["where"][-1].endswith(":fail")


def test_the_heartbeat_is_as_old_as_the_last_beat(app: Flask) -> None:
    with app.app_context():
        assert silence() is None
        beat()
        with clock.at(NOW + timedelta(minutes=3)):
            assert silence() == timedelta(minutes=3)
            beat()
            assert silence() == timedelta()


def test_a_silent_consumer_is_not_ready(app: Flask) -> None:
    with app.app_context():
        assert "never run" in readiness.jobs()
        beat()
        assert readiness.jobs() == ""
        with clock.at(NOW + timedelta(minutes=6)):
            assert "silent for 6 minutes" in readiness.jobs()


def test_ready_when_the_tables_are_current_and_every_signal_has_its_alert(client: FlaskClient) -> None:
    response = client.get("/health/ready")

    assert response.status_code == 200, response.json


def test_a_positive_answer_without_an_alert_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        _take_away_the_answer(app)

    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json == {"status": "not ready", "failed": ["safety signals"], "off": ["mail"]}

    run_job(app, "alerts.clock", JOBS["alerts.clock"][1])
    assert client.get("/health/ready").status_code == 200


def test_the_commands_say_what_they_found(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
    cli = app.test_cli_runner()

    swept = cli.invoke(args=["alerts", "sweep", "--clinic", "Riverside"])
    assert swept.output == "Riverside: 1 checked, 0 alerts opened, 0 changed, 0 closed, 0 could not be read\n"
    assert cli.invoke(args=["alerts", "check"]).output == "Every positive safety answer has its alert.\n"
    assert "No clinic is called" in cli.invoke(args=["alerts", "sweep", "--clinic", "Elsewhere"]).output
    assert cli.invoke(args=["alerts", "sweep", "--date", "2026-03-12"]).exit_code == 1

    with on_stage(app):
        _take_away_the_answer(app)
    missing = cli.invoke(args=["alerts", "check"])
    assert missing.exit_code == 1
    assert "item 9" in missing.output


def test_verifying_names_what_looking_again_would_change_and_changes_nothing(app: Flask) -> None:
    cli = app.test_cli_runner()
    with on_stage(app):
        scene = a_scene()
        patient_id, next_look = scene.patient.id, scene.episode.next_check_on
        told = [(each.rule, each.since) for each in alerts_of(patient_id)]
    assert cli.invoke(args=["alerts", "verify"]).output == "Every alert is what the facts call for.\n"

    with clock.at(NOW + timedelta(days=40)):
        verified = [cli.invoke(args=["alerts", "verify"]) for _ in range(2)]
    assert [each.exit_code for each in verified] == [1, 1]
    assert f"patient {patient_id}: engage.no-contact would open" in verified[1].output
    assert "the next look would be on" in verified[1].output
    with on_stage(app):
        assert [(each.rule, each.since) for each in alerts_of(patient_id)] == told
        assert db.session.scalars(select(Episode.next_check_on)).one() == next_look


def _take_away_the_answer(app: Flask) -> None:
    """As an operator with another program could: past the hooks of the commit."""
    hooks = app.extensions[BEFORE_COMMIT]
    app.extensions[BEFORE_COMMIT] = ()
    try:
        with write():
            db.session.execute(update(SafetySignal).values(alert_id=None))
    finally:
        app.extensions[BEFORE_COMMIT] = hooks
