"""Inviting an address that has an account already, anywhere in the installation, gets one answer.

It tells that the address is known, and nothing of whose it is or where. So each such answer is recorded, and nobody
may ask on and on: the same rule as for record numbers (``registry.patients.elsewhere``).
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from registry.accounts.models import User
from registry.audit.queries import count_recent
from registry.audit.recorder import record_alone

_ACT = "user.address-known"
_WINDOW = timedelta(hours=1)
_MOST = 10

ANSWER = (
    "No account can be made for this address. Check it; if the person signs in to this registry already, "
    "whoever runs it gives them the role"
)
TOO_MANY = "Too many addresses could not be used. Ask whoever runs the registry, or try again in an hour"


def has_asked_too_often(user_id: uuid.UUID) -> bool:
    """Whether this person was given the answer ten times within the hour."""
    return count_recent(_ACT, by=user_id, within=_WINDOW) >= _MOST


def note_answer(*, clinic_id: uuid.UUID, by: User) -> None:
    """Record that somebody was told that an address cannot be used."""
    record_alone(_ACT, by=by, clinic_id=clinic_id, kind="read", outcome="refused")
