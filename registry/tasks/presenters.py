"""Tasks and notes in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import url_for

from registry.patients.presenters import IdentityHeader, PersonFormPage
from registry.patients.record_tabs import Tab
from registry.tasks.models import Task
from registry.tasks.rules import KINDS, Waiting, is_late, outcome
from registry.web.filters import count, days_ago, local_time, long_date, shortened
from registry.web.paging import Paging

if TYPE_CHECKING:
    from registry.web.form_fields import RegistryForm

_LONGEST = 140
"""Letters of what is asked or answered that stand in one line; the page of tasks shows all of them."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the reader can do with a task."""

    label: str
    url: str


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
    steps: Sequence[Step] = ()
    about: str = ""
    """The person it is about, and where their tasks stand."""
    about_url: str = ""


@dataclass(frozen=True, slots=True)
class TasksPage:
    """What was asked and told about one person."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    tasks: Sequence[TaskShown]
    pages: Paging
    write_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFormPage(PersonFormPage):
    """Writing to a colleague."""

    today: date
    latest: date
    save: str = "Send"


@dataclass(frozen=True, slots=True)
class SentPage:
    """What the reader asked of colleagues about anybody."""

    title: str
    tasks: Sequence[TaskShown]
    pages: Paging
    day_url: str


@dataclass(frozen=True, slots=True)
class AboutTaskPage:
    """Answering, handing on, changing or taking back what is asked."""

    title: str
    patient: IdentityHeader
    task: TaskShown
    form: RegistryForm
    meanwhile: str
    """What happened while the form was open."""
    is_over: bool
    today: date
    latest: date
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
    """A task as its page prints it, with what this reader can do."""
    return TaskShown(
        kind=KINDS[task.kind],
        words=task.words,
        people=_people(task, zone),
        due=due_words(task, today),
        state="" if task.is_open and task.kind == "note" else outcome(task.kind, task.state),
        state_kind=_state_kind(task, today),
        answer=_answer(task, zone),
        steps=_steps(task, reader_id) if task.is_open else (),
        about=task.patient.name,
        about_url=tasks_url(task.patient_id),
    )


def _people(task: Task, zone: ZoneInfo) -> str:
    words = f"{task.sender.name} to {task.recipient.name}, {local_time(task.sent_at, zone)}"
    if task.passed_by is not None:
        why = f": {task.passed_why}" if task.passed_why else ""
        words += f"; handed on by {task.passed_by.name}, {_when(task.passed_at, zone)}{why}"
    if task.changed_at is not None:
        words += f"; changed {local_time(task.changed_at, zone)}"
    return words


def _steps(task: Task, reader_id: uuid.UUID) -> tuple[Step, ...]:
    """Whom it was sent to answers or hands it on, who sent it changes it or takes it back."""
    steps: list[Step] = []
    if task.to_id == reader_id:
        steps += [
            Step("Answer", answer_url(task)),
            Step("Hand on", url_for("tasks.hand_on", patient_id=task.patient_id, task_id=task.id)),
        ]
    if task.from_id == reader_id:
        steps += [
            Step("Change", url_for("tasks.change", patient_id=task.patient_id, sent_id=task.id)),
            Step("Take back", url_for("tasks.take_back", patient_id=task.patient_id, sent_id=task.id)),
        ]
    return tuple(steps)


def due_words(task: Task, today: date) -> str:
    """By when it is asked for, and that this has passed, or that the person died; nothing where nothing is due.

    A task outlives the person: something may be left to do for the family, and whoever asked decides.
    """
    if not task.is_open:
        return ""
    if task.patient.died_on is not None:
        return f"the person died on {long_date(task.patient.died_on)}"
    if task.due_on is None:
        return ""
    how_long = days_ago(task.due_on, today)
    verb = "was due" if is_late(task.due_on, today) else "due"
    return f"{verb} {how_long} ({long_date(task.due_on)})"


def line_to_answer(task: Task, today: date) -> TaskLine:
    """One line for whom it was sent to."""
    return TaskLine(
        name=task.patient.name,
        url=answer_url(task),
        words=asked_words(task),
        day=due_words(task, today) or KINDS[task.kind].lower(),
    )


def own_line_to_answer(task: Task, today: date) -> TaskLine:
    """The same for whoever may deal only with the people whose team they are on."""
    url = url_for("tasks.answer_own", patient_id=task.patient_id, task_id=task.id)
    return replace(line_to_answer(task, today), url=url)


@dataclass(frozen=True, slots=True)
class AskedLine:
    """What somebody asked about one of their own people: of whom, what, and what became of it."""

    words: str
    state: str
    answer: str
    steps: Sequence[Step]


def own_line_asked(task: Task, today: date, zone: ZoneInfo) -> AskedLine:
    """One line for who sent it, where they deal only with the people whose team they are on."""
    where: dict[str, Any] = {"patient_id": task.patient_id, "sent_id": task.id}
    change, take_back = (url_for(f"tasks.{act}_own", **where) for act in ("change", "take_back"))
    state = due_words(task, today) or KINDS[task.kind].lower() if task.is_open else outcome(task.kind, task.state)
    return AskedLine(
        words=f"{task.recipient.name}: {shortened(task.words, _LONGEST)}",
        state=state,
        answer=_answer(task, zone),
        steps=(Step("Change", change), Step("Take back", take_back)) if task.is_open else (),
    )


def asked_words(task: Task) -> str:
    """Who asks what, in one line."""
    return f"{task.sender.name}: {shortened(task.words, _LONGEST)}"


def line_answered(task: Task, zone: ZoneInfo) -> TaskLine:
    """One line for who sent it: what became of it."""
    return TaskLine(
        name=task.patient.name,
        url=tasks_url(task.patient_id),
        words=f"{task.recipient.name}: {outcome(task.kind, task.state).lower()}. {shortened(task.answer, _LONGEST)}",
        day=_when(task.answered_at, zone),
    )


def waits_words(waiting: Sequence[Waiting], today: Mapping[uuid.UUID, date]) -> str:
    """How many tasks of the reader wait for an answer, and which of them ask for a look; empty without any."""
    if not waiting:
        return ""
    late = sum(not each.has_died and is_late(each.due_on, today[each.clinic_id]) for each in waiting)
    died = sum(each.has_died for each in waiting)
    parts = [f"{count(len(waiting), 'task')} of yours not answered yet"]
    if late:
        parts.append(f"{late} overdue")
    if died:
        parts.append(f"{died} about a person who died")
    return ", ".join(parts)


def _state_kind(task: Task, today: date) -> str:
    if task.is_open:
        return "action" if is_late(task.due_on, today) and task.patient.died_on is None else "accent"
    return "good" if task.state == "done" else "neutral"


def _answer(task: Task, zone: ZoneInfo) -> str:
    if task.answered_at is None:
        return ""
    by = task.sender if task.state == "withdrawn" else task.recipient
    who = f"{by.name}, {_when(task.answered_at, zone)}"
    return f"{task.answer} ({who})" if task.answer else who


def _when(instant: datetime | None, zone: ZoneInfo) -> str:
    return "" if instant is None else local_time(instant, zone)


def answer_url(task: Task) -> str:
    return url_for("tasks.answer", patient_id=task.patient_id, task_id=task.id)
