"""How far an administrator reaches: the organisations of the clinics they administer, and no further."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_login import current_user

from registry.access.policy import can, permitted_clinics
from registry.access.roles import SIGNING, Role
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


def clinics_to_staff() -> Sequence[Clinic]:
    """Where the signed-in person may invite: an administrator in the organisation, a lead in their own clinics."""
    if can(current_user, "user.manage"):
        return clinics_in_reach("user.manage")
    return list_clinics(permitted_clinics("user.invite"))


def roles_to_give() -> tuple[Role, ...]:
    """A lead invites those who treat, support and lead; who administers or audits is an administrator's to say.

    So is who signs in their own name: a lead is measured by what is signed, and whoever types an address may read what
    is sent there.
    """
    if can(current_user, "user.manage"):
        return tuple(Role)
    beyond_a_lead = {Role.ADMINISTRATOR, Role.AUDITOR, *SIGNING}
    return tuple(role for role in Role if role not in beyond_a_lead)


def users_in_reach(action: str) -> Sequence[User]:
    """Whose account those clinics look after, by name: see ``accounts.queries.is_staff_of``."""
    return accounts.list_staff(_reach(action))


def user_in_reach(user_id: uuid.UUID, action: str) -> User | None:
    return accounts.get_staff(user_id, _reach(action))


def _reach(action: str) -> frozenset[uuid.UUID]:
    return frozenset(clinic.id for clinic in clinics_in_reach(action))
