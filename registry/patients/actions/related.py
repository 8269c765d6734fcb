"""The people around a patient: who they are, what they decide, what they may be told."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.conflict import refuse_stale
from registry.db.transaction import write
from registry.extensions import db
from registry.patients.facts import RelatedPersonFacts
from registry.patients.models import Patient, RelatedPerson
from registry.patients.signals import tell_attention_may_change


def add_related_person(*, patient: Patient, facts: RelatedPersonFacts, by: User) -> RelatedPerson:
    with write():
        person = RelatedPerson(patient_id=patient.id)
        _write_facts(person, facts, by=by)
        db.session.add(person)
        record("related-person.added", by=by, subject=person, kind="create")
        tell_attention_may_change(patient.id)
    return person


def change_related_person(
    *, person: RelatedPerson, facts: RelatedPersonFacts, opened_version: int | None, by: User
) -> None:
    """Raises ``EditConflict``."""
    with write():
        refuse_stale(person, opened_version=opened_version)
        if facts.ends_on != person.ends_on:
            person.is_over = False  # another last day, or none, has to run out or be ended anew
        _write_facts(person, facts, by=by)
        record("related-person.changed", by=by, subject=person)
        tell_attention_may_change(person.patient_id)


def end_relation(*, person: RelatedPerson, on: date, by: User) -> None:
    """Somebody says that it is over, from ``on`` at the latest: an earlier last day stays, and so does the record."""
    with write():
        last_on = max(on, person.starts_on or on)
        ends_on = last_on if person.ends_on is None else min(person.ends_on, last_on)
        if not person.is_over or person.ends_on != ends_on:
            person.ends_on, person.is_over = ends_on, True
            person.changed_at, person.changed_by_id = clock.now(), by.id
            record("related-person.ended", by=by, subject=person)
            tell_attention_may_change(person.patient_id)


def _write_facts(person: RelatedPerson, facts: RelatedPersonFacts, *, by: User) -> None:
    for field in fields(facts):
        setattr(person, field.name, getattr(facts, field.name))
    person.changed_at, person.changed_by_id = clock.now(), by.id
