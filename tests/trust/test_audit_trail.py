"""The trail: appended, chained, and no page without its event."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from registry.access import scope
from registry.accounts.actions import sign_out_everywhere
from registry.audit import recorder
from registry.extensions import db
from tests.builders import a_clinic, a_user, sign_in
from tests.databases import MigratedDatabase
from tests.pages import fields_of
from tests.trust.world import MARKERS, World, snapshot


@pytest.fixture
def trail(app: Flask) -> None:
    """A dozen acts, some of them somebody's."""
    with app.app_context():
        clinic = a_clinic()
        for _ in range(4):
            sign_out_everywhere(a_user(clinic=clinic), by=None)
        first = a_user(clinic=clinic)
        sign_out_everywhere(first, by=first)


def _verify(app: Flask, *, anchor: str = "") -> int:
    answer = app.test_cli_runner().invoke(args=["audit", "verify", *(["--anchor", anchor] if anchor else [])])
    assert "Traceback" not in answer.output
    return answer.exit_code


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE audit_event SET reason = 'another' WHERE number = 3"],
        ["UPDATE audit_event SET actor_id = NULL WHERE actor_id IS NOT NULL"],
        ["DELETE FROM audit_event WHERE number = 4"],
        [
            "UPDATE audit_event SET number = 900001 WHERE number = 2",
            "UPDATE audit_event SET number = 2 WHERE number = 3",
            "UPDATE audit_event SET number = 3 WHERE number = 900001",
        ],
        [
            "INSERT INTO audit_event (number, at, kind, action, actor_kind, outcome, previous_hash, hash) "
            "SELECT number + 1, at, kind, action, actor_kind, outcome, hash, hash FROM audit_event "
            "ORDER BY number DESC LIMIT 1"
        ],
    ],
    ids=["changed", "another actor", "deleted", "places changed", "inserted"],
)
def test_whoever_can_write_the_file_cannot_hide_it(
    app: Flask, trail: None, migrated_database: MigratedDatabase, statements: list[str]
) -> None:
    assert _verify(app) == 0

    migrated_database.rewrite(*statements)

    assert _verify(app) == 1


def test_a_cut_end_is_found_with_the_anchor(app: Flask, trail: None, migrated_database: MigratedDatabase) -> None:
    said = app.test_cli_runner().invoke(args=["audit", "verify"]).output
    anchor = said.strip().rsplit(" ", 1)[-1]

    migrated_database.rewrite("DELETE FROM audit_event WHERE number > 5")

    assert _verify(app) == 0
    assert _verify(app, anchor=anchor) == 1


@pytest.mark.parametrize("table", ["audit_event", "alert_event"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_program_can_neither_change_nor_delete_what_is_on_record(
    started_app: Flask, standing_world: World, table: str, act: str
) -> None:
    column = "reason" if table == "audit_event" else "words"
    with (
        started_app.app_context(),
        scope.all_patients(reason="test"),
        pytest.raises(sa.exc.DBAPIError),
        db.engine.begin() as connection,
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT set_config('registry.everybody', 'on', true)"))
        connection.execute(sa.text(act.format(table, column, "'x'")))


@pytest.fixture
def in_production(started_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors are answered, not raised."""
    monkeypatch.setitem(started_app.config, "TESTING", False)
    monkeypatch.setitem(started_app.config, "PROPAGATE_EXCEPTIONS", False)


@pytest.mark.usefixtures("in_production")
def test_no_event_no_page(
    started_app: Flask, standing_world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    browser = sign_in(started_app.test_client(), standing_world.here.people["care_manager"])
    address = f"/patients/{standing_world.here.arguments['patient_id']}"
    assert "Zanzibarquist" in browser.get(address).text

    def broken(*_arguments: object, **_named: object) -> str:
        raise OSError("Zanzibarquist: the disk is full")

    monkeypatch.setattr(recorder, "link", broken)
    answer = browser.get(address)

    assert answer.status_code == 500
    assert not [marker for marker in MARKERS if marker in answer.text]
    written = capfd.readouterr()
    assert not [marker for marker in MARKERS if marker in written.out + written.err]


@pytest.mark.usefixtures("in_production")
def test_no_event_no_change(started_app: Flask, standing_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sign_in(started_app.test_client(), standing_world.here.people["care_manager"])
    address = f"/patients/{standing_world.here.arguments['patient_id']}/contacts/new"
    form = fields_of(browser.get(address))
    before = snapshot(started_app)

    def broken(*_arguments: object, **_named: object) -> str:
        raise OSError

    monkeypatch.setattr(recorder, "link", broken)
    answer = browser.post(address, data={**form, "reached": "yes", "minutes": "10"})

    assert answer.status_code == 500
    monkeypatch.undo()
    assert snapshot(started_app) == before
