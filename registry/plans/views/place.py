"""Where the pages over goals and plans are at: the person and the clinic; and saving what a form says."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, render_template, url_for
from flask_login import current_user

from registry.access.policy import found, permitted_clinics
from registry.accounts.saving import go_back, save
from registry.audit.opened import opened
from registry.episodes.place import Place, place_at
from registry.patients.presenters import PersonFormPage, WithdrawPage
from registry.plans import queries
from registry.plans.models import Goal
from registry.plans.presenters import PlanFormPage, goal_differences
from registry.web.form_fields import RegistryForm
from registry.web.pages import Page
from registry.web.withdraw_form import MARKED, WithdrawForm

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


def save_about_goal(
    place: Place, form: RegistryForm, act: Callable[[], None], *, title: str, button: str, saved: str, goal: Goal
) -> Page:
    """Show the form about a goal, or do once what it asks, and go back to the plan."""
    page = form_page(place, form, title=title, save=button, subtitle=f"“{goal.words}”")
    patient_id, goal_id = place.patient.id, goal.id

    def compare() -> Page:
        """What a colleague did meanwhile, beside what was typed."""
        typed = str(form["words"].data or "") if "words" in form else ""
        return show(replace(page, conflict=goal_differences(goal_of(patient_id, goal_id), typed)), status=409)

    return save(
        form, act, to=page.back_url, show=lambda status: show(page, status=status), overtaken=compare, saved=saved
    )


def strike_out(place: Place, form: WithdrawForm, act: Callable[[], None], *, title: str, what: str) -> Page:
    """Show the form, or mark once as entered in error what it is about, and go back to the plan."""
    url = url_of(place)
    page = WithdrawPage(title=title, subtitle=what, patient=place.header(), form=form, back_url=url)
    return save(
        form,
        act,
        to=url,
        show=lambda status: show(page, status=status, template="patients/withdraw.html"),
        overtaken=lambda: go_back(url, "A colleague marked that entry as entered in error already"),
        saved=MARKED,
    )


def form_page(place: Place, form: RegistryForm, *, title: str, save: str, subtitle: str = "") -> PlanFormPage:
    """One form about the person, under their header."""
    return PlanFormPage(
        title=title,
        subtitle=subtitle,
        patient=place.header(),
        at=place.at(),
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save=save,
        back_url=url_of(place),
    )


def show(page: PersonFormPage, *, status: int, template: str = "plans/form.html") -> Page:
    """The page, its opening noted."""
    opened("plan.opened", by=current_user, patient_id=page.patient.patient_id)
    return render_template(template, page=page), status
