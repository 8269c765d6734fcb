"""Asking something of a colleague, changing one's mind, answering, and handing it on."""

from __future__ import annotations

import uuid
from datetime import date

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict, refuse_stale
from registry.db.transaction import write
from registry.extensions import db
from registry.tasks.models import Task
from registry.tasks.rules import ANSWERS, needs_words


class WordsMissing(ValueError):
    """Whoever asked sees nothing but the words of the answer."""


class NotTheirs(PermissionError):
    """A task is answered and handed on by whom it was sent to, changed and taken back by who sent it."""


def send_task(
    *,
    patient_id: uuid.UUID,
    clinic_id: uuid.UUID,
    to_id: uuid.UUID,
    kind: str,
    words: str,
    due_on: date | None = None,
    by: User,
) -> Task:
    """Put a task or a note about the person on a colleague's day. Only a task has a day it is due."""
    with write():
        task = Task(
            patient_id=patient_id,
            clinic_id=clinic_id,
            kind=kind,
            words=words,
            from_id=by.id,
            to_id=to_id,
            sent_at=clock.now(),
            sent_on=_today_at(clinic_id),
            due_on=due_on if kind == "task" else None,
        )
        db.session.add(task)
        db.session.flush()
        record("task.sent", by=by, subject=task, kind="create")
    return task


def answer_task(*, task: Task, state: str, words: str, opened_version: int | None, by: User) -> None:
    """Say that it was done, read, or cannot be done, and in what way.

    Raises ``NotTheirs``, ``WordsMissing``, and ``EditConflict`` when it was answered already.
    """
    with write():
        _refuse_unless(by, task.to_id, task, opened_version)
        if state not in ANSWERS[task.kind]:
            raise ValueError(f"a {task.kind} cannot become {state}")
        if needs_words(task.kind) and not words.strip():
            raise WordsMissing(task.kind)
        with db.session.no_autoflush:
            task.state, task.answer, task.answered_at = state, words, clock.now()
            task.answered_on = _today_at(task.clinic_id)
        record(f"task.{state}", by=by, subject=task, reason=words or None)


def change_task(*, task: Task, words: str, due_on: date | None, opened_version: int | None, by: User) -> None:
    """Say better what is asked, or until when. Only a task has a day it is due.

    Raises ``NotTheirs``, and ``EditConflict`` when it was answered or handed on since.
    """
    with write():
        _refuse_unless(by, task.from_id, task, opened_version)
        task.words, task.due_on, task.changed_at = words, due_on if task.kind == "task" else None, clock.now()
        record("task.changed", by=by, subject=task)


def take_back(*, task: Task, words: str, opened_version: int | None, by: User) -> None:
    """It is no longer asked: it leaves the colleague's day and stays on record.

    Raises ``NotTheirs``, and ``EditConflict`` when it was answered or handed on since.
    """
    with write():
        _refuse_unless(by, task.from_id, task, opened_version)
        with db.session.no_autoflush:
            task.state, task.answer, task.answered_at = "withdrawn", words, clock.now()
            task.answered_on = _today_at(task.clinic_id)
        record("task.withdrawn", by=by, subject=task, reason=words or None)


def hand_on(*, task: Task, to_id: uuid.UUID, words: str, opened_version: int | None, by: User) -> None:
    """Somebody else is to do it, or to know it: it stands on their day, with who handed it on and why.

    Raises ``NotTheirs``, and ``EditConflict`` when it was changed or taken back since.
    """
    with write():
        _refuse_unless(by, task.to_id, task, opened_version)
        with db.session.no_autoflush:
            task.to_id, task.passed_by_id, task.passed_at, task.passed_why = to_id, by.id, clock.now(), words
        record("task.handed-on", by=by, subject=task, reason=words or None)


def _today_at(clinic_id: uuid.UUID) -> date:
    return db.session.get_one(Clinic, clinic_id).today(clock.now())


def _refuse_unless(by: User, whose_id: uuid.UUID, task: Task, opened_version: int | None) -> None:
    refuse_stale(task, opened_version=opened_version)
    if not task.is_open:
        raise EditConflict(task)
    if whose_id != by.id:
        raise NotTheirs(task.id)
