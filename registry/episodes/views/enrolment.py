"""Referring a person to a clinic, and enrolling them."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, url_for
from flask_login import current_user

from registry.access.policy import found, policy
from registry.accounts import receipts
from registry.accounts.queries import list_users
from registry.accounts.saving import put_beside
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.db.refused import Refused
from registry.episodes import actions
from registry.episodes.forms import EnrolForm, ReferForm, enrol_form, field_name
from registry.episodes.models import Episode
from registry.episodes.patient_header import load_header
from registry.episodes.presenters import ChangePage, EnrolPage, ScaleRow, level_words, scale_name
from registry.episodes.queries import followed_instruments, get_episode, lock_episode
from registry.episodes.scales import instruments_at
from registry.episodes.views.common import blueprint, care_url, episode_to_change, header_of, today_of
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.place import clinics_for, local_today
from registry.patients.queries import get_patient
from registry.web.pages import Page


@blueprint.route("/<uuid:patient_id>/refer", methods=["GET", "POST"])
@policy("episode.write")
def refer(patient_id: uuid.UUID) -> Page:
    found(get_patient(patient_id))
    today = local_today("episode.write")
    form = ReferForm(
        clinics=[(str(clinic.id), clinic.name) for clinic in clinics_for("episode.write")],
        today=today,
        referred_on=today,
    )
    if not form.validate_on_submit():
        return _refer_page(form, patient_id), 422 if form.errors else 200

    def act() -> str:
        actions.refer(
            patient=db.session.get_one(Patient, patient_id),
            clinic=db.session.get_one(Clinic, form.clinic_id),
            referred_on=form.day,
            source=form.source.data,
            urgency=form.urgency.data,
            by=current_user,
        )
        return care_url(patient_id)

    try:
        return redirect(receipts.once(form.key, by=current_user, act=act), 303)
    except Refused as problem:
        put_beside(form, problem)
    return _refer_page(form, patient_id), 422


def _refer_page(form: ReferForm, patient_id: uuid.UUID) -> str:
    page = ChangePage(
        title="Refer to collaborative care",
        patient=found(load_header(patient_id, form.today)),
        form=form,
        today=form.today,
        back_url=url_for("patients.details", patient_id=patient_id),
    )
    opened("patient.opened", by=current_user, patient_id=patient_id)
    return render_template("episodes/refer.html", page=page)


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/enrol", methods=["GET", "POST"])
@policy("episode.write")
def enrol(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = episode_to_change(patient_id, episode_id)
    instruments = instruments_at(episode.clinic_id, also=followed_instruments(patient_id))
    form = enrol_form(instruments, today=today_of(episode), taken_by=current_user.name)
    form.offer(list_users(frozenset({episode.clinic_id})), episode.clinic_id)
    if not form.validate_on_submit():
        return _enrol_page(form, episode), 422 if form.errors else 200

    def act() -> str:
        actions.enrol(
            episode=lock_episode(episode_id),
            enrolled_on=form.day,
            consent=form.consent(),
            team=form.team(),
            conditions=form.conditions.data or (),
            metric_primary=form.metric_primary.data,
            tracked=form.tracked(),
            targets=form.targets(),
            phase=form.phase.data,
            by=current_user,
        )
        return care_url(patient_id)

    try:
        return redirect(receipts.once(form.key, by=current_user, act=act), 303)
    except Refused as problem:
        put_beside(form, problem)
    return _enrol_page(form, found(get_episode(episode_id))), 422


def _enrol_page(form: EnrolForm, episode: Episode) -> str:
    page = EnrolPage(
        title="Enrol",
        patient=header_of(episode),
        form=form,
        today=form.today,
        back_url=care_url(episode.patient_id),
        scales=tuple(
            ScaleRow(
                name=scale_name(instrument, scale),
                field=field_name(key),
                takes_target=scale.has_course,
                target_label=level_words(scale),
            )
            for key, scale, instrument in form.scales
        ),
    )
    opened("patient.opened", by=current_user, patient_id=episode.patient_id)
    return render_template("episodes/enrol.html", page=page)
