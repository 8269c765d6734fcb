"""Whether a clinic has spoken with somebody since a day.

Contacts stand above this room, so ``create_app`` says who knows (``app.extensions[FIRST_CONTACT]``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import cast

from flask import current_app

FIRST_CONTACT = "first_contact"
"""Where ``create_app`` puts the ``Finder``."""

Finder = Callable[[uuid.UUID, uuid.UUID, date], date | None]


def first_contact(patient_id: uuid.UUID, *, clinic_id: uuid.UUID, since: date) -> date | None:
    """The day of the clinic's first two-way treatment contact on or after ``since``; ``None`` before there is one."""
    find = cast(Finder, current_app.extensions[FIRST_CONTACT])
    return find(patient_id, clinic_id, since)
