"""Reading contacts, and who may log one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from registry.contacts.facts import ContactFacts
from registry.contacts.models import Contact
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db
from registry.web.paging import COUNT_LIMIT


def list_contacts(patient_id: uuid.UUID, *, limit: int = 200, offset: int = 0) -> Sequence[Contact]:
    """The person's contacts in every state, newest first."""
    return db.session.scalars(
        select(Contact)
        .where(Contact.patient_id == patient_id)
        .options(joinedload(Contact.staff))
        .order_by(Contact.took_place_on.desc(), Contact.recorded_at.desc(), Contact.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


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
    return ContactFacts(**{field.name: getattr(contact, field.name) for field in fields(ContactFacts)})


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


def is_on_team(patient_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    """Whether this user has a place in the team of one of the person's open episodes now."""
    place = (
        select(TeamMember.id)
        .join(Episode, Episode.id == TeamMember.episode_id)
        .where(
            TeamMember.patient_id == patient_id,
            TeamMember.user_id == user_id,
            TeamMember.ends_on.is_(None),
            Episode.ended_on.is_(None),
        )
        .limit(1)
    )
    return db.session.scalars(place).first() is not None
