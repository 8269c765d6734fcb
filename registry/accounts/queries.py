"""Reading users, roles and sign-ins."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from registry.accounts.models import FailedSignIn, FormReceipt, Invitation, Membership, SignedInSession, User
from registry.accounts.throttle import ADDRESS_WINDOW, MEMORY
from registry.db.among import among
from registry.extensions import db
from registry.web.form_fields import is_printable


def get_user(user_id: uuid.UUID) -> User | None:
    return db.session.get(User, user_id)


def names_of(user_ids: Collection[uuid.UUID | None]) -> Mapping[uuid.UUID, str]:
    """Who these users are, whoever of them is known."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def clinics_of_staff(user_ids: Collection[uuid.UUID], *, since: date) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    """By user, the clinics in which they held a role on that day or later."""
    rows = db.session.execute(
        select(Membership.user_id, Membership.clinic_id).where(
            Membership.user_id.in_(user_ids), or_(Membership.ends_on.is_(None), Membership.ends_on >= since)
        )
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for row in rows:
        found[row.user_id].add(row.clinic_id)
    return {user_id: frozenset(clinic_ids) for user_id, clinic_ids in found.items()}


def get_user_by_email(email: str) -> User | None:
    return db.session.scalars(select(User).where(User.email == fold_email(email))).one_or_none()


def can_sign_in() -> ColumnElement[bool]:
    """As ``User.can_sign_in``, of many."""
    return and_(User.is_active, User.password_hash.is_not(None))


def fold_email(email: str) -> str:
    return email.strip().casefold()


def get_session_by_token(token_hash: str) -> SignedInSession | None:
    """The session of this token with its user, memberships, clinics and stopwatch, whatever its state."""
    return db.session.scalars(_session_by_token(), {"token_hash": token_hash}).unique().one_or_none()


@cache
def _session_by_token() -> Select[SignedInSession]:
    """Made once and in one statement: every request asks it."""
    return (
        select(SignedInSession)
        .where(SignedInSession.token_hash == bindparam("token_hash"))
        .options(
            joinedload(SignedInSession.user).joinedload(User.memberships).joinedload(Membership.clinic),
            joinedload(SignedInSession.user).joinedload(User.stopwatch),
        )
    )


def get_invitation_by_token(token_hash: str) -> Invitation | None:
    """The invitation of this token with its user, whatever its state."""
    return db.session.scalars(
        select(Invitation).where(Invitation.token_hash == token_hash).options(joinedload(Invitation.user))
    ).one_or_none()


def get_open_invitation(user_id: uuid.UUID) -> Invitation | None:
    """The link that would set this person's password, unless its time is over."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.user_id == user_id, Invitation.used_at.is_(None), Invitation.replaced_at.is_(None)
        )
    ).one_or_none()


def list_failures(account: str, *, now: datetime) -> Sequence[datetime]:
    """Failed attempts on an account since its last success, oldest first."""
    return db.session.scalars(
        select(FailedSignIn.at)
        .where(FailedSignIn.account == account, FailedSignIn.at > now - MEMORY)
        .order_by(FailedSignIn.at)
    ).all()


def count_failures_from(place: str, *, now: datetime) -> int:
    """Failures of the last quarter of an hour from a place, as ``throttle.place_of`` gives it."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(FailedSignIn)
            .where(FailedSignIn.address == place, FailedSignIn.at > now - ADDRESS_WINDOW)
        )
        or 0
    )


def list_users(clinic_ids: Collection[uuid.UUID]) -> Sequence[User]:
    """Users with a role in one of the clinics now, by name."""
    return db.session.scalars(_with_memberships().where(_holds_role_in(clinic_ids))).all()


def list_users_ever(clinic_ids: Collection[uuid.UUID]) -> Sequence[User]:
    """Users who have or had a role in one of the clinics, by name."""
    ever = select(Membership.user_id).where(Membership.clinic_id.in_(clinic_ids))
    return db.session.scalars(_with_memberships().where(User.id.in_(ever))).all()


def staff_names(
    clinic_ids: Collection[uuid.UUID], *, ever: bool = False, only: uuid.UUID | None = None
) -> Mapping[uuid.UUID, str]:
    """User → name, by name, of those with a role in one of the clinics now; or with one now or before.

    ``only``: of this one, where they are among them.
    """
    held = select(Membership.user_id).where(Membership.clinic_id.in_(clinic_ids))
    query = select(User.id, User.name).where(User.id.in_(held if ever else held.where(Membership.ends_on.is_(None))))
    if only is not None:
        query = query.where(User.id == only)
    return {row.id: row.name for row in db.session.execute(query.order_by(User.name))}


def list_staff(clinic_ids: Collection[uuid.UUID]) -> Sequence[User]:
    """Users whose account these clinics look after (see ``is_staff_of``), by name."""
    return db.session.scalars(_with_memberships().where(is_staff_of(clinic_ids))).all()


def get_staff(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> User | None:
    """The user, if these clinics look after the account."""
    return db.session.scalars(select(User).where(User.id == user_id, is_staff_of(clinic_ids))).one_or_none()


def is_staff_of(clinic_ids: Collection[uuid.UUID]) -> ColumnElement[bool]:
    """Holds a role in one of the clinics now; or holds none anywhere, and the last one held was there.

    A role that ended gives no say over somebody who works elsewhere now. Whoever never had a role is nobody's.
    """
    works_somewhere = select(Membership.user_id).where(Membership.ends_on.is_(None))
    last = aliased(Membership)
    last_day = select(func.max(last.ends_on)).where(last.user_id == Membership.user_id).scalar_subquery()
    left_last = select(Membership.user_id).where(Membership.clinic_id.in_(clinic_ids), Membership.ends_on == last_day)
    return or_(_holds_role_in(clinic_ids), and_(User.id.not_in(works_somewhere), User.id.in_(left_last)))


def _holds_role_in(clinic_ids: Collection[uuid.UUID]) -> ColumnElement[bool]:
    return User.id.in_(
        select(Membership.user_id).where(Membership.clinic_id.in_(clinic_ids), Membership.ends_on.is_(None))
    )


def _with_memberships() -> Select[User]:
    return select(User).options(selectinload(User.memberships).joinedload(Membership.clinic)).order_by(User.name)


def list_users_with_role(clinic_id: uuid.UUID, *roles: str) -> Sequence[User]:
    """Active users who hold one of ``roles`` in the clinic now, by name."""
    return db.session.scalars(_WITH_ROLE, {"clinic_id": clinic_id, "roles": roles}).all()


def list_users_to_answer(clinic_id: uuid.UUID, *roles: str) -> Sequence[User]:
    """Those of them to whom work can be given: who can sign in."""
    return [each for each in list_users_with_role(clinic_id, *roles) if each.can_sign_in]


_WITH_ROLE = (
    select(User)
    .where(
        User.is_active,
        User.id.in_(
            select(Membership.user_id).where(
                Membership.clinic_id == bindparam("clinic_id"),
                among(Membership.role, "roles"),
                Membership.ends_on.is_(None),
            )
        ),
    )
    .order_by(User.name, User.id)
)
_RECEIPT = select(FormReceipt.user_id, FormReceipt.digest, FormReceipt.location).where(
    FormReceipt.key == bindparam("key")
)


class Receipt(NamedTuple):
    """Who used a form key, the digest of what was sent with it, and where it led."""

    user_id: uuid.UUID
    digest: str
    location: str


def get_receipt(key: str) -> Receipt | None:
    """What is known of this form key; ``None`` for one that was never used, and for one no form of ours has."""
    if not is_printable(key):  # not even a question PostgreSQL takes
        return None
    row = db.session.execute(_RECEIPT, {"key": key}).one_or_none()
    return Receipt(*row) if row else None
