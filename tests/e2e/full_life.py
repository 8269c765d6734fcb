"""Somebody with everything on record that a long illness leaves behind: the longest summary a clinic makes."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from registry.access import scope
from registry.access.roles import Role
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.episodes.actions import involve_team
from registry.episodes.facts import OtherTeamFacts, TeamPlace
from registry.episodes.queries import get_open_episode
from registry.extensions import db
from registry.life.actions import record_event
from registry.life.facts import EventFacts
from registry.measurements.actions import record_measurement
from registry.patients.actions import add_contact_point, add_related_person, note_directive, set_legal_status
from registry.patients.facts import ContactPointFacts, DirectiveFacts, LegalStatusFacts, RelatedPersonFacts
from registry.patients.models import Patient
from registry.physical.actions import record_observations
from registry.physical.facts import ObservationFacts
from registry.plans.actions import rate_goal, set_goal, write_plan
from registry.plans.facts import PlanFacts
from registry.review.actions import Advice, ask_question, record_review
from registry.treatment.actions import note, start_trial
from registry.treatment.facts import AdherenceFacts, InjectionFacts, StepFacts, TrialFacts
from tests.builders import a_patient, a_user, an_episode, id_of
from tests.e2e.clinic import Team, today
from tests.e2e.windows import LiveServer

SIGNS = "I stop opening the post, sleep two hours, and hear my father say that I should go to the bridge"
CALL = "Crisis line of the county, 212 555 0188, day and night; R. Osei at Harbor Street, 212 555 0101"
"""What the person wrote into their safety plan: how it shows, and whom to call."""

SAFETY = {
    "signs": SIGNS,
    "own": "Walk the dog along the river, put the radio on, the breathing the nurse showed me",
    "company": "My sister's kitchen, the clubhouse on Tuesdays and Fridays, the library reading room",
    "ask": "Sister Adaeze, 212 555 0110, any time; neighbour Tom on the second floor, 212 555 0163",
    "professionals": CALL,
    "surroundings": "Sister keeps the pills and hands out a week at a time; no key to the roof any more",
}
RELAPSE = {
    "well": "Regular nights, the depot on time, the clubhouse, no cannabis",
    "triggers": "Court letters, the week before the anniversary of mother's death, night shifts",
    "early": "Walks at night, writes long letters, says that the neighbours took the key",
    "steps": "Call R. Osei the same day, sister stays over, ask for the next appointment",
    "others": "Do not argue about the voices; ask whether he has slept and eaten",
    "treatment": "Olanzapine at night helped in 2024; no haloperidol, it locked the jaw",
    "call": "R. Osei, 212 555 0101, then Dr. I. Solberg's nurse, 212 555 0102, then the crisis line",
}
SCALES = ("phq-9:total", "gad-7:total", "bprs-18:total", "asrm:total", "wsas:total", "who-5:total")


def a_full_life(live_server: LiveServer, team: Team) -> uuid.UUID:
    """In care for a year: five people on the team, three other teams, nine treatments, six measures, four stays."""
    with live_server.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, team.clinic)
        day = today(clinic)
        manager, psychiatrist = (_user(team, role) for role in (Role.CARE_MANAGER, Role.PSYCHIATRIST))
        prescriber = a_user(clinic=clinic, role=Role.CLINICIAN, name="Dr. Priya Raghunathan")
        peer = a_user(clinic=clinic, role=Role.PEER_SPECIALIST, name="Jerome Addy")
        patient = a_patient(clinic=clinic, given="Chukwuemeka", family="Obiora-Lindqvist", pronouns="he/him")
        patient_id = id_of(patient)
        episode = an_episode(
            patient=patient,
            clinic=clinic,
            enrolled_on=day - timedelta(days=370),
            tracked=SCALES[:5],
            conditions=("schizoaffective", "ptsd", "substance-use"),
            care_manager=manager,
            consultant=psychiatrist,
            team=[
                TeamPlace(role="prescriber", user_id=prescriber.id),
                TeamPlace(role="key_worker", user_id=prescriber.id),
                TeamPlace(role="peer", user_id=peer.id),
            ],
        )
        here: dict[str, Any] = {"patient_id": patient_id, "clinic_id": team.clinic, "by": manager}
        _around(db.session.get_one(Patient, patient_id), day, by=manager)
        _treat(here, day)
        _observe(here, day)
        _live(here, day)
        _plan(here, day)
        for kind, name, does in (
            ("act", "ACT team North", "visits on Tuesdays and Fridays, brings the medicines"),
            ("injection", "Depot clinic, Mercy Hospital", "gives the injection"),
            ("justice", "County probation, Ms. D. Whitlock", "reports monthly, hearing in the spring"),
        ):
            facts = OtherTeamFacts(kind=kind, name=name, does=does, reach="212 555 0170, weekdays until five")
            involve_team(episode=episode, facts=facts, on=day - timedelta(days=200), why="", by=manager)
        _measure(here, day)
        record_review(
            episode=episode,
            reviewed_on=day - timedelta(days=12),
            minutes=15,
            summary=(
                "Schizoaffective disorder, depressive type, with trauma after the fire of 2019. Voices are back since "
                "the depot was three weeks late in the autumn; sleep four hours, no mania. Depression half of what it "
                "was. Cannabis at weekends, alcohol at low risk. Lithium level at the lower end, weight up nine "
                "kilograms since olanzapine, now on the depot. Wants to work again and fears the benefit review."
            ),
            recommendations=[
                Advice(
                    kind="change-dose",
                    words="Paliperidone to 150 mg with the next injection, lithium level in a week",
                ),
                Advice(kind="lab", words="Fasting glucose, lipids and HbA1c before the next visit", to_name="Dr. Wu"),
                Advice(kind="therapy", words="CBT for voices, twelve sessions; ask about the list at Mill Road"),
            ],
            look_again_on=None,
            by=psychiatrist,
        )
        ask_question(
            episode=episode,
            words="Is clozapine an option if the voices are no better by the end of next month? His sister asks too.",
            by=manager,
        )
        return patient_id


def and_as_much_again(live_server: LiveServer, team: Team, patient_id: uuid.UUID) -> None:
    """What no page holds: a review as long as a letter, a dozen more goals, stays and people around."""
    with live_server.app.app_context(), scope.all_patients(reason="test"):
        clinic, manager = db.session.get_one(Clinic, team.clinic), _user(team, Role.CARE_MANAGER)
        day, episode = today(clinic), get_open_episode(patient_id, team.clinic)
        assert episode is not None
        here: dict[str, Any] = {"patient_id": patient_id, "clinic_id": team.clinic, "by": manager}
        for number in range(12):
            set_goal(words=f"A {number}. thing that he wants, said in as many words as people use", on=day, **here)
            fell_on = day - timedelta(days=number)
            fall = EventFacts(kind="emergency", starts_on=fell_on, words="sent home", reason="other")
            record_event(facts=fall, **here)
            facts = OtherTeamFacts(kind="medical", name=f"Clinic {number}", does="looks after one more thing he has")
            involve_team(episode=episode, facts=facts, on=day, why="", by=manager)
        record_review(
            episode=episode,
            reviewed_on=day,
            minutes=30,
            summary="He told it all once more, from the fire to the bridge and back to the warehouse. " * 30,
            recommendations=[Advice(kind="refer", words=f"Ask service {number}") for number in range(8)],
            look_again_on=None,
            by=_user(team, Role.PSYCHIATRIST),
        )


def _user(team: Team, role: Role) -> User:
    return db.session.scalars(select(User).where(User.email == team.emails[role.value])).one()


def _around(patient: Patient, day: date, *, by: User) -> None:
    for facts in (
        RelatedPersonFacts(
            name="Adaeze Obiora",
            relation="guardian",
            reach="212 555 0110",
            is_emergency_contact=True,
            consents_to_treatment=True,
            authority="Order of the county court of 3 Feb 2025",
            may_have_information=True,
            release_scope="everything",
            release_until=day + timedelta(days=200),
        ),
        RelatedPersonFacts(
            name="D. Whitlock",
            relation="probation",
            reach="212 555 0170",
            may_have_information=True,
            release_scope="whether appointments are kept",
            release_until=day + timedelta(days=90),
        ),
        RelatedPersonFacts(
            name="Maple House",
            relation="residence",
            reach="212 555 0199",
            is_emergency_contact=True,
            may_have_information=True,
            release_scope="medicines and appointments",
        ),
    ):
        add_related_person(patient=patient, facts=facts, by=by)
    for point in (
        ContactPointFacts(kind="phone", value="212 555 0142", note="mornings only", may_text=True),
        ContactPointFacts(kind="phone", value="212 555 0199", note="Maple House, ask for the shift lead"),
        ContactPointFacts(kind="email", value="emeka.obiora@mail.example", may_email=True),
    ):
        add_contact_point(patient=patient, facts=point, on=day, by=by)
    order = LegalStatusFacts(
        kind="outpatient-order",
        starts_on=day - timedelta(days=150),
        expires_on=day + timedelta(days=60),
        order_words="County court, docket 24-1187",
    )
    set_legal_status(patient=patient, facts=order, by=by)
    directive = DirectiveFacts(
        answer="made",
        made_on=day - timedelta(days=300),
        kept_at="with his sister, a copy at Mercy Hospital",
        note="No haloperidol; call his sister before anything else",
    )
    note_directive(patient=patient, facts=directive, opened_version=None, by=by)


def _treat(here: dict[str, Any], day: date) -> None:
    depot = TrialFacts(
        kind="injection",
        name="Paliperidone palmitate",
        product="paliperidone-palmitate",
        medicine_class="antipsychotic",
        start=_start(day, 120, amount=100, every=28),
    )
    trial = start_trial(facts=depot, **here)
    noted: dict[str, Any] = {"clinic_id": here["clinic_id"], "by": here["by"]}
    for days in (120, 92, 43, 15):
        note(trial=trial, facts=InjectionFacts(on=day - timedelta(days=days), outcome="given"), **noted)
    for name, medicine_class, ingredient, amount, days in (
        ("Lithium carbonate", "mood-stabiliser", "lithium", 900, 340),
        ("Sertraline", "antidepressant", None, 150, 300),
        ("Prazosin", "other", None, 4, 180),
        ("Metformin", "other", None, 1000, 90),
        ("Procyclidine", "side-effects", None, 5, 60),
    ):
        facts = TrialFacts(
            kind="medication",
            name=name,
            medicine_class=medicine_class,
            ingredient=ingredient,
            start=_start(day, days, amount=amount),
        )
        medicine = start_trial(facts=facts, **here)
        taken = AdherenceFacts(on=day - timedelta(days=9), percent=80, source="count")
        note(trial=medicine, facts=taken, **noted)
    for kind, name, often in (("therapy", "CBT for trauma", "weekly, Dr. Lang"), ("other", "Supported employment", "")):
        start = StepFacts(kind="start", on=day - timedelta(days=80), frequency=often)
        start_trial(facts=TrialFacts(kind=kind, name=name, start=start), **here)
    stopped = start_trial(
        facts=TrialFacts(
            kind="medication", name="Olanzapine", medicine_class="antipsychotic", start=_start(day, 360, amount=20)
        ),
        **here,
    )
    stop = StepFacts(kind="stop", on=day - timedelta(days=118), reason="side-effects", words="nine kilograms heavier")
    note(trial=stopped, facts=stop, **noted)


def _start(day: date, days_ago: int, *, amount: int, every: int | None = None) -> StepFacts:
    on = day - timedelta(days=days_ago)
    return StepFacts(kind="start", on=on, amount=Decimal(amount), unit="mg", every_days=every)


def _observe(here: dict[str, Any], day: date) -> None:
    taken: dict[str, Any] = {"taken_on": day - timedelta(days=20), "source": "laboratory"}
    values = [
        ("weight", "98.5", "kg"),
        ("height", "181", "cm"),
        ("waist", "108", "cm"),
        ("qtc", "431", "ms"),
        ("lithium", "0.6", "mmol/L"),
        ("glucose", "104", "mg/dL"),
        ("hba1c", "5.9", "%"),
        ("ldl", "131", "mg/dL"),
        ("hdl", "38", "mg/dL"),
        ("triglycerides", "188", "mg/dL"),
        ("egfr", "84", "mL/min/1.73 m²"),
        ("tsh", "2.4", "mIU/L"),
        ("calcium", "9.6", "mg/dL"),
    ]
    facts = [ObservationFacts(kind=kind, value=Decimal(value), unit=unit, **taken) for kind, value, unit in values]
    facts.append(ObservationFacts(kind="blood-pressure", value=Decimal(134), second=Decimal(86), unit="mmHg", **taken))
    facts += [
        ObservationFacts(kind=kind, choice=choice, **taken)
        for kind, choice in (("smoking", "current"), ("alcohol", "low"), ("movement", "none"))
    ]
    record_observations(facts=facts, **here)


def _live(here: dict[str, Any], day: date) -> None:
    for kind, began, ended, words, reason in (
        ("hospital-psychiatric", 340, 310, "Mercy Hospital, after he stood on the bridge; left with olanzapine", ""),
        ("emergency", 210, None, "voices, sent home with lorazepam", "psychiatric"),
        ("crisis", 160, 151, "Linden House, by himself", ""),
        ("home-lost", 230, None, "evicted after the kitchen fire", ""),
        ("home-found", 140, None, "room at Maple House", ""),
        ("job-lost", 250, None, "the warehouse closed", ""),
    ):
        lasts = ended is not None
        facts = EventFacts(
            kind=kind,
            starts_on=day - timedelta(days=began),
            ends_on=day - timedelta(days=ended) if lasts and ended is not None else None,
            words=words,
            reason=reason,
        )
        record_event(facts=facts, **here)


def _plan(here: dict[str, Any], day: date) -> None:
    for words, first, last in (
        ("Work again, three mornings a week, with people who know me", 1, 4),
        ("See my daughter every second weekend without somebody watching", 0, 5),
        ("Sleep through without the radio", 2, 6),
    ):
        goal = set_goal(words=words, on=day - timedelta(days=200), **here)
        rate_goal(goal=goal, clinic_id=here["clinic_id"], on=day - timedelta(days=200), rating=first, by=here["by"])
        rate_goal(goal=goal, clinic_id=here["clinic_id"], on=day - timedelta(days=15), rating=last, by=here["by"])
    for kind, sections in (("safety", SAFETY), ("relapse", RELAPSE)):
        plan = PlanFacts(
            written_on=day - timedelta(days=60),
            review_on=day + timedelta(days=30),
            took_part="Emeka, his sister, R. Osei",
            sections=sections,
        )
        write_plan(kind=kind, facts=plan, opened_number=0, **here)


def _measure(here: dict[str, Any], day: date) -> None:
    gad = {str(item): 2 for item in range(1, 8)}
    voices = {str(item): 3 for item in range(1, 19)}
    for days_ago, instrument, mode, answers in (
        (370, "phq-9", "self-paper", {**{str(item): 2 for item in range(1, 9)}, "9": 2}),
        (14, "phq-9", "self-paper", {**{str(item): 1 for item in range(1, 9)}, "9": 1}),
        (370, "gad-7", "self-paper", gad),
        (14, "gad-7", "self-paper", gad | {"1": 1}),
        (368, "bprs-18", "clinician", voices),
        (14, "bprs-18", "clinician", voices | {"12": 5}),
        (14, "asrm", "self-paper", {str(item): 1 for item in range(1, 6)}),
        (30, "wsas", "self-paper", {str(item): 5 for item in range(1, 6)}),
    ):
        record_measurement(
            instrument=instrument, taken_on=day - timedelta(days=days_ago), mode=mode, answers=answers, **here
        )
    for days_ago, kind, reached in ((15, "treatment", True), (6, "no-show", False), (4, "outreach", False)):
        facts = ContactFacts(
            took_place_on=day - timedelta(days=days_ago), kind=kind, modality="in-person", reached=reached
        )
        record_contact(facts=facts, **here)
