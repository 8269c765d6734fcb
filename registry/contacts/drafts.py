"""What somebody has begun to type of a contact, or of its correction: kept until that is saved, or thrown away by its
author.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from registry import clock
from registry.accounts.queries import get_receipt
from registry.audit.recorder import Actor, record
from registry.contacts.models import ContactDraft
from registry.db.among import among
from registry.db.transaction import write
from registry.episodes.queries import episode_at, get_open_episode
from registry.extensions import db
from registry.patients.models import Patient
from registry.web.form_fields import is_printable

LONGEST = 8_000
"""Characters of all fields together. A form that is longer could not be saved either."""

MOST_SHOWN = 20


class TooLong(ValueError):
    """More was typed than a contact holds."""


class AnotherDraft(RuntimeError):
    """Its author has begun another form about the same: neither takes the other's place."""


def get_draft(patient_id: uuid.UUID, *, by: Actor, contact_id: uuid.UUID | None = None) -> ContactDraft | None:
    """What this user has begun about this person: a new contact, or the correction of this one."""
    return next((each for each in list_drafts_about(patient_id, by=by) if each.contact_id == contact_id), None)


def list_drafts_about(patient_id: uuid.UUID, *, by: Actor) -> Sequence[ContactDraft]:
    """All that this user has begun about this person, oldest first."""
    return db.session.scalars(
        select(ContactDraft)
        .where(ContactDraft.patient_id == patient_id, ContactDraft.user_id == by.id)
        .order_by(ContactDraft.saved_at, ContactDraft.id)
    ).all()


def get_draft_here(patient_id: uuid.UUID, clinic_id: uuid.UUID, *, by: Actor) -> ContactDraft | None:
    """A new contact with this person, begun for this clinic or for one that no longer cares for them."""
    draft = get_draft(patient_id, by=by)
    if draft is None or draft.clinic_id == clinic_id or get_open_episode(patient_id, draft.clinic_id) is None:
        return draft
    return None


def episode_of(draft: ContactDraft) -> uuid.UUID | None:
    """The episode by which the clinic is named for which it was begun."""
    return db.session.scalar(select(episode_at(draft.patient_id, draft.clinic_id)))


_OF_USER = (
    select(ContactDraft, Patient, episode_at(ContactDraft.patient_id, ContactDraft.clinic_id))
    .join(Patient, Patient.id == ContactDraft.patient_id)
    .where(ContactDraft.user_id == bindparam("user_id"), among(ContactDraft.clinic_id, "clinic_ids"))
    .order_by(ContactDraft.saved_at, ContactDraft.id)
    .limit(MOST_SHOWN)
)


def list_drafts(
    *, by: Actor, clinic_ids: Collection[uuid.UUID]
) -> Sequence[tuple[ContactDraft, Patient, uuid.UUID | None]]:
    """What this user has begun at these clinics, with whom, and by which episode, oldest first."""
    rows = db.session.execute(_OF_USER, {"user_id": by.id, "clinic_ids": list(clinic_ids)})
    return [(draft, patient, episode_id) for draft, patient, episode_id in rows]


def keep_draft(
    *,
    patient_id: uuid.UUID,
    clinic_id: uuid.UUID,
    form_key: str,
    typed: Mapping[str, str | list[str]],
    by: Actor,
    contact_id: uuid.UUID | None = None,
) -> datetime | None:
    """Keep what stands in the form in place of what was kept of it before; returns when.

    ``contact_id`` is the entry the form corrects, which may be another one since it was kept last. ``None`` where that
    form has been saved meanwhile, or is none of ours: nothing is left to keep. Raises ``TooLong``, and ``AnotherDraft``
    where the author's draft is of another form.
    """
    if not is_printable(form_key):
        return None  # no form of ours has such a key
    printable = {name: _printable(value) for name, value in typed.items()}
    if sum(len(name) + len(str(value)) for name, value in printable.items()) > LONGEST:
        raise TooLong
    try:
        new = ContactDraft(patient_id=patient_id, user_id=by.id, clinic_id=clinic_id, contact_id=contact_id)
        return _keep(new, form_key, printable, by=by)
    except IntegrityError as overtaken:
        kept = get_draft(patient_id, by=by, contact_id=contact_id)
        if kept is None:
            raise
        if kept.form_key != form_key:
            raise AnotherDraft from overtaken
        return kept.saved_at  # by another click of the same form


def _keep(new: ContactDraft, form_key: str, typed: Mapping[str, Any], *, by: Actor) -> datetime | None:
    with write():
        if get_receipt(form_key) is not None:
            return None
        own = list_drafts_about(new.patient_id, by=by)
        draft = next((each for each in own if form_key == each.form_key), None)
        if draft is None and any(each.contact_id == new.contact_id for each in own):
            raise AnotherDraft
        if draft is None:
            draft = new
            db.session.add(draft)
            record("contact-draft.begun", by=by, patient_id=new.patient_id, clinic_id=new.clinic_id, kind="create")
        now = clock.now()
        draft.contact_id, draft.clinic_id = new.contact_id, new.clinic_id
        draft.form_key, draft.typed, draft.saved_at = form_key, dict(typed), now
    return now


def discard_draft(*, patient_id: uuid.UUID, by: Actor, contact_id: uuid.UUID | None = None) -> None:
    """Throw away what this user has begun about this person: a new contact, or the correction of this one."""
    with write():
        draft = get_draft(patient_id, by=by, contact_id=contact_id)
        if draft is not None:
            db.session.delete(draft)
            record("contact-draft.discarded", by=by, patient_id=patient_id, clinic_id=draft.clinic_id)


def drop_saved(patient_id: uuid.UUID, form_key: str, *, by: Actor) -> None:
    """Inside the transaction that saves the contact: its draft is of no use any more. Another form's draft stays."""
    for draft in list_drafts_about(patient_id, by=by):
        if draft.form_key == form_key:
            db.session.delete(draft)


def _printable(value: str | list[str]) -> Any:
    """Without the characters one database stores and the other does not; the form itself refuses them."""
    if isinstance(value, list):
        return [_printable(each) for each in value]
    return "".join(sign for sign in value if sign in "\n\r\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
