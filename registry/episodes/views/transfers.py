"""Handing somebody over to another clinic, and taking somebody over."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from flask import abort, flash, render_template, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import can, clinics_where, found, permitted_clinics, policy
from registry.accounts import receipts
from registry.accounts.queries import list_users
from registry.accounts.saving import go_back, save
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.clinics.queries import list_sister_clinics
from registry.episodes import actions
from registry.episodes.first_contact import first_contact
from registry.episodes.forms import AnswerTransferForm, EndTransferForm, ProposeTransferForm
from registry.episodes.forms.handover import ACCEPT
from registry.episodes.models import Episode, Transfer
from registry.episodes.patient_header import load_header
from registry.episodes.presenters import ChangePage
from registry.episodes.presenters.handover import AnswerPage, transfers_page, until_when
from registry.episodes.queries import get_transfer, list_open_transfers, lock_episode
from registry.episodes.views.common import blueprint, care_url, episode_to_change, show
from registry.extensions import db
from registry.patients.place import local_today
from registry.web.form_fields import RegistryForm
from registry.web.pages import Page

_ANSWERED = "This transfer was answered in the meantime"


@blueprint.get("/transfers")
@policy("patient.read")
def transfers() -> Page:
    clinic_ids = permitted_clinics("patient.read")
    rows = list_open_transfers(clinic_ids)
    page = transfers_page(rows, clinic_ids, clinics_where(current_user, "episode.write"), local_today("patient.read"))
    opened("transfers.listed", by=current_user, shown=[row.patient_id for row in rows])
    return render_template("episodes/transfers.html", page=page)


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/transfer", methods=["GET", "POST"])
@policy("episode.write")
def propose_transfer(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = episode_to_change(patient_id, episode_id)
    clinics = list_sister_clinics(episode.clinic)
    form = ProposeTransferForm(clinics=[(str(clinic.id), clinic.name) for clinic in clinics])

    def page() -> str:
        return show("propose_transfer", title="Transfer to another clinic", episode=episode, form=form)

    def act() -> str:
        actions.propose_transfer(
            episode=lock_episode(episode_id),
            to_clinic=db.session.get_one(Clinic, form.clinic_id),
            words=form.words.data or "",
            by=current_user,
        )
        return care_url(patient_id)

    return _save(form, act, page)


@blueprint.route("/<uuid:patient_id>/transfers/<uuid:transfer_id>", methods=["GET", "POST"])
@policy("episode.write")
def answer_transfer(patient_id: uuid.UUID, transfer_id: uuid.UUID) -> Page:
    transfer = get_transfer(transfer_id, patient_id=patient_id)
    if transfer is None:  # also for a second click of the refusal, after which this clinic no longer sees the person
        receipts.refuse_what_is_over()
    if not can(current_user, "episode.write", clinic_id=transfer.to_clinic_id):
        abort(404)
    if transfer.state != "proposed":
        receipts.refuse_what_is_over()
    clinic = transfer.to_clinic
    today = clinic.today(clock.now())
    spoken_on = first_contact(patient_id, clinic_id=clinic.id, since=transfer.proposed_on)
    form = AnswerTransferForm(today=today, on=spoken_on or today, version=str(transfer.version))
    form.offer(list_users(frozenset({clinic.id})), clinic.id)

    def page() -> str:
        return _answer_page(form, transfer, clinic, spoken_on)

    def act() -> str:
        fresh, version = _lock(transfer_id, patient_id), form.opened_version
        if form.answer.data == ACCEPT:
            actions.accept_transfer(
                transfer=fresh,
                on=form.day,
                phase=form.phase.data,
                team=form.team(),
                opened_version=version,
                by=current_user,
            )
            return care_url(patient_id)
        actions.refuse_transfer(transfer=fresh, words=form.words.data or "", opened_version=version, by=current_user)
        flash("The transfer is refused. The other clinic goes on, and reads why", "success")
        return url_for("episodes.transfers")

    return _save(form, act, page)


def _answer_page(form: AnswerTransferForm, transfer: Transfer, clinic: Clinic, spoken_on: date | None) -> str:
    sender = db.session.get_one(Episode, transfer.episode_id)
    page = AnswerPage(
        title="Answer a transfer",
        subtitle=f"{transfer.from_clinic.name} asks {clinic.name} to take this person over",
        patient=found(load_header(transfer.patient_id, form.today)),
        form=form,
        why=transfer.words,
        is_referral=sender.enrolled_on is None,
        until=until_when(spoken_on),
        today=form.today,
        back_url=url_for("episodes.transfers"),
    )
    opened("patient.opened", by=current_user, patient_id=transfer.patient_id)
    return render_template("episodes/answer_transfer.html", page=page)


@blueprint.route("/<uuid:patient_id>/transfers/<uuid:transfer_id>/end", methods=["GET", "POST"])
@policy("episode.write")
def end_transfer(patient_id: uuid.UUID, transfer_id: uuid.UUID) -> Page:
    """The sender takes an unanswered proposal back; the receiver hands an accepted person back."""
    transfer = found(get_transfer(transfer_id, patient_id=patient_id))
    acting = transfer.to_clinic if transfer.received_episode_id else transfer.from_clinic
    if not can(current_user, "episode.write", clinic_id=acting.id):
        abort(404)
    if not transfer.is_open:
        receipts.refuse_what_is_over()
    is_proposal = transfer.state == "proposed"
    form = EndTransferForm(version=str(transfer.version))

    def page() -> str:
        title = "Take the proposal back" if is_proposal else "Hand the person back"
        return _end_page(form, transfer, acting, title=title)

    def act() -> str:
        end = actions.withdraw_transfer if is_proposal else actions.hand_back
        end(
            transfer=_lock(transfer_id, patient_id),
            words=form.words.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )
        return care_url(patient_id)

    return _save(form, act, page)


def _end_page(form: EndTransferForm, transfer: Transfer, clinic: Clinic, *, title: str) -> str:
    today = clinic.today(clock.now())
    page = ChangePage(
        title=title,
        subtitle=f"{transfer.from_clinic.name} to {transfer.to_clinic.name}",
        patient=found(load_header(transfer.patient_id, today, clinic_id=clinic.id)),
        form=form,
        today=today,
        back_url=care_url(transfer.patient_id),
    )
    opened("patient.opened", by=current_user, patient_id=transfer.patient_id)
    return render_template("episodes/end_transfer.html", page=page)


def _lock(transfer_id: uuid.UUID, patient_id: uuid.UUID) -> Transfer:
    """The transfer as it stands while nobody else changes the sender's episode."""
    transfer = found(get_transfer(transfer_id, patient_id=patient_id))
    lock_episode(transfer.episode_id)
    db.session.refresh(transfer)
    return transfer


def _save(form: RegistryForm, act: Callable[[], str], page: Callable[[], str]) -> Page:
    transfers = url_for("episodes.transfers")
    return save(
        form, act, to=transfers, show=lambda status: (page(), status), overtaken=lambda: go_back(transfers, _ANSWERED)
    )
