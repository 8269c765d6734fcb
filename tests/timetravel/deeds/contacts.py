"""Contacts, attempts and no-shows, and somebody who is in danger."""

from __future__ import annotations

from sqlalchemy import select

from registry.contacts import actions as contacts
from registry.contacts.facts import ContactFacts
from registry.contacts.models import Contact
from registry.contacts.rules import DANGERS
from registry.extensions import db
from tests.timetravel.deeds.stage import Stage

_CONTACTS = (
    *[("treatment", "phone", True)] * 5,
    ("treatment", "phone", False),
    ("no-show", "in-person", False),
    ("scheduling", "phone", True),
    ("collateral", "phone", False),
    ("message", "text", False),
)
_ATTEMPTS = (("outreach", "phone"), ("outreach", "text"), ("outreach", "letter"), ("outreach", "home"))


def contact(stage: Stage) -> None:
    kind, modality, reached = stage.chance.choice(_CONTACTS)
    _met(stage, kind, modality, reached=reached)


def attempt(stage: Stage) -> None:
    """One step of the outreach ladder, or a day on which nobody came."""
    kind, modality = stage.chance.choice((*_ATTEMPTS, ("no-show", "in-person")))
    _met(stage, kind, modality, reached=False)


def seen_elsewhere(stage: Stage) -> None:
    _met(stage, "seen-elsewhere", "in-person", reached=True)


def _met(stage: Stage, kind: str, modality: str, *, reached: bool) -> None:
    contacts.record_contact(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        facts=_facts(stage, kind, modality, reached=reached),
        by=stage.by,
    )


def _facts(stage: Stage, kind: str, modality: str, *, reached: bool) -> ContactFacts:
    return ContactFacts(
        took_place_on=stage.day(),
        kind=kind,
        modality=modality,
        reached=reached,
        took_part=("other-service",) if kind == "collateral" else (),
    )


def correct_contact(stage: Stage) -> None:
    """It was another kind, or another day."""
    if (row := _latest(stage)) is not None:
        kind, modality, reached = stage.chance.choice(_CONTACTS)
        facts = _facts(stage, kind, modality, reached=reached)
        contacts.correct_contact(contact=row, facts=facts, why="Misheard", opened_version=row.version, by=stage.by)


def withdraw_contact(stage: Stage) -> None:
    if (row := _latest(stage)) is not None:
        contacts.mark_entered_in_error(contact=row, why="Another person", opened_version=row.version, by=stage.by)


def _latest(stage: Stage) -> Contact | None:
    return db.session.scalars(
        select(Contact)
        .where(
            Contact.patient_id == stage.person.patient_id,
            Contact.clinic_id == stage.place.clinic_id,
            Contact.status == "final",
        )
        .order_by(Contact.recorded_at.desc())
        .limit(1)
    ).one_or_none()


def report_danger(stage: Stage) -> None:
    contacts.report_danger(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        kind=stage.chance.choice(list(DANGERS)),
        reported_on=stage.day(),
        said_by="the residence",
        words="Not seen since yesterday",
        by=stage.by,
    )
