"""The history of the one patient of each place: something of every kind, marked wherever people typed."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select

from registry import clock
from registry.accounts.models import Membership, User
from registry.alerts.models import Alert
from registry.audit.recorder import record
from registry.caseload.actions import choose_columns, save_view
from registry.caseload.rules import Listing
from registry.clinics.models import AdoptedFigure, Clinic
from registry.contacts.actions import ContactFacts, record_contact, report_danger
from registry.contacts.drafts import keep_draft
from registry.contacts.timer import start_timer
from registry.db.identifiers import new_id
from registry.db.transaction import write
from registry.episodes.actions import end_episode, involve_team, propose_transfer, record_death
from registry.episodes.facts import OtherTeamFacts
from registry.episodes.models import Episode
from registry.extensions import db
from registry.life.actions import record_event
from registry.life.facts import EventFacts
from registry.measurements.actions import record_measurement
from registry.measurements.models import Measurement
from registry.merging.actions import merge_records
from registry.patients.actions import add_payer, add_related_person, note_directive, set_legal_status
from registry.patients.facts import DirectiveFacts, LegalStatusFacts, PayerFacts, RelatedPersonFacts
from registry.patients.models import Patient
from registry.physical.actions import record_observations
from registry.physical.facts import ObservationFacts
from registry.plans import actions as plans
from registry.plans.facts import PlanFacts
from registry.review.actions import Advice, ask_question, record_review
from registry.review.meeting import put_on_list
from registry.tasks.actions import send_task
from registry.treatment import actions as treatment
from registry.treatment.facts import AdherenceFacts, InjectionFacts, StepFacts, TrialFacts
from registry.treatment.models import TreatmentTrial, TrialStep
from tests.builders import a_clinic, a_patient, a_referral, an_episode, id_of

NOW = datetime(2026, 3, 12, 19, tzinfo=UTC)
"""12 Mar 2026, 15:00 at the clinics."""
TODAY = date(2026, 3, 12)
ANSWERS = {str(item): 2 for item in range(1, 10)}


def records_beside(patient: Patient, clinic: Clinic, number: int, *, by: User) -> dict[str, uuid.UUID]:
    """A record that was merged into the patient's, and one that may be the same person's."""
    same, alike = (
        a_patient(clinic=clinic, given="Quillonia", family="Zanzibarquist", mrn=f"ZMRN-{number}-{each}", phone=phone)
        for each, phone in (("same", "zphone 777"), ("alike", ""))
    )
    versions = patient.version, same.version
    merge = merge_records(kept=patient, other=same, choices={}, why="zawords", opened_versions=versions, by=by)
    return {"other_id": alike.id, "merge_id": merge.id}


def a_view(clinic: Clinic, *, by: User) -> uuid.UUID:
    """A list somebody saved for their clinic; and the columns they chose."""
    choose_columns(columns=["reasons", "due"], by=by)
    return save_view(name="Off target", listing=Listing(view="off-target"), share_with=clinic, by=by).id


def surroundings_of(patient: Patient, episode: Episode, *, by: User) -> dict[str, uuid.UUID]:
    """The people, the law and the other teams around a person."""
    related = add_related_person(
        patient=patient,
        facts=RelatedPersonFacts(name="zaperson", relation="guardian", consents_to_treatment=True, authority="zawords"),
        by=by,
    )
    order = LegalStatusFacts(kind="outpatient-order", starts_on=date(2026, 1, 5), expires_on=date(2026, 9, 1))
    status = set_legal_status(patient=patient, facts=order, by=by)
    note_directive(patient=patient, facts=DirectiveFacts(answer="made", kept_at="zawords"), opened_version=None, by=by)
    payer = add_payer(patient=patient, facts=PayerFacts(payer="medicaid", starts_on=date(2026, 1, 5)), by=by)
    facts = OtherTeamFacts(kind="act", name="zaperson", does="zawords")
    team = involve_team(episode=episode, facts=facts, on=date(2026, 1, 5), why="zawords", by=by)
    return {"related_id": related.id, "legal_status_id": status.id, "payer_id": payer.id, "other_team_id": team.id}


def transfers_of(clinic: Clinic, number: int, episode: Episode, *, by: User) -> dict[str, uuid.UUID]:
    """One person on the way out, to a clinic where nobody under test works, and one whom it proposes."""
    annex = a_clinic(f"Annex {number}", organisation=clinic.organisation)
    outgoing = propose_transfer(episode=episode, to_clinic=annex, words="zawords", by=by)
    handed_over = a_patient(clinic=annex, given="Quillonia", family="Zanzibarquist", mrn=f"ZMRN-{number}-T")
    theirs = an_episode(patient=handed_over, clinic=annex, enrolled_on=date(2026, 1, 5))
    a_positive_measure(handed_over, annex, by=by)
    proposal = propose_transfer(episode=theirs, to_clinic=clinic, words="zawords", by=None)
    return {"transfer_id": outgoing.id, "handed_over_id": handed_over.id, "proposal_id": proposal.id}


def sign_for(clinic: Clinic, *, by: User) -> None:
    """A number that stood on consensus in a version gone by."""
    with write():
        row = AdoptedFigure(
            clinic_id=clinic.id,
            scale="phq-9:total",
            figure="cutoff",
            instrument_version="0",
            why="Agreed in March",
            signed_by_id=by.id,
            signed_at=clock.now(),
        )
        db.session.add(row)
        record("figure.signed", by=by, subject=row, reason="Agreed in March")


def a_positive_measure(patient: Patient, clinic: Clinic, *, by: User) -> Measurement:
    """A form with a positive safety answer."""
    return record_measurement(
        patient_id=patient.id,
        clinic_id=clinic.id,
        instrument="phq-9",
        taken_on=date(2026, 3, 2),
        mode="self-paper",
        answers=dict(ANSWERS),
        by=by,
    )


def measures_of(patient: Patient, clinic: Clinic, *, by: User) -> tuple[uuid.UUID, uuid.UUID]:
    """One with a positive safety answer, and a draft."""
    kept = a_positive_measure(patient, clinic, by=by)
    draft = record_measurement(
        patient_id=patient.id,
        clinic_id=clinic.id,
        instrument="gad-7",
        taken_on=TODAY,
        mode="self-paper",
        answers={"1": 2},
        as_draft=True,
        by=by,
    )
    return kept.id, draft.id


def a_contact(patient: Patient, clinic: Clinic, *, by: User) -> tuple[uuid.UUID, uuid.UUID]:
    """A contact, and a report of danger."""
    facts = ContactFacts(
        took_place_on=date(2026, 3, 3),
        kind="treatment",
        modality="phone",
        reached=True,
        minutes=20,
        note="zanote",
        participants="zaperson",
    )
    report = report_danger(
        patient_id=patient.id,
        clinic_id=clinic.id,
        kind="self-harm",
        reported_on=date(2026, 3, 4),
        said_by="zaperson",
        words="zawords",
        done="zawords",
        by=by,
    )
    return record_contact(patient_id=patient.id, clinic_id=clinic.id, facts=facts, by=by).id, report.id


def something_unfinished(patient: Patient, clinic: Clinic, *, by: User, asker: User) -> uuid.UUID:
    """A contact begun, another being timed, and what a colleague asked."""
    keep_draft(patient_id=patient.id, clinic_id=clinic.id, form_key=new_id().hex, typed={"note": "zanote"}, by=by)
    start_timer(patient_id=patient.id, clinic_id=clinic.id, by=by)
    return send_task(
        patient_id=patient.id, clinic_id=clinic.id, to_id=by.id, kind="task", words="zawords", due_on=TODAY, by=asker
    ).id


def somebody_dead(clinic: Clinic, number: int, *, by: User) -> uuid.UUID:
    """Somebody else of the clinic, who died."""
    patient = a_patient(clinic=clinic, given="Quillonius", family="Zanzibarquist", mrn=f"ZMRN-{number}-0")
    record_death(patient=patient, died_on=TODAY, today=TODAY, by=by)
    return id_of(patient)


def somebody_who_left(clinic: Clinic, number: int, *, by: User) -> dict[str, uuid.UUID]:
    """Somebody whose only episode has ended."""
    patient = a_patient(clinic=clinic, given="Quillonius", family="Zanzibarquist", mrn=f"ZMRN-{number}-L")
    episode = a_referral(patient=patient, clinic=clinic, referred_on=date(2026, 1, 5))
    end_episode(episode=episode, reason="withdrew", on=TODAY, note="zawords", by=by)
    return {"left_id": patient.id, "ended_episode_id": episode.id}


def treatment_of(patient: Patient, clinic: Clinic, *, by: User) -> dict[str, uuid.UUID]:
    """A long-acting injection that was given once, and how it is adhered to; clozapine, and a therapy."""
    began_on = date(2026, 2, 20)
    facts = TrialFacts(
        kind="injection",
        name="zawords",
        product="other",
        medicine_class="antipsychotic",
        start=StepFacts(kind="start", on=began_on, every_days=28, words="zanote"),
    )
    trial = treatment.start_trial(patient_id=patient.id, clinic_id=clinic.id, facts=facts, by=by)
    given = InjectionFacts(on=began_on, outcome="given", place="zaperson", words="zanote")
    taken = AdherenceFacts(on=TODAY, percent=0, source="person", words="zawords")
    injection = treatment.note(trial=trial, clinic_id=clinic.id, facts=given, by=by)
    treatment.note(trial=trial, clinic_id=clinic.id, facts=taken, by=by)
    therapy = TrialFacts(
        kind="therapy", name="zawords", start=StepFacts(kind="start", on=began_on, frequency="zawords")
    )
    other = treatment.start_trial(patient_id=patient.id, clinic_id=clinic.id, facts=therapy, by=by)
    tablets = TrialFacts(
        kind="medication",
        name="zawords",
        ingredient="clozapine",
        medicine_class="antipsychotic",
        start=StepFacts(kind="start", on=TODAY, amount=Decimal(100), unit="mg", words="zanote"),
    )
    clozapine = treatment.start_trial(patient_id=patient.id, clinic_id=clinic.id, facts=tablets, by=by)
    return {
        "trial_id": trial.id,
        "injection_start_id": _start_of(trial),
        "entry_id": injection.id,
        "therapy_id": other.id,
        "clozapine_id": clozapine.id,
        "clozapine_start_id": _start_of(clozapine),
    }


def _start_of(trial: TreatmentTrial) -> uuid.UUID:
    return db.session.scalars(
        select(TrialStep.id).where(TrialStep.trial_id == trial.id, TrialStep.kind == "start")
    ).one()


def a_stay(patient: Patient, clinic: Clinic, *, by: User) -> uuid.UUID:
    """A stay in hospital without an end."""
    facts = EventFacts(kind="hospital", starts_on=date(2026, 3, 1), words="zastay", source="zateller")
    return record_event(patient_id=patient.id, clinic_id=clinic.id, facts=facts, by=by).id


def an_observation(patient: Patient, clinic: Clinic, *, by: User) -> uuid.UUID:
    """One weight."""
    facts = ObservationFacts(
        kind="weight", taken_on=TODAY, source="here", value=Decimal(82), unit="kg", words="zawords"
    )
    rows = record_observations(patient_id=patient.id, clinic_id=clinic.id, facts=[facts], by=by)
    return rows[0].id


def a_plan(patient: Patient, clinic: Clinic, *, by: User) -> tuple[uuid.UUID, uuid.UUID]:
    """A goal rated once, and a safety plan."""
    goal = plans.set_goal(patient_id=patient.id, clinic_id=clinic.id, words="zawords", on=date(2026, 3, 1), by=by)
    rating = plans.rate_goal(goal=goal, clinic_id=clinic.id, on=date(2026, 3, 2), rating=0, words="zanote", by=by)
    facts = PlanFacts(written_on=date(2026, 3, 3), took_part="zaperson", sections={"signs": "zawords"})
    plans.write_plan(patient_id=patient.id, clinic_id=clinic.id, kind="safety", facts=facts, opened_number=0, by=by)
    return goal.id, rating.id


def a_review(episode: Episode, *, by: User, asker: User) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    review = record_review(
        episode=episode,
        reviewed_on=date(2026, 3, 5),
        minutes=10,
        summary="zareview",
        recommendations=[Advice(kind="start", words="zareview", to_user_id=asker.id)],
        look_again_on=None,
        by=by,
    )
    question = ask_question(episode=episode, words="zaquestion", by=asker)
    put_on_list(episode=episode, by=asker)
    return question.id, review.recommendations[0].id, review.id


def an_alert(patient: Patient) -> uuid.UUID:
    alerts = db.session.scalars(select(Alert).where(Alert.patient_id == patient.id, Alert.closed_at.is_(None))).all()
    return next(alert.id for alert in alerts if not alert.is_safety)


def membership_of(user: User) -> uuid.UUID:
    return db.session.scalars(select(Membership.id).where(Membership.user_id == user.id)).one()
