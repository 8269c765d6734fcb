"""Making and changing clinics; who is on duty; which instruments a clinic uses."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from registry import clock
from registry.audit.recorder import Actor, record
from registry.clinics.models import Clinic, Closure, DutyCover, InstrumentDecision, Organisation
from registry.clinics.queries import list_instrument_decisions
from registry.clinics.rules import edition_of
from registry.db.conflict import EditConflict, refuse_stale
from registry.db.transaction import write
from registry.extensions import db
from registry.measures.in_use import Decision, is_in_use
from registry.measures.instrument import Instrument


class DuplicateClinic(ValueError):
    """The organisation has a clinic of this name."""


class ClosedAlready(ValueError):
    """The clinic is closed on that day already."""


class NotConfirmed(ValueError):
    """An instrument that may be used without commercial purpose alone, and the clinic has not said that it does."""

    def __init__(self, instrument: Instrument) -> None:
        super().__init__(f"{instrument.id} is licensed for use without commercial purpose only")
        self.instrument = instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicFacts:
    """What a clinic is. ``opening_hours``: weekday → intervals in local time."""

    name: str
    time_zone: str
    opening_hours: Mapping[str, list[list[str]]] = field(default_factory=dict)
    phone: str = ""
    has_on_call: bool = False


def add_organisation(*, name: str, time_zone: str, is_invented: bool = False, by: Actor | None) -> Organisation:
    with write():
        organisation = Organisation(name=name, time_zone=time_zone, is_invented=is_invented)
        db.session.add(organisation)
        record("organisation.added", by=by, subject=organisation, kind="create")
    return organisation


def add_clinic(*, organisation: Organisation, facts: ClinicFacts, by: Actor | None) -> Clinic:
    """Raises ``DuplicateClinic``."""
    with write():
        _refuse_duplicate(organisation.id, facts.name)
        clinic = Clinic(organisation_id=organisation.id)
        _apply(clinic, facts)
        db.session.add(clinic)
        _store(facts.name)
        record("clinic.added", by=by, subject=clinic, clinic_id=clinic.id, kind="create")
    return clinic


def change_clinic(*, clinic: Clinic, facts: ClinicFacts, opened_version: int | None, by: Actor | None) -> None:
    """Raises ``EditConflict``, ``DuplicateClinic``."""
    with write():
        refuse_stale(clinic, opened_version=opened_version)
        if facts.name != clinic.name:
            _refuse_duplicate(clinic.organisation_id, facts.name)
        _apply(clinic, facts)
        _store(facts.name)
        record("clinic.changed", by=by, subject=clinic, clinic_id=clinic.id)


def cover_duty(
    *,
    clinic: Clinic,
    user_id: uuid.UUID,
    starts_on: date,
    ends_on: date,
    is_on_call: bool = False,
    by: Actor | None,
) -> DutyCover:
    """Say who answers the urgent alerts on these local dates: on duty, or ``is_on_call`` while the clinic is closed."""
    with write():
        cover = DutyCover(
            clinic_id=clinic.id, user_id=user_id, starts_on=starts_on, ends_on=ends_on, is_on_call=is_on_call
        )
        db.session.add(cover)
        record("duty.covered", by=by, subject=cover, clinic_id=clinic.id, kind="create")
    return cover


def hand_over_duty(
    *, clinic: Clinic, from_user_id: uuid.UUID, to_user_id: uuid.UUID, today: date, by: Actor | None
) -> int:
    """Give what is left of somebody's duty to a colleague; days that have passed stay on record as they were.

    The cover stays the same entry: what was written down after it still counts before it.
    """
    with write():
        spells = db.session.scalars(
            select(DutyCover).where(
                DutyCover.clinic_id == clinic.id, DutyCover.user_id == from_user_id, DutyCover.ends_on >= today
            )
        ).all()
        for spell in spells:
            spell.user_id = to_user_id
            if spell.starts_on < today:
                began_on, spell.starts_on = spell.starts_on, today
                yesterday = today - timedelta(days=1)
                cover_duty(
                    clinic=clinic,
                    user_id=from_user_id,
                    starts_on=began_on,
                    ends_on=yesterday,
                    is_on_call=spell.is_on_call,
                    by=by,
                )
            record("duty.handed-over", by=by, subject=spell, clinic_id=clinic.id)
    return len(spells)


def close_on(*, clinic: Clinic, day: date, words: str, by: Actor | None) -> Closure:
    """Say that the clinic is closed on a local day, and why. Raises ``ClosedAlready``."""
    with write():
        if any(each.day == day for each in clinic.closures):
            raise ClosedAlready(day)
        closure = Closure(clinic_id=clinic.id, day=day, words=words)
        db.session.add(closure)
        record("clinic.closed-on", by=by, subject=closure, clinic_id=clinic.id, kind="create", reason=words)
        db.session.flush()
        db.session.expire(clinic, ["closures"])
    return closure


def take_back_closure(*, closure: Closure, clinic: Clinic, by: Actor) -> None:
    """The clinic is open on that day after all; taken back once."""
    with write():
        if closure.taken_back_at is not None:
            return
        closure.taken_back_at, closure.taken_back_by_id = clock.now(), by.id
        record("clinic.closure-taken-back", by=by, subject=closure, clinic_id=clinic.id)
        db.session.flush()
        db.session.expire(clinic, ["closures"])


def choose_instruments(
    *, clinic: Clinic, chosen: Mapping[Instrument, Decision], opened_edition: int | None, by: Actor
) -> int:
    """Say which instruments a clinic uses; returns of how many it changed what is said.

    What stands already is left alone. ``opened_edition``: see ``registry.clinics.rules.edition_of``.

    Raises:
        NotConfirmed: one of them asks for a confirmation that is missing.
        EditConflict: somebody decided since.
    """
    for instrument, decision in chosen.items():
        if decision.in_use and not is_in_use(instrument, decision):
            raise NotConfirmed(instrument)
    clinic_id, by_id, now = clinic.id, by.id, clock.now()
    with write():
        # One decides after the other; whoever stores a row of the clinic meanwhile need not wait.
        fresh = db.session.get_one(Clinic, clinic_id, with_for_update={"key_share": True})
        rows = list_instrument_decisions([clinic_id])
        if opened_edition != edition_of(rows):
            raise EditConflict(fresh)
        held = {row.instrument: row for row in rows}
        changed = [each for each in chosen.items() if not _says_so(held.get(each[0].id), *each)]
        for instrument, decision in changed:
            row = held.get(instrument.id) or InstrumentDecision(clinic_id=clinic_id, instrument=instrument.id)
            row.in_use, row.is_non_commercial = decision.in_use, decision.is_non_commercial
            row.decided_by_id, row.decided_at = by_id, now
            db.session.add(row)
            record("instrument.chosen", by=by, subject=row, reason=_reason(instrument, decision))
    return len(changed)


def _says_so(row: InstrumentDecision | None, instrument: Instrument, decision: Decision) -> bool:
    """Whether the clinic's decision, or its silence, has this effect already."""
    stands = None if row is None else Decision(row.in_use, is_non_commercial=row.is_non_commercial)
    return stands == decision or (stands is None and is_in_use(instrument, None) == decision.in_use)


def _reason(instrument: Instrument, decision: Decision) -> str:
    if not decision.in_use:
        return f"{instrument.id}: not used here"
    confirmed = ", without commercial purpose" if instrument.licence.non_commercial else ""
    return f"{instrument.id}: used here{confirmed}"


def _apply(clinic: Clinic, facts: ClinicFacts) -> None:
    clinic.name, clinic.time_zone, clinic.phone = facts.name, facts.time_zone, facts.phone
    clinic.has_on_call = facts.has_on_call
    clinic.opening_hours = {day: list(intervals) for day, intervals in facts.opening_hours.items() if intervals}


def _refuse_duplicate(organisation_id: uuid.UUID, name: str) -> None:
    taken = db.session.scalars(
        select(Clinic.id).where(Clinic.organisation_id == organisation_id, Clinic.name == name)
    ).first()
    if taken is not None:
        raise DuplicateClinic(name)


def _store(name: str) -> None:
    """Write the clinic now: somebody else may have taken the name since it was looked for."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise DuplicateClinic(name) from error
