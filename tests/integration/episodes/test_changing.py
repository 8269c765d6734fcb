"""What changes during an episode, with its date, reason and history."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.episodes.models import PhaseSpell, TeamMember, TrackedMeasure, TreatmentCourse, TreatmentTarget
from registry.extensions import db
from registry.patients.models import Patient
from tests.integration.episodes.conftest import World
from tests.pages import Fields, fields_of, fill_in, words

ENROLLED = date(2026, 1, 5)


def _url(person: uuid.UUID, episode: uuid.UUID, page: str) -> str:
    return f"/patients/{person}/episodes/{episode}/{page}"


def _change(world: World, page: str, episode: tuple[uuid.UUID, uuid.UUID], **typed: str | list[str]) -> int:
    why: Fields = {"why": "Agreed with the patient"}
    return fill_in(world.browser, _url(*episode, page), why | typed).status_code


def _courses(world: World, episode_id: uuid.UUID) -> list[tuple[date, date | None]]:
    with world.app.app_context(), scope.all_patients(reason="test"):
        rows = db.session.scalars(
            select(TreatmentCourse).where(TreatmentCourse.episode_id == episode_id).order_by(TreatmentCourse.starts_on)
        )
        return [(row.starts_on, row.ends_on) for row in rows]


def test_a_return_from_maintaining_to_active_opens_a_new_course(world: World, told: list[uuid.UUID]) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    told.clear()

    assert _change(world, "phase", episode, phase="maintaining", on="2026-02-02") == 303
    assert _change(world, "phase", episode, phase="active", on="2026-03-02") == 303

    assert _courses(world, episode[1]) == [(ENROLLED, date(2026, 3, 2)), (date(2026, 3, 2), None)]
    assert told == [episode[0], episode[0]]


def test_a_return_to_active_through_a_pause_in_maintaining_opens_a_new_course_too(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    _change(world, "phase", episode, phase="maintaining", on="2026-02-02")
    _change(world, "phase", episode, phase="paused", on="2026-02-09", paused_until="2026-03-09")

    _change(world, "phase", episode, phase="active", on="2026-03-09")

    assert len(_courses(world, episode[1])) == 2


def test_a_pause_in_active_keeps_the_course(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    _change(world, "phase", episode, phase="paused", on="2026-02-09", paused_until="2026-03-09")
    _change(world, "phase", episode, phase="active", on="2026-03-09")

    assert _courses(world, episode[1]) == [(ENROLLED, None)]
    assert world.episode(episode[1]).paused_until is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"phase": "paused", "on": "2026-03-01", "paused_until": "2026-05-31"}, "not later than 30 May 2026"),
        ({"phase": "paused", "on": "2026-03-01"}, "Enter the date the pause ends"),
        ({"phase": "paused", "on": "2026-03-01", "paused_until": "2026-03-01"}, "after it begins"),
        ({"phase": "maintaining", "on": "2026-03-13"}, "Enter a date not later than today"),
        ({"phase": "maintaining", "on": "2026-01-04"}, "Enter a date on or after the day the present phase began"),
        ({"phase": "maintaining", "why": ""}, "Say why"),
        ({"phase": "ended"}, "Not a valid choice"),
        ({}, "Choose the new phase"),
    ],
)
def test_an_impossible_phase_is_refused(world: World, typed: Fields, said: str) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)

    answer = fill_in(world.browser, _url(*episode, "phase"), {"why": "Agreed"} | typed)

    assert answer.status_code == 422
    assert said in words(answer)
    assert world.episode(episode[1]).phase == "active"


def test_the_second_to_change_a_phase_is_told_what_it_is_now(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    url = _url(*episode, "phase")
    mine = fields_of(world.browser.get(url)) | {"phase": "maintaining", "why": "At target twice"}
    _change(world, "phase", episode, phase="paused", on="2026-03-10", paused_until="2026-04-10")

    answer = world.browser.post(url, data=mine)

    assert answer.status_code == 409
    assert "Paused since 10 Mar 2026" in words(answer)
    assert fields_of(answer)["why"] == "At target twice"
    assert world.episode(episode[1]).phase == "paused"
    assert world.browser.post(url, data=fields_of(answer) | {"phase": "maintaining"}).status_code == 303


def test_a_new_care_manager_follows_the_old_one_who_stays_on_record(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    _change(world, "team/care_manager", episode, user_id=str(world.user_id), on="2026-01-05")

    _change(world, "team/care_manager", episode, user_id="", name="J. Ortiz", on="2026-03-01", why="Maria on leave")

    with world.app.app_context(), scope.all_patients(reason="test"):
        rows = list(db.session.scalars(select(TeamMember).order_by(TeamMember.starts_on)))
        assert [(row.user_id, row.name, row.ends_on) for row in rows] == [
            (world.user_id, "", date(2026, 3, 1)),
            (None, "J. Ortiz", None),
        ]
        assert (rows[0].ended_why, rows[1].why) == ("Maria on leave", "Maria on leave")
    shown = words(world.browser.get(f"/patients/{episode[0]}/care"))
    assert "Care manager: Maria Santos 5 Jan 2026 to 1 Mar 2026 · Maria on leave" in shown


def test_the_team_takes_nobody_of_another_clinic(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)

    assert _change(world, "team/care_manager", episode, user_id=str(world.stranger_id)) == 422
    assert world.browser.get(_url(*episode, "team/king")).status_code == 404


def test_a_target_changes_from_a_date_and_the_one_before_stays(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)

    assert _change(world, "targets/phq-9:total", episode, level="9", on="2026-02-01") == 303

    with world.app.app_context(), scope.all_patients(reason="test"):
        rows = list(db.session.scalars(select(TreatmentTarget).order_by(TreatmentTarget.starts_on)))
        assert [(row.at_most, row.starts_on, row.ends_on) for row in rows] == [
            (4, ENROLLED, date(2026, 2, 1)),
            (9, date(2026, 2, 1), None),
        ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"level": "28"}, "Enter a target from 0 to 27"),
        ({"level": "4.005"}, "at most two decimals"),
        ({"level": ""}, "Enter the level to reach"),
        ({"level": "None"}, "enter a number, such as 12.5"),
        ({"kind": "hold", "review_by": "2026-12-01"}, "Enter when to look at this target again"),
        ({"on": "2026-01-04"}, "Enter a date on or after the day the present one began, 5 Jan 2026"),
    ],
)
def test_an_impossible_target_is_refused(world: World, typed: Fields, said: str) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)

    answer = fill_in(world.browser, _url(*episode, "targets/phq-9:total"), {"why": "x", "level": "9"} | typed)

    assert answer.status_code == 422
    assert said in words(answer)


def test_a_target_may_hold_the_best_achievable_and_is_looked_at_again(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)

    assert _change(world, "targets/phq-9:total", episode, kind="hold", review_by="2026-09-01") == 303
    assert "best achievable, hold; look again by 1 Sep 2026" in words(world.browser.get(f"/patients/{episode[0]}/care"))


def test_tracking_begins_changes_its_cadence_and_stops(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)

    assert _change(world, "measures", episode, scale="gad-7:total", cadence_days="28", on="2026-02-01") == 303
    assert _change(world, "measures", episode, scale="gad-7:total", cadence_days="14", on="2026-02-15") == 303
    assert _change(world, "measures/gad-7:total/stop", episode, on="2026-03-01") == 303

    with world.app.app_context(), scope.all_patients(reason="test"):
        rows = list(
            db.session.scalars(
                select(TrackedMeasure).where(TrackedMeasure.scale == "gad-7:total").order_by(TrackedMeasure.starts_on)
            )
        )
        assert [(row.cadence_days, row.ends_on) for row in rows] == [(28, date(2026, 2, 15)), (14, date(2026, 3, 1))]


def test_somebody_asks_to_be_told_when_another_measure_is_off_target(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    gad7: Fields = {"scale": "gad-7:total", "cadence_days": "28", "on": "2026-02-01", "on_request": "y"}

    assert _change(world, "measures", episode, **gad7) == 303
    assert "every 28 days; told when off target" in words(world.browser.get(f"/patients/{episode[0]}/care"))
    begun = fields_of(world.browser.get(_url(*episode, "measures?scale=gad-7:total")))
    assert begun["on_request"] == "y", "changing the cadence keeps what was asked"


def test_the_metric_primary_is_followed_for_the_whole_episode(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)

    answer = fill_in(world.browser, _url(*episode, "measures/phq-9:total/stop"), {"why": "Tired of it"})

    assert answer.status_code == 422
    assert "The metric primary is followed for the whole episode" in words(answer)


def test_conditions_change_with_their_history(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)

    assert _change(world, "conditions", episode, conditions=["bipolar-2"], on="2026-03-01") == 303

    shown = words(world.browser.get(f"/patients/{episode[0]}/care"))
    assert "Bipolar II" in shown
    assert "Major depression 5 Jan 2026 to 1 Mar 2026" in shown


def test_an_episode_ends_with_a_reason_and_a_new_one_may_begin(world: World, told: list[uuid.UUID]) -> None:
    person, episode_id = world.in_care(enrolled_on=ENROLLED)
    told.clear()

    answer = fill_in(
        world.browser, _url(person, episode_id, "end"), {"reason": "graduated", "on": "2026-03-10", "note": "Well"}
    )

    assert answer.status_code == 303
    ended = world.episode(episode_id)
    assert (ended.phase, ended.end_reason, ended.ended_on) == ("ended", "graduated", date(2026, 3, 10))
    assert _courses(world, episode_id) == [(ENROLLED, date(2026, 3, 10))]
    assert told == [person]
    assert world.browser.get(_url(person, episode_id, "phase")).status_code == 404
    assert fill_in(world.browser, f"/patients/{person}/refer").status_code == 303
    shown = words(world.browser.get(f"/patients/{person}/care"))
    assert "Ended, 5 Jan 2026 to 10 Mar 2026: graduated" in shown


def test_a_death_ends_every_open_episode_in_the_same_transaction(world: World, told: list[uuid.UUID]) -> None:
    person, episode_id = world.in_care(enrolled_on=ENROLLED)
    told.clear()

    answer = fill_in(world.browser, f"/patients/{person}/death", {"died_on": "2026-03-08"})

    assert answer.status_code == 303
    ended = world.episode(episode_id)
    assert (ended.end_reason, ended.ended_on) == ("died", date(2026, 3, 8))
    assert told == [person]
    assert "died 8 Mar 2026, aged 45 years" in words(world.browser.get(f"/patients/{person}/details"))
    assert fill_in(world.browser, f"/patients/{person}/refer").status_code == 422


def test_a_death_entered_in_error_is_withdrawn_with_a_reason(world: World) -> None:
    person = world.person()
    fill_in(world.browser, f"/patients/{person}/death", {"died_on": "2026-03-08"})

    fill_in(world.browser, f"/patients/{person}/death", {"why": "Another person of that name"})

    with world.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.get_one(Patient, person).died_on is None


def test_every_phase_stands_in_the_history_with_who_and_why(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    _change(world, "phase", episode, phase="maintaining", on="2026-02-02", why="At target twice")

    with world.app.app_context(), scope.all_patients(reason="test"):
        last = db.session.scalars(select(PhaseSpell).order_by(PhaseSpell.starts_on.desc())).first()
        assert last is not None
        assert (last.phase, last.why, last.set_by_id) == ("maintaining", "At target twice", world.user_id)
    assert "At target twice Maria Santos" in words(world.browser.get(f"/patients/{episode[0]}/care"))
