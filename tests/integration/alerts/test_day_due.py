"""What falls due beside the day, and what changed since yesterday."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.accounts.models import User
from registry.alerts.actions import close
from registry.alerts.day import due
from registry.alerts.models import Alert
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sweep import sweep_clinic
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.episodes.actions import change_phase
from registry.extensions import db
from registry.plans.actions import write_plan
from registry.plans.facts import PlanFacts
from tests import builders
from tests.integration.alerts.scene import NOW, TODAY, Scene, a_scene, alerts_of, measured, on_stage
from tests.pages import words


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


@pytest.mark.parametrize(
    ("kind", "announced", "rule", "tier"),
    [
        ("safety", "Safety plan", "safety.plan-review", "action"),
        ("relapse", "Relapse-prevention plan", "plan.review", "reminder"),
    ],
)
def test_the_day_set_to_look_at_a_plan_again_does_not_pass_in_silence(
    app: Flask, client: FlaskClient, kind: str, announced: str, rule: str, tier: str
) -> None:
    """It is announced, it alerts on that day, and a new version settles it."""
    agreed: dict[str, Any] = {"took_part": "Ada", "sections": {"signs": "No sleep"}}
    review_on = TODAY + timedelta(days=3)
    with on_stage(app):
        scene = a_scene()
        about: dict[str, Any] = {
            "patient_id": scene.patient.id,
            "clinic_id": scene.clinic.id,
            "kind": kind,
            "by": scene.care_manager,
        }
        write_plan(**about, facts=PlanFacts(written_on=TODAY, review_on=review_on, **agreed), opened_number=0)
        who = scene.care_manager.id
    builders.sign_in(client, who)
    assert f"{announced} to look at again Sat 14 Mar" in words(client.get("/my-day"))

    with time_machine.travel(NOW + timedelta(days=3), tick=False), on_stage(app):
        sweep_clinic(db.session.scalars(select(Clinic)).one())
        (alert,) = db.session.scalars(select(Alert).where(Alert.rule == rule))
        assert (alert.tier, alert.since, alert.closed_at) == (tier, review_on, None)
        write_plan(**about, facts=PlanFacts(written_on=review_on, review_on=None, **agreed), opened_number=1)
        assert db.session.get_one(Alert, alert.id).state == "closed"


def test_a_psychiatrists_answer_is_news_for_a_week(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        who = a_scene().care_manager.id
    builders.sign_in(client, who)

    assert "Reviewed by Paul Psychiatrist" in words(client.get("/my-day"))
