"""Changing phase and team, and ending an episode."""

from __future__ import annotations

import uuid

from flask import abort
from flask_login import current_user

from registry.access.policy import policy
from registry.accounts.queries import list_users
from registry.episodes import actions
from registry.episodes.cadence import cadence_of
from registry.episodes.forms import EndForm, PhaseForm, TeamForm, fitting
from registry.episodes.models import Episode, PhaseSpell, TeamMember
from registry.episodes.patient_header import holder_name
from registry.episodes.queries import list_parts, list_team
from registry.episodes.rules import PHASE_TITLES, TEAM_ROLES, may_follow
from registry.episodes.running_medicines import running_medicines
from registry.episodes.unanswered import unanswered
from registry.episodes.views.common import (
    blueprint,
    episode_in_care,
    episode_to_change,
    save_change,
    show,
    today_of,
    version_of,
)
from registry.patients.presenters import Difference
from registry.web.filters import long_date
from registry.web.pages import Page


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/phase", methods=["GET", "POST"])
@policy("episode.write")
def change_phase(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = episode_in_care(patient_id, episode_id)
    today = today_of(episode)
    form = PhaseForm(today=today, on=today, version=version_of(PhaseSpell, episode))
    form.offer(may_follow(episode.phase))

    def act(fresh: Episode) -> None:
        actions.change_phase(
            episode=fresh,
            phase=form.phase.data,
            on=form.day,
            why=form.why.data or "",
            paused_until=form.paused_until.data,
            by=current_user,
        )

    def render(differences: tuple[Difference, ...]) -> str:
        form.offer(may_follow(episode.phase))
        since = f"{PHASE_TITLES[episode.phase]} since {long_date(episode.phase_since)}"
        possible = may_follow(episode.phase)
        asked = {phase: ", ".join(cadence_of(episode.clinic_id, phase)) for phase in possible}
        return show(
            "phase",
            title="Change the phase",
            subtitle=since,
            episode=episode,
            form=form,
            differences=differences,
            hints={phase: words[:1].upper() + words[1:] for phase, words in asked.items() if words},
        )

    return save_change(
        form=form,
        episode=episode,
        history=PhaseSpell,
        act=act,
        render=render,
        compare=lambda: _phase_difference(episode.id, form.phase.data),
    )


def _phase_difference(episode_id: uuid.UUID, chosen: str) -> tuple[Difference, ...]:
    theirs = list_parts(PhaseSpell, episode_id)[-1]
    words = f"{PHASE_TITLES[theirs.phase]} since {long_date(theirs.starts_on)}"
    return (Difference("Phase", words, PHASE_TITLES[chosen]),)


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/team/<role>", methods=["GET", "POST"])
@policy("episode.write")
def change_team(patient_id: uuid.UUID, episode_id: uuid.UUID, role: str) -> Page:
    if role not in TEAM_ROLES:
        abort(404)
    episode = episode_to_change(patient_id, episode_id)
    today, title = today_of(episode), TEAM_ROLES[role]
    holder = _holder(episode.id, role)
    form = TeamForm(today=today, on=today, version=version_of(TeamMember, episode))
    form.offer(fitting(list_users(frozenset({episode.clinic_id})), role, episode.clinic_id))
    words = _holder_words(holder)

    def act(fresh: Episode) -> None:
        actions.change_team(
            episode=fresh, place=form.place(role), on=form.day, why=form.why.data or "", by=current_user
        )

    def render(differences: tuple[Difference, ...]) -> str:
        return show(
            "team", title=f"Change the {title.lower()}", subtitle=words, episode=episode, form=form,
            differences=differences,
        )  # fmt: skip

    def compare() -> tuple[Difference, ...]:
        return (Difference(title, _holder_words(_holder(episode_id, role)), form.chosen_name),)

    return save_change(form=form, episode=episode, history=TeamMember, act=act, render=render, compare=compare)


def _holder(episode_id: uuid.UUID, role: str) -> TeamMember | None:
    return next((row for row in list_team(episode_id) if row.role == role and row.ends_on is None), None)


def _holder_words(holder: TeamMember | None) -> str:
    return f"{holder_name(holder)} since {long_date(holder.starts_on)}" if holder else "Nobody yet"


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/end", methods=["GET", "POST"])
@policy("episode.write")
def end(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = episode_to_change(patient_id, episode_id)
    today = today_of(episode)
    open_still = unanswered().tell(episode_id)
    form = EndForm(today=today, leaves_open=bool(open_still), on=today, version=version_of(PhaseSpell, episode))

    def act(fresh: Episode) -> None:
        actions.end_episode(
            episode=fresh,
            reason=form.reason.data,
            on=form.day,
            note=form.note.data or "",
            left_open=form.left_open.data or "",
            by=current_user,
        )

    def render(differences: tuple[Difference, ...]) -> str:
        return show(
            "end", title="End the episode", episode=episode, form=form, differences=differences,
            medicines=running_medicines(patient_id), unanswered=open_still,
        )  # fmt: skip

    return save_change(
        form=form,
        episode=episode,
        history=PhaseSpell,
        act=act,
        render=render,
        compare=lambda: _phase_difference(episode_id, "ended"),
    )
