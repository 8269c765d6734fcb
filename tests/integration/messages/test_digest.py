"""On a Monday everybody hears by e-mail how much is open for them, once, and nothing of whom it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access.roles import Role
from registry.accounts.models import User
from registry.alerts.actions import close
from registry.extensions import db
from registry.jobs import readiness
from registry.jobs.models import JobRun
from registry.jobs.weekly import queue_digests_due
from registry.messages.actions import Round, send_due
from registry.messages.models import Message
from registry.messages.rules import DIGESTS_A_MINUTE
from registry.review.actions import Advice, record_review
from registry.tasks.actions import send_task
from tests import builders
from tests.integration.alerts.scene import NOW, Scene, a_scene, measured, on_stage, the_safety_alert
from tests.integration.messages.mail_server import Post, without_key
from tests.pages import words

MONDAY = datetime(2026, 3, 16, 7, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


def asked(scene: Scene, to: User) -> None:
    send_task(
        patient_id=scene.patient.id,
        clinic_id=scene.clinic.id,
        to_id=to.id,
        kind="task",
        words="Bring her the bus pass",
        by=scene.lead,
    )


def digests() -> dict[str, str]:
    rows = db.session.scalars(select(Message).where(Message.kind == "digest"))
    return {row.user.name: row.state for row in rows}


def test_each_hears_once_how_much_is_open_over_all_their_clinics_and_nobody_of_nothing(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = a_scene()
        west = builders.a_clinic("West", time_zone="America/Los_Angeles")
        both = builders.a_user(role=Role.CARE_MANAGER, clinic=scene.clinic, also=[west], name="Bo Both")
        peer = builders.a_user(role=Role.PEER_SPECIALIST, clinic=scene.clinic, name="Pia Peer")
        builders.a_user(role=Role.ADMINISTRATOR, clinic=scene.clinic, name="Ada Admin")
        measured(scene, 9, item9=1)
        assert send_due().sent == 2
        post.arrived.clear()
        for colleague in (scene.care_manager, both, peer):
            asked(scene, colleague)

        assert queue_digests_due(now=MONDAY - timedelta(minutes=1)) == 0
        assert queue_digests_due(now=MONDAY) == 6
        assert queue_digests_due(now=MONDAY + timedelta(minutes=15)) == 0
        assert send_due(now=MONDAY) == Round(sent=4)
        assert queue_digests_due(now=MONDAY + timedelta(hours=3)) == 0, "whoever works at both has heard"
        assert queue_digests_due(now=MONDAY + timedelta(days=1)) == 0
        assert send_due(now=MONDAY + timedelta(days=1)) == Round()

        told = dict(post.arrived)
        names = (scene.care_manager, scene.duty, both, peer)
        assert sorted(told) == sorted(user.email for user in names)
        care_manager, duty, at_both, of_peer = (told[user.email] for user in names)
        assert "- 1 urgent alert\r\n- 1 request of a colleague\r\n" in care_manager
        assert "https://registry.clinic.example/my-day?whose=mine\r\n" in care_manager
        assert "- 1 urgent alert\r\n\r\n" in duty
        assert "week:\r\n\r\n- 1 request of a colleague\r\n\r\n" in at_both
        assert "https://registry.clinic.example/my-people" in of_peer
        assert digests()["Paul Psychiatrist"] == digests()["Lena Lead"] == "not-needed"
        person = scene.patient
        secret = [
            *(person.legal_family, person.legal_given, person.mrn, person.birth_date.isoformat(), str(person.id)),
            *(scene.clinic.name, "West", "PHQ", "suicid", "bus pass", "Ana", "Lena"),
        ]
        for mail in told.values():
            assert not [each for each in secret if each.lower() in without_key(mail).lower()]
        runs = db.session.scalars(select(JobRun).where(JobRun.kind == "messages.digest"))
        assert sorted((run.outcome or {})["queued"] for run in runs) == [0, 6]


def test_the_numbers_are_those_of_ones_own_day(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = a_scene(contact_days_ago=None, reviewed=False, enrolled_days_ago=70)
        record_review(
            episode=scene.episode,
            reviewed_on=NOW.date(),
            minutes=10,
            summary="",
            recommendations=[Advice(kind="start", words="Check lithium level")],
            look_again_on=None,
            by=scene.psychiatrist,
        )
        asked(scene, scene.care_manager)
        queue_digests_due(now=MONDAY)
        send_due(now=MONDAY)
        user_id, email = scene.care_manager.id, scene.care_manager.email
    mail = dict(post.arrived)[email]
    with clock.at(MONDAY):
        day = words(builders.sign_in(app.test_client(), user_id).get("/my-day?whose=mine"))

    assert "- 1 person who needs something" in mail
    assert "1 person needs something" in day
    assert "- 1 recommendation to decide or carry out" in mail
    assert "Check lithium level" in day
    assert "- 1 request of a colleague" in mail
    assert "Bring her the bus pass" in day


def test_what_was_done_before_the_e_mail_goes_out_is_not_counted(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        send_due()
        post.arrived.clear()
        queue_digests_due(now=MONDAY)
        close(
            alert=the_safety_alert(scene.patient), outcome="contacted-safe", words="Called, plan agreed", by=scene.duty
        )

        assert send_due(now=MONDAY) == Round()
        assert post.arrived == []


def test_a_count_that_could_not_be_sent_is_shown_to_the_administrator_and_troubles_no_alert(
    app: Flask, post: Post
) -> None:
    with on_stage(app):
        scene = a_scene()
        admin_id = builders.id_of(builders.a_user(role=Role.ADMINISTRATOR, clinic=scene.clinic))
        asked(scene, scene.care_manager)
        queue_digests_due(now=MONDAY)
        post.at_the_end = "refuses"

        with clock.at(MONDAY):
            assert send_due() == Round(failed=1)
            assert digests()["Ana Care"] == "failed"
            assert "refuses the message" in readiness.mail()
    with clock.at(MONDAY):
        page = words(builders.sign_in(app.test_client(), admin_id).get("/administration/clinics"))
    assert "1 time in the last 7 days somebody was not told on a Monday what is open for them" in page


def test_many_are_told_a_few_a_minute_and_whoever_is_asked_urgently_first(app: Flask, post: Post) -> None:
    with on_stage(app):
        scene = a_scene()
        people = [builders.a_user(role=Role.CARE_MANAGER, clinic=scene.clinic) for _ in range(DIGESTS_A_MINUTE)]
        for colleague in people:
            asked(scene, colleague)
        queue_digests_due(now=MONDAY)
        with clock.at(MONDAY):
            measured(scene, 9, item9=1)
            send_due()
            assert readiness.mail() == ""
        is_urgent = ["asks for you" in mail for _, mail in post.arrived]
        assert is_urgent[0]
        assert is_urgent == sorted(is_urgent, reverse=True)
        waiting = select(Message.next_try_at).where(Message.kind == "digest", Message.state == "queued")
        assert set(db.session.scalars(waiting)) == {MONDAY + timedelta(minutes=1)}
