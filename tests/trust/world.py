"""A small world with something in every table: a clinic, its sister, and a clinic of another organisation.

Each has every role and one patient with a history. What people typed carries a marker, so that a test can say
"none of this is in a log, an address or a title".
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.access.roles import Role
from registry.accounts.invitations import invite
from registry.accounts.models import FailedSignIn, FormReceipt
from registry.administration.actions import set_rule_number
from registry.alerts.models import Alert
from registry.alerts.parameters import ClinicNumber
from registry.alerts.sweep import sweep_clinic
from registry.caseload.looked import mark_looked
from registry.clinics.actions import close_on, cover_duty
from registry.db.base import Base
from registry.db.identifiers import new_id
from registry.db.transaction import write
from registry.episodes.facts import TeamPlace
from registry.exchange.models import ImportBatch
from registry.extensions import db
from registry.jobs.models import Heartbeat, JobRun
from registry.measurements.instruments import sync_instruments
from registry.messages.models import Message
from registry.patients.actions import add_contact_point
from registry.patients.facts import ContactPointFacts
from registry.quality.rules import MET, METRICS
from registry.tasks.actions import send_task
from tests.builders import a_choice, a_clinic, a_patient, a_user, an_episode, an_organisation, at_once
from tests.trust.history import (
    NOW,
    TODAY,
    a_contact,
    a_plan,
    a_review,
    a_stay,
    a_view,
    an_alert,
    an_observation,
    measures_of,
    membership_of,
    records_beside,
    sign_for,
    somebody_dead,
    somebody_who_left,
    something_unfinished,
    surroundings_of,
    transfers_of,
    treatment_of,
)

MARKERS = ("Zanzibarquist", "Quillonia", "ZMRN", "zphone", "zanote", "zareview", "zaquestion", "zaperson", "zawords")
"""What only a patient's record holds."""


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
    with at_once():
        return _furnished(name, number, organisation)


def _furnished(name: str, number: int, organisation: str) -> Place:
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
    point = add_contact_point(
        patient=patient, facts=ContactPointFacts(kind="phone", value="zphone 555"), on=TODAY, by=manager
    )
    episode = an_episode(
        patient=patient,
        clinic=clinic,
        enrolled_on=date(2025, 11, 3),
        tracked=("phq-9:total", "gad-7:total"),
        care_manager=manager,
        consultant=psychiatrist,
        team=[TeamPlace(role="peer", user_id=people["peer_specialist"].id)],
    )
    surroundings = surroundings_of(patient, episode, by=manager)
    records = records_beside(patient, clinic, number, by=people["clinic_lead"])
    transfers = transfers_of(clinic, number, episode, by=manager)
    kept, draft = measures_of(patient, clinic, by=manager)
    contact, report = a_contact(patient, clinic, by=manager)
    task = something_unfinished(patient, clinic, by=manager, asker=psychiatrist)
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
    own_sent = send_task(
        patient_id=patient.id,
        clinic_id=clinic.id,
        to_id=manager.id,
        kind="task",
        words="zawords",
        by=people["peer_specialist"],
    )
    goal, rating = a_plan(patient, clinic, by=manager)
    stay = a_stay(patient, clinic, by=manager)
    observed = an_observation(patient, clinic, by=manager)
    question, advice, review = a_review(episode, by=psychiatrist, asker=manager)
    set_rule_number(
        clinic=clinic,
        parameter="engage.first-follow-up.limit",
        decided=ClinicNumber(35),
        opened_version=0,
        why="Agreed in March",
        by=people["clinic_lead"],
    )
    a_choice(clinic=clinic, by=people["clinic_lead"], unused=["bprs-18"])
    sign_for(clinic, by=psychiatrist)
    sweep_clinic(clinic, today=TODAY)
    return Place(
        clinic=clinic.id,
        people={role: each.id for role, each in people.items()},
        arguments={
            "patient_id": patient.id,
            **records,
            "dead_id": somebody_dead(clinic, number, by=manager),
            **somebody_who_left(clinic, number, by=manager),
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
            "own_sent_id": own_sent.id,
            **treatment_of(patient, clinic, by=manager),
            "trial_kind": "medication",
            "entry_kind": "injection",
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
            "alert_id": an_alert(patient),
            "clinic_id": clinic.id,
            "closure_id": closure.id,
            "user_id": manager.id,
            "membership_id": membership_of(colleague),
            "colleague_id": colleague.id,
            "invited_id": invited.id,
            "token": token,
            "instrument_id": "phq-9",
            "parameter_id": "engage.first-follow-up.limit",
            "clinical_id": "safety.plan.review_after",
            "view_id": a_view(clinic, by=manager),
            "role": "care_manager",
            "scale": "phq-9:total",
            "metric": next(iter(METRICS)),
            "part": MET,
        },
    )


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
                repr(tuple(row))
                for row in db.session.execute(select(*(each.class_attribute for each in mapper.column_attrs)))
            )
            for mapper in Base.registry.mappers
            if str(mapper.local_table) not in but
        }
