"""Consent taken anew or taken back, and the other teams involved."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import flash
from flask_login import current_user

from registry.access.policy import found, policy
from registry.accounts import receipts
from registry.episodes import actions
from registry.episodes.forms import ConsentForm, OtherTeamForm, RevokeConsentForm
from registry.episodes.models import Consent, Episode, OtherTeam
from registry.episodes.presenters.around import whole_consent
from registry.episodes.queries import get_consent, get_other_team, list_parts
from registry.episodes.rules import OTHER_TEAMS, PATIENT
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
from registry.web.pages import Page


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/consent", methods=["GET", "POST"])
@policy("episode.write")
def take_consent(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = episode_in_care(patient_id, episode_id)
    form = ConsentForm(
        today=today_of(episode),
        taken_by=current_user.name,
        given_by=PATIENT,
        version=version_of(Consent, episode),
    )

    def act(fresh: Episode) -> None:
        actions.take_consent(episode=fresh, facts=form.consent(), by=current_user)

    def render(differences: tuple[Difference, ...]) -> str:
        title = "Take consent anew"
        return show("consent", title=title, episode=episode, form=form, differences=differences)

    return save_change(
        form=form,
        episode=episode,
        history=Consent,
        act=act,
        render=render,
        compare=lambda: _consent_difference(episode_id, f"given by {form.given_by.data}"),
    )


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/consent/revoke", methods=["GET", "POST"])
@policy("episode.write")
def revoke_consent(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = episode_in_care(patient_id, episode_id)
    today = today_of(episode)
    form = RevokeConsentForm(today=today, on=today, said_by=PATIENT, version=version_of(Consent, episode))

    def act(fresh: Episode) -> None:
        actions.revoke_consent(
            episode=fresh, on=form.day, said_by=form.said_by.data or "", why=form.why.data or "", by=current_user
        )
        flash("The consent is taken back. End the episode, or take consent anew", "warning")

    def render(differences: tuple[Difference, ...]) -> str:
        title = "Consent taken back"
        return show("revoke_consent", title=title, episode=episode, form=form, differences=differences)

    return save_change(
        form=form,
        episode=episode,
        history=Consent,
        act=act,
        render=render,
        compare=lambda: _consent_difference(episode_id, "taken back"),
    )


def _consent_difference(episode_id: uuid.UUID, yours: str) -> tuple[Difference, ...]:
    theirs = get_consent(episode_id)
    return (Difference("Consent", whole_consent(theirs) if theirs else "none", yours),)


@blueprint.route("/<uuid:patient_id>/episodes/<uuid:episode_id>/other-teams", methods=["GET", "POST"])
@policy("episode.write")
def involve_team(patient_id: uuid.UUID, episode_id: uuid.UUID) -> Page:
    episode = episode_to_change(patient_id, episode_id)
    form = OtherTeamForm.of(None, today=today_of(episode), version=version_of(OtherTeam, episode))

    def act(fresh: Episode) -> None:
        actions.involve_team(episode=fresh, facts=form.facts(), on=form.day, why=form.why.data or "", by=current_user)

    return _save(form, episode, title="Another team is involved", act=act)


@blueprint.route(
    "/<uuid:patient_id>/episodes/<uuid:episode_id>/other-teams/<uuid:other_team_id>", methods=["GET", "POST"]
)
@policy("episode.write")
def change_other_team(patient_id: uuid.UUID, episode_id: uuid.UUID, other_team_id: uuid.UUID) -> Page:
    episode = episode_to_change(patient_id, episode_id)
    team = found(get_other_team(other_team_id, episode_id=episode_id))
    if team.ends_on is not None:
        receipts.refuse_what_is_over()
    form = OtherTeamForm.of(team, today=today_of(episode), version=version_of(OtherTeam, episode))

    def act(fresh: Episode) -> None:
        actions.change_other_team(
            episode=fresh,
            team=found(get_other_team(other_team_id, episode_id=episode_id)),
            facts=None if form.is_over.data else form.facts(),
            on=form.day,
            why=form.why.data or "",
            by=current_user,
        )

    return _save(form, episode, title="Change what another team does", act=act)


def _save(form: OtherTeamForm, episode: Episode, *, title: str, act: Callable[[Episode], None]) -> Page:
    def render(differences: tuple[Difference, ...]) -> str:
        return show("other_team", title=title, episode=episode, form=form, differences=differences)

    def compare() -> tuple[Difference, ...]:
        teams = [team for team in list_parts(OtherTeam, episode.id) if team.ends_on is None]
        theirs = ", ".join(f"{OTHER_TEAMS[team.kind]} {team.name}: {team.does}" for team in teams)
        return (Difference("Other teams", theirs or "none", f"{form.name.data}: {form.does.data}"),)

    return save_change(form=form, episode=episode, history=OtherTeam, act=act, render=render, compare=compare)
