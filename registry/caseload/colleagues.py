"""The people one may ask for in a list: those of the care teams."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select

from registry.access.reading import Read, rows_of
from registry.accounts.models import Membership, User
from registry.caseload.columns import Columns
from registry.caseload.panels import are_many
from registry.caseload.rules import MINE, NOBODY, Listing
from registry.db.among import among
from registry.episodes.rules import TEAM_USER_ROLES

COLLEAGUES = (
    select(User.id, User.name)
    .where(
        User.id.in_(
            select(Membership.user_id).where(
                among(Membership.clinic_id, "clinic_ids"),
                Membership.role.in_(sorted(frozenset().union(*TEAM_USER_ROLES.values()))),
            )
        )
    )
    .order_by(User.name, User.id)
)


def list_colleagues(listing: Listing, clinic_ids: Collection[uuid.UUID], read: Read = rows_of) -> Sequence[Columns]:
    """Everybody who has, or had, a role in these clinics that fits a place in a care team: id and name, by name.

    Of the clinic that is chosen; of many clinics without a choice nobody but whom the listing names: there are
    thousands.
    """
    chosen = [clinic_id for clinic_id in clinic_ids if str(clinic_id) == listing.clinic]
    if not chosen and are_many(clinic_ids):
        named = uuid.UUID(listing.team) if listing.team not in ("", MINE, NOBODY) else None
        return rows_of(COLLEAGUES.where(User.id == named), {"clinic_ids": list(clinic_ids)})
    return read(COLLEAGUES, {"clinic_ids": chosen or list(clinic_ids)})
