"""Referring and enrolling in the browser."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.clinics.models import Clinic
from registry.episodes.actions import change_team
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Consent, Episode, TeamMember, TrackedMeasure, TreatmentCourse, TreatmentTarget
from registry.extensions import db
from tests.builders import a_choice
from tests.integration.episodes.conftest import World
from tests.pages import Fields, fields_of, fill_in, words

ENROLMENT: Fields = {
    "given_on": "2026-03-10",
    "mode": "verbal",
    "given_by": "patient",
    "cost_sharing_told": "y",
    "enrolled_on": "2026-03-11",
    "conditions": ["major-depression", "ptsd"],
    "metric_primary": "phq-9:total",
    "phq_9__total-is_tracked": "y",
    "gad_7__total-is_tracked": "y",
    "gad_7__total-cadence_days": "14",
}


def _enrol_url(person: uuid.UUID, episode: uuid.UUID) -> str:
    return f"/patients/{person}/episodes/{episode}/enrol"


def test_a_referral_opens_an_episode_and_word_is_sent(world: World, told: list[uuid.UUID]) -> None:
    person = world.person()

    answer = fill_in(world.browser, f"/patients/{person}/refer", {"referred_on": "2026-03-09", "urgency": "urgent"})

    assert answer.status_code == 303
    with world.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.scalars(select(Episode)).one()
        assert (episode.phase, episode.urgency, episode.referred_on) == ("referred", "urgent", date(2026, 3, 9))
    assert told == [person]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"referred_on": "2026-03-13"}, "Enter a date not later than today, 12 Mar 2026"),
        ({"referred_on": "1970-01-01"}, "Enter a date on or after the birth date, 17 May 1980"),
        ({"referred_on": "2026-02-31"}, "Enter a date that exists"),
        ({"clinic": str(uuid.UUID(int=7))}, "Choose one of your clinics"),
    ],
)
def test_an_impossible_referral_is_refused_beside_its_field(world: World, typed: dict[str, str], said: str) -> None:
    answer = fill_in(world.browser, f"/patients/{world.person()}/refer", typed)

    assert answer.status_code == 422
    assert said in words(answer)


def test_a_second_open_episode_at_the_same_clinic_is_refused(world: World) -> None:
    person, _ = world.referred()

    answer = fill_in(world.browser, f"/patients/{person}/refer")

    assert answer.status_code == 422
    assert "already has an open episode" in words(answer)


def test_enrolling_keeps_consent_team_focus_and_targets(world: World, told: list[uuid.UUID]) -> None:
    person, episode_id = world.referred(referred_on=date(2026, 3, 1))
    told.clear()

    answer = fill_in(
        world.browser,
        _enrol_url(person, episode_id),
        ENROLMENT
        | {
            "care_manager-user_id": str(world.user_id),
            "consultant-user_id": str(world.psychiatrist_id),
            "prescriber-name": "Dr Lin",
        },
    )

    assert answer.status_code == 303
    assert told == [person]
    with world.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.get_one(Episode, episode_id)
        assert (episode.phase, episode.enrolled_on) == ("active", date(2026, 3, 11))
        assert episode.metric_primary == "phq-9:total"
        consent = db.session.scalars(select(Consent)).one()
        assert (consent.mode, consent.taken_by, consent.has_capacity) == ("verbal", "Maria Santos", True)
        assert consent.cost_sharing_told
        team = {member.role: member for member in db.session.scalars(select(TeamMember))}
        assert team["care_manager"].user_id == world.user_id
        assert team["consultant"].user_id == world.psychiatrist_id
        assert team["prescriber"].name == "Dr Lin"
        tracked = {row.scale: row for row in db.session.scalars(select(TrackedMeasure))}
        assert {key: row.cadence_days for key, row in tracked.items()} == {"phq-9:total": 28, "gad-7:total": 14}
        assert tracked["phq-9:total"].position == 0
        targets = {row.scale: row.at_most for row in db.session.scalars(select(TreatmentTarget))}
        assert targets["phq-9:total"] == 4
        assert db.session.scalars(select(TreatmentCourse.starts_on)).all() == [date(2026, 3, 11)]
        actions = set(db.session.scalars(select(AuditEvent.action)))
        assert {"episode.referred", "episode.enrolled"} <= actions


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"enrolled_on": "2026-03-13"}, "Enter the date of the assessment, not later than today"),
        ({"enrolled_on": "2026-02-28"}, "Enter a date on or after the referral, 1 Mar 2026"),
        ({"given_on": "1970-01-01"}, "Enter a date on or after the birth date"),
        ({"given_on": ""}, "Enter the date consent was given"),
        ({"conditions": []}, "Choose at least one condition"),
        ({"metric_primary": "nobody:knows"}, "Not a valid choice"),
        ({"metric_primary": "asrm:total"}, "Track this measure as well, below"),
        ({"phq_9__total-cadence_days": "0"}, "Enter how often in days, from 1 to 730"),
        ({"phq_9__total-level": "28"}, "Enter a target from 0 to 27"),
        ({"taken_by": "x" * 10_240}, "Use at most 200 characters"),
    ],
)
def test_an_impossible_enrolment_is_refused_and_keeps_what_was_typed(world: World, typed: Fields, said: str) -> None:
    person, episode_id = world.referred(referred_on=date(2026, 3, 1))

    answer = fill_in(world.browser, _enrol_url(person, episode_id), {**ENROLMENT, **typed})

    assert answer.status_code == 422
    assert said in words(answer)
    assert fields_of(answer)["gad_7__total-cadence_days"] == "14"
    assert world.episode(episode_id).enrolled_on is None


def test_whoever_cared_for_somebody_while_they_were_referred_hands_them_on_at_enrolment(world: World) -> None:
    person, episode_id = world.referred(referred_on=date(2026, 3, 1))
    with world.app.app_context(), scope.all_patients(reason="test"):
        episode, user = db.session.get_one(Episode, episode_id), db.session.get_one(User, world.user_id)
        for place in (TeamPlace(role="care_manager", name="Intake desk"), TeamPlace(role="peer", name="Sam")):
            change_team(episode=episode, place=place, on=date(2026, 3, 2), why="", by=user)

    answer = fill_in(
        world.browser, _enrol_url(person, episode_id), ENROLMENT | {"care_manager-user_id": str(world.user_id)}
    )

    assert answer.status_code == 303
    with world.app.app_context(), scope.all_patients(reason="test"):
        team = {(row.role, row.name or row.user_id): row.ends_on for row in db.session.scalars(select(TeamMember))}
    assert team == {
        ("care_manager", "Intake desk"): date(2026, 3, 11),
        ("care_manager", world.user_id): None,
        ("peer", "Sam"): None,
    }


def test_a_user_of_another_clinic_cannot_be_put_on_the_team(world: World) -> None:
    person, episode_id = world.referred(referred_on=date(2026, 3, 1))

    answer = fill_in(
        world.browser, _enrol_url(person, episode_id), ENROLMENT | {"care_manager-user_id": str(world.stranger_id)}
    )

    assert answer.status_code == 422
    assert "Choose somebody of this clinic from the list" in words(answer)


def test_a_colleague_without_the_role_cannot_take_its_place(world: World) -> None:
    person, episode_id = world.referred(referred_on=date(2026, 3, 1))

    answer = fill_in(
        world.browser, _enrol_url(person, episode_id), ENROLMENT | {"consultant-user_id": str(world.user_id)}
    )

    assert answer.status_code == 422


def test_a_second_click_on_enrol_lands_in_the_same_place(world: World) -> None:
    person, episode_id = world.referred(referred_on=date(2026, 3, 1))
    sent = fields_of(world.browser.get(_enrol_url(person, episode_id))) | ENROLMENT

    first, second = (world.browser.post(_enrol_url(person, episode_id), data=sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    with world.app.app_context(), scope.all_patients(reason="test"):
        assert len(db.session.scalars(select(Consent)).all()) == 1


@pytest.mark.parametrize("page", ["enrol", "phase", "team/care_manager", "end", "measures", "conditions"])
def test_an_episode_of_another_clinic_does_not_exist(world: World, page: str) -> None:
    person, episode_id = world.in_care(elsewhere=True)
    mine, _ = world.in_care()

    assert world.browser.get(f"/patients/{person}/episodes/{episode_id}/{page}").status_code == 404
    assert world.browser.get(f"/patients/{mine}/episodes/{episode_id}/{page}").status_code == 404


def _switch_off(world: World, *instruments: str) -> None:
    with world.app.app_context():
        clinic, user = db.session.get_one(Clinic, world.clinic_id), db.session.get_one(User, world.user_id)
        a_choice(clinic=clinic, by=user, unused=instruments)


def test_an_enrolment_offers_the_measures_the_clinic_uses(world: World) -> None:
    person, episode = world.referred()
    _switch_off(world, "gad-7")

    page = world.browser.get(_enrol_url(person, episode))

    assert "phq_9__total-is_tracked" in page.text
    assert "gad_7__total-is_tracked" not in page.text


def test_a_measure_the_clinic_does_not_use_cannot_become_the_metric_primary(world: World) -> None:
    person, episode = world.referred()
    _switch_off(world, "gad-7")

    answer = fill_in(world.browser, _enrol_url(person, episode), {**ENROLMENT, "metric_primary": "gad-7:total"})

    assert answer.status_code == 422
    with world.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(TrackedMeasure)).all() == []


def test_care_offers_to_track_what_the_clinic_uses_and_what_is_followed_already(world: World) -> None:
    person, episode = world.in_care(tracked={"phq-9:total"})
    _switch_off(world, "phq-9", "gad-7")

    page = world.browser.get(f"/patients/{person}/episodes/{episode}/measures")

    assert 'value="phq-9:total"' in page.text
    assert 'value="asrm:total"' in page.text
    assert 'value="gad-7:total"' not in page.text
