"""Somebody goes into hospital and comes out: who is told, by when, and what alone ends it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from registry.access import scope
from registry.alerts.actions import CannotWait, EndsOtherwise, close, snooze
from registry.alerts.presenters.words import alert_url
from registry.alerts.rulebook.life import TRANSITION, UNREACHED
from registry.alerts.rulebook.stay import ADMISSION, FORGOTTEN, STILL_IN
from registry.alerts.sweep import sweep_clinic
from registry.caseload.models import CaseloadRow
from registry.contacts.actions import ContactFacts, record_contact
from registry.db.conflict import EditConflict
from registry.extensions import db
from registry.life.actions import call_place, confirm_stay, end_stay, record_event
from registry.life.facts import EventFacts
from registry.life.models import LifeEvent
from tests.builders import sign_in
from tests.integration.alerts.scene import NOW, TODAY, Scene, a_scene, alerts_of, on_stage, spoke
from tests.pages import words


def went_in(scene: Scene, *, days_ago: int, kind: str = "hospital-psychiatric") -> LifeEvent:
    facts = EventFacts(kind=kind, starts_on=TODAY - timedelta(days=days_ago))
    with scope.within({scene.clinic.id}):
        return record_event(patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=facts, by=scene.care_manager)


def came_out(scene: Scene, stay: LifeEvent) -> None:
    with scope.within({scene.clinic.id}):
        end_stay(event=stay, on=TODAY, opened_version=stay.version, by=scene.care_manager)


def open_rules(scene: Scene) -> set[str]:
    return {alert.rule for alert in alerts_of(scene.patient, is_open=True) if alert.rule.startswith("life.")}


def called_a_service(scene: Scene) -> None:
    """A pharmacy, or a residence: nobody said it was the ward."""
    facts = ContactFacts(
        took_place_on=TODAY, kind="collateral", modality="phone", reached=False, took_part=("other-service",)
    )
    with scope.within({scene.clinic.id}):
        record_contact(patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=facts, by=scene.care_manager)


def test_the_ward_is_called_while_somebody_is_in_and_no_call_to_anybody_else_counts(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        stay = went_in(scene, days_ago=1)
        called_a_service(scene)
        assert open_rules(scene) == {ADMISSION}
        with scope.within({scene.clinic.id}):
            call_place(event=stay, on=TODAY, opened_version=stay.version, by=scene.care_manager)
            with pytest.raises(EditConflict):
                call_place(event=stay, on=TODAY, opened_version=stay.version, by=scene.care_manager)

        assert open_rules(scene) == set()
        (told,) = alerts_of(scene.patient, rule=ADMISSION)
        assert told.closing_words == "They were called on 11 Mar 2026"


def test_after_a_discharge_nobody_closes_or_puts_off_what_only_a_contact_ends(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene()
        came_out(scene, went_in(scene, days_ago=5))
        spoke(scene)  # the day itself does not count
        (alert,) = alerts_of(scene.patient, rule=TRANSITION, is_open=True)
        with scope.within({scene.clinic.id}):
            with pytest.raises(EndsOtherwise, match="a two-way contact"):
                close(alert=alert, outcome="handled", words="Wants no call", by=scene.care_manager)
            with pytest.raises(CannotWait):
                snooze(alert=alert, until=TODAY + timedelta(days=3), reason="Away", by=scene.care_manager)
        with app.test_request_context():
            url, who = alert_url(alert), scene.care_manager.id

    page = words(sign_in(client, who).get(url))
    assert "Ends with A two-way contact" in page
    assert "Close the alert" not in page
    assert "Put it off" not in page


def test_a_week_later_the_lead_is_told_as_well_and_a_contact_ends_both(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        came_out(scene, went_in(scene, days_ago=5))
        (alert,) = alerts_of(scene.patient, rule=TRANSITION, is_open=True)

        with time_machine.travel(NOW + timedelta(days=7), tick=False):
            sweep_clinic(scene.clinic, today=TODAY + timedelta(days=7))
            (of_the_lead,) = alerts_of(scene.patient, rule=UNREACHED, is_open=True)
            assert (alert.owner_id, of_the_lead.owner_id) == (scene.care_manager.id, scene.lead.id)
            assert "the lead is told" in alert.sentence
            spoke(scene)

            assert open_rules(scene) == set()
            assert alert.closing_words == "Two-way contact on 18 Mar 2026"


def test_a_stay_nobody_answers_for_and_an_emergency_visit_after_a_discharge_are_the_leads(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        stay = went_in(scene, days_ago=1)
        with time_machine.travel(NOW + timedelta(days=28), tick=False):
            sweep_clinic(scene.clinic, today=TODAY + timedelta(days=28))
            (told,) = alerts_of(scene.patient, rule=FORGOTTEN, is_open=True)
            assert told.owner_id == scene.lead.id
            came_out(scene, stay)
            assert open_rules(scene) == {TRANSITION, UNREACHED}
            visit = EventFacts(kind="emergency", reason="overdose", starts_on=TODAY + timedelta(days=27))
            with scope.within({scene.clinic.id}):
                record_event(patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=visit, by=scene.care_manager)

            assert open_rules(scene) == {TRANSITION, UNREACHED}, "a visit is no contact"
            (of_the_lead,) = alerts_of(scene.patient, rule=UNREACHED, is_open=True)
            assert of_the_lead.sentence.startswith("As of 8 Apr 2026: Emergency visit (overdose) yesterday")


def test_a_discharge_is_told_though_the_admission_was_written_down_again_that_day(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        stay, again = went_in(scene, days_ago=5), went_in(scene, days_ago=5, kind="hospital")
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            came_out(scene, stay)
            assert {TRANSITION, STILL_IN} <= open_rules(scene)
        with time_machine.travel(NOW + timedelta(hours=2), tick=False), scope.within({scene.clinic.id}):
            confirm_stay(event=again, on=TODAY, opened_version=again.version, by=scene.care_manager)

        assert open_rules(scene).isdisjoint({TRANSITION, STILL_IN}), "somebody knows that they are on the other ward"


def test_a_home_lost_on_life_is_told_until_one_is_found(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()

        def happened(kind: str) -> None:
            facts = EventFacts(kind=kind, starts_on=TODAY)
            with scope.within({scene.clinic.id}):
                record_event(patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=facts, by=scene.care_manager)

        happened("home-lost")
        (told,) = alerts_of(scene.patient, rule="social.loss", is_open=True)
        assert told.sentence == "As of 11 Mar 2026: Lost a home on 11 Mar 2026 (today)"
        happened("home-found")
        assert alerts_of(scene.patient, rule="social.loss", is_open=True) == []


def test_a_stay_rests_the_usual_work_until_it_is_over_and_is_asked_about_so_that_nobody_forgets_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=60, contact_days_ago=35)
        (silence,) = alerts_of(scene.patient, rule="engage.no-contact", is_open=True)
        stay = went_in(scene, days_ago=3)
        row = db.session.get_one(CaseloadRow, scene.episode.id)
        assert silence.closing_words == "Resting since 8 Mar 2026: in hospital, in jail or in crisis care"
        assert (row.away_kind, row.away_since) == ("hospital-psychiatric", TODAY - timedelta(days=3))
        assert (row.due_on, row.contact_due_on) == (None, None)

        with time_machine.travel(NOW + timedelta(days=14), tick=False):
            sweep_clinic(scene.clinic, today=TODAY + timedelta(days=14))
            assert {STILL_IN, FORGOTTEN} & open_rules(scene) == {STILL_IN}
            with scope.within({scene.clinic.id}):
                on = TODAY + timedelta(days=14)
                confirm_stay(event=stay, on=on, opened_version=stay.version, by=scene.care_manager)
            assert STILL_IN not in open_rules(scene)
            came_out(scene, stay)

            assert [alert.tier for alert in alerts_of(scene.patient, rule="engage.no-contact", is_open=True)] == [
                "action"
            ]
            db.session.refresh(row)
            assert row.away_kind is None
            assert row.contact_due_on == TODAY - timedelta(days=5), "thirty days after the last contact"


def test_a_stay_nobody_confirms_for_four_weeks_rests_nothing_and_the_pages_say_so(
    app: Flask, client: FlaskClient
) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=60, contact_days_ago=35, reviewed=False)
        went_in(scene, days_ago=3)
        who, person = scene.care_manager.id, f"/patients/{scene.patient.id}"
        rested = {"engage.no-contact", "review.due"}

        def told() -> tuple[set[str], bool, date | None, date | None]:
            row = db.session.get_one(CaseloadRow, scene.episode.id, populate_existing=True)
            found = {alert.rule for alert in alerts_of(scene.patient, is_open=True)}
            return rested & found, "review.due" in row.queue_rules, row.contact_due_on, row.away_last_known_on

        def swept(days: int) -> None:
            with time_machine.travel(NOW + timedelta(days=days), tick=False):
                sweep_clinic(scene.clinic, today=TODAY + timedelta(days=days))

        swept(27)
        assert told() == (set(), False, None, None)
        swept(28)
        assert told() == (rested, True, TODAY - timedelta(days=5), TODAY)

    with time_machine.travel(NOW + timedelta(days=28), tick=False):
        manager = sign_in(client, who)
        said = "In psychiatric hospital since 8 Mar, not confirmed since 11 Mar"
        assert said in words(manager.get("/caseload"))
        assert f"Where the person is Not confirmed {said}" in words(manager.get(person))
