"""Reading tasks: a person's, a colleague's open ones, and what became of those one sent."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, Select, Uuid, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import joinedload

from registry.access.roles import Role, actions_of
from registry.accounts.models import User
from registry.accounts.queries import list_users_to_answer
from registry.db.among import among
from registry.episodes.queries import is_on_team
from registry.extensions import db
from registry.patients.models import Patient
from registry.tasks.models import Task
from registry.tasks.rules import Waiting
from registry.web.paging import COUNT_LIMIT

WRITING = "task.write"
WRITING_OWN = "task.write-own"
ANSWERING_OWN = "task.answer-own"
"""Both of whoever may deal only with the people whose team they are on."""

MOST_SHOWN = 50
"""More than anybody answers in a day; the rest follows when these are."""


def list_tasks(patient_id: uuid.UUID, *, limit: int, offset: int = 0) -> Sequence[Task]:
    """What was asked and told about this person, open ones first, then newest first."""
    return db.session.scalars(
        _with_people()
        .where(Task.patient_id == patient_id)
        .order_by(Task.state != "open", Task.sent_at.desc(), Task.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def count_tasks(patient_id: uuid.UUID) -> int:
    """How many there are about this person, counted no further than anybody reads."""
    some = select(Task.id).where(Task.patient_id == patient_id).limit(COUNT_LIMIT + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def get_task(patient_id: uuid.UUID, task_id: uuid.UUID) -> Task | None:
    """The task, if it is about this person."""
    return db.session.scalars(_with_people().where(Task.id == task_id, Task.patient_id == patient_id)).one_or_none()


def list_open_for(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Sequence[Task]:
    """What this colleague has not answered at these clinics: by the day it is due, then oldest first.

    One more than is shown, where there are more.
    """
    return db.session.scalars(_OPEN_FOR, {"user_id": user_id, "clinic_ids": list(clinic_ids)}).all()


def list_overdue(today: Mapping[uuid.UUID, date], *, but_for: uuid.UUID) -> Sequence[Task]:
    """What the other colleagues have not answered by the day it was asked for; ``today`` by clinic. As above."""
    late = [and_(Task.clinic_id == clinic_id, Task.due_on < day) for clinic_id, day in today.items()]
    return db.session.scalars(
        _with_people()
        .where(Task.to_id != but_for, Task.state == "open", or_(false(), *late))
        .order_by(Task.due_on, Task.sent_at, Task.id)
        .limit(MOST_SHOWN + 1)
    ).all()


def list_answered_to(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID], *, since: datetime) -> Sequence[Task]:
    """What became since then of the tasks this colleague sent at these clinics, newest answer first. As above."""
    asked = {"user_id": user_id, "clinic_ids": list(clinic_ids), "since": since}
    return db.session.scalars(_ANSWERED_TO, asked).all()


def list_asked_of_others(
    user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID], patient_ids: Collection[uuid.UUID], *, since: datetime
) -> Sequence[Task]:
    """What this colleague asked or told about these people that is open, or over since then: open ones first, then
    newest first.
    """
    return db.session.scalars(
        _with_people()
        .where(
            _sent(user_id),
            among(Task.patient_id, "patient_ids"),
            or_(Task.state == "open", Task.answered_at >= since),
        )
        .order_by(Task.state != "open", Task.sent_at.desc(), Task.id)
        .limit(MOST_SHOWN),
        {"clinic_ids": list(clinic_ids), "patient_ids": list(patient_ids)},
    ).all()


def list_sent(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID], *, limit: int, offset: int = 0) -> Sequence[Task]:
    """What this colleague asked and told at these clinics: what is open by the day it is due, then newest first."""
    return db.session.scalars(
        _with_people()
        .where(_sent(user_id))
        .order_by(Task.state != "open", Task.due_on.asc().nulls_last(), Task.sent_at.desc(), Task.id)
        .limit(limit)
        .offset(offset),
        {"clinic_ids": list(clinic_ids)},
    ).all()


def count_sent(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> int:
    """How many there are, counted no further than anybody reads."""
    some = select(Task.id).where(_sent(user_id)).limit(COUNT_LIMIT + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some), {"clinic_ids": list(clinic_ids)}) or 0


def list_unanswered(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID]) -> Sequence[Waiting]:
    """The tasks of this colleague that wait for an answer, no more than anybody reads; a note asks for none."""
    rows = db.session.execute(_UNANSWERED, {"user_id": user_id, "clinic_ids": list(clinic_ids)})
    return [Waiting(row.clinic_id, row.due_on, row.died_on is not None) for row in rows]


def list_recipients(clinic_id: uuid.UUID, *, patient_id: uuid.UUID, but: Collection[uuid.UUID]) -> Sequence[User]:
    """The colleagues of a clinic who may open this person's record and answer, or are on their team, by name."""
    writing, answering = _holders(clinic_id, WRITING), _holders(clinic_id, ANSWERING_OWN)
    on_team = [user for user in answering if user not in writing and is_on_team(patient_id, user.id)]
    found = [user for user in (*writing, *on_team) if user.id not in but]
    return sorted(found, key=lambda user: user.name)


def _holders(clinic_id: uuid.UUID, action: str) -> Sequence[User]:
    roles = sorted(role.value for role in Role if action in actions_of(role))
    return list_users_to_answer(clinic_id, *roles)


def _sent(user_id: uuid.UUID | BindParameter[uuid.UUID]) -> ColumnElement[bool]:
    return and_(Task.from_id == user_id, among(Task.clinic_id, "clinic_ids"))


def _with_people() -> Select[Task]:
    return select(Task).options(
        joinedload(Task.sender), joinedload(Task.recipient), joinedload(Task.passed_by), joinedload(Task.patient)
    )


# Made once: building a statement costs more than running it.
_WHOSE = bindparam("user_id", type_=Uuid())
_OPEN_FOR = (
    _with_people()
    .where(Task.to_id == _WHOSE, Task.state == "open", among(Task.clinic_id, "clinic_ids"))
    .order_by(Task.due_on.asc().nulls_last(), Task.sent_at, Task.id)
    .limit(MOST_SHOWN + 1)
)
_ANSWERED_TO = (
    _with_people()
    .where(
        _sent(_WHOSE),
        Task.kind == "task",
        Task.state.in_(("done", "declined")),
        Task.answered_at >= bindparam("since"),
    )
    .order_by(Task.answered_at.desc(), Task.id)
    .limit(MOST_SHOWN + 1)
)
_UNANSWERED = (
    select(Task.clinic_id, Task.due_on, Patient.died_on)
    .join(Patient, Patient.id == Task.patient_id)
    .where(_sent(_WHOSE), Task.state == "open", Task.kind == "task")
    .limit(COUNT_LIMIT)
)
