"""Queueing what is to be told, in the transaction that caused it; and sending it, outside any.

A message is taken up by moving ``next_try_at`` ahead and committing that, so that two workers never send the same.
Killed between the server's yes and our note of it, a worker leaves a message that goes out once more: better twice
than never.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from config import MailServer, Settings
from registry import clock
from registry.access import scope
from registry.access.reviewed_sql import insert_rows
from registry.accounts.models import User
from registry.alerts.log import step_of
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.queries import last_told
from registry.alerts.rulebook import Tier
from registry.audit.recorder import record
from registry.db.transaction import end_read, write
from registry.extensions import db
from registry.messages.models import Message
from registry.messages.open_work import OpenWork, open_work_of
from registry.messages.queries import first_asked, is_signed_in, is_still_asked
from registry.messages.rules import FAULTS, LEASE, LOOK_AGAIN, OF_THE_SERVER, is_asking, next_pause
from registry.messages.sending import NotSent, send
from registry.messages.wording import digest_mail, urgent_mail
from registry.patients.queries import lock_patient
from registry.web.request_log import log

MOST_AT_ONCE = 20
"""E-mails of one round: other jobs wait for it. The next minute goes on."""


@dataclass(slots=True)
class Round:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0
    """E-mails that were not taken, whether or not they are tried again."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was taken up of one person's messages; ``message_ids`` is empty where nothing is to be sent now."""

    user: User
    address: str
    has_account: bool
    """Somebody can sign in with it: an e-mail that asks for it would lead nowhere else."""
    message_ids: Sequence[uuid.UUID]
    alerts: int
    """How many ask for them; none where it is the count of a Monday."""


def queue_urgent(_sender: object, *, alert: Alert, at: datetime, to: Collection[uuid.UUID] | None) -> None:
    """Receiver of ``asks_somebody``: everybody concerned, or those named, are told unless they see it themselves."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.mail is None or alert.tier != Tier.URGENT:
        return
    with db.session.no_autoflush:
        people = first_asked(alert, at=at) if to is None else dict.fromkeys(to, at)
    _queue(alert, people, at)


def _queue(alert: Alert, people: Mapping[uuid.UUID, datetime], at: datetime) -> None:
    """Each of these is told once that the alert asked for them ``at`` that instant, from their own on."""
    occasions = {f"{alert.id} {at.isoformat()} {user_id}": user_id for user_id in people}
    with db.session.no_autoflush:
        queued = set(db.session.scalars(select(Message.occasion).where(Message.occasion.in_(occasions))))
    queued |= {row.occasion for row in db.session.new if isinstance(row, Message)}
    db.session.add_all(
        Message(occasion=occasion, alert=alert, user_id=user_id, queued_at=at, next_try_at=people[user_id])
        for occasion, user_id in sorted(occasions.items())
        if occasion not in queued
    )


def send_due(*, now: datetime | None = None) -> Round:
    """Send what is due, one e-mail a person. A server that fails is not asked again in this round: it would hold up
    other jobs, and nobody else's e-mail would fare better."""
    settings: Settings = current_app.config["SETTINGS"]
    done = Round()
    if settings.mail is None:
        return done
    now = now or clock.now()
    idle = timedelta(minutes=settings.idle_minutes)
    of_server: NotSent | None = None
    with scope.all_patients(reason="people are told by e-mail"):
        while done.sent + done.failed < MOST_AT_ONCE and (taken := _take_up(now, idle)) is not None:
            if not taken.message_ids:
                continue
            work = None if taken.alerts else _open_work(taken.user, now)
            if work is not None and not work.is_any:
                _settle(taken.message_ids, "not-needed", now)
                continue
            problem = of_server or _handed_over(taken, work, settings.mail, now)
            if problem is None:
                _note_sent(taken.message_ids, now)
                done.sent += 1
                continue
            done.failed += 1
            log.warning("mail.not-sent", job="messages.send", error=problem.fault)
            for message_id in taken.message_ids:
                _note_failure(message_id, problem, now)
            if problem.fault in OF_THE_SERVER:
                of_server = problem
    return done


def _take_up(now: datetime, idle: timedelta) -> _Taken | None:
    """The messages of one kind of whoever has waited longest, ours until ``LEASE`` is over; None where nothing is due.

    Whatever is urgent goes first.
    """
    is_due = (Message.state == "queued", Message.next_try_at <= now)
    with write():
        first = db.session.scalar(
            select(Message)
            .where(*is_due)
            .order_by(Message.kind != "urgent", Message.next_try_at, Message.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if first is None:
            return None
        user = db.session.get_one(User, first.user_id)
        is_theirs = (Message.user_id == user.id, Message.kind == first.kind)
        of_person = select(Message).where(*is_due, *is_theirs).order_by(Message.id)
        rows = db.session.scalars(of_person.with_for_update(skip_locked=True)).all()
        needed = [row for row in rows if _is_needed(row, user)]
        for row in rows:
            if row not in needed:
                row.state, row.settled_at = "not-needed", now
                _ask_in_their_place(row)
        is_here = bool(needed) and is_signed_in(user.id, at=now, idle=idle)
        for row in needed:
            row.next_try_at = now + (LOOK_AGAIN if is_here else LEASE)
            row.tries += not is_here
        sendable = () if is_here else needed
        alerts = {row.alert_id for row in sendable} - {None}
        has_account = user.is_active and not user.awaits_password
        return _Taken(user, user.email, has_account, [row.id for row in sendable], len(alerts))


def _is_needed(message: Message, user: User) -> bool:
    """Somebody may have acknowledged it meanwhile, or been given it; of a Monday, the account was closed."""
    if message.alert_id is None:
        return user.is_active and not user.awaits_password
    alert = db.session.get_one(Alert, message.alert_id, populate_existing=True)
    return is_still_asked(message, alert)


def _ask_in_their_place(message: Message) -> None:
    """Whoever covers now what the reader covered when the e-mail was queued hears, unless told since it was news."""
    alert = message.alert
    if alert is None or not is_asking(tier=alert.tier, state=alert.state):
        return
    since = last_told([alert.id]).get(alert.id, message.queued_at)
    told = select(Message.user_id).where(Message.alert_id == alert.id, Message.queued_at >= since)
    known, asked = set(db.session.scalars(told)), first_asked(alert, at=message.queued_at)
    _queue(alert, {user_id: at for user_id, at in asked.items() if user_id not in known}, message.queued_at)


def _open_work(user: User, now: datetime) -> OpenWork:
    work = open_work_of(user, at=now)
    end_read()  # the mail server is spoken to next
    return work


def _handed_over(taken: _Taken, work: OpenWork | None, server: MailServer, now: datetime) -> NotSent | None:
    """Why the e-mail was not sent; None where it was. ``work`` is what a Monday's count found."""
    if not taken.has_account:
        return NotSent("no-account", is_final=True)
    key = taken.message_ids[0]
    try:
        if work is None:
            mail = urgent_mail(server, to=taken.address, alerts=taken.alerts, key=key, at=now)
        else:
            mail = digest_mail(server, to=taken.address, work=work, key=key, at=now)
        send(mail, server=server)
    except NotSent as problem:
        return problem
    except ValueError:
        return NotSent("address-refused", is_final=True)
    return None


def _settle(message_ids: Sequence[uuid.UUID], state: str, now: datetime) -> None:
    with write():
        for row in db.session.scalars(select(Message).where(Message.id.in_(message_ids))):
            row.state, row.settled_at = state, now


def _note_sent(message_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Of an alert it is a step: from the record alone it can be shown later who was told, and when."""
    with write():
        _settle(message_ids, "sent", now)
        alerts = select(Alert.patient_id).join(Message, Message.alert_id == Alert.id)
        for patient_id in sorted(set(db.session.scalars(alerts.where(Message.id.in_(message_ids))))):
            lock_patient(patient_id)
        told = select(Message.user_id, Alert).join(Alert, Alert.id == Message.alert_id)
        rows = db.session.execute(
            told.where(Message.id.in_(message_ids)).order_by(Message.id).execution_options(populate_existing=True)
        ).all()
        for _, alert in rows:
            record("alert.mailed", by=None, subject=alert)
        steps = [step_of(alert, "mailed", now, details={"told": str(user_id)}) for user_id, alert in rows]
        insert_rows(scope.current(), AlertEvent, steps)


def _note_failure(message_id: uuid.UUID, problem: NotSent, now: datetime) -> None:
    """Try again later; given up, it is a step of the alert, if it is about one: others see that this person does not
    know."""
    with write():
        message = db.session.get_one(Message, message_id)
        if message.alert is not None:
            lock_patient(message.alert.patient_id)
        message.fault = problem.fault
        pause = next_pause(message.tries, is_final=problem.is_final)
        if pause is not None:
            message.next_try_at = now + pause
            return
        message.state, message.settled_at = "failed", now
        if message.alert_id is None:
            return
        alert = db.session.get_one(Alert, message.alert_id, with_for_update=True, populate_existing=True)
        words = FAULTS[problem.fault]
        step = step_of(alert, "untold", now, words=words[0].upper() + words[1:], details={"told": str(message.user_id)})
        db.session.add(AlertEvent(**step))
        record("alert.untold", by=None, subject=alert, reason=words)
