"""Reading the audit trail: which acts somebody may see, narrowed and sorted as they ask."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Select, case, false, func, literal_column, or_, select, union, union_all
from sqlalchemy.orm import InstrumentedAttribute

from registry.access.models import PatientClinic
from registry.accounts.models import Membership, User
from registry.audit.models import AuditEvent
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.rules import fold_mrn
from registry.web.paging import COUNT_LIMIT

SORTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "time": AuditEvent.number,
    "who": User.name,
    "action": AuditEvent.action,
    "outcome": AuditEvent.outcome,
    "patient": AuditEvent.person_id,
}


SORTED_AMONG = 10_000
"""The trail grows without end, and no index sorts it by a name: a longer period is sorted in parts, by its dates."""

Numbers: TypeAlias = Select[int]
"""A statement that gives numbers of acts."""

_NO_END: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which acts, in which order. What is empty does not narrow."""

    only_of: uuid.UUID | None = None
    """Whoever may see nothing but their own acts."""
    clinic_ids: frozenset[uuid.UUID] | None = None
    """Acts in these clinics, on their patients, and of their people. ``None``: everywhere."""
    actor_id: uuid.UUID | None = None
    person_ids: frozenset[uuid.UUID] = frozenset()
    """The record of somebody, and those merged into it."""
    action: str = ""
    outcome: str = ""
    since: datetime | None = None
    before: datetime | None = None
    sort: str = "time"
    is_descending: bool = True

    @property
    def is_oldest_first(self) -> bool:
        return self.sort == "time" and not self.is_descending


def list_acts(question: Question, *, page: int, per_page: int) -> Sequence[AuditEvent]:
    """One page of acts. In another order than by time: of the newest ``SORTED_AMONG`` that match."""
    window = newest(question, most=page * per_page if question.sort == "time" else SORTED_AMONG)
    query = select(AuditEvent).where(AuditEvent.number.in_(window))
    if question.sort == "who":
        query = query.outerjoin(User, User.id == AuditEvent.actor_id)
    column = SORTS[question.sort]
    order = column.desc() if question.is_descending else column.asc()
    if question.sort != "time":  # a number is never missing, and its own index gives this order
        order = order.nulls_last()
    query = query.order_by(order, AuditEvent.number.desc())
    return db.session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()


def count_acts(question: Question) -> int:
    """How many match; stops counting just above ``COUNT_LIMIT``."""
    some = newest(question, most=COUNT_LIMIT + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def newest(question: Question, *, most: int) -> Numbers:
    """The numbers of the newest acts that match; where the oldest are asked for first, of the oldest."""
    conditions = _conditions(question)
    if question.clinic_ids is None:
        return _first(select(AuditEvent.number).where(*conditions), question, most=most)
    return _newest_of_clinics(question.clinic_ids, conditions, question, most=most)


def _first(numbers: Numbers, question: Question, *, most: int) -> Numbers:
    """So many of the numbers, from the end that is looked at first."""
    (number,) = numbers.selected_columns
    return numbers.order_by(number.asc() if question.is_oldest_first else number.desc()).limit(most)


def _newest_of_clinics(
    clinic_ids: frozenset[uuid.UUID], conditions: Sequence[ColumnElement[bool]], question: Question, *, most: int
) -> Numbers:
    """Acts in these clinics, then those no older on their patients and of their people, each read from its own index.

    Asked for in one condition the trail of the whole organisation would be walked through to find a clinic's.
    """
    if not clinic_ids:
        return select(AuditEvent.number).where(false())
    matching = select(AuditEvent.number).where(*conditions)
    in_each = [
        _first(matching.where(AuditEvent.clinic_id == clinic_id), question, most=most).subquery()
        for clinic_id in sorted(clinic_ids)
    ]
    in_all = union_all(*(select(each.c.number) for each in in_each)).subquery()
    here = _first(select(in_all.c.number), question, most=most).cte("acts_in_clinics")
    if question.is_oldest_first:
        last = select(case((func.count() == most, func.max(here.c.number)))).scalar_subquery()
        is_in_reach = AuditEvent.number <= func.coalesce(last, _NO_END)
    else:
        last = select(case((func.count() == most, func.min(here.c.number)), else_=0)).scalar_subquery()
        is_in_reach = AuditEvent.number >= last
    people = select(Membership.user_id).where(Membership.clinic_id.in_(clinic_ids), Membership.ends_on.is_(None))
    patients = select(PatientClinic.patient_id).where(PatientClinic.clinic_id.in_(clinic_ids))
    about_nobody = AuditEvent.clinic_id.is_(None) & AuditEvent.person_id.is_(None)
    # What one's people were refused is theirs, whoever it was about: the page shows no id of a stranger.
    refused = AuditEvent.kind == "refusal"
    found = union(
        select(here.c.number),
        matching.where(AuditEvent.person_id.in_(patients), is_in_reach),
        matching.where(AuditEvent.actor_id.in_(people), or_(about_nobody, refused), is_in_reach),
    ).subquery()
    return _first(select(found.c.number), question, most=most)


def _conditions(question: Question) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if question.only_of:
        conditions.append(AuditEvent.actor_id == question.only_of)
    if question.actor_id:
        conditions.append(AuditEvent.actor_id == question.actor_id)
    if question.person_ids:
        conditions.append(AuditEvent.person_id.in_(question.person_ids))
    if question.action:
        wanted = question.action.casefold()
        conditions.append(AuditEvent.action.in_([kind for kind in kinds_of_act() if wanted in kind]))
    if question.outcome == "refused":
        conditions.append(AuditEvent.outcome == literal_column("'refused'"))  # as its index says it
    elif question.outcome:
        conditions.append(AuditEvent.outcome == question.outcome)
    if question.since:
        conditions.append(AuditEvent.at >= question.since)
    if question.before:
        conditions.append(AuditEvent.at < question.before)
    return conditions


def kinds_of_act() -> Sequence[str]:
    """Every kind of act on record, found by leaping along the index: a few dozen among millions of acts."""
    first = select(func.min(AuditEvent.action).label("action")).cte("kinds", recursive=True)
    after = select(func.min(AuditEvent.action)).where(AuditEvent.action > first.c.action).scalar_subquery()
    kinds = first.union_all(select(after).where(first.c.action.is_not(None)))
    return db.session.scalars(select(kinds.c.action).where(kinds.c.action.is_not(None))).all()


def patients_among(person_ids: set[uuid.UUID]) -> Mapping[uuid.UUID, Patient]:
    """Those of these people whom the bound scope lets one see."""
    if not person_ids:
        return {}
    return {each.id: each for each in db.session.scalars(select(Patient).where(Patient.id.in_(person_ids)))}


def find_patient_id(mrn: str) -> uuid.UUID | None:
    """The person with this MRN in the bound scope, also by that of a record merged into theirs; ``None`` also when two
    organisations use the number."""
    whose = func.coalesce(Patient.merged_into_id, Patient.id)
    matches = db.session.scalars(select(whose).where(Patient.mrn == fold_mrn(mrn)).limit(2)).all()
    return matches[0] if len(matches) == 1 else None


def records_of(person_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The record, and in the bound scope those merged into it: what was done to them was done to the same person."""
    merged = db.session.scalars(select(Patient.id).where(Patient.merged_into_id == person_id))
    return frozenset({person_id, *merged})
