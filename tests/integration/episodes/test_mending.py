"""An end that was none is taken back, and dates typed wrong are put on their days."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry.access import scope
from registry.accounts.actions import end_role
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.episodes import actions
from registry.episodes.models import (
    Episode,
    EpisodeCondition,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    TreatmentCourse,
    TreatmentTarget,
)
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import StandingRow
from registry.patients.models import Patient
from tests.builders import a_referral, an_episode
from tests.integration.episodes.conftest import World
from tests.pages import Fields, elements, fields_of, fill_in, words

ENROLLED = date(2026, 1, 5)
ENDED = date(2026, 3, 10)


def _url(person: uuid.UUID, episode: uuid.UUID, page: str) -> str:
    return f"/patients/{person}/episodes/{episode}/{page}"


def _beside(answer: TestResponse, field: str) -> str:
    """What is wrong beside a field."""
    (place,) = elements(answer).xpath(f"//*[contains(@class, 'field--invalid')][.//*[@name='{field}']]")
    return str(place.text_content())


def _in_care(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Enrolled, with both places of the team held."""
    with world.app.app_context():
        manager, psychiatrist = (db.session.get_one(User, each) for each in (world.user_id, world.psychiatrist_id))
    return world.in_care(enrolled_on=ENROLLED, care_manager=manager, consultant=psychiatrist)


def _end(world: World, episode_id: uuid.UUID, *, reason: str = "lost", on: date = ENDED) -> None:
    with world.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.get_one(Episode, episode_id)
        actions.end_episode(episode=episode, reason=reason, on=on, note="Moved away", by=None)


def test_an_episode_ended_by_mistake_goes_on_as_if_it_had_not(world: World, told: list[uuid.UUID]) -> None:
    person, episode_id = _in_care(world)
    _end(world, episode_id)
    care = f"/patients/{person}/care"
    assert "Reopen: the end was entered by mistake" in words(world.browser.get(care))
    told.clear()

    assert fill_in(world.browser, _url(person, episode_id, "reopen"), {"why": "Another person"}).status_code == 303

    assert told == [person]
    with world.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.get_one(Episode, episode_id)
        assert (episode.phase, episode.ended_on, episode.end_reason) == ("active", None, None)
        (course,) = db.session.scalars(select(TreatmentCourse))
        assert (course.starts_on, course.ends_on) == (ENROLLED, None)
        team = {row.role: (row.user_id, row.starts_on, row.ends_on) for row in db.session.scalars(select(TeamMember))}
        assert team == {
            "care_manager": (world.user_id, ENROLLED, None),
            "consultant": (world.psychiatrist_id, ENROLLED, None),
        }
    shown = words(world.browser.get(care))
    assert "10 Mar 2026 Active Another person Maria Santos 10 Mar 2026 Ended Moved away" in shown, "nothing is hidden"
    assert world.browser.get(_url(person, episode_id, "reopen")).status_code == 404


def test_neither_a_pause_nor_whoever_lost_the_role_meanwhile_comes_back(world: World) -> None:
    person, episode_id = _in_care(world)
    pause: Fields = {"phase": "paused", "on": "2026-02-09", "paused_until": "2026-04-09", "why": "Away"}
    fill_in(world.browser, _url(person, episode_id, "phase"), pause)
    _end(world, episode_id)
    with world.app.app_context():
        end_role(db.session.get_one(User, world.psychiatrist_id).memberships[0], ends_on=ENDED, by=None)

    assert fill_in(world.browser, _url(person, episode_id, "reopen"), {"why": "Another person"}).status_code == 303

    with world.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.get_one(Episode, episode_id).phase == "active", "nobody promised when to come back"
        assert db.session.scalars(select(TeamMember.role).where(TeamMember.ends_on.is_(None))).all() == ["care_manager"]


def _died(world: World, person: uuid.UUID, _episode: uuid.UUID) -> None:
    fill_in(world.browser, f"/patients/{person}/death", {"died_on": ENDED.isoformat()})


def _referred_again(world: World, person: uuid.UUID, episode: uuid.UUID) -> None:
    _end(world, episode)
    fill_in(world.browser, f"/patients/{person}/refer")


def _handed_over(world: World, _person: uuid.UUID, episode_id: uuid.UUID) -> None:
    """The other clinic took the person over and has spoken with them."""
    with world.app.app_context(), scope.all_patients(reason="test"):
        episode, other = db.session.get_one(Episode, episode_id), db.session.get_one(Clinic, world.other_clinic_id)
        transfer = actions.propose_transfer(episode=episode, to_clinic=other, words="Moved", by=None)
        actions.accept_transfer(
            transfer=transfer, on=date(2026, 3, 12), phase="active", team=(), opened_version=transfer.version, by=None
        )
        with write():
            on = date(2026, 3, 12)
            actions.complete_transfers(patient_id=episode.patient_id, clinic_id=other.id, on=on, by=None)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (_died, "A death is on record. Withdraw it first"),
        (_referred_again, "A later episode at this clinic is on record"),
        (_handed_over, "This episode ended with a transfer"),
    ],
)
def test_an_end_that_is_true_is_not_taken_back(
    world: World, before: Callable[[World, uuid.UUID, uuid.UUID], None], said: str
) -> None:
    person, episode_id = world.in_care(enrolled_on=ENROLLED)
    before(world, person, episode_id)

    answer = fill_in(world.browser, _url(person, episode_id, "reopen"), {"why": "Another person"})

    assert answer.status_code == 422
    assert said in words(answer)
    assert "Reopen" not in words(world.browser.get(_url(person, episode_id, "")[:-1]))


def test_a_death_taken_back_leads_to_the_episodes_it_ended(world: World) -> None:
    person, episode_id = world.in_care(enrolled_on=ENROLLED)
    _died(world, person, episode_id)

    answer = fill_in(world.browser, f"/patients/{person}/death", {"why": "Another person of that name"})

    assert answer.location == f"/patients/{person}/care"
    assert fill_in(world.browser, _url(person, episode_id, "reopen"), {"why": "Not dead"}).status_code == 303
    assert world.episode(episode_id).is_open


def test_an_enrolment_typed_wrong_is_put_on_its_day_with_all_that_began_with_it(
    world: World, told: list[uuid.UUID]
) -> None:
    person, episode_id = world.in_care(enrolled_on=date(2026, 3, 5), referred_on=date(2026, 3, 2))
    with world.app.app_context(), scope.all_patients(reason="test"):
        sync_instruments()
        for on, total in ((date(2026, 2, 6), 18), (date(2026, 3, 6), 9)):
            record_measurement(
                patient_id=person,
                clinic_id=world.clinic_id,
                instrument="phq-9",
                taken_on=on,
                mode="self-paper",
                total_only=total,
                by=db.session.get_one(User, world.user_id),
            )
    told.clear()

    typed: Fields = {"referred_on": "2026-02-02", "enrolled_on": "2026-02-05", "why": "February, not March"}
    assert fill_in(world.browser, _url(person, episode_id, "dates"), typed).status_code == 303

    assert told == [person]
    with world.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.get_one(Episode, episode_id)
        assert (episode.referred_on, episode.enrolled_on) == (date(2026, 2, 2), date(2026, 2, 5))
        assert episode.phase_since == date(2026, 2, 5)
        spells = db.session.scalars(select(PhaseSpell).order_by(PhaseSpell.starts_on))
        assert [(each.phase, each.starts_on.day) for each in spells] == [("referred", 2), ("active", 5)]
        for kind in (TreatmentCourse, TrackedMeasure, TreatmentTarget, EpisodeCondition):
            assert set(db.session.scalars(select(kind.starts_on))) == {date(2026, 2, 5)}, kind.__name__
        standing = db.session.scalars(select(StandingRow)).one()
        assert (standing.baseline_on, standing.baseline_value) == (date(2026, 2, 6), 18), "worked out anew"


def test_an_enrolment_after_a_reopening_is_put_on_its_day_and_the_end_stays_on_its_own(world: World) -> None:
    with world.app.app_context(), scope.all_patients(reason="test"):
        patient = db.session.get_one(Patient, world.person())
        episode = a_referral(patient=patient, referred_on=date(2026, 2, 2))
        actions.end_episode(episode=episode, reason="lost", on=date(2026, 2, 4), note="Somebody else", by=None)
        actions.reopen(episode=episode, why="Another person was meant", by=None)
        person, episode_id = patient.id, an_episode(patient=patient, enrolled_on=date(2026, 2, 20)).id
    url = _url(person, episode_id, "dates")

    early = fill_in(world.browser, url, {"enrolled_on": "2026-02-03", "why": "Mistyped"})
    right = fill_in(world.browser, url, {"enrolled_on": "2026-02-18", "why": "Mistyped"})

    assert "on or after the change before, 4 Feb 2026" in _beside(early, "enrolled_on")
    assert right.status_code == 303
    with world.app.app_context(), scope.all_patients(reason="test"):
        spells = db.session.scalars(select(PhaseSpell).order_by(PhaseSpell.starts_on, PhaseSpell.id))
        expected = [("referred", 2), ("ended", 4), ("referred", 4), ("active", 18)]
        assert [(each.phase, each.starts_on.day) for each in spells] == expected
        assert db.session.get_one(Episode, episode_id).phase_since == date(2026, 2, 18)


IMPOSSIBLE: list[tuple[Fields, str, str]] = [
    ({"enrolled_on": "2026-03-13"}, "enrolled_on", "not later than today"),
    ({"enrolled_on": "2026-01-04"}, "enrolled_on", "Enter a date on or after the referral, 5 Jan 2026"),
    ({"enrolled_on": "2026-02-03"}, "enrolled_on", "not later than the next change on record, 2 Feb 2026"),
    ({"referred_on": "2026-01-06"}, "enrolled_on", "Enter a date on or after the referral, 6 Jan 2026"),
    ({"referred_on": "1980-05-16"}, "referred_on", "Enter a date on or after the birth date"),
    ({"referred_on": "2026-01-04", "why": ""}, "why", "Say what was wrong"),
    ({}, "referred_on", "These are the dates on record"),
]


def test_dates_that_cannot_be_are_refused_beside_their_field(world: World) -> None:
    person, episode_id = world.in_care(enrolled_on=ENROLLED)
    later: Fields = {"phase": "maintaining", "on": "2026-02-02", "why": "At target"}
    fill_in(world.browser, _url(person, episode_id, "phase"), later)
    url = _url(person, episode_id, "dates")
    opened = fields_of(world.browser.get(url)) | {"why": "Mistyped"}

    for typed, field, said in IMPOSSIBLE:
        answer = world.browser.post(url, data=opened | typed)
        assert answer.status_code == 422, said
        assert said in _beside(answer, field)


def test_the_second_to_correct_the_dates_is_told_what_they_are_now(world: World) -> None:
    person, episode_id = world.in_care(enrolled_on=ENROLLED)
    url = _url(person, episode_id, "dates")
    mine = fields_of(world.browser.get(url)) | {"referred_on": "2026-01-02", "why": "Mistyped"}
    fill_in(world.browser, url, {"referred_on": "2026-01-03", "why": "Mistyped"})

    answer = world.browser.post(url, data=mine)

    assert answer.status_code == 409
    assert "Referred 3 Jan 2026 2 Jan 2026" in words(answer)
    assert world.browser.post(url, data=fields_of(answer)).status_code == 303


def test_two_episodes_of_one_clinic_never_hold_the_same_contact(world: World) -> None:
    person, episode_id = world.in_care(enrolled_on=ENROLLED)
    _end(world, episode_id)

    early = fill_in(world.browser, f"/patients/{person}/refer", {"referred_on": "2026-03-01"})
    assert early.status_code == 422
    assert "Enter a date on or after the day the episode before ended, 10 Mar 2026" in _beside(early, "referred_on")

    with world.app.app_context(), scope.all_patients(reason="test"):
        patient = db.session.get_one(Episode, episode_id).patient
        again = a_referral(patient=patient, referred_on=date(2026, 3, 11)).id
    typed: Fields = {"referred_on": "2026-03-09", "why": "Mistyped"}
    corrected = fill_in(world.browser, _url(person, again, "dates"), typed)
    assert "on or after the day the episode before ended" in _beside(corrected, "referred_on")
