"""Where a person is dealt with: at which of the reader's clinics, and what day it is there."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort, g, has_request_context, redirect, request
from flask_login import current_user
from sqlalchemy import Uuid, bindparam, null, select

from registry import clock
from registry.access.models import PatientClinic
from registry.access.policy import found
from registry.clinics.models import Clinic
from registry.db.among import among
from registry.episodes.at_clinic import at_clinic, clinic_named
from registry.episodes.models import Episode
from registry.episodes.patient_header import chosen_episode, identity_header
from registry.episodes.queries import is_on_team, list_episodes
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.presenters import AtClinic, IdentityHeader
from registry.patients.queries import get_patient, is_whole
from registry.web.addresses import this_address


@dataclass(frozen=True, slots=True)
class Place:
    """The person, and the clinic at which they are dealt with here."""

    patient: Patient
    clinic: Clinic
    clinic_ids: Collection[uuid.UUID]
    """Those at which the reader may do this."""

    @property
    def now(self) -> datetime:
        return clock.now().astimezone(self.clinic.zone)

    @property
    def today(self) -> date:
        return self.now.date()

    def at(self) -> AtClinic:
        """What a form says of the clinic at which it stores something new."""
        return at_clinic(self.clinic, self.clinic_ids, patient_id=self.patient.id)

    def header(self) -> IdentityHeader:
        episode = chosen_episode(list_episodes(self.patient.id), self.clinic.id)
        return identity_header(self.patient, episode, self.today)


def place_at(patient_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Place:
    """The person at the one of these clinics that deals with them. Absent and foreign: 404."""
    return Place(found(get_patient(patient_id)), clinic_at(patient_id, clinic_ids), clinic_ids)


def place_of_entry(patient_id: uuid.UUID, clinic_id: uuid.UUID) -> Place:
    """Where something on record is changed: it stays with the clinic it was recorded at, and no form says another."""
    if clinic_named() not in {None, clinic_id}:
        abort(404)
    return Place(found(get_patient(patient_id)), db.session.get_one(Clinic, clinic_id), (clinic_id,))


def clinic_at(patient_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Clinic:
    """As ``get_clinic_of``, for what is entered there: where the address names an episode, there and nowhere else.

    Where that cannot be, a page is shown at the address it should have, and a form, filled in for another clinic, is
    refused. Absent and foreign: 404.
    """
    clinic, episode_id = found(_chosen(patient_id, clinic_ids))
    if "episode" in request.args and episode_id != episode_named():
        if request.method == "POST":
            abort(404)
        abort(redirect(this_address(episode=episode_id), 303))
    return clinic


def refuse_stranger(patient_id: uuid.UUID) -> None:
    """404 for whoever may deal only with the people whose team they are on: anybody else does not exist."""
    if not is_on_team(patient_id, current_user.id):
        abort(404)


def get_clinic_of(patient_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Clinic | None:
    """Of these clinics that of the open episode the address names, else of the last open one, else of the last one,
    else the first that sees the person. A form that was opened for an episode stays with it when it ends, and one that
    says at which clinic it was opened (``at_clinic``) with that clinic.

    ``None`` when none of them does, or when the record was merged into another.
    """
    chosen = _chosen(patient_id, clinic_ids)
    return chosen[0] if chosen is not None else None


def _chosen(patient_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> tuple[Clinic, uuid.UUID | None] | None:
    """The clinic, and the episode that speaks for it."""
    named, opened_at = episode_named(), clinic_named()
    filled_in_for = named if request.method == "POST" else None
    if opened_at is not None:
        clinic_ids = {opened_at}.intersection(clinic_ids)
    about = {"patient_id": patient_id, "clinic_ids": list(clinic_ids), "named": named, "filled_in_for": filled_in_for}
    row = db.session.execute(_BY_EPISODE, about).first() or db.session.execute(_BY_ACCESS, about).first()
    return None if row is None else (row[0], row[1])


def episode_named() -> uuid.UUID | None:
    """The episode the reader came by: somebody in care at two of their clinics stands in two rows of a list."""
    return request.args.get("episode", type=uuid.UUID) if "episode" in request.args else None


def lead_on_to(episode_id: uuid.UUID) -> None:
    """Have what leads on from this page about a person lead to this episode, whatever its own address names."""
    g.episode_at_hand = episode_id


def carry_episode(_endpoint: str, values: dict[str, Any]) -> None:
    """Have what leads on from a page about a person lead to the same episode. To be told to ``app.url_defaults``."""
    if "patient_id" not in values or not has_request_context():
        return
    about = (request.view_args or {}).get("patient_id")  # asked first: a list names many, and is about none of them
    named = (g.get("episode_at_hand") or episode_named()) if about is not None else None
    if named is not None and str(values["patient_id"]) == str(about):
        values.setdefault("episode", named)


_IS_ONE_OF_THESE = among(Clinic.id, "clinic_ids")
_BY_EPISODE = (
    select(Clinic, Episode.id)
    .join(Episode, Episode.clinic_id == Clinic.id)
    .where(Episode.patient_id == bindparam("patient_id"), _IS_ONE_OF_THESE)
    .order_by(
        (Episode.id == bindparam("filled_in_for", type_=Uuid())).desc(),
        Episode.ended_on.is_not(None),
        (Episode.id == bindparam("named", type_=Uuid())).desc(),
        Episode.referred_on.desc(),
        Episode.id,
    )
    .limit(1)
)
_BY_ACCESS = (
    select(Clinic, null())
    .join(PatientClinic, PatientClinic.clinic_id == Clinic.id)
    .join(Patient, Patient.id == PatientClinic.patient_id)
    .where(PatientClinic.patient_id == bindparam("patient_id"), _IS_ONE_OF_THESE, is_whole())
    .order_by(PatientClinic.since, PatientClinic.clinic_id)
    .limit(1)
)
