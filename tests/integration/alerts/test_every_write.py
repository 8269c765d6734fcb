"""Every write that may change what needs attention reconciles, in its own transaction.

A new action of these rooms has no row here and fails the first test until it has one.
"""

from __future__ import annotations

import ast
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import ROOT
from registry.alerts.signals import attention_changed
from registry.audit.recorder import record
from registry.contacts import actions as contacts
from registry.contacts.actions import ContactFacts
from registry.db.transaction import is_writing, write
from registry.episodes import actions as episodes
from registry.episodes.facts import ConsentFacts, OtherTeamFacts, TargetWish, TeamPlace, Tracking
from registry.episodes.models import OtherTeam, Transfer
from registry.extensions import db
from registry.life import actions as life
from registry.life.facts import EventFacts
from registry.measurements import actions as measurements
from registry.patients import actions as patients
from registry.patients.facts import LegalStatusFacts, RelatedPersonFacts
from registry.patients.models import LegalStatus, RelatedPerson
from registry.physical import actions as physical
from registry.physical.facts import ObservationFacts
from registry.plans import actions as plans
from registry.plans.facts import PlanFacts
from registry.review import actions as reviews
from registry.review.models import Recommendation
from registry.treatment import actions as treatment
from registry.treatment.facts import InjectionFacts, StepFacts, TrialFacts
from tests import builders
from tests.integration.alerts.scene import TODAY, Scene, a_scene, measured, on_stage, phq9, spoke

ROOMS = (
    "registry/measurements/actions.py",
    "registry/contacts/actions.py",
    "registry/treatment/actions.py",
    "registry/plans/actions.py",
    "registry/life/actions.py",
    "registry/physical/actions.py",
    "registry/review/actions.py",
    "registry/episodes/actions",
    "registry/patients/actions/legal.py",
    "registry/patients/actions/related.py",
)
ANSWERS: dict[str, Any] = {"taken_on": TODAY, "mode": "self-paper", "answers": phq9(12)}


def facts(*, reached: bool = True) -> ContactFacts:
    return ContactFacts(took_place_on=TODAY, kind="treatment", modality="phone", reached=reached)


def a_draft(scene: Scene) -> Any:
    return measured(scene, answers={"1": 1}, as_draft=True)


def reported(scene: Scene) -> Any:
    return contacts.report_danger(
        patient_id=scene.patient.id,
        clinic_id=scene.clinic.id,
        kind="threat",
        reported_on=TODAY,
        said_by="the residence",
        words="Threatened a neighbour",
        by=scene.duty,
    )


def a_recommendation(scene: Scene) -> Recommendation:
    review = reviews.record_review(
        episode=scene.episode,
        reviewed_on=TODAY,
        minutes=10,
        summary="",
        recommendations=[reviews.Advice(kind="start", words="Start sertraline 50 mg")],
        look_again_on=None,
        by=scene.psychiatrist,
    )
    return review.recommendations[0]


def accepted(scene: Scene) -> Recommendation:
    row = a_recommendation(scene)
    reviews.decide(recommendation=row, state="accepted", opened_version=row.version, by=scene.care_manager)
    return row


def also_tracked(scene: Scene) -> Scene:
    tracking = Tracking(scale="gad-7:total", cadence_days=28)
    episodes.track(episode=scene.episode, tracking=tracking, on=TODAY, why="Worried", by=scene.care_manager)
    return scene


def died(scene: Scene) -> Scene:
    episodes.record_death(patient=scene.patient, died_on=TODAY, today=TODAY, by=scene.care_manager)
    return scene


def ended(scene: Scene) -> Scene:
    episodes.end_episode(episode=scene.episode, reason="withdrew", on=TODAY, by=scene.care_manager)
    return scene


def involved(scene: Scene) -> OtherTeam:
    facts = OtherTeamFacts(kind="act", name="North", does="visits")
    return episodes.involve_team(episode=scene.episode, facts=facts, on=TODAY, why="", by=scene.care_manager)


def proposed(scene: Scene) -> Transfer:
    sister = builders.a_clinic("Hillside")
    return episodes.propose_transfer(episode=scene.episode, to_clinic=sister, words="Moved", by=scene.care_manager)


def taken_over(scene: Scene) -> Transfer:
    row = proposed(scene)
    manager = builders.a_user(clinic=row.to_clinic)
    episodes.accept_transfer(
        transfer=row,
        on=TODAY,
        phase="engaging",
        team=[TeamPlace(role="care_manager", user_id=manager.id)],
        opened_version=row.version,
        by=manager,
    )
    return row


def from_before(scene: Scene) -> None:
    """Stored today of care that began earlier, to be told in nine days."""
    with write():
        scene.episode.backlog_from, scene.episode.backlog_until = TODAY, TODAY + timedelta(days=9)
        record("test.entered-late", by=None, subject=scene.episode)


def under_order(scene: Scene) -> LegalStatus:
    facts = LegalStatusFacts(kind="outpatient-order", starts_on=TODAY, expires_on=TODAY + timedelta(days=20))
    return patients.set_legal_status(patient=scene.patient, facts=facts, by=scene.care_manager)


def guarded(scene: Scene) -> RelatedPerson:
    facts = RelatedPersonFacts(
        name="Rosa Vega", relation="guardian", authority="Order 12", ends_on=TODAY + timedelta(days=20)
    )
    return patients.add_related_person(patient=scene.patient, facts=facts, by=scene.care_manager)


CONSENT = ConsentFacts(given_on=TODAY, mode="written", taken_by="R. Osei", given_by="guardian Rosa Vega")


def a_trial(scene: Scene) -> Any:
    start = StepFacts(kind="start", on=TODAY, every_days=28)
    trial = TrialFacts(
        kind="injection",
        name="Haloperidol",
        product="haloperidol-decanoate",
        medicine_class="antipsychotic",
        start=start,
    )
    return treatment.start_trial(patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=trial, by=scene.duty)


def injected(scene: Scene, outcome: str = "given") -> tuple[Any, Any]:
    trial = a_trial(scene)
    facts = InjectionFacts(on=TODAY, outcome=outcome)
    return trial, treatment.note(trial=trial, clinic_id=scene.clinic.id, facts=facts, by=scene.duty)


def a_goal(scene: Scene) -> Any:
    return plans.set_goal(
        patient_id=scene.patient.id, clinic_id=scene.clinic.id, words="Keep the flat", on=TODAY, by=scene.care_manager
    )


def rated(scene: Scene) -> Any:
    return plans.rate_goal(goal=a_goal(scene), clinic_id=scene.clinic.id, on=TODAY, rating=0, by=scene.care_manager)


def a_stay(scene: Scene) -> Any:
    facts = EventFacts(kind="hospital", starts_on=TODAY)
    return life.record_event(patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=facts, by=scene.care_manager)


def weight(kilos: int) -> ObservationFacts:
    return ObservationFacts(kind="weight", taken_on=TODAY, source="here", value=Decimal(kilos), unit="kg")


def weighed(scene: Scene) -> Any:
    return physical.record_observations(
        patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=[weight(82)], by=scene.care_manager
    )[0]


def planned(scene: Scene) -> Any:
    return plans.write_plan(
        patient_id=scene.patient.id,
        clinic_id=scene.clinic.id,
        kind="safety",
        facts=PlanFacts(written_on=TODAY, took_part="She herself", sections={"signs": "No sleep"}),
        opened_number=0,
        by=scene.care_manager,
    )


Given = Callable[[Scene], Any]
Act = Callable[[Scene, Any], object]


def nothing(_scene: Scene) -> None:
    """Everything the write needs is on the scene."""


def with_a_successor(scene: Scene) -> None:
    successor = TeamPlace(role="care_manager", user_id=builders.a_user(clinic=scene.clinic).id)
    episodes.change_team(episode=scene.episode, place=successor, on=TODAY, why="On leave", by=scene.lead)


WRITES: dict[str, tuple[Given, Act]] = {
    "measurements.record_measurement": (nothing, lambda s, _: measured(s, 12)),
    "measurements.change_draft": (
        a_draft,
        lambda s, row: measurements.change_draft(draft=row, by=s.care_manager, **ANSWERS),
    ),
    "measurements.finish_draft": (
        a_draft,
        lambda s, row: measurements.finish_draft(draft=row, by=s.care_manager, **ANSWERS),
    ),
    "measurements.discard_draft": (a_draft, lambda s, row: measurements.discard_draft(draft=row, by=s.care_manager)),
    "measurements.correct_measurement": (
        measured,
        lambda s, row: measurements.correct_measurement(measurement=row, why="Item 3", by=s.care_manager, **ANSWERS),
    ),
    "measurements.mark_entered_in_error": (
        measured,
        lambda s, row: measurements.mark_entered_in_error(measurement=row, why="Wrong form", by=s.care_manager),
    ),
    "contacts.record_contact": (nothing, lambda s, _: spoke(s)),
    "contacts.correct_contact": (
        spoke,
        lambda s, row: contacts.correct_contact(
            contact=row, facts=facts(reached=False), why="No", opened_version=row.version, by=s.care_manager
        ),
    ),
    "contacts.mark_entered_in_error": (
        spoke,
        lambda s, row: contacts.mark_entered_in_error(
            contact=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "contacts.report_danger": (nothing, lambda s, _: reported(s)),
    "contacts.withdraw_report": (
        reported,
        lambda s, row: contacts.withdraw_report(
            report=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "treatment.start_trial": (nothing, lambda s, _: a_trial(s)),
    "treatment.note": (
        a_trial,
        lambda s, row: treatment.note(
            trial=row, clinic_id=s.clinic.id, facts=InjectionFacts(on=TODAY, outcome="refused"), by=s.duty
        ),
    ),
    "treatment.correct_entry": (
        injected,
        lambda s, rows: treatment.correct_entry(
            trial=rows[0],
            entry=rows[1],
            facts=InjectionFacts(on=TODAY, outcome="not-in-stock"),
            why="Not delivered",
            opened_version=rows[1].version,
            by=s.duty,
        ),
    ),
    "treatment.withdraw_entry": (
        injected,
        lambda s, rows: treatment.withdraw_entry(
            entry=rows[1], why="Wrong person", opened_version=rows[1].version, by=s.duty
        ),
    ),
    "treatment.withdraw_trial": (
        a_trial,
        lambda s, row: treatment.withdraw_trial(trial=row, why="Wrong person", opened_version=row.version, by=s.duty),
    ),
    "plans.set_goal": (nothing, lambda s, _: a_goal(s)),
    "plans.change_goal": (
        a_goal,
        lambda s, row: plans.change_goal(
            goal=row, words="A job", on=TODAY, why="The flat is safe", opened_version=row.version, by=s.care_manager
        ),
    ),
    "plans.end_goal": (
        a_goal,
        lambda s, row: plans.end_goal(
            goal=row, how="reached", on=TODAY, words="Lease signed", opened_version=row.version, by=s.care_manager
        ),
    ),
    "plans.rate_goal": (nothing, lambda s, _: rated(s)),
    "plans.withdraw_rating": (
        rated,
        lambda s, row: plans.withdraw_rating(
            rating=row, why="Another goal's", opened_version=row.version, by=s.care_manager
        ),
    ),
    "plans.write_plan": (nothing, lambda s, _: planned(s)),
    "plans.withdraw_plan": (
        planned,
        lambda s, row: plans.withdraw_plan(
            version=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "life.record_event": (nothing, lambda s, _: a_stay(s)),
    "life.confirm_stay": (
        a_stay,
        lambda s, row: life.confirm_stay(event=row, on=TODAY, opened_version=row.version, by=s.care_manager),
    ),
    "life.call_place": (
        a_stay,
        lambda s, row: life.call_place(event=row, on=TODAY, opened_version=row.version, by=s.care_manager),
    ),
    "life.end_stay": (
        a_stay,
        lambda s, row: life.end_stay(event=row, on=TODAY, opened_version=row.version, by=s.care_manager),
    ),
    "life.withdraw_event": (
        a_stay,
        lambda s, row: life.withdraw_event(
            event=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "physical.record_observations": (nothing, lambda s, _: weighed(s)),
    "physical.correct_observation": (
        weighed,
        lambda s, row: physical.correct_observation(
            observation=row, facts=weight(28), why="Mistyped", opened_version=row.version, by=s.care_manager
        ),
    ),
    "physical.withdraw_observation": (
        weighed,
        lambda s, row: physical.withdraw_observation(
            observation=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "review.ask_question": (
        nothing,
        lambda s, _: reviews.ask_question(episode=s.episode, words="Lithium?", by=s.care_manager),
    ),
    "review.withdraw": (
        lambda s: reviews.ask_question(episode=s.episode, words="Lithium?", by=s.care_manager),
        lambda s, row: reviews.withdraw(question=row, by=s.care_manager),
    ),
    "review.record_review": (nothing, lambda s, _: a_recommendation(s)),
    "review.decide": (
        a_recommendation,
        lambda s, row: reviews.decide(
            recommendation=row, state="accepted", opened_version=row.version, by=s.care_manager
        ),
    ),
    "review.void_review": (
        a_recommendation,
        lambda s, row: reviews.void_review(review=row.review, why="Another person", by=s.psychiatrist),
    ),
    "review.finish": (
        accepted,
        lambda s, row: reviews.finish(recommendation=row, opened_version=row.version, by=s.care_manager),
    ),
    "episodes.refer": (
        lambda s: builders.a_clinic("Hillside"),
        lambda s, other: episodes.refer(patient=s.patient, clinic=other, referred_on=TODAY, by=s.lead),
    ),
    "episodes.enrol": (
        lambda s: builders.a_clinic("Hillside"),
        lambda s, other: builders.an_episode(patient=s.patient, clinic=other, enrolled_on=TODAY),
    ),
    "episodes.change_phase": (
        nothing,
        lambda s, _: episodes.change_phase(
            episode=s.episode,
            phase="paused",
            on=TODAY,
            why="Away",
            paused_until=TODAY + timedelta(days=20),
            by=s.care_manager,
        ),
    ),
    "episodes.end_episode": (
        nothing,
        lambda s, _: episodes.end_episode(episode=s.episode, reason="withdrew", on=TODAY, by=s.care_manager),
    ),
    "episodes.reopen": (
        ended,
        lambda s, _: episodes.reopen(episode=s.episode, why="Another person", by=s.care_manager),
    ),
    "episodes.correct_dates": (
        nothing,
        lambda s, _: episodes.correct_dates(
            episode=s.episode,
            referred_on=s.episode.referred_on - timedelta(days=7),
            enrolled_on=s.episode.enrolled_on,
            why="Mistyped",
            opened_version=s.episode.version,
            by=s.care_manager,
        ),
    ),
    "episodes.record_death": (nothing, lambda s, _: died(s)),
    "episodes.withdraw_death": (
        died,
        lambda s, _: episodes.withdraw_death(patient=s.patient, why="Another person", by=s.care_manager),
    ),
    "episodes.change_team": (nothing, lambda s, _: with_a_successor(s)),
    "episodes.track": (nothing, lambda s, _: also_tracked(s)),
    "episodes.stop_tracking": (
        also_tracked,
        lambda s, _: episodes.stop_tracking(
            episode=s.episode, scale="gad-7:total", on=TODAY, why="Well", by=s.care_manager
        ),
    ),
    "episodes.change_target": (
        nothing,
        lambda s, _: episodes.change_target(
            episode=s.episode,
            wish=TargetWish(scale="phq-9:total", at_most=Decimal(9)),
            on=TODAY,
            why="Best achievable",
            by=s.care_manager,
        ),
    ),
    "episodes.change_conditions": (
        nothing,
        lambda s, _: episodes.change_conditions(
            episode=s.episode, conditions={"bipolar-2"}, on=TODAY, why="Hypomania", by=s.care_manager
        ),
    ),
    "episodes.take_consent": (
        nothing,
        lambda s, _: episodes.take_consent(episode=s.episode, facts=CONSENT, by=s.care_manager),
    ),
    "episodes.revoke_consent": (
        nothing,
        lambda s, _: episodes.revoke_consent(
            episode=s.episode, on=TODAY, said_by="patient", why="Wants no calls", by=s.care_manager
        ),
    ),
    "episodes.involve_team": (nothing, lambda s, _: involved(s)),
    "episodes.change_other_team": (
        involved,
        lambda s, row: episodes.change_other_team(
            episode=s.episode, team=row, facts=None, on=TODAY, why="Discharged", by=s.care_manager
        ),
    ),
    "episodes.propose_transfer": (nothing, lambda s, _: proposed(s)),
    "episodes.accept_transfer": (nothing, lambda s, _: taken_over(s)),
    "episodes.refuse_transfer": (
        proposed,
        lambda s, row: episodes.refuse_transfer(transfer=row, words="Full", opened_version=row.version, by=s.lead),
    ),
    "episodes.withdraw_transfer": (
        proposed,
        lambda s, row: episodes.withdraw_transfer(
            transfer=row, words="Stays", opened_version=row.version, by=s.care_manager
        ),
    ),
    "episodes.hand_back": (
        taken_over,
        lambda s, row: episodes.hand_back(transfer=row, words="Too far", opened_version=row.version, by=s.lead),
    ),
    "episodes.take_up": (from_before, lambda s, _: episodes.take_up(episodes=[s.episode], by=s.care_manager)),
    "patients.set_legal_status": (nothing, lambda s, _: under_order(s)),
    "patients.change_legal_status": (
        under_order,
        lambda s, row: patients.change_legal_status(
            status=row,
            facts=LegalStatusFacts(kind="commitment", starts_on=TODAY),
            opened_version=row.version,
            by=s.care_manager,
        ),
    ),
    "patients.end_legal_status": (
        under_order,
        lambda s, row: patients.end_legal_status(
            status=row, on=TODAY, why="Dismissed", opened_version=row.version, by=s.care_manager
        ),
    ),
    "patients.add_related_person": (nothing, lambda s, _: guarded(s)),
    "patients.change_related_person": (
        guarded,
        lambda s, row: patients.change_related_person(
            person=row,
            facts=RelatedPersonFacts(name="Rosa Vega", relation="kin"),
            opened_version=row.version,
            by=s.care_manager,
        ),
    ),
    "patients.end_relation": (guarded, lambda s, row: patients.end_relation(person=row, on=TODAY, by=s.care_manager)),
    "patients.void_legal_status": (
        under_order,
        lambda s, row: patients.void_legal_status(
            status=row, why="Another person", opened_version=row.version, by=s.care_manager
        ),
    ),
}

TOLD_BY_ANOTHER = {
    "episodes.reassign_open_work": "changes teams through change_team, one episode at a time",
}


def _opens_a_transaction(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Name)
        and item.context_expr.func.id == "write"
        for node in ast.walk(function)
        if isinstance(node, ast.With)
        for item in node.items
    )


def _public_writes() -> Iterator[str]:
    for place_ in ROOMS:
        path = ROOT / place_
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            room = Path(place_).parts[1]
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _opens_a_transaction(node):
                    yield f"{room}.{node.name}"


def test_every_write_of_these_rooms_is_walked() -> None:
    assert set(_public_writes()) - set(TOLD_BY_ANOTHER) == set(WRITES)


@contextmanager
def _heard() -> Iterator[list[tuple[uuid.UUID, bool]]]:
    """Whose attention was looked at, and whether within a write."""
    heard: list[tuple[uuid.UUID, bool]] = []

    def hear(_sender: object, patient_ids: Sequence[uuid.UUID], **_seen: object) -> None:
        heard.extend((patient_id, is_writing()) for patient_id in patient_ids)

    with attention_changed.connected_to(hear):
        yield heard


@pytest.mark.parametrize("name", WRITES)
def test_the_write_reconciles_in_its_own_transaction(app: Flask, name: str) -> None:
    given, act = WRITES[name]
    with on_stage(app):
        scene = a_scene()
        ready = given(scene)
        with _heard() as heard:
            act(scene, ready)

        assert (scene.patient.id, True) in heard


def test_what_a_failed_write_would_have_raised_is_not_stored(app: Flask) -> None:
    from tests.integration.alerts.scene import alerts_of

    with on_stage(app):
        scene = a_scene()
        before = len(alerts_of(scene.patient))
        with pytest.raises(RuntimeError, match="the form"), write():
            measured(scene, 9, item9=1)
            raise RuntimeError("the form's receipt could not be stored")
        db.session.rollback()

        assert len(alerts_of(scene.patient)) == before
