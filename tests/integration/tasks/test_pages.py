"""What colleagues ask of each other, from the one who asks to the one who answers and back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.accounts import receipts
from registry.accounts.models import User
from registry.alerts.presenters.worklist import tasks_cut_words
from registry.audit.models import AuditEvent
from registry.audit.recorder import Actor
from registry.episodes.actions import record_death
from registry.extensions import db
from registry.patients.models import Patient
from registry.tasks.actions import hand_on
from registry.tasks.models import Task
from registry.tasks.queries import MOST_SHOWN
from tests.builders import await_password
from tests.integration.contacts.conftest import NOW, TODAY, Case, _frozen, case
from tests.pages import fill_in, page_of, send, words

__all__ = ["_frozen", "case"]

ASKED = {"words": "Ring her sister", "due_on": "2026-03-13"}


def _tasks(case: Case) -> list[Task]:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return list(db.session.scalars(select(Task)))


def _url(case: Case) -> str:
    return f"/patients/{case.patient_id}/tasks"


def _ask(case: Case, to: str = "colleague", **typed: str) -> uuid.UUID:
    asked = {**ASKED, "to": str(case.users[to]), **typed}
    assert fill_in(case.browser_of("care_manager"), f"{_url(case)}/new", asked).status_code == 303
    return _tasks(case)[-1].id


def test_a_task_stands_on_the_colleagues_day_until_it_is_answered_and_the_answer_comes_back(case: Case) -> None:
    answer_url = f"{_url(case)}/{_ask(case)}/answer"
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    line = page_of(theirs.get("/my-day")).select_one(f"a[href='{answer_url}']")
    assert line is not None
    assert "Rosa Osei: Ring her sister" in words(theirs.get("/my-day"))
    assert "due tomorrow (13 Mar 2026)" in words(theirs.get("/my-day"))

    wordless = fill_in(theirs, answer_url, {"state": "declined"})
    assert wordless.status_code == 422
    assert "Say what was done, or why it cannot be done" in words(wordless)
    opened = theirs.get(answer_url)
    assert send(theirs, answer_url, opened, {"state": "done", "words": "She is fine"}).location == "/my-day"

    assert "Ring her sister" not in words(theirs.get("/my-day"))
    assert "Kofi Boateng: done. She is fine" in words(mine.get("/my-day"))
    assert "She is fine (Kofi Boateng, 12 Mar 2026, 15:00)" in words(mine.get(_url(case)))
    with case.app.app_context():
        acts = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number))
        assert [act for act in acts if act in {"task.sent", "task.done"}] == ["task.sent", "task.done"]


def test_only_whom_it_was_sent_to_answers_and_only_once(case: Case) -> None:
    answer_url = f"{_url(case)}/{_ask(case)}/answer"
    first = case.browser_of("colleague")
    opened, again = first.get(answer_url), first.get(answer_url)
    send(first, answer_url, opened, {"state": "done", "words": "She is fine"})

    second = send(first, answer_url, again, {"state": "declined", "words": "No time"})

    assert second.status_code == 409
    assert "This is over already. Done: She is fine" in words(second)
    assert case.browser_of("care_manager").get(answer_url).location == _url(case)
    assert case.browser_of("stranger").get(answer_url).status_code == 404
    assert [(task.state, task.answer) for task in _tasks(case)] == [("done", "She is fine")]


def test_a_note_asks_for_nothing_but_to_be_read(case: Case) -> None:
    browser, url = case.browser_of("care_manager"), f"{_url(case)}/new"
    note = {"to": str(case.users["colleague"]), "kind": "note", "words": "Moved in with her sister"}
    due = fill_in(browser, url, {**note, "due_on": "2026-03-13"})
    assert (due.status_code, "nothing is due of a note" in words(due)) == (422, True)

    fill_in(browser, url, note)
    fill_in(case.browser_of("colleague"), f"{_url(case)}/{_tasks(case)[0].id}/answer")

    assert [(task.state, task.answer) for task in _tasks(case)] == [("done", "")]
    assert "Read Kofi Boateng, 12 Mar 2026, 15:00" in words(browser.get(_url(case)))


@pytest.mark.parametrize("to", ["care_manager", "stranger", "other peer"])
def test_nobody_is_asked_who_may_not_open_the_record_and_is_not_on_the_team(case: Case, to: str) -> None:
    """Nor oneself."""
    asked = {**ASKED, "to": str(case.users[to])}

    answer = fill_in(case.browser_of("care_manager"), f"{_url(case)}/new", asked)

    assert (answer.status_code, _tasks(case)) == (422, [])


def test_what_is_asked_of_a_colleague_who_leaves_goes_to_whoever_takes_over(case: Case) -> None:
    _ask(case)
    address = f"/administration/open-work/{case.clinic_id}/{case.users['colleague']}"

    moved = fill_in(case.browser_of("clinic_lead"), address, {"to_user_id": str(case.users["care_manager"])})

    assert moved.status_code == 303
    assert [task.to_id for task in _tasks(case)] == [case.users["care_manager"]]
    assert "Ring her sister" in words(case.browser_of("care_manager").get("/my-day"))


def test_who_asked_changes_it_and_whoever_was_answering_reads_it_again(case: Case) -> None:
    task = _ask(case)
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    answer_url, opened = f"{_url(case)}/{task}/answer", theirs.get(f"{_url(case)}/{task}/answer")

    changed = fill_in(mine, f"{_url(case)}/sent/{task}", {"words": "Ring her brother", "due_on": "2026-03-12"})
    assert changed.status_code == 303
    assert "Rosa Osei: Ring her brother, due today (12 Mar 2026)" in words(theirs.get("/my-day"))

    late = send(theirs, answer_url, opened, {"state": "done", "words": "She is fine"})
    assert (late.status_code, "changed while you were writing" in words(late)) == (409, True)
    assert send(theirs, answer_url, late, {}).status_code == 303
    assert [(each.state, each.answer) for each in _tasks(case)] == [("done", "She is fine")]

    over = fill_in_over(mine, f"{_url(case)}/sent/{task}")
    assert "This is over already. Done: She is fine" in over


def fill_in_over(browser: FlaskClient, url: str) -> str:
    """What a page says that has no form any more."""
    page = browser.get(url)
    assert page_of(page).select("main form[method=post]") == []
    return words(page)


def test_what_is_taken_back_leaves_the_day_and_stays_on_record(case: Case) -> None:
    task = _ask(case)
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    assert "1 task of yours not answered yet" in words(mine.get("/my-day"))
    assert theirs.get(f"{_url(case)}/sent/{task}/take-back").location == _url(case)

    assert fill_in(mine, f"{_url(case)}/sent/{task}/take-back", {"words": "She rang"}).status_code == 303

    assert "Ring her sister" not in words(theirs.get("/my-day"))
    assert "not answered yet" not in words(mine.get("/my-day"))
    assert "Taken back She rang (Rosa Osei, 12 Mar 2026, 15:00)" in words(mine.get("/tasks/sent"))


def test_what_is_handed_on_stands_on_another_day_and_who_asked_sees_it(case: Case) -> None:
    task = _ask(case, due_on="2026-03-12")
    hand_on = f"{_url(case)}/{task}/hand-on"
    theirs = case.browser_of("colleague")
    opened = theirs.get(hand_on)
    assert str(case.users["care_manager"]) not in opened.text, "back to who asked is an answer"
    typed = {"to": str(case.users["clinic_lead"]), "words": "On leave"}

    assert send(theirs, hand_on, opened, typed).location == "/my-day"
    assert send(theirs, hand_on, opened, typed).location == "/my-day", "a second click"

    assert "Ring her sister" not in words(theirs.get("/my-day"))
    assert "Rosa Osei: Ring her sister, due today" in words(case.browser_of("clinic_lead").get("/my-day"))
    shown = words(case.browser_of("care_manager").get("/tasks/sent"))
    assert "handed on by Kofi Boateng, 12 Mar 2026, 15:00: On leave" in shown


def test_a_task_about_a_person_who_died_calls_for_no_contact_and_who_asked_is_told(case: Case) -> None:
    _ask(case, due_on="2026-03-12")
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    assert "Log contact" in words(theirs.get("/my-day"))
    with case.app.app_context(), scope.all_patients(reason="test"):
        patient, by = db.session.get_one(Patient, case.patient_id), db.session.get_one(User, case.users["care_manager"])
        record_death(patient=patient, died_on=date(2026, 3, 11), today=TODAY, by=by)

    day = words(theirs.get("/my-day"))
    assert "Ring her sister, the person died on 11 Mar 2026" in day
    assert "Log contact" not in day
    assert "1 task of yours not answered yet, 1 about a person who died" in words(mine.get("/my-day"))
    assert "the person died on 11 Mar 2026" in words(mine.get("/tasks/sent"))


def test_what_is_overdue_is_seen_by_the_whole_clinic_and_told_to_who_asked(case: Case) -> None:
    _ask(case, due_on="2026-03-13")
    lead, day = case.browser_of("clinic_lead"), "/my-day?whose=clinic"
    assert "Ring her sister" not in words(lead.get(day))

    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        late = words(case.browser_of("clinic_lead").get(day))
        assert "Asked of Kofi Boateng Action: Rosa Osei: Ring her sister, was due yesterday" in late
        assert "Asked of" not in words(case.browser_of("clinic_lead").get("/my-day?whose=mine"))
        mine = words(case.browser_of("care_manager").get("/my-day"))
        assert "1 task of yours not answered yet, 1 overdue" in mine


@pytest.mark.parametrize(("listed", "is_cut"), [(MOST_SHOWN, False), (MOST_SHOWN + 1, True)])
def test_a_list_of_tasks_says_when_it_is_cut(listed: int, is_cut: bool) -> None:
    assert bool(tasks_cut_words(listed)) is is_cut


def test_a_peer_is_asked_about_their_own_people_alone_and_answers_there(case: Case) -> None:
    offered = [
        each.get("value")
        for each in page_of(case.browser_of("care_manager").get(f"{_url(case)}/new")).select("[name=to] option")
    ]
    assert str(case.users["peer"]) in offered
    assert str(case.users["other peer"]) not in offered, "on nobody's team"

    task = _ask(case, to="peer")
    other = _ask(case, to="colleague", words="Ring the court")
    peer = case.browser_of("peer")
    shown = page_of(peer.get("/my-people"))
    assert "Rosa Osei: Ring her sister" in shown.get_text(" ")
    (link,) = [each["href"] for each in shown.select("a") if each.get_text().startswith("Answer")]
    assert link == f"/my-people/{case.patient_id}/tasks/{task}/answer"
    assert peer.get(link.replace(str(task), str(other))).status_code == 404, "asked of somebody else"
    assert case.browser_of("other peer").get(link).status_code == 404

    assert fill_in(peer, link, {"state": "done", "words": "She is fine"}).location == "/my-people"
    assert "Ring her sister" not in words(peer.get("/my-people"))
    assert "done. She is fine" in words(case.browser_of("care_manager").get("/my-day"))


def test_a_peer_asks_colleagues_about_their_own_people_and_learns_the_answer(case: Case) -> None:
    peer, stranger = case.browser_of("peer"), case.browser_of("other peer")
    address = f"/my-people/{case.patient_id}/tasks/new"
    assert f'href="{address}?episode=' in peer.get("/my-people").text
    assert (stranger.get(address).status_code, peer.get(f"{_url(case)}/new").status_code) == (404, 403)
    offered = [each.get("value") for each in page_of(peer.get(address)).select("[name=to] option")]
    assert str(case.users["care_manager"]) in offered
    assert str(case.users["peer"]) not in offered

    asked = {**ASKED, "to": str(case.users["care_manager"])}
    wordless = fill_in(peer, address, {**asked, "words": ""})
    assert wordless.status_code == 422
    assert "Say what is to be done, or known" in words(wordless)
    assert fill_in(peer, address, asked).location == "/my-people"
    (task,) = _tasks(case)
    sent = f"/my-people/{case.patient_id}/tasks/sent/{task.id}"
    assert "Rosa Osei: Ring her sister due tomorrow (13 Mar 2026)" in words(peer.get("/my-people"))

    assert fill_in(peer, sent, {"words": "Ring her brother"}).location == "/my-people"
    assert "Ring her brother" in words(case.browser_of("care_manager").get("/my-day"))
    not_theirs = sent.replace(str(task.id), str(_ask(case, to="peer")))
    assert [peer.get(each).status_code for each in (not_theirs, f"{not_theirs}/take-back")] == [404, 404]
    assert stranger.get(sent).status_code == 404

    answer = {"state": "done", "words": "He is fine"}
    fill_in(case.browser_of("care_manager"), f"{_url(case)}/{task.id}/answer", answer)
    assert "Done: He is fine (Rosa Osei" in words(peer.get("/my-people"))
    with time_machine.travel(NOW + timedelta(days=15), tick=False):
        assert "He is fine" not in words(case.browser_of("peer").get("/my-people"))


def test_nothing_is_asked_of_whoever_cannot_sign_in_yet(case: Case) -> None:
    asked = {**ASKED, "to": str(case.users["colleague"])}
    with case.app.app_context():
        await_password(db.session.get_one(User, case.users["colleague"]))

    answer = fill_in(case.browser_of("care_manager"), f"{_url(case)}/new", asked)

    assert answer.status_code == 422
    assert _tasks(case) == []


def test_a_peer_takes_back_what_they_asked(case: Case) -> None:
    peer = case.browser_of("peer")
    asked = {**ASKED, "to": str(case.users["care_manager"])}
    fill_in(peer, f"/my-people/{case.patient_id}/tasks/new", asked)
    (task,) = _tasks(case)
    take_back = f"/my-people/{case.patient_id}/tasks/sent/{task.id}/take-back"

    assert fill_in(peer, take_back, {"words": "Rang her myself"}).location == "/my-people"
    assert "Ring her sister" not in words(case.browser_of("care_manager").get("/my-day"))
    assert [each.state for each in _tasks(case)] == ["withdrawn"]


def test_an_answer_to_a_task_that_was_handed_on_meanwhile_is_shown_how_it_stands(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page looked before it was handed on, its save came after."""
    task = _ask(case)
    theirs, answer_url, act_once = (
        case.browser_of("colleague"),
        f"{_url(case)}/{task}/answer",
        receipts._act_unless_used,
    )
    opened = theirs.get(answer_url)

    def after_it_was_handed_on(form_key: str, *, by: Actor, act: Callable[[], str]) -> str:
        row = db.session.get_one(Task, task)
        if row.passed_by_id is None:
            colleague = db.session.get_one(User, case.users["colleague"])
            lead = case.users["clinic_lead"]
            hand_on(task=row, to_id=lead, words="Knows her", opened_version=row.version, by=colleague)
        return act_once(form_key, by=by, act=act)

    monkeypatch.setattr(receipts, "_act_unless_used", after_it_was_handed_on)
    late = send(theirs, answer_url, opened, {"state": "done", "words": "She is fine"})

    assert late.status_code == 409
    assert [each.state for each in _tasks(case)] == ["open"]


def test_a_peer_learns_nothing_of_what_went_to_somebody_else_while_they_wrote(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, peer, act_once = _ask(case, to="peer"), case.browser_of("peer"), receipts._act_unless_used
    url = f"/my-people/{case.patient_id}/tasks/{task}/answer"
    opened = peer.get(url)

    def after_it_was_handed_on(form_key: str, *, by: Actor, act: Callable[[], str]) -> str:
        row, lead = db.session.get_one(Task, task), case.users["clinic_lead"]
        had_it = db.session.get_one(User, case.users["peer"])
        hand_on(task=row, to_id=lead, words="Knows her", opened_version=row.version, by=had_it)
        return act_once(form_key, by=by, act=act)

    monkeypatch.setattr(receipts, "_act_unless_used", after_it_was_handed_on)
    late = send(peer, url, opened, {"state": "done", "words": "She is fine"})

    assert (late.status_code, late.location) == (303, "/my-people")
    assert "This is somebody else's to answer by now" in words(peer.get("/my-people"))
    assert [each.state for each in _tasks(case)] == ["open"]
