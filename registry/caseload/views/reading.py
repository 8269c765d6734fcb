"""Who reads the list, and which columns they see."""

from __future__ import annotations

from collections.abc import Sequence

from flask_login import current_user

from registry import clock
from registry.access.reading import Read, rows_of
from registry.caseload.choices import get_columns
from registry.caseload.column_sets import columns_of
from registry.caseload.queries import Reader
from registry.clinics.models import Clinic


def read_as(clinics: Sequence[Clinic]) -> Reader:
    """The signed-in person as a reader of the list of these clinics, each on its own date."""
    now = clock.now()
    return Reader(
        current_user.id,
        {clinic.id: clinic.today(now) for clinic in clinics},
        {clinic.id: clinic.name for clinic in clinics},
    )


def columns_shown(read: Read = rows_of) -> tuple[str, ...]:
    """What the signed-in person chose, else what their role begins with."""
    return get_columns(current_user.id, read) or columns_of_role()


def columns_of_role() -> tuple[str, ...]:
    """What the roles of the signed-in person begin with."""
    return tuple(columns_of(role for roles in current_user.roles_by_clinic().values() for role in roles))
