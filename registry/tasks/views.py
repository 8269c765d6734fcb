"""Pages over tasks: a person's, writing to a colleague, answering."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import can, found, permitted_clinics, policy
from registry.accounts import receipts
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict
from registry.episodes.patient_header import load_header
from registry.episodes.place import get_clinic_of
from registry.episodes.record_tabs import record_tabs
from registry.extensions import db
from registry.tasks import actions, queries
from registry.tasks.forms import AnswerForm, TaskForm
from registry.tasks.models import Task
from registry.tasks.presenters import AnswerPage, TaskFormPage, TasksPage, show_task, tasks_url
from registry.tasks.rules import LATEST, needs_words
from registry.web.paging import Paging, page_number

blueprint = Blueprint("tasks", __name__)

PER_PAGE = 50
Page = str | tuple[str, int] | Response


@blueprint.get("/patients/<uuid:patient_id>/tasks")
@policy("patient.read")
def tasks(patient_id: uuid.UUID) -> Page:
    clinic = found(get_clinic_of(patient_id, permitted_clinics("patient.read")))
    today, number = clinic.today(clock.now()), page_number(request.args.get("page"))
    rows = queries.list_tasks(patient_id, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    page = TasksPage(
        title="Tasks",
        patient=found(load_header(patient_id, today, clinic_id=clinic.id)),
        tabs=record_tabs(patient_id),
        tasks=[show_task(row, today=today, zone=clinic.zone, reader_id=current_user.id) for row in rows],
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=queries.count_tasks(patient_id),
            address=lambda wanted: url_for("tasks.tasks", patient_id=patient_id, page=wanted),
        ),
        write_url=url_for("tasks.send", patient_id=patient_id)
        if can(current_user, queries.WRITING, clinic_id=clinic.id)
        else "",
    )
    opened("tasks.opened", by=current_user, patient_id=patient_id, clinic_id=clinic.id)
    return render_template("tasks/tasks.html", page=page)


@blueprint.route("/patients/<uuid:patient_id>/tasks/new", methods=["GET", "POST"])
@policy("task.write")
def send(patient_id: uuid.UUID) -> Page:
    clinic = found(get_clinic_of(patient_id, permitted_clinics("task.write")))
    today, back_url = clinic.today(clock.now()), tasks_url(patient_id)
    colleagues = {str(each.id): each.name for each in queries.list_recipients(clinic.id, but=current_user.id)}
    form = TaskForm(today=today, colleagues=colleagues, kind="task")
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
        flash(f"Sent to {colleagues[form.to.data]}: it stands on their day until they answer", "success")
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


@blueprint.route("/patients/<uuid:patient_id>/tasks/<uuid:task_id>/answer", methods=["GET", "POST"])
@policy("task.write")
def answer(patient_id: uuid.UUID, task_id: uuid.UUID) -> Page:
    """Only whom it was sent to answers; whoever else may open the record is led to what is asked there."""
    task = _at_ones_clinic(patient_id, task_id)
    if task.to_id != current_user.id:
        flash(f"This was sent to {task.recipient.name}, who answers it", "warning")
        return redirect(tasks_url(patient_id), 303)
    if request.method == "GET" and task.state != "open":
        flash("You have answered this already", "warning")
        return redirect(tasks_url(patient_id), 303)
    form = AnswerForm(kind=task.kind, version=str(task.version), state="done")
    if not form.validate_on_submit():
        return _show_answer(task, form, status=422 if form.errors else 200)

    def act() -> str:
        actions.answer_task(
            task=_at_ones_clinic(patient_id, task_id),
            state=form.state.data,
            words=form.words.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )
        return url_for("alerts.worklist")

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except EditConflict:
        return _show_answer(_at_ones_clinic(patient_id, task_id), form, status=409)
    flash("Answer saved: your colleague sees it", "success")
    return redirect(location, 303)


def _show_answer(task: Task, form: AnswerForm, *, status: int) -> Page:
    clinic = db.session.get_one(Clinic, task.clinic_id)
    today = clinic.today(clock.now())
    shown = show_task(task, today=today, zone=clinic.zone, reader_id=current_user.id)
    page = AnswerPage(
        title="Answer a colleague",
        patient=found(load_header(task.patient_id, today, clinic_id=clinic.id)),
        task=shown,
        form=form,
        words_hint="Say what was done, or why it cannot be done" if needs_words(task.kind) else "Only if you like",
        answered_by=shown.answer if status == 409 else "",
        back_url=url_for("alerts.worklist"),
    )
    opened("task.opened", by=current_user, patient_id=task.patient_id, clinic_id=clinic.id, about=("task", task.id))
    return render_template("tasks/answer.html", page=page), status


def _at_ones_clinic(patient_id: uuid.UUID, task_id: uuid.UUID) -> Task:
    """The task, if it is about this person and was sent at a clinic where one may answer."""
    task = found(queries.get_task(patient_id, task_id))
    if task.clinic_id not in permitted_clinics("task.write"):
        abort(404)
    return task
