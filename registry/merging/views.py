"""Pages on which a lead makes two records of one person one, and undoes it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request
from flask_login import current_user

from registry.access.policy import found, permitted_clinics, policy
from registry.accounts import receipts
from registry.audit.opened import opened
from registry.audit.recorder import record_alone
from registry.clinics.queries import list_clinics
from registry.db.conflict import EditConflict
from registry.extensions import db
from registry.merging import actions, presenters, undo_page
from registry.merging.forms import Asked, Choice, FindRecordForm, MergeForm, UndoMergeForm
from registry.merging.queries import (
    find_obstacles,
    list_merged_rows,
    load_record,
    load_rows,
    load_since,
    sight_obstacles,
    who_entered,
)
from registry.merging.rules import SEEN_ELSEWHERE, Obstacle
from registry.merging.tables import Rows
from registry.merging.undoing import Return, find_undo_obstacles, plan_return
from registry.patients.forms import facts_of
from registry.patients.models import Patient, PatientMerge
from registry.patients.place import clinics_for, local_today
from registry.patients.presenters.person import IdentityHeader, LikelyPerson, identity, record_named
from registry.patients.queries import (
    get_merge,
    get_patient,
    get_patient_by_mrn,
    get_patient_with_contact_points,
    get_record,
    get_survivor,
    likely_duplicates,
)
from registry.patients.safety_banner import safety_banner
from registry.patients.views.common import details_url
from registry.web.filters import long_date
from registry.web.pages import Page

blueprint = Blueprint("merging", __name__, url_prefix="/patients")

ACTION = actions.ACTION
NOT_FOUND = "No other record with this MRN in your clinics. Check the number"


@blueprint.route("/<uuid:patient_id>/merge", methods=["GET", "POST"])
@policy(ACTION)
def find(patient_id: uuid.UUID) -> Page:
    """Which other record is of the same person: by its MRN, or one of those alike."""
    patient = found(get_patient_with_contact_points(patient_id))
    form = FindRecordForm()
    if form.validate_on_submit():
        other = get_patient_by_mrn(patient.organisation_id, form.mrn.data or "")
        if other is not None and other.id != patient_id:
            return redirect(presenters.compare_url(patient_id, other.id), 303)
        form.mrn.errors = [NOT_FOUND]
    phones = [point.value for point in patient.contact_points if point.kind == "phone"]
    alike = likely_duplicates(facts_of(patient), phones=phones, except_id=patient_id)
    page = presenters.FindRecordPage(
        title="The same person has another record",
        patient=_header(patient),
        form=form,
        alike=tuple(
            LikelyPerson(
                name=each.patient.name,
                born=long_date(each.patient.birth_date),
                mrn=each.patient.mrn,
                why=", ".join(each.why),
                url=presenters.compare_url(patient_id, each.patient.id),
            )
            for each in alike
            if each.patient.organisation_id == patient.organisation_id
        ),
        back_url=details_url(patient_id),
    )
    shown = [str(each.patient.id) for each in alike]
    opened("patient.opened", by=current_user, patient_id=patient_id)
    if shown:
        record_alone("duplicates.listed", by=current_user, kind="list", changes=[{"shown": shown}])
    return render_template("merging/find.html", page=page), 422 if form.errors else 200


@blueprint.route("/<uuid:patient_id>/merge/<uuid:other_id>", methods=["GET", "POST"])
@policy(ACTION)
def compare(patient_id: uuid.UUID, other_id: uuid.UUID) -> Page:
    """The two side by side: what will happen, which values stand, and why."""
    done = receipts.led_to(request.form.get("form_key", ""), by=current_user)
    if done is not None:
        return redirect(done, 303)
    survivor = get_survivor(other_id)
    if survivor is not None and survivor.id == patient_id:
        flash("These two records are merged already", "warning")
        return redirect(details_url(patient_id), 303)
    kept, other = found(get_patient(patient_id)), found(get_patient(other_id))
    if kept.id == other.id or kept.organisation_id != other.organisation_id:
        return found(None)
    differing = _differing(kept, other)
    form = MergeForm.of(differing, (kept.version, other.version))
    if not form.validate_on_submit():
        return _show(kept, other, form), 422 if form.errors else 200
    address = details_url(patient_id)

    def act() -> str:
        actions.merge_records(
            kept=db.session.get_one(Patient, patient_id),
            other=db.session.get_one(Patient, other_id),
            choices=form.chosen,
            why=form.why.data or "",
            opened_versions=form.opened_versions,
            by=current_user,
        )
        return address

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except EditConflict:
        kept, other = found(get_patient(patient_id)), found(get_patient(other_id))
        fresh = MergeForm.of(_differing(kept, other), (kept.version, other.version))
        fresh.version.data, fresh.other_version.data = str(kept.version), str(other.version)
        return _show(kept, other, fresh, was_changed=True), 409
    except actions.CannotMerge:
        return _show(found(get_patient(patient_id)), found(get_patient(other_id)), form), 409
    flash("The other record is merged into this one", "success")
    return redirect(location, 303)


@blueprint.route("/<uuid:patient_id>/merges/<uuid:merge_id>/undo", methods=["GET", "POST"])
@policy(ACTION)
def undo(patient_id: uuid.UUID, merge_id: uuid.UUID) -> Page:
    """What goes back and what stays, before it does."""
    merge = found(get_merge(merge_id, patient_id=patient_id))
    if merge.undone_at is not None:
        receipts.refuse_what_is_over()
    back = _back(patient_id, merge_id)
    if back.other is None:
        return _show_undo(back), 409 if request.method == "POST" else 200
    if not back.form.validate_on_submit():
        return _show_undo(back), 422 if back.form.errors else 200
    form = back.form

    def act() -> str:
        actions.undo_merge(
            merge=found(get_merge(merge_id, patient_id=patient_id)),
            said=form.said,
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )
        return details_url(patient_id)

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except EditConflict:
        flash("Somebody else has undone this merge", "warning")
        return redirect(details_url(patient_id), 303)
    except (actions.CannotMerge, actions.NotSaid):
        return _show_undo(_back(patient_id, merge_id)), 409
    flash("The merge is undone: the two records stand on their own again", "success")
    return redirect(location, 303)


@dataclass(frozen=True, slots=True)
class _Back:
    """What an undo would do. ``other`` is None for a reader who does not see the record that was merged away."""

    patient: Patient
    other: Patient | None
    merge: PatientMerge
    standing: Rows
    going: Return
    form: UndoMergeForm


def _back(patient_id: uuid.UUID, merge_id: uuid.UUID) -> _Back:
    patient = found(get_patient(patient_id))
    merge = found(get_merge(merge_id, patient_id=patient_id))
    other, standing = get_record(merge.merged_id), load_rows(patient_id)
    going = plan_return(list_merged_rows(merge), standing, load_since(merge, {}))
    asked: list[Asked] = []
    if going.asked and other is not None:
        asked = undo_page.asked_about(going, standing, who_entered(merge), Asked, stays=patient.mrn, goes=other.mrn)
    return _Back(patient, other, merge, standing, going, UndoMergeForm.of(asked, merge.version))


def _header(patient: Patient) -> IdentityHeader:
    return identity(patient, local_today(ACTION), safety_banner(patient.id))


def _zone() -> ZoneInfo:
    """That of the reader's first clinic."""
    return clinics_for(ACTION)[0].zone


def _differing(kept: Patient, other: Patient) -> list[Choice]:
    facts = facts_of(kept), facts_of(other)
    return presenters.differing(load_record(kept), load_record(other), facts, Choice)


def _show(kept: Patient, other: Patient, form: MergeForm, *, was_changed: bool = False) -> str:
    ours, theirs = load_record(kept), load_record(other)
    clinics = {clinic.id: clinic for clinic in list_clinics(presenters.needed_clinics(ours, theirs))}
    in_the_way = find_obstacles(ours, theirs, led=permitted_clinics(ACTION))
    page = presenters.MergePage(
        title="Merge two records of one person",
        patient=_header(kept),
        kept_mrn=kept.mrn,
        other_mrn=other.mrn,
        pairs=presenters.pairs(ours, theirs, (facts_of(kept), facts_of(other)), clinics, _zone()),
        consequences=() if SEEN_ELSEWHERE in in_the_way else presenters.consequences(ours, theirs, clinics),
        obstacles=in_the_way,
        form=form,
        swap_url=presenters.compare_url(other.id, kept.id),
        back_url=details_url(kept.id),
        was_changed=was_changed,
    )
    for patient in (kept, other):
        opened("patient.opened", by=current_user, patient_id=patient.id)
    return render_template("merging/compare.html", page=page)


def _show_undo(back: _Back) -> str:
    patient, other, merge = back.patient, back.other, back.merge
    on = long_date(merge.merged_at.astimezone(_zone()).date())
    lines: tuple[str, ...] = ()
    in_the_way: tuple[Obstacle, ...] = (SEEN_ELSEWHERE,)
    if other is not None:
        lines = undo_page.undo_consequences(
            back.going, back.standing, stays=patient.mrn, goes=other.mrn, merged_at=merge.merged_at
        )
        in_the_way = (
            *find_undo_obstacles(patient, other, back.going),
            *sight_obstacles(merge, led=permitted_clinics(ACTION)),
        )
    page = undo_page.UndoMergePage(
        title="Undo a merge",
        patient=_header(patient),
        merged=f"Merged with {record_named(None if other is None else other.mrn)} on {on}: {merge.why}",
        consequences=lines,
        obstacles=in_the_way,
        form=back.form,
        back_url=details_url(patient.id),
    )
    opened("patient.opened", by=current_user, patient_id=patient.id)
    return render_template("merging/undo.html", page=page)
