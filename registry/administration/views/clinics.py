"""Clinics: name, zone, hours, days they are closed, duty cover."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import found, policy
from registry.accounts import receipts
from registry.accounts.queries import list_users_with_role, names_of
from registry.administration import actions
from registry.administration.forms import ON_CALL, ClinicForm, ClosureForm, DutyForm, NewClinicForm
from registry.administration.mail import MailShown, mail_shown
from registry.administration.reach import clinic_in_reach, clinics_in_reach
from registry.administration.views.common import FormPage, blueprint
from registry.alerts.hours.duty import ANSWERING_ROLES, on_duty_in, uncovered_days
from registry.alerts.presenters.duty import gap_words
from registry.clinics import actions as clinic_actions
from registry.clinics import queries
from registry.clinics.models import Clinic, Closure
from registry.clinics.rules import WEEKDAYS, write_intervals
from registry.db.conflict import EditConflict
from registry.patients.presenters import Difference, differing
from registry.web.filters import long_date

TAKEN = "The organisation has a clinic of this name"


@dataclass(frozen=True, slots=True)
class ClinicRow:
    """A line of the list of clinics."""

    name: str
    organisation: str
    time_zone: str
    hours: str
    on_duty: str
    gaps: Sequence[str]
    """The open days ahead on which nobody is."""
    url: str


@dataclass(frozen=True, slots=True)
class ClinicsPage:
    title: str
    clinics: tuple[ClinicRow, ...]
    add_url: str
    mail: MailShown


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A day on which the clinic is closed, and where to take that back."""

    day: str
    words: str
    take_back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicPage(FormPage):
    """Editing one clinic, or making one (``duty_form`` is ``None``)."""

    weekdays: tuple[str, ...] = tuple(WEEKDAYS)
    duty_form: DutyForm | None = None
    duty_url: str = ""
    cover: tuple[str, ...] = ()
    gaps: Sequence[str] = ()
    closure_form: ClosureForm | None = None
    closure_url: str = ""
    closures: tuple[ClosureRow, ...] = ()
    conflict: tuple[Difference, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(form and form.errors for form in (self.form, self.duty_form, self.closure_form))


@blueprint.get("/clinics")
@policy("clinic.manage")
def clinics() -> str:
    places = clinics_in_reach("clinic.manage")
    now = clock.now()
    on_duty, gaps = on_duty_in(places, at=now), uncovered_days(places, at=now)
    names = names_of(set(on_duty.values()))
    rows = tuple(
        _row(place, _on_duty(place, on_duty, names), gap_words(gaps.get(place.id), place.today(now)))
        for place in places
    )
    page = ClinicsPage(
        title="Clinics",
        clinics=rows,
        add_url=url_for("administration.add_clinic"),
        mail=mail_shown([place.id for place in places]),
    )
    return render_template("administration/clinics.html", page=page)


@blueprint.route("/clinics/new", methods=["GET", "POST"])
@policy("clinic.manage")
def add_clinic() -> Response | tuple[str, int]:
    form = NewClinicForm()
    owners = {str(each.organisation_id): each.organisation.name for each in clinics_in_reach("clinic.manage")}
    form.organisation_id.choices = owners
    if form.validate_on_submit():
        try:
            return redirect(receipts.once(form.form_key.data or "", by=current_user, act=lambda: _add(form)), 303)
        except clinic_actions.DuplicateClinic:
            form.name.errors = [TAKEN]
    page = ClinicPage(title="Add a clinic", form=form, back_url=url_for("administration.clinics"))
    return render_template("administration/clinic.html", page=page), 422 if form.errors else 200


def _add(form: NewClinicForm) -> str:
    organisation = found(queries.get_organisation(uuid.UUID(form.organisation_id.data)))
    place = clinic_actions.add_clinic(organisation=organisation, facts=_facts(form), by=current_user)
    return url_for("administration.clinic", clinic_id=place.id)


@blueprint.route("/clinics/<uuid:clinic_id>", methods=["GET", "POST"])
@policy("clinic.manage")
def clinic(clinic_id: uuid.UUID) -> Response | tuple[str, int]:
    place = found(clinic_in_reach(clinic_id, "clinic.manage"))
    form = ClinicForm(data=_as_typed(place))
    conflict: tuple[Difference, ...] = ()
    if form.validate_on_submit():
        try:
            actions.change_clinic(clinic=place, facts=_facts(form), opened_version=form.opened_version, by=current_user)
        except EditConflict:
            place = found(clinic_in_reach(clinic_id, "clinic.manage"))
            conflict = _differences(place, form)
            form.version.data = str(place.version)
        except clinic_actions.DuplicateClinic:
            form.name.errors = [TAKEN]
        else:
            flash("The clinic is changed.", "success")
            return redirect(url_for("administration.clinic", clinic_id=clinic_id), 303)
    status = 409 if conflict else 422 if form.errors else 200
    return render_template("administration/clinic.html", page=_page(place, form, conflict)), status


@blueprint.post("/clinics/<uuid:clinic_id>/duty")
@policy("clinic.manage")
def cover_duty(clinic_id: uuid.UUID) -> Response | tuple[str, int]:
    place = found(clinic_in_reach(clinic_id, "clinic.manage"))
    form = _duty_form(place)
    if form.validate_on_submit():
        return redirect(receipts.once(form.form_key.data or "", by=current_user, act=lambda: _cover(place, form)), 303)
    page = _page(place, ClinicForm(formdata=None, data=_as_typed(place)), (), duty_form=form)
    return render_template("administration/clinic.html", page=page), 422


def _cover(place: Clinic, form: DutyForm) -> str:
    starts_on, ends_on = form.starts_on.data, form.ends_on.data
    if starts_on is None or ends_on is None:
        raise ValueError("the form lets no empty date through")
    clinic_actions.cover_duty(
        clinic=place,
        user_id=uuid.UUID(form.user_id.data),
        starts_on=starts_on,
        ends_on=ends_on,
        is_on_call=form.hours.data == ON_CALL,
        by=current_user,
    )
    flash("The duty cover is written down.", "success")
    return url_for("administration.clinic", clinic_id=place.id)


@blueprint.post("/clinics/<uuid:clinic_id>/closures")
@policy("clinic.manage")
def close_on(clinic_id: uuid.UUID) -> Response | tuple[str, int]:
    """Write down a day on which the clinic is closed whatever the weekday."""
    place = found(clinic_in_reach(clinic_id, "clinic.manage"))
    form = _closure_form(place)
    if form.validate_on_submit():
        try:
            return redirect(
                receipts.once(form.form_key.data or "", by=current_user, act=lambda: _close_on(place, form)), 303
            )
        except clinic_actions.ClosedAlready:
            form.day.errors = ["The clinic is closed on that day already"]
    page = _page(place, ClinicForm(formdata=None, data=_as_typed(place)), (), closure_form=form)
    return render_template("administration/clinic.html", page=page), 422


def _close_on(place: Clinic, form: ClosureForm) -> str:
    if form.day.data is None:
        raise ValueError("the form lets no empty date through")
    actions.close_on(clinic=place, day=form.day.data, words=form.words.data or "", by=current_user)
    flash("The day is written down: urgent alerts wait for no answer on it.", "success")
    return url_for("administration.clinic", clinic_id=place.id)


@blueprint.post("/clinics/<uuid:clinic_id>/closures/<uuid:closure_id>/take-back")
@policy("clinic.manage")
def take_back_closure(clinic_id: uuid.UUID, closure_id: uuid.UUID) -> Response:
    """The clinic is open on that day after all."""
    place = found(clinic_in_reach(clinic_id, "clinic.manage"))
    closure = found(next((each for each in place.closures if each.id == closure_id), None))
    actions.take_back_closure(closure=closure, clinic=place, by=current_user)
    flash("The clinic is open on that day after all.", "success")
    return redirect(url_for("administration.clinic", clinic_id=clinic_id), 303)


def _closure_form(place: Clinic) -> ClosureForm:
    return ClosureForm(prefix="closure-", today=place.today(clock.now()))


def _duty_form(place: Clinic) -> DutyForm:
    form = DutyForm(prefix="duty-")
    form.user_id.choices = {str(user.id): user.name for user in list_users_with_role(place.id, *ANSWERING_ROLES)}
    return form


def _page(
    place: Clinic,
    form: ClinicForm,
    conflict: tuple[Difference, ...],
    duty_form: DutyForm | None = None,
    closure_form: ClosureForm | None = None,
) -> ClinicPage:
    today = place.today(clock.now())
    spells = queries.list_duty(place.id, from_day=today)
    names = names_of({spell.user_id for spell in spells})
    cover = [
        f"{names[spell.user_id]}: {long_date(spell.starts_on)} to {long_date(spell.ends_on)}"
        f"{', on call' if spell.is_on_call else ''}"
        for spell in spells
    ]
    return ClinicPage(
        title=place.name,
        form=form,
        duty_form=duty_form or _duty_form(place),
        duty_url=url_for("administration.cover_duty", clinic_id=place.id),
        cover=tuple(cover),
        gaps=gap_words(uncovered_days([place], at=clock.now()).get(place.id), today),
        closure_form=closure_form or _closure_form(place),
        closure_url=url_for("administration.close_on", clinic_id=place.id),
        closures=tuple(_closure_row(each) for each in place.closures if each.day >= today),
        conflict=conflict,
        back_url=url_for("administration.clinics"),
    )


def _closure_row(closure: Closure) -> ClosureRow:
    url = url_for("administration.take_back_closure", clinic_id=closure.clinic_id, closure_id=closure.id)
    return ClosureRow(long_date(closure.day), closure.words, url)


def _as_typed(place: Clinic) -> dict[str, object]:
    return {
        "name": place.name,
        "time_zone": place.time_zone,
        "phone": place.phone,
        "has_on_call": place.has_on_call,
        "version": str(place.version),
        **{day: place.opening_hours.get(day, []) for day in WEEKDAYS},
    }


def _facts_of(place: Clinic) -> clinic_actions.ClinicFacts:
    return clinic_actions.ClinicFacts(
        name=place.name,
        time_zone=place.time_zone,
        phone=place.phone,
        opening_hours=place.opening_hours,
        has_on_call=place.has_on_call,
    )


def _facts(form: ClinicForm) -> clinic_actions.ClinicFacts:
    return clinic_actions.ClinicFacts(
        name=form.name.data or "",
        time_zone=form.time_zone.data or "",
        phone=form.phone.data or "",
        opening_hours=form.opening_hours,
        has_on_call=bool(form.has_on_call.data),
    )


def _differences(place: Clinic, form: ClinicForm) -> tuple[Difference, ...]:
    theirs, yours = _in_words(_facts_of(place)), _in_words(_facts(form))
    return differing((name, theirs[name], yours[name]) for name in theirs)


def _in_words(facts: clinic_actions.ClinicFacts) -> dict[str, str]:
    week = {title: write_intervals(facts.opening_hours.get(day, [])) for day, title in WEEKDAYS.items()}
    on_call = "Yes" if facts.has_on_call else "No"
    return {"Name": facts.name, "Time zone": facts.time_zone, "Phone": facts.phone, "On call": on_call, **week}


def _on_duty(place: Clinic, on_duty: Mapping[uuid.UUID, uuid.UUID], names: Mapping[uuid.UUID, str]) -> str:
    return names[on_duty[place.id]] if place.id in on_duty else "Nobody"


def _row(place: Clinic, on_duty: str, gaps: Sequence[str]) -> ClinicRow:
    open_days = [title[:3] for day, title in WEEKDAYS.items() if place.opening_hours.get(day)]
    return ClinicRow(
        name=place.name,
        organisation=place.organisation.name,
        time_zone=place.time_zone,
        hours=", ".join(open_days) or "Never",
        on_duty=on_duty,
        gaps=gaps,
        url=url_for("administration.clinic", clinic_id=place.id),
    )
