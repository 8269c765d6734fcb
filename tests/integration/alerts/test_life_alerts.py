"""Somebody goes into hospital and comes out: who is told, by when, and what alone ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from registry.access import scope
from registry.alerts.actions import CannotWait, EndsWithContact, close, snooze
from registry.alerts.presenters.words import alert_url
from registry.alerts.rulebook.life import TRANSITION, UNREACHED
from registry.alerts.rulebook.stay import ADMISSION
from registry.alerts.sweep import sweep_clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.health.actions import end_stay, record_event
from registry.health.facts import EventFacts
from registry.health.models import LifeEvent
from tests.builders import sign_in
from tests.integration.alerts.scene import NOW, TODAY, Scene, a_scene, alerts_of, on_stage, spoke
from tests.pages import words


def went_in(scene: Scene, *, days_ago: int) -> LifeEvent:
    """Into a psychiatric hospital."""
    facts = EventFacts(kind="hospital-psychiatric", starts_on=TODAY - timedelta(days=days_ago))
    with scope.within({scene.clinic.id}):
        return record_event(
            patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=facts, by=scene.care_manager
        )


def came_out(scene: Scene, stay: LifeEvent) -> None:
    with scope.within({scene.clinic.id}):
        end_stay(event=stay, on=TODAY, opened_version=stay.version, by=scene.care_manager)


def open_rules(scene: Scene) -> set[str]:
    return {alert.rule for alert in alerts_of(scene.patient, is_open=True) if alert.rule.startswith("life.")}


def called_the_ward(scene: Scene) -> None:
    facts = ContactFacts(
        took_place_on=TODAY, kind="collateral", modality="phone", reached=False, took_part=("other-service",)
    )
    with scope.within({scene.clinic.id}):
        record_contact(
            patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=facts, by=scene.care_manager
        )


def test_the_ward_is_called_while_somebody_is_in(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        went_in(scene, days_ago=1)
        assert open_rules(scene) == {ADMISSION}
        called_the_ward(scene)

        assert open_rules(scene) == set()
        (told,) = alerts_of(scene.patient, rule=ADMISSION)
        assert told.closing_words == "Spoken with them on 11 Mar 2026"


def test_after_a_discharge_nothing_but_a_contact_ends_what_the_team_and_then_the_lead_are_told(
    app: Flask, client: FlaskClient
) -> None:
    with on_stage(app):
        scene = a_scene()
        came_out(scene, went_in(scene, days_ago=5))
        spoke(scene)  # the day itself does not count
        (alert,) = alerts_of(scene.patient, rule=TRANSITION, is_open=True)
        with scope.within({scene.clinic.id}):
            with pytest.raises(EndsWithContact, match="two-way contact alone"):
                close(alert=alert, outcome="handled", words="Wants no call", by=scene.care_manager)
            with pytest.raises(CannotWait):
                snooze(alert=alert, until=TODAY + timedelta(days=3), reason="Away", by=scene.care_manager)
        with app.test_request_context():
            url = alert_url(alert)
        sign_in(client, scene.care_manager.id)
        page = words(client.get(url))
        assert ("Ends with A two-way contact" in page, "Close the alert" in page, "Put it off" in page) == (
            True,
            False,
            False,
        )

        with time_machine.travel(NOW + timedelta(days=7), tick=False):
            sweep_clinic(scene.clinic, today=TODAY + timedelta(days=7))
            (of_the_lead,) = alerts_of(scene.patient, rule=UNREACHED, is_open=True)
            assert (alert.owner_id, of_the_lead.owner_id) == (scene.care_manager.id, scene.lead.id)
            assert "the lead is told" in alert.sentence
            spoke(scene)

            assert open_rules(scene) == set()
            assert alert.closing_words == "Two-way contact on 18 Mar 2026"
