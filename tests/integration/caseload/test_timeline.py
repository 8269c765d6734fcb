"""The timeline by kind, and what is new to a reader."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.audit.models import AuditEvent
from registry.caseload.looked import News, new_since
from registry.caseload.models import LookMark
from registry.clinics.models import Clinic
from registry.contacts.actions import mark_entered_in_error
from registry.contacts.models import Contact
from registry.episodes.actions import change_conditions, end_episode, involve_team, propose_transfer, revoke_consent
from registry.episodes.facts import OtherTeamFacts
from registry.episodes.models import Episode
from registry.extensions import db
from registry.life.actions import record_event, withdraw_event
from registry.life.facts import EventFacts
from registry.life.models import LifeEvent
from registry.patients.actions import (
    add_contact_point,
    add_payer,
    add_related_person,
    end_contact_point,
    set_legal_status,
)
from registry.patients.facts import ContactPointFacts, LegalStatusFacts, PayerFacts, RelatedPersonFacts
from registry.patients.models import Patient
from registry.plans.actions import rate_goal, set_goal, withdraw_plan, write_plan
from registry.plans.facts import PlanFacts
from registry.plans.models import PlanVersion
from registry.review.actions import Advice, decide, finish, record_review
from registry.tasks.actions import answer_task, send_task
from registry.treatment.actions import note, start_trial, withdraw_trial
from registry.treatment.facts import AdherenceFacts, StepFacts, TrialFacts
from registry.treatment.models import TreatmentTrial
from tests.elements import Element
from tests.integration.caseload.conftest import NOW, TODAY, Statements, Team
from tests.pages import fields_of, page_of

LATER = NOW + timedelta(hours=2)


def words(part: Element) -> str:
    return " ".join(part.get_text(" ").split())


def titles(page: Element) -> list[str]:
    return [words(each) for each in page.select(".timeline__title")]


def chips(page: Element) -> dict[str, int]:
    found = {}
    for chip in page.select(".chip"):
        label, _, number = words(chip).rpartition(" ")
        found[label] = int(number)
    return found


def looked_line(page: Element) -> str:
    line = page.select_one(".looked__words")
    assert line is not None
    return words(line)


def reviewed(team: Team, person: uuid.UUID) -> None:
    """A review whose one recommendation is accepted and done."""
    with team.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.scalars(select(Episode).where(Episode.patient_id == person)).one()
        psychiatrist, manager = (
            db.session.get_one(User, team.users[role]) for role in ("psychiatrist", "care_manager")
        )
        (advice,) = record_review(
            episode=episode,
            reviewed_on=TODAY - timedelta(days=3),
            minutes=10,
            summary="Partial response",
            recommendations=[Advice(kind="start", words="Start lithium 300 mg")],
            look_again_on=None,
            by=psychiatrist,
        ).recommendations
        decide(recommendation=advice, state="accepted", opened_version=advice.version, by=manager)
        finish(recommendation=advice, opened_version=advice.version, by=manager)


def press(team: Team, page_address: str, button: str, role: str = "psychiatrist") -> Element:
    """Press a button of the line that says what is new."""
    browser = team.browser_of(role)
    page = page_of(browser.get(page_address))
    form = next(each for each in page.select(".looked form") if button in each.get_text())
    fields = {each["name"]: each["value"] for each in form.select("input")}
    answer = browser.post(form["action"], data=fields, follow_redirects=True)
    assert answer.status_code == 200
    return page_of(answer)


def test_kinds_are_chosen_several_at_once_and_the_address_holds_them(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=5): 12})
    team.contact(person, TODAY - timedelta(days=4))
    reviewed(team, person)

    page = team.page(f"/patients/{person}/timeline?kind=advice&kind=contacts&kind=nonsense")

    assert titles(page) == ["Recommendation taken up", "Recommendation done", "Treatment contact, phone, reached"]
    assert (chips(page)["Contacts"], chips(page)["Recommendations"], chips(page)["Reviews"]) == (1, 2, 1)
    chosen = [words(chip) for chip in page.select(".chip[aria-current]")]
    assert chosen == ["Contacts 1", "Recommendations 2"]
    contacts = next(chip for chip in page.select(".chip") if "Contacts" in chip.get_text())
    assert contacts["href"] == f"/patients/{person}/timeline?kind=advice"


def test_the_counts_of_the_kinds_are_the_entries(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=5): 12}, tracked=("gad-7:total",))
    reviewed(team, person)
    with team.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.scalars(select(Episode).where(Episode.patient_id == person)).one()
        manager = db.session.get_one(User, team.users["care_manager"])
        change_conditions(episode=episode, conditions=["ptsd"], on=TODAY, why="Told us more", by=manager)
        end_episode(episode=episode, reason="graduated", on=TODAY, note="Well for a year", by=manager)

    page = team.page(f"/patients/{person}/timeline")
    counted = chips(page)
    said = titles(page)

    assert counted.pop("Everything") == sum(counted.values()) == len(said)
    assert "Episode ended: graduated" in said
    assert "Condition: Post-traumatic stress disorder" in said
    assert any(title.startswith("No longer care manager") for title in said)
    assert any(title.startswith("Target for PHQ-9") for title in said)
    assert "Consent to collaborative care" in said


def test_a_record_never_marked_shows_no_wall_of_badges(team: Team) -> None:
    person = team.person(scores={TODAY: 12})
    page = team.page(f"/patients/{person}/timeline", role="psychiatrist")

    assert looked_line(page) == "You have not marked this record as looked at"
    assert not page.select(".timeline .tag")


def test_what_others_store_after_the_mark_is_new_whatever_its_date_of_service(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=2): 12})
    marked = press(team, f"/patients/{person}", "Mark as looked at")
    assert looked_line(marked) == "Nothing new since you looked at 15:00"

    with time_machine.travel(LATER, tick=False):
        team.contact(person, TODAY - timedelta(days=40))
        overview = team.page(f"/patients/{person}", role="psychiatrist")
        own = team.page(f"/patients/{person}", role="care_manager")
        timeline = team.page(f"/patients/{person}/timeline", role="psychiatrist")
        only_new = team.page(f"/patients/{person}/timeline?new=1", role="psychiatrist")

    assert looked_line(overview) == "1 new since you looked at 15:00"
    assert looked_line(own) == "You have not marked this record as looked at"
    badged = [words(entry) for entry in timeline.select(".timeline__entry") if entry.select_one(".tag")]
    assert len(badged) == 1
    assert "Treatment contact, phone, reached New" in badged[0]
    assert titles(only_new) == ["Treatment contact, phone, reached New"]
    summary = only_new.select_one(".pagination-bar__summary")
    assert summary is not None
    assert words(summary) == "1–1 of 1"


def test_undoing_a_mark_brings_the_one_before_back(team: Team) -> None:
    person = team.person()
    press(team, f"/patients/{person}", "Mark as looked at")
    with time_machine.travel(LATER, tick=False):
        team.contact(person, TODAY)
        again = press(team, f"/patients/{person}/timeline", "Mark as looked at")
        undone = press(team, f"/patients/{person}/timeline", "Undo mark")
        never = press(team, f"/patients/{person}/timeline", "Undo mark")

    assert looked_line(again).startswith("Nothing new since you looked")
    assert looked_line(undone) == "1 new since you looked at 15:00"
    assert looked_line(never) == "You have not marked this record as looked at"
    with team.app.app_context(), scope.all_patients(reason="test"):
        assert [row.undone_at is None for row in db.session.scalars(select(LookMark))] == [False, False]
        acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("record.look"))).all()
    assert sorted(acts) == ["record.look-undone"] * 2 + ["record.looked-at"] * 2


def test_only_ones_own_mark_is_taken_back_and_nobody_marks_a_stranger(team: Team) -> None:
    person, stranger = team.person(), team.person(here=False)
    press(team, f"/patients/{person}", "Mark as looked at")
    with team.app.app_context(), scope.all_patients(reason="test"):
        mark = db.session.scalars(select(LookMark.id)).one()
    browser = team.browser_of("care_manager")
    token = {"csrf_token": str(fields_of(browser.get(f"/patients/{person}/contacts/new"))["csrf_token"])}

    assert browser.post(f"/patients/{person}/looked/{mark}/undo", data=token).status_code == 404
    assert browser.post(f"/patients/{stranger}/looked", data=token).status_code == 404


def test_an_instant_that_is_none_marks_nothing_and_one_of_the_future_is_now(team: Team) -> None:
    person = team.person()
    browser = team.browser_of("psychiatrist")
    fields = {**fields_of(browser.get(f"/patients/{person}")), "form_key": ""}
    answer = browser.post(f"/patients/{person}/looked", data={**fields, "shown_at": "no"}, follow_redirects=True)
    browser.post(f"/patients/{person}/looked", data={**fields, "shown_at": "2031-01-01T00:00:00+00:00"})

    assert "Nothing was marked" in answer.text
    with team.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(LookMark.looked_at)).all() == [NOW]


def test_news_of_many_people_is_one_statement_within_the_scope(team: Team) -> None:
    people = [team.person() for _ in range(2)]
    stranger = team.person(here=False)
    press(team, f"/patients/{people[0]}", "Mark as looked at")
    with time_machine.travel(LATER, tick=False):
        team.contact(people[0], TODAY)
        team.measure(people[0], {TODAY: 9})
    with team.app.app_context(), scope.within({team.clinic_id}):
        new_since(team.users["psychiatrist"], people)
        with Statements(team.app) as statements:
            news = new_since(team.users["psychiatrist"], [*people, stranger])

    assert statements.number == 1
    assert news.keys() == set(people)
    assert (news[people[0]].new, news[people[0]].looked_at, news[people[1]]) == (2, NOW, News())


def test_a_full_timeline_asks_a_fixed_number_of_statements(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 18}, tracked=("gad-7:total",))
    reviewed(team, person)
    browser, counted = team.browser_of("psychiatrist"), []
    press(team, f"/patients/{person}", "Mark as looked at")
    browser.get(f"/patients/{person}/timeline")
    for days in (range(1, 3), range(3, 20)):
        for day in days:
            team.measure(person, {TODAY - timedelta(days=day): 10})
            team.contact(person, TODAY - timedelta(days=day))
        with Statements(team.app) as statements:
            assert browser.get(f"/patients/{person}/timeline").status_code == 200
        counted.append(statements.number)

    assert counted[1] <= counted[0] <= 30


def test_who_else_has_to_do_with_a_person_stands_on_the_timeline(team: Team) -> None:
    person = team.person()
    with team.app.app_context(), scope.all_patients(reason="test"):
        manager, psychiatrist = (
            db.session.get_one(User, team.users[role]) for role in ("care_manager", "psychiatrist")
        )
        patient = db.session.get_one(Patient, person)
        episode = db.session.scalars(select(Episode).where(Episode.patient_id == person)).one()
        here: dict[str, Any] = {"clinic_id": team.clinic_id, "by": manager}
        north = OtherTeamFacts(kind="act", name="North", does="Visits on Tuesdays")
        involve_team(episode=episode, facts=north, on=TODAY, why="", by=manager)
        mother = RelatedPersonFacts(
            name="Rosa Vega",
            relation="kin",
            words="mother",
            may_have_information=True,
            release_scope="appointments",
            release_until=TODAY + timedelta(days=90),
            starts_on=TODAY - timedelta(days=9),
        )
        add_related_person(patient=patient, facts=mother, by=manager)
        phone = ContactPointFacts(kind="phone", value="555 0100", note="Ask for Jo", may_text=True)
        add_contact_point(patient=patient, facts=phone, on=TODAY, by=manager)
        payer = PayerFacts(payer="medicaid", starts_on=TODAY - timedelta(days=9), ends_on=TODAY)
        add_payer(patient=patient, facts=payer, by=manager)
        order = LegalStatusFacts(kind="outpatient-order", starts_on=TODAY, expires_on=TODAY + timedelta(days=20))
        set_legal_status(patient=patient, facts=order, by=manager)
        goal = set_goal(patient_id=person, words="Keep the flat", on=TODAY, **here)
        rate_goal(goal=goal, on=TODAY, rating=0, **here)
        start = StepFacts(kind="start", on=TODAY - timedelta(days=30))
        therapy = TrialFacts(kind="therapy", name="CBT", start=start)
        trial = start_trial(patient_id=person, facts=therapy, **here)
        note(trial=trial, facts=AdherenceFacts(on=TODAY, percent=0, source="person"), **here)
        task = send_task(patient_id=person, to_id=psychiatrist.id, kind="task", words="Call the ward", **here)
        answer_task(task=task, state="done", words="Called", opened_version=task.version, by=psychiatrist)
        sister = db.session.get_one(Clinic, team.other_clinic_id)
        propose_transfer(episode=episode, to_clinic=sister, words="Moved", by=manager)

    page = team.page(f"/patients/{person}/timeline?kind=team&kind=people&kind=reach&kind=legal&kind=tasks&kind=phases")
    care = titles(team.page(f"/patients/{person}/timeline?kind=plans&kind=treatment"))

    assert {
        "Last day of the release to Rosa Vega (mother)",
        "Rosa Vega (mother)",
        "Way to reach the person: Phone, 555 0100",
        "Payer: Medicaid (primary)",
        "Last day of the payer Medicaid (primary)",
        "Legal status: outpatient treatment order",
        "Assertive community treatment, North, takes part",
        "Something to do: done",
    } <= set(titles(page))
    assert any(title.startswith("Transfer proposed: ") for title in titles(page))
    assert any(title.startswith("Something to do, for ") for title in titles(page))
    assert "May be told: appointments, until 10 Jun 2026" in page.get_text()
    assert "Ask for Jo. Do not leave a message, may text" in page.get_text()
    assert "Goal rated 0 of 10: “Keep the flat”" in care
    assert "CBT: 0 % taken or attended" in care


def test_what_a_colleague_struck_through_took_back_or_told_of_reach_and_payers_is_new(team: Team) -> None:
    person = team.person()
    team.contact(person, TODAY - timedelta(days=4))
    with team.app.app_context(), scope.all_patients(reason="test"):
        manager = db.session.get_one(User, team.users["care_manager"])
        here: dict[str, Any] = {"patient_id": person, "clinic_id": team.clinic_id, "by": manager}
        plan = PlanFacts(written_on=TODAY, took_part="She herself", sections={"signs": "No sleep"})
        write_plan(kind="safety", facts=plan, opened_number=0, **here)
        record_event(facts=EventFacts(kind="hospital", starts_on=TODAY), **here)
        start = StepFacts(kind="start", on=TODAY - timedelta(days=30))
        therapy = TrialFacts(kind="therapy", name="CBT", start=start)
        start_trial(facts=therapy, **here)
    press(team, f"/patients/{person}", "Mark as looked at")

    with time_machine.travel(LATER, tick=False):
        with team.app.app_context(), scope.all_patients(reason="test"):
            manager = db.session.get_one(User, team.users["care_manager"])
            withdrawals: dict[type[Any], Any] = {
                Contact: lambda row, **how: mark_entered_in_error(contact=row, **how),
                PlanVersion: lambda row, **how: withdraw_plan(version=row, **how),
                LifeEvent: lambda row, **how: withdraw_event(event=row, **how),
                TreatmentTrial: lambda row, **how: withdraw_trial(trial=row, **how),
            }
            for table, withdraw in withdrawals.items():
                row = db.session.scalars(select(table).where(table.patient_id == person)).one()
                withdraw(row, why="Another person's", opened_version=row.version, by=manager)
            episode = db.session.scalars(select(Episode).where(Episode.patient_id == person)).one()
            revoke_consent(episode=episode, on=TODAY, said_by="patient", why="Asked", by=manager)
            patient = db.session.get_one(Patient, person)
            sister = db.session.get_one(Clinic, team.other_clinic_id)
            propose_transfer(episode=episode, to_clinic=sister, words="Moved", by=manager)
            email = ContactPointFacts(kind="email", value="ada@example.org")
            point = add_contact_point(patient=patient, facts=email, on=TODAY, by=manager)
            end_contact_point(point=point, on=TODAY, by=manager)
            add_payer(patient=patient, facts=PayerFacts(payer="medicaid", starts_on=TODAY), by=manager)
        only_new = team.page(f"/patients/{person}/timeline?new=1", role="psychiatrist")

    assert sorted(title.removesuffix(" New") for title in titles(only_new)) == [
        "CBT: started",
        "Consent revoked",
        "Hospital, other",
        "No longer in use: E-mail, ada@example.org",
        "Payer: Medicaid (primary)",
        "Safety plan, version 1",
        "Transfer proposed: Harbor Street to Elsewhere",
        "Treatment contact, phone, reached",
    ]
