"""The sweep: what time alone changed. ``registry.jobs.nightly`` runs it once for each clinic and local date.

It takes the episodes whose next check date has come, so a missed night catches up with the next. It takes as many
patients at a time as may hold SQLite's write lock and lets others in between; stopped half way, it goes on where it
was.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, func, or_, select, update

from registry import clock
from registry.access import scope
from registry.alerts.clinic_numbers import fingerprint_at
from registry.alerts.models import RulebookState
from registry.alerts.reconcile import reconcile_patients
from registry.clinics.models import Clinic
from registry.db.pacing import Pace, begin_pace
from registry.db.transaction import end_read, seconds_held, write
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement, SafetySignal
from registry.web.request_log import log, what_failed

_LISTED = 200


@dataclass(slots=True)
class Sweep:
    """What one sweep of a clinic did."""

    checked: int = 0
    opened: int = 0
    changed: int = 0
    closed: int = 0
    failed: int = 0
    """People whose record could not be evaluated: their old alerts stand, and the next sweep tries again."""
    unanswered: int = 0
    """Positive safety answers without an alert after the sweep: there must be none."""


class NotYet(ValueError):
    """A sweep of a day that has not begun at the clinic."""


def _go_on() -> None:
    """Nobody waits for a sign of life."""


def sweep_clinic(
    clinic: Clinic,
    *,
    today: date | None = None,
    pace: Pace | None = None,
    after_chunk: Callable[[], object] = _go_on,
) -> Sweep:
    """Reconcile everybody of the clinic for whom a date has come by ``today``; again, and nobody is left to take.

    ``pace`` is that of a run over several clinics, so that the next one begins with what was learnt. ``after_chunk``
    is called between the transactions; what it raises stops the sweep there.

    A rulebook, number or instrument changed since the last sweep makes everybody due, once: whoever answered the
    clinic about a danger without an episode there too.

    Raises:
        NotYet: ``today`` is later than the clinic's local date.
    """
    local = clinic.today(clock.now())
    today = today or local
    if today > local:
        raise NotYet(f"At {clinic.name} it is still {local.isoformat()}")
    clinic_id, done = clinic.id, Sweep()
    with scope.all_patients(reason="sweep of a clinic"):
        pace = pace or begin_pace()
        _follow_the_rules(clinic_id, today, done, pace, after_chunk)
        _take_everybody_due(clinic_id, today, done, pace, after_chunk)
        done.unanswered = len(list_unanswered())
        end_read()
        _note_swept(clinic_id, today)
    return done


def list_unanswered() -> Sequence[tuple[uuid.UUID, str]]:
    """Positive safety answers without an alert, as measurement and item. Needs a scope."""
    rows = db.session.execute(
        select(SafetySignal.measurement_id, SafetySignal.item).where(SafetySignal.alert_id.is_(None)).limit(_LISTED)
    )
    return [(row.measurement_id, row.item) for row in rows]


def count_left_behind() -> int:
    """Episodes in care at open clinics that were due more than a day ago, by the clinic's own date. Needs a scope."""
    now = clock.now()
    still_open = or_(Clinic.ended_on.is_(None), Clinic.ended_on > now.date())
    clinics = {clinic.id: clinic for clinic in db.session.scalars(select(Clinic).where(still_open))}
    due = db.session.execute(
        select(Episode.clinic_id, Episode.next_check_on, func.count().label("number"))
        .where(Episode.ended_on.is_(None), Episode.next_check_on < now.date())
        .group_by(Episode.clinic_id, Episode.next_check_on)
    ).all()
    return sum(
        int(row.number)
        for row in due
        if row.clinic_id in clinics and row.next_check_on < clinics[row.clinic_id].today(now) - timedelta(days=1)
    )


def answer_left_over_signals() -> int:
    """Reconcile whoever has a positive answer without an alert, however it came in; how many of them have one now.

    Whose record cannot be evaluated waits, and keeps nobody else waiting.
    """
    done = Sweep()
    with scope.all_patients(reason="a positive answer without an alert"):
        people = db.session.scalars(
            select(SafetySignal.patient_id).where(SafetySignal.alert_id.is_(None)).distinct()
        ).all()
        end_read()
        _take_all(people, done, begin_pace())
    return done.checked


def follow_account(_sender: object, *, user_id: uuid.UUID) -> None:
    """Receiver of ``account_opened``: alerts of those they care for were others' while they could not sign in."""
    with scope.all_patients(reason="somebody can answer for their people from now on"):
        theirs = select(TeamMember.patient_id).join(Episode, Episode.id == TeamMember.episode_id)
        people = db.session.scalars(
            theirs.where(TeamMember.user_id == user_id, TeamMember.ends_on.is_(None), Episode.ended_on.is_(None))
            .distinct()
            .order_by(TeamMember.patient_id)
        ).all()
        end_read()
        _take_all(people, Sweep(), begin_pace())


def _follow_the_rules(
    clinic_id: uuid.UUID, today: date, done: Sweep, pace: Pace, after_chunk: Callable[[], object]
) -> None:
    """Where the rules are no longer those of the last sweep, everybody is due; remembered in the same transaction.

    Who has no episode at the clinic has no date to be due on: they are taken at once, and the new rules are remembered
    only when nobody of them failed.
    """
    fingerprint = fingerprint_at(clinic_id)
    state = db.session.get(RulebookState, clinic_id)
    is_new = state is None or state.fingerprint != fingerprint
    end_read()
    if not is_new:
        return
    failed_before = done.failed
    _take_all(_answered_without_an_episode(clinic_id), done, pace, after_chunk)
    with write():
        state = db.session.get(RulebookState, clinic_id)
        if state is None:
            state = RulebookState(clinic_id=clinic_id, fingerprint="")
            db.session.add(state)
        if done.failed == failed_before:
            state.fingerprint = fingerprint
        _make_everybody_due(clinic_id, today)


def _answered_without_an_episode(clinic_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Whose answers about a danger the clinic reads without ever having had them in care."""
    in_care = exists().where(Episode.patient_id == Measurement.patient_id, Episode.clinic_id == clinic_id)
    people = db.session.scalars(
        select(Measurement.patient_id)
        .where(
            Measurement.clinic_id == clinic_id,
            Measurement.instrument.in_(catalogue().danger_instruments),
            ~in_care,
        )
        .distinct()
        .order_by(Measurement.patient_id)
    ).all()
    end_read()
    return people


def _make_everybody_due(clinic_id: uuid.UUID, today: date) -> None:
    db.session.execute(
        update(Episode)
        .where(Episode.clinic_id == clinic_id, or_(Episode.next_check_on.is_(None), Episode.next_check_on > today))
        .values(next_check_on=today),
        execution_options={"synchronize_session": False},
    )


def _take_everybody_due(
    clinic_id: uuid.UUID, today: date, done: Sweep, pace: Pace, after_chunk: Callable[[], object]
) -> None:
    due = db.session.scalars(
        select(Episode.patient_id)
        .where(Episode.clinic_id == clinic_id, Episode.next_check_on <= today)
        .group_by(Episode.patient_id)
        .order_by(func.min(Episode.next_check_on), Episode.patient_id)
    ).all()
    end_read()
    _take_all(due, done, pace, after_chunk)


def _take_all(due: Sequence[uuid.UUID], done: Sweep, pace: Pace, after_chunk: Callable[[], object] = _go_on) -> None:
    """Some people a transaction: whoever fails is tried alone and never stops the others."""
    taken = 0
    while taken < len(due):
        people = due[taken : taken + pace.people]
        _take(people, done)
        taken += len(people)
        after_chunk()
        if taken < len(due):
            pace.after(people=len(people), held=seconds_held())


def _take(people: Sequence[uuid.UUID], done: Sweep) -> None:
    """Reconcile these people in one transaction; where that fails, each in one of their own."""
    try:
        found = reconcile_patients(people)
    except Exception as error:
        if len(people) > 1:
            for patient_id in people:
                _take([patient_id], done)
            return
        log.error("sweep.person-failed", job="alerts.sweep", patient_id=str(people[0]), **what_failed(error))
        done.failed += 1
        return
    done.checked += len(people)
    done.opened += found.opened
    done.changed += found.changed
    done.closed += found.closed


def _note_swept(clinic_id: uuid.UUID, today: date) -> None:
    with write():
        state = db.session.get_one(RulebookState, clinic_id)
        state.swept_on, state.swept_at = today, clock.now()
