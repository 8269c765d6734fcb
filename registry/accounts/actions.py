"""Signing in and out, passwords, users and their roles."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from registry import clock
from registry.access.roles import Role
from registry.accounts import passwords, queries, sessions, throttle
from registry.accounts.models import FailedSignIn, Invitation, Membership, SignedInSession, User
from registry.audit.recorder import record
from registry.db.transaction import write
from registry.extensions import db


class SignInRefused(Exception):
    """One answer for every failure: wrong password, no such account, closed, too many tries."""


class WeakPassword(ValueError):
    """The message says what to change."""


class DuplicateEmail(ValueError):
    """Somebody with this e-mail address exists."""


def sign_in(*, email: str, password: str, address: str) -> tuple[User, str]:
    """Return the user and the token of a new session. Raises ``SignInRefused``; every try is recorded."""
    now = clock.now()
    account, place = _account_key(email), throttle.place_of(address)
    is_closed = _is_closed(account, place, now)
    user = queries.get_user_by_email(email)
    # The hash is computed whatever the answer will be, outside the write lock.
    known_hash = user.password_hash if user else None
    is_right = passwords.is_right(password, known_hash)
    if user is None or not is_right or is_closed or not user.is_active:
        _refuse(account=account, place=place, user=user, now=now, counts=not is_closed)
        raise SignInRefused
    new_hash = passwords.hash_password(password) if passwords.needs_rehash(known_hash or "") else None
    user_id = user.id
    with write():
        user = db.session.get_one(User, user_id, with_for_update=True)
        # Closed, or given another password, while the hash was worked out: that ended every session, this one too.
        # Guessed at too often meanwhile: many guesses at once are no more than one after another.
        if user.is_active and user.password_hash == known_hash and not _is_closed(account, place, now):
            if new_hash:
                user.password_hash = new_hash
            db.session.execute(delete(FailedSignIn).where(FailedSignIn.account == account))
            token = sessions.start(user, now=now)
            record("user.signed-in", by=user, subject=user, kind="sign-in")
            return user, token
    _refuse(account=account, place=place, user=user, now=now, counts=True)
    raise SignInRefused


def _is_closed(account: str, place: str, now: datetime) -> bool:
    failures = queries.list_failures(account, now=now)
    return throttle.is_account_closed(failures, now) or throttle.is_address_closed(
        queries.count_failures_from(place, now=now)
    )


def _refuse(*, account: str, place: str, user: User | None, now: datetime, counts: bool) -> None:
    user_id = user.id if user else None
    with write():
        if counts:
            db.session.add(FailedSignIn(account=account, address=place, at=now))
        subject = db.session.get(User, user_id) if user_id else None
        record("user.sign-in-refused", by=None, subject=subject, kind="sign-in", outcome="refused")


def _account_key(email: str) -> str:
    return hashlib.sha256(queries.fold_email(email).encode()).hexdigest()


def sign_out(session: SignedInSession, *, by: User) -> None:
    with write():
        end_sessions(by.id, only=session.id)
        record("user.signed-out", by=by, kind="sign-in")


def sign_out_everywhere(user: User, *, by: User | None) -> None:
    """End every session of ``user`` at once."""
    with write():
        end_sessions(user.id)
        record("user.signed-out-everywhere", by=by, subject=user, kind="sign-in")


def end_sessions(user_id: uuid.UUID, *, only: uuid.UUID | None = None) -> None:
    """Inside ``write()``, beside the event that says why."""
    statement = update(SignedInSession).where(SignedInSession.user_id == user_id, SignedInSession.ended_at.is_(None))
    if only is not None:
        statement = statement.where(SignedInSession.id == only)
    db.session.execute(statement.values(ended_at=clock.now()))


def change_password(user: User, *, new_password: str, by: User | None) -> None:
    """Set a password and end every other session. Raises ``WeakPassword``."""
    hashed = hash_acceptable(new_password, email=user.email, name=user.name)
    user_id = user.id
    with write():
        user = db.session.get_one(User, user_id, with_for_update=True)
        user.password_hash = hashed
        user.must_change_password = by is None or by.id != user.id
        end_sessions(user.id)
        record("user.password-changed", by=by, subject=user)


def add_user(
    *, name: str, email: str, password: str | None, by: User | None, must_change_password: bool = True
) -> User:
    """Make a user without roles; ``password=None`` is for somebody who sets their own by invitation.

    Raises ``DuplicateEmail``, also when somebody else is adding the address at this moment; ``WeakPassword``.
    """
    hashed = None if password is None else hash_acceptable(password, email=email, name=name)
    with write():
        if queries.get_user_by_email(email) is not None:
            raise DuplicateEmail(email)
        user = User(
            name=name,
            email=queries.fold_email(email),
            password_hash=hashed,
            must_change_password=must_change_password and hashed is not None,
            created_at=clock.now(),
        )
        db.session.add(user)
        try:
            db.session.flush()
        except IntegrityError as error:
            raise DuplicateEmail(email) from error
        record("user.added", by=by, subject=user, kind="create")
    return user


def hash_acceptable(password: str, *, email: str, name: str) -> str:
    """The slow half of setting a password, done before the write lock is taken. Raises ``WeakPassword``."""
    problem = passwords.why_unacceptable(password, email=email, name=name)
    if problem:
        raise WeakPassword(problem)
    return passwords.hash_password(password)


def give_role(user: User, *, clinic_id: uuid.UUID, role: Role, starts_on: date, by: User | None) -> None:
    """Give a role in a clinic; giving it twice changes nothing.

    Whoever invited the person could give the roles of that day: the link they handed over does not open this one.
    """
    with write():
        held = db.session.scalars(
            select(Membership).where(
                Membership.user_id == user.id,
                Membership.clinic_id == clinic_id,
                Membership.role == role.value,
                Membership.ends_on.is_(None),
            )
        ).one_or_none()
        if held is None:
            db.session.add(Membership(user_id=user.id, clinic_id=clinic_id, role=role.value, starts_on=starts_on))
            record("user.role-given", by=by, subject=user, clinic_id=clinic_id, reason=role.value)
            if user.awaits_password and end_invitation(user.id):
                record("user.invitation-ended", by=by, subject=user, reason="a role was given since")


def end_invitation(user_id: uuid.UUID) -> bool:
    """Inside ``write()``, beside the event that says why: the link handed over opens nothing. Whether one was open."""
    ended = (
        update(Invitation)
        .where(Invitation.user_id == user_id, Invitation.used_at.is_(None), Invitation.replaced_at.is_(None))
        .values(replaced_at=clock.now())
        .returning(Invitation.id)
    )
    return bool(db.session.execute(ended).all())


def end_role(membership: Membership, *, ends_on: date, by: User | None) -> None:
    with write():
        membership.ends_on = ends_on
        record("user.role-ended", by=by, subject=membership, clinic_id=membership.clinic_id, reason=membership.role)


def deactivate(user: User, *, by: User | None) -> None:
    """Close the account and every session. Whoever calls this has seen that no work is left without an owner."""
    user_id = user.id
    with write():
        user = db.session.get_one(User, user_id, with_for_update=True)
        user.is_active = False
        end_sessions(user.id)
        record("user.deactivated", by=by, subject=user)


def reactivate(user: User, *, by: User | None) -> None:
    """Open the account again, with a password to be set anew."""
    user_id = user.id
    with write():
        user = db.session.get_one(User, user_id, with_for_update=True)
        user.is_active, user.must_change_password = True, True
        record("user.reactivated", by=by, subject=user)
