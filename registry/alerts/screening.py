"""Which form asks about danger now: a screen the clinic uses, in the version that fits what is on record."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func, select

from registry.db.among import among
from registry.db.grouping import by_patient
from registry.episodes.scales import instruments_at
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.measures.instrument import Instrument

_GIVEN = (
    select(Measurement.patient_id, Measurement.instrument, func.max(Measurement.taken_on).label("last_on"))
    .where(
        among(Measurement.patient_id, "patient_ids"),
        among(Measurement.instrument, "instruments"),
        Measurement.status == "final",
    )
    .group_by(Measurement.patient_id, Measurement.instrument)
)


def screens_to_do(clinics_of: Mapping[uuid.UUID, Collection[uuid.UUID]], today: date) -> dict[uuid.UUID, Instrument]:
    """Patient → the screen to do now, of those every clinic named for the patient uses; nobody screened ``today``.

    One statement, and two for each clinic.
    """
    screens = {
        clinic_id: _screens(clinic_id) for clinic_id in {each for named in clinics_of.values() for each in named}
    }
    known = {id_ for own in screens.values() for each in own.values() for id_ in (each.id, each.follows) if id_}
    if not known:
        return {}
    about = {"patient_ids": list(clinics_of), "instruments": list(known)}
    given = by_patient(db.session.execute(_GIVEN, about))
    found: dict[uuid.UUID, Instrument] = {}
    for patient_id, clinic_ids in clinics_of.items():
        last = {row.instrument: row.last_on for row in given.get(patient_id, ())}
        fitting = _fitting(_used_by_all([screens[each] for each in clinic_ids]), last)
        if fitting is not None and max(last.values(), default=date.min) < today:
            found[patient_id] = fitting
    return found


def _screens(clinic_id: uuid.UUID) -> dict[str, Instrument]:
    return {each.id: each for each in instruments_at(clinic_id) if each.is_safety_screen}


def _used_by_all(screens: Collection[Mapping[str, Instrument]]) -> list[Instrument]:
    return [each for own in screens for each in own.values() if all(each.id in others for others in screens)]


def _fitting(screens: Collection[Instrument], given: Collection[str]) -> Instrument | None:
    """What asks about the time since the last form, where there was one; else what asks about everything."""
    later = [each for each in screens if each.follows is not None and (each.id in given or each.follows in given)]
    first = [each for each in screens if each.follows is None]
    return next(iter((*later, *first)), None)
