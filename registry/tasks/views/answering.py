"""Answering what a colleague asked, or handing it on."""

from __future__ import annotations

import uuid

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import policy
from registry.accounts import receipts
from registry.tasks import actions
from registry.tasks.forms import AnswerForm, HandOnForm
from registry.tasks.models import Task
from registry.tasks.presenters import tasks_url
from registry.tasks.queries import ANSWERING_OWN, WRITING
from registry.tasks.views.common import blueprint, colleagues, do_once, own_task_at, task_at
from registry.web.pages import Page


@blueprint.route("/patients/<uuid:patient_id>/tasks/<uuid:task_id>/answer", methods=["GET", "POST"])
@policy("task.write")
def answer(patient_id: uuid.UUID, task_id: uuid.UUID) -> Page:
    task = task_at(patient_id, task_id)
    return _not_to_answer(task) or _answer(task, action=WRITING)


@blueprint.route("/my-people/<uuid:patient_id>/tasks/<uuid:task_id>/answer", methods=["GET", "POST"])
@policy("task.answer-own")
def answer_own(patient_id: uuid.UUID, task_id: uuid.UUID) -> Page:
    """For whoever may deal only with the people whose team they are on: what was asked of others does not exist."""
    return _answer(own_task_at(patient_id, task_id, action=ANSWERING_OWN), action=ANSWERING_OWN)


def _answer(task: Task, *, action: str) -> Page:
    form = AnswerForm(kind=task.kind, version=str(task.version), state="done")

    def act(fresh: Task) -> None:
        actions.answer_task(
            task=fresh,
            state=form.state.data,
            words=form.words.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    done = "Answer saved: your colleague sees it"
    return do_once(task, form, act, template="answer", title="Answer a colleague", done=done, action=action)


@blueprint.route("/patients/<uuid:patient_id>/tasks/<uuid:task_id>/hand-on", methods=["GET", "POST"])
@policy("task.write")
def hand_on(patient_id: uuid.UUID, task_id: uuid.UUID) -> Page:
    """Not back to who asked: that is an answer."""
    task = task_at(patient_id, task_id)
    if (elsewhere := _not_to_answer(task)) is not None:
        return elsewhere
    choice = colleagues(task.clinic_id, patient_id=patient_id, but=(current_user.id, task.from_id))
    form = HandOnForm(colleagues=choice, version=str(task.version))

    def act(fresh: Task) -> None:
        actions.hand_on(
            task=fresh,
            to_id=uuid.UUID(form.to.data),
            words=form.words.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    done = f"Handed on: it stands on the day of {choice.get(form.to.data or '', 'your colleague')}"
    return do_once(task, form, act, template="hand_on", title="Hand on to a colleague", done=done)


def _not_to_answer(task: Task) -> Response | None:
    """Only whom it was sent to answers; whoever else may open the record is led to what is asked there.

    A second click of the form that handed it on lands where the first one led.
    """
    if task.to_id == current_user.id:
        return None
    led_to = receipts.led_to(request.form.get("form_key", ""), by=current_user)
    if led_to is None:
        flash(f"This was sent to {task.recipient.name}, who answers it", "warning")
    return redirect(led_to or tasks_url(task.patient_id), 303)
