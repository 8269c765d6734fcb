"""Case review as the people in it meet it: the queue, the form, who sees what."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy import event, select

from registry.access import scope
from registry.audit.models import AuditEvent
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.models import Review
from tests.builders import a_clinic, a_user, an_episode, id_of, sign_in
from tests.integration.review.conftest import BASELINE, EIGHT_WEEKS_ON, Case
from tests.integration.review.reviewing import STOP, people_in, recommendations_of, reviews_of, team_member
from tests.pages import fields_of, fill_in, heading, page_of, send, words


def test_who_is_off_target_stands_in_the_queue_with_the_reason(off_target: Case) -> None:
    page = off_target.browser_of("consultant").get("/review")

    assert heading(page) == "Case review"
    assert people_in(page) == ["Marisol Vega"]
    assert "Off target" in words(page)
    assert "reviewed in 8 weeks: 0 of 1" in words(page)


def test_safety_goes_before_off_target_and_a_question_after(off_target: Case) -> None:
    asked, unsafe = off_target.another(given="Asked"), off_target.another(given="Unsafe")
    for patient_id in (asked, unsafe):
        off_target.scored(4, EIGHT_WEEKS_ON, patient_id=patient_id, item_9=2 if patient_id == unsafe else 0)
    fill_in(off_target.browser_of("manager"), f"/patients/{asked}/question", {"words": "May she drive?"})

    names = [name.split()[0] for name in people_in(off_target.browser_of("consultant").get("/review"))]

    assert names[:2] == ["Unsafe", "Marisol"]
    assert names.index("Asked") > 1


def test_a_saved_review_leads_to_the_next_in_the_queue(off_target: Case) -> None:
    following = off_target.another(given="Following")
    off_target.scored(20, BASELINE, patient_id=following)
    off_target.scored(20, EIGHT_WEEKS_ON, patient_id=following)
    browser = off_target.browser_of("consultant")

    answer = fill_in(browser, f"/review/{off_target.patient_id}", STOP, button="Save and next")

    assert answer.status_code == 303
    assert str(answer.location).startswith(f"/review/{following}?episode=")
    (review,) = reviews_of(off_target)
    assert (review.reviewed_on, review.minutes, review.look_again_on) == (date(2026, 3, 12), 6, date(2026, 3, 26))
    (recommendation,) = recommendations_of(off_target)
    assert (recommendation.kind, recommendation.words, recommendation.state) == ("stop", "Stop sertraline", "proposed")
    page = browser.get("/review")
    assert "Marisol Vega" not in people_in(page)
    assert "reviewed in 8 weeks: 1 of 2" in words(page)


def test_a_second_click_records_one_review(off_target: Case) -> None:
    browser, url = off_target.browser_of("consultant"), f"/review/{off_target.patient_id}"
    page = browser.get(url)

    for _ in range(2):
        assert send(browser, url, page, STOP, button="Save and next").status_code == 303

    assert len(reviews_of(off_target)) == 1


def test_another_recommendation_can_be_added_and_nothing_typed_is_lost(off_target: Case) -> None:
    browser, url = off_target.browser_of("consultant"), f"/review/{off_target.patient_id}"

    longer = fill_in(browser, url, {**STOP, "add": "yes"}, button="Save and next")
    kept = fields_of(longer, button="Save and next")
    assert kept["recommendations-0-words"] == "Stop sertraline"
    manager = team_member(off_target, "care_manager")
    more = {
        "recommendations-1-kind": "measure",
        "recommendations-1-words": "C-SSRS today",
        "recommendations-1-to": manager,
    }
    answer = send(browser, url, longer, more, button="Save and next")

    assert answer.status_code == 303
    first, second = recommendations_of(off_target)
    assert (first.kind, first.to_user_id) == ("stop", off_target.prescriber_id)
    assert (second.kind, second.to_user_id) == ("measure", off_target.manager_id)


def test_to_continue_needs_no_words(off_target: Case) -> None:
    fill_in(
        off_target.browser_of("consultant"),
        f"/review/{off_target.patient_id}",
        {"recommendations-0-kind": "continue"},
        button="Save and next",
    )

    assert [each.words for each in recommendations_of(off_target)] == ["Continue the present treatment"]


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
    assert reviews_of(off_target) == []


def test_who_may_not_review_sees_the_queue_and_can_ask(off_target: Case) -> None:
    browser = off_target.browser_of("manager")
    page = browser.get(f"/review/{off_target.patient_id}")

    assert people_in(page) == ["Marisol Vega"]
    assert page_of(page).select("form.review-form") == []
    assert "Ask a question" in words(page)
    assert browser.get(f"/review/{off_target.patient_id}/record").status_code == 403


@pytest.mark.parametrize("path", ["/review/{}", "/review/{}/record", "/patients/{}/reviews", "/patients/{}/question"])
def test_a_person_of_another_clinic_does_not_exist(case: Case, path: str) -> None:
    with case.app.app_context():
        elsewhere = a_clinic("Elsewhere")
        stranger = a_user(role="psychiatrist", clinic=elsewhere).id

    assert sign_in(case.app.test_client(), stranger).get(path.format(case.patient_id)).status_code == 404


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

    assert len(people_in(browser.get("/review"))) == 2
    assert people_in(browser.get("/review?whose=mine")) == ["Marisol Vega"]


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

    assert len(long) <= len(short)
    assert len(short) < 40


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
