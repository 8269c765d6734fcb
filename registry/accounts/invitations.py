"""Invitations: a link that works once, for 72 hours, and lets somebody set a password that nobody else ever knew.

Where the registry sends e-mail the link goes to the person's address; else whoever makes it sees it once and hands it
over. The token is 256 random bits; a wrong one counts as a failed sign-in of its address, so trying tokens closes the
address as trying passwords does. Unknown, used, replaced, too old and of a closed account are one answer.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import date, timedelta

from sqlalchemy import update

from registry import clock
from registry.access.roles import Role
from registry.accounts import actions, queries, throttle
from registry.accounts.models import FailedSignIn, Invitation, User
from registry.accounts.sessions import token_digest
from registry.accounts.signals import account_opened
from registry.audit.recorder import record
from registry.db.transaction import end_read, write
from registry.extensions import db

LASTS = timedelta(hours=72)


class LinkNotValid(Exception):
    """One answer for every link that opens nothing."""


class HasPassword(ValueError):
    """The person has set a password: a link from somebody else would take the account over."""


def invite(
    *, name: str, email: str, clinic_id: uuid.UUID, role: Role, starts_on: date, by: User | None
) -> tuple[User, str]:
    """Make a user with a first role and without a password; returns the token of the link as well.

    Raises ``registry.accounts.actions.DuplicateEmail``.
    """
    with write():
        user = actions.add_user(name=name, email=email, password=None, by=by)
        actions.give_role(user, clinic_id=clinic_id, role=role, starts_on=starts_on, by=by)
        token = _new_link(user)
        record("user.invited", by=by, subject=user, clinic_id=clinic_id)
    return user, token


def renew(user: User, *, by: User | None) -> str:
    """A new link; the one before works no more. Only the operator (``by=None``) makes one for a lost password.

    Raises ``HasPassword``.
    """
    user_id = user.id
    with write():
        user = db.session.get_one(User, user_id, with_for_update=True)
        if by is not None and not user.awaits_password:
            raise HasPassword
        token = _new_link(user)
        record("user.invitation-renewed", by=by, subject=user)
    return token


def _new_link(user: User) -> str:
    now, token = clock.now(), secrets.token_urlsafe(32)
    actions.end_invitation(user.id)
    db.session.add(Invitation(token_hash=token_digest(token), user_id=user.id, made_at=now, ends_at=now + LASTS))
    return token


def note_mailed(token: str, *, by: User) -> None:
    """The mail server has taken the e-mail with this link."""
    with write():
        invitation = queries.get_invitation_by_token(token_digest(token))
        if invitation is not None:
            invitation.mailed_at = clock.now()
            record("user.invitation-mailed", by=by, subject=invitation.user)


def open_link(token: str, *, address: str) -> User:
    """Whose password the link may set. ``address`` is where the request came from. Raises ``LinkNotValid``."""
    now = clock.now()
    if throttle.is_address_closed(queries.count_failures_from(throttle.place_of(address), now=now)):
        raise LinkNotValid
    invitation = queries.get_invitation_by_token(token_digest(token))
    if invitation is None:
        _note_guess(token, address=address)
        raise LinkNotValid
    is_open = invitation.used_at is None and invitation.replaced_at is None and now < invitation.ends_at
    if not is_open or not invitation.user.is_active:
        raise LinkNotValid
    return invitation.user


def _note_guess(token: str, *, address: str) -> None:
    end_read()
    with write():
        db.session.add(FailedSignIn(account=token_digest(token), address=throttle.place_of(address), at=clock.now()))
        record("user.invitation-refused", by=None, kind="sign-in", outcome="refused")


def take_up(token: str, *, new_password: str, address: str) -> None:
    """Set the person's own password and use the link up. Raises ``LinkNotValid``, ``actions.WeakPassword``."""
    user = open_link(token, address=address)
    hashed = actions.hash_acceptable(new_password, email=user.email, name=user.name)
    user_id = user.id
    with write():
        # One statement decides: of two requests with the same link, the second finds it used.
        used = db.session.execute(
            update(Invitation)
            .where(
                Invitation.token_hash == token_digest(token),
                Invitation.used_at.is_(None),
                Invitation.replaced_at.is_(None),
            )
            .values(used_at=clock.now())
            .returning(Invitation.id)
        ).all()
        if not used:
            raise LinkNotValid
        user = db.session.get_one(User, user_id, with_for_update=True)
        user.password_hash, user.must_change_password = hashed, False
        actions.end_sessions(user.id)
        record("user.invitation-taken-up", by=user, subject=user, kind="sign-in")
    account_opened.send(user_id=user_id)
