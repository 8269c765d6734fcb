"""Reading contacts, and who may log one."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, bindparam, exists, func, select, true
from sqlalchemy.orm import aliased, joinedload

from registry.access.roles import Role
from registry.accounts.models import Membership
from registry.clinics.models import Clinic
from registry.contacts.facts import ContactFacts
from registry.contacts.ladder import Attempt, since_reached
from registry.contacts.models import Contact, DangerReport
from registry.contacts.rules import KINDS, counts_minutes, first_of_month, is_failed_attempt, is_reached, is_two_way
from registry.contacts.span import Span, overlapping, span_of
from registry.db.among import among
from registry.db.word import word
from registry.episodes.models import Episode, Transfer
from registry.episodes.queries import list_transfers
from registry.extensions import db
from registry.patients.models import Patient
from registry.web.paging import COUNT_LIMIT

PEERS = select(Membership.user_id).where(Membership.role == word(Role.PEER_SPECIALIST))
"""Who is, or was, a peer specialist anywhere: their attempts are a step of their own."""

# Made once: building a statement costs more than running it.
_CONTACTS = (
    select(Contact)
    .where(among(Contact.patient_id, "patient_ids"))
    .options(joinedload(Contact.staff))
    .order_by(Contact.took_place_on.desc(), Contact.recorded_at.desc(), Contact.id.desc())
    .limit(bindparam("limit", type_=Integer()))
    .offset(bindparam("offset", type_=Integer()))
)

_A_DAY, _NONE = timedelta(days=1), timedelta()


def list_contacts(patient_id: uuid.UUID, *, limit: int = 200, offset: int = 0) -> Sequence[Contact]:
    """The person's contacts in every state, newest first."""
    about = {"patient_ids": [patient_id], "limit": limit, "offset": offset}
    return db.session.scalars(_CONTACTS, about).all()


def count_contacts(patient_id: uuid.UUID) -> int:
    """How many contacts the person has in every state, counted no further than anybody reads."""
    some = select(Contact.id).where(Contact.patient_id == patient_id).limit(COUNT_LIMIT + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def find_same(patient_id: uuid.UUID, facts: ContactFacts, *, staff_id: uuid.UUID) -> Contact | None:
    """A contact of that kind by the same member of staff that began in the same minute and stands.

    Without a start time one that says the same in everything: two calls a day are nothing unusual.
    """
    rows = db.session.scalars(
        select(Contact)
        .where(
            Contact.patient_id == patient_id,
            Contact.took_place_on == facts.took_place_on,
            Contact.kind == facts.kind,
            Contact.staff_id == staff_id,
            Contact.status == "final",
        )
        .order_by(Contact.recorded_at.desc())
    )
    if facts.started_at is not None:
        return next((row for row in rows if row.started_at == facts.started_at), None)
    return next((row for row in rows if _facts_of(row) == facts), None)


def _facts_of(contact: Contact) -> ContactFacts:
    known = {field.name: getattr(contact, field.name) for field in fields(ContactFacts)}
    return ContactFacts(**{**known, "took_part": tuple(contact.took_part)})


@dataclass(frozen=True, slots=True)
class TimedEntry:
    """A contact of which the time is known, with whose it was and the zone of its clinic."""

    contact: Contact
    patient: Patient
    zone: ZoneInfo

    @property
    def span(self) -> Span | None:
        """When it was; ``None`` where it took no time."""
        return span_of(self.contact.took_place_on, self.contact.started_at, self.contact.minutes, zone=self.zone)


def list_overlaps(contacts: Collection[Contact]) -> Mapping[uuid.UUID, Sequence[TimedEntry]]:
    """By contact: those of the same member of staff, with whomever the reader may see, that share time with it."""
    timed = [each for each in contacts if each.started_at is not None and each.minutes and each.status == "final"]
    if not timed:
        return {}
    days = {each.took_place_on + shift for each in timed for shift in (-_A_DAY, _NONE, _A_DAY)}
    rows = db.session.execute(
        select(Contact, Patient, Clinic.time_zone)
        .join(Patient, Patient.id == Contact.patient_id)
        .join(Clinic, Clinic.id == Contact.clinic_id)
        .where(
            Contact.staff_id.in_({each.staff_id for each in timed}),
            Contact.took_place_on.in_(days),
            Contact.started_at.is_not(None),
            Contact.minutes > 0,
            Contact.status == "final",
        )
        .order_by(Contact.took_place_on, Contact.started_at)
    ).all()
    entries = [TimedEntry(contact, patient, ZoneInfo(zone)) for contact, patient, zone in rows]
    spans = [entry.span for entry in entries]
    of_id = {entry.contact.id: span for entry, span in zip(entries, spans, strict=True)}
    return {
        each.id: [
            entries[place]
            for place in overlapping(of_id.get(each.id), spans)
            if entries[place].contact.staff_id == each.staff_id and entries[place].contact.id != each.id
        ]
        for each in timed
    }


def minutes_in_month(patient_ids: Collection[uuid.UUID], *, of: date) -> Mapping[uuid.UUID, int]:
    """Minutes the team spent on each patient in the month of that local date up to it; nobody without any."""
    rows = db.session.execute(
        select(Contact.patient_id, func.sum(Contact.minutes).label("minutes"))
        .where(
            among(Contact.patient_id, "patient_ids"),
            Contact.took_place_on.between(first_of_month(of), of),
            Contact.status == "final",
            Contact.kind.in_([kind for kind in KINDS if counts_minutes(kind)]),
            Contact.minutes.is_not(None),
        )
        .group_by(Contact.patient_id),
        {"patient_ids": list(patient_ids)},
    )
    return {row.patient_id: int(row.minutes) for row in rows}


def list_attempts(patient_id: uuid.UUID, *, clinic_id: uuid.UUID) -> Sequence[Attempt]:
    """The failed attempts at this clinic since somebody last reached the person there, oldest first."""
    rows = db.session.execute(
        select(
            Contact.took_place_on,
            Contact.kind,
            Contact.modality,
            Contact.reached,
            Contact.staff_id.in_(select(Membership.user_id).where(Membership.role == Role.PEER_SPECIALIST)).label(
                "peer"
            ),
        ).where(Contact.patient_id == patient_id, Contact.clinic_id == clinic_id, Contact.status == "final")
    ).all()
    failed = [
        Attempt(on=row.took_place_on, kind=row.kind, modality=row.modality, by_peer=bool(row.peer))
        for row in rows
        if is_failed_attempt(row.kind, reached=row.reached)
    ]
    return since_reached(failed, (row.took_place_on for row in rows if is_reached(row.kind, reached=row.reached)))


def first_two_way(
    patient_id: uuid.UUID, clinic_id: uuid.UUID, since: date, *, but: uuid.UUID | None = None
) -> date | None:
    """The day of this clinic's first two-way treatment contact on or after ``since``, not counting the one ``but``."""
    rows = db.session.execute(
        select(Contact.took_place_on, Contact.kind, Contact.reached).where(
            Contact.patient_id == patient_id,
            Contact.clinic_id == clinic_id,
            Contact.took_place_on >= since,
            Contact.status == "final",
            Contact.id != but if but is not None else true(),
        )
    )
    return min((row.took_place_on for row in rows if is_two_way(row.kind, reached=row.reached)), default=None)


def transfers_resting_on(contact: Contact) -> list[Transfer]:
    """The transfers to the clinic of a contact that nothing but this contact completed, the latest first.

    They stay completed without it: the sender's episode has ended, whether or not anybody spoke with the person.
    """
    if not is_two_way(contact.kind, reached=contact.reached):
        return []
    return [
        transfer
        for transfer in list_transfers(contact.patient_id)
        if transfer.state == "completed"
        and transfer.to_clinic_id == contact.clinic_id
        and transfer.proposed_on <= contact.took_place_on
        and first_two_way(contact.patient_id, contact.clinic_id, transfer.proposed_on, but=contact.id) is None
    ]


def list_unspoken_transfers(clinic_ids: Collection[uuid.UUID], *, limit: int) -> Sequence[Transfer]:
    """Whom these clinics handed over by a contact that no longer stands, the oldest first.

    The receiver has the person, and no two-way contact with them since the proposal; nor did the sender begin anew.
    """
    received, again = aliased(Episode), aliased(Episode)
    cared_for_here = exists().where(
        again.patient_id == Transfer.patient_id, again.clinic_id == Transfer.from_clinic_id, again.ended_on.is_(None)
    )
    spoken = exists().where(
        Contact.patient_id == Transfer.patient_id,
        Contact.clinic_id == Transfer.to_clinic_id,
        Contact.took_place_on >= Transfer.proposed_on,
        Contact.status == "final",
        Contact.kind == "treatment",
        Contact.reached,
    )
    return db.session.scalars(
        select(Transfer)
        .join(received, received.id == Transfer.received_episode_id)
        .where(
            Transfer.from_clinic_id.in_(clinic_ids),
            Transfer.state == "completed",
            received.ended_on.is_(None),
            ~spoken,
            ~cared_for_here,
        )
        .options(joinedload(Transfer.to_clinic), joinedload(Transfer.patient))
        .order_by(Transfer.completed_on, Transfer.id)
        .limit(limit)
    ).all()


def get_contact(patient_id: uuid.UUID, contact_id: uuid.UUID) -> Contact | None:
    """The contact, if it is this person's."""
    return db.session.scalars(
        select(Contact).where(Contact.id == contact_id, Contact.patient_id == patient_id)
    ).one_or_none()


def get_current(contact: Contact) -> Contact:
    """The version that stands now: the correction of the correction, or the contact itself."""
    current = contact
    while current.status == "amended":
        replacement = db.session.scalars(
            select(Contact).where(Contact.replaces_id == current.id, Contact.patient_id == contact.patient_id)
        ).first()
        if replacement is None:
            break
        current = replacement
    return current


def get_report(patient_id: uuid.UUID, report_id: uuid.UUID) -> DangerReport | None:
    """The report of danger, if about this person."""
    return db.session.scalars(
        select(DangerReport).where(DangerReport.id == report_id, DangerReport.patient_id == patient_id)
    ).one_or_none()
