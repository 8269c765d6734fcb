"""Where a person is dealt with: at which of the reader's clinics, and what day it is there."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort, has_request_context, request
from flask_login import current_user
from sqlalchemy import Uuid, bindparam, select

from registry import clock
from registry.access.models import PatientClinic
from registry.access.policy import found
from registry.clinics.models import Clinic
from registry.db.among import among
from registry.episodes.models import Episode
from registry.episodes.patient_header import chosen_episode, identity_header
from registry.episodes.queries import is_on_team, list_episodes
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.presenters import IdentityHeader
from registry.patients.queries import get_patient, is_whole


@dataclass(frozen=True, slots=True)
class Place:
    """The person, and the clinic at which they are dealt with here."""

    patient: Patient
    clinic: Clinic

    @property
    def now(self) -> datetime:
        return clock.now().astimezone(self.clinic.zone)

    @property
    def today(self) -> date:
        return self.now.date()

    def header(self) -> IdentityHeader:
        episode = chosen_episode(list_episodes(self.patient.id), self.clinic.id)
        return identity_header(self.patient, episode, self.today)


def place_at(patient_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Place:
    """The person at the one of these clinics that deals with them. Absent and foreign: 404."""
    return Place(found(get_patient(patient_id)), found(get_clinic_of(patient_id, clinic_ids)))


def refuse_stranger(patient_id: uuid.UUID) -> None:
    """404 for whoever may deal only with the people whose team they are on: anybody else does not exist."""
    if not is_on_team(patient_id, current_user.id):
        abort(404)


def get_clinic_of(patient_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Clinic | None:
    """Of these clinics that of the open episode the address names, else of the last open one, else of the last one,
    else the first that sees the person.

    ``None`` when none of them does, or when the record was merged into another.
    """
    about = {"patient_id": patient_id, "clinic_ids": list(clinic_ids), "named": episode_named()}
    return db.session.scalars(_BY_EPISODE, about).first() or db.session.scalars(_BY_ACCESS, about).first()


def episode_named() -> uuid.UUID | None:
    """The episode the reader came by: somebody in care at two of their clinics stands in two rows of a list."""
    return request.args.get("episode", type=uuid.UUID)


def carry_episode(_endpoint: str, values: dict[str, Any]) -> None:
    """Have what leads on from a page about a person lead to the same episode. To be told to ``app.url_defaults``."""
    named = episode_named() if has_request_context() and "patient_id" in values else None
    about = (request.view_args or {}).get("patient_id") if named else None
    if about is not None and str(values["patient_id"]) == str(about):
        values.setdefault("episode", named)


_IS_ONE_OF_THESE = among(Clinic.id, "clinic_ids")
_BY_EPISODE = (
    select(Clinic)
    .join(Episode, Episode.clinic_id == Clinic.id)
    .where(Episode.patient_id == bindparam("patient_id"), _IS_ONE_OF_THESE)
    .order_by(
        Episode.ended_on.is_not(None),
        (Episode.id == bindparam("named", type_=Uuid())).desc(),
        Episode.referred_on.desc(),
        Episode.id,
    )
    .limit(1)
)
_BY_ACCESS = (
    select(Clinic)
    .join(PatientClinic, PatientClinic.clinic_id == Clinic.id)
    .join(Patient, Patient.id == PatientClinic.patient_id)
    .where(PatientClinic.patient_id == bindparam("patient_id"), _IS_ONE_OF_THESE, is_whole())
    .order_by(PatientClinic.since, PatientClinic.clinic_id)
    .limit(1)
)
