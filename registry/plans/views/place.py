"""Where the pages over goals and plans are at: the person and the clinic; and doing once what a form asks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user

from registry.access.policy import found, permitted_clinics
from registry.accounts import receipts
from registry.audit.opened import opened
from registry.db.conflict import EditConflict
from registry.episodes.errors import Refused
from registry.episodes.place import Place, place_at
from registry.plans import queries
from registry.plans.models import Goal
from registry.plans.presenters import PlanFormPage, goal_differences
from registry.web.form_fields import RegistryForm
from registry.web.pages import Page
from registry.web.withdraw_form import STAYS

blueprint = Blueprint("plans", __name__, url_prefix="/patients/<uuid:patient_id>/plan")


def place_of(patient_id: uuid.UUID, action: str = "plan.write") -> Place:
    """The person at the one of the reader's clinics that deals with them. Absent and foreign: 404."""
    return place_at(patient_id, permitted_clinics(action))


def url_of(place: Place) -> str:
    """Where everything of the kind stands, and every form leads back to."""
    return url_for("plans.plan", patient_id=place.patient.id)


def goal_of(patient_id: uuid.UUID, goal_id: uuid.UUID) -> Goal:
    """The goal, if it is this person's; else 404."""
    return found(queries.get_goal(patient_id, goal_id))


def do_once(
    place: Place,
    form: RegistryForm,
    act: Callable[[], None],
    *,
    title: str,
    save: str,
    saved: str,
    subtitle: str = "",
    goal: Goal | None = None,
    is_withdrawal: bool = False,
) -> Page:
    """Show the form, or do once what it asks, and go back to the plan."""
    patient_id, url = place.patient.id, url_of(place)
    goal_id, subtitle = (goal.id, f"“{goal.words}”") if goal is not None else (None, subtitle)
    page = form_page(place, form, title=title, save=save, subtitle=subtitle)
    page = replace(page, is_withdrawal=is_withdrawal, intro=STAYS if is_withdrawal else "")
    if not form.validate_on_submit():
        return show(page, status=422 if form.errors else 200)

    def once() -> str:
        act()
        return url

    try:
        location = receipts.once(form.key, by=current_user, act=once)
    except EditConflict:
        return _do_conflict(page, patient_id, goal_id, url)
    except Refused as problem:
        form[problem.field if problem.field in form else "on"].errors = [str(problem)]
        return show(replace(page, patient=place_of(patient_id).header()), status=422)
    flash(saved, "success")
    return redirect(location, 303)


def _do_conflict(page: PlanFormPage, patient_id: uuid.UUID, goal_id: uuid.UUID | None, url: str) -> Page:
    """What a colleague did meanwhile: of a goal beside what was typed; of anything else only that it is done."""
    if goal_id is None:
        flash("A colleague marked that entry as entered in error already", "warning")
        return redirect(url, 303)
    theirs, form = goal_of(patient_id, goal_id), page.form
    typed = str(form.words.data or "") if "words" in form else ""
    conflict = goal_differences(theirs, typed)
    return show(
        replace(page, patient=place_of(patient_id).header(), conflict=conflict, conflict_by="a colleague"), status=409
    )


def form_page(place: Place, form: RegistryForm, *, title: str, save: str, subtitle: str = "") -> PlanFormPage:
    """One form about the person, under their header."""
    return PlanFormPage(
        title=title,
        subtitle=subtitle,
        patient=place.header(),
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save=save,
        back_url=url_of(place),
    )


def show(page: PlanFormPage, *, status: int) -> Page:
    """The page, its opening noted."""
    opened("plan.opened", by=current_user, patient_id=page.patient.patient_id)
    return render_template("plans/form.html", page=page), status
