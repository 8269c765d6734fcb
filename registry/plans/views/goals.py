"""Goals and plans of one person, and what becomes of the goals."""

from __future__ import annotations

import uuid

from flask import render_template, url_for
from flask_login import current_user

from registry.access.policy import can, found, policy
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.patients.record_tabs import record_tabs
from registry.plans import actions, queries
from registry.plans.forms import ChangeGoalForm, EndGoalForm, GoalForm, RateForm
from registry.plans.presenters import PlanPage, show_goal, show_plans
from registry.plans.views.place import (
    blueprint,
    form_page,
    goal_of,
    place_of,
    save_about_goal,
    show,
    strike_out,
    url_of,
)
from registry.web.filters import long_date
from registry.web.pages import Page
from registry.web.withdraw_form import WithdrawForm


@blueprint.get("")
@policy("patient.read")
def plan(patient_id: uuid.UUID) -> Page:
    place = place_of(patient_id, "patient.read")
    may_write = can(current_user, "plan.write", clinic_id=place.clinic.id)
    goals = queries.list_goals(patient_id)
    header = place.header()
    page = PlanPage(
        title="Plan",
        patient=header,
        tabs=record_tabs(patient_id),
        goals=[show_goal(each, today=place.today, may_write=may_write) for each in goals if each.status == "open"],
        former_goals=[show_goal(each, today=place.today, may_write=False) for each in goals if each.status != "open"],
        plans=show_plans(queries.list_versions(patient_id), header, today=place.today, may_write=may_write),
        set_url=url_for("plans.set_goal", patient_id=patient_id) if may_write else "",
    )
    opened("plan.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("plans/plan.html", page=page)


@blueprint.route("/goals/new", methods=["GET", "POST"])
@policy("plan.write")
def set_goal(patient_id: uuid.UUID) -> Page:
    place = place_of(patient_id)
    form = GoalForm(today=place.today, born_on=place.patient.birth_date, on=place.today)
    clinic_id = place.clinic.id

    def act() -> None:
        words = form.words.data or ""
        actions.set_goal(patient_id=patient_id, clinic_id=clinic_id, words=words, on=form.day, by=current_user)

    page = form_page(place, form, title="Set a goal", save="Save goal")
    return save(
        form,
        act,
        to=url_of(place),
        show=lambda status: show(page, status=status),
        saved="Goal saved",
    )


@blueprint.route("/goals/<uuid:goal_id>/change", methods=["GET", "POST"])
@policy("plan.write")
def change_goal(patient_id: uuid.UUID, goal_id: uuid.UUID) -> Page:
    place, goal = place_of(patient_id), goal_of(patient_id, goal_id)
    form = ChangeGoalForm(
        today=place.today, born_on=place.patient.birth_date, on=place.today, words=goal.words, version=str(goal.version)
    )

    def act() -> None:
        actions.change_goal(
            goal=goal_of(patient_id, goal_id),
            words=form.words.data or "",
            on=form.day,
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    saved = "Goal changed. The earlier one is kept"
    return save_about_goal(place, form, act, title="Change a goal", button="Save", saved=saved, goal=goal)


@blueprint.route("/goals/<uuid:goal_id>/end", methods=["GET", "POST"])
@policy("plan.write")
def end_goal(patient_id: uuid.UUID, goal_id: uuid.UUID) -> Page:
    place, goal = place_of(patient_id), goal_of(patient_id, goal_id)
    form = EndGoalForm(today=place.today, born_on=place.patient.birth_date, on=place.today, version=str(goal.version))

    def act() -> None:
        actions.end_goal(
            goal=goal_of(patient_id, goal_id),
            how=form.how.data,
            on=form.day,
            words=form.words.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    return save_about_goal(place, form, act, title="End a goal", button="Save", saved="Saved", goal=goal)


@blueprint.route("/goals/<uuid:goal_id>/rate", methods=["GET", "POST"])
@policy("plan.write")
def rate(patient_id: uuid.UUID, goal_id: uuid.UUID) -> Page:
    place, goal = place_of(patient_id), goal_of(patient_id, goal_id)
    form = RateForm(today=place.today, born_on=place.patient.birth_date, on=place.today)
    clinic_id = place.clinic.id

    def act() -> None:
        actions.rate_goal(
            goal=goal_of(patient_id, goal_id),
            clinic_id=clinic_id,
            on=form.day,
            rating=form.rating.data or 0,
            words=form.words.data or "",
            by=current_user,
        )

    return save_about_goal(place, form, act, title="Rate a goal", button="Save rating", saved="Rating saved", goal=goal)


@blueprint.route("/ratings/<uuid:rating_id>/entered-in-error", methods=["GET", "POST"])
@policy("plan.write")
def withdraw_rating(patient_id: uuid.UUID, rating_id: uuid.UUID) -> Page:
    place = place_of(patient_id)
    row = found(queries.get_rating(patient_id, rating_id))
    form = WithdrawForm(version=str(row.version))

    def act() -> None:
        actions.withdraw_rating(
            rating=found(queries.get_rating(patient_id, rating_id)),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    what = f"{row.rating} of 10 on {long_date(row.rated_on)}"
    return strike_out(place, form, act, title="Mark a rating as entered in error", what=what)
