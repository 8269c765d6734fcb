"""Pages over goals and plans."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import can, found, permitted_clinics, policy
from registry.accounts import receipts
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict
from registry.episodes.errors import Refused
from registry.episodes.patient_header import load_header
from registry.episodes.place import get_clinic_of
from registry.episodes.record_tabs import record_tabs
from registry.patients.models import Patient
from registry.patients.presenters import IdentityHeader
from registry.patients.queries import get_patient
from registry.plans import actions, queries
from registry.plans.forms import (
    PLAN_FORMS,
    ChangeGoalForm,
    EndGoalForm,
    GoalForm,
    PlanForm,
    RateForm,
    WithdrawForm,
)
from registry.plans.models import Goal, PlanVersion
from registry.plans.presenters import (
    PlanFormPage,
    PlanPage,
    VersionPage,
    compare,
    goal_differences,
    plan_differences,
    show_goal,
    show_plans,
    version_facts,
    version_links,
    version_url,
)
from registry.plans.rules import PLANS, SECTIONS
from registry.web.filters import local_time, long_date
from registry.web.form_fields import RegistryForm

blueprint = Blueprint("plans", __name__, url_prefix="/patients/<uuid:patient_id>/plan")

Page = str | tuple[str, int] | Response

_WITHDRAWN = "Marked as entered in error. The entry is kept, struck through, and counts nowhere"


@dataclass(frozen=True, slots=True)
class _Place:
    """The person, and the clinic at which they are dealt with here."""

    patient: Patient
    clinic: Clinic

    @property
    def today(self) -> date:
        return clock.now().astimezone(self.clinic.zone).date()

    @property
    def url(self) -> str:
        return url_for("plans.plan", patient_id=self.patient.id)

    def header(self) -> IdentityHeader:
        return found(load_header(self.patient.id, self.today, clinic_id=self.clinic.id))


def _place(patient_id: uuid.UUID, action: str = "plan.write") -> _Place:
    return _Place(found(get_patient(patient_id)), found(get_clinic_of(patient_id, permitted_clinics(action))))


@blueprint.get("")
@policy("patient.read")
def plan(patient_id: uuid.UUID) -> Page:
    place = _place(patient_id, "patient.read")
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
    place = _place(patient_id)
    form = GoalForm(today=place.today, born_on=place.patient.birth_date, on=place.today)
    clinic_id = place.clinic.id

    def act() -> None:
        words = form.words.data or ""
        actions.set_goal(patient_id=patient_id, clinic_id=clinic_id, words=words, on=form.day, by=current_user)

    return _do(place, form, act, title="Set a goal", save="Save goal", saved="Goal saved")


@blueprint.route("/goals/<uuid:goal_id>/change", methods=["GET", "POST"])
@policy("plan.write")
def change_goal(patient_id: uuid.UUID, goal_id: uuid.UUID) -> Page:
    place, goal = _place(patient_id), _goal(patient_id, goal_id)
    form = ChangeGoalForm(
        today=place.today, born_on=place.patient.birth_date, on=place.today, words=goal.words, version=str(goal.version)
    )

    def act() -> None:
        actions.change_goal(
            goal=_goal(patient_id, goal_id),
            words=form.words.data or "",
            on=form.day,
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    return _do(
        place, form, act, title="Change a goal", save="Save", saved="Goal changed. The earlier one is kept", goal=goal
    )


@blueprint.route("/goals/<uuid:goal_id>/end", methods=["GET", "POST"])
@policy("plan.write")
def end_goal(patient_id: uuid.UUID, goal_id: uuid.UUID) -> Page:
    place, goal = _place(patient_id), _goal(patient_id, goal_id)
    form = EndGoalForm(today=place.today, born_on=place.patient.birth_date, on=place.today, version=str(goal.version))

    def act() -> None:
        actions.end_goal(
            goal=_goal(patient_id, goal_id),
            how=form.how.data,
            on=form.day,
            words=form.words.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    return _do(place, form, act, title="End a goal", save="Save", saved="Saved", goal=goal)


@blueprint.route("/goals/<uuid:goal_id>/rate", methods=["GET", "POST"])
@policy("plan.write")
def rate(patient_id: uuid.UUID, goal_id: uuid.UUID) -> Page:
    place, goal = _place(patient_id), _goal(patient_id, goal_id)
    form = RateForm(today=place.today, born_on=place.patient.birth_date, on=place.today)
    clinic_id = place.clinic.id

    def act() -> None:
        actions.rate_goal(
            goal=_goal(patient_id, goal_id),
            clinic_id=clinic_id,
            on=form.day,
            rating=form.rating.data or 0,
            words=form.words.data or "",
            by=current_user,
        )

    return _do(place, form, act, title="Rate a goal", save="Save rating", saved="Rating saved", goal=goal)


@blueprint.route("/ratings/<uuid:rating_id>/entered-in-error", methods=["GET", "POST"])
@policy("plan.write")
def withdraw_rating(patient_id: uuid.UUID, rating_id: uuid.UUID) -> Page:
    place = _place(patient_id)
    row = found(queries.get_rating(patient_id, rating_id))
    form = WithdrawForm(version=str(row.version))

    def act() -> None:
        actions.withdraw_rating(
            rating=found(queries.get_rating(patient_id, rating_id)),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    return _do(
        place,
        form,
        act,
        title="Mark a rating as entered in error",
        subtitle=f"{row.rating} of 10 on {long_date(row.rated_on)}",
        save="Mark as entered in error",
        saved=_WITHDRAWN,
        is_withdrawal=True,
    )


@blueprint.route("/<plan_kind>/write", methods=["GET", "POST"])
@policy("plan.write")
def write(patient_id: uuid.UUID, plan_kind: str) -> Page:
    place, form_class = _place(patient_id), found(PLAN_FORMS.get(plan_kind))
    form = form_class(
        today=place.today, born_on=place.patient.birth_date, on=place.today, **_begun_from(patient_id, plan_kind)
    )
    page = _form_page(place, form, title=PLANS[plan_kind], save="Save this version")
    sections = [section.key for section in SECTIONS[plan_kind]]
    page = replace(page, sections=sections, intro="Saving makes a new version. Earlier ones stay readable.")
    if not form.validate_on_submit():
        return _show(page, status=422 if form.errors else 200)
    clinic_id, url = place.clinic.id, place.url

    def act() -> str:
        actions.write_plan(
            patient_id=patient_id,
            clinic_id=clinic_id,
            kind=plan_kind,
            facts=form.facts(),
            opened_number=form.seen_number,
            by=current_user,
        )
        return url

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except EditConflict:
        return _plan_conflict(patient_id, plan_kind, form, page)
    flash(f"{PLANS[plan_kind]} saved", "success")
    return redirect(location, 303)


def _begun_from(patient_id: uuid.UUID, kind: str) -> dict[str, str]:
    """A new version begins with the words of the one that stands; who took part is asked anew."""
    versions = queries.list_versions(patient_id, kind)
    stands = queries.plan_in_force(versions, kind)
    number = versions[0].number if versions else 0
    sections = {} if stands is None else {key: str(text) for key, text in stands.sections.items()}
    return {"opened_number": str(number), **sections}


def _plan_conflict(patient_id: uuid.UUID, kind: str, form: PlanForm, page: PlanFormPage) -> Page:
    """What a colleague saved meanwhile, beside what was typed."""
    place, theirs = _place(patient_id), queries.list_versions(patient_id, kind)[0]
    form.opened_number.data = str(theirs.number)
    page = replace(
        page,
        patient=place.header(),
        conflict=plan_differences(theirs, form.facts()),
        conflict_by=f"{theirs.recorded_by.name}, {local_time(theirs.recorded_at, place.clinic.zone)}",
    )
    return _show(page, status=409)


@blueprint.get("/<plan_kind>/<int:number>")
@policy("patient.read")
def version(patient_id: uuid.UUID, plan_kind: str, number: int) -> Page:
    """One version, beside the one named by ``against``, else the one before it."""
    place = _place(patient_id, "patient.read")
    versions = queries.list_versions(patient_id, plan_kind)
    shown = found(_numbered(versions, str(number)))
    other = _numbered(versions, request.args.get("against", str(number - 1)))
    may_write = can(current_user, "plan.write", clinic_id=place.clinic.id)
    page = VersionPage(
        title=PLANS[plan_kind],
        subtitle=f"Version {shown.number}",
        patient=place.header(),
        facts=version_facts(shown),
        state="" if shown.status == "final" else f"Entered in error: {shown.why}",
        sections=compare(shown, other),
        against="" if other is None or other is shown else f"Version {other.number}",
        versions=[each for each in version_links(versions) if each.url != version_url(shown)],
        withdraw_url=url_for("plans.withdraw", patient_id=patient_id, plan_kind=plan_kind, number=number)
        if may_write and shown.status == "final"
        else "",
        write_url=url_for("plans.write", patient_id=patient_id, plan_kind=plan_kind) if may_write else "",
        back_url=place.url,
    )
    opened("plan.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("plans/version.html", page=page)


@blueprint.route("/<plan_kind>/<int:number>/entered-in-error", methods=["GET", "POST"])
@policy("plan.write")
def withdraw(patient_id: uuid.UUID, plan_kind: str, number: int) -> Page:
    place, row = _place(patient_id), _version(patient_id, plan_kind, number)
    form = WithdrawForm(version=str(row.version))

    def act() -> None:
        actions.withdraw_plan(
            version=_version(patient_id, plan_kind, number),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    return _do(
        place,
        form,
        act,
        title="Mark a version as entered in error",
        subtitle=f"{PLANS[plan_kind]}, version {number}",
        save="Mark as entered in error",
        saved=_WITHDRAWN,
        is_withdrawal=True,
    )


def _do(
    place: _Place,
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
    patient_id, url = place.patient.id, place.url
    goal_id, subtitle = (goal.id, f"“{goal.words}”") if goal is not None else (None, subtitle)
    page = _form_page(place, form, title=title, save=save, subtitle=subtitle)
    page = replace(page, is_withdrawal=is_withdrawal)
    if not form.validate_on_submit():
        return _show(page, status=422 if form.errors else 200)

    def once() -> str:
        act()
        return url

    try:
        location = receipts.once(form.key, by=current_user, act=once)
    except EditConflict:
        return _do_conflict(page, patient_id, goal_id, url)
    except Refused as problem:
        form[problem.field if problem.field in form else "on"].errors = [str(problem)]
        return _show(replace(page, patient=_place(patient_id).header()), status=422)
    flash(saved, "success")
    return redirect(location, 303)


def _do_conflict(page: PlanFormPage, patient_id: uuid.UUID, goal_id: uuid.UUID | None, url: str) -> Page:
    """What a colleague did meanwhile: of a goal beside what was typed; of anything else only that it is done."""
    if goal_id is None:
        flash("A colleague marked that entry as entered in error already", "warning")
        return redirect(url, 303)
    theirs, form = _goal(patient_id, goal_id), page.form
    typed = str(form.words.data or "") if "words" in form else ""
    conflict = goal_differences(theirs, typed)
    return _show(
        replace(page, patient=_place(patient_id).header(), conflict=conflict, conflict_by="a colleague"), status=409
    )


def _form_page(place: _Place, form: RegistryForm, *, title: str, save: str, subtitle: str = "") -> PlanFormPage:
    return PlanFormPage(
        title=title,
        subtitle=subtitle,
        patient=place.header(),
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save=save,
        back_url=place.url,
    )


def _goal(patient_id: uuid.UUID, goal_id: uuid.UUID) -> Goal:
    return found(queries.get_goal(patient_id, goal_id))


def _version(patient_id: uuid.UUID, kind: str, number: int) -> PlanVersion:
    return found(_numbered(queries.list_versions(patient_id, kind), str(number)))


def _numbered(versions: Sequence[PlanVersion], number: str) -> PlanVersion | None:
    return next((each for each in versions if str(each.number) == number), None)


def _show(page: PlanFormPage, *, status: int) -> Page:
    opened("plan.opened", by=current_user, patient_id=page.patient.patient_id)
    return render_template("plans/form.html", page=page), status
