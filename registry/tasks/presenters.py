"""Tasks and notes in words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import url_for

from registry.episodes.record_tabs import Tab
from registry.patients.presenters import IdentityHeader
from registry.tasks.models import Task
from registry.tasks.rules import KINDS, is_late, outcome
from registry.web.filters import days_ago, local_time, long_date
from registry.web.paging import Paging

if TYPE_CHECKING:
    from registry.tasks.forms import AnswerForm, TaskForm


@dataclass(frozen=True, slots=True)
class TaskShown:
    """One task with what became of it."""

    kind: str
    words: str
    people: str
    """Who asked whom, and when."""
    due: str
    state: str
    state_kind: str
    answer: str
    answer_url: str = ""


@dataclass(frozen=True, slots=True)
class TasksPage:
    """What was asked and told about one person."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    tasks: Sequence[TaskShown]
    pages: Paging
    write_url: str


@dataclass(frozen=True, slots=True)
class TaskFormPage:
    """Writing to a colleague."""

    title: str
    patient: IdentityHeader
    form: TaskForm
    today: date
    latest: date
    back_url: str


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """Answering what a colleague asked."""

    title: str
    patient: IdentityHeader
    task: TaskShown
    form: AnswerForm
    words_hint: str
    answered_by: str
    back_url: str


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One line of the day."""

    name: str
    url: str
    words: str
    day: str


def tasks_url(patient_id: uuid.UUID) -> str:
    return url_for("tasks.tasks", patient_id=patient_id)


def show_task(task: Task, *, today: date, zone: ZoneInfo, reader_id: uuid.UUID) -> TaskShown:
    """A task as its page prints it; only whom it was sent to can answer."""
    is_open = task.state == "open"
    return TaskShown(
        kind=KINDS[task.kind],
        words=task.words,
        people=f"{task.sender.name} to {task.recipient.name}, {local_time(task.sent_at, zone)}",
        due=due_words(task, today),
        state="" if is_open and task.kind == "note" else outcome(task.kind, task.state),
        state_kind=_state_kind(task, today),
        answer=_answer(task, zone),
        answer_url=_answer_url(task) if is_open and task.to_id == reader_id else "",
    )


def due_words(task: Task, today: date) -> str:
    """By when it is asked for, and that this has passed; nothing where nothing is due."""
    if task.due_on is None or task.state != "open":
        return ""
    how_long = days_ago(task.due_on, today)
    verb = "was due" if is_late(task.due_on, today) else "due"
    return f"{verb} {how_long} ({long_date(task.due_on)})"


def line_to_answer(task: Task, today: date) -> TaskLine:
    """One line for whom it was sent to."""
    return TaskLine(
        name=task.patient.name,
        url=_answer_url(task),
        words=f"{task.sender.name}: {_brief(task.words)}",
        day=due_words(task, today) or KINDS[task.kind].lower(),
    )


def line_answered(task: Task, zone: ZoneInfo) -> TaskLine:
    """One line for who sent it: what became of it."""
    return TaskLine(
        name=task.patient.name,
        url=tasks_url(task.patient_id),
        words=f"{task.recipient.name}: {outcome(task.kind, task.state).lower()}. {_brief(task.answer)}",
        day=_when(task.answered_at, zone),
    )


def _brief(words: str, longest: int = 140) -> str:
    one_line = " ".join(words.split())
    return one_line if len(one_line) <= longest else f"{one_line[: longest - 1].rstrip()}…"


def _state_kind(task: Task, today: date) -> str:
    if task.state == "open":
        return "action" if is_late(task.due_on, today) else "accent"
    return "good" if task.state == "done" else "neutral"


def _answer(task: Task, zone: ZoneInfo) -> str:
    if task.answered_at is None:
        return ""
    who = f"{task.recipient.name}, {_when(task.answered_at, zone)}"
    return f"{task.answer} ({who})" if task.answer else who


def _when(instant: datetime | None, zone: ZoneInfo) -> str:
    return "" if instant is None else local_time(instant, zone)


def _answer_url(task: Task) -> str:
    return url_for("tasks.answer", patient_id=task.patient_id, task_id=task.id)
