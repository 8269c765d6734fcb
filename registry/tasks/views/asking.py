"""Asking something of a colleague; changing it, or taking it back."""

from __future__ import annotations

import uuid
from dataclasses import replace

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import permitted_clinics, policy
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.episodes.place import place_at, refuse_stranger
from registry.tasks import actions
from registry.tasks.forms import ChangeForm, TakeBackForm, TaskForm
from registry.tasks.models import Task
from registry.tasks.presenters import TaskFormPage, tasks_url
from registry.tasks.queries import WRITING, WRITING_OWN
from registry.tasks.rules import LATEST
from registry.tasks.views.common import blueprint, clinic_day, colleagues, do_once, own_task_at, task_at
from registry.web.pages import Page


@blueprint.route("/patients/<uuid:patient_id>/tasks/new", methods=["GET", "POST"])
@policy("task.write")
def send(patient_id: uuid.UUID) -> Page:
    return _send(patient_id, action=WRITING, back_url=tasks_url(patient_id))


@blueprint.route("/my-people/<uuid:patient_id>/tasks/new", methods=["GET", "POST"])
@policy("task.write-own")
def send_own(patient_id: uuid.UUID) -> Page:
    """For whoever may deal only with the people whose team they are on."""
    refuse_stranger(patient_id)
    return _send(patient_id, action=WRITING_OWN, back_url=url_for("caseload.my_people"))


def _send(patient_id: uuid.UUID, *, action: str, back_url: str) -> Page:
    place = place_at(patient_id, permitted_clinics(action))
    clinic_id = place.clinic.id
    choice = colleagues(clinic_id, patient_id=patient_id, but=(current_user.id,))
    form = TaskForm(today=place.today, colleagues=choice, kind="task")
    header = place.header()
    page = TaskFormPage(
        title="Write to a colleague",
        patient=header if action == WRITING else replace(header, url=""),
        at=place.at(),
        form=form,
        today=place.today,
        latest=place.today + LATEST,
        back_url=back_url,
    )

    def act() -> None:
        actions.send_task(
            patient_id=patient_id,
            clinic_id=clinic_id,
            to_id=uuid.UUID(form.to.data),
            kind=form.kind.data,
            words=form.words.data or "",
            due_on=form.due_on.data,
            by=current_user,
        )

    def show(status: int) -> Page:
        opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=clinic_id)
        return render_template("tasks/send.html", page=page), status

    def say_sent() -> None:
        flash(f"Sent to {choice[form.to.data]}: it stands on their day until they answer", "success")

    return save(form, act, to=back_url, show=show, saved=say_sent)


@blueprint.route("/patients/<uuid:patient_id>/tasks/sent/<uuid:sent_id>", methods=["GET", "POST"])
@policy("task.write")
def change(patient_id: uuid.UUID, sent_id: uuid.UUID) -> Page:
    task = task_at(patient_id, sent_id)
    return _not_to_change(task) or _change(task, action=WRITING)


@blueprint.route("/my-people/<uuid:patient_id>/tasks/sent/<uuid:sent_id>", methods=["GET", "POST"])
@policy("task.write-own")
def change_own(patient_id: uuid.UUID, sent_id: uuid.UUID) -> Page:
    return _change(own_task_at(patient_id, sent_id, action=WRITING_OWN), action=WRITING_OWN)


def _change(task: Task, *, action: str) -> Page:
    """Say better what is asked, or until when. A day that has passed may stay."""
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
    return do_once(task, form, act, template="change", title="Change what you asked", done=done, action=action)


@blueprint.route("/patients/<uuid:patient_id>/tasks/sent/<uuid:sent_id>/take-back", methods=["GET", "POST"])
@policy("task.write")
def take_back(patient_id: uuid.UUID, sent_id: uuid.UUID) -> Page:
    task = task_at(patient_id, sent_id)
    return _not_to_change(task) or _take_back(task, action=WRITING)


@blueprint.route("/my-people/<uuid:patient_id>/tasks/sent/<uuid:sent_id>/take-back", methods=["GET", "POST"])
@policy("task.write-own")
def take_back_own(patient_id: uuid.UUID, sent_id: uuid.UUID) -> Page:
    return _take_back(own_task_at(patient_id, sent_id, action=WRITING_OWN), action=WRITING_OWN)


def _take_back(task: Task, *, action: str) -> Page:
    form = TakeBackForm(version=str(task.version))

    def act(fresh: Task) -> None:
        actions.take_back(task=fresh, words=form.words.data or "", opened_version=form.opened_version, by=current_user)

    done = f"Taken back: it no longer stands on the day of {task.recipient.name}"
    return do_once(task, form, act, template="take_back", title="Take back what you asked", done=done, action=action)


def _not_to_change(task: Task) -> Response | None:
    """Only who sent it changes it; whoever else may open the record is led to what is asked there."""
    if task.from_id == current_user.id:
        return None
    flash(f"This was sent by {task.sender.name}, who can change it or take it back", "warning")
    return redirect(tasks_url(task.patient_id), 303)
