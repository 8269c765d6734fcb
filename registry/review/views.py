"""Asking the psychiatrist, and deciding on what was recommended. The queue itself stands with the caseload."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_login import current_user

from registry import clock
from registry.access.policy import found, permitted_clinics, policy
from registry.accounts import receipts
from registry.accounts.saving import save
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.episodes.patient_header import load_header
from registry.episodes.place import get_clinic_of, place_at
from registry.episodes.queries import get_episode, get_open_episode
from registry.patients.presenters import Difference, IdentityHeader, WithdrawPage
from registry.review import actions, queries
from registry.review.forms import DecisionForm, QuestionForm
from registry.review.models import Recommendation, Review
from registry.review.presenters import (
    VOID_INTRO,
    DecisionPage,
    QuestionPage,
    after_deciding_url,
    decided_by,
    offered_states,
    reviewed_words,
    reviews_url,
    show_question,
    show_recommendation,
)
from registry.review.rules import STATES
from registry.review.voiding import may_void
from registry.web.pages import Page
from registry.web.withdraw_form import WithdrawForm

blueprint = Blueprint("review", __name__)


@blueprint.route("/patients/<uuid:patient_id>/question", methods=["GET", "POST"])
@policy("question.ask")
def ask(patient_id: uuid.UUID) -> Page:
    place, form = place_at(patient_id, permitted_clinics("question.ask")), QuestionForm()
    clinic_id = place.clinic.id
    episode_id = found(get_open_episode(patient_id, clinic_id)).id
    page = QuestionPage(
        title="Ask the psychiatrist",
        patient=place.header(),
        at=place.at(),
        form=form,
        open_questions=[show_question(each, may_withdraw=True) for each in queries.list_open_questions(patient_id)],
        back_url=reviews_url(patient_id),
    )

    def act() -> None:
        asked_about = found(get_episode(episode_id))
        actions.ask_question(episode=asked_about, words=form.words.data or "", by=current_user)

    def show(status: int) -> Page:
        opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=clinic_id)
        return render_template("review/question.html", page=page), status

    said = "Question asked: the person stands in the psychiatrist's queue until a review answers it"
    return save(form, act, to=page.back_url, show=show, saved=said)


@blueprint.post("/patients/<uuid:patient_id>/questions/<uuid:question_id>/withdraw")
@policy("question.ask")
def withdraw_question(patient_id: uuid.UUID, question_id: uuid.UUID) -> Page:
    question = found(queries.get_question(patient_id, question_id))
    _refuse_elsewhere(found(get_episode(question.episode_id)), "question.ask")
    actions.withdraw(question=question, by=current_user)
    flash("Question withdrawn", "success")
    return redirect(reviews_url(patient_id), 303)


@blueprint.route("/patients/<uuid:patient_id>/recommendations/<uuid:recommendation_id>", methods=["GET", "POST"])
@policy("recommendation.decide")
def decide(patient_id: uuid.UUID, recommendation_id: uuid.UUID) -> Page:
    recommendation, form = _decision(patient_id, recommendation_id)
    back_url = after_deciding_url(recommendation, at=request.args.get("at"))
    if not form.state.choices:
        flash("That recommendation has been decided and done with", "warning")
        return redirect(back_url, 303)

    def act() -> None:
        wanted, why = form.state.data or "", form.why.data or ""
        taken: dict[str, Any] = {
            "recommendation": found(queries.get_recommendation(patient_id, recommendation_id)),
            "on": form.on.data,
            "told_by": form.told_by.data or "",
            "opened_version": form.opened_version,
            "by": current_user,
        }
        if wanted == "done":
            actions.finish(**taken)
        else:
            actions.decide(state=wanted, why=why, **taken)

    return save(
        form,
        act,
        to=back_url,
        show=lambda status: _show_decision(recommendation, form, status=status),
        overtaken=lambda: _decided_meanwhile(patient_id, recommendation_id, form),
        saved=lambda: flash(f"Recommendation: {STATES[form.state.data or ''].lower()}", "success"),
    )


@blueprint.route("/patients/<uuid:patient_id>/reviews/<uuid:review_id>/entered-in-error", methods=["GET", "POST"])
@policy("review.void")
def void(patient_id: uuid.UUID, review_id: uuid.UUID) -> Page:
    review = found(queries.get_review(patient_id, review_id))
    if review.clinic_id not in permitted_clinics("review.void"):
        abort(404)
    if not may_void(review, current_user):
        abort(403)
    if review.status != "final":
        receipts.refuse_what_is_over()
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _show_void(review, form, status=422 if form.errors else 200)

    def act() -> str:
        actions.void_review(
            review=found(queries.get_review(patient_id, review_id)), why=form.why.data or "", by=current_user
        )
        return reviews_url(patient_id)

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except actions.AlreadyVoid:
        flash("This review was marked as entered in error in the meantime. Nothing was changed", "warning")
        return redirect(reviews_url(patient_id), 303)
    flash("Marked as entered in error. The review is kept, struck through, and counts nowhere", "success")
    return redirect(location, 303)


def _show_void(review: Review, form: WithdrawForm, *, status: int) -> Page:
    patient_id = review.patient_id
    clinic = found(get_clinic_of(patient_id, {review.clinic_id}))
    page = WithdrawPage(
        title="Mark a review as entered in error",
        subtitle=reviewed_words(review),
        patient=_header(patient_id, clinic),
        form=form,
        intro=VOID_INTRO,
        back_url=reviews_url(patient_id),
    )
    opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=clinic.id)
    return render_template("patients/withdraw.html", page=page), status


def _decision(patient_id: uuid.UUID, recommendation_id: uuid.UUID) -> tuple[Recommendation, DecisionForm]:
    recommendation = found(queries.get_recommendation(patient_id, recommendation_id))
    episode = found(get_episode(recommendation.episode_id))
    _refuse_elsewhere(episode, "recommendation.decide")
    offered = offered_states(recommendation, may_order=actions.is_prescriber(episode, current_user))
    return recommendation, DecisionForm(
        offered=offered,
        earliest=actions.earliest_step(recommendation),
        today=_today(episode.clinic),
        version=str(recommendation.version),
    )


def _decided_meanwhile(patient_id: uuid.UUID, recommendation_id: uuid.UUID, typed: DecisionForm) -> Page:
    """Somebody else decided first: what they decided, and what can still be done."""
    wanted, why = STATES.get(typed.state.data or "", ""), typed.why.data or ""
    recommendation, form = _decision(patient_id, recommendation_id)
    form.version.data = str(recommendation.version)
    changes = [Difference("Decision", STATES[recommendation.state], wanted)]
    if recommendation.decision_why != why:
        changes.append(Difference("What instead, or why not", recommendation.decision_why or "empty", why or "empty"))
    return _show_decision(recommendation, form, status=409, conflict=changes)


def _show_decision(
    recommendation: Recommendation, form: DecisionForm, *, status: int, conflict: list[Difference] | None = None
) -> Page:
    patient_id, clinic_id = recommendation.patient_id, recommendation.review.clinic_id
    clinic = found(get_clinic_of(patient_id, {clinic_id}))
    page = DecisionPage(
        title="Decide on a recommendation",
        patient=_header(patient_id, clinic),
        form=form,
        recommendation=show_recommendation(recommendation, may_decide=False),
        reviewed=reviewed_words(recommendation.review),
        back_url=after_deciding_url(recommendation, at=request.args.get("at")),
        conflict=conflict or (),
        conflict_by=decided_by(recommendation) if conflict else "",
    )
    opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=clinic_id)
    return render_template("review/decision.html", page=page), status


def _header(patient_id: uuid.UUID, clinic: Clinic) -> IdentityHeader:
    return found(load_header(patient_id, _today(clinic), clinic_id=clinic.id))


def _today(clinic: Clinic) -> date:
    return clinic.today(clock.now())


def _refuse_elsewhere(episode: Episode, action: str) -> None:
    """An episode of a clinic where one may not do this does not exist, though the person does."""
    if episode.clinic_id not in permitted_clinics(action):
        abort(404)
