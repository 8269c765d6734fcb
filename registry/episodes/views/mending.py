"""Taking back an end that was none, and putting dates typed wrong on their days."""

from __future__ import annotations

import uuid

from flask import abort
from flask_login import current_user

from registry.access.policy import can, found, policy
from registry.accounts import receipts
from registry.episodes import actions
from registry.episodes.forms.mending import CorrectDatesForm, ReopenForm
from registry.episodes.models import Episode, PhaseSpell
from registry.episodes.presenters.care import episode_facts
from registry.episodes.queries import get_episode
from registry.episodes.unanswered import unanswered
from registry.episodes.views.common import blueprint, save_change, show, today_of, version_of
from registry.patients.presenters import Difference
from registry.web.filters import long_date
from registry.web.pages import Page


def _episode_to_mend(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Episode:
    """An episode of this person, open or ended, at a clinic where the user may change it."""
    episode = found(get_episode(episode_id, patient_id=patient_id))
    if not can(current_user, "episode.write", clinic_id=episode.clinic_id):
        abort(404)
    return episode


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/reopen", methods=["GET", "POST"])
@policy("episode.write")
def reopen(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = _episode_to_mend(patient_id, episode_id)
    if episode.is_open:
        receipts.refuse_what_is_over()
    form = ReopenForm(version=version_of(PhaseSpell, episode))
    ended = next(fact.value for fact in episode_facts(episode) if fact.label == "Ended")

    def act(fresh: Episode) -> None:
        actions.reopen(episode=fresh, why=form.why.data or "", by=current_user)

    def render(differences: tuple[Difference, ...]) -> str:
        return show(
            "reopen", title="Reopen the episode", subtitle=f"{episode.clinic.name}. Ended {ended}", episode=episode,
            form=form, differences=differences, unanswered=unanswered().tell_ended(episode_id),
        )  # fmt: skip

    def compare() -> tuple[Difference, ...]:
        return (Difference("Episode", "Changed since you opened this form", "Reopen it"),)

    return save_change(form=form, episode=episode, history=PhaseSpell, act=act, render=render, compare=compare)


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/dates", methods=["GET", "POST"])
@policy("episode.write")
def correct_dates(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = _episode_to_mend(patient_id, episode_id)
    form = CorrectDatesForm(
        today=today_of(episode),
        referred_on=episode.referred_on,
        enrolled_on=episode.enrolled_on,
        version=version_of(Episode, episode),
    )
    if episode.enrolled_on is None:
        form.ask_only_referral()

    def act(fresh: Episode) -> None:
        actions.correct_dates(
            episode=fresh,
            referred_on=form.referral,
            enrolled_on=form.enrolment,
            why=form.why.data or "",
            opened_version=form.opened_version,
            by=current_user,
        )

    def render(differences: tuple[Difference, ...]) -> str:
        return show(
            "dates", title="Correct the dates", subtitle=episode.clinic.name, episode=episode, form=form,
            differences=differences,
        )  # fmt: skip

    def compare() -> tuple[Difference, ...]:
        theirs = found(get_episode(episode_id, patient_id=patient_id))
        days = [("Referred", theirs.referred_on, form.referral), ("Enrolled", theirs.enrolled_on, form.enrolment)]
        return tuple(
            Difference(label, long_date(day) if day else "not yet", long_date(yours))
            for label, day, yours in days
            if yours is not None
        )

    return save_change(form=form, episode=episode, history=Episode, act=act, render=render, compare=compare)
