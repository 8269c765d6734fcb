"""Writing a plan, reading its versions side by side, and marking one entered in error."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from flask import flash, render_template, request, url_for
from flask_login import current_user

from registry.access.policy import can, found, policy
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.plans import actions, queries
from registry.plans.forms import PLAN_FORMS, PlanForm
from registry.plans.models import PlanVersion
from registry.plans.presenters import (
    PlanFormPage,
    VersionPage,
    compare,
    plan_differences,
    version_facts,
    version_links,
    version_url,
)
from registry.plans.rules import PLANS, SECTIONS
from registry.plans.views.place import blueprint, form_page, place_of, show, strike_out, url_of
from registry.web.filters import local_time, long_date
from registry.web.pages import Page
from registry.web.withdraw_form import WithdrawForm


@blueprint.route("/<plan_kind>/write", methods=["GET", "POST"])
@policy("plan.write")
def write(patient_id: uuid.UUID, plan_kind: str) -> Page:
    place, form_class = place_of(patient_id), found(PLAN_FORMS.get(plan_kind))
    form = form_class(
        today=place.today, born_on=place.patient.birth_date, on=place.today, **_begun_from(patient_id, plan_kind)
    )
    page = form_page(place, form, title=PLANS[plan_kind], save="Save this version")
    sections = [section.key for section in SECTIONS[plan_kind]]
    page = replace(page, sections=sections, intro="Saving makes a new version. Earlier ones stay readable.")
    clinic_id = place.clinic.id

    def act() -> None:
        actions.write_plan(
            patient_id=patient_id,
            clinic_id=clinic_id,
            kind=plan_kind,
            facts=form.facts(),
            opened_number=form.seen_number,
            by=current_user,
        )

    return save(
        form,
        act,
        to=page.back_url,
        show=lambda status: show(page, status=status),
        overtaken=lambda: _plan_conflict(patient_id, plan_kind, form, page),
        saved=lambda: flash(_saved_words(patient_id, plan_kind), "success"),
    )


def _saved_words(patient_id: uuid.UUID, kind: str) -> str:
    """That it is saved; and, where it was talked through before the plan that stands, that this one still does."""
    versions = queries.list_versions(patient_id, kind)
    stands = queries.plan_in_force(versions, kind)
    if stands is None or stands is versions[0]:
        return f"{PLANS[kind]} saved"
    return f"Saved. The plan of {long_date(stands.written_on)} was talked through later, and still stands"


def _begun_from(patient_id: uuid.UUID, kind: str) -> dict[str, str]:
    """A new version begins with the words of the one that stands; who took part is asked anew."""
    versions = queries.list_versions(patient_id, kind)
    stands = queries.plan_in_force(versions, kind)
    number = versions[0].number if versions else 0
    sections = {} if stands is None else {key: str(text) for key, text in stands.sections.items()}
    return {"opened_number": str(number), **sections}


def _plan_conflict(patient_id: uuid.UUID, kind: str, form: PlanForm, page: PlanFormPage) -> Page:
    """What a colleague saved meanwhile, beside what was typed."""
    place, theirs = place_of(patient_id), queries.list_versions(patient_id, kind)[0]
    form.opened_number.data = str(theirs.number)
    page = replace(
        page,
        patient=place.header(),
        conflict=plan_differences(theirs, form.facts()),
        conflict_by=f"{theirs.recorded_by.name}, {local_time(theirs.recorded_at, place.clinic.zone)}",
    )
    return show(page, status=409)


@blueprint.get("/<plan_kind>/<int:number>")
@policy("patient.read")
def version(patient_id: uuid.UUID, plan_kind: str, number: int) -> Page:
    """One version, beside the one named by ``against``, else the one before it."""
    place = place_of(patient_id, "patient.read")
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
        back_url=url_of(place),
    )
    opened("plan.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("plans/version.html", page=page)


@blueprint.route("/<plan_kind>/<int:number>/entered-in-error", methods=["GET", "POST"])
@policy("plan.write")
def withdraw(patient_id: uuid.UUID, plan_kind: str, number: int) -> Page:
    place, row = place_of(patient_id), _version(patient_id, plan_kind, number)
    form = WithdrawForm(version=str(row.version))

    def act() -> None:
        actions.withdraw_plan(
            version=_version(patient_id, plan_kind, number),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    what = f"{PLANS[plan_kind]}, version {number}"
    return strike_out(place, form, act, title="Mark a version as entered in error", what=what)


def _version(patient_id: uuid.UUID, kind: str, number: int) -> PlanVersion:
    return found(_numbered(queries.list_versions(patient_id, kind), str(number)))


def _numbered(versions: Sequence[PlanVersion], number: str) -> PlanVersion | None:
    return next((each for each in versions if str(each.number) == number), None)
