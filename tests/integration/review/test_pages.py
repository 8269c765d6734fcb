"""Case review as the people in it meet it: the queue, the case, the form, the decision, the reviews afterwards."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from registry import clock
from registry.access import scope
from registry.audit.models import AuditEvent
from registry.clinics.models import Clinic
from registry.contacts.actions import record_contact
from registry.contacts.facts import ContactFacts
from registry.episodes.actions import change_phase
from registry.extensions import db
from registry.life.actions import record_event
from registry.life.facts import EventFacts
from registry.measurements.actions import record_measurement
from registry.patients.models import Patient
from registry.plans.actions import set_goal
from registry.review.actions import Advice, record_review
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.treatment.actions import note, start_trial
from registry.treatment.facts import AdherenceFacts, StepFacts, TrialFacts
from tests.builders import a_clinic, a_user, an_episode, id_of, sign_in
from tests.integration.review.conftest import NOW, Case, a_case
from tests.pages import fields_of, fill_in, heading, send, soup, words
from tests.worlds import Worlds

BASELINE, EIGHT_WEEKS_ON = date(2026, 1, 5), date(2026, 3, 9)
STOP = {
    "recommendations-0-kind": "stop",
    "recommendations-0-words": "Stop sertraline",
    "look_again": "2",
    "minutes": "6",
}


@pytest.fixture
def off_target(app: Flask, worlds: Worlds, _frozen: None) -> Case:
    return worlds.begin_with(an_off_target_case)


def an_off_target_case(app: Flask) -> Case:
    """PHQ-9 21 → 19 over eight weeks, entered an hour ago, never reviewed."""
    case = a_case(app)
    with clock.at(NOW - timedelta(hours=1)):
        case.scored(21, BASELINE)
        case.scored(19, EIGHT_WEEKS_ON)
    return case


def _people(page: TestResponse) -> list[str]:
    return [name.get_text() for name in soup(page).select(".queue__name")]


def _reviews(case: Case) -> list[Review]:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return list(db.session.scalars(select(Review).order_by(Review.recorded_at)))


def _recommendations(case: Case) -> list[Recommendation]:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return list(db.session.scalars(select(Recommendation).order_by(Recommendation.position)))


def _recommended(case: Case, *advice: Advice, on: date = date(2026, 3, 10)) -> str:
    """A review with one recommendation; the address at which it is decided on."""
    with case.app.app_context(), scope.within({case.clinic_id}):
        review = record_review(
            episode=case.episode,
            reviewed_on=on,
            minutes=6,
            summary="",
            recommendations=advice or [Advice(kind="stop", words="Stop sertraline", to_user_id=case.prescriber_id)],
            look_again_on=None,
            by=case.consultant,
        )
        return f"/patients/{case.patient_id}/recommendations/{review.recommendations[0].id}"


def _team_member(case: Case, role: str) -> str:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return next(str(member.id) for member in case.episode.team if member.role == role)


def test_who_is_off_target_stands_in_the_queue_with_the_reason(off_target: Case) -> None:
    page = off_target.browser_of("consultant").get("/review")

    assert heading(page) == "Case review"
    assert _people(page) == ["Marisol Vega"]
    assert "Off target" in words(page)
    assert "reviewed in 8 weeks: 0 of 1" in words(page)


@pytest.mark.parametrize(("restarted_on", "is_quiet"), [(date(2026, 3, 2), False), (date(2026, 1, 20), True)])
def test_nobody_is_quiet_for_scores_of_a_course_that_began_anew(case: Case, restarted_on: date, is_quiet: bool) -> None:
    """Treatment began again with nothing measured since: six weeks later, and no sooner, that is quiet."""
    case.scored(3, date(2026, 1, 8))
    with case.app.app_context(), scope.within({case.clinic_id}):
        change_phase(episode=case.episode, phase="maintaining", on=date(2026, 1, 10), why="Well", by=case.manager)
        change_phase(episode=case.episode, phase="active", on=restarted_on, why="Worse", by=case.manager)
    page = words(case.browser_of("consultant").get("/review"))

    assert ("Quiet: no PHQ-9 since treatment began, 51 days ago" in page) is is_quiet
    assert ("Quiet" in page) is is_quiet


def test_how_long_there_was_no_score_is_said_once(case: Case) -> None:
    """Off target for want of a score, and quiet: the second would say the same again."""
    case.scored(20, date(2026, 1, 6))

    said = words(case.browser_of("consultant").get("/review"))

    assert "No PHQ-9 since the baseline, 9 weeks ago" in said
    assert "Quiet" not in said


def test_the_case_is_on_one_screen(off_target: Case) -> None:
    fill_in(
        off_target.browser_of("manager"), f"/patients/{off_target.patient_id}/question", {"words": "Is this mixed?"}
    )

    said = words(off_target.browser_of("consultant").get(f"/review/{off_target.patient_id}"))

    for part in ("Rosa Osei asks: Is this mixed?", "PHQ-9 21 → 19 (−2)", "No open safety alert", "Never reviewed"):
        assert part in said
    assert "Prescriber Dr Mehta" in said


def test_the_case_tells_treatment_safety_contacts_goals_and_the_stay(off_target: Case) -> None:
    about = {"patient_id": off_target.patient_id, "clinic_id": off_target.clinic_id}
    with off_target.app.app_context(), scope.within({off_target.clinic_id}):
        by: dict[str, Any] = {**about, "by": off_target.manager}
        begun = StepFacts(kind="start", on=date(2026, 1, 12), amount=Decimal(100), unit="mg")
        started = start_trial(
            facts=TrialFacts(kind="medication", name="sertraline", medicine_class="antidepressant", start=begun), **by
        )
        noted = AdherenceFacts(on=date(2026, 3, 9), percent=0, source="person")
        note(trial=started, clinic_id=off_target.clinic_id, facts=noted, by=off_target.manager)
        contact = ContactFacts(
            took_place_on=date(2026, 3, 9), kind="treatment", modality="phone", reached=True, note="Sleeps badly\nMore"
        )
        record_contact(facts=contact, **by)
        set_goal(words="See my sister", on=date(2026, 3, 2), **by)
        record_event(facts=EventFacts(kind="hospital", starts_on=date(2026, 3, 11), source="the ward"), **by)

    page = off_target.browser_of("consultant").get(f"/review/{off_target.patient_id}")

    said = words(page)
    for part in (
        "sertraline 100 mg a day, since 12 Jan 2026, 8 weeks 0 % taken, the person says so, 3 days ago",
        "Last asked 9 Mar: negative (PHQ-9 item 9) No safety plan",
        "3 days ago, Rosa Osei Sleeps badly",
        "See my sister",
        "Hospital, other since 11 Mar, still there as far as we know",
    ):
        assert part in said
    assert "More" not in said.split("Sleeps badly")[1].split("Goals")[0]
    strip = soup(page).select_one("svg.strip")
    assert strip is not None
    assert strip["aria-label"] == "sertraline 100 mg a day, 12 Jan 2026 to 12 Mar 2026"


def test_of_somebody_never_asked_nobody_says_that_there_is_no_safety_alert(case: Case) -> None:
    said = words(case.browser_of("consultant").get(f"/review/{case.patient_id}"))

    assert "Never asked about safety" in said
    assert "No open safety alert" not in said


def test_safety_goes_before_off_target_and_a_question_after(off_target: Case) -> None:
    asked, unsafe = off_target.another(given="Asked"), off_target.another(given="Unsafe")
    for patient_id in (asked, unsafe):
        off_target.scored(4, EIGHT_WEEKS_ON, patient_id=patient_id, item_9=2 if patient_id == unsafe else 0)
    fill_in(off_target.browser_of("manager"), f"/patients/{asked}/question", {"words": "May she drive?"})

    names = [name.split()[0] for name in _people(off_target.browser_of("consultant").get("/review"))]

    assert names[:2] == ["Unsafe", "Marisol"]
    assert names.index("Asked") > 1


def test_an_open_safety_alert_stands_under_safety(case: Case) -> None:
    case.scored(21, BASELINE, item_9=2)

    page = case.browser_of("consultant").get(f"/review/{case.patient_id}")

    facts = {term.get_text(): term.find_next("dd") for term in soup(page).select(".definitions dt")}
    safety, others = facts["Safety"], facts["Other reasons"]
    assert safety is not None
    assert others is not None
    assert "item 9 positive" in safety.get_text()
    assert "item 9 positive" not in others.get_text()


def test_a_saved_review_leads_to_the_next_in_the_queue(off_target: Case) -> None:
    following = off_target.another(given="Following")
    off_target.scored(20, BASELINE, patient_id=following)
    off_target.scored(20, EIGHT_WEEKS_ON, patient_id=following)
    browser = off_target.browser_of("consultant")

    answer = fill_in(browser, f"/review/{off_target.patient_id}", STOP, button="Save and next")

    assert answer.status_code == 303
    assert str(answer.location).startswith(f"/review/{following}?episode=")
    (review,) = _reviews(off_target)
    assert (review.reviewed_on, review.minutes, review.look_again_on) == (date(2026, 3, 12), 6, date(2026, 3, 26))
    (recommendation,) = _recommendations(off_target)
    assert (recommendation.kind, recommendation.words, recommendation.state) == ("stop", "Stop sertraline", "proposed")
    page = browser.get("/review")
    assert "Marisol Vega" not in _people(page)
    assert "reviewed in 8 weeks: 1 of 2" in words(page)


def test_a_second_click_records_one_review(off_target: Case) -> None:
    browser, url = off_target.browser_of("consultant"), f"/review/{off_target.patient_id}"
    page = browser.get(url)

    for _ in range(2):
        assert send(browser, url, page, STOP, button="Save and next").status_code == 303

    assert len(_reviews(off_target)) == 1


def test_another_recommendation_can_be_added_and_nothing_typed_is_lost(off_target: Case) -> None:
    browser, url = off_target.browser_of("consultant"), f"/review/{off_target.patient_id}"

    longer = fill_in(browser, url, {**STOP, "add": "yes"}, button="Save and next")
    kept = fields_of(longer, button="Save and next")
    assert kept["recommendations-0-words"] == "Stop sertraline"
    manager = _team_member(off_target, "care_manager")
    more = {
        "recommendations-1-kind": "measure",
        "recommendations-1-words": "C-SSRS today",
        "recommendations-1-to": manager,
    }
    answer = send(browser, url, longer, more, button="Save and next")

    assert answer.status_code == 303
    first, second = _recommendations(off_target)
    assert (first.kind, first.to_user_id) == ("stop", off_target.prescriber_id)
    assert (second.kind, second.to_user_id) == ("measure", off_target.manager_id)


def test_to_continue_needs_no_words(off_target: Case) -> None:
    fill_in(
        off_target.browser_of("consultant"),
        f"/review/{off_target.patient_id}",
        {"recommendations-0-kind": "continue"},
        button="Save and next",
    )

    assert [each.words for each in _recommendations(off_target)] == ["Continue the present treatment"]


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"recommendations-0-kind": "", "recommendations-0-words": ""}, "Recommend something, if only to continue"),
        ({"recommendations-0-words": ""}, "Say in words what is recommended"),
        ({"recommendations-0-kind": ""}, "Choose what kind of recommendation it is"),
        ({"recommendations-0-kind": " \t "}, "Choose what kind of recommendation it is"),
        ({"recommendations-0-kind": "tea"}, "Not a valid choice"),
        ({"recommendations-0-to": str(uuid.uuid4())}, "Not a valid choice"),
        ({"recommendations-0-words": "a\x00b"}, "Remove the characters that cannot be printed"),
        ({"recommendations-0-words": "x" * 10_240}, "Use at most 4,000 characters"),
        ({"reviewed_on": "2026-03-13"}, "not later than today (12 Mar 2026)"),
        ({"reviewed_on": "2026-01-04"}, "which began on 5 Jan 2026"),
        ({"reviewed_on": "2026-02-31"}, "Enter a date that exists"),
        ({"minutes": "241"}, "Enter whole minutes between 0 and 240"),
        ({"look_again": "3"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    off_target: Case, typed: dict[str, str], complaint: str
) -> None:
    answer = fill_in(
        off_target.browser_of("consultant"),
        f"/review/{off_target.patient_id}",
        {**STOP, "summary": "", **typed},
        button="Save and next",
    )

    assert answer.status_code == 422
    assert complaint in words(answer)
    if "minutes" not in typed:
        assert fields_of(answer, button="Save and next")["minutes"] == "6"
    assert _reviews(off_target) == []


def test_who_may_not_review_sees_the_queue_and_can_ask(off_target: Case) -> None:
    browser = off_target.browser_of("manager")
    page = browser.get(f"/review/{off_target.patient_id}")

    assert _people(page) == ["Marisol Vega"]
    assert soup(page).select("form.review-form") == []
    assert "Ask a question" in words(page)
    assert browser.get(f"/review/{off_target.patient_id}/record").status_code == 403


@pytest.mark.parametrize("path", ["/review/{}", "/review/{}/record", "/patients/{}/reviews", "/patients/{}/question"])
def test_a_person_of_another_clinic_does_not_exist(case: Case, path: str) -> None:
    with case.app.app_context():
        elsewhere = a_clinic("Elsewhere")
        stranger = a_user(role="psychiatrist", clinic=elsewhere).id

    assert sign_in(case.app.test_client(), stranger).get(path.format(case.patient_id)).status_code == 404


def test_a_question_is_answered_by_the_review(off_target: Case) -> None:
    manager, url = off_target.browser_of("manager"), f"/patients/{off_target.patient_id}/question"
    asked = fill_in(manager, url, {"words": "Is this mixed?"})
    assert asked.location == f"/patients/{off_target.patient_id}/reviews"

    fill_in(off_target.browser_of("consultant"), f"/review/{off_target.patient_id}", STOP, button="Save and next")

    assert "Is this mixed?" not in words(manager.get(f"/patients/{off_target.patient_id}/reviews"))
    with off_target.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(ReviewQuestion.answered_by_review_id)).one() is not None


def test_a_question_can_be_taken_back(case: Case) -> None:
    manager, url = case.browser_of("manager"), f"/patients/{case.patient_id}/reviews"
    fill_in(manager, f"/patients/{case.patient_id}/question", {"words": "Is this mixed?"})

    answer = fill_in(manager, url, button="Withdraw the question")

    assert (answer.status_code, answer.location) == (303, url)
    assert "Is this mixed?" not in words(manager.get(url))


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [("", "Write what you want to know"), ("a\x00b", "Remove the characters"), ("x" * 10_240, "Use at most 4,000")],
)
def test_a_question_needs_readable_words(case: Case, typed: str, complaint: str) -> None:
    answer = fill_in(case.browser_of("manager"), f"/patients/{case.patient_id}/question", {"words": typed})

    assert answer.status_code == 422
    assert complaint in words(answer)


def test_a_recommendation_is_accepted_done_and_followed(off_target: Case) -> None:
    url, reviews = _recommended(off_target), f"/patients/{off_target.patient_id}/reviews"
    browser = off_target.browser_of("manager")

    assert fill_in(browser, url, {"state": "accepted"}).location == reviews
    assert fill_in(browser, url, {"state": "done"}).location == reviews

    off_target.scored(11, date(2026, 3, 12))
    said = words(browser.get(reviews))
    assert "Done" in said
    assert "done by Rosa Osei, 12 Mar 2026" in said
    assert "PHQ-9 19 on 9 Mar → 11 on 12 Mar (−8)" in said
    assert browser.get(url).location == reviews


def test_the_case_tells_what_is_not_done_of_every_review_and_what_the_scores_did_mania_among_them(case: Case) -> None:
    """Nobody tracks mania here; a PHQ-9 that fell while it rose is no success."""
    with clock.at(NOW - timedelta(hours=1)):
        case.scored(18, date(2026, 2, 19))
        case.scored(11, date(2026, 3, 10))
        _mania(case, date(2026, 2, 19), 0)
        _mania(case, date(2026, 3, 10), 3)
    lithium = _recommended(case, Advice(kind="lab", words="Lithium level"), on=date(2026, 2, 20))
    _recommended(case, Advice(kind="measure", words="C-SSRS"), on=date(2026, 3, 11))
    browser, url = case.browser_of("consultant"), f"/review/{case.patient_id}"

    said = words(browser.get(url))
    _, first, last, *_ = re.split("Dr Halloran, (?:20 Feb|11 Mar) 2026", said)
    assert ("Lithium level" in first, "C-SSRS" in last) == (True, True), "the oldest first"
    assert "PHQ-9 18 on 19 Feb → 11 on 10 Mar (−7); ASRM 0 on 19 Feb → 15 on 10 Mar (+15)" in said
    assert "PHQ-9 11 on 10 Mar, none since; ASRM 15 on 10 Mar, none since" in said

    (decide_url,) = (link["href"] for link in soup(browser.get(url)).select("main a") if "Lithium" in link.get_text())
    assert decide_url == f"{lithium}?at=case"
    assert fill_in(browser, str(decide_url), {"state": "accepted"}).location == f"{url}?episode={case.episode_id}"


def _mania(case: Case, on: date, each: int) -> None:
    """An ASRM with this answer to each of its five items."""
    with case.app.app_context(), scope.within({case.clinic_id}):
        record_measurement(
            patient_id=case.patient_id,
            clinic_id=case.clinic_id,
            instrument="asrm",
            taken_on=on,
            mode="self-paper",
            answers=dict.fromkeys("12345", each),
            by=case.manager,
        )


@pytest.mark.parametrize(
    ("state", "complaint"), [("declined", "Say why it is declined"), ("modified", "Say what will be done instead")]
)
def test_to_decline_or_to_change_needs_words(case: Case, state: str, complaint: str) -> None:
    answer = fill_in(case.browser_of("manager"), _recommended(case), {"state": state})

    assert answer.status_code == 422
    assert complaint in words(answer)


def test_only_the_prescriber_of_the_episode_can_order(case: Case) -> None:
    url = _recommended(case)

    assert "Order it now" not in words(case.browser_of("manager").get(url))
    fill_in(case.browser_of("prescriber"), url, {"state": "ordered"})

    assert [each.state for each in _recommendations(case)] == ["ordered"]


def test_the_second_of_two_people_deciding_is_told_and_can_still_finish(case: Case) -> None:
    url = _recommended(case)
    mine, theirs = case.browser_of("manager"), case.browser_of("prescriber")
    opened_by_me = mine.get(url)
    fill_in(theirs, url, {"state": "modified", "why": "From Monday"})

    told = send(mine, url, opened_by_me, {"state": "declined", "why": "She is pregnant"})

    assert told.status_code == 409
    assert "Saved by Dr Mehta, 12 Mar 2026" in words(told)
    cells = [
        [cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup(told).select(".conflict tbody tr")
    ]
    assert ["Decision", "Accepted with a change", "Declined"] in cells
    assert fields_of(told)["why"] == "She is pregnant"
    assert send(mine, url, told).status_code == 303
    assert [(each.state, each.decision_why) for each in _recommendations(case)] == [("declined", "She is pregnant")]


def test_a_recommendation_of_somebody_else_does_not_exist(case: Case) -> None:
    url = _recommended(case).replace(str(case.patient_id), str(case.another(given="Other")))

    assert case.browser_of("manager").get(url).status_code == 404


def test_the_note_is_of_the_clinic_that_reviewed_whoever_reads_it(off_target: Case) -> None:
    """Another clinic of the same person, further west, prints it."""
    fill_in(off_target.browser_of("consultant"), f"/review/{off_target.patient_id}", dict(STOP), button="Save and next")
    with off_target.app.app_context(), scope.all_patients(reason="test"):
        there = a_clinic("Harbour", time_zone="America/Los_Angeles")
        patient = db.session.get_one(Patient, off_target.patient_id)
        an_episode(patient=patient, clinic=there, enrolled_on=date(2026, 3, 2))
        reader, here = id_of(a_user(clinic=there)), db.session.get_one(Clinic, off_target.clinic_id).name
        review_id = db.session.scalars(select(Review.id)).one()
    browser = sign_in(off_target.app.test_client(), reader)

    said = words(browser.get(f"/patients/{off_target.patient_id}/reviews/{review_id}/note"))

    assert f"{here}, recorded 12 Mar 2026, 11:00" in said
    assert "Harbour, recorded" not in said


def test_opening_the_queue_records_whom_it_showed(off_target: Case) -> None:
    off_target.browser_of("consultant").get("/review")

    with off_target.app.app_context():
        listed = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "review.queue-listed")).one()
        assert listed.changes == [{"shown": [str(off_target.patient_id)]}]
        about = db.session.scalars(select(AuditEvent.person_id).where(AuditEvent.action == "patient.opened")).all()
        assert about == [off_target.patient_id]


def test_my_patients_are_those_i_am_the_consultant_of(off_target: Case) -> None:
    other = off_target.another(given="Other")
    off_target.scored(20, BASELINE, patient_id=other)
    off_target.scored(20, EIGHT_WEEKS_ON, patient_id=other)
    browser = off_target.browser_of("consultant")

    assert len(_people(browser.get("/review"))) == 2
    assert _people(browser.get("/review?whose=mine")) == ["Marisol Vega"]


def test_the_queue_takes_the_same_number_of_statements_however_long_it_is(off_target: Case) -> None:
    browser = off_target.browser_of("consultant")
    with _counted() as short:
        browser.get("/review")
    for name in ("One", "Two", "Three"):
        patient_id = off_target.another(given=name)
        off_target.scored(20, BASELINE, patient_id=patient_id, item_9=1)
        off_target.scored(20, EIGHT_WEEKS_ON, patient_id=patient_id)
    with _counted() as long:
        browser.get(f"/review/{off_target.patient_id}")

    # One more: the instants at which safety alerts were last added to.
    assert len(long) <= len(short) + 1
    assert len(short) < 45


@contextmanager
def _counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_more: object) -> None:
        if sql.startswith("SELECT"):
            statements.append(sql)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
