"""What the pages over tasks share: the task, the page about one, and doing once what its form asks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, render_template, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import found, permitted_clinics
from registry.accounts.saving import go_back, save
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.episodes.patient_header import load_header
from registry.episodes.place import refuse_stranger
from registry.extensions import db
from registry.tasks import queries
from registry.tasks.actions import NotTheirs
from registry.tasks.models import Task
from registry.tasks.presenters import AboutTaskPage, TaskShown, show_task
from registry.tasks.rules import LATEST
from registry.web.form_fields import RegistryForm
from registry.web.pages import Page

blueprint = Blueprint("tasks", __name__)

PER_PAGE = 50
_WHOSE: Mapping[str, str] = {queries.ANSWERING_OWN: "to_id", queries.WRITING_OWN: "from_id"}
"""Of whoever deals only with their own people: what they may do with a task, and who of the two they have to be."""


def task_at(patient_id: uuid.UUID, task_id: uuid.UUID, *, action: str = queries.WRITING) -> Task:
    """The task, if it is about this person and was sent at a clinic where one may answer; else 404."""
    task = found(queries.get_task(patient_id, task_id))
    if task.clinic_id not in permitted_clinics(action):
        abort(404)
    return task


def clinic_day(task: Task) -> date:
    """The local date of the clinic at which it was sent."""
    return db.session.get_one(Clinic, task.clinic_id).today(clock.now())


def colleagues(clinic_id: uuid.UUID, *, patient_id: uuid.UUID, but: tuple[uuid.UUID, ...]) -> dict[str, str]:
    """Whom one can choose about this person, by id."""
    found_here = queries.list_recipients(clinic_id, patient_id=patient_id, but=but)
    return {str(each.id): each.name for each in found_here}


def do_once(
    task: Task,
    form: RegistryForm,
    act: Callable[[Task], None],
    *,
    template: str,
    title: str,
    done: str,
    action: str = queries.WRITING,
) -> Page:
    """Act on the task as its form asks, or show the page about it; ``done`` says what has happened."""
    patient_id, task_id, day_url = task.patient_id, task.id, _day_url(action)

    def show(about: Task, status: int) -> Page:
        return _show(about, form, template, title=title, action=action, status=status)

    def compare() -> Page:
        fresh = _still_there(patient_id, task_id, action=action)
        form.version.data = str(fresh.version)
        return show(fresh, 409)

    try:
        return save(
            form,
            lambda: act(_still_there(patient_id, task_id, action=action)),
            to=day_url,
            show=lambda status: show(task, status),
            overtaken=compare,
            saved=done,
        )
    except NotTheirs:
        return go_back(day_url, "This is somebody else's to answer by now")


def _still_there(patient_id: uuid.UUID, task_id: uuid.UUID, *, action: str) -> Task:
    """The task as it is now. What is between others does not exist for whoever deals only with their own people.

    Raises ``NotTheirs`` where it has become such.
    """
    task = task_at(patient_id, task_id, action=action)
    if action in _WHOSE:
        refuse_stranger(patient_id)
        if getattr(task, _WHOSE[action]) != current_user.id:
            raise NotTheirs(task.id)
    return task


def own_task_at(patient_id: uuid.UUID, task_id: uuid.UUID, *, action: str) -> Task:
    """The task, for whoever deals only with their own people: asked of them, or by them; else 404."""
    try:
        return _still_there(patient_id, task_id, action=action)
    except NotTheirs:
        abort(404)


def _day_url(action: str) -> str:
    """Where what is asked of the reader stands."""
    return url_for("alerts.worklist" if action == queries.WRITING else "caseload.my_people")


def _show(task: Task, form: RegistryForm, template: str, *, title: str, action: str, status: int) -> Page:
    clinic = db.session.get_one(Clinic, task.clinic_id)
    today = clinic.today(clock.now())
    shown = show_task(task, today=today, zone=clinic.zone, reader_id=current_user.id)
    header = found(load_header(task.patient_id, today, clinic_id=clinic.id))
    page = AboutTaskPage(
        title=title,
        patient=header if action == queries.WRITING else replace(header, url=""),
        task=shown,
        form=form,
        meanwhile=_meanwhile(task, shown) if status == 409 or not task.is_open else "",
        is_over=not task.is_open,
        today=today,
        latest=today + LATEST,
        back_url=_day_url(action),
    )
    opened("task.opened", by=current_user, patient_id=task.patient_id, clinic_id=clinic.id, about=("task", task.id))
    return render_template(f"tasks/{template}.html", page=page), status


def _meanwhile(task: Task, shown: TaskShown) -> str:
    """What happened while the form was open, or before."""
    if task.is_open:
        return "This was changed while you were writing. Read what is asked now, then save again."
    return f"This is over already. {shown.state}: {shown.answer}"
