"""What stands about a person before one of the writes that are walked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from registry.audit.recorder import record
from registry.contacts import actions as contacts
from registry.contacts.actions import ContactFacts
from registry.db.transaction import write
from registry.episodes import actions as episodes
from registry.episodes.facts import ConsentFacts, OtherTeamFacts, TeamPlace, Tracking
from registry.episodes.models import OtherTeam, Transfer
from registry.life import actions as life
from registry.life.facts import EventFacts
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
from tests.integration.alerts.scene import TODAY, Scene, measured, phq9

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


def nothing(_scene: Scene) -> None:
    """Everything the write needs is on the scene."""


def with_a_successor(scene: Scene) -> None:
    successor = TeamPlace(role="care_manager", user_id=builders.a_user(clinic=scene.clinic).id)
    episodes.change_team(episode=scene.episode, place=successor, on=TODAY, why="On leave", by=scene.lead)
