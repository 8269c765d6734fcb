"""Reading organisations, clinics, and their duty cover."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from registry.access.reading import Read, rows_of
from registry.clinics.models import AdoptedFigure, Clinic, DutyCover, InstrumentDecision, Organisation
from registry.extensions import db
from registry.measures.adoption import Adoptable
from registry.measures.in_use import Decision


def get_clinic(clinic_id: uuid.UUID) -> Clinic | None:
    return db.session.get(Clinic, clinic_id)


def get_clinic_by_name(name: str) -> Clinic | None:
    return db.session.scalars(select(Clinic).where(Clinic.name == name)).one_or_none()


def list_clinics(clinic_ids: Iterable[uuid.UUID] | None = None) -> Sequence[Clinic]:
    """Clinics with their organisation, by name; some, or all."""
    query = select(Clinic).options(joinedload(Clinic.organisation)).order_by(Clinic.name)
    if clinic_ids is not None:
        query = query.where(Clinic.id.in_(list(clinic_ids)))
    return db.session.scalars(query).all()


def clinics_by_id(clinic_ids: Iterable[uuid.UUID] | None = None) -> dict[uuid.UUID, Clinic]:
    """Some, or all."""
    return {clinic.id: clinic for clinic in list_clinics(clinic_ids)}


def count_clinics() -> int:
    return db.session.scalar(select(func.count()).select_from(Clinic)) or 0


def list_sister_clinics(clinic: Clinic) -> Sequence[Clinic]:
    """The other open clinics of its organisation, by name."""
    return db.session.scalars(
        select(Clinic)
        .where(Clinic.organisation_id == clinic.organisation_id, Clinic.id != clinic.id, Clinic.ended_on.is_(None))
        .order_by(Clinic.name)
    ).all()


def get_organisation(organisation_id: uuid.UUID) -> Organisation | None:
    return db.session.get(Organisation, organisation_id)


def list_organisations() -> Sequence[Organisation]:
    return db.session.scalars(select(Organisation).order_by(Organisation.name)).all()


def list_duty(clinic_id: uuid.UUID, *, from_day: date) -> Sequence[DutyCover]:
    """Cover that has not ended before ``from_day``, in order."""
    return db.session.scalars(
        select(DutyCover)
        .where(DutyCover.clinic_id == clinic_id, DutyCover.ends_on >= from_day)
        .order_by(DutyCover.starts_on)
    ).all()


def list_instrument_decisions(clinic_ids: Collection[uuid.UUID]) -> Sequence[InstrumentDecision]:
    """What these clinics said of their instruments."""
    query = select(InstrumentDecision).where(InstrumentDecision.clinic_id.in_(clinic_ids))
    return db.session.scalars(query.order_by(InstrumentDecision.instrument)).all()


def decisions_at(clinic_id: uuid.UUID) -> Mapping[str, Decision]:
    """Instrument → what the clinic said of it; nothing of those it left as they are."""
    rows = list_instrument_decisions([clinic_id])
    return {row.instrument: Decision(row.in_use, is_non_commercial=row.is_non_commercial) for row in rows}


FIGURES_IN_FORCE = select(
    AdoptedFigure.clinic_id,
    AdoptedFigure.scale,
    AdoptedFigure.figure,
    AdoptedFigure.instrument_version,
    AdoptedFigure.signed_at,
).where(AdoptedFigure.withdrawn_at.is_(None))


def adopted_figures(read: Read = rows_of) -> Mapping[uuid.UUID, Mapping[Adoptable, datetime]]:
    """Clinic → the numbers it signed for, and when it did.

    Of every clinic: a clinician signs few, and one person may be seen in two.
    """
    found: dict[uuid.UUID, dict[Adoptable, datetime]] = defaultdict(dict)
    for clinic_id, scale, figure, version, signed_at in read(FIGURES_IN_FORCE, {}):
        found[clinic_id][Adoptable(scale, figure, version)] = signed_at
    return found


def as_adoptable(row: AdoptedFigure) -> Adoptable:
    """The number a row is about."""
    return Adoptable(row.scale, row.figure, row.instrument_version)


def list_adopted(clinic_ids: Collection[uuid.UUID], scales: Collection[str]) -> Sequence[AdoptedFigure]:
    """What these clinics ever signed for on these scales, what was withdrawn included, oldest first."""
    query = select(AdoptedFigure).where(AdoptedFigure.clinic_id.in_(clinic_ids), AdoptedFigure.scale.in_(scales))
    return db.session.scalars(query.order_by(AdoptedFigure.signed_at, AdoptedFigure.id)).all()
