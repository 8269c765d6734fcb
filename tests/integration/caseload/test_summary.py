"""The one-page summary: the same facts on the page and in the text, for two readers."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from config import HELP_LINE
from registry.access import scope
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.episodes.actions import involve_team
from registry.episodes.facts import OtherTeamFacts
from registry.episodes.models import Episode
from registry.extensions import db
from registry.life.actions import record_event
from registry.life.facts import EventFacts
from registry.measurements.actions import record_measurement
from registry.patients.actions import add_contact_point, add_related_person, note_directive, set_legal_status
from registry.patients.facts import ContactPointFacts, DirectiveFacts, LegalStatusFacts, RelatedPersonFacts
from registry.patients.models import Patient
from registry.plans.actions import rate_goal, set_goal, write_plan
from registry.plans.facts import PlanFacts
from registry.review.actions import Advice, ask_question, record_review
from registry.treatment.actions import note, start_trial
from registry.treatment.facts import InjectionFacts, StepFacts, TrialFacts
from tests.elements import Element
from tests.integration.caseload.conftest import TODAY, Statements, Team, a_team
from tests.worlds import Worlds


@pytest.fixture
def known(app: Flask, worlds: Worlds, _frozen: None) -> tuple[Team, uuid.UUID]:
    return worlds.begin_with(a_known_person)


@pytest.fixture
def team(known: tuple[Team, uuid.UUID]) -> Team:
    return known[0]


@pytest.fixture
def person(known: tuple[Team, uuid.UUID]) -> uuid.UUID:
    return known[1]


def a_known_person(app: Flask) -> tuple[Team, uuid.UUID]:
    """Somebody with a stale anxiety score, a positive safety answer, a review and a question."""
    team = a_team(app)
    person = team.person(
        scores={TODAY - timedelta(days=56): 18},
        tracked=("gad-7:total", "bprs-18:total"),
        given="Zoë",
        family="Łukasz",
        enrolled_on=TODAY - timedelta(days=60),
    )
    team.measure(person, {TODAY - timedelta(days=50): 12}, scale="gad-7:total")
    team.contact(person, TODAY - timedelta(days=9))
    team.contact(person, TODAY - timedelta(days=2), kind="no-show", reached=False)
    with team.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.scalars(select(Episode).where(Episode.patient_id == person)).one()
        psychiatrist, manager = (
            db.session.get_one(User, team.users[role]) for role in ("psychiatrist", "care_manager")
        )
        record_measurement(
            patient_id=person,
            clinic_id=team.clinic_id,
            instrument="phq-9",
            taken_on=TODAY - timedelta(days=7),
            mode="self-paper",
            answers={**dict.fromkeys("12345678", 1), "9": 2},
            by=manager,
        )
        record_review(
            episode=episode,
            reviewed_on=TODAY - timedelta(days=5),
            minutes=10,
            summary="Partial response,\nlikely bipolar II",
            recommendations=[
                Advice(kind="start", words="Start lithium 300 mg"),
                Advice(kind="continue", words="As is"),
            ],
            look_again_on=None,
            by=psychiatrist,
        )
        ask_question(episode=episode, words="Could this be mixed?", by=manager)
    _surround(team, person)
    return team, person


def _surround(team: Team, person: uuid.UUID) -> None:
    """A depot, a medicine that did harm, who decides, a plan, a goal, a stay, and another team."""
    clinic = team.clinic_id
    with team.app.app_context(), scope.all_patients(reason="test"):
        by, patient = db.session.get_one(User, team.users["care_manager"]), db.session.get_one(Patient, person)
        episode = db.session.scalars(select(Episode).where(Episode.patient_id == person)).one()
        depot = start_trial(
            patient_id=person,
            clinic_id=clinic,
            facts=TrialFacts(
                kind="injection",
                name="paliperidone",
                medicine_class="antipsychotic",
                product="paliperidone-palmitate",
                start=StepFacts(
                    kind="start", on=TODAY - timedelta(days=70), amount=Decimal(150), unit="mg", every_days=28
                ),
            ),
            by=by,
        )
        note(trial=depot, clinic_id=clinic, facts=InjectionFacts(on=TODAY - timedelta(days=20), outcome="given"), by=by)
        tablets = start_trial(
            patient_id=person,
            clinic_id=clinic,
            facts=TrialFacts(
                kind="medication",
                name="olanzapine",
                medicine_class="antipsychotic",
                start=StepFacts(kind="start", on=TODAY - timedelta(days=200)),
            ),
            by=by,
        )
        stop = StepFacts(kind="stop", on=TODAY - timedelta(days=70), reason="side-effects", words="gained 9 kg")
        note(trial=tablets, clinic_id=clinic, facts=stop, by=by)
        guardian = RelatedPersonFacts(
            name="Rosa Vega", relation="guardian", consents_to_treatment=True, authority="Order of 3 Feb 2026"
        )
        add_related_person(patient=patient, facts=guardian, by=by)
        add_contact_point(patient=patient, facts=ContactPointFacts(kind="phone", value="555 0100"), on=TODAY, by=by)
        set_legal_status(
            patient=patient,
            facts=LegalStatusFacts(kind="outpatient-order", starts_on=TODAY, expires_on=date(2026, 9, 1)),
            by=by,
        )
        note_directive(
            patient=patient,
            facts=DirectiveFacts(answer="made", kept_at="With the sister", note="No haloperidol"),
            opened_version=None,
            by=by,
        )
        goal = set_goal(
            patient_id=person, clinic_id=clinic, words="Sleep through", on=TODAY - timedelta(days=30), by=by
        )
        for days, rating in ((30, 0), (3, 4)):
            rate_goal(goal=goal, clinic_id=clinic, on=TODAY - timedelta(days=days), rating=rating, by=by)
        plan = PlanFacts(written_on=TODAY, took_part="Zoë", sections={"signs": "I stop opening the post"})
        write_plan(patient_id=person, clinic_id=clinic, kind="safety", facts=plan, opened_number=0, by=by)
        for ends_on, words in ((TODAY - timedelta(days=100), "after a fall"), (date(2024, 5, 2), "long ago")):
            stay = EventFacts(
                kind="hospital-psychiatric", starts_on=ends_on - timedelta(days=9), ends_on=ends_on, words=words
            )
            record_event(patient_id=person, clinic_id=clinic, facts=stay, by=by)
        act = OtherTeamFacts(kind="act", name="Team North", does="visits on Tuesdays")
        involve_team(episode=episode, facts=act, on=TODAY, why="", by=by)


def said_on_page(page: Element) -> list[str]:
    """What the page says, written as the text writes it: section by section, a fact a line."""
    said = []
    for section in page.select(".summary__section"):
        heading = section.select_one("h3")
        assert heading is not None
        said.append(plain(heading).upper())
        headings = [plain(each).lower() for each in section.select("thead th")]
        for row in section.select("tbody tr"):
            name, *cells = (plain(cell) for cell in row.select("th, td"))
            facts = [f"{head} {cell}" for head, cell in zip(headings[1:], cells, strict=True) if cell]
            said.append(f"{name}: {'; '.join(facts)}")
        said += [f"{plain(term)}: {plain(fact)}" for term, fact in pairs(section)]
        said += [plain(each) for each in section.select(":scope > p")]
    return said


def pairs(section: Element) -> list[tuple[Element, Element]]:
    return list(zip(section.select("dt"), section.select("dd"), strict=True))


def plain(part: Element) -> str:
    text = part.get_text().replace("\N{MINUS SIGN}", "-").replace("\N{NARROW NO-BREAK SPACE}", " ")
    return text.replace("\N{RIGHTWARDS ARROW}", "->").replace("\N{MIDDLE DOT}", "-")


def text_of(page: Element) -> str:
    field = page.select_one("#summary-text")
    assert field is not None
    return field.get_text().strip()


@pytest.mark.parametrize("reading", ["team", "person"])
def test_the_page_and_the_text_say_the_same(team: Team, person: uuid.UUID, reading: str) -> None:
    page = team.page(f"/patients/{person}/summary?reading={reading}")
    head, *blocks = text_of(page).split("\n\n")
    closing = page.select_one(".summary__closing")
    if closing is not None:
        assert blocks.pop() == plain(closing)

    assert "\n".join(blocks) == "\n".join(said_on_page(page))
    running = page.select_one(".summary__running")
    assert running is not None
    assert head.splitlines()[1] == plain(running).strip()


def test_the_next_team_is_told_everything_once(team: Team, person: uuid.UUID) -> None:
    text = text_of(team.page(f"/patients/{person}/summary"))
    lines = text.splitlines()

    assert lines[0] == "SUMMARY FOR THE NEXT TEAM"
    assert lines[2].startswith("Made by ")
    assert lines[2].endswith(", Harbor Street, 12 Mar 2026, 15:00")
    assert (
        "PHQ-9 (0 to 27): baseline 18 on 15 Jan 2026; latest 10 on 5 Mar 2026; change -44 %; "
        "standing improving; target 4 or lower" in lines
    )
    assert "Last safety answer: PHQ-9 item 9: 2, more than half the days" in lines
    assert "Last asked: 5 Mar 2026" in lines
    assert "Open safety alert: since 12 Mar 2026, open. PHQ-9 item 9" in text
    assert "Attempts missed since: 1" in lines
    assert "Summary: Partial response,\nlikely bipolar II" in text
    assert "Open recommendation: Start: Start lithium 300 mg (proposed 7 Mar 2026)" in lines
    assert "As is" not in text
    assert any(line.startswith("Open question: Could this be mixed?") for line in lines)


def test_what_is_not_known_is_said_to_be_unknown(team: Team, person: uuid.UUID) -> None:
    lines = text_of(team.page(f"/patients/{person}/summary")).splitlines()

    (anxiety,) = [line for line in lines if line.startswith("GAD-7")]
    assert "latest unknown, was 12 on 21 Jan 2026; standing unknown: too old to go by" in anxiety
    (psychosis,) = [line for line in lines if line.startswith("BPRS-18 (")]
    assert "baseline none yet; latest none yet; standing unknown; target none set" in psychosis
    assert "Housing: unknown, never asked" in lines

    never_asked = text_of(team.page(f"/patients/{team.person()}/summary")).splitlines()
    assert "Last safety answer: unknown: never asked" in never_asked
    assert "Last two-way contact: none since the referral" in never_asked
    assert "Legal status: unknown: not written down" in never_asked
    assert "Advance directive: unknown: never asked" in never_asked
    assert "No treatment on record" in never_asked


def test_the_next_team_reads_what_is_given_who_decides_and_what_was_planned(team: Team, person: uuid.UUID) -> None:
    text = text_of(team.page(f"/patients/{person}/summary"))
    lines = text.splitlines()

    assert "paliperidone: 150 mg every 4 weeks; since 1 Jan 2026, 10 weeks; Next due 20 Mar 2026, in 8 days" in lines
    assert "Stopped last: olanzapine, 1 Jan 2026: side effects, gained 9 kg" in lines
    assert "Legal status: Outpatient treatment order since 12 Mar 2026, until 1 Sep 2026" in lines
    assert "Who decides: Rosa Vega (guardian): Order of 3 Feb 2026" in lines
    assert "May be told: nobody: no release on record" in lines
    assert "In an emergency: unknown" in lines
    assert "Advance directive: made, kept: With the sister. No haloperidol" in lines
    assert "To reach them: Phone, 555 0100, do not leave a message, do not text" in lines
    assert "Goal: Sleep through (0 -> 4 of 10, 3 days ago)" in lines
    assert "Safety plan: Version 1 of 12 Mar 2026, today" in lines
    assert "Relapse-prevention plan: none written" in lines
    assert "Psychiatric hospital: 23 Nov 2025 to 2 Dec 2025: after a fall" in lines
    assert "long ago" not in text
    assert "Assertive community treatment: Team North: visits on Tuesdays, since 12 Mar 2026" in lines


def test_the_person_reads_plain_words_and_nothing_written_about_them(team: Team, person: uuid.UUID) -> None:
    page = team.page(f"/patients/{person}/summary?reading=person")
    text = page.get_text(" ")

    assert "Better than at the start" in text
    assert "We do not know: your last answers are too old" in text
    assert HELP_LINE in text
    for own in ("150 mg every 4 weeks", "Next due 20 Mar 2026", "Sleep through", "I stop opening the post"):
        assert own in text
    told_to_the_team = ("bipolar II", "lithium", "mixed", "item 9", "safety alert", "BPRS", "missed", "improving")
    for hidden in told_to_the_team:
        assert hidden not in text
    for hidden in ("Rosa Vega", "gained 9 kg", "haloperidol"):
        assert hidden not in text_of(page), "the head of the page is not handed out"


def test_making_a_summary_is_on_record_and_bounded(team: Team, person: uuid.UUID) -> None:
    browser = team.browser_of("care_manager")
    with Statements(team.app) as statements:
        assert browser.get(f"/patients/{person}/summary").status_code == 200

    assert statements.number <= 54
    with team.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "summary.opened")).one()
        assert (event.person_id, event.clinic_id) == (person, team.clinic_id)
