"""What people do about an alert. Each act is one transaction with its step in the alert's history and its event.

Acknowledging is not doing: an urgent alert keeps its clock until a person closes it with an outcome and words.
``opened_version`` is the version of the alert its page showed; ``None`` where no page was.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from registry import clock
from registry.access.policy import can
from registry.access.roles import Role
from registry.accounts.models import User
from registry.alerts.attempts import STILL_AHEAD, ImpossibleAttempt, WelfareCheck, tried_in_a_row
from registry.alerts.clinic_numbers import NumbersInForce, numbers_at
from registry.alerts.escalation import ask_another
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.hours.duty import on_call
from registry.alerts.hours.response_times import start_of
from registry.alerts.lifecycle import give
from registry.alerts.log import step_of
from registry.alerts.look_times import last_look
from registry.alerts.models import NOT_REACHED, OUTCOMES, WELFARE_CHECK, Alert, AlertEvent
from registry.alerts.queries import is_put_off_unheard
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.rest import put_off_at_most, put_off_until
from registry.alerts.rulebook import Tier, is_immediate, rule
from registry.alerts.signals import asks_somebody
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.conflict import refuse_stale
from registry.db.transaction import write
from registry.extensions import db
from registry.web.filters import long_date


class AlertIsClosed(ValueError):
    """Somebody closed it, or it closed by itself: there is nothing left to do."""


class CannotWait(ValueError):
    """An urgent alert is not put off, nor a place in the review queue, nor what only its rule's own end closes; nor,
    a second time, what the lead would hear of and nobody has acknowledged; nor past the day on which the lead is told.
    """


class EndsWithReview(ValueError):
    """A place in the review queue is not closed: a recorded review ends it."""


class EndsOtherwise(ValueError):
    """A reason of which its rule says what alone ends it (``Rule.ends_with``): a contact after a discharge."""


class ImpossibleSnooze(ValueError):
    """A snooze without a reason, or until a day it cannot last to; the message says which."""


class UnfitOwner(ValueError):
    """Somebody whose account is closed, or whose role at this clinic does not answer alerts."""


class UnfitToTell(ValueError):
    """Somebody who is no psychiatrist of this clinic, or whose account is closed."""


class NotUrgent(ValueError):
    """What is not urgent waits for the review: a question puts the person into its queue."""


class WordsMissing(ValueError):
    """An act nobody could follow later: it does not say what was done, or how it ended."""


def acknowledge(*, alert: Alert, by: User, opened_version: int | None = None) -> Alert:
    """Say that one is on it, and so answer for it. Raises ``AlertIsClosed``, ``EditConflict``."""
    with write():
        row = open_row(alert, opened_version)
        _acknowledge(row, by)
        _step(row, "acknowledged", by=by)
        record("alert.acknowledged", by=by, subject=row)
        reconcile_patient(row.patient_id)
    return row


def assign(*, alert: Alert, to: User, by: User, why: str = "", opened_version: int | None = None) -> Alert:
    """Give the alert to somebody who may answer it at its clinic; an urgent one waits for their acknowledgement,
    no longer than if it were news now.

    Raises ``UnfitOwner``, ``AlertIsClosed``, ``EditConflict``.
    """
    with write():
        row = open_row(alert, opened_version)
        if not to.can_sign_in or not can(to, "alert.acknowledge", clinic_id=row.clinic_id):
            raise UnfitOwner("Choose somebody who works at this clinic and answers alerts")
        give(row, to.id, clinic=_clinic_of(row), now=clock.now(), numbers=NumbersInForce())
        _step(row, "assigned", by=by, words=why, owner=str(to.id))
        record("alert.assigned", by=by, subject=row, reason=why or None)
        asks_somebody.send(alert=row, at=clock.now(), to=[to.id])
        reconcile_patient(row.patient_id)
    return row


def snooze(*, alert: Alert, until: date, reason: str, by: User, opened_version: int | None = None) -> Alert:
    """Put the alert off until a local day; it comes back sooner when it becomes more pressing.

    Raises ``CannotWait``, ``ImpossibleSnooze``, ``AlertIsClosed``, ``EditConflict``.
    """
    with write():
        row = open_row(alert, opened_version)
        clinic = _clinic_of(row)
        _refuse_snooze(row, clinic, until=until, reason=reason)
        row.snoozed_until, row.snooze_reason, row.told_evidence = until, reason, None
        row.look_at = start_of(until, clinic.zone)
        _step(row, "snoozed", by=by, words=reason, until=until.isoformat())
        record("alert.snoozed", by=by, subject=row, reason=reason)
        reconcile_patient(row.patient_id)
    return row


def act(
    *,
    alert: Alert,
    words: str,
    by: User,
    outcome: str | None = None,
    try_again_by: datetime | None = None,
    check: WelfareCheck | None = None,
    opened_version: int | None = None,
) -> Alert:
    """Note what was done. The alert stays open; whoever acts on an urgent one has acknowledged it.

    With the outcome ``not-reached`` the next attempt is timed, and an urgent alert passes on when it is missed; at once
    where nobody should go on trying alone (``ResponseTimes.why_not_alone``). With a ``check``, something is to be known
    of it within an hour, and no later than an outcome is due.
    Raises ``WordsMissing``, ``ImpossibleAttempt``, ``ImpossibleCheck``, ``AlertIsClosed``, ``EditConflict``.
    """
    if not words.strip():
        raise WordsMissing("Say what was done")
    with write():
        row = open_row(alert, opened_version)
        now = clock.now()
        if row.state != "acknowledged":
            _acknowledge(row, by)
        alone = ""
        details: dict[str, Any] = {}
        if outcome == NOT_REACHED:
            again = _next_attempt(try_again_by, now, row)
            details = {"outcome": NOT_REACHED, "try_again_by": again.isoformat()}
            alone = _await_attempt(row, again, now)
        elif check is not None:
            check.refuse_impossible(now)
            details = {"outcome": WELFARE_CHECK, "asked_of": check.asked_of, "asked_at": check.asked_at.isoformat()}
            details["look_by"] = _await_check(row, now).isoformat()
        _step(row, "acted", by=by, words=words, **details)
        record("alert.acted", by=by, subject=row)
        if alone:
            ask_another(row, alone, now=now)
        reconcile_patient(row.patient_id)
    return row


def close(*, alert: Alert, outcome: str, words: str, by: User, opened_version: int | None = None) -> Alert:
    """End the alert with how it went, in a code and in words. One at a time, by a person.

    A reason that still stands is not told again for as long as it could have been put off, unless it gets worse.
    What is also the psychiatrist's keeps its place in the review queue (``registry.alerts.rest``).
    Raises ``WordsMissing``, ``EndsWithReview``, ``EndsOtherwise``, ``AlertIsClosed``, ``EditConflict``; ``KeyError``
    for an outcome nobody defined.
    """
    if outcome not in OUTCOMES:
        raise KeyError(outcome)
    if not words.strip():
        raise WordsMissing("Say how it ended")
    with write():
        row = open_row(alert, opened_version)
        if row.tier == Tier.QUEUE:
            raise EndsWithReview("Record a review: only that ends a place in the review queue")
        if ends_with := rule(row.rule).ends_with:
            raise EndsOtherwise(f"Nobody closes this by hand. What ends it: {ends_with}")
        row.state, row.closed_at, row.closed_by_id = "closed", clock.now(), by.id
        row.outcome, row.closing_words = outcome, words
        row.look_at, row.snoozed_until, row.snooze_reason = None, None, ""
        _step(row, "closed", by=by, words=words, outcome=outcome)
        record("alert.closed", by=by, subject=row, reason=outcome)
        reconcile_patient(row.patient_id)
    return row


def tell(*, alert: Alert, to: User, by: User, words: str = "", opened_version: int | None = None) -> Alert:
    """Tell a psychiatrist of the clinic of an urgent alert: it stands on their day too, and stays with whoever has it.

    Raises ``UnfitToTell``, ``NotUrgent``, ``AlertIsClosed``, ``EditConflict``.
    """
    with write():
        row = open_row(alert, opened_version)
        if row.tier != Tier.URGENT:
            raise NotUrgent("Only an urgent alert is told: ask the psychiatrist a question instead")
        if not to.can_sign_in or Role.PSYCHIATRIST not in to.roles_by_clinic().get(row.clinic_id, frozenset()):
            raise UnfitToTell("Choose a psychiatrist of this clinic")
        _step(row, "told", by=by, words=words, told=str(to.id))
        record("alert.told", by=by, subject=row, reason=words or None)
        asks_somebody.send(alert=row, at=clock.now(), to=[to.id])
    return row


def list_owned(user_id: uuid.UUID, *, clinic_id: uuid.UUID | None = None) -> Sequence[Alert]:
    """Open alerts this person answers, at one clinic or at all: nobody is deactivated while there are any."""
    query = select(Alert).where(Alert.owner_id == user_id, Alert.closed_at.is_(None)).order_by(Alert.opened_at)
    if clinic_id is not None:
        query = query.where(Alert.clinic_id == clinic_id)
    return db.session.scalars(query).all()


def reassign_open_alerts(*, from_user: User, to_user: User, clinic_id: uuid.UUID, by: User) -> int:
    """Give every open alert of one person at a clinic to another; returns how many. Raises ``UnfitOwner``."""
    with write():
        owned = list_owned(from_user.id, clinic_id=clinic_id)
        for alert in owned:
            assign(alert=alert, to=to_user, by=by, why=f"Work of {from_user.name} reassigned")
    return len(owned)


def open_row(alert: Alert, opened_version: int | None) -> Alert:
    """The alert as it is now, locked until the end of the transaction, if anything can still be done about it."""
    row: Alert | None = db.session.get(Alert, alert.id, with_for_update=True)
    if row is None or row.closed_at is not None:
        raise AlertIsClosed("This alert is closed already")
    if opened_version is not None:
        refuse_stale(row, opened_version=opened_version)
    return row


def _clinic_of(alert: Alert) -> Clinic:
    return db.session.get_one(Clinic, alert.clinic_id)


def _acknowledge(row: Alert, by: User) -> None:
    """Whoever is on it already says nothing new: no clock begins again, and the lead goes on knowing."""
    if row.state == "acknowledged" and row.acknowledged_by_id == by.id:
        return
    now = clock.now()
    row.state, row.acknowledged_at, row.acknowledged_by_id = "acknowledged", now, by.id
    row.owner_id, row.told_evidence = by.id, None
    if row.tier != Tier.URGENT:
        row.escalation = 0
    look = last_look(row, _clinic_of(row), now, NumbersInForce())
    if row.snoozed_until is None or (look is not None and row.look_at is not None and look < row.look_at):
        row.look_at = look


def _await_attempt(row: Alert, again: datetime, now: datetime) -> str:
    """Time the next attempt where there is a clock; returns why somebody else has to try as well, "" where nobody."""
    if row.tier != Tier.URGENT:
        return ""
    row.look_at = again
    return response_times_of(_clinic_of(row)).why_not_alone(
        tried_before=tried_in_a_row(row.id), again=again, now=now, immediate=is_immediate(row.evidence)
    )


def _await_check(row: Alert, now: datetime) -> datetime:
    """By when something is to be known of a welfare check."""
    clinic = _clinic_of(row)
    look_by = response_times_of(clinic).welfare_look(now, on_call=on_call(clinic, now) is not None)
    if row.tier == Tier.URGENT:
        row.look_at = look_by
    return look_by


def _refuse_snooze(row: Alert, clinic: Clinic, *, until: date, reason: str) -> None:
    numbers, today = numbers_at(clinic.id), clinic.today(clock.now())
    if put_off_at_most(row, numbers) == 0:
        raise CannotWait("An urgent alert and a place in the review queue cannot be put off")
    if ends_with := rule(row.rule).ends_with:
        raise CannotWait(f"This cannot be put off. What ends it: {ends_with}")
    if is_put_off_unheard(row):
        again = f"{rule(row.rule).title}: it was put off before, and nobody has acknowledged it"
        raise CannotWait(f"{again}. Press I am on it first")
    if not reason.strip():
        raise ImpossibleSnooze("Say why it can wait")
    if until <= today:
        raise ImpossibleSnooze("Choose a day after today")
    latest = put_off_until(row, clinic, numbers, today)
    if latest == today:
        raise CannotWait("The lead is told if it goes on any longer: say how it went, or give it to a colleague")
    if until > latest:
        raise ImpossibleSnooze(f"Choose a day up to {long_date(latest)}")


def _next_attempt(try_again_by: datetime | None, now: datetime, row: Alert) -> datetime:
    if try_again_by is None or try_again_by <= now:
        raise ImpossibleAttempt(STILL_AHEAD)
    clinic = _clinic_of(row)
    latest = response_times_of(clinic).latest_attempt(now)
    if try_again_by > latest:
        raise ImpossibleAttempt(f"Try again by {long_date(clinic.today(latest))} at the latest")
    return try_again_by


def _step(row: Alert, kind: str, *, by: User, words: str = "", **details: Any) -> None:
    db.session.add(AlertEvent(**step_of(row, kind, clock.now(), by_id=by.id, words=words, details=details or None)))
