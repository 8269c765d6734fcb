"""The events of one person's life."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import clinics_where, found, permitted_clinics, policy
from registry.accounts import receipts
from registry.accounts.saving import CHANGED, save
from registry.audit.opened import opened
from registry.db.conflict import EditConflict
from registry.episodes.place import Place, place_at
from registry.episodes.queries import get_open_episode
from registry.life import actions, queries
from registry.life.forms import EndStayForm, EventForm, say_form
from registry.life.models import LifeEvent
from registry.life.presenters import RESTS, LifePage, show_event, title_of, when_words
from registry.life.rules import is_open
from registry.patients.presenters import DatedFormPage, PersonFormPage, WithdrawPage
from registry.patients.record_tabs import record_tabs
from registry.web.filters import long_date
from registry.web.form_fields import RegistryForm
from registry.web.pages import Page
from registry.web.withdraw_form import MARKED, WithdrawForm

blueprint = Blueprint("life", __name__, url_prefix="/patients/<uuid:patient_id>/life")

_SAID = {"life.confirm": "Still there", "life.called": "Called"}
"""What one button says of a stay: its endpoint, and what it is called."""


def _place_of(patient_id: uuid.UUID, action: str = "life.record") -> Place:
    return place_at(patient_id, permitted_clinics(action))


def _event_of(patient_id: uuid.UUID, event_id: uuid.UUID) -> LifeEvent:
    return found(queries.get_event(patient_id, event_id))


def _cares(place: Place) -> bool:
    """What one button says of a stay has reasons rest: it is not for a clinic that was only asked to take over."""
    return get_open_episode(place.patient.id, place.clinic.id) is not None


@blueprint.get("")
@policy("patient.read")
def events(patient_id: uuid.UUID) -> Page:
    place = _place_of(patient_id, "patient.read")
    writing = clinics_where(current_user, "life.record")
    may_write = place.clinic.id in writing
    cares = may_write and _cares(place)
    events = [
        show_event(
            each,
            today=place.today,
            may_write=may_write,
            may_withdraw=each.clinic_id in writing,
            says={what: say_form(what, each.version) for what in _SAID} if cares or each.clinic_id in writing else None,
        )
        for each in queries.list_events(patient_id)
    ]
    page = LifePage(
        title="Life",
        patient=place.header(),
        tabs=record_tabs(patient_id),
        events=events,
        notice=RESTS if any(each.is_open for each in events) else "",
        record_url=url_for("life.record", patient_id=patient_id) if may_write else "",
    )
    opened("life.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("life/life.html", page=page)


@blueprint.route("/new", methods=["GET", "POST"])
@policy("life.record")
def record(patient_id: uuid.UUID) -> Page:
    place = _place_of(patient_id)
    form = EventForm(
        today=place.today,
        born_on=place.patient.birth_date,
        starts_on=place.today,
        open_stay=_open_stay(place),
    )
    clinic_id = place.clinic.id

    def act() -> None:
        actions.record_event(patient_id=patient_id, clinic_id=clinic_id, facts=form.facts(), by=current_user)

    page = _form_page(place, form, title="Record a life event", save="Save")
    return _save(page, act, saved="Saved")


def _open_stay(place: Place) -> str:
    """The stay without an end in words, empty where there is none."""
    events = queries.list_events(place.patient.id, only_standing=True)
    stay = next((each for each in events if is_open(each.kind, ends_on=each.ends_on)), None)
    return "" if stay is None else f"{title_of(stay)} {when_words(stay, place.today)}"


@blueprint.post("/<uuid:event_id>/still-there")
@policy("life.record")
def confirm(patient_id: uuid.UUID, event_id: uuid.UUID) -> Page:
    return _say("life.confirm", actions.confirm_stay, patient_id, event_id)


@blueprint.post("/<uuid:event_id>/called")
@policy("life.record")
def called(patient_id: uuid.UUID, event_id: uuid.UUID) -> Page:
    return _say("life.called", actions.call_place, patient_id, event_id)


def _say(what: str, act: Callable[..., None], patient_id: uuid.UUID, event_id: uuid.UUID) -> Response:
    """What one button says of a stay, as of today."""
    place, back_url = _place_of(patient_id), url_for("life.events", patient_id=patient_id)
    if _event_of(patient_id, event_id).clinic_id not in permitted_clinics("life.record") and not _cares(place):
        abort(404)
    form = say_form(what)
    if not form.validate_on_submit():
        flash("Nothing was saved. Press the button again", "warning")
        return redirect(back_url, 303)

    def once() -> str:
        stay = _event_of(patient_id, event_id)
        act(event=stay, on=place.today, opened_version=form.opened_version, by=current_user)
        return back_url

    try:
        receipts.once(form.key, by=current_user, act=once)
    except EditConflict:
        flash(CHANGED, "warning")
    else:
        flash(f"{_SAID[what]} on {long_date(place.today)}", "success")
    return redirect(back_url, 303)


@blueprint.route("/<uuid:event_id>/end", methods=["GET", "POST"])
@policy("life.record")
def end(patient_id: uuid.UUID, event_id: uuid.UUID) -> Page:
    place, event = _place_of(patient_id), _event_of(patient_id, event_id)
    form = EndStayForm(today=place.today, born_on=place.patient.birth_date, on=place.today, version=str(event.version))

    def act() -> None:
        stay = _event_of(patient_id, event_id)
        actions.end_stay(event=stay, on=form.day, opened_version=form.opened_version, by=current_user)

    page = _form_page(place, form, title="Say that a stay is over", save="Save", event=event)
    return _save(page, act, saved="Saved")


@blueprint.route("/<uuid:event_id>/entered-in-error", methods=["GET", "POST"])
@policy("life.record")
def withdraw(patient_id: uuid.UUID, event_id: uuid.UUID) -> Page:
    place, event = _place_of(patient_id), _event_of(patient_id, event_id)
    if event.clinic_id not in permitted_clinics("life.record"):
        abort(404)
    form = WithdrawForm(version=str(event.version))

    def act() -> None:
        wrong = _event_of(patient_id, event_id)
        actions.withdraw_event(
            event=wrong, why=form.why.data or "", opened_version=form.opened_version, by=current_user
        )

    page = WithdrawPage(
        title="Mark a life event as entered in error",
        subtitle=_what_happened(event, place),
        patient=place.header(),
        form=form,
        back_url=url_for("life.events", patient_id=patient_id),
    )
    return _save(page, act, saved=MARKED, template="patients/withdraw.html")


def _form_page(
    place: Place, form: RegistryForm, *, title: str, save: str, event: LifeEvent | None = None
) -> DatedFormPage:
    return DatedFormPage(
        title=title,
        subtitle="" if event is None else _what_happened(event, place),
        patient=place.header(),
        at=place.at() if event is None else None,
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save=save,
        back_url=url_for("life.events", patient_id=place.patient.id),
    )


def _what_happened(event: LifeEvent, place: Place) -> str:
    return f"{title_of(event)}, {when_words(event, place.today)}"


def _save(page: PersonFormPage, act: Callable[[], None], *, saved: str, template: str = "life/form.html") -> Page:
    """Show the form, or do once what it asks, and go back to the list."""

    def show(status: int) -> Page:
        opened("life.opened", by=current_user, patient_id=page.patient.patient_id)
        return render_template(template, page=page), status

    return save(page.form, act, to=page.back_url, show=show, saved=saved)
