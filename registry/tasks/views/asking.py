"""Asking something of a colleague; changing it, or taking it back."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import found, permitted_clinics, policy
from registry.accounts import receipts
from registry.audit.opened import opened
from registry.episodes.patient_header import load_header
from registry.episodes.place import clinic_at
from registry.tasks import actions
from registry.tasks.forms import ChangeForm, TakeBackForm, TaskForm
from registry.tasks.models import Task
from registry.tasks.presenters import TaskFormPage, tasks_url
from registry.tasks.rules import LATEST
from registry.tasks.views.common import blueprint, clinic_day, colleagues, do_once, task_at
from registry.web.pages import Page


@blueprint.route("/patients/<uuid:patient_id>/tasks/new", methods=["GET", "POST"])
@policy("task.write")
def send(patient_id: uuid.UUID) -> Page:
    clinic = clinic_at(patient_id, permitted_clinics("task.write"))
    today, back_url = clinic.today(clock.now()), tasks_url(patient_id)
    choice = colleagues(clinic.id, patient_id=patient_id, but=(current_user.id,))
    form = TaskForm(today=today, colleagues=choice, kind="task")
    if form.validate_on_submit():
        clinic_id = clinic.id

        def act() -> str:
            actions.send_task(
                patient_id=patient_id,
                clinic_id=clinic_id,
                to_id=uuid.UUID(form.to.data),
                kind=form.kind.data,
                words=form.words.data or "",
                due_on=form.due_on.data,
                by=current_user,
            )
            return back_url

        location = receipts.once(form.key, by=current_user, act=act)
        flash(f"Sent to {choice[form.to.data]}: it stands on their day until they answer", "success")
        return redirect(location, 303)
    page = TaskFormPage(
        title="Write to a colleague",
        patient=found(load_header(patient_id, today, clinic_id=clinic.id)),
        form=form,
        today=today,
        latest=today + LATEST,
        back_url=back_url,
    )
    opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=clinic.id)
    return render_template("tasks/send.html", page=page), 422 if form.errors else 200


@blueprint.route("/patients/<uuid:patient_id>/tasks/sent/<uuid:sent_id>", methods=["GET", "POST"])
@policy("task.write")
def change(patient_id: uuid.UUID, sent_id: uuid.UUID) -> Page:
    """Say better what is asked, or until when. A day that has passed may stay."""
    task = task_at(patient_id, sent_id)
    if (elsewhere := _not_to_change(task)) is not None:
        return elsewhere
    today = clinic_day(task)
    earliest = min(today, task.due_on or today)
    form = ChangeForm(
        today=today,
        earliest=earliest,
        kind=task.kind,
        version=str(task.version),
        words=task.words,
        due_on=task.due_on,
    )

    def act(fresh: Task) -> None:
        actions.change_task(
            task=fresh,
            words=form.words.data or "",
            due_on=form.day,
            opened_version=form.opened_version,
            by=current_user,
        )

    done = f"Changed: {task.recipient.name} sees it as it is now"
    return do_once(task, form, act, template="change", title="Change what you asked", done=done)


@blueprint.route("/patients/<uuid:patient_id>/tasks/sent/<uuid:sent_id>/take-back", methods=["GET", "POST"])
@policy("task.write")
def take_back(patient_id: uuid.UUID, sent_id: uuid.UUID) -> Page:
    task = task_at(patient_id, sent_id)
    if (elsewhere := _not_to_change(task)) is not None:
        return elsewhere
    form = TakeBackForm(version=str(task.version))

    def act(fresh: Task) -> None:
        actions.take_back(task=fresh, words=form.words.data or "", opened_version=form.opened_version, by=current_user)

    done = f"Taken back: it no longer stands on the day of {task.recipient.name}"
    return do_once(task, form, act, template="take_back", title="Take back what you asked", done=done)


def _not_to_change(task: Task) -> Response | None:
    """Only who sent it changes it; whoever else may open the record is led to what is asked there."""
    if task.from_id == current_user.id:
        return None
    flash(f"This was sent by {task.sender.name}, who can change it or take it back", "warning")
    return redirect(tasks_url(task.patient_id), 303)
