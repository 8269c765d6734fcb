"""Whom an urgent alert asks for, who is signed in, and how sending goes."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from registry.accounts.models import Membership, SignedInSession, User
from registry.accounts.queries import can_sign_in
from registry.alerts.hours.clinic_times import hours_of
from registry.alerts.hours.duty import on_call, on_duty
from registry.alerts.hours.opening_hours import next_open
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.owners import lead_of
from registry.alerts.rulebook import Tier, told_besides
from registry.clinics.models import Clinic
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db
from registry.messages.models import Message
from registry.messages.rules import is_asking

_PART = {"psychiatrist": "consultant", "prescriber": "prescriber"}
"""Who is told besides → their part in the care team."""


def first_asked(alert: Alert, *, at: datetime) -> Mapping[uuid.UUID, datetime]:
    """Who hears of an urgent alert, and from when: its owner, who is told besides, whoever answers for the clinic.

    Where the clinic is closed and nobody on call, that is whoever is on duty when it opens, and they hear then. The
    lead as well where nobody of them can sign in.
    """
    clinic = db.session.get_one(Clinic, alert.clinic_id)
    call, opens = on_call(clinic, at), next_open(at, hours_of(clinic), clinic.zone)
    answers = {call: at} if call is not None else {on_duty(clinic.id, clinic.today(opens)): opens}
    concerned = answers | dict.fromkeys((alert.owner_id, *_told_besides(alert)), at)
    asked = _known(concerned)
    return asked if _one_can_sign_in(asked) else asked | _known({lead_of(clinic.id): at})


def is_still_asked(message: Message, alert: Alert) -> bool:
    """Whether it is for its reader to know: nobody has acknowledged the alert, and it was not given to another since.

    Whoever was told by name was told whatever others do, until they have acknowledged it themselves.
    """
    if alert.closed_at is None and alert.tier == Tier.URGENT and _was_told_by_name(alert, message.user_id):
        return alert.acknowledged_by_id != message.user_id
    is_asking_now = is_asking(tier=alert.tier, state=alert.state)
    return is_asking_now and message.user_id in first_asked(alert, at=message.queued_at)


def _was_told_by_name(alert: Alert, user_id: uuid.UUID) -> bool:
    step = select(AlertEvent.id).where(
        AlertEvent.alert_id == alert.id,
        AlertEvent.kind == "told",
        AlertEvent.details["told"].as_string() == str(user_id),
    )
    return db.session.scalar(step.limit(1)) is not None


def _one_can_sign_in(user_ids: Collection[uuid.UUID]) -> bool:
    return bool(db.session.scalar(select(exists().where(User.id.in_(user_ids), can_sign_in()))))


def _known(asked: Mapping[uuid.UUID | None, datetime]) -> dict[uuid.UUID, datetime]:
    return {user_id: at for user_id, at in asked.items() if user_id is not None}


def _told_besides(alert: Alert) -> Collection[uuid.UUID | None]:
    parts = told_besides(alert.evidence) if alert.is_safety else ()
    if not parts:
        return ()
    return db.session.scalars(
        select(TeamMember.user_id)
        .join(Episode, Episode.id == TeamMember.episode_id)
        .where(
            TeamMember.patient_id == alert.patient_id,
            TeamMember.role.in_([_PART[part] for part in parts]),
            TeamMember.ends_on.is_(None),
            Episode.ended_on.is_(None),
        )
    ).all()


def is_signed_in(user_id: uuid.UUID, *, at: datetime, idle: timedelta) -> bool:
    """Whether somebody has the registry open, so that they see it there."""
    return bool(
        db.session.scalar(
            select(SignedInSession.id)
            .where(
                SignedInSession.user_id == user_id,
                SignedInSession.ended_at.is_(None),
                SignedInSession.ends_at > at,
                SignedInSession.seen_at > at - idle,
            )
            .limit(1)
        )
    )


def count_failures(
    *, since: datetime, clinic_ids: Collection[uuid.UUID] | None = None
) -> Mapping[tuple[str, str], int]:
    """Kind of message and of failure → messages given up since then; of people who have or had a role in these
    clinics."""
    kinds = (Message.kind, Message.fault)
    query = select(*kinds, func.count()).where(Message.state == "failed", Message.settled_at >= since)
    if clinic_ids is not None:
        members = select(Membership.user_id).where(Membership.clinic_id.in_(clinic_ids))
        query = query.where(Message.user_id.in_(members))
    rows = db.session.execute(query.group_by(*kinds)).all()
    return {(kind, str(fault)): number for kind, fault, number in rows}


def list_failures(clinic_ids: Collection[uuid.UUID], *, since: datetime, limit: int) -> Sequence[Message]:
    """The newest messages given up since then, of people who have or had a role in these clinics, with whom."""
    members = select(Membership.user_id).where(Membership.clinic_id.in_(clinic_ids))
    return db.session.scalars(
        select(Message)
        .where(Message.state == "failed", Message.settled_at >= since, Message.user_id.in_(members))
        .options(joinedload(Message.user))
        .order_by(Message.settled_at.desc(), Message.id)
        .limit(limit)
    ).all()


def count_queued() -> int:
    """Messages that wait to be sent, late or not."""
    return db.session.scalar(select(func.count()).where(Message.state == "queued")) or 0


def last_sent_at() -> datetime | None:
    """When an e-mail was last taken by the mail server."""
    return db.session.scalar(select(func.max(Message.settled_at)).where(Message.state == "sent"))


def count_late(*, at: datetime, grace: timedelta) -> int:
    """Messages that should have been taken up long ago."""
    query = select(func.count()).where(Message.state == "queued", Message.next_try_at < at - grace)
    return db.session.scalar(query) or 0
