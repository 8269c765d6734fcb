"""Whose day shows what: one's own people, the clinic's, what nobody answers for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.access import scope
from registry.audit.recorder import record
from registry.clinics.actions import close_on, cover_duty
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.extensions import db
from registry.measurements.actions import record_measurement
from tests import builders
from tests.integration.alerts.kept_scenes import Ids
from tests.integration.alerts.scene import TODAY, a_scene, alerts_of, measured, on_stage, phq9
from tests.pages import page_of, words


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
        rows = page_of(client.get("/my-day?whose=mine")).select("tr[data-row]")
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
