"""Finding people, who each page is about, and how much the pages ask of the database."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy import event, select

from registry.access import scope
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.clinics.models import Clinic
from registry.episodes.actions import reassign_open_work
from registry.episodes.errors import UnfitForTeam
from registry.episodes.models import TeamMember
from registry.episodes.patient_header import load_header
from registry.extensions import db
from tests.builders import a_patient, a_user, an_episode, sign_in
from tests.integration.episodes.conftest import World
from tests.pages import fields_of, page_of, words


def _search(world: World, text: str) -> str:
    page = page_of(world.browser.get("/patients"))
    token = page.select_one("form[role=search] input[name=csrf_token]")
    assert token is not None
    answer = world.browser.post("/patients", data={"csrf_token": token["value"], "q": text})
    assert answer.status_code == 200
    results = page_of(answer).select_one("#results")
    assert results is not None
    return results.get_text(" ", strip=True)


@pytest.mark.parametrize("text", ["nunez", "NÚÑEZ ada", "ada nun", "adi", "m 10", "M100"])
def test_people_are_found_by_part_of_any_name_or_the_beginning_of_the_mrn(world: World, text: str) -> None:
    world.person(given="Ada", family="Núñez", used_name="Adi", mrn="M100")
    world.person(given="Bo", family="Zimmer", mrn="X900")

    found = _search(world, text)

    assert "Adi Núñez" in found
    assert "Zimmer" not in found


@pytest.mark.parametrize("text", ["100%", "_da", "nobody at all", "\x00", "x" * 10_240])
def test_a_search_for_nonsense_is_answered_calmly(world: World, text: str) -> None:
    world.person(given="Ada", family="Lovell", mrn="M100")

    _search(world, text)


@pytest.mark.parametrize("text", ["%", "_", "%%", "z%", "_zz", "M%", "M1_0", "\\", "/"])
def test_no_sign_in_a_search_stands_for_any_other(world: World, text: str) -> None:
    world.person(given="Ada", family="Lovell", mrn="M100")

    assert "Nobody found" in _search(world, text)


def test_a_sign_of_a_pattern_in_a_record_number_is_found_as_itself(world: World) -> None:
    world.person(given="Ada", family="Lovell", mrn="M%1_0")
    world.person(given="Bo", family="Zimmer", mrn="MX1Y0")

    found = _search(world, "m%1_")

    assert "Lovell" in found
    assert "Zimmer" not in found


def test_people_of_another_clinic_are_not_found(world: World) -> None:
    world.person(elsewhere=True, given="Secret", family="Person", mrn="S1")

    assert "Nobody found" in _search(world, "secret")
    assert "Nobody found" in _search(world, "S1")


def test_somebody_whose_episode_ended_is_still_found(world: World) -> None:
    person, episode_id = world.in_care(enrolled_on=date(2026, 1, 5))
    page = f"/patients/{person}/episodes/{episode_id}/end"
    world.browser.post(page, data=fields_of(world.browser.get(page)) | {"reason": "graduated", "on": "2026-03-10"})

    assert "Ended 10 Mar 2026" in words(world.browser.get("/patients"))


def test_who_was_listed_is_recorded(world: World) -> None:
    person = world.person()

    world.browser.get("/patients")

    with world.app.app_context():
        event_row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "people.listed")).one()
        assert event_row.changes == [{"shown": [str(person)]}]


def test_the_header_says_who_and_where_they_stand(world: World) -> None:
    person, _ = world.in_care(enrolled_on=date(2026, 1, 5))

    with world.app.test_request_context(), scope.within({world.clinic_id}):
        header = load_header(person, date(2026, 3, 12))
        assert header is not None
        assert header.born == "17 May 1980"
        assert header.age == "45 years"
        assert header.phase == "Active · 9 weeks"
    with world.app.test_request_context(), scope.within({world.other_clinic_id}):
        assert load_header(person, date(2026, 3, 12)) is None


def _statements(world: World, url: str) -> int:
    seen: list[str] = []
    with world.app.app_context():
        engine = db.engine

    def note(_connection: sa.Connection, _cursor: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    world.browser.get(url)  # caches fill
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert world.browser.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([sql for sql in seen if sql.lstrip().upper().startswith("SELECT")])


def test_a_list_of_many_asks_no_more_than_a_list_of_one(world: World) -> None:
    world.in_care()
    few = _statements(world, "/patients")
    for _ in range(6):
        world.in_care()

    assert _statements(world, "/patients") == few <= 20


def test_a_long_history_asks_no_more_than_a_short_one(world: World) -> None:
    person, episode_id = world.in_care(enrolled_on=date(2026, 1, 5))
    short = _statements(world, f"/patients/{person}/care")
    for level in ("9", "8", "7", "6"):
        page = f"/patients/{person}/episodes/{episode_id}/targets/phq-9:total"
        world.browser.post(page, data=fields_of(world.browser.get(page)) | {"level": level, "why": "x"})

    assert _statements(world, f"/patients/{person}/care") == short <= 26


def test_open_work_moves_to_a_colleague_and_the_past_stays(world: World) -> None:
    for _ in range(2):
        world.in_care(enrolled_on=date(2026, 1, 5))
    with world.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, world.clinic_id)
        leaver = a_user(clinic=clinic, name="J. Ortiz")
        clinic = db.session.get_one(Clinic, world.clinic_id)
        for _ in range(3):
            an_episode(patient=a_patient(clinic=clinic), enrolled_on=date(2026, 1, 5), care_manager=leaver)
        heir = db.session.get_one(User, world.user_id)
        moved = reassign_open_work(from_user=leaver, to_user=heir, clinic_id=world.clinic_id, by=heir)

        assert moved == 3
        open_rows = db.session.scalars(select(TeamMember).where(TeamMember.ends_on.is_(None))).all()
        assert {row.user_id for row in open_rows} == {world.user_id}
        assert len(db.session.scalars(select(TeamMember).where(TeamMember.user_id == leaver.id)).all()) == 3


def test_open_work_does_not_move_to_somebody_who_may_not_do_it(world: World) -> None:
    world_user = world.user_id
    with world.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, world.clinic_id)
        an_episode(patient=a_patient(clinic=clinic), care_manager=db.session.get_one(User, world_user))
        leaver, doctor = db.session.get_one(User, world_user), db.session.get_one(User, world.psychiatrist_id)
        with pytest.raises(UnfitForTeam):
            reassign_open_work(from_user=leaver, to_user=doctor, clinic_id=world.clinic_id, by=leaver)


def test_a_psychiatrist_reads_care_and_changes_nothing_there(world: World) -> None:
    person, episode_id = world.in_care()
    sign_in(world.browser, world.psychiatrist_id)

    answer = world.browser.get(f"/patients/{person}/care")

    assert answer.status_code == 200
    assert "Change phase" not in words(answer)
    assert world.browser.get(f"/patients/{person}/episodes/{episode_id}/phase").status_code == 403
