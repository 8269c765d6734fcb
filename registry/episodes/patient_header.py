"""Who a page is about: one presenter for every page about one person, so that nobody mistakes the patient."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from registry.episodes.models import Episode, TeamMember
from registry.episodes.queries import get_consent, list_episodes
from registry.episodes.rules import PHASE_TITLES, TEAM_ROLES, weeks_in_care
from registry.patients.models import Patient
from registry.patients.presenters import IdentityHeader, identity, patient_url
from registry.patients.queries import get_patient
from registry.patients.safety_banner import safety_banner
from registry.web.filters import count, long_date

__all__ = [
    "IdentityHeader",
    "chosen_episode",
    "holder_name",
    "identity_header",
    "load_header",
    "patient_url",
    "phase_words",
]

_SHOWN = ("care_manager", "consultant")
"""The places in the team whose holders stand in the header; everybody is listed on the person's page."""


def identity_header(
    patient: Patient, episode: Episode | None, today: date, *, shows_safety: bool = True
) -> IdentityHeader:
    """The header of a person and one of their episodes, with its team loaded, over their open safety alert.

    ``shows_safety`` is false where that alert stands in the page itself.
    """
    header = identity(patient, today, safety_banner(patient.id) if shows_safety else None)
    return replace(
        header,
        to_mind=(*_withdrawal(episode), *header.to_mind),
        phase=phase_words(episode, today) if episode else "",
        phase_kind=episode.phase if episode else "",
        team=_team(episode.team) if episode else (),
    )


def load_header(
    patient_id: uuid.UUID, today: date, *, clinic_id: uuid.UUID | None = None, shows_safety: bool = True
) -> IdentityHeader | None:
    """The header of a person with their open episode (at ``clinic_id`` where they have several), else the last one.

    Four queries, one more for a person in care and one for an open safety alert. Nothing when the person is absent or
    foreign.
    """
    patient = get_patient(patient_id)
    if patient is None:
        return None
    episode = chosen_episode(list_episodes(patient_id), clinic_id)
    return identity_header(patient, episode, today, shows_safety=shows_safety)


def chosen_episode(episodes: Sequence[Episode], clinic_id: uuid.UUID | None = None) -> Episode | None:
    """Of a person's episodes as ``list_episodes`` orders them: the one of this clinic first, else the first."""
    at_the_clinic = [episode for episode in episodes if episode.clinic_id == clinic_id and episode.is_open]
    return next(iter(at_the_clinic or episodes), None)


def phase_words(episode: Episode, today: date) -> str:
    title = PHASE_TITLES[episode.phase]
    if episode.ended_on is not None:
        return f"{title} {long_date(episode.ended_on)}"
    if episode.paused_until is not None:
        return f"{title} until {long_date(episode.paused_until)}"
    if episode.enrolled_on is None:
        return f"{title} {long_date(episode.referred_on)}"
    return f"{title} · {count(weeks_in_care(episode.enrolled_on, ended_on=None, today=today), 'week')}"


def _withdrawal(episode: Episode | None) -> tuple[str, ...]:
    """That whoever is cared for no longer agrees to it: nobody calls without knowing."""
    if episode is None or not episode.is_open or episode.enrolled_on is None:
        return ()
    consent = get_consent(episode.id)
    if consent is None or consent.revoked_on is None:
        return ()
    return (f"consent withdrawn on {long_date(consent.revoked_on)}",)


def _team(members: Sequence[TeamMember]) -> tuple[str, ...]:
    holders = {member.role: member for member in members if member.ends_on is None}
    return tuple(f"{TEAM_ROLES[role]} {holder_name(holders[role])}" for role in _SHOWN if role in holders)


def holder_name(member: TeamMember) -> str:
    """The name of somebody on the team, with an account or without."""
    return member.user.name if member.user is not None else member.name
