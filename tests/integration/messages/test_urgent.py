"""Somebody who is not signed in hears by e-mail that an urgent alert asks for them; where that fails, others see it."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import Mock

import pytest
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.access.roles import Role
from registry.accounts import invitations
from registry.accounts.models import SignedInSession, User
from registry.alerts.actions import acknowledge, assign, tell
from registry.alerts.escalation import escalate_due
from registry.alerts.models import Alert
from registry.audit.models import AuditEvent
from registry.db.transaction import write
from registry.episodes.actions import change_team
from registry.episodes.facts import TeamPlace
from registry.extensions import db
from registry.jobs import readiness
from registry.messages.actions import Round, _take_up, send_due
from registry.messages.models import Message
from registry.messages.rules import LEASE, MOST_TRIES, PAUSES
from tests import builders
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    Scene,
    a_scene,
    kinds_of,
    measured,
    on_duty,
    on_stage,
    the_safety_alert,
)
from tests.integration.messages.mail_server import Post, without_key
from tests.pages import words

IDLE = timedelta(minutes=15)


def an_urgent_scene() -> Scene:
    scene = a_scene()
    measured(scene, 9, item9=1)
    return scene


def states() -> list[str]:
    return sorted(db.session.scalars(select(Message.state)))


def signed_in(user: User, *, at: datetime) -> None:
    with write():
        db.session.add(
            SignedInSession(
                token_hash=user.name,
                user_id=user.id,
                created_at=at,
                seen_at=at,
                ends_at=at + timedelta(hours=12),
                device="",
            )
        )


def test_owner_and_whoever_is_on_duty_hear_once_and_nothing_of_whom(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = an_urgent_scene()

        assert send_due() == Round(sent=2)
        assert send_due(now=NOW + timedelta(hours=1)) == Round(), "never twice"

        assert post.told == sorted([scene.care_manager.email, scene.duty.email])
        person = scene.patient
        secret = [
            *(person.legal_family, person.legal_given, person.mrn, person.birth_date.isoformat(), str(person.id)),
            *(scene.clinic.name, "PHQ", "suicid", "Ana", str(the_safety_alert(person).id)),
        ]
        for _, mail in post.arrived:
            assert "1 urgent alert waits" in mail
            assert "https://registry.clinic.example/my-day" in mail
            assert not [each for each in secret if each.lower() in without_key(mail).lower()]


def test_several_alerts_are_one_e_mail(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = an_urgent_scene()
        other = builders.a_patient(clinic=scene.clinic)
        builders.an_episode(patient=other, care_manager=scene.care_manager)
        measured(scene, 9, item9=1, patient=other)

        assert send_due() == Round(sent=2)
        assert all("2 urgent alerts wait" in mail for _, mail in post.arrived)
        for person in (scene.patient, other):
            assert kinds_of(the_safety_alert(person)).count("mailed") == 2, "who was told, and when, is on record"
        events = select(AuditEvent).where(AuditEvent.action == "alert.mailed")
        assert len(db.session.scalars(events).all()) == 4
        address = f"/patients/{other.id}/alerts/{the_safety_alert(other).id}"
        lead_id = scene.lead.id
    history = words(builders.sign_in(app.test_client(), lead_id).get(address))
    assert "Told Ana Care by e-mail" in history
    assert "Told Dora Duty by e-mail" in history


def test_acknowledged_meanwhile_it_is_not_needed(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = an_urgent_scene()
        acknowledge(alert=the_safety_alert(scene.patient), by=scene.care_manager)

        assert send_due() == Round()
        assert (states(), post.arrived) == (["not-needed", "not-needed"], [])


def test_who_cannot_sign_in_yet_answers_for_nothing_and_the_lead_hears_instead(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = a_scene()
        newcomer = builders.a_user(role=Role.CLINIC_LEAD, clinic=scene.clinic, name="Aaron A.")
        builders.await_password(scene.care_manager, scene.duty, newcomer)
        measured(scene, 9, item9=1)

        assert send_due() == Round(sent=1)
        assert (post.told, the_safety_alert(scene.patient).owner_id) == ([scene.lead.email], None)

        token = invitations.renew(scene.care_manager, by=scene.lead)
        invitations.take_up(token, new_password="a sentence of her own", address="198.51.100.7")
        assert the_safety_alert(scene.patient).owner_id == scene.care_manager.id
        with clock.at(NOW + timedelta(hours=1)):
            escalate_due()
        assert the_safety_alert(scene.patient).owner_id == scene.lead.id, "nobody on duty, and Aaron is not in yet"


def test_an_e_mail_to_who_cannot_sign_in_is_a_failure_that_others_see(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = an_urgent_scene()
        send_due()
        tell(alert=the_safety_alert(scene.patient), to=scene.psychiatrist, words="Tonight?", by=scene.lead)
        builders.await_password(scene.psychiatrist)

        assert send_due() == Round(failed=1)
        assert post.told == sorted([scene.care_manager.email, scene.duty.email])
        assert "untold" in kinds_of(the_safety_alert(scene.patient))
        assert readiness.mail() == "", "an account nobody uses yet is no fault of the installation"
        lead_id = scene.lead.id
    day = words(builders.sign_in(app.test_client(), lead_id).get("/my-day"))
    assert "did not reach Paul Psychiatrist" in day


def test_what_was_given_to_another_meanwhile_is_told_to_them_alone(app: Flask, post: Post) -> None:
    """By hand, or because the person has another care manager; whoever is on duty is asked in any case."""
    with on_stage(app):
        scene = an_urgent_scene()
        ben = builders.a_user(role=Role.CARE_MANAGER, clinic=scene.clinic, name="Ben Care")
        with scope.within({scene.clinic.id}):
            place = TeamPlace(role="care_manager", user_id=ben.id)
            change_team(episode=scene.episode, place=place, on=TODAY, why="Rota", by=scene.lead)
        assert the_safety_alert(scene.patient).owner_id == ben.id
        assert send_due() == Round(sent=2)
        assert post.told == sorted([ben.email, scene.duty.email])

        post.arrived.clear()
        for to in (scene.care_manager, scene.psychiatrist):
            with clock.at(NOW + timedelta(minutes=5)):
                assign(alert=the_safety_alert(scene.patient), to=to, by=scene.lead)
        send_due(now=NOW + timedelta(minutes=5))
        assert post.told == [scene.psychiatrist.email]


def test_a_psychiatrist_whom_somebody_wants_to_know_hears_though_it_is_acknowledged(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = an_urgent_scene()
        alert = acknowledge(alert=the_safety_alert(scene.patient), by=scene.care_manager)
        tell(alert=alert, to=scene.psychiatrist, by=scene.care_manager)

        assert send_due() == Round(sent=1)
        assert post.told == [scene.psychiatrist.email]
        assert "1 urgent alert waits for you" in post.arrived[0][1]


def test_whoever_is_signed_in_is_told_once_they_are_gone(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = an_urgent_scene()
        signed_in(scene.care_manager, at=NOW)

        send_due()
        assert post.told == [scene.duty.email]

        send_due(now=NOW + IDLE)
        assert post.told == sorted([scene.care_manager.email, scene.duty.email])


def test_each_next_person_hears_when_it_passes_on_and_when_it_is_given(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = an_urgent_scene()
        send_due()
        told = {}
        for hours in (1, 2):
            post.arrived.clear()
            with clock.at(NOW + timedelta(hours=hours)):
                escalate_due()
                send_due()
            told[hours] = post.told
        post.arrived.clear()
        assign(alert=the_safety_alert(scene.patient), to=scene.psychiatrist, by=scene.lead)
        send_due()

        assert told == {1: [scene.duty.email], 2: [scene.lead.email]}
        assert post.told == [scene.psychiatrist.email]


def test_at_night_whoever_opens_tomorrow_hears_in_the_morning_and_the_owner_at_once(app: Flask, post: Post) -> None:
    """Nobody is on call; whoever was on duty today has gone home."""
    night, opening = NOW + timedelta(hours=12), NOW.replace(day=12, hour=12, minute=30)
    with on_stage(app):
        scene = a_scene()
        tomorrow = builders.a_user(role=Role.CLINICIAN, clinic=scene.clinic, name="Tom Tomorrow")
        on_duty(tomorrow, scene.clinic, starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=1))
        with clock.at(night):
            measured(scene, 9, item9=1)
        send_due(now=night)
        assert post.told == [scene.care_manager.email]
        assert (send_due(now=opening - timedelta(minutes=1)), send_due(now=opening)) == (Round(), Round(sent=1))

        assert post.told == sorted([scene.care_manager.email, tomorrow.email])


def test_whoever_took_the_duty_over_meanwhile_hears_at_the_opening_in_place_of_whoever_had_it(
    app: Flask, post: Post
) -> None:
    night, opening = NOW + timedelta(hours=12), NOW.replace(day=12, hour=12, minute=30)
    with on_stage(app):
        scene = a_scene()
        with clock.at(night):
            measured(scene, 9, item9=1)
        assert send_due(now=night) == Round(sent=1), "the owner"
        replacement = builders.a_user(role=Role.CLINICIAN, clinic=scene.clinic, name="Rita Replacement")
        on_duty(replacement, scene.clinic, starts_on=TODAY + timedelta(days=1), ends_on=TODAY + timedelta(days=1))

        assert send_due(now=opening) == Round(sent=1)
        assert post.told == sorted([scene.care_manager.email, replacement.email])


def test_two_workers_never_take_up_the_same_and_one_that_was_killed_holds_it_for_minutes(
    app: Flask, post: Post
) -> None:
    with on_stage(app):
        an_urgent_scene()
        taken = {taken.address for _ in range(2) if (taken := _take_up(NOW, IDLE)) is not None}

        assert len(taken) == 2
        assert send_due() == Round(), "the other worker has them"
        assert send_due(now=NOW + LEASE) == Round(sent=2), "it never came back"


def test_with_mail_off_nothing_is_queued(app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], mail=None))
    with on_stage(app):
        an_urgent_scene()

        assert (send_due(), states()) == (Round(), [])


def test_a_refused_address_is_given_up_at_once_and_a_server_that_fails_is_asked_once_for_all(
    app: Flask, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(app):
        an_urgent_scene()
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], mail=post.gone()))
        asked = Mock(wraps=smtplib.SMTP)
        monkeypatch.setattr(smtplib, "SMTP", asked)
        assert send_due() == Round(failed=2)
        assert asked.call_count == 1
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], mail=post.server))
        post.refuses = "550 nobody here"

        assert send_due(now=NOW + PAUSES[0]) == Round(failed=2)
        assert states() == ["failed", "failed"]
        assert readiness.mail() == "", "two wrong addresses are no fault of the installation"


def test_what_could_not_be_told_stands_in_the_alert_on_the_leads_day_and_with_the_administrator(
    app: Flask, post: Post
) -> None:
    post.at_the_end = "dies"
    with on_stage(app):
        scene = an_urgent_scene()
        admin = builders.a_user(role=Role.ADMINISTRATOR, clinic=scene.clinic, name="Ada Admin")
        alert_id = the_safety_alert(scene.patient).id
        address = f"/patients/{scene.patient.id}/alerts/{alert_id}"
        at, failed = NOW, 0
        for pause in (*PAUSES, timedelta(minutes=1)):
            failed += send_due(now=at).failed
            at += pause
        assert failed == 2 * MOST_TRIES
        assert kinds_of(the_safety_alert(scene.patient)).count("untold") == 2
        assert "ended the connection" in readiness.mail()

        ids = {"lead": scene.lead.id, "duty": scene.duty.id, "admin": admin.id}

    def page(who: str, address: str) -> str:
        return words(builders.sign_in(app.test_client(), ids[who]).get(address))

    told = "did not reach Ana Care and Dora Duty"
    assert told in page("lead", "/my-day")
    assert told not in page("duty", "/my-day")
    assert "E-mail to Dora Duty failed" in page("lead", address)
    assert "2 times in the last 7 days somebody was not told" in page("admin", "/administration/clinics")
    with on_stage(app):
        acknowledge(alert=db.session.get_one(Alert, alert_id), by=db.session.get_one(User, ids["duty"]))
    assert told not in page("lead", "/my-day"), "somebody knows"


def test_messages_nobody_takes_up_make_the_registry_unready(app: Flask, post: Post) -> None:
    with on_stage(app):
        an_urgent_scene()
        assert readiness.mail() == ""
        with clock.at(NOW + timedelta(minutes=6)):
            assert readiness.mail() == "2 messages wait to be sent: the consumer is behind, or the mail server fails"
