"""The day's work as a browser meets it: what is urgent, what else needs somebody, what falls due."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Select, event, select

from registry import clock
from registry.access import scope
from registry.accounts.models import User
from registry.alerts import queries
from registry.alerts.actions import close
from registry.alerts.day import due
from registry.alerts.day.desk import Desk, is_waiting, stood_since
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sweep import sweep_clinic
from registry.audit.models import AuditEvent
from registry.audit.recorder import record
from registry.clinics.actions import close_on, cover_duty
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.db.transaction import write
from registry.episodes.actions import change_phase
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.plans.actions import write_plan
from registry.plans.facts import PlanFacts
from tests import builders
from tests.integration.alerts.kept_scenes import Ids, ids_of, row_of
from tests.integration.alerts.scene import NOW, TODAY, Scene, a_scene, alerts_of, measured, on_stage, phq9
from tests.pages import fill_in, heading, soup, words


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

    rows = soup(page).select("tr[data-row]")
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

    rows = soup(page).select("tr[data-row]")
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
    assert len(soup(cut).select("#urgent-title ~ [data-rows] > [data-row]")) == 2
    assert "3 urgent" in words(whole)
    assert "The first" not in words(whole)


def test_somebody_elses_people_stand_under_the_whole_clinic(app: Flask, client: FlaskClient, off_target: Ids) -> None:
    with on_stage(app):
        colleague = builders.id_of(builders.a_user(clinic=db.session.get_one(Clinic, off_target.clinic)))
    builders.sign_in(client, colleague)

    assert "Off target" not in words(client.get("/my-day"))
    assert "Off target" in words(client.get("/my-day?whose=clinic"))


def test_what_is_urgent_stands_on_the_day_of_whoever_is_on_duty(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    """Beside the care manager's, from the first minute; on nobody else's of the clinic."""
    with on_stage(app):
        colleague = builders.a_user(role="clinician", clinic=db.session.get_one(Clinic, urgent.clinic))
        colleague_id = builders.id_of(colleague)
    for reader, is_told in ((urgent.duty, True), (urgent.care_manager, True), (colleague_id, False)):
        builders.sign_in(client, reader)
        assert ("item 9 positive" in words(client.get("/my-day?whose=mine"))) is is_told


def test_a_reason_is_told_to_everybody_its_rule_is_for(app: Flask, client: FlaskClient) -> None:
    """Whoever answers, the others of the team of that episode have it on their own day too; nobody else has."""
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=100, contact_days_ago=95)
        measured(scene, 20, days_ago=100)
        measured(scene, 19, days_ago=2)
        colleague = builders.id_of(builders.a_user(role="psychiatrist", clinic=scene.clinic))
        silent, off = (alerts_of(scene.patient, rule=rule)[0] for rule in ("engage.no-contact", "target.off"))
        assert (silent.owner_id, off.owner_id) == (scene.care_manager.id, scene.care_manager.id)
        readers = {
            scene.care_manager.id: (True, True),
            scene.psychiatrist.id: (False, True),
            scene.lead.id: (True, False),
            colleague: (False, False),
        }
    for reader, expected in readers.items():
        builders.sign_in(client, reader)
        rows = soup(client.get("/my-day?whose=mine")).select("tr[data-row]")
        said = " ".join(row.get_text(" ") for row in rows)
        assert ("decide how to go on" in said, "Off target" in said) == expected


@pytest.mark.parametrize(
    ("answers", "is_told"),
    [({"1": 1, "2": 0, "6": 0}, False), ({"1": 0, "2": 1, "3": 1, "4": 0, "5": 0, "6": 0}, True)],
)
def test_a_psychiatrist_is_told_of_a_safety_answer_where_the_instrument_says_so(
    app: Flask, client: FlaskClient, answers: dict[str, int], is_told: bool
) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, instrument="c-ssrs-screener", mode="interview", answers=answers)
        readers = {scene.care_manager.id: True, scene.psychiatrist.id: is_told}
    for reader, expected in readers.items():
        builders.sign_in(client, reader)
        assert ("C-SSRS screener item" in words(client.get("/my-day?whose=mine"))) is expected
    assert "C-SSRS screener item" in words(client.get("/my-day?whose=clinic"))


def test_an_urgent_alert_nobody_answers_for_stands_on_every_desk(app: Flask, client: FlaskClient) -> None:
    """Nobody of record, nobody on duty, no lead: the one person at work still sees it."""
    with on_stage(app):
        clinic = builders.a_clinic("Hillside")
        somebody = builders.a_user(clinic=clinic, name="Ana Care")
        patient = builders.a_patient(clinic=clinic)
        with scope.within({clinic.id}):
            record_measurement(
                patient_id=patient.id,
                clinic_id=clinic.id,
                instrument="phq-9",
                taken_on=TODAY,
                mode="self-paper",
                answers=phq9(12, item9=2),
                by=somebody,
            )
        assert [alert.owner_id for alert in alerts_of(patient)] == [None]
        somebody_id = builders.id_of(somebody)
    builders.sign_in(client, somebody_id)

    assert "do a C\N{NON-BREAKING HYPHEN}SSRS today" in words(client.get("/my-day?whose=mine"))


def test_a_lead_sees_the_whole_clinic_first(client: FlaskClient, off_target: Ids) -> None:
    builders.sign_in(client, off_target.lead)

    assert "Off target" in words(client.get("/my-day"))


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


def test_what_falls_due_this_week_stands_beside_the_day(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=60, contact_days_ago=27)
        measured(scene, 12, days_ago=33)
        measured(scene, 3, days_ago=33)
        who = scene.care_manager.id
    builders.sign_in(client, who)
    said = words(client.get("/my-day"))

    assert "Due this week" in said
    assert "Contact due Sat 14 Mar" in said, "30 days after the last contact"
    assert "PHQ-9 due Sat 14 Mar" in said, "the 36th day after the last score"


def paused(scene: Scene, *, days: int) -> None:
    """A pause of so many days from today."""
    with scope.within({scene.clinic.id}):
        change_phase(
            episode=scene.episode,
            phase="paused",
            on=TODAY,
            why="In Portugal",
            paused_until=TODAY + timedelta(days=days),
            by=scene.care_manager,
        )


def test_a_pause_that_ends_this_week_is_due(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=60, contact_days_ago=1)
        measured(scene, 12)
        paused(scene, days=5)
        who = scene.care_manager.id
    builders.sign_in(client, who)
    said = words(client.get("/my-day"))

    assert "Pause ends: resume care or end the episode Mon 16 Mar" in said


def test_what_falls_due_after_a_pause_that_is_over_is_listed_again(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=60, contact_days_ago=20)
        measured(scene, 12)
        paused(scene, days=3)
        who, clinic_id, patient_id = scene.care_manager.id, scene.clinic.id, scene.patient.id
        with clock.at(NOW + timedelta(days=3)), scope.within({clinic_id}):
            reconcile_patient(patient_id)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        builders.sign_in(client, who)
        said = words(client.get("/my-day"))

    assert "The pause since 11 Mar 2026 is over since 14 Mar 2026 (today): resume care or end the episode" in said
    assert "Contact due Sat 21 Mar" in said, "30 days after the last contact, however long the pause was"


def test_what_changed_since_yesterday_and_falls_due_today_stands_beside_the_day(
    app: Flask, client: FlaskClient
) -> None:
    """New, and closed by a colleague; what one closed oneself is no news, nor what is two days old."""
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=60, contact_days_ago=30)
        measured(scene, 20, days_ago=60)
        measured(scene, 19, days_ago=2)
        (off,) = alerts_of(scene.patient, rule="target.off")
        with scope.within({scene.clinic.id}):
            close(alert=off, outcome="treatment-changed", words="Sertraline 100 mg", by=scene.lead)
        care_manager, lead = scene.care_manager.id, scene.lead.id
        clinic, patient = scene.clinic.id, scene.patient.id
    builders.sign_in(client, care_manager)
    said = words(client.get("/my-day"))
    assert "Due today" in said
    assert "Contact due today" in said
    assert "New: no contact Today, 10:00" in said
    assert "Closed by Lena Lead: off target" in said
    builders.sign_in(client, lead)
    assert "Closed by" not in words(client.get("/my-day"))
    for days, is_told in ((1, True), (2, False)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            builders.sign_in(client, care_manager)
            assert ("New: no contact Yesterday, 10:00" in words(client.get("/my-day"))) is is_told
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        with on_stage(app), scope.within({clinic}):
            reached = ContactFacts(took_place_on=TODAY, kind="treatment", modality="phone", reached=True)
            record_contact(
                patient_id=patient, clinic_id=clinic, facts=reached, by=db.session.get_one(User, care_manager)
            )
        assert "Closed by itself: no contact Today, 10:00" in words(client.get("/my-day"))


def test_a_week_of_more_people_than_are_looked_at_says_so(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=22, contact_days_ago=None)
        another = builders.a_patient(clinic=scene.clinic)
        builders.an_episode(patient=another, enrolled_on=TODAY - timedelta(days=22), care_manager=scene.care_manager)
        who = scene.care_manager.id
    builders.sign_in(client, who)

    assert "More falls due" not in words(client.get("/my-day"))
    monkeypatch.setattr(due, "MOST", 1)
    assert "More falls due than is listed here: see all by what is due next" in words(client.get("/my-day"))


def test_the_day_set_to_look_at_a_safety_plan_again_does_not_pass_in_silence(app: Flask, client: FlaskClient) -> None:
    """It is announced, it alerts on that day, and a new version settles it."""
    agreed: dict[str, Any] = {"took_part": "Ada", "sections": {"signs": "No sleep"}}
    review_on = TODAY + timedelta(days=3)
    with on_stage(app):
        scene = a_scene()
        about: dict[str, Any] = {
            "patient_id": scene.patient.id,
            "clinic_id": scene.clinic.id,
            "kind": "safety",
            "by": scene.care_manager,
        }
        write_plan(**about, facts=PlanFacts(written_on=TODAY, review_on=review_on, **agreed), opened_number=0)
        who = scene.care_manager.id
    builders.sign_in(client, who)
    assert "Safety plan to look at again Sat 14 Mar" in words(client.get("/my-day"))

    with time_machine.travel(NOW + timedelta(days=3), tick=False), on_stage(app):
        sweep_clinic(db.session.scalars(select(Clinic)).one())
        (alert,) = db.session.scalars(select(Alert).where(Alert.rule == "safety.plan-review"))
        assert (alert.tier, alert.since, alert.closed_at) == ("action", review_on, None)
        write_plan(**about, facts=PlanFacts(written_on=review_on, review_on=None, **agreed), opened_number=1)
        assert db.session.get_one(Alert, alert.id).state == "closed"


def test_a_psychiatrists_answer_is_news_for_a_week(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        who = a_scene().care_manager.id
    builders.sign_in(client, who)

    assert "Reviewed by Paul Psychiatrist" in words(client.get("/my-day"))


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


def test_a_lead_is_told_which_open_days_and_which_nights_nobody_covers(app: Flask, client: FlaskClient) -> None:
    """Of being on duty not on the weekend, nor on the day the clinic is closed: then somebody is to be on call."""
    with on_stage(app):
        clinic = builders.a_clinic("Hillside")
        lead, duty = (builders.a_user(role=role, clinic=clinic) for role in ("clinic_lead", "clinician"))
        cover_duty(clinic=clinic, user_id=duty.id, starts_on=TODAY, ends_on=TODAY + timedelta(days=1), by=None)
        cover_duty(clinic=clinic, user_id=duty.id, starts_on=date(2026, 3, 17), ends_on=date(2026, 3, 23), by=None)
        close_on(clinic=clinic, day=date(2026, 3, 24), words="Training", by=None)
        lead_id, duty_id, clinic_id = lead.id, duty.id, clinic.id
    builders.sign_in(client, lead_id)
    said = words(client.get("/my-day"))
    assert "Nobody is on duty on 2 open days of the next 14: 13 Mar, 16 Mar." in said
    assert "Nobody is on call" not in said, "nor is anybody meant to be"

    with on_stage(app), write():
        place = db.session.get_one(Clinic, clinic_id)
        place.has_on_call = True
        record("clinic.changed", by=None, subject=place)
        days = {"starts_on": date(2026, 3, 13), "ends_on": date(2026, 3, 23)}
        cover_duty(clinic=place, user_id=duty_id, is_on_call=True, by=None, **days)
    said = words(client.get("/my-day"))
    assert "Nobody is on call on 3 days of the next 14: 11 Mar, 12 Mar, 24 Mar." in said

    builders.sign_in(client, duty_id)
    assert "Nobody is on duty" not in words(client.get("/my-day"))


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
        told = (is_waiting(desk), stood_since(desk, NOW) & (AlertEvent.at >= NOW))
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
