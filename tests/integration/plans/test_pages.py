"""The pages over goals and plans, as a care manager and a colleague meet them."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select

from registry.access import scope
from registry.extensions import db
from registry.plans.models import Goal, GoalRating, PlanVersion
from registry.plans.queries import safety_plans
from tests.integration.contacts.conftest import Case
from tests.pages import fields_of, fill_in, send, words

FLAT = "Keep the flat and see my nephew on Sundays"


def _url(case: Case) -> str:
    return f"/patients/{case.patient_id}/plan"


def _goal(case: Case) -> uuid.UUID:
    typed = {"words": FLAT, "on": "2026-01-05"}
    assert fill_in(case.browser_of("care_manager"), f"{_url(case)}/goals/new", typed).status_code == 303
    with case.app.app_context(), scope.within({case.clinic_id}):
        return db.session.scalars(select(Goal.id)).one()


def test_a_goal_is_rated_from_nought_to_ten_and_one_rating_a_day_stands(case: Case) -> None:
    browser, goal = case.browser_of("care_manager"), _goal(case)
    rate = f"{_url(case)}/goals/{goal}/rate"

    for on, rating in (("2026-01-05", "0"), ("2026-03-01", "5"), ("2026-03-01", "8")):
        assert fill_in(browser, rate, {"on": on, "rating": rating}).status_code == 303
    too_much = fill_in(browser, rate, {"rating": "11"})
    too_early = fill_in(browser, rate, {"on": "2026-01-04", "rating": "1"})

    assert "Enter a whole number from 0 to 10" in words(too_much)
    assert "not before the goal was set" in words(too_early)
    said = words(browser.get(_url(case)))
    assert f"“{FLAT}” 0 → 8 of 10" in said
    assert "Rated again on the same day" in said
    with case.app.app_context(), scope.within({case.clinic_id}):
        kept = db.session.execute(select(GoalRating.rating, GoalRating.status).order_by(GoalRating.rating)).all()
    assert [tuple(row) for row in kept] == [(0, "final"), (5, "amended"), (8, "final")]


def test_a_changed_goal_is_kept_and_a_goal_ended_meanwhile_is_told(case: Case) -> None:
    mine, theirs, goal = case.browser_of("care_manager"), case.browser_of("colleague"), _goal(case)
    address = f"{_url(case)}/goals/{goal}/change"
    my_page = mine.get(address)

    ended = {"how": "reached", "words": "Lease signed"}
    assert fill_in(theirs, f"{_url(case)}/goals/{goal}/end", ended).status_code == 303
    answer = send(mine, address, my_page, {"words": "A job", "why": "The flat is safe"})

    assert answer.status_code == 409
    assert "Reached: Lease signed" in words(answer)
    assert fields_of(answer)["words"] == "A job"


def test_each_saving_of_a_plan_is_a_version_that_stays_readable_and_is_compared(case: Case) -> None:
    browser, write = case.browser_of("care_manager"), f"{_url(case)}/safety/write"
    first = {"signs": "No sleep", "company": "The library", "took_part": "Marisol", "on": "2026-02-01"}
    assert fill_in(browser, write, first).status_code == 303

    assert fields_of(browser.get(write))["company"] == "The library"
    second = {"signs": "No sleep, pacing", "took_part": "Marisol, her sister", "review_on": "2026-06-01"}
    assert fill_in(browser, write, second).status_code == 303

    read = words(browser.get(f"{_url(case)}/safety/2"))
    assert "changed No sleep, pacing No sleep" in read
    assert "Version 2 of 12 Mar 2026, today; to be looked at again on 1 Jun 2026" in words(browser.get(_url(case)))
    assert fill_in(browser, f"{_url(case)}/safety/2/entered-in-error", {"why": "Sister only"}).status_code == 303
    with case.app.app_context(), scope.within({case.clinic_id}):
        assert safety_plans([case.patient_id])[case.patient_id].written_on == date(2026, 2, 1)


def test_two_people_who_write_a_plan_lose_no_word(case: Case) -> None:
    mine, theirs, address = case.browser_of("care_manager"), case.browser_of("colleague"), f"{_url(case)}/relapse/write"
    my_page, their_page = mine.get(address), theirs.get(address)

    send(theirs, address, their_page, {"early": "Talks fast", "took_part": "Marisol"})
    answer = send(mine, address, my_page, {"early": "Buys things", "took_part": "Marisol"})

    assert answer.status_code == 409
    assert "Talks fast" in words(answer)
    assert fields_of(answer)["early"] == "Buys things"
    assert send(mine, address, answer, {"early": "Talks fast, buys things"}).status_code == 303
    with case.app.app_context(), scope.within({case.clinic_id}):
        kept = db.session.scalars(select(PlanVersion).order_by(PlanVersion.number)).all()
        assert [version.sections["early"] for version in kept] == ["Talks fast", "Talks fast, buys things"]


def test_a_plan_with_nothing_in_it_is_no_plan(case: Case) -> None:
    answer = fill_in(case.browser_of("care_manager"), f"{_url(case)}/safety/write", {"took_part": "Marisol"})

    assert answer.status_code == 422
    assert "Write down what was agreed in at least one section" in words(answer)
    assert case.browser_of("stranger").get(_url(case)).status_code == 404


def test_an_earlier_plan_typed_late_does_not_take_the_place_of_a_later_one(case: Case) -> None:
    browser, write = case.browser_of("care_manager"), f"{_url(case)}/safety/write"
    first = {"signs": "Pacing", "took_part": "Marisol", "on": "2026-03-10", "opened_number": "nonsense"}
    assert fill_in(browser, write, first).status_code == 303  # nobody can have been quicker with a first plan
    assert fill_in(browser, write, {"signs": "No sleep", "took_part": "Marisol", "on": "2026-02-01"}).status_code == 303

    said = words(browser.get(_url(case)))

    assert "The plan of 10 Mar 2026 was talked through later, and still stands" in said
    assert "Version 1 of 10 Mar 2026" in said
    assert fields_of(browser.get(write))["signs"] == "Pacing"
    assert "Safety plan of 10 Mar" in words(case.browser_of("peer").get("/my-people"))
    with case.app.app_context(), scope.within({case.clinic_id}):
        assert safety_plans([case.patient_id])[case.patient_id].written_on == date(2026, 3, 10)
