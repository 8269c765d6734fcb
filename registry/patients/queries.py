"""Finding people. Who may be seen is already bound to the session."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import aliased, selectinload

from registry.access import scope
from registry.accounts.models import User
from registry.extensions import db
from registry.patients.facts import PatientFacts
from registry.patients.models import (
    AdvanceDirective,
    ContactPoint,
    LegalStatus,
    Patient,
    PatientMerge,
    PayerPeriod,
    RelatedPerson,
)
from registry.patients.rules import day_and_month_swapped, fold_mrn, fold_phone, names_are_near, search_name

SAME_MRN = "same MRN"
SHORTEST_PHONE = 7
"""Fewer digits than these reach nobody, and match too many."""


def get_patient(patient_id: uuid.UUID) -> Patient | None:
    """The person; nobody by the address of a record that was merged into another (see ``get_survivor``)."""
    patient = get_record(patient_id)
    return None if patient is None or patient.merged_into_id is not None else patient


def get_record(patient_id: uuid.UUID) -> Patient | None:
    """A record of a person, one that was merged into another too."""
    return db.session.get(Patient, patient_id)


def get_survivor(patient_id: uuid.UUID) -> Patient | None:
    """The record that this one was merged into, if it was."""
    merged = get_record(patient_id)
    return None if merged is None or merged.merged_into_id is None else get_patient(merged.merged_into_id)


def get_patient_with_contact_points(patient_id: uuid.UUID) -> Patient | None:
    return db.session.scalars(
        select(Patient).where(Patient.id == patient_id, is_whole()).options(selectinload(Patient.contact_points))
    ).one_or_none()


def get_contact_point(contact_point_id: uuid.UUID, *, patient_id: uuid.UUID) -> ContactPoint | None:
    """A contact point, if it is this person's."""
    return db.session.scalars(
        select(ContactPoint).where(ContactPoint.id == contact_point_id, ContactPoint.patient_id == patient_id)
    ).one_or_none()


def get_patient_by_mrn(organisation_id: uuid.UUID, mrn: str) -> Patient | None:
    """The person with this MRN, also by the MRN of a record that was merged into theirs."""
    found = db.session.scalars(
        select(Patient).where(Patient.organisation_id == organisation_id, Patient.mrn == fold_mrn(mrn))
    ).one_or_none()
    return found if found is None or found.merged_into_id is None else get_patient(found.merged_into_id)


def is_whole() -> ColumnElement[bool]:
    """A record that was not merged into another: what lists of people show."""
    return Patient.merged_into_id.is_(None)


def had_mrn(mrn: ColumnElement[str] | str) -> Select[uuid.UUID | None]:
    """Whom records with this MRN were merged into."""
    merged = aliased(Patient, name="merged_patient")
    return select(merged.merged_into_id).where(merged.mrn == mrn, merged.merged_into_id.is_not(None))


@dataclass(frozen=True, slots=True)
class MergeOnRecord:
    """A merge into a record: the MRN of the other, and who merged the two.

    ``mrn`` is None for a reader whose clinics never saw the other record.
    """

    merge: PatientMerge
    mrn: str | None
    by: str

    def on(self, zone: ZoneInfo) -> date:
        """The day of the merge, in this zone."""
        return self.merge.merged_at.astimezone(zone).date()


def list_merges(patient_id: uuid.UUID) -> list[MergeOnRecord]:
    """The merges that stand, of records into this one, the latest first."""
    found = db.session.execute(
        select(PatientMerge, Patient.mrn, User.name)
        .outerjoin(Patient, Patient.id == PatientMerge.merged_id)
        .join(User, User.id == PatientMerge.merged_by_id)
        .where(PatientMerge.patient_id == patient_id, PatientMerge.undone_at.is_(None))
        .order_by(PatientMerge.merged_at.desc(), PatientMerge.id.desc())
    )
    return [MergeOnRecord(merge, mrn, by) for merge, mrn, by in found]


@dataclass(frozen=True, slots=True)
class UndoneMerge:
    """A merge that was undone: from when to when this record and another were one.

    ``mrn`` is None for a reader whose clinics do not see the other record.
    """

    mrn: str | None
    merged_at: datetime
    undone_at: datetime


def list_undone_merges(patient_id: uuid.UUID) -> list[UndoneMerge]:
    """Of this record, whichever of the two stayed."""
    other = case((PatientMerge.patient_id == patient_id, PatientMerge.merged_id), else_=PatientMerge.patient_id)
    with scope.all_patients(reason="when two records were one is of both, and only one may be seen"):
        merges = db.session.execute(
            select(other.label("other_id"), PatientMerge.merged_at, PatientMerge.undone_at)
            .where(
                or_(PatientMerge.patient_id == patient_id, PatientMerge.merged_id == patient_id),
                PatientMerge.undone_at.is_not(None),
            )
            .order_by(PatientMerge.merged_at)
        ).all()
    if not merges:
        return []
    others = select(Patient.id, Patient.mrn).where(Patient.id.in_({row.other_id for row in merges}))
    seen = {row.id: row.mrn for row in db.session.execute(others)}
    return [UndoneMerge(seen.get(row.other_id), row.merged_at, row.undone_at) for row in merges]


def get_merge(merge_id: uuid.UUID, *, patient_id: uuid.UUID) -> PatientMerge | None:
    """A merge into this record, undone or not."""
    return db.session.scalars(
        select(PatientMerge).where(PatientMerge.id == merge_id, PatientMerge.patient_id == patient_id)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Likeness:
    """Somebody on record who may be the person being added, and what is alike."""

    patient: Patient
    why: tuple[str, ...]


def likely_duplicates(
    facts: PatientFacts, *, phones: Sequence[str] = (), except_id: uuid.UUID | None = None
) -> list[Likeness]:
    """People of the scope who may be the one described: same MRN; same or near name with the same birth date or
    its day and month swapped; same phone number. The likeliest (most alike) first.
    """
    numbers = [number for phone in phones if len(number := fold_phone(phone)) >= SHORTEST_PHONE]
    reached = select(ContactPoint.patient_id).where(ContactPoint.kind == "phone", ContactPoint.folded.in_(numbers))
    by_number = Patient.id.in_(had_mrn(fold_mrn(facts.mrn)))
    candidates = db.session.execute(
        select(Patient, Patient.id.in_(reached), or_(Patient.mrn == fold_mrn(facts.mrn), by_number)).where(
            is_whole(),
            or_(
                Patient.birth_date.in_(_dates_meant(facts.birth_date)),
                Patient.mrn == fold_mrn(facts.mrn),
                by_number,
                Patient.id.in_(reached),
            ),
        )
    ).all()
    found = [
        Likeness(patient, why)
        for patient, has_the_phone, has_the_mrn in candidates
        if patient.id != except_id
        and (why := _why_alike(patient, facts, has_the_phone=has_the_phone, has_the_mrn=has_the_mrn))
    ]
    return sorted(found, key=lambda likeness: (-len(likeness.why), likeness.patient.search_name))


def _dates_meant(day: date) -> list[date]:
    swapped = day_and_month_swapped(day)
    return [day] if swapped is None else [day, swapped]


def _why_alike(patient: Patient, facts: PatientFacts, *, has_the_phone: bool, has_the_mrn: bool) -> tuple[str, ...]:
    wanted = search_name(family=facts.legal_family, given=facts.legal_given, used=facts.used_name)
    why = []
    if has_the_mrn:
        why.append(SAME_MRN)
    if patient.birth_date in _dates_meant(facts.birth_date):
        is_swapped = patient.birth_date != facts.birth_date
        born = "day and month of birth swapped" if is_swapped else "same birth date"
        if patient.search_name == wanted:
            why += ["same name", born]
        elif names_are_near(patient.search_name.split(), wanted.split()):
            why += ["similar name", born]
    if has_the_phone:
        why.append("same phone number")
    return tuple(why)


def lock_patient(patient_id: uuid.UUID) -> None:
    """Nobody else adds to what holds one at a time about this person until this transaction ends.

    Belongs inside ``write()``.
    """
    db.session.execute(select(Patient.id).where(Patient.id == patient_id).with_for_update(key_share=True))


def list_related_people(patient_id: uuid.UUID) -> Sequence[RelatedPerson]:
    """Everybody around the person, former ones too, by name."""
    return db.session.scalars(
        select(RelatedPerson).where(RelatedPerson.patient_id == patient_id).order_by(RelatedPerson.name)
    ).all()


def get_related_person(related_id: uuid.UUID, *, patient_id: uuid.UUID) -> RelatedPerson | None:
    """Somebody around this person."""
    return db.session.scalars(
        select(RelatedPerson).where(RelatedPerson.id == related_id, RelatedPerson.patient_id == patient_id)
    ).one_or_none()


def list_legal_statuses(patient_id: uuid.UUID) -> Sequence[LegalStatus]:
    """Every legal status, the latest first; those entered in error too."""
    return db.session.scalars(
        select(LegalStatus)
        .where(LegalStatus.patient_id == patient_id)
        .order_by(LegalStatus.starts_on.desc(), LegalStatus.id.desc())
    ).all()


def get_legal_status(legal_status_id: uuid.UUID, *, patient_id: uuid.UUID) -> LegalStatus | None:
    """A legal status of this person."""
    return db.session.scalars(
        select(LegalStatus).where(LegalStatus.id == legal_status_id, LegalStatus.patient_id == patient_id)
    ).one_or_none()


def get_legal_status_in_force(patient_id: uuid.UUID) -> LegalStatus | None:
    """The one that holds, also past the day its order expired: nobody has said yet what came after."""
    return db.session.scalars(
        select(LegalStatus).where(
            LegalStatus.patient_id == patient_id, LegalStatus.ended_on.is_(None), LegalStatus.error_why == ""
        )
    ).one_or_none()


def get_directive(patient_id: uuid.UUID) -> AdvanceDirective | None:
    return db.session.scalars(select(AdvanceDirective).where(AdvanceDirective.patient_id == patient_id)).one_or_none()


def list_payers(patient_id: uuid.UUID) -> Sequence[PayerPeriod]:
    """Every period of every payer, the latest first."""
    return db.session.scalars(
        select(PayerPeriod)
        .where(PayerPeriod.patient_id == patient_id)
        .order_by(PayerPeriod.starts_on.desc(), PayerPeriod.id.desc())
    ).all()


def get_payer(payer_id: uuid.UUID, *, patient_id: uuid.UUID) -> PayerPeriod | None:
    """A payer's period of this person."""
    return db.session.scalars(
        select(PayerPeriod).where(PayerPeriod.id == payer_id, PayerPeriod.patient_id == patient_id)
    ).one_or_none()
