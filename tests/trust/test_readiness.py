"""Everybody may ask whether the registry is ready: the answer names what failed, the log says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from registry.jobs import readiness
from registry.measurements.instruments import sync_instruments
from registry.web.health import READINESS
from tests.databases import MigratedDatabase


@pytest.fixture
def synced(app: Flask) -> Flask:
    with app.app_context():
        sync_instruments()
    return app


@pytest.fixture
def no_catalogue(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program as it starts with an empty folder of instruments."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], instruments_folder=tmp_path))
    return tmp_path


def test_a_registry_with_everything_in_place_is_ready(synced: Flask, client: FlaskClient) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "failed": [], "off": ["mail"]}


def test_an_old_schema_is_named_and_its_revision_is_not(
    synced: Flask, client: FlaskClient, migrated_database: MigratedDatabase
) -> None:
    migrated_database.rewrite("UPDATE alembic_version SET version_num = '0001'")
    try:
        with capture_logs() as said:
            answer = client.get("/health/ready")
    finally:
        migrated_database.rewrite("UPDATE alembic_version SET version_num = '0002'")

    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "failed": ["database"], "off": ["mail"]}
    (line,) = [line for line in said if line["event"] == "not ready"]
    assert "0001" in line["problem"]


def test_an_instrument_the_database_does_not_know_is_not_ready(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/health/ready")

    assert answer.json == {"status": "not ready", "failed": ["instruments"], "off": ["mail"]}
    assert "phq" not in answer.text


def test_no_instrument_at_all_is_not_ready(app: Flask, no_catalogue: Path) -> None:
    with app.app_context():
        assert readiness.instruments() == "there is no instrument file"


def test_an_instrument_file_that_cannot_be_read_is_not_ready(app: Flask, no_catalogue: Path) -> None:
    (no_catalogue / "broken.toml").write_text("id = ")

    with app.app_context():
        assert "broken.toml" in readiness.instruments()


def test_a_check_that_fails_itself_has_failed_and_the_others_are_asked(
    synced: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise OSError("/srv/registry/secret")

    monkeypatch.setitem(synced.extensions[READINESS], "database", broken)

    with capture_logs() as said:
        answer = client.get("/health/ready")

    assert answer.json == {"status": "not ready", "failed": ["database"], "off": ["mail"]}
    assert not [line for line in said if "secret" in str(line)]
