"""Closing an account, as far as one reaches and once its work has a new owner; the numbers a clinic goes by."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import select, update

from registry import clock
from registry.access.roles import Role
from registry.access.scope import all_patients
from registry.accounts import actions as accounts
from registry.accounts.models import Membership, User
from registry.administration.queries import OpenWork, open_work
from registry.alerts.actions import reassign_open_alerts
from registry.alerts.clinic_numbers import shipped
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.hours.duty import ANSWERING_ROLES
from registry.alerts.hours.new_hours import move_clocks
from registry.alerts.hours.response_times import ResponseTimes
from registry.alerts.models import AS_SHIPPED, OFF, OWN, RuleNumber
from registry.alerts.parameters import AnothersToDecide, ClinicNumber
from registry.audit.recorder import record
from registry.clinics import actions as clinics
from registry.clinics.actions import ClinicFacts
from registry.clinics.models import AdoptedFigure, Clinic, Closure
from registry.clinics.queries import as_adoptable, list_adopted
from registry.clinics.rules import edition_of
from registry.db.conflict import EditConflict
from registry.db.transaction import write
from registry.episodes.actions.team import reassign_open_work
from registry.episodes.models import Episode
from registry.episodes.queries import list_open_places
from registry.episodes.rules import TEAM_USER_ROLES
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.measures.adoption import Adoptable, adoptable, signable_keys
from registry.measures.instrument import Instrument
from registry.review.models import Recommendation, Review
from registry.review.rules import OPEN
from registry.tasks.models import Task


class WorkLeft(Exception):
    """The person still owns work: move it to somebody first."""

    def __init__(self, work: OpenWork) -> None:
        super().__init__("open work has no other owner")
        self.work = work


class OwnAccount(ValueError):
    """Nobody closes their own account."""


class NotAdoptable(ValueError):
    """A number nobody can sign for: it has a source, or none at all, or is of another version."""

    def __init__(self, number: Adoptable) -> None:
        super().__init__(f"{number.scale} {number.figure}, version {number.version}, does not stand on consensus")
        self.number = number


def deactivate_user(*, user: User, within: Collection[Clinic], by: User) -> bool:
    """End what ``user`` may do in the clinics ``within``; returns whether the account itself is closed.

    It stays open for somebody who has a role, or open work, in a clinic outside: then only the roles inside end.
    Raises ``WorkLeft`` while the person owns patients, alerts, recommendations, tasks or duty inside; ``OwnAccount``.
    """
    if user.id == by.id:
        raise OwnAccount
    reach = {clinic.id for clinic in within}
    with write():
        work = open_work(user.id, within)
        if work.is_any:
            raise WorkLeft(work)
        held = [each for each in user.memberships if each.ends_on is None]
        if all(each.clinic_id in reach for each in held) and not open_work(user.id).is_any:
            accounts.deactivate(user, by=by)
            return True
        for each in held:
            if each.clinic_id in reach:
                accounts.end_role(each, ends_on=each.clinic.today(clock.now()), by=by)
        return False


def end_role(*, held: Membership, by: User) -> None:
    """End a role at a clinic. Raises ``WorkLeft`` while the person has work there that no other role of theirs can do.

    A place in a care team asks for its own role; alerts, advice, tasks and duty for any that answers alerts.
    """
    with write():
        user, clinic = held.user, held.clinic
        others = user.roles_by_clinic()[clinic.id] - {Role(held.role)}
        work = open_work(user.id, [clinic])
        if others.intersection(ANSWERING_ROLES):
            work = OpenWork(patients=_patients_unfit_for(user, clinic, others))
        if work.is_any:
            raise WorkLeft(work)
        accounts.end_role(held, ends_on=clinic.today(clock.now()), by=by)


def _patients_unfit_for(user: User, clinic: Clinic, roles: Collection[Role]) -> int:
    """How many people the user holds a place of in care teams of the clinic that none of ``roles`` fits."""
    with all_patients(reason="count the open work of a user whose role may end"):
        places = list_open_places(user.id, clinic.id)
    return len({place.patient_id for place in places if TEAM_USER_ROLES[place.role].isdisjoint(roles)})


def reassign_work(*, from_user: User, to_user: User, clinic: Clinic, by: User) -> int:
    """Move patients, open alerts, open recommendations, open tasks and duty of one clinic; returns how many rows moved.

    One transaction a row, so that nobody waits for a whole caseload; a run that was interrupted is run again.
    Raises ``registry.episodes.errors.UnfitForTeam`` before anything moved.
    """
    moved = reassign_open_work(from_user=from_user, to_user=to_user, clinic_id=clinic.id, by=by)
    moved += reassign_open_alerts(from_user=from_user, to_user=to_user, clinic_id=clinic.id, by=by)
    moved += _reassign_advice(from_user.id, to_user.id, clinic.id, by=by)
    moved += _reassign_tasks(from_user.id, to_user.id, clinic.id, by=by)
    return moved + clinics.hand_over_duty(
        clinic=clinic, from_user_id=from_user.id, to_user_id=to_user.id, today=clinic.today(clock.now()), by=by
    )


def _reassign_advice(from_id: uuid.UUID, to_id: uuid.UUID, clinic_id: uuid.UUID, *, by: User) -> int:
    waiting = (
        select(Recommendation.id)
        .join(Review, Review.id == Recommendation.review_id)
        .where(
            Recommendation.to_user_id == from_id,
            Recommendation.state.in_(sorted(OPEN)),
            Review.clinic_id == clinic_id,
        )
    )
    advice_ids = db.session.scalars(waiting).all()
    for advice_id in advice_ids:
        with write():
            advice = db.session.get_one(Recommendation, advice_id)
            advice.to_user_id = to_id
            record("recommendation.assigned", by=by, subject=advice, clinic_id=clinic_id, reason="Open work reassigned")
            tell_episode_changed(advice.patient_id)
    return len(advice_ids)


def _reassign_tasks(from_id: uuid.UUID, to_id: uuid.UUID, clinic_id: uuid.UUID, *, by: User) -> int:
    waiting = select(Task.id).where(Task.to_id == from_id, Task.state == "open", Task.clinic_id == clinic_id)
    task_ids = db.session.scalars(waiting).all()
    for task_id in task_ids:
        with write():
            task = db.session.get_one(Task, task_id)
            task.to_id = to_id
            record("task.assigned", by=by, subject=task, reason="Open work reassigned")
    return len(task_ids)


def set_rule_number(
    *, clinic: Clinic, parameter: str, decided: ClinicNumber | None, opened_version: int | None, why: str, by: User
) -> None:
    """Give a clinic its own number, switch it off, or go back to the number as shipped (``None``).

    Every open case is checked again from today, and the clocks of open alerts follow at once. ``opened_version``: of
    the decision the reader saw, 0 where there was none.

    Raises:
        InvalidParameter: the number is outside its bounds, is no rule's, or may be changed but not switched off.
        AnothersToDecide: the number is clinical.
        EditConflict: somebody decided since.
    """
    _refuse_unless_clinical(parameter, wanted=False)
    _decide_number("rule-number.set", clinic, parameter, decided, opened_version, why, by=by)


def sign_rule_number(
    *, clinic: Clinic, parameter: str, decided: ClinicNumber | None, opened_version: int | None, why: str, by: User
) -> None:
    """A psychiatrist signs for what counts of a clinical number at their clinic, as it is worded in this edition.

    As ``set_rule_number``; raises ``AnothersToDecide`` for a number that is not clinical.
    """
    _refuse_unless_clinical(parameter, wanted=True)
    _decide_number("rule-number.signed", clinic, parameter, decided, opened_version, why, by=by)


def _refuse_unless_clinical(parameter: str, *, wanted: bool) -> None:
    known = shipped().parameters.get(parameter)
    if known is not None and known.clinical is not wanted:
        raise AnothersToDecide(parameter)


def _decide_number(
    act: str,
    clinic: Clinic,
    parameter: str,
    decided: ClinicNumber | None,
    opened_version: int | None,
    why: str,
    *,
    by: User,
) -> None:
    clinic_id, by_id = clinic.id, by.id
    if decided is not None:
        shipped().check(parameter, decided)
    with write():
        fresh = db.session.get_one(Clinic, clinic_id, with_for_update={"key_share": True})
        old = response_times_of(fresh)
        held = select(RuleNumber).where(RuleNumber.clinic_id == clinic_id, RuleNumber.parameter == parameter)
        row = db.session.scalars(held).one_or_none()
        if opened_version != (row.version if row else 0):
            raise EditConflict(row or fresh)
        row = row or RuleNumber(clinic_id=clinic_id, parameter=parameter)
        row.choice, row.value = _as_stored(decided)
        row.signed_edition = _edition_signed(parameter)
        row.why, row.set_by_id, row.set_at = why, by_id, clock.now()
        db.session.add(row)
        record(act, by=by, subject=row, clinic_id=clinic_id, reason=why)
        _check_again(fresh)
        move_clocks(clinic=fresh, old=old, by=by)


def _as_stored(decided: ClinicNumber | None) -> tuple[str, int | None]:
    if decided is None:
        return AS_SHIPPED, None
    return (OFF if decided.number is None else OWN), decided.number


def _edition_signed(parameter: str) -> int | None:
    known = shipped().parameters[parameter]
    return known.edition if known.clinical else None


def sign_figures(
    *,
    clinic: Clinic,
    instrument: Instrument,
    signed: Collection[Adoptable],
    opened_edition: int | None,
    why: str,
    by: User,
) -> int:
    """Put into force what a psychiatrist signs for of the instrument's numbers on consensus, and withdraw the others.

    Every open case is checked again from today, and with the next sweep whoever answered the clinic without an episode
    there. Returns how many numbers changed. ``opened_edition``: see ``registry.clinics.rules.edition_of``.

    Raises:
        NotAdoptable: one of them is no number of this version that stands on consensus.
        EditConflict: somebody signed or withdrew since.
    """
    possible = adoptable(instrument)
    for each in signed:
        if each not in possible:
            raise NotAdoptable(each)
    clinic_id, by_id, now = clinic.id, by.id, clock.now()
    with write():
        fresh = db.session.get_one(Clinic, clinic_id, with_for_update={"key_share": True})
        rows = list_adopted([clinic_id], signable_keys(instrument))
        if opened_edition != edition_of(rows):
            raise EditConflict(fresh)
        held = {as_adoptable(row): row for row in rows if row.withdrawn_at is None}
        new = [each for each in possible if each in signed and each not in held]
        gone = [held[each] for each in possible if each in held and each not in signed]
        for each in new:
            row = AdoptedFigure(clinic_id=clinic_id, scale=each.scale, figure=each.figure, why=why)
            row.instrument_version, row.signed_by_id, row.signed_at = each.version, by_id, now
            db.session.add(row)
            record("figure.signed", by=by, subject=row, reason=f"{each.scale} {each.figure}: {why}")
        for row in gone:
            row.withdrawn_by_id, row.withdrawn_at, row.why_withdrawn = by_id, now, why
            record("figure.withdrawn", by=by, subject=row, reason=f"{row.scale} {row.figure}: {why}")
        if new or gone:
            _check_again(fresh)
    return len(new) + len(gone)


def change_clinic(*, clinic: Clinic, facts: ClinicFacts, opened_version: int | None, by: User) -> None:
    """Change what a clinic is; the clocks of its open alerts follow its hours.

    In another zone today is another day: cases are checked again. Raises ``EditConflict``, ``DuplicateClinic``.
    """
    with write():
        _one_after_the_other(clinic)
        old_zone, old = clinic.time_zone, response_times_of(clinic)
        clinics.change_clinic(clinic=clinic, facts=facts, opened_version=opened_version, by=by)
        if facts.time_zone != old_zone:
            with all_patients(reason="the clinic's today changed for all of its patients"):
                _check_again(clinic)
        move_clocks(clinic=clinic, old=old, by=by)


def close_on(*, clinic: Clinic, day: date, words: str, by: User) -> None:
    """Close the clinic on a day, whatever the weekday; clocks and working days follow. Raises ``ClosedAlready``."""
    with write():
        _one_after_the_other(clinic)
        old = response_times_of(clinic)
        clinics.close_on(clinic=clinic, day=day, words=words, by=by)
        _follow_days(clinic, old, by)


def take_back_closure(*, closure: Closure, clinic: Clinic, by: User) -> None:
    """The clinic is open on that day after all; clocks and working days follow."""
    with write():
        _one_after_the_other(clinic)
        old = response_times_of(clinic)
        clinics.take_back_closure(closure=closure, clinic=clinic, by=by)
        _follow_days(clinic, old, by)


def _one_after_the_other(clinic: Clinic) -> None:
    """Each change of a clinic's times moves the clocks from the times before it."""
    db.session.refresh(clinic, with_for_update={"key_share": True})


def _follow_days(clinic: Clinic, old: ResponseTimes, by: User) -> None:
    with all_patients(reason="the days the clinic is open changed for all of its patients"):
        _check_again(clinic)
    move_clocks(clinic=clinic, old=old, by=by)


def _check_again(clinic: Clinic) -> None:
    """Have the next sweep look at every open case of the clinic."""
    db.session.flush()
    db.session.execute(
        update(Episode)
        .where(Episode.clinic_id == clinic.id, Episode.ended_on.is_(None))
        .values(next_check_on=clinic.today(clock.now())),
        execution_options={"synchronize_session": False},
    )
