"""The one question that may be answered about people outside one's clinics: is this record number known?

The answer is yes or no, each yes is recorded, and nobody may ask on and on.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from registry.accounts.models import User
from registry.audit.queries import count_recent
from registry.audit.recorder import record_alone

_ACT = "patient.known-elsewhere"
_WINDOW = timedelta(hours=1)
_MOST = 10

ANSWER = "This person may already have a record in the organisation; ask a lead"
TOO_MANY = "Too many record numbers turned out to be known elsewhere. Ask a lead, or try again in an hour"


def has_asked_too_often(user_id: uuid.UUID) -> bool:
    """Whether this person was answered ten times within the hour: by then it is a search, not a coincidence."""
    return count_recent(_ACT, by=user_id, within=_WINDOW) >= _MOST


def note_answer(*, clinic_id: uuid.UUID, by: User) -> None:
    """Record that somebody was told that a person may have a record elsewhere."""
    record_alone(_ACT, by=by, clinic_id=clinic_id, kind="read", outcome="refused")
