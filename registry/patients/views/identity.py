"""Pages about who somebody is and how to reach them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from registry.access.policy import can, found, permitted_clinics, policy
from registry.accounts import receipts
from registry.accounts.queries import get_user
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.audit.recorder import record_alone
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict
from registry.extensions import db
from registry.patients import actions, elsewhere
from registry.patients.errors import DuplicateMrn, ImpossibleBirthDate, KnownElsewhere
from registry.patients.forms import AddPatientForm, ContactPointForm, PatientForm, facts_of
from registry.patients.models import ContactPoint, Patient
from registry.patients.place import clinics_for, local_today
from registry.patients.presenters import Difference
from registry.patients.presenters import person as presenters
from registry.patients.presenters.around import surroundings
from registry.patients.presenters.payers import payer_lines
from registry.patients.queries import (
    SAME_MRN,
    Likeness,
    get_contact_point,
    get_directive,
    get_patient,
    get_patient_with_contact_points,
    likely_duplicates,
    list_legal_statuses,
    list_merges,
    list_payers,
    list_related_people,
)
from registry.patients.record_tabs import record_tabs
from registry.patients.safety_banner import safety_banner
from registry.patients.views.common import blueprint, details_url
from registry.web.filters import local_time
from registry.web.pages import Page

MRN_IN_USE = "This MRN belongs to the person shown above. Open that record, or correct the number"


@blueprint.route("/new", methods=["GET", "POST"])
@policy("patient.write")
def add() -> Page:
    clinics = clinics_for("patient.write")
    form = AddPatientForm(
        clinics=[(str(clinic.id), clinic.name) for clinic in clinics], today=local_today("patient.write")
    )
    if not form.validate_on_submit():
        return _add_page(form), 422 if form.errors else 200
    done = receipts.led_to(form.key, by=current_user)
    if done is not None:
        return redirect(done, 303)
    facts, point = form.facts(), form.contact_point()
    alike = likely_duplicates(facts, phones=[point.value] if point and point.kind == "phone" else [])
    if any(SAME_MRN in likeness.why for likeness in alike):
        form.mrn.errors = [MRN_IN_USE]
        return _add_page(form, alike, may_save_anyway=False), 422
    if alike and "save_anyway" not in request.form:
        return _add_page(form, alike)
    if elsewhere.has_asked_too_often(current_user.id):
        form.mrn.errors = [elsewhere.TOO_MANY]
        return _add_page(form), 429
    return _add(form, despite=[likeness.patient.id for likeness in alike])


def _add(form: AddPatientForm, *, despite: Sequence[uuid.UUID]) -> Page:
    """Store a person who is not one of those alike, or whom a lead merges with one of them next."""
    clinic_id, facts, point = form.clinic_id, form.facts(), form.contact_point()

    def act() -> str:
        patient = actions.add_patient(
            clinic=db.session.get_one(Clinic, clinic_id),
            facts=facts,
            contact_points=(point,) if point else (),
            despite=despite,
            by=current_user,
        )
        compared = _to_be_compared(despite)
        if compared is not None:
            return url_for("merging.compare", patient_id=compared, other_id=patient.id)
        return url_for("episodes.refer", patient_id=patient.id)

    try:
        return redirect(receipts.once(form.key, by=current_user, act=act), 303)
    except ImpossibleBirthDate:
        form.birth_date.errors = ["Enter a birth date not later than today"]
    except (DuplicateMrn, KnownElsewhere):
        elsewhere.note_answer(clinic_id=clinic_id, by=current_user)
        form.mrn.errors = [elsewhere.ANSWER]
    return _add_page(form), 422


def _to_be_compared(despite: Sequence[uuid.UUID]) -> uuid.UUID | None:
    """Of those alike the record that a lead holds for the same person, and merges what was typed into."""
    asked = request.form.get("save_anyway")
    same = next((person_id for person_id in despite if str(person_id) == asked), None)
    return same if can(current_user, "patient.merge") else None


def _add_page(form: AddPatientForm, alike: Sequence[Likeness] = (), *, may_save_anyway: bool = True) -> str:
    shown = [likeness.patient.id for likeness in alike]
    page = presenters.AddPatientPage(
        title="Add a patient",
        form=form,
        today=form.today,
        back_url=url_for("episodes.people"),
        duplicates=presenters.likely_people(alike),
        may_save_anyway=may_save_anyway,
        may_merge=can(current_user, "patient.merge"),
    )
    if shown:
        # Recorded here, not with the answer: a refused form shows these people just as well.
        record_alone("duplicates.listed", by=current_user, kind="list", changes=[{"shown": [*map(str, shown)]}])
    return render_template("patients/add.html", page=page)


@blueprint.get("/<uuid:patient_id>/details")
@policy("patient.read")
def details(patient_id: uuid.UUID) -> Page:
    patient = found(get_patient_with_contact_points(patient_id))
    opened("patient.opened", by=current_user, patient_id=patient_id)
    today = local_today("patient.read")
    payers, other_payers = payer_lines(list_payers(patient_id), today)
    page = presenters.DetailsPage(
        title="Identity and contact details",
        patient=presenters.identity(patient, today, safety_banner(patient_id)),
        identity=presenters.identity_facts(patient),
        demographics=presenters.demographic_facts(patient),
        contact_points=presenters.contact_point_lines(patient),
        former=presenters.former_contact_points(patient),
        around=surroundings(
            patient,
            list_related_people(patient_id),
            list_legal_statuses(patient_id),
            get_directive(patient_id),
            today,
        ),
        payers=payers,
        other_payers=other_payers,
        may_write=can(current_user, "patient.write"),
        tabs=record_tabs(patient_id),
        merges=presenters.merge_lines(list_merges(patient_id), clinics_for("patient.read")[0].zone),
        may_merge=can(current_user, "patient.merge"),
        urls={
            "merge": url_for("merging.find", patient_id=patient_id),
            "change": url_for("patients.change", patient_id=patient_id),
            "add_contact": url_for("patients.add_contact", patient_id=patient_id),
            "death": url_for("episodes.death", patient_id=patient_id),
            "add_payer": url_for("patients.add_payer", patient_id=patient_id),
        },
    )
    return render_template("patients/details.html", page=page)


@blueprint.route("/<uuid:patient_id>/identity", methods=["GET", "POST"])
@policy("patient.write")
def change(patient_id: uuid.UUID) -> Page:
    patient, today = found(get_patient(patient_id)), local_today("patient.write")
    form = PatientForm.of(patient, today=today)
    if not form.validate_on_submit():
        return _change_page(form, patient), 422 if form.errors else 200
    facts, opened_version, address = (
        form.facts(),
        form.opened_version,
        url_for("patients.details", patient_id=patient_id),
    )
    if facts.mrn != patient.mrn and elsewhere.has_asked_too_often(current_user.id):
        form.mrn.errors = [elsewhere.TOO_MANY]
        return _change_page(form, patient), 429

    def act() -> str:
        fresh = db.session.get_one(Patient, patient_id)
        actions.change_patient(patient=fresh, facts=facts, opened_version=opened_version, by=current_user)
        return address

    try:
        return redirect(receipts.once(form.key, by=current_user, act=act), 303)
    except EditConflict:
        return _conflict_page(form, patient_id), 409
    except ImpossibleBirthDate:
        form.birth_date.errors = ["Enter a birth date before the date of death"]
    except DuplicateMrn:
        form.mrn.errors = ["This MRN belongs to somebody else on record. Correct the number"]
    except KnownElsewhere:
        elsewhere.note_answer(clinic_id=min(permitted_clinics("patient.write")), by=current_user)
        form.mrn.errors = [elsewhere.ANSWER]
    return _change_page(form, found(get_patient(patient_id))), 422


def _change_page(
    form: PatientForm, patient: Patient, changes: tuple[Difference, ...] = (), changed_by: str = ""
) -> str:
    page = presenters.ChangePatientPage(
        title="Change identity",
        patient=presenters.identity(patient, form.today, safety_banner(patient.id)),
        form=form,
        today=form.today,
        back_url=url_for("patients.details", patient_id=patient.id),
        conflict=changes,
        conflict_by=changed_by,
    )
    opened("patient.opened", by=current_user, patient_id=patient.id)
    return render_template("patients/change.html", page=page)


def _conflict_page(form: PatientForm, patient_id: uuid.UUID) -> str:
    patient = found(get_patient(patient_id))
    differences = presenters.differences(facts_of(patient), form.facts())
    form.version.data = str(patient.version)
    return _change_page(form, patient, differences, _last_editor(patient))


def _last_editor(patient: Patient) -> str:
    editor = get_user(patient.changed_by_id) if patient.changed_by_id else None
    if editor is None or patient.changed_at is None:
        return "somebody else"
    zone = clinics_for("patient.write")[0].zone
    return f"{editor.name}, {local_time(patient.changed_at, zone)}"


@blueprint.route("/<uuid:patient_id>/contact-points/new", methods=["GET", "POST"])
@policy("patient.write")
def add_contact(patient_id: uuid.UUID) -> Page:
    patient = found(get_patient(patient_id))
    form = ContactPointForm.of(None)
    if not form.validate_on_submit():
        return _contact_page("Add a way to reach this person", form, patient), 422 if form.errors else 200
    facts, address = form.facts(), url_for("patients.details", patient_id=patient_id)

    def act() -> str:
        patient, today = db.session.get_one(Patient, patient_id), local_today("patient.write")
        actions.add_contact_point(patient=patient, facts=facts, on=today, by=current_user)
        return address

    return redirect(receipts.once(form.key, by=current_user, act=act), 303)


@blueprint.route("/<uuid:patient_id>/contact-points/<uuid:contact_point_id>", methods=["GET", "POST"])
@policy("patient.write")
def change_contact(patient_id: uuid.UUID, contact_point_id: uuid.UUID) -> Page:
    patient = found(get_patient(patient_id))
    point = found(get_contact_point(contact_point_id, patient_id=patient_id))
    form = ContactPointForm.of(point)
    title = "Change a way to reach this person"

    def act() -> None:
        fresh = db.session.get_one(ContactPoint, contact_point_id)
        actions.change_contact_point(
            point=fresh, facts=form.facts(), opened_version=form.opened_version, by=current_user
        )

    def compare() -> Page:
        fresh = found(get_contact_point(contact_point_id, patient_id=patient_id))
        form.version.data = str(fresh.version)
        differences = presenters.contact_differences(fresh, form.facts())
        return _contact_page(title, form, patient, differences), 409

    return save(
        form,
        act,
        to=details_url(patient_id),
        show=lambda status: (_contact_page(title, form, patient), status),
        overtaken=compare,
    )


def _contact_page(title: str, form: ContactPointForm, patient: Patient, changes: tuple[Difference, ...] = ()) -> str:
    page = presenters.ContactPointPage(
        title=title,
        patient=presenters.identity(patient, local_today("patient.write"), safety_banner(patient.id)),
        form=form,
        back_url=url_for("patients.details", patient_id=patient.id),
        conflict=changes,
    )
    opened("patient.opened", by=current_user, patient_id=patient.id)
    return render_template("patients/contact_point.html", page=page)


@blueprint.post("/<uuid:patient_id>/contact-points/<uuid:contact_point_id>/end")
@policy("patient.write")
def end_contact(patient_id: uuid.UUID, contact_point_id: uuid.UUID) -> Page:
    point = found(get_contact_point(contact_point_id, patient_id=patient_id))
    actions.end_contact_point(point=point, on=local_today("patient.write"), by=current_user)
    flash("Kept on record as no longer in use", "success")
    return redirect(url_for("patients.details", patient_id=patient_id), 303)
