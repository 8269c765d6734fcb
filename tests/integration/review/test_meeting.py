"""The meeting: whom to talk about is prepared, the hour walks that list first, and its minutes are counted once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from registry import clock
from registry.access import scope
from registry.audit.models import AuditEvent
from registry.contacts.models import TimedContact
from registry.episodes.actions import end_episode, reopen
from registry.extensions import db
from registry.review.actions import void_review
from registry.review.models import MeetingCase, Review
from tests.integration.review.conftest import NOW, Case
from tests.pages import fields_of, fill_in, heading, page_of, send, words

CONTINUE = {"recommendations-0-kind": "continue"}
TIME = {"time": "yes"}


@contextmanager
def _minutes_later(minutes: int) -> Iterator[None]:
    with clock.at(NOW + timedelta(minutes=minutes)):
        yield


def _names(page: TestResponse, part: str) -> list[str]:
    return [name.get_text().split()[0] for name in page_of(page).select(f"{part} .queue__name")]


def _on_list(page: TestResponse) -> list[str]:
    return _names(page, ".queue--meeting")


def _press(browser: FlaskClient, page: TestResponse, label: str) -> TestResponse:
    """Press the first button that says this; the page it leads to."""
    answer = send(browser, page.request.path, page, button=label)
    assert answer.status_code == 303
    return browser.get(str(answer.location))


def _others(case: Case) -> dict[str, uuid.UUID]:
    """Two more people the psychiatrist has never reviewed, so that three stand in the queue."""
    return {given: case.another(given=given, enrolled_on=date(2026, 1, 6)) for given in ("Abel", "Bruna")}


def test_the_list_is_prepared_put_in_order_printed_and_walked_before_the_queue(case: Case) -> None:
    others = _others(case)
    manager, consultant = case.browser_of("manager"), case.browser_of("consultant")
    record = manager.get(f"/patients/{others['Bruna']}")
    assert "On the list for the meeting" in words(_press(manager, record, "On the meeting list"))
    assert "already" in words(_press(manager, record, "On the meeting list")), "nobody stands there twice"
    queue = manager.get("/review")
    assert (_on_list(queue), _names(queue, ".review-queue")) == (["Bruna"], ["Bruna", "Marisol", "Abel"])
    listed = _press(manager, manager.get(f"/review/{case.patient_id}"), "Put on the meeting list")
    assert _on_list(listed) == ["Bruna", "Marisol"]

    paper = manager.get("/review/list")
    assert (heading(paper), "2 people" in words(paper)) == ("List for the meeting", True)
    assert [row.get_text().split()[0] for row in page_of(paper).select("tbody th")] == ["Bruna", "Marisol"]
    paper = _press(manager, paper, "Earlier")
    assert [row.get_text().split()[0] for row in page_of(paper).select("tbody th")] == ["Marisol", "Bruna"]

    assert "The case of Marisol" in words(consultant.get("/review")), "the list goes first"
    first = fill_in(consultant, f"/review/{case.patient_id}", CONTINUE, button="Save and next")
    assert f"/review/{others['Bruna']}?" in str(first.location)
    second = fill_in(consultant, f"/review/{others['Bruna']}", CONTINUE, button="Save and next")
    assert f"/review/{others['Abel']}?" in str(second.location), "then the queue"
    assert _on_list(consultant.get("/review")) == []
    with case.app.app_context():
        acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("meeting-list.%"))).all()
        assert sorted(acts) == ["meeting-list.added"] * 2 + ["meeting-list.moved"] * 2


def test_a_move_sent_twice_moves_one_place(case: Case) -> None:
    others, manager = _others(case), case.browser_of("manager")
    for patient_id in (others["Bruna"], case.patient_id, others["Abel"]):
        _press(manager, manager.get(f"/patients/{patient_id}"), "On the meeting list")
    paper = manager.get("/review/list")
    (abel,) = (form for form in page_of(paper).select("form.list-change") if "Earlier: Abel" in form.get_text())

    for _ in range(2):
        manager.post(abel["action"], data=fields_of(paper))

    said = [row.get_text().split()[0] for row in page_of(manager.get("/review/list")).select("tbody th")]
    assert said == ["Bruna", "Abel", "Marisol"]


def test_nobody_falls_off_the_list_but_by_a_review_that_stands_or_by_hand(case: Case) -> None:
    manager, consultant = case.browser_of("manager"), case.browser_of("consultant")
    _press(manager, manager.get(f"/review/{case.patient_id}"), "Put on the meeting list")
    with case.app.app_context(), scope.within({case.clinic_id}):
        end_episode(episode=case.episode, reason="lost", on=date(2026, 3, 12), by=case.manager)
    assert _on_list(manager.get("/review")) == [], "nobody talks about an episode that has ended"
    with case.app.app_context(), scope.within({case.clinic_id}):
        reopen(episode=case.episode, why="Another person", by=case.manager)

    fill_in(consultant, f"/review/{case.patient_id}", CONTINUE, button="Save and next")
    assert _on_list(manager.get("/review")) == []
    with case.app.app_context(), scope.within({case.clinic_id}):
        void_review(review=db.session.scalars(select(Review)).one(), why="Another person's", by=case.consultant)
    queue = manager.get("/review")
    assert _on_list(queue) == ["Marisol"]

    assert _on_list(_press(manager, queue, "Take off")) == []
    with case.app.app_context(), scope.within({case.clinic_id}):
        assert db.session.scalars(select(MeetingCase.review_id)).all() == [None], "kept, and by whom in the trail"


def test_whoever_is_put_on_the_list_while_the_case_is_open_stays_on_it(case: Case) -> None:
    manager, consultant = case.browser_of("manager"), case.browser_of("consultant")
    url = f"/review/{case.patient_id}"
    opened = consultant.get(url)
    with _minutes_later(5):
        _press(manager, manager.get(url), "Put on the meeting list")
    with _minutes_later(10):
        assert send(consultant, url, opened, CONTINUE, button="Save and next").status_code == 303
        assert _on_list(manager.get("/review")) == ["Marisol"]


def test_an_act_nobody_defined_or_a_person_who_has_left_changes_no_list(case: Case) -> None:
    manager = case.browser_of("manager")
    token = {"csrf_token": page_of(manager.get("/review")).select("input[name=csrf_token]")[0]["value"]}
    url = f"/review/{case.patient_id}/list"
    assert manager.post(f"{url}?do=first", data=token).status_code == 404
    with case.app.app_context(), scope.within({case.clinic_id}):
        end_episode(episode=case.episode, reason="lost", on=date(2026, 3, 12), by=case.manager)
    answer = manager.post(f"{url}?do=add", data=token)
    assert "Nobody of your clinics cares for this person now" in words(manager.get(str(answer.location)))


def test_the_time_of_a_review_fills_its_minutes_once_and_goes_on_with_the_next_case(case: Case) -> None:
    others = _others(case)
    browser, url = case.browser_of("consultant"), f"/review/{case.patient_id}"
    typed = fill_in(browser, url, {**CONTINUE, **TIME, "summary": "Sleeps"}, button="Start the timer")
    assert "Sleeps" in typed.get_data(as_text=True), "nothing typed is lost"

    with _minutes_later(4):
        page = browser.get(url)
        assert "Timed since 11:00" in words(page), "it survives a reload"
        assert "Marisol Vega reviewed since 11:00" in _bar(browser.get("/caseload"))
        following = fill_in(browser, url, CONTINUE, button="Save and next")
    (next_id,) = (each for each in others.values() if str(each) in str(following.location))
    assert _minutes(case) == [4]

    with _minutes_later(10):
        assert "Timed since 11:04" in words(browser.get(str(following.location)))
        fill_in(browser, f"/review/{next_id}", {**CONTINUE, "minutes": "3"}, button="Save and next")
    assert _minutes(case) == [4, 3], "what is typed counts"


def test_a_case_put_off_leaves_its_time_to_the_one_that_is_timed_instead(case: Case) -> None:
    others = _others(case)
    browser = case.browser_of("consultant")
    fill_in(browser, f"/review/{case.patient_id}", TIME, button="Start the timer")
    with _minutes_later(5):
        page = browser.get(f"/review/{others['Abel']}")
        label = "Time this case instead: the 5 minutes of Marisol Vega go"
        assert label in words(page)
        fill_in(browser, f"/review/{others['Abel']}", TIME, button=label)
    with _minutes_later(7):
        fill_in(browser, f"/review/{others['Abel']}", CONTINUE, button="Save and next")
    assert _minutes(case) == [2]

    with _minutes_later(260):
        browser = case.browser_of("consultant")
        forgotten = next(link["href"] for link in page_of(browser.get("/review")).select(".timer__words a"))
        assert "longer than a review lasts: enter the minutes" in words(browser.get(forgotten))
        fill_in(browser, forgotten, CONTINUE, button="Save and next")
    assert _minutes(case) == [2, None], "nobody knows"


def test_nobody_times_a_contact_and_a_review_at_once(case: Case) -> None:
    browser = case.browser_of("consultant")
    token = {"csrf_token": page_of(browser.get("/review")).select("input[name=csrf_token]")[0]["value"]}
    browser.post(f"/patients/{case.patient_id}/contacts/timer", data=token)

    answer = fill_in(browser, f"/review/{case.patient_id}", TIME, button="Start the timer")

    assert "You are timing a contact" in words(answer)
    with case.app.app_context(), scope.within({case.clinic_id}):
        assert db.session.scalars(select(TimedContact.purpose)).all() == ["contact"]


def _bar(page: TestResponse) -> str:
    """What the head of a page says of the time."""
    bar = page_of(page).select_one(".timer__words")
    return "" if bar is None else " ".join(bar.get_text(" ").split())


def _minutes(case: Case) -> list[int | None]:
    with case.app.app_context(), scope.within({case.clinic_id}):
        return list(db.session.scalars(select(Review.minutes).order_by(Review.recorded_at)))
