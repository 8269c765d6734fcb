"""Pages over treatments: all of a person's, starting one, and what is noted of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import can, found, permitted_clinics, policy
from registry.accounts import receipts
from registry.accounts.models import User
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict
from registry.episodes.errors import Refused
from registry.episodes.patient_header import load_header
from registry.episodes.place import get_clinic_of
from registry.episodes.record_tabs import record_tabs
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.presenters import IdentityHeader
from registry.patients.queries import get_patient
from registry.treatment import actions, queries
from registry.treatment.forms import (
    START_FORMS,
    STEP_FORMS,
    AdherenceForm,
    InjectionForm,
    NoteForm,
    StartForm,
    StopForm,
    WithdrawForm,
    form_for,
    kind_of,
    values_of,
)
from registry.treatment.models import TreatmentTrial
from registry.treatment.presenters import (
    Difference,
    NotePage,
    TreatmentPage,
    differences,
    show_trials,
    starts_for,
    trial_words,
)
from registry.treatment.queries import Entry
from registry.treatment.rules import KINDS
from registry.web.filters import local_time

blueprint = Blueprint("treatment", __name__, url_prefix="/patients/<uuid:patient_id>/treatment")

Page = str | tuple[str, int] | Response

_START_TITLES = {
    "medication": "Start a medication",
    "injection": "Start a long-acting injection",
    "therapy": "Start a psychotherapy",
    "other": "Start another treatment",
}
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
        return url_for("treatment.treatment", patient_id=self.patient.id)

    def header(self) -> IdentityHeader:
        return found(load_header(self.patient.id, self.today, clinic_id=self.clinic.id))


def _place(patient_id: uuid.UUID, action: str) -> _Place:
    return _Place(found(get_patient(patient_id)), found(get_clinic_of(patient_id, permitted_clinics(action))))


@blueprint.get("")
@policy("patient.read")
def treatment(patient_id: uuid.UUID) -> Page:
    place = _place(patient_id, "patient.read")
    may_write = can(current_user, "treatment.record", clinic_id=place.clinic.id)
    shown = show_trials(queries.list_records(patient_id), today=place.today, may_write=may_write)
    header = place.header()
    page = TreatmentPage(
        title="Treatment",
        patient=header,
        tabs=record_tabs(patient_id),
        present=[each for each in shown if not each.is_void and not each.has_stopped],
        past=[each for each in shown if not each.is_void and each.has_stopped],
        void=[each for each in shown if each.is_void],
        starts=starts_for(list(KINDS), header) if may_write else (),
    )
    opened("treatment.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("treatment/treatment.html", page=page)


@blueprint.route("/<trial_kind>/new", methods=["GET", "POST"])
@policy("treatment.record")
def start(patient_id: uuid.UUID, trial_kind: str) -> Page:
    place = _place(patient_id, "treatment.record")
    form_class = found(START_FORMS.get(trial_kind))
    form = form_class(today=place.today, born_on=place.patient.birth_date, happened_on=place.today)
    if not form.validate_on_submit():
        return _show(_start_page(place, form, trial_kind), status=422 if form.errors else 200)
    clinic_id, url = place.clinic.id, place.url

    def act() -> str:
        actions.start_trial(patient_id=patient_id, clinic_id=clinic_id, facts=form.trial(), by=current_user)
        return url

    location = receipts.once(form.key, by=current_user, act=act)
    flash("Treatment saved", "success")
    return redirect(location, 303)


def _start_page(place: _Place, form: StartForm, trial_kind: str) -> NotePage:
    return NotePage(
        title=_START_TITLES[trial_kind],
        subtitle="",
        patient=place.header(),
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save="Save treatment",
        action_url="",
        back_url=place.url,
    )


@blueprint.route("/<uuid:trial_id>/change", methods=["GET", "POST"])
@policy("treatment.record")
def change(patient_id: uuid.UUID, trial_id: uuid.UUID) -> Page:
    trial = _trial(patient_id, trial_id)
    return _note(trial, STEP_FORMS[trial.kind], kind="change", title="Change a treatment", saved="Change saved")


@blueprint.route("/<uuid:trial_id>/stop", methods=["GET", "POST"])
@policy("treatment.record")
def stop(patient_id: uuid.UUID, trial_id: uuid.UUID) -> Page:
    trial = _trial(patient_id, trial_id)
    return _note(trial, StopForm, kind="stop", title="Stop a treatment", saved="Saved: the treatment has stopped")


@blueprint.route("/<uuid:trial_id>/adherence", methods=["GET", "POST"])
@policy("treatment.record")
def note_adherence(patient_id: uuid.UUID, trial_id: uuid.UUID) -> Page:
    return _note(_trial(patient_id, trial_id), AdherenceForm, title="Note adherence", saved="Adherence saved")


@blueprint.route("/<uuid:trial_id>/injections/new", methods=["GET", "POST"])
@policy("treatment.record")
def note_injection(patient_id: uuid.UUID, trial_id: uuid.UUID) -> Page:
    trial = _trial(patient_id, trial_id)
    if trial.kind != "injection":
        abort(404)
    saved = "Injection saved. Log the visit as a contact too"
    return _note(trial, InjectionForm, title="Record an injection", saved=saved)


def _note(trial: TreatmentTrial, form_class: type[NoteForm], *, title: str, saved: str, kind: str = "") -> Page:
    """A form about a treatment that stands: shown, or done once."""
    patient_id, trial_id = trial.patient_id, trial.id
    place = _place(patient_id, "treatment.record")
    if trial.status != "final":
        flash("That treatment was entered in error and can no longer be changed", "warning")
        return redirect(place.url, 303)
    form = form_class(today=place.today, born_on=place.patient.birth_date, happened_on=place.today)
    page = _note_page(place, trial, form, title=title, save="Save")
    if not form.validate_on_submit():
        return _show(page, status=422 if form.errors else 200)
    clinic_id, url = place.clinic.id, place.url

    def act() -> str:
        actions.note(trial=_trial(patient_id, trial_id), clinic_id=clinic_id, facts=form.facts(kind), by=current_user)
        return url

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except Refused as problem:
        return _show_refused(patient_id, trial_id, form, problem, title=title, save="Save")
    flash(saved, "success")
    return redirect(location, 303)


@blueprint.route("/<entry_kind>/<uuid:entry_id>/correct", methods=["GET", "POST"])
@policy("treatment.record")
def correct(patient_id: uuid.UUID, entry_kind: str, entry_id: uuid.UUID) -> Page:
    entry = _entry(patient_id, entry_kind, entry_id)
    if request.method == "GET" and entry.status != "final":
        return _go_to_what_stands(entry)
    trial = _trial(patient_id, entry.trial_id)
    place = _place(patient_id, "treatment.record")
    form = form_for(entry, trial.kind)(
        today=place.today,
        born_on=place.patient.birth_date,
        is_correction=True,
        version=str(entry.version),
        **values_of(entry),
    )
    title, save, trial_id, step_kind = "Correct an entry", "Save the correction", trial.id, kind_of(entry)
    if not form.validate_on_submit():
        return _show(_note_page(place, trial, form, title=title, save=save), status=422 if form.errors else 200)
    url = place.url

    def act() -> str:
        actions.correct_entry(
            trial=_trial(patient_id, trial_id),
            entry=_entry(patient_id, entry_kind, entry_id),
            facts=form.facts(step_kind),
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )
        return url

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except EditConflict:
        return _correction_conflict(patient_id, entry_kind, entry_id, form)
    except Refused as problem:
        return _show_refused(patient_id, trial_id, form, problem, title=title, save=save)
    flash("Correction saved. The earlier entry is kept", "success")
    return redirect(location, 303)


def _correction_conflict(patient_id: uuid.UUID, entry_kind: str, entry_id: uuid.UUID, form: NoteForm) -> Page:
    """What somebody else saved meanwhile; the form now corrects that."""
    theirs = queries.get_current(_entry(patient_id, entry_kind, entry_id))
    trial, place = _trial(patient_id, theirs.trial_id), _place(patient_id, "treatment.record")
    form.version.data = str(theirs.version)
    page = _note_page(place, trial, form, title="Correct an entry", save="Save the correction")
    return _show(
        replace(
            page,
            action_url=url_for("treatment.correct", patient_id=patient_id, entry_kind=entry_kind, entry_id=theirs.id),
            conflict=differences(trial, theirs, form.facts(kind_of(theirs))),
            conflict_by=_saved_by(theirs, place),
        ),
        status=409,
    )


@blueprint.route("/<entry_kind>/<uuid:entry_id>/entered-in-error", methods=["GET", "POST"])
@policy("treatment.record")
def withdraw(patient_id: uuid.UUID, entry_kind: str, entry_id: uuid.UUID) -> Page:
    """Of one entry, or (``trial``) of the whole treatment."""
    row = _trial(patient_id, entry_id) if entry_kind == "trial" else _entry(patient_id, entry_kind, entry_id)
    place = _place(patient_id, "treatment.record")
    if request.method == "GET" and row.status != "final":
        flash("That entry was corrected or entered in error already", "warning")
        return redirect(place.url, 303)
    form = WithdrawForm(version=str(row.version))
    if not form.validate_on_submit():
        return _show(_withdrawal_page(place, row, form), status=422 if form.errors else 200)
    url = place.url

    def act() -> str:
        why, version = form.why.data or "", form.opened_version
        if entry_kind == "trial":
            trial = _trial(patient_id, entry_id)
            actions.withdraw_trial(trial=trial, why=why, opened_version=version, by=current_user)
        else:
            entry = _entry(patient_id, entry_kind, entry_id)
            actions.withdraw_entry(entry=entry, why=why, opened_version=version, by=current_user)
        return url

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except EditConflict:
        return _withdrawal_conflict(patient_id, entry_kind, entry_id, form)
    except Refused as problem:
        form.why.errors = [str(problem)]
        row = _trial(patient_id, entry_id) if entry_kind == "trial" else _entry(patient_id, entry_kind, entry_id)
        return _show(_withdrawal_page(_place(patient_id, "treatment.record"), row, form), status=422)
    flash(_WITHDRAWN, "success")
    return redirect(location, 303)


def _withdrawal_conflict(patient_id: uuid.UUID, entry_kind: str, entry_id: uuid.UUID, form: WithdrawForm) -> Page:
    place = _place(patient_id, "treatment.record")
    if entry_kind == "trial":
        flash("A colleague marked that treatment as entered in error already", "warning")
        return redirect(place.url, 303)
    theirs = queries.get_current(_entry(patient_id, entry_kind, entry_id))
    trial = _trial(patient_id, theirs.trial_id)
    form.version.data = str(theirs.version)
    page = _withdrawal_page(place, theirs, form)
    conflict: list[Difference] = differences(trial, theirs, None)
    return _show(replace(page, conflict=conflict, conflict_by=_saved_by(theirs, place)), status=409)


def _withdrawal_page(place: _Place, row: Entry | TreatmentTrial, form: WithdrawForm) -> NotePage:
    is_trial = isinstance(row, TreatmentTrial)
    trial = row if isinstance(row, TreatmentTrial) else _trial(row.patient_id, row.trial_id)
    kind = "trial" if is_trial else str((request.view_args or {}).get("entry_kind"))
    return NotePage(
        title="Mark a treatment as entered in error" if is_trial else "Mark an entry as entered in error",
        subtitle=trial_words(trial),
        patient=place.header(),
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save="Mark as entered in error",
        action_url=url_for("treatment.withdraw", patient_id=trial.patient_id, entry_kind=kind, entry_id=row.id),
        back_url=place.url,
        intro="It stays in the record, struck through, and counts nowhere: what is due is worked out again without it.",
        is_withdrawal=True,
    )


def _note_page(place: _Place, trial: TreatmentTrial, form: NoteForm, *, title: str, save: str) -> NotePage:
    return NotePage(
        title=title,
        subtitle=trial_words(trial),
        patient=place.header(),
        form=form,
        today=place.today,
        born_on=place.patient.birth_date,
        save=save,
        action_url="",
        back_url=place.url,
    )


def _show_refused(
    patient_id: uuid.UUID,
    trial_id: uuid.UUID,
    form: NoteForm,
    problem: Refused,
    *,
    title: str,
    save: str,
) -> Page:
    """The form again, what is wrong beside its field; the rows are read anew, since the write was undone."""
    form.happened_on.errors = [str(problem)]
    place, trial = _place(patient_id, "treatment.record"), _trial(patient_id, trial_id)
    return _show(_note_page(place, trial, form, title=title, save=save), status=422)


def _trial(patient_id: uuid.UUID, trial_id: uuid.UUID) -> TreatmentTrial:
    return found(queries.get_trial(patient_id, trial_id))


def _entry(patient_id: uuid.UUID, kind: str, entry_id: uuid.UUID) -> Entry:
    """What was noted, if it is of this person and was noted at a clinic where one may correct it."""
    entry = queries.get_entry(patient_id, kind, entry_id)
    if entry is None or entry.clinic_id not in permitted_clinics("treatment.record"):
        abort(404)
    return entry


def _go_to_what_stands(entry: Entry) -> Response:
    current = queries.get_current(entry)
    if current.status != "final":
        flash("That entry was entered in error and can no longer be changed", "warning")
        return redirect(url_for("treatment.treatment", patient_id=entry.patient_id), 303)
    values = {**(request.view_args or {}), "entry_id": current.id}
    return redirect(url_for("treatment.correct", **values), 303)


def _saved_by(entry: Entry, place: _Place) -> str:
    """Who made the entry that stands, and when. Who withdrew one stands in the audit trail only."""
    if entry.status == "entered-in-error":
        return "a colleague"
    author = db.session.get_one(User, entry.recorded_by_id)
    return f"{author.name}, {local_time(entry.recorded_at, place.clinic.zone)}"


def _show(page: NotePage, *, status: int) -> Page:
    opened("treatment.opened", by=current_user, patient_id=page.patient.patient_id)
    return render_template("treatment/note.html", page=page), status
