"""Reading contacts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry.contacts.models import Contact
from registry.extensions import db


def list_contacts(patient_id: uuid.UUID, *, limit: int = 200) -> Sequence[Contact]:
    """The person's contacts in every state, newest first."""
    return db.session.scalars(
        select(Contact)
        .where(Contact.patient_id == patient_id)
        .options(joinedload(Contact.staff))
        .order_by(Contact.took_place_on.desc(), Contact.recorded_at.desc())
        .limit(limit)
    ).all()


def get_contact(patient_id: uuid.UUID, contact_id: uuid.UUID) -> Contact | None:
    """The contact, if it is this person's."""
    return db.session.scalars(
        select(Contact).where(Contact.id == contact_id, Contact.patient_id == patient_id)
    ).one_or_none()
