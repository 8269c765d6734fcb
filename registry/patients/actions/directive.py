"""Whether somebody made an advance directive, and where it is kept."""

from __future__ import annotations

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.conflict import refuse_stale
from registry.db.transaction import write
from registry.extensions import db
from registry.patients.facts import DirectiveFacts
from registry.patients.models import AdvanceDirective, Patient
from registry.patients.queries import get_directive, lock_patient


def note_directive(
    *, patient: Patient, facts: DirectiveFacts, opened_version: int | None, by: User
) -> AdvanceDirective:
    """Write down what is known of a directive; each change stays in the record of changes. Raises ``EditConflict``."""
    with write():
        lock_patient(patient.id)
        directive = get_directive(patient.id)
        is_new = directive is None
        if directive is None:
            directive = AdvanceDirective(patient_id=patient.id)
        else:
            refuse_stale(directive, opened_version=opened_version)
        directive.answer = facts.answer
        directive.made_on = facts.made_on
        directive.kept_at = facts.kept_at
        directive.note = facts.note
        directive.changed_at, directive.changed_by_id = clock.now(), by.id
        db.session.add(directive)
        record("advance-directive.noted", by=by, subject=directive, kind="create" if is_new else "change")
    return directive
