"""The day's work as a browser meets it: what is urgent, what else needs somebody, what falls due."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Select, event, select

from registry import clock
from registry.alerts import queries
from registry.alerts.day.desk import Desk, is_open, is_waiting, stood_since
from registry.alerts.models import Alert, AlertEvent
from registry.audit.models import AuditEvent
from registry.extensions import db
from tests import builders
from tests.integration.alerts.kept_scenes import Ids, ids_of, row_of
from tests.integration.alerts.scene import NOW, TODAY, a_scene, alerts_of, measured, on_stage
from tests.pages import fill_in, heading, page_of, words


def test_the_day_shows_what_is_urgent_above_the_rest_with_its_clock(client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    page = client.get("/my-day")

    assert page.status_code == 200
    assert heading(page) == "My day"
    said = words(page)
    assert "item 9 positive (1: Several days) on 11 Mar 2026: do a C\N{NON-BREAKING HYPHEN}SSRS today" in said
    assert "Ana Care, not yet acknowledged" in said
    assert "Acknowledge by 11:00 (60 minutes of opening time left)" in said


def test_an_urgent_alert_is_acknowledged_from_the_day(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    answer = fill_in(client, "/my-day", button="Acknowledge")

    assert (answer.status_code, answer.location) == (303, "/my-day")
    with row_of(app, urgent.alert) as alert:
        assert alert.state == "acknowledged"


def test_the_day_merges_all_reasons_of_a_person_into_one_row(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=70, contact_days_ago=40)
        measured(scene, 20, days_ago=70)
        measured(scene, 19, days_ago=2)
        ids = ids_of(scene, alerts_of(scene.patient, rule="target.off")[0])
    builders.sign_in(client, ids.care_manager)
    page = client.get("/my-day")

    rows = page_of(page).select("tr[data-row]")
    assert len(rows) == 1
    said = " ".join(rows[0].get_text(" ").split())
    assert "Off target" in said
    assert "No two-way contact for 40 days" in said
    assert "Log contact" in said
    assert "Snooze…" in said


def test_todays_danger_stands_before_every_older_reason(app: Flask, client: FlaskClient) -> None:
    """What places somebody is one reason: an old one beside it, or of somebody else, counts for nothing."""
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=70, contact_days_ago=60)
        late = builders.a_patient(clinic=scene.clinic)
        builders.an_episode(patient=late, enrolled_on=TODAY - timedelta(days=20), care_manager=scene.care_manager)
        measured(scene, 9, item9=None, patient=late)
        who = scene.care_manager.id
    builders.sign_in(client, who)
    page = client.get("/my-day")

    rows = page_of(page).select("tr[data-row]")
    assert ["item 9 left blank" in row.get_text(" ") for row in rows] == [True, False]
    assert [title["title"] for row in rows for title in row.select("[title]")] == [
        "Action: Safety answer missing, since 11 Mar",
        "Action: No contact, since 9 Feb",
    ]
    assert "Why this order?" in words(page)


def test_a_list_of_urgent_alerts_that_is_cut_says_so_and_counts_them_all(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        for _ in range(2):
            measured(scene, 9, item9=1, patient=builders.a_patient(clinic=scene.clinic))
        who = scene.duty.id
    builders.sign_in(client, who)
    monkeypatch.setattr(queries, "MOST_URGENT", 2)
    cut = client.get("/my-day?whose=clinic")
    monkeypatch.setattr(queries, "MOST_URGENT", 4)
    whole = client.get("/my-day?whose=clinic")

    assert "3 urgent" in words(cut)
    assert "The first 2 of 3 urgent alerts" in words(cut)
    assert len(page_of(cut).select("#urgent-title ~ [data-rows] > [data-row]")) == 2
    assert "3 urgent" in words(whole)
    assert "The first" not in words(whole)


def test_counts_in_a_sentence_are_those_of_today(app: Flask, client: FlaskClient, off_target: Ids) -> None:
    builders.sign_in(client, off_target.care_manager)
    with clock.at(NOW + timedelta(minutes=5)):
        assert "2 days ago" in words(client.get("/my-day"))
    with row_of(app, off_target.alert) as alert:
        version = alert.version
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        builders.sign_in(client, off_target.care_manager)
        assert "5 days ago" in words(client.get("/my-day"))
    with row_of(app, off_target.alert) as alert:
        assert alert.version == version, "reading writes nothing"


def test_what_is_put_off_is_not_in_the_day_until_it_comes_back(client: FlaskClient, off_target: Ids) -> None:
    builders.sign_in(client, off_target.care_manager)
    typed = {"snooze-until": (TODAY + timedelta(days=3)).isoformat(), "snooze-reason": "Blood level on Friday"}
    answer = fill_in(client, off_target.page, typed, button="Put it off")

    assert answer.status_code == 303
    said = words(client.get("/my-day"))
    assert "Off target" not in said
    assert "1 reason put off until a later day" in said


def test_an_empty_day_says_what_would_fill_it(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene()
        who = scene.care_manager.id
    builders.sign_in(client, who)

    assert "Nobody needs you right now" in words(client.get("/my-day"))


def test_opening_the_day_is_recorded_with_whom_it_showed(app: Flask, client: FlaskClient, off_target: Ids) -> None:
    builders.sign_in(client, off_target.care_manager)
    client.get("/my-day")

    with on_stage(app):
        shown = db.session.scalars(select(AuditEvent.changes).where(AuditEvent.action == "worklist.listed")).one()
        assert shown == [{"shown": [str(off_target.patient)]}]


@pytest.mark.parametrize("people", [1, 6])
def test_the_day_takes_as_many_statements_for_many_people_as_for_one(
    app: Flask, client: FlaskClient, people: int
) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=22, contact_days_ago=None)
        for _ in range(people - 1):
            patient = builders.a_patient(clinic=scene.clinic)
            builders.an_episode(
                patient=patient, enrolled_on=TODAY - timedelta(days=22), care_manager=scene.care_manager
            )
        engine, who = db.engine, scene.care_manager.id
    builders.sign_in(client, who)
    client.get("/my-day")
    statements: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if sql.startswith("SELECT") and "set_config" not in sql:
            statements.append(sql)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get("/my-day").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)

    assert len(statements) <= 30


@pytest.mark.parametrize("of_all", [False, True], ids=["mine", "the clinic's"])
def test_the_alerts_of_a_desk_are_found_by_an_index(app: Flask, off_target: Ids, *, of_all: bool) -> None:
    """However many alerts other clinics have: none of them is read."""
    today = {off_target.clinic: TODAY}
    whose: dict[str, Any] = (
        {} if of_all else {"user_id": off_target.psychiatrist, "led": [off_target.clinic], "on_duty": []}
    )
    with on_stage(app), db.engine.connect() as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        if is_postgresql:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        desk = Desk(today, [], **whose)
        steps = select(AlertEvent.id).join(Alert, AlertEvent.alert_id == Alert.id)
        told = (is_waiting(is_open(desk)), stood_since(desk, NOW) & (AlertEvent.at >= NOW))
        plans = [_plan(connection, steps.where(each)) for each in told]

    for plan in plans:
        assert is_postgresql or "USING INDEX ix_alert_clinic_open" in plan, plan
        for table in ("alert", "alert_event", "team_member"):
            assert f"SCAN {table}" not in plan, plan
            assert f"Seq Scan on {table}" not in plan, plan


def _plan(connection: Connection, statement: Select[uuid.UUID]) -> str:
    """How the database would find the rows."""
    sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {sql}"))
