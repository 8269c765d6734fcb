"""A small world with something in every table: a clinic, its sister, and a clinic of another organisation.

Each has every role and one patient with a history. What people typed carries a marker, so that a test can say
"none of this is in a log, an address or a title".
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.access.roles import Role
from registry.accounts.invitations import invite
from registry.accounts.models import FailedSignIn, FormReceipt, Membership, User
from registry.administration.actions import set_rule_number
from registry.alerts.models import Alert
from registry.alerts.parameters import ClinicNumber
from registry.alerts.sweep import sweep_clinic
from registry.audit.recorder import record
from registry.caseload.actions import choose_columns, save_view
from registry.caseload.looked import mark_looked
from registry.caseload.rules import Listing
from registry.clinics.actions import close_on, cover_duty
from registry.clinics.models import AdoptedFigure, Clinic
from registry.contacts.actions import ContactFacts, record_contact, report_danger
from registry.contacts.drafts import keep_draft
from registry.contacts.timer import start_timer
from registry.db.base import Base
from registry.db.identifiers import new_id
from registry.db.transaction import write
from registry.episodes.actions import end_episode, involve_team, propose_transfer, record_death
from registry.episodes.facts import OtherTeamFacts, TeamPlace
from registry.episodes.models import Episode
from registry.exchange.models import ImportBatch
from registry.extensions import db
from registry.jobs.models import Heartbeat, JobRun
from registry.life.actions import record_event
from registry.life.facts import EventFacts
from registry.measurements.actions import record_measurement
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import Measurement
from registry.merging.actions import merge_records
from registry.messages.models import Message
from registry.patients.actions import add_contact_point, add_payer, add_related_person, note_directive, set_legal_status
from registry.patients.facts import ContactPointFacts, DirectiveFacts, LegalStatusFacts, PayerFacts, RelatedPersonFacts
from registry.patients.models import Patient
from registry.physical.actions import record_observations
from registry.physical.facts import ObservationFacts
from registry.plans import actions as plans
from registry.plans.facts import PlanFacts
from registry.quality.rules import MET, METRICS
from registry.review.actions import Advice, ask_question, record_review
from registry.review.meeting import put_on_list
from registry.tasks.actions import send_task
from registry.treatment import actions as treatment
from registry.treatment.facts import AdherenceFacts, InjectionFacts, StepFacts, TrialFacts
from tests.builders import a_choice, a_clinic, a_patient, a_referral, a_user, an_episode, an_organisation, id_of

NOW = datetime(2026, 3, 12, 19, tzinfo=UTC)
"""12 Mar 2026, 15:00 at the clinics."""
TODAY = date(2026, 3, 12)

MARKERS = ("Zanzibarquist", "Quillonia", "ZMRN", "zphone", "zanote", "zareview", "zaquestion", "zaperson", "zawords")
"""What only a patient's record holds."""

ANSWERS = {str(item): 2 for item in range(1, 10)}


@dataclass(frozen=True)
class Place:
    """A clinic, its people by role, and what its routes take."""

    clinic: uuid.UUID
    people: Mapping[str, uuid.UUID]
    arguments: Mapping[str, object]
    """Name of a URL argument → a value that exists here."""


@dataclass(frozen=True)
class World:
    """``here`` is where everybody under test works."""

    here: Place
    sister: Place
    elsewhere: Place

    @property
    def absent(self) -> Mapping[str, object]:
        """Arguments nothing answers to: of the right shape, and never stored."""
        return {
            name: uuid.uuid4() if isinstance(value, uuid.UUID) else value for name, value in self.here.arguments.items()
        }


def a_world(app: Flask) -> World:
    with app.app_context(), scope.all_patients(reason="test"):
        sync_instruments()
        world = World(
            here=_a_place("Harbor", number=1),
            sister=_a_place("Mill", number=2),
            elsewhere=_a_place("Lakeside", number=3, organisation="Lakeside Health"),
        )
        _what_no_action_here_writes(world.here)
    return world


def _a_place(name: str, *, number: int, organisation: str = "Riverside Health") -> Place:
    clinic = a_clinic(name, organisation=an_organisation(organisation))
    people = {role.value: a_user(role=role, clinic=clinic, name=f"{role.value} of {name}") for role in Role}
    colleague = a_user(role=Role.CARE_MANAGER, clinic=clinic, name=f"Colleague of {name}")
    manager, psychiatrist = people["care_manager"], people["psychiatrist"]
    cover_duty(clinic=clinic, user_id=manager.id, starts_on=TODAY, ends_on=TODAY + timedelta(days=9), by=None)
    closure = close_on(clinic=clinic, day=TODAY + timedelta(days=30), words="zawords", by=None)
    invited, token = invite(
        name=f"Invited to {name}",
        email=f"invited{number}@clinic.example",
        clinic_id=clinic.id,
        role=Role.CLINICIAN,
        starts_on=TODAY,
        by=people["administrator"],
    )
    patient = a_patient(clinic=clinic, given="Quillonia", family="Zanzibarquist", mrn=f"ZMRN-{number}")
    point = add_contact_point(patient=patient, facts=ContactPointFacts(kind="phone", value="zphone 555"), by=manager)
    episode = an_episode(
        patient=patient,
        clinic=clinic,
        enrolled_on=date(2025, 11, 3),
        tracked=("phq-9:total", "gad-7:total"),
        care_manager=manager,
        consultant=psychiatrist,
        team=[TeamPlace(role="peer", user_id=people["peer_specialist"].id)],
    )
    surroundings = _surroundings(patient, episode, by=manager)
    records = _other_records(patient, clinic, number, by=people["clinic_lead"])
    transfers = _transfers(clinic, number, episode, by=manager)
    kept, draft = _measures(patient, clinic, by=manager)
    contact, report = _contact(patient, clinic, by=manager)
    task = _unfinished(patient, clinic, by=manager, asker=psychiatrist)
    sent = send_task(
        patient_id=patient.id, clinic_id=clinic.id, to_id=psychiatrist.id, kind="task", words="zawords", by=manager
    )
    asked = send_task(
        patient_id=patient.id,
        clinic_id=clinic.id,
        to_id=people["peer_specialist"].id,
        kind="task",
        words="zawords",
        by=manager,
    )
    trial, injection, therapy = _treatment(patient, clinic, by=manager)
    goal, rating = _plan(patient, clinic, by=manager)
    stay = _stay(patient, clinic, by=manager)
    observed = _observed(patient, clinic, by=manager)
    question, advice, review = _review(episode, by=psychiatrist, asker=manager)
    set_rule_number(
        clinic=clinic,
        parameter="engage.first-follow-up.limit",
        decided=ClinicNumber(35),
        opened_version=0,
        why="Agreed in March",
        by=people["clinic_lead"],
    )
    a_choice(clinic=clinic, by=people["clinic_lead"], unused=["bprs-18"])
    _signed_for(clinic, by=psychiatrist)
    sweep_clinic(clinic, today=TODAY)
    return Place(
        clinic=clinic.id,
        people={role: each.id for role, each in people.items()},
        arguments={
            "patient_id": patient.id,
            **records,
            "dead_id": _somebody_dead(clinic, number, by=manager),
            **_somebody_who_left(clinic, number, by=manager),
            "contact_point_id": point.id,
            "episode_id": episode.id,
            **surroundings,
            **transfers,
            "measurement_id": kept,
            "draft_id": draft,
            "contact_id": contact,
            "report_id": report,
            "task_id": task,
            "sent_id": sent.id,
            "own_task_id": asked.id,
            "trial_id": trial,
            "therapy_id": therapy,
            "trial_kind": "medication",
            "entry_kind": "injection",
            "entry_id": injection,
            "goal_id": goal,
            "rating_id": rating,
            "plan_kind": "safety",
            "event_id": stay,
            "observation_id": observed,
            "number": 1,
            "question_id": question,
            "recommendation_id": advice,
            "review_id": review,
            "mark_id": mark_looked(patient_id=patient.id, looked_at=NOW, by=manager).id,
            "alert_id": _an_alert(patient),
            "clinic_id": clinic.id,
            "closure_id": closure.id,
            "user_id": manager.id,
            "membership_id": _membership(colleague),
            "colleague_id": colleague.id,
            "invited_id": invited.id,
            "token": token,
            "instrument_id": "phq-9",
            "parameter_id": "engage.first-follow-up.limit",
            "clinical_id": "safety.plan.review_after",
            "view_id": _a_view(clinic, by=manager),
            "role": "care_manager",
            "scale": "phq-9:total",
            "metric": next(iter(METRICS)),
            "part": MET,
        },
    )


def _other_records(patient: Patient, clinic: Clinic, number: int, *, by: User) -> dict[str, uuid.UUID]:
    """A record that was merged into the patient's, and one that may be the same person's."""
    same, alike = (
        a_patient(clinic=clinic, given="Quillonia", family="Zanzibarquist", mrn=f"ZMRN-{number}-{each}", phone=phone)
        for each, phone in (("same", "zphone 777"), ("alike", ""))
    )
    versions = patient.version, same.version
    merge = merge_records(kept=patient, other=same, choices={}, why="zawords", opened_versions=versions, by=by)
    return {"other_id": alike.id, "merge_id": merge.id}


def _a_view(clinic: Clinic, *, by: User) -> uuid.UUID:
    """A list somebody saved for their clinic; and the columns they chose."""
    choose_columns(columns=["reasons", "due"], by=by)
    return save_view(name="Off target", listing=Listing(view="off-target"), share_with=clinic, by=by).id


def _surroundings(patient: Patient, episode: Episode, *, by: User) -> dict[str, uuid.UUID]:
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


def _transfers(clinic: Clinic, number: int, episode: Episode, *, by: User) -> dict[str, uuid.UUID]:
    """One person on the way out, to a clinic where nobody under test works, and one whom it proposes."""
    annex = a_clinic(f"Annex {number}", organisation=clinic.organisation)
    outgoing = propose_transfer(episode=episode, to_clinic=annex, words="zawords", by=by)
    handed_over = a_patient(clinic=annex, given="Quillonia", family="Zanzibarquist", mrn=f"ZMRN-{number}-T")
    theirs = an_episode(patient=handed_over, clinic=annex, enrolled_on=date(2026, 1, 5))
    _positive(handed_over, annex, by=by)
    proposal = propose_transfer(episode=theirs, to_clinic=clinic, words="zawords", by=None)
    return {"transfer_id": outgoing.id, "handed_over_id": handed_over.id, "proposal_id": proposal.id}


def _signed_for(clinic: Clinic, *, by: User) -> None:
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


def _positive(patient: Patient, clinic: Clinic, *, by: User) -> Measurement:
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


def _measures(patient: Patient, clinic: Clinic, *, by: User) -> tuple[uuid.UUID, uuid.UUID]:
    """One with a positive safety answer, and a draft."""
    kept = _positive(patient, clinic, by=by)
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


def _contact(patient: Patient, clinic: Clinic, *, by: User) -> tuple[uuid.UUID, uuid.UUID]:
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


def _unfinished(patient: Patient, clinic: Clinic, *, by: User, asker: User) -> uuid.UUID:
    """A contact begun, another being timed, and what a colleague asked."""
    keep_draft(patient_id=patient.id, clinic_id=clinic.id, form_key=new_id().hex, typed={"note": "zanote"}, by=by)
    start_timer(patient_id=patient.id, clinic_id=clinic.id, by=by)
    return send_task(
        patient_id=patient.id, clinic_id=clinic.id, to_id=by.id, kind="task", words="zawords", due_on=TODAY, by=asker
    ).id


def _somebody_dead(clinic: Clinic, number: int, *, by: User) -> uuid.UUID:
    """Somebody else of the clinic, who died."""
    patient = a_patient(clinic=clinic, given="Quillonius", family="Zanzibarquist", mrn=f"ZMRN-{number}-0")
    record_death(patient=patient, died_on=TODAY, today=TODAY, by=by)
    return id_of(patient)


def _somebody_who_left(clinic: Clinic, number: int, *, by: User) -> dict[str, uuid.UUID]:
    """Somebody whose only episode has ended."""
    patient = a_patient(clinic=clinic, given="Quillonius", family="Zanzibarquist", mrn=f"ZMRN-{number}-L")
    episode = a_referral(patient=patient, clinic=clinic, referred_on=date(2026, 1, 5))
    end_episode(episode=episode, reason="withdrew", on=TODAY, note="zawords", by=by)
    return {"left_id": patient.id, "ended_episode_id": episode.id}


def _treatment(patient: Patient, clinic: Clinic, *, by: User) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """A long-acting injection that was given once, and how it is adhered to; and a therapy."""
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
    return trial.id, injection.id, other.id


def _stay(patient: Patient, clinic: Clinic, *, by: User) -> uuid.UUID:
    """A stay in hospital without an end."""
    facts = EventFacts(kind="hospital", starts_on=date(2026, 3, 1), words="zastay", source="zateller")
    return record_event(patient_id=patient.id, clinic_id=clinic.id, facts=facts, by=by).id


def _observed(patient: Patient, clinic: Clinic, *, by: User) -> uuid.UUID:
    """One weight."""
    facts = ObservationFacts(
        kind="weight", taken_on=TODAY, source="here", value=Decimal(82), unit="kg", words="zawords"
    )
    rows = record_observations(patient_id=patient.id, clinic_id=clinic.id, facts=[facts], by=by)
    return rows[0].id


def _plan(patient: Patient, clinic: Clinic, *, by: User) -> tuple[uuid.UUID, uuid.UUID]:
    """A goal rated once, and a safety plan."""
    goal = plans.set_goal(patient_id=patient.id, clinic_id=clinic.id, words="zawords", on=date(2026, 3, 1), by=by)
    rating = plans.rate_goal(goal=goal, clinic_id=clinic.id, on=date(2026, 3, 2), rating=0, words="zanote", by=by)
    facts = PlanFacts(written_on=date(2026, 3, 3), took_part="zaperson", sections={"signs": "zawords"})
    plans.write_plan(patient_id=patient.id, clinic_id=clinic.id, kind="safety", facts=facts, opened_number=0, by=by)
    return goal.id, rating.id


def _review(episode: Episode, *, by: User, asker: User) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
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


def _an_alert(patient: Patient) -> uuid.UUID:
    alerts = db.session.scalars(select(Alert).where(Alert.patient_id == patient.id, Alert.closed_at.is_(None))).all()
    return next(alert.id for alert in alerts if not alert.is_safety)


def _membership(user: User) -> uuid.UUID:
    return db.session.scalars(select(Membership.id).where(Membership.user_id == user.id)).one()


def _what_no_action_here_writes(place: Place) -> None:
    """Tables that jobs, imports and sign-ins fill."""
    now = clock.now()
    with write():
        alert = db.session.scalars(select(Alert.id).where(Alert.clinic_id == place.clinic).limit(1)).one()
        db.session.add_all(
            [
                Message(
                    occasion=f"{alert} told",
                    alert_id=alert,
                    user_id=place.people["care_manager"],
                    queued_at=now,
                    state="sent",
                    tries=1,
                    next_try_at=now,
                    settled_at=now,
                ),
                FailedSignIn(account="0" * 64, address="192.0.2.1", at=now),
                FormReceipt(
                    key=new_id().hex, user_id=place.people["care_manager"], used_at=now, digest="0" * 64, location="/"
                ),
                JobRun(kind="sweep", occasion="2026-03-12", started_at=now, finished_at=now, outcome={"checked": 1}),
                Heartbeat(name="consumer", at=now),
                ImportBatch(
                    clinic_id=place.clinic,
                    source="test",
                    instrument="phq-9",
                    file_hash="0" * 64,
                    mapping_hash="0" * 64,
                    started_at=now,
                    finished_at=now,
                ),
            ]
        )


def snapshot(app: Flask, *, but: frozenset[str] = frozenset()) -> Mapping[str, list[str]]:
    """Every row of every table, by table, for telling whether anything changed."""
    with app.app_context(), scope.all_patients(reason="test"):
        return {
            str(mapper.local_table): sorted(
                repr([getattr(row, column.key) for column in mapper.column_attrs])
                for row in db.session.scalars(select(mapper.class_)).unique()
            )
            for mapper in Base.registry.mappers
            if str(mapper.local_table) not in but
        }
