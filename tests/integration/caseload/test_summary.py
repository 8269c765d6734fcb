"""The one-page summary: the same facts on the page and in the text, for two readers."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import select

from config import HELP_LINE
from registry.access import scope
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.review.actions import Advice, ask_question, record_review
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
    return team, person


def said_on_page(page: BeautifulSoup) -> list[str]:
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


def pairs(section: Tag) -> list[tuple[Tag, Tag]]:
    return list(zip(section.select("dt"), section.select("dd"), strict=True))


def plain(part: Tag) -> str:
    text = part.get_text().replace("\N{MINUS SIGN}", "-").replace("\N{NARROW NO-BREAK SPACE}", " ")
    return text.replace("\N{RIGHTWARDS ARROW}", "->").replace("\N{MIDDLE DOT}", "-")


def text_of(page: BeautifulSoup) -> str:
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


def test_the_person_reads_plain_words_and_nothing_written_about_them(team: Team, person: uuid.UUID) -> None:
    page = team.page(f"/patients/{person}/summary?reading=person")
    text = page.get_text(" ")

    assert "Better than at the start" in text
    assert "We do not know: your last answers are too old" in text
    assert HELP_LINE in text
    for hidden in ("bipolar II", "lithium", "mixed", "item 9", "safety alert", "BPRS", "missed", "improving"):
        assert hidden not in text


def test_making_a_summary_is_on_record_and_bounded(team: Team, person: uuid.UUID) -> None:
    browser = team.browser_of("care_manager")
    with Statements(team.app) as statements:
        assert browser.get(f"/patients/{person}/summary").status_code == 200

    assert statements.number <= 42
    with team.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "summary.opened")).one()
        assert (event.person_id, event.clinic_id) == (person, team.clinic_id)
