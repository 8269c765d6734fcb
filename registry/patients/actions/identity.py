"""Adding and changing people, and the ways to reach them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from registry import clock
from registry.access import scope
from registry.access.models import PatientClinic
from registry.access.reviewed_sql import patient_exists_elsewhere
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.conflict import refuse_stale
from registry.db.transaction import write
from registry.extensions import db
from registry.patients.actions.payers import payer_row
from registry.patients.errors import DuplicateMrn, ImpossibleBirthDate, KnownElsewhere
from registry.patients.facts import ContactPointFacts, PatientFacts, PayerFacts
from registry.patients.models import ContactPoint, Patient
from registry.patients.queries import get_patient_by_mrn
from registry.patients.rules import fold, fold_mrn, fold_phone, search_name
from registry.patients.signals import patient_changed, tell_attention_may_change


def add_patient(
    *,
    clinic: Clinic,
    facts: PatientFacts,
    by: User | None,
    contact_points: Sequence[ContactPointFacts] = (),
    despite: Sequence[uuid.UUID] = (),
) -> Patient:
    """Add a person, seen by ``clinic`` from now on.

    ``despite``: the likely duplicates somebody looked at and set aside.
    Raises ``DuplicateMrn``, ``KnownElsewhere``, ``ImpossibleBirthDate``.
    """
    with write():
        now = clock.now()
        if facts.birth_date > clinic.today(now):
            raise ImpossibleBirthDate("a birth date in the future")
        _refuse_used_mrn(clinic, facts.mrn)
        patient = Patient(organisation_id=clinic.organisation_id, created_at=now, created_by_id=by.id if by else None)
        _write_facts(patient, facts)
        patient.seen_by.append(PatientClinic(patient_id=patient.id, clinic_id=clinic.id, why="registered", since=now))
        db.session.add(patient)
        _store()
        for point in contact_points:
            db.session.add(_contact_point(patient, point, on=clinic.today(now), by=by))
        if facts.payer:
            db.session.add(payer_row(patient.id, PayerFacts(payer=facts.payer, starts_on=clinic.today(now)), by=by))
        reason = f"saved as a new person beside {len(despite)} alike" if despite else None
        record("patient.added", by=by, subject=patient, clinic_id=clinic.id, kind="create", reason=reason)
    return patient


def _store() -> None:
    """The person stands before what is kept about them. Raises ``KnownElsewhere`` if somebody was quicker."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if "mrn" in str(error.orig):
            raise KnownElsewhere("the organisation has this record number") from error
        raise


def change_patient(*, patient: Patient, facts: PatientFacts, opened_version: int | None, by: User) -> None:
    """Write identity and demographics anew.

    Raises ``EditConflict``, ``DuplicateMrn``, ``KnownElsewhere``, ``ImpossibleBirthDate``.
    """
    with write():
        refuse_stale(patient, opened_version=opened_version)
        if patient.died_on is not None and facts.birth_date > patient.died_on:
            raise ImpossibleBirthDate("a birth date after the death")
        if fold_mrn(facts.mrn) != patient.mrn:
            _refuse_used_mrn(patient, facts.mrn)
        _write_facts(patient, facts)
        patient.changed_at, patient.changed_by_id = clock.now(), by.id
        _store()
        record("patient.changed", by=by, subject=patient)
        patient_changed.send(patient_id=patient.id)


def _refuse_used_mrn(owner: Clinic | Patient, mrn: str) -> None:
    holder = get_patient_by_mrn(owner.organisation_id, mrn)
    if holder is not None:
        raise DuplicateMrn(holder)
    if patient_exists_elsewhere(scope.current(), owner.organisation_id, fold_mrn(mrn)):
        raise KnownElsewhere("the organisation has this record number")


def _write_facts(patient: Patient, facts: PatientFacts) -> None:
    for name, value in facts_as_columns(facts).items():
        setattr(patient, name, value)


def facts_as_columns(facts: PatientFacts) -> dict[str, Any]:
    """Identity and demographics as the columns that keep them."""
    return {
        "mrn": fold_mrn(facts.mrn),
        "legal_given": facts.legal_given,
        "legal_family": facts.legal_family,
        "used_name": facts.used_name,
        "search_name": search_name(family=facts.legal_family, given=facts.legal_given, used=facts.used_name),
        "pronouns": facts.pronouns,
        "birth_date": facts.birth_date,
        "sex": facts.sex,
        "gender_identity": facts.gender_identity,
        "races": list(facts.races),
        "ethnicity": facts.ethnicity,
        "languages": list(facts.languages),
        "needs_interpreter": facts.needs_interpreter,
        "primary_care": facts.primary_care,
    }


def add_contact_point(*, patient: Patient, facts: ContactPointFacts, on: date, by: User) -> ContactPoint:
    """``on`` is the local date."""
    with write():
        point = _contact_point(patient, facts, on=on, by=by)
        db.session.add(point)
        record("contact-point.added", by=by, subject=point, kind="create")
        tell_attention_may_change(patient.id)
    return point


def change_contact_point(
    *, point: ContactPoint, facts: ContactPointFacts, opened_version: int | None, by: User
) -> None:
    """Raises ``EditConflict``."""
    with write():
        refuse_stale(point, opened_version=opened_version)
        _write_contact(point, facts, by=by)
        record("contact-point.changed", by=by, subject=point)
        tell_attention_may_change(point.patient_id)


def end_contact_point(*, point: ContactPoint, on: date, by: User) -> None:
    """The person can no longer be reached this way; it stays on record. Ending twice changes nothing."""
    with write():
        if point.ended_at is None:
            point.ended_on, point.ended_at = on, clock.now()
            point.changed_at, point.changed_by_id = point.ended_at, by.id
            record("contact-point.ended", by=by, subject=point)
            tell_attention_may_change(point.patient_id)


def _contact_point(patient: Patient, facts: ContactPointFacts, *, on: date, by: User | None) -> ContactPoint:
    point = ContactPoint(patient_id=patient.id, added_on=on, created_at=clock.now())
    _write_contact(point, facts, by=by)
    return point


def _write_contact(point: ContactPoint, facts: ContactPointFacts, *, by: User | None) -> None:
    point.changed_at, point.changed_by_id = clock.now(), by.id if by else None
    point.kind = facts.kind
    point.value = facts.value
    point.folded = fold_phone(facts.value) if facts.kind == "phone" else fold(facts.value)
    point.note = facts.note
    point.may_leave_message = facts.may_leave_message
    point.may_text = facts.may_text
    point.may_email = facts.may_email
