"""A lead moves what somebody owns to a colleague."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from registry.access import scope
from registry.administration.queries import OpenWork, open_work
from registry.alerts.hours.duty import on_duty
from registry.clinics.actions import cover_duty
from registry.clinics.models import Clinic, DutyCover
from registry.episodes.models import TeamMember
from registry.extensions import db
from tests.builders import await_password
from tests.integration.administration.conftest import TODAY, House
from tests.pages import fill_in, words

TEAM = "/administration/team"


def _address(house: House, name: str) -> str:
    return f"/administration/open-work/{house.harbor}/{house.users[name]}"


def test_the_team_shows_what_each_still_has_to_do(house: House) -> None:
    said = words(house.browser_of("lead").get(TEAM))

    assert "Rosa Osei" in said
    assert "Milo Mill" not in said


def test_open_work_moves_to_the_colleague_and_the_past_keeps_its_name(house: House) -> None:
    browser = house.browser_of("lead")

    answer = fill_in(browser, _address(house, "manager"), {"to_user_id": str(house.users["colleague"])})

    assert (answer.status_code, answer.location) == (303, TEAM)
    with house.app.app_context(), scope.all_patients(reason="test"):
        places = db.session.scalars(select(TeamMember).order_by(TeamMember.ends_on.nulls_last())).all()
        assert [(each.user_id, each.ends_on) for each in places] == [
            (house.users["manager"], TODAY),
            (house.users["colleague"], None),
        ]
        assert open_work(house.users["manager"]) == OpenWork()


def test_duty_moves_from_today_on(house: House) -> None:
    with house.app.app_context():
        harbor = db.session.get_one(Clinic, house.harbor)
        began_on, ends_on = TODAY - timedelta(days=3), TODAY + timedelta(days=3)
        cover_duty(clinic=harbor, user_id=house.users["manager"], starts_on=began_on, ends_on=ends_on, by=None)
        cover_duty(clinic=harbor, user_id=house.users["psychiatrist"], starts_on=TODAY, ends_on=TODAY, by=None)

    fill_in(house.browser_of("lead"), _address(house, "manager"), {"to_user_id": str(house.users["colleague"])})

    with house.app.app_context():
        spells = db.session.scalars(select(DutyCover).order_by(DutyCover.starts_on, DutyCover.id)).all()
        assert [(each.user_id, each.starts_on, each.ends_on) for each in spells] == [
            (house.users["manager"], TODAY - timedelta(days=3), TODAY - timedelta(days=1)),
            (house.users["colleague"], TODAY, TODAY + timedelta(days=3)),
            (house.users["psychiatrist"], TODAY, TODAY),
        ]
        assert on_duty(house.harbor, TODAY) == house.users["psychiatrist"], "what was written down later still counts"
        assert on_duty(house.harbor, TODAY + timedelta(days=1)) == house.users["colleague"]


def test_somebody_without_a_fitting_role_cannot_take_over(house: House) -> None:
    for name in ("psychiatrist", "of mill", "of lakeside", "manager"):
        answer = fill_in(house.browser_of("lead"), _address(house, "manager"), {"to_user_id": str(house.users[name])})
        assert answer.status_code == 422, name
    with house.app.app_context():
        await_password(house.user("colleague"))
    assert "Nobody can take this over" in words(house.browser_of("lead").get(_address(house, "manager")))


def test_work_of_another_clinic_is_out_of_reach(house: House) -> None:
    browser = house.browser_of("lead")

    for clinic_id in (house.mill, house.lakeside, uuid.uuid4()):
        assert browser.get(f"/administration/open-work/{clinic_id}/{house.users['of mill']}").status_code == 404
    assert browser.get(f"/administration/open-work/{house.harbor}/{house.users['of mill']}").status_code == 404


def test_work_left_after_a_role_ended_can_still_be_moved(house: House) -> None:
    from registry.accounts.actions import end_role

    with house.app.app_context():
        end_role(house.user("manager").memberships[0], ends_on=TODAY, by=None)
    browser = house.browser_of("lead")

    assert "No role now" in words(browser.get(TEAM))
    answer = fill_in(browser, _address(house, "manager"), {"to_user_id": str(house.users["colleague"])})

    assert answer.status_code == 303
    with house.app.app_context():
        assert not open_work(house.users["manager"]).is_any
