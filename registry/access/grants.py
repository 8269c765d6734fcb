"""A clinic lets another see somebody: the one place that writes a grant to a clinic outside the bound scope.

Everything else stays within the scope. Who may do this, and to which clinic, is the caller's to check; the grant is
part of the transaction, and its audit event names it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

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
