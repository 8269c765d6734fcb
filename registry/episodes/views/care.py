"""One person's care: the present episode with its history, and those before."""

from __future__ import annotations

import uuid
from datetime import date

from flask import render_template, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import can, clinics_where, found, policy
from registry.accounts.queries import names_of
from registry.audit.opened import opened
from registry.episodes.actions.mending import why_not_reopened
from registry.episodes.cadence import cadence_of
from registry.episodes.models import Episode, EpisodeCondition, OtherTeam, PhaseSpell, TrackedMeasure, TreatmentTarget
from registry.episodes.patient_header import chosen_episode, identity_header
from registry.episodes.presenters import care as presenters
from registry.episodes.presenters.around import consent_card, other_team_lines
from registry.episodes.presenters.handover import former_transfers, transfer_note
from registry.episodes.queries import list_consents, list_episodes, list_parts, list_transfers
from registry.episodes.scales import catalogue
from registry.episodes.views.common import blueprint
from registry.patients.place import local_today
from registry.patients.queries import get_patient
from registry.patients.record_tabs import record_tabs
from registry.web.pages import Page


@blueprint.get("/<uuid:patient_id>/care")
@blueprint.get("/<uuid:patient_id>/episodes/<uuid:episode_id>")
@policy("patient.read")
def care(patient_id: uuid.UUID, episode_id: uuid.UUID | None = None) -> Page:
    patient = found(get_patient(patient_id))
    episodes = list_episodes(patient_id)
    if episode_id is None:
        shown = chosen_episode(episodes)
    else:
        shown = found(next((episode for episode in episodes if episode.id == episode_id), None))
    opened("patient.opened", by=current_user, patient_id=patient_id)
    today = shown.clinic.today(clock.now()) if shown else local_today("patient.read")
    may_refer = can(current_user, "episode.write") and patient.died_on is None
    page = presenters.CarePage(
        title="Care and team",
        patient=identity_header(patient, shown, today),
        episode=_card(shown, today) if shown else None,
        earlier=presenters.earlier_episodes([episode for episode in episodes if episode is not shown]),
        refer_url=url_for("episodes.refer", patient_id=patient_id) if may_refer else "",
        refer_label="Refer again" if episodes else "Refer",
        tabs=record_tabs(patient_id),
    )
    return render_template("episodes/care.html", page=page)


def _card(episode: Episode, today: date) -> presenters.EpisodeCard:
    spells = list_parts(PhaseSpell, episode.id)
    tracked = list_parts(TrackedMeasure, episode.id)
    targets = list_parts(TreatmentTarget, episode.id)
    conditions = list_parts(EpisodeCondition, episode.id)
    members = episode.team
    names = names_of({*(spell.set_by_id for spell in spells), *(member.set_by_id for member in members)})
    may_change = can(current_user, "episode.write", clinic_id=episode.clinic_id)
    team, former_team = presenters.team_lines(episode, members, names, may_change=may_change)
    measures, former_measures = presenters.measure_lines(episode, tracked, targets, catalogue(), may_change=may_change)
    other_teams, former_other_teams = other_team_lines(
        episode, list_parts(OtherTeam, episode.id), may_change=may_change
    )
    transfers = [
        each for each in list_transfers(episode.patient_id) if episode.id in (each.episode_id, each.received_episode_id)
    ]
    under_way = next((each for each in transfers if each.is_open), None)
    urls = presenters.episode_urls(episode, may_change=may_change)
    if under_way is not None:
        urls |= {"end": "", "propose_transfer": ""}
    if urls["reopen"] and why_not_reopened(episode) is not None:
        urls["reopen"] = ""
    return presenters.EpisodeCard(
        title="Present episode" if episode.is_open else "Ended episode",
        clinic=episode.clinic.name,
        facts=presenters.episode_facts(episode),
        consent=consent_card(episode, list_consents(episode.id), may_change=may_change),
        phases=presenters.phase_entries(spells, names),
        cadence=cadence_of(episode.clinic_id, episode.phase),
        team=team,
        former_team=former_team,
        other_teams=other_teams,
        former_other_teams=former_other_teams,
        transfer=transfer_note(under_way, clinics_where(current_user, "episode.write"), today) if under_way else None,
        former_transfers=former_transfers(transfers),
        measures=measures,
        former_measures=former_measures,
        conditions=presenters.condition_words(conditions),
        former_conditions=presenters.former_conditions(conditions),
        urls=urls,
    )
