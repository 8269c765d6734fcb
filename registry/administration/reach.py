"""How far an administrator reaches: the organisations of the clinics they administer, and no further."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from registry.access.policy import permitted_clinics
from registry.accounts import queries as accounts
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.clinics.queries import list_clinics


def clinics_in_reach(action: str) -> Sequence[Clinic]:
    """Every clinic of the organisations where the signed-in person may do ``action``, by name."""
    mine = permitted_clinics(action)
    clinics = list_clinics()
    organisations = {clinic.organisation_id for clinic in clinics if clinic.id in mine}
    return [clinic for clinic in clinics if clinic.organisation_id in organisations]


def clinic_in_reach(clinic_id: uuid.UUID, action: str) -> Clinic | None:
    return next((clinic for clinic in clinics_in_reach(action) if clinic.id == clinic_id), None)


def users_in_reach(action: str) -> Sequence[User]:
    """Whose account those clinics look after, by name: see ``accounts.queries.is_staff_of``."""
    return accounts.list_staff(_reach(action))


def user_in_reach(user_id: uuid.UUID, action: str) -> User | None:
    return accounts.get_staff(user_id, _reach(action))


def _reach(action: str) -> frozenset[uuid.UUID]:
    return frozenset(clinic.id for clinic in clinics_in_reach(action))
