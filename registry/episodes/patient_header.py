"""Who a page is about: one presenter for every page about one person, so that nobody mistakes the patient."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, url_for

from registry.episodes.models import Episode, TeamMember
from registry.episodes.queries import list_episodes
from registry.episodes.rules import PHASE_TITLES, TEAM_ROLES, weeks_in_care
from registry.patients.models import Patient
from registry.patients.queries import get_patient
from registry.patients.rules import LANGUAGES, PAYERS
from registry.web.filters import age, count, long_date

_SHOWN = ("care_manager", "consultant")
"""The places in the team whose holders stand in the header; everybody is listed on the person's page."""


@dataclass(frozen=True, slots=True)
class IdentityHeader:
    """What ``components/identity_header.html`` prints, and the open safety alert to print beneath it."""

    patient_id: uuid.UUID
    name: str
    pronouns: str
    born: str
    age: str
    mrn: str
    facts: tuple[str, ...]
    phase: str
    phase_kind: str
    team: tuple[str, ...]
    url: str
    safety: Any = None
    """What ``components/safety_banner.html`` prints (``.sentence`` and so on), or nothing."""


def identity_header(patient: Patient, episode: Episode | None, today: date, safety: Any = None) -> IdentityHeader:
    """The header of a person and one of their episodes, with its team loaded."""
    return IdentityHeader(
        patient_id=patient.id,
        name=patient.name,
        pronouns=patient.pronouns,
        born=long_date(patient.birth_date),
        age=_age(patient, today),
        mrn=patient.mrn,
        facts=_facts(patient),
        phase=_phase(episode, today) if episode else "",
        phase_kind=episode.phase if episode else "",
        team=_team(episode.team) if episode else (),
        url=patient_url(patient.id),
        safety=safety,
    )


def load_header(
    patient_id: uuid.UUID, today: date, *, clinic_id: uuid.UUID | None = None, safety: Any = None
) -> IdentityHeader | None:
    """The header of a person with their open episode (at ``clinic_id`` where they have several), else the last one.

    Three queries. Nothing when the person is absent or foreign.
    """
    patient = get_patient(patient_id)
    if patient is None:
        return None
    return identity_header(patient, chosen_episode(list_episodes(patient_id), clinic_id), today, safety)


def chosen_episode(episodes: Sequence[Episode], clinic_id: uuid.UUID | None = None) -> Episode | None:
    """Of a person's episodes as ``list_episodes`` orders them: the one of this clinic first, else the first."""
    at_the_clinic = [episode for episode in episodes if episode.clinic_id == clinic_id and episode.is_open]
    return next(iter(at_the_clinic or episodes), None)


def patient_url(patient_id: uuid.UUID) -> str:
    """The person's page."""
    endpoint = "caseload.patient" if "caseload.patient" in current_app.view_functions else "patients.record"
    return url_for(endpoint, patient_id=patient_id)


def _age(patient: Patient, today: date) -> str:
    if patient.died_on is not None:
        return f"died {long_date(patient.died_on)}, aged {count(age(patient.birth_date, patient.died_on), 'year')}"
    return count(age(patient.birth_date, today), "year")


def _facts(patient: Patient) -> tuple[str, ...]:
    facts = []
    if patient.used_name and patient.used_name != patient.legal_given:
        facts.append(f"legal name {patient.legal_given} {patient.legal_family}")
    languages = ", ".join(LANGUAGES.get(code, code) for code in patient.languages)
    if patient.needs_interpreter:
        languages = f"{languages}, needs an interpreter" if languages else "needs an interpreter"
    if languages and patient.languages != ["en"]:
        facts.append(languages)
    if patient.payer:
        facts.append(PAYERS.get(patient.payer, patient.payer))
    return tuple(facts)


def _phase(episode: Episode, today: date) -> str:
    title = PHASE_TITLES[episode.phase]
    if episode.ended_on is not None:
        return f"{title} {long_date(episode.ended_on)}"
    if episode.paused_until is not None:
        return f"{title} until {long_date(episode.paused_until)}"
    if episode.enrolled_on is None:
        return f"{title} {long_date(episode.referred_on)}"
    return f"{title} · {count(weeks_in_care(episode.enrolled_on, ended_on=None, today=today), 'week')}"


def _team(members: Sequence[TeamMember]) -> tuple[str, ...]:
    holders = {member.role: member for member in members if member.ends_on is None}
    return tuple(f"{TEAM_ROLES[role]} {holder_name(holders[role])}" for role in _SHOWN if role in holders)


def holder_name(member: TeamMember) -> str:
    """The name of somebody on the team, with an account or without."""
    return member.user.name if member.user is not None else member.name
