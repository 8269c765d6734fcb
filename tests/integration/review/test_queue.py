"""The hour as it goes: what happened since the last review, what comes in meanwhile, whose turn it is."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.accounts.models import User
from registry.alerts.actions import close
from registry.alerts.models import Alert
from registry.caseload.models import CaseloadRow
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.actions import Advice, ask_question, decide, record_review, void_review
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.treatment.actions import start_trial
from registry.treatment.facts import StepFacts, TrialFacts
from tests.builders import a_clinic, a_user, an_episode, sign_in
from tests.integration.review.conftest import NOW, Case, a_case
from tests.pages import fill_in, page_of, send, words
from tests.worlds import Worlds

BASELINE, REVIEWED, EIGHT_WEEKS_ON, TODAY = date(2026, 1, 5), date(2026, 2, 20), date(2026, 3, 9), date(2026, 3, 12)
CONTINUE = {"recommendations-0-kind": "continue"}
LITHIUM = Advice(kind="start", words="Lithium 600 mg", to_name="Dr Mehta")


@pytest.fixture
def reviewed(app: Flask, worlds: Worlds, _frozen: None) -> Case:
    return worlds.begin_with(a_reviewed_case)


def a_reviewed_case(app: Flask) -> Case:
    """Reviewed on 20 Feb, when nothing was wrong."""
    case = a_case(app)
    with _on(case, REVIEWED):
        _review(case)
    return case


@contextmanager
def _on(case: Case, day: date) -> Iterator[None]:
    at = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    with clock.at(at), case.app.app_context(), scope.within({case.clinic_id}):
        yield


@contextmanager
def _minutes_later(case: Case, minutes: int) -> Iterator[None]:
    with clock.at(NOW + timedelta(minutes=minutes)), case.app.app_context(), scope.within({case.clinic_id}):
        yield


def _review(case: Case, *advice: Advice, by: User | None = None) -> Review:
    return record_review(
        episode=case.episode,
        reviewed_on=clock.now().date(),
        minutes=7,
        summary="Talked over",
        recommendations=advice,
        look_again_on=None,
        by=by or case.consultant,
    )


def _queue(case: Case) -> str:
    return words(case.browser_of("consultant").get("/review"))


def _stored(case: Case) -> list[Review]:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return list(db.session.scalars(select(Review).order_by(Review.recorded_at, Review.id)))


def test_safety_that_the_care_manager_answered_stays_for_the_hour(reviewed: Case) -> None:
    """PHQ-9 of 6 with item 9 at 1, answered the same day: nothing else would bring the person to the psychiatrist."""
    with _on(reviewed, EIGHT_WEEKS_ON):
        reviewed.scored(6, EIGHT_WEEKS_ON, item_9=1)
        alert = db.session.scalars(select(Alert).where(Alert.is_safety)).one()
        close(alert=alert, outcome="contacted-safe", words="Safe with her sister", by=reviewed.manager)
    told = "PHQ-9 item 9 positive 9 Mar, answered: reached; safe for now, plan reviewed"

    case = words(reviewed.browser_of("consultant").get(f"/review/{reviewed.patient_id}"))
    assert _queue(reviewed).count(told) == 2, "in the queue, and under Safety of the case beside it"
    assert "No open safety alert" not in case

    fill_in(reviewed.browser_of("consultant"), f"/review/{reviewed.patient_id}", CONTINUE, button="Save and next")
    assert "Nobody waits for a review" in _queue(reviewed)


def test_what_was_entered_in_error_was_never_a_danger(reviewed: Case) -> None:
    with _on(reviewed, EIGHT_WEEKS_ON):
        reviewed.scored(6, EIGHT_WEEKS_ON, item_9=1)
        alert = db.session.scalars(select(Alert).where(Alert.is_safety)).one()
        close(alert=alert, outcome="entered-in-error", words="Another person's form", by=reviewed.manager)

    assert "Nobody waits for a review" in _queue(reviewed)


def test_a_review_answers_and_knows_only_what_was_there_when_the_case_was_opened(reviewed: Case) -> None:
    browser, url = reviewed.browser_of("consultant"), f"/review/{reviewed.patient_id}"
    with _minutes_later(reviewed, -5):
        ask_question(episode=reviewed.episode, words="Asked before", by=reviewed.manager)
    page = browser.get(url)
    with _minutes_later(reviewed, 5):
        ask_question(episode=reviewed.episode, words="Asked meanwhile", by=reviewed.manager)
        reviewed.scored(6, TODAY, item_9=1)

    with clock.at(NOW + timedelta(minutes=10)):
        assert send(browser, url, page, CONTINUE, button="Save and next").status_code == 303
        queue = _queue(reviewed)

    assert _stored(reviewed)[-1].known_until == NOW
    with reviewed.app.app_context(), scope.all_patients(reason="test"):
        open_ = select(ReviewQuestion.words).where(ReviewQuestion.answered_by_review_id.is_(None))
        assert db.session.scalars(open_).all() == ["Asked meanwhile"]
    assert "item 9 positive" in queue
    assert "Asked: Asked meanwhile" in queue


def test_the_second_of_two_reviewers_is_told_and_loses_no_word(reviewed: Case) -> None:
    browser, url = reviewed.browser_of("consultant"), f"/review/{reviewed.patient_id}"
    page = browser.get(url)
    with _minutes_later(reviewed, 5):
        colleague = a_user(role="psychiatrist", clinic=db.session.get_one(Clinic, reviewed.clinic_id), name="Dr Lind")
        _review(reviewed, LITHIUM, by=colleague)

    with clock.at(NOW + timedelta(minutes=10)):
        told = send(browser, url, page, {**CONTINUE, "summary": "My own words"}, button="Save and next")
        assert told.status_code == 409
        said = words(told)
        for part in ("Saved by Dr Lind, 12 Mar 2026", "Start: Lithium 600 mg", "7 minutes", "My own words"):
            assert part in said
        assert len(_stored(reviewed)) == 2
        assert send(browser, url, told, button="Save and next").status_code == 303

    assert [each.summary for each in _stored(reviewed)][1:] == ["Talked over", "My own words"]


def test_nobody_can_claim_to_have_opened_the_case_at_another_time(reviewed: Case) -> None:
    browser, url = reviewed.browser_of("consultant"), f"/review/{reviewed.patient_id}"
    refused = fill_in(browser, url, {**CONTINUE, "opening": "2026-03-12T16:00:00+00:00"}, button="Save and next")

    assert refused.status_code == 422
    assert "Look at the case as it stands now, and save again" in words(refused)
    assert send(browser, url, refused, button="Save and next").status_code == 303


def test_more_off_target_than_the_review_knew_brings_the_person_back(case: Case) -> None:
    """The psychiatrist saw 20 and said go on; 24 is news, though no more than a baseline of 24 was."""
    case.scored(24, BASELINE)
    case.scored(19, EIGHT_WEEKS_ON)
    with _minutes_later(case, 10):
        _review(case)
    assert "Nobody waits for a review" in _queue(case)

    with _minutes_later(case, 60):
        case.scored(24, TODAY)

    assert "Off target" in _queue(case)


def test_of_two_open_episodes_each_can_be_reviewed(case: Case) -> None:
    """One consultant at two clinics that both care for the person: two rows, two reviews."""
    with case.app.app_context(), scope.all_patients(reason="test"):
        here, there = db.session.get_one(Clinic, case.clinic_id), a_clinic("Harbour")
        consultant = a_user(role="psychiatrist", clinic=here, also=[there]).id
        patient = db.session.get_one(Patient, case.patient_id)
        elsewhere = an_episode(patient=patient, clinic=there, enrolled_on=date(2026, 2, 2)).id
    browser = sign_in(case.app.test_client(), consultant)
    links = [link["href"] for link in page_of(browser.get("/review")).select(".queue__link")]
    assert len(set(links)) == 2
    (second,) = [link for link in links if str(elsewhere) in link]

    answer = fill_in(browser, second, CONTINUE, button="Save and next")

    assert [review.episode_id for review in _stored(case)] == [elsewhere]
    assert str(answer.location) == f"/review/{case.patient_id}?episode={case.episode_id}"
    for strange in (uuid.uuid4(), "none"):
        assert browser.get(f"/review/{case.patient_id}?episode={strange}").status_code == 404


def test_what_was_declined_comes_back_to_who_recommended_it(reviewed: Case) -> None:
    with _minutes_later(reviewed, -60):
        _review(reviewed, LITHIUM)
    with _minutes_later(reviewed, -30):
        advice = db.session.scalars(select(Recommendation)).one()
        decide(recommendation=advice, state="declined", why="pregnant", opened_version=1, by=reviewed.manager)

    assert "Declined 12 Mar by Rosa Osei: “pregnant”" in _queue(reviewed)

    fill_in(reviewed.browser_of("consultant"), f"/review/{reviewed.patient_id}", CONTINUE, button="Save and next")
    assert "Nobody waits for a review" in _queue(reviewed)


@pytest.mark.parametrize(("chosen", "look_again_on"), [({}, None), ({"look_again": "12"}, date(2026, 6, 4))])
def test_the_phase_says_when_to_look_again_unless_the_reviewer_does(
    case: Case, chosen: dict[str, str], look_again_on: date | None
) -> None:
    browser, url = case.browser_of("consultant"), f"/review/{case.patient_id}"
    assert "As usual (8 weeks)" in words(browser.get(url))

    fill_in(browser, url, {**CONTINUE, **chosen}, button="Save and next")

    assert [review.look_again_on for review in _stored(case)] == [look_again_on]


def test_whose_treatment_has_stood_still_longest_goes_first(case: Case) -> None:
    """A dose written down in the record counts as a change, though no review had recommended it."""
    changed = case.another(given="Changed")
    for patient_id in (changed, case.patient_id):
        case.scored(21, BASELINE, patient_id=patient_id)
        case.scored(19, EIGHT_WEEKS_ON, patient_id=patient_id)
    with case.app.app_context(), scope.within({case.clinic_id}):
        start = StepFacts(kind="start", on=date(2026, 2, 3))
        facts = TrialFacts(kind="medication", name="Sertraline", start=start, medicine_class="antidepressant")
        start_trial(patient_id=changed, clinic_id=case.clinic_id, facts=facts, by=case.prescriber)

    page = case.browser_of("consultant").get("/review")

    assert [name.get_text().split()[0] for name in page_of(page).select(".queue__name")] == ["Marisol", "Changed"]
    assert "treatment changed 3 Feb" in words(page)


def test_what_is_recommended_stands_on_the_day_of_whoever_does_it(case: Case) -> None:
    """Medicines go to the prescriber unless somebody else is named; whoever has no account is the care manager's."""
    advice = {"recommendations-0-kind": "start", "recommendations-0-words": "Lithium 600 mg"}
    fill_in(case.browser_of("consultant"), f"/review/{case.patient_id}", advice, button="Save and next")
    with case.app.app_context(), scope.within({case.clinic_id}):
        _review(case, Advice(kind="therapy", words="Weekly sessions", to_name="Dr Marchetti"))

    manager, prescriber = (case.browser_of(who).get("/my-day?whose=mine") for who in ("manager", "prescriber"))

    assert "Start: Lithium 600 mg (recommended by Dr Halloran 12 Mar)" in words(prescriber)
    assert "Weekly sessions" in words(manager)
    assert "Lithium" not in words(manager)
    (step,) = [link for link in page_of(manager).select(".next-steps a") if link.get_text().startswith("Decide")]
    fill_in(case.browser_of("manager"), step["href"], {"state": "accepted"})
    steps = page_of(case.browser_of("manager").get("/my-day?whose=mine")).select(".next-steps a")
    assert "Done: Marisol Vega" in [link.get_text() for link in steps]


def test_a_decision_holds_from_the_day_it_was_made_and_names_who_made_it(case: Case) -> None:
    with _on(case, REVIEWED):
        recommendation = _review(case, LITHIUM).recommendations[0].id
    browser, url = case.browser_of("manager"), f"/patients/{case.patient_id}/recommendations/{recommendation}"
    typed = {"state": "accepted", "told_by": "Dr Lind (PCP)"}

    early = fill_in(browser, url, {**typed, "on": "2026-02-19"})
    assert (early.status_code, "on or after the step before, 20 Feb 2026" in words(early)) == (422, True)
    assert "not later than today (12 Mar 2026)" in words(fill_in(browser, url, {**typed, "on": "2026-03-13"}))
    assert send(browser, url, early, {"on": "2026-02-27"}).status_code == 303
    fill_in(browser, url, {"state": "done", "on": "2026-03-02"})

    said = words(browser.get(f"/patients/{case.patient_id}/reviews"))
    assert "decided by Dr Lind (PCP), entered by Rosa Osei, 27 Feb 2026; done by Rosa Osei, 2 Mar 2026" in said


def test_nobody_is_offered_to_decide_at_a_clinic_where_they_may_not(case: Case) -> None:
    """The person is in care at two clinics: the other one's recommendation is theirs to decide on."""
    with case.app.app_context(), scope.all_patients(reason="test"):
        there = a_clinic("Harbour")
        patient = db.session.get_one(Patient, case.patient_id)
        episode = an_episode(patient=patient, clinic=there, enrolled_on=date(2026, 2, 2))
        record_review(
            episode=episode,
            reviewed_on=TODAY,
            minutes=7,
            summary="",
            recommendations=[LITHIUM],
            look_again_on=None,
            by=a_user(role="psychiatrist", clinic=there),
        )
    browser = case.browser_of("manager")

    for url in (f"/patients/{case.patient_id}/reviews", f"/review/{case.patient_id}"):
        page = browser.get(url)
        assert "Lithium 600 mg" in words(page)
        assert [link for link in page_of(page).select("main a") if link.get_text().startswith("Decide")] == []


def test_a_review_entered_in_error_is_kept_and_counts_nowhere(reviewed: Case) -> None:
    """Its question waits again, its advice waits for nobody, and the person is as long unreviewed as before."""
    with _minutes_later(reviewed, -60):
        ask_question(episode=reviewed.episode, words="Is this mixed?", by=reviewed.manager)
        mistaken = _review(reviewed, LITHIUM).id
    browser, reviews = reviewed.browser_of("consultant"), f"/patients/{reviewed.patient_id}/reviews"
    url = f"/patients/{reviewed.patient_id}/reviews/{mistaken}/entered-in-error"
    assert url in [link["href"] for link in page_of(browser.get(reviews)).select("main a")]

    assert fill_in(browser, url).status_code == 422
    assert fill_in(browser, url, {"why": "Meant for her sister"}).location == reviews

    said = words(browser.get(reviews))
    assert "Entered in error, says Dr Halloran: Meant for her sister" in said
    assert "Declined" in said
    assert "Asked: Is this mixed?" in _queue(reviewed)
    assert "Dr Halloran, 20 Feb 2026" in words(browser.get(f"/review/{reviewed.patient_id}")), "the last that counts"
    with reviewed.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(CaseloadRow.last_review_on)).all() == [REVIEWED]
    assert browser.get(url).status_code == 404


def test_a_review_is_voided_by_whoever_recorded_it_or_leads_the_clinic(reviewed: Case) -> None:
    with reviewed.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, reviewed.clinic_id)
        colleague, lead = (a_user(role=role, clinic=clinic).id for role in ("psychiatrist", "clinic_lead"))
        review = db.session.scalars(select(Review.id)).one()
    url = f"/patients/{reviewed.patient_id}/reviews/{review}/entered-in-error"
    answers = {who: sign_in(reviewed.app.test_client(), who).get(url).status_code for who in (colleague, lead)}

    assert answers == {colleague: 403, lead: 200}


def test_the_second_to_void_a_review_at_the_same_moment_is_told_of_the_first(
    reviewed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reviewed.app.app_context(), scope.all_patients(reason="test"):
        review_id = db.session.scalars(select(Review.id)).one()
    reviews = f"/patients/{reviewed.patient_id}/reviews"
    url, browser = f"{reviews}/{review_id}/entered-in-error", reviewed.browser_of("consultant")
    page = browser.get(url)

    def asked_while_another_voids_it(_review: Review, _user: User) -> bool:
        with reviewed.app.app_context(), scope.all_patients(reason="test"):
            review = db.session.get_one(Review, review_id)
            void_review(review=review, why="Meant for her sister", by=review.consultant)
        return True

    monkeypatch.setattr("registry.review.views.may_void", asked_while_another_voids_it)
    answer = send(browser, url, page, {"why": "Not this person"})

    assert (answer.status_code, answer.location) == (303, reviews)
    said = words(browser.get(reviews))
    assert "This review was marked as entered in error in the meantime. Nothing was changed" in said
    assert "Meant for her sister" in said
    assert "Not this person" not in said
