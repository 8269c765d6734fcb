"""A clinic lets another see somebody: the one place that writes a grant to a clinic outside the bound scope.

Everything else stays within the scope. Who may do this, and to which clinic, is the caller's to check; the grant is
part of the transaction, and its audit event names it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.access.models import PatientClinic
from registry.extensions import db

_TRANSFER = "transfer"


def open_transfer_grant(*, patient_id: uuid.UUID, clinic_id: uuid.UUID) -> None:
    """The clinic sees the person from now on, until the grant is ended or it has an episode of its own.

    A clinic that sees the person for a reason without an end keeps that reason.
    """
    with _reaching(clinic_id):
        grant = _grant(patient_id, clinic_id)
        if grant is None:
            grant = PatientClinic(patient_id=patient_id, clinic_id=clinic_id, why=_TRANSFER, since=clock.now())
            db.session.add(grant)
        elif grant.expires_at is not None:
            grant.why, grant.since, grant.expires_at = _TRANSFER, clock.now(), None
        db.session.flush()


def end_transfer_grant(*, patient_id: uuid.UUID, clinic_id: uuid.UUID) -> None:
    """The clinic no longer sees the person because of a transfer. Any other reason stays."""
    with _reaching(clinic_id):
        grant = _grant(patient_id, clinic_id)
        if grant is not None and grant.why == _TRANSFER:
            grant.expires_at = clock.now()
        db.session.flush()


def _grant(patient_id: uuid.UUID, clinic_id: uuid.UUID) -> PatientClinic | None:
    return db.session.scalars(
        select(PatientClinic).where(PatientClinic.patient_id == patient_id, PatientClinic.clinic_id == clinic_id)
    ).one_or_none()


@contextmanager
def _reaching(clinic_id: uuid.UUID) -> Iterator[None]:
    """The bound scope and this clinic: what the caller changed so far is checked within the caller's own."""
    db.session.flush()
    bound = scope.current()
    if bound.is_everybody or clinic_id in bound.clinic_ids:
        yield
        return
    with scope.within({*bound.clinic_ids, clinic_id}):
        yield


@dataclass(frozen=True, slots=True)
class Sight:
    """Why a clinic sees somebody, and until when."""

    why: str
    expires_at: datetime | None


def sights(patient_id: uuid.UUID) -> Mapping[uuid.UUID, Sight]:
    """Every clinic that sees this record now, the reader's own or not: what a merge must weigh and carry over."""
    with scope.all_patients(reason="a merge weighs which clinics see each record"):
        grants = db.session.scalars(select(PatientClinic).where(PatientClinic.patient_id == patient_id))
        now = clock.now()
        return {
            grant.clinic_id: Sight(grant.why, grant.expires_at)
            for grant in grants
            if grant.expires_at is None or grant.expires_at > now
        }


def newcomers(patient_id: uuid.UUID, *, since: datetime) -> frozenset[uuid.UUID]:
    """Clinics that came to see this record after that instant, whether they still do or not."""
    with scope.all_patients(reason="the undo of a merge asks whom each clinic knew"):
        return frozenset(
            db.session.scalars(
                select(PatientClinic.clinic_id).where(
                    PatientClinic.patient_id == patient_id, PatientClinic.since > since
                )
            )
        )


def give_sight(*, patient_id: uuid.UUID, clinic_id: uuid.UUID) -> None:
    """The clinic has an episode with the person: it sees them, without an end."""
    db.session.flush()
    with scope.all_patients(reason="the undo of a merge hands an episode back with whose it is"):
        _set_sight(patient_id, clinic_id, Sight("episode", None))
        db.session.flush()


def end_sight(*, patient_id: uuid.UUID, clinic_id: uuid.UUID) -> None:
    """The clinic sees the person no longer, for whatever reason it did."""
    db.session.flush()
    with scope.all_patients(reason="the undo of a merge hands an episode back with whose it is"):
        grant = _grant(patient_id, clinic_id)
        if grant is not None:
            grant.expires_at = clock.now()
        db.session.flush()


def carry_sights(*, from_id: uuid.UUID, to_id: uuid.UUID) -> Mapping[uuid.UUID, tuple[Sight | None, Sight]]:
    """Whoever sees the one record sees the other from now on, for the same reason and as long; a reason without an
    end stays. Returns, by clinic, what was and what is, where that changed.

    For two records of one person, once ``merging.rules.obstacles`` finds none. The first record stays seen as it was.
    """
    given, held = sights(from_id), sights(to_id)
    changed: dict[uuid.UUID, tuple[Sight | None, Sight]] = {}
    db.session.flush()
    with scope.all_patients(reason="two records of one person become one, at every clinic that sees either"):
        for clinic_id, sight in given.items():
            before = held.get(clinic_id)
            if before is None or (before.expires_at is not None and not _ends_first(sight, before)):
                _set_sight(to_id, clinic_id, sight)
                changed[clinic_id] = before, sight
        db.session.flush()
    return changed


def take_back_sight(*, patient_id: uuid.UUID, clinic_id: uuid.UUID, before: Sight | None, given: Sight) -> None:
    """The clinic sees the record as it did before ``given`` was carried over; a reason found since stays."""
    db.session.flush()
    with scope.all_patients(reason="the undo of a merge takes back what the merge let a clinic see"):
        grant = _grant(patient_id, clinic_id)
        if grant is not None and Sight(grant.why, grant.expires_at) == given:
            grant.why = given.why if before is None else before.why
            grant.expires_at = clock.now() if before is None else before.expires_at
        db.session.flush()


def _ends_first(one: Sight, other: Sight) -> bool:
    return one.expires_at is not None and other.expires_at is not None and one.expires_at <= other.expires_at


def _set_sight(patient_id: uuid.UUID, clinic_id: uuid.UUID, sight: Sight) -> None:
    grant = _grant(patient_id, clinic_id)
    if grant is None:
        grant = PatientClinic(patient_id=patient_id, clinic_id=clinic_id, since=clock.now())
        db.session.add(grant)
    grant.why, grant.expires_at = sight.why, sight.expires_at
