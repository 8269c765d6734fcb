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
    """Whoever has or had a role in those clinics, and whoever has none yet; by name."""
    reach = {clinic.id for clinic in clinics_in_reach(action)}
    return [user for user in accounts.list_users() if _is_within(user, reach)]


def user_in_reach(user_id: uuid.UUID, action: str) -> User | None:
    user = accounts.get_user(user_id)
    if user is None or not _is_within(user, {clinic.id for clinic in clinics_in_reach(action)}):
        return None
    return user


def _is_within(user: User, clinic_ids: set[uuid.UUID]) -> bool:
    return not user.memberships or any(membership.clinic_id in clinic_ids for membership in user.memberships)
