"""The case beside the queue: all that is known of somebody, on one screen."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from registry import clock
from registry.access import scope
from registry.contacts.actions import record_contact
from registry.contacts.facts import ContactFacts
from registry.episodes.actions import change_phase
from registry.life.actions import record_event
from registry.life.facts import EventFacts
from registry.measurements.actions import record_measurement
from registry.plans.actions import set_goal
from registry.review.actions import Advice
from registry.treatment.actions import note, start_trial
from registry.treatment.facts import AdherenceFacts, StepFacts, TrialFacts
from tests.integration.review.conftest import BASELINE, NOW, Case
from tests.integration.review.reviewing import recommended
from tests.pages import fill_in, page_of, words


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
    strip = page_of(page).select_one("svg.strip")
    assert strip is not None
    assert strip["aria-label"] == "sertraline 100 mg a day, 12 Jan 2026 to 12 Mar 2026"


def test_of_somebody_never_asked_nobody_says_that_there_is_no_safety_alert(case: Case) -> None:
    said = words(case.browser_of("consultant").get(f"/review/{case.patient_id}"))

    assert "Never asked about safety" in said
    assert "No open safety alert" not in said


def test_an_open_safety_alert_stands_under_safety(case: Case) -> None:
    case.scored(21, BASELINE, item_9=2)

    page = case.browser_of("consultant").get(f"/review/{case.patient_id}")

    facts = {term.get_text(): term.following("dd") for term in page_of(page).select(".definitions dt")}
    safety, others = facts["Safety"], facts["Other reasons"]
    assert safety is not None
    assert others is not None
    assert "item 9 positive" in safety.get_text()
    assert "item 9 positive" not in others.get_text()


def test_the_case_tells_what_is_not_done_of_every_review_and_what_the_scores_did_mania_among_them(case: Case) -> None:
    """Nobody tracks mania here; a PHQ-9 that fell while it rose is no success."""
    with clock.at(NOW - timedelta(hours=1)):
        case.scored(18, date(2026, 2, 19))
        case.scored(11, date(2026, 3, 10))
        _mania(case, date(2026, 2, 19), 0)
        _mania(case, date(2026, 3, 10), 3)
    lithium = recommended(case, Advice(kind="lab", words="Lithium level"), on=date(2026, 2, 20))
    recommended(case, Advice(kind="measure", words="C-SSRS"), on=date(2026, 3, 11))
    browser, url = case.browser_of("consultant"), f"/review/{case.patient_id}"

    said = words(browser.get(url))
    _, first, last, *_ = re.split("Dr Halloran, (?:20 Feb|11 Mar) 2026", said)
    assert ("Lithium level" in first, "C-SSRS" in last) == (True, True), "the oldest first"
    assert "PHQ-9 18 on 19 Feb → 11 on 10 Mar (−7); ASRM 0 on 19 Feb → 15 on 10 Mar (+15)" in said
    assert "PHQ-9 11 on 10 Mar, none since; ASRM 15 on 10 Mar, none since" in said

    (decide_url,) = (
        link["href"] for link in page_of(browser.get(url)).select("main a") if "Lithium" in link.get_text()
    )
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
