"""Users, memberships, invitations, signed-in sessions, and failed attempts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.access.roles import ROLE_NAMES, Role
from registry.clinics.models import Clinic
from registry.db.base import Audited, Base, Identified, Versioned, one_of


class User(Identified, Versioned, Audited, Base):
    """Somebody who signs in. Never deleted; not deactivated while open work has no new owner."""

    __tablename__ = "app_user"
    __table_args__ = (sa.UniqueConstraint("email", name="uq_app_user_email"),)

    name: Mapped[str]
    email: Mapped[str]
    """Folded to lower case."""
    password_hash: Mapped[str | None]
    """argon2id. Empty until the invitation is taken up."""
    is_active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    memberships: Mapped[list[Membership]] = relationship(back_populates="user", order_by="Membership.starts_on")
    stopwatch: Mapped[Stopwatch | None] = relationship()

    def roles_by_clinic(self) -> Mapping[uuid.UUID, frozenset[Role]]:
        """Clinic → the roles held there now."""
        held: dict[uuid.UUID, set[Role]] = {}
        for membership in self.memberships:
            if membership.ends_on is None:
                held.setdefault(membership.clinic_id, set()).add(Role(membership.role))
        return {clinic_id: frozenset(roles) for clinic_id, roles in held.items()}

    @property
    def awaits_password(self) -> bool:
        """Invited, and has not set a password yet: nobody can sign in as this person."""
        return self.password_hash is None

    @property
    def can_sign_in(self) -> bool:
        """The account is open and has a password: whoever awaits one answers for nothing yet."""
        return self.is_active and not self.awaits_password

    # What flask-login asks of a user:
    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_anonymous(self) -> bool:
        return False

    def get_id(self) -> str:
        return str(self.id)


class Membership(Identified, Audited, Base):
    """A role of a user in a clinic, from a date on, perhaps until one."""

    __tablename__ = "membership"
    __table_args__ = (
        one_of("role", ROLE_NAMES),
        sa.Index(
            "uq_membership_open",
            "user_id",
            "clinic_id",
            "role",
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"), index=True)
    clinic_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clinic.id", ondelete="RESTRICT"), index=True)
    role: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="memberships")
    clinic: Mapped[Clinic] = relationship()


class Stopwatch(Base):
    """Since when somebody is timing what they do. One a person; with whom is no business of an account."""

    __tablename__ = "stopwatch"
    __table_args__ = (sa.CheckConstraint("stopped_at IS NULL OR stopped_at >= started_at", name="in_order"),)

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"), primary_key=True)
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class SignedInSession(Identified, Base):
    """One browser signed in. The cookie holds a random token; here lies only its SHA-256."""

    __tablename__ = "signed_in_session"

    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """The absolute end, whatever happens in between."""
    ended_at: Mapped[datetime | None]
    device: Mapped[str]

    user: Mapped[User] = relationship()


class Invitation(Identified, Base):
    """A one-time link with which somebody sets their own password. The link holds a random token; here lies only its
    SHA-256. One link a person is open at a time."""

    __tablename__ = "invitation"
    __table_args__ = (
        sa.Index(
            "uq_invitation_open",
            "user_id",
            unique=True,
            sqlite_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
        ),
    )

    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]
    """When the mail server took it; empty where whoever made it was to hand it over, or it could not be sent."""
    used_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    """When it ended unused: a newer link took its place, or the person was given another role."""

    user: Mapped[User] = relationship()


class FailedSignIn(Identified, Base):
    """A failed attempt, at a password or at an invitation, counted by account and by address to slow guessing down."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        sa.Index("ix_failed_sign_in_account", "account", "at"),
        sa.Index("ix_failed_sign_in_address", "address", "at"),
    )

    account: Mapped[str]
    """SHA-256 of the e-mail or token sent: an unknown one is counted like a known one, and none is readable."""
    address: Mapped[str]
    at: Mapped[datetime]


class FormReceipt(Base):
    """An idempotency key that was used, for what, and where its form led: a second click lands in the same place."""

    __tablename__ = "form_receipt"

    key: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("app_user.id", ondelete="RESTRICT"))
    used_at: Mapped[datetime]
    digest: Mapped[str]
    """SHA-256, in hex, of the address and the fields that were sent: other content is no second click."""
    location: Mapped[str]
