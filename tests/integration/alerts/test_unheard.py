"""An action somebody has to hear of, and nobody acknowledges within the clinic's working days, is told to the lead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry import clock
from registry.access import scope
from registry.alerts.actions import CannotWait, ImpossibleSnooze, acknowledge, assign, snooze
from registry.alerts.escalation import escalate_due
from registry.alerts.models import LEAD, Alert
from registry.alerts.reconcile import reconcile_patient
from registry.clinics.actions import close_on
from registry.episodes.actions import change_team, revoke_consent, take_consent
from registry.episodes.facts import ConsentFacts, TeamPlace
from registry.treatment import actions as treatment
from registry.treatment.facts import InjectionFacts, StepFacts, TrialFacts
from tests import builders
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    Scene,
    a_scene,
    alerts_of,
    measured,
    on_stage,
    the_safety_alert,
    words_of,
)
from tests.integration.alerts.test_sweep import set_number
from tests.pages import words

THURSDAY, FRIDAY, MONDAY, TUESDAY = (datetime(2026, 3, day, 21, tzinfo=UTC) for day in (12, 13, 16, 17))
"""Closing time, 17:00, of the days after the scene's Wednesday."""
A_MINUTE = timedelta(minutes=1)


def not_spoken_with(scene: Scene) -> Alert:
    """Nobody has spoken with the person for a month: an action of the care manager's."""
    (alert,) = alerts_of(scene.patient, rule="engage.no-contact", is_open=True)
    assert alert.tier == "action"
    return alert


def lost() -> Scene:
    return a_scene(enrolled_days_ago=40, contact_days_ago=35)


def left_blank(scene: Scene) -> Alert:
    """Item 9: an action about safety."""
    measured(scene, 12, item9=None)
    return the_safety_alert(scene.patient)


def test_on_the_third_working_day_the_lead_is_told_and_the_care_manager_keeps_it(app: Flask) -> None:
    with on_stage(app):
        scene = lost()
        alert = not_spoken_with(scene)
        assert escalate_due(now=MONDAY - A_MINUTE).told == 0

        passed = escalate_due(now=MONDAY)
        assert (passed.told, passed.escalated) == (1, 0)
        assert (alert.escalation, alert.owner_id, alert.state) == (LEAD, scene.care_manager.id, "open")
        assert words_of(alert, "escalated") == "Nobody acknowledged it in time"
        assert escalate_due(now=MONDAY + timedelta(days=30)).told == 0, "once: it stands on the lead's day"


def test_what_is_about_safety_is_told_on_the_next_working_day(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        close_on(clinic=scene.clinic, day=TODAY + timedelta(days=1), words="Training", by=None)
        alert = left_blank(scene)

        assert escalate_due(now=THURSDAY).told == 0, "the clinic is closed that day"
        assert escalate_due(now=FRIDAY).told == 1
        assert alert.escalation == LEAD


def test_what_somebody_acknowledged_and_does_not_end_is_told_after_a_fortnight_of_safety_after_a_week(
    app: Flask,
) -> None:
    with on_stage(app):
        scene = lost()
        care, danger = not_spoken_with(scene), left_blank(scene)
        for alert in (care, danger):
            acknowledge(alert=alert, by=scene.care_manager)
        week, fortnight = datetime(2026, 3, 18, 4, tzinfo=UTC), datetime(2026, 3, 25, 4, tzinfo=UTC)

        assert escalate_due(now=week - A_MINUTE).told == 0
        assert escalate_due(now=week).told == 1
        assert (care.escalation, danger.escalation, danger.state) == (0, LEAD, "acknowledged")
        assert words_of(danger, "escalated") == "Acknowledged, but no outcome in time"

        assert escalate_due(now=fortnight - A_MINUTE).told == 0
        assert escalate_due(now=fortnight).told == 1
        assert care.escalation == LEAD


def test_pressing_that_one_is_on_it_again_or_putting_it_off_keeps_nothing_from_the_lead(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        danger = left_blank(scene)
        acknowledge(alert=danger, by=scene.care_manager)
        with clock.at(NOW + timedelta(days=4)):
            acknowledge(alert=danger, by=scene.care_manager)
            too_late = TODAY + timedelta(days=8)
            with pytest.raises(ImpossibleSnooze, match="up to 18 Mar 2026"):
                snooze(alert=danger, until=too_late, reason="Away", by=scene.care_manager)
            snooze(alert=danger, until=TODAY + timedelta(days=7), reason="Away", by=scene.care_manager)
        week = datetime(2026, 3, 18, 4, tzinfo=UTC)
        assert escalate_due(now=week).snoozes_ended == 1
        with clock.at(week):
            acknowledge(alert=danger, by=scene.care_manager)
            assert danger.escalation == LEAD
            with pytest.raises(CannotWait, match="The lead is told"):
                snooze(alert=danger, until=TODAY + timedelta(days=8), reason="Away", by=scene.care_manager)
            acknowledge(alert=danger, by=scene.lead)
        assert (danger.escalation, danger.look_at) == (0, datetime(2026, 3, 25, 4, tzinfo=UTC))


def test_what_was_put_off_before_somebody_was_on_it_is_told_no_later(app: Flask) -> None:
    """However long a clinic lets it be put off."""
    with on_stage(app):
        scene = a_scene()
        set_number(scene, "snooze.safety", 14)
        danger = left_blank(scene)
        snooze(alert=danger, until=TODAY + timedelta(days=14), reason="Away", by=scene.care_manager)
        acknowledge(alert=danger, by=scene.care_manager)
        week = datetime(2026, 3, 18, 4, tzinfo=UTC)

        assert escalate_due(now=week - A_MINUTE).snoozes_ended == 0
        assert escalate_due(now=week).snoozes_ended == 1
        assert (danger.escalation, danger.snoozed_until) == (LEAD, None)


def test_acknowledged_it_is_the_leads_no_longer_and_put_off_it_waits_until_it_is_shown_again(app: Flask) -> None:
    with on_stage(app):
        scene = lost()
        alert = not_spoken_with(scene)
        snooze(alert=alert, until=TODAY + timedelta(days=2), reason="On holiday", by=scene.care_manager)
        passed = escalate_due(now=datetime(2026, 3, 13, 4, tzinfo=UTC))
        assert (passed.snoozes_ended, passed.told) == (1, 0)
        assert alert.look_at == datetime(2026, 3, 18, 21, tzinfo=UTC), "three working days from the day it is shown"

        escalate_due(now=alert.look_at)
        assert alert.escalation == LEAD
        acknowledge(alert=alert, by=scene.care_manager)
        assert (alert.escalation, alert.look_at) == (0, datetime(2026, 3, 25, 4, tzinfo=UTC))


def test_it_is_put_off_once_before_somebody_acknowledges_it(app: Flask) -> None:
    with on_stage(app):
        scene = lost()
        alert = not_spoken_with(scene)
        snooze(alert=alert, until=TODAY + timedelta(days=2), reason="On holiday", by=scene.care_manager)
        escalate_due(now=datetime(2026, 3, 13, 4, tzinfo=UTC))
        with clock.at(MONDAY):
            until = TODAY + timedelta(days=12)
            with pytest.raises(CannotWait, match="Press I am on it first"):
                snooze(alert=alert, until=until, reason="Still on holiday", by=scene.care_manager)
            acknowledge(alert=alert, by=scene.care_manager)
            snooze(alert=alert, until=until, reason="Back on the 23rd", by=scene.care_manager)
            assert alert.snoozed_until == until


def test_put_off_it_stays_on_the_day_of_the_lead_who_was_told(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = lost()
        lead, owner, alert = scene.lead.id, scene.care_manager.id, not_spoken_with(scene)
        escalate_due(now=MONDAY)
        with clock.at(MONDAY):
            snooze(alert=alert, until=TODAY + timedelta(days=12), reason="On holiday", by=scene.care_manager)
    with clock.at(MONDAY + timedelta(days=1)):
        for user_id, stands in ((lead, True), (owner, False)):
            builders.sign_in(client, user_id)
            assert ("No two-way contact" in words(client.get("/my-day?whose=mine"))) is stands


def test_whoever_is_given_it_has_no_more_time_and_a_snooze_ends_when_it_was_to_end(app: Flask) -> None:
    with on_stage(app):
        scene = lost()
        alert = not_spoken_with(scene)
        with clock.at(NOW + timedelta(days=1)):
            assign(alert=alert, to=scene.duty, by=scene.lead)
        assert alert.look_at == MONDAY
        snooze(alert=alert, until=TODAY + timedelta(days=9), reason="On holiday", by=scene.duty)
        ends = alert.look_at
        assign(alert=alert, to=scene.care_manager, by=scene.lead)
        assert alert.look_at == ends


def test_told_to_the_lead_it_still_follows_the_team(app: Flask) -> None:
    with on_stage(app):
        scene = lost()
        alert = not_spoken_with(scene)
        escalate_due(now=MONDAY)
        another = builders.a_user(role="care_manager", clinic=scene.clinic, name="Ben Care")
        with clock.at(MONDAY), scope.within({scene.clinic.id}):
            place = TeamPlace(role="care_manager", user_id=another.id)
            change_team(episode=scene.episode, place=place, on=TODAY + timedelta(days=5), why="Rota", by=scene.lead)

        assert (alert.owner_id, alert.escalation) == (another.id, LEAD)


def test_the_lead_is_told_of_an_injection_until_it_is_given_and_not_of_the_waist_beside_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=200)
        about: dict[str, Any] = {"clinic_id": scene.clinic.id, "by": scene.duty}
        start = StepFacts(kind="start", on=TODAY - timedelta(days=200), every_days=28)
        depot = TrialFacts(
            kind="injection",
            name="Risperidone",
            product="risperidone",
            medicine_class="antipsychotic",
            start=start,
        )
        trial = treatment.start_trial(patient_id=scene.patient.id, facts=depot, **about)
        escalate_due(now=MONDAY)
        (alert,) = alerts_of(scene.patient, rule="medication.due", is_open=True)
        assert (alert.tier, alert.escalation) == ("action", LEAD)

        treatment.note(trial=trial, facts=InjectionFacts(on=TODAY, outcome="given"), **about)
        assert "waist" in alert.sentence
        assert (alert.closed_at, alert.escalation, alert.look_at) == (None, 0, None)


def test_consent_taken_back_stands_until_it_is_given_anew_and_the_lead_hears_of_it(
    app: Flask, client: FlaskClient
) -> None:
    with on_stage(app):
        scene = a_scene()
        by: dict[str, Any] = {"episode": scene.episode, "by": scene.care_manager}
        revoke_consent(on=TODAY, said_by="patient", why="Wants no calls", **by)
        (alert,) = alerts_of(scene.patient, rule="care.consent-withdrawn", is_open=True)
        assert (alert.tier, alert.owner_id) == ("action", scene.care_manager.id)
        escalate_due(now=MONDAY)
        assert alert.escalation == LEAD

        take_consent(facts=ConsentFacts(given_on=TODAY, mode="verbal", taken_by="C. Manager"), **by)
        assert (alert.state, alert.closed_by_id) == ("closed", None)
        who, care = scene.care_manager.id, f"/patients/{scene.patient.id}/care"
        page = f"/patients/{scene.patient.id}/alerts/{alert.id}"
    builders.sign_in(client, who)
    assert f'href="{care}' in client.get(page).text


def test_a_reminder_is_told_to_nobody_and_an_action_that_eases_to_one_neither(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=22, contact_days_ago=None)
        (reminder,) = alerts_of(scene.patient, rule="engage.first-follow-up", is_open=True)
        assert reminder.look_at is None
        assert escalate_due(now=MONDAY + timedelta(days=2)).told == 0


@pytest.mark.parametrize("desk", ["mine", "clinic"])
def test_the_lead_finds_it_on_their_day_and_why(app: Flask, client: FlaskClient, desk: str) -> None:
    with on_stage(app):
        scene = lost()
        lead, alert = scene.lead.id, not_spoken_with(scene)
        address = f"/patients/{scene.patient.id}/alerts/{alert.id}"
    builders.sign_in(client, lead)
    assert "Acknowledge by 16 Mar 2026, 17:00, or the lead is told" in words(client.get(address))
    if desk == "mine":
        assert "No two-way contact" not in words(client.get("/my-day?whose=mine"))

    with on_stage(app):
        escalate_due(now=MONDAY)
    with clock.at(MONDAY):
        builders.sign_in(client, lead)
        assert "nobody has acknowledged it, the lead is told" in words(client.get(f"/my-day?whose={desk}"))
        assert "Told to Lena Lead" in words(client.get(address))


def test_news_asks_again_and_the_lead_goes_on_knowing(app: Flask) -> None:
    """90 days without contact are news to whoever acknowledged 30."""
    with on_stage(app):
        scene = lost()
        alert = not_spoken_with(scene)
        acknowledge(alert=alert, by=scene.care_manager)
        escalate_due(now=datetime(2026, 3, 25, 4, tzinfo=UTC))
        with clock.at(NOW + timedelta(days=56)), scope.within({scene.clinic.id}):
            reconcile_patient(scene.patient.id)

        assert alert.state == "open"
        assert alert.look_at == datetime(2026, 5, 11, 21, tzinfo=UTC), "three working days from Wednesday 6 May"
