"""The note of a review leaves the house: it says what whoever signed it could know, and nothing that came later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.alerts.actions import close
from registry.alerts.models import Alert
from registry.audit.models import AuditEvent
from registry.contacts.actions import report_danger
from registry.episodes.actions import change_phase
from registry.extensions import db
from registry.measurements.actions import correct_measurement
from registry.measurements.models import Measurement
from registry.plans.actions import write_plan
from registry.plans.facts import PlanFacts
from registry.review.actions import Advice, ask_question, record_review
from registry.treatment.actions import note, start_trial
from registry.treatment.facts import AdherenceFacts, StepFacts, TrialFacts
from registry.treatment.models import TreatmentTrial
from tests.integration.review.conftest import PHQ_ITEMS, Case
from tests.pages import page_of, words


@contextmanager
def _on(case: Case, day: int, hour: int = 15) -> Iterator[None]:
    with clock.at(datetime(2026, 3, day, hour, tzinfo=UTC)), case.app.app_context(), scope.within({case.clinic_id}):
        yield


def _adherence(case: Case, trial: TreatmentTrial, on: date, percent: int) -> None:
    facts = AdherenceFacts(on=on, percent=percent, source="person")
    note(trial=trial, clinic_id=case.clinic_id, facts=facts, by=case.manager)


def _plan(case: Case, on: date, *, opened_number: int) -> None:
    facts = PlanFacts(written_on=on, took_part="Her mother", sections={"warning-signs": "Silence"})
    write_plan(
        patient_id=case.patient_id,
        clinic_id=case.clinic_id,
        kind="safety",
        facts=facts,
        opened_number=opened_number,
        by=case.manager,
    )


def _before(case: Case) -> None:
    """PHQ-9 21, then a positive answer, then a negative one, then what her mother said; lithium, a plan, a question."""
    with _on(case, 12):
        case.scored(21, date(2026, 1, 5))
        case.scored(20, date(2026, 3, 2), item_9=2)
        case.scored(19, date(2026, 3, 9))
        report_danger(
            patient_id=case.patient_id,
            clinic_id=case.clinic_id,
            kind="threat",
            reported_on=date(2026, 3, 12),
            said_by="Her mother",
            words="A knife",
            by=case.manager,
        )
        start = StepFacts(kind="start", on=date(2026, 2, 2), amount=Decimal(900), unit="mg")
        lithium = TrialFacts(kind="medication", name="Lithium", medicine_class="mood-stabiliser", start=start)
        trial = start_trial(patient_id=case.patient_id, clinic_id=case.clinic_id, facts=lithium, by=case.manager)
        _adherence(case, trial, date(2026, 3, 9), 90)
        _plan(case, date(2026, 3, 3), opened_number=0)
        ask_question(episode=case.episode, words="Is this mixed?", by=case.manager)


def _after(case: Case) -> None:
    """All of it dated up to the review, and written down after it; then treatment began anew."""
    with _on(case, 13, 18):
        case.scored(24, date(2026, 3, 13), item_9=3)
        trial = db.session.scalars(select(TreatmentTrial)).one()
        _adherence(case, trial, date(2026, 3, 12), 0)
        stop = StepFacts(kind="stop", on=date(2026, 3, 13), reason="side-effects")
        note(trial=trial, clinic_id=case.clinic_id, facts=stop, by=case.manager)
        _plan(case, date(2026, 3, 13), opened_number=1)
        correct_measurement(
            measurement=db.session.scalars(select(Measurement).where(Measurement.taken_on == date(2026, 3, 9))).one(),
            why="Another person's",
            by=case.manager,
            taken_on=date(2026, 3, 9),
            mode="self-paper",
            answers=dict.fromkeys(PHQ_ITEMS, 0),
        )
        alert = db.session.scalars(select(Alert).where(Alert.is_safety)).one()
        close(alert=alert, outcome="contacted-safe", words="Spoke with her", by=case.manager)
    with _on(case, 20):
        change_phase(episode=case.episode, phase="maintaining", on=date(2026, 3, 20), why="Well", by=case.manager)
        change_phase(episode=case.episode, phase="active", on=date(2026, 3, 20), why="Ill", by=case.manager)


def test_the_note_says_what_whoever_signed_it_could_know(case: Case) -> None:
    _before(case)
    with _on(case, 13):
        review = record_review(
            episode=case.episode,
            reviewed_on=date(2026, 3, 13),
            minutes=8,
            summary="",
            recommendations=[Advice(kind="continue", words="Lithium", to_user_id=case.prescriber_id)],
            look_again_on=None,
            by=case.consultant,
        )
        url = f"/patients/{case.patient_id}/reviews/{review.id}/note"
    _after(case)

    page = case.browser_of("manager").get(url)

    text = page_of(page).select_one("#summary-text")
    assert text is not None
    for part in (
        "From: Dr Halloran",
        "To: Dr Mehta",
        "Rosa Osei, 12 Mar 2026: Is this mixed?",
        "PHQ-9 (0 to 27): baseline 21 on 5 Jan 2026; latest 19 on 9 Mar 2026, corrected since; change -2",
        "Lithium: 900 mg a day; since 2 Feb 2026, 5 weeks; 90 % taken",
        "Last asked: 9 Mar 2026, 4 days before: negative (PHQ-9 item 9)",
        "Last positive: 2 Mar 2026, 11 days before (PHQ-9 item 9)",
        "Danger last reported: 12 Mar 2026, 1 day before: Threat to others",
        "Open safety alert: since 12 Mar 2026. ",
        "Safety plan: Version 1 of 3 Mar 2026, 10 days ago",
        "Continue, to Dr Mehta: Lithium",
        "Signed by Dr Halloran on 13 Mar 2026. Advice on the record, not an examination of the person.",
    ):
        assert part in text.get_text(), text.get_text()
        assert part.partition(": ")[2].split(";")[0] in words(page)
    with case.app.app_context():
        assert db.session.scalars(select(AuditEvent.action).where(AuditEvent.action == "note.opened")).all() != []


def test_a_score_too_old_to_go_by_on_the_day_reads_unknown_and_nobody_asked_is_said(case: Case) -> None:
    with _on(case, 12):
        case.scored(21, date(2026, 1, 5))
    with _on(case, 30):
        review = record_review(
            episode=case.episode,
            reviewed_on=date(2026, 3, 30),
            minutes=None,
            summary="",
            recommendations=(),
            look_again_on=None,
            by=case.consultant,
        )
        url = f"/patients/{case.patient_id}/reviews/{review.id}/note"

    said = words(case.browser_of("manager").get(url))
    assert "unknown, was 21 on 5 Jan 2026" in said
    assert "Open safety alert none" in said


def test_the_note_of_a_review_typed_in_late_shows_what_was_on_record_of_its_day_when_the_case_was_opened(
    case: Case,
) -> None:
    """The paper of that day comes in after it; of the queue and of questions it answers nothing all the same."""
    with _on(case, 13):
        case.scored(17, date(2026, 3, 12))
    with _on(case, 16):
        review = record_review(
            episode=case.episode,
            reviewed_on=date(2026, 3, 12),
            minutes=10,
            summary="Talked over",
            recommendations=(),
            look_again_on=None,
            by=case.consultant,
        )
        address = f"/patients/{case.patient_id}/reviews/{review.id}/note"
        assert review.known_until < review.opened_at
    with clock.at(datetime(2026, 3, 16, 15, tzinfo=UTC)):
        page = words(case.browser_of("consultant").get(address))
    assert "PHQ-9" in page
    assert "17" in page
