"""The people of a clinic, in care or not, in lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.episodes.models import Episode
from registry.episodes.patient_header import holder_name, patient_url, phase_words
from registry.patients.models import Patient
from registry.web.filters import long_date
from registry.web.paging import Paging

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A row of the list of people."""

    name: str
    pronouns: str
    url: str
    born: str
    mrn: str
    phase: str
    phase_kind: str
    clinic: str
    care_manager: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody the clinic may see."""

    title: str
    search: str
    people: tuple[PersonLine, ...]
    pages: Paging
    add_url: str
    """Empty for whoever may not add people."""
    transfers_url: str
    transfers_to_answer: int


def person_line(patient: Patient, episode: Episode | None, today: date) -> PersonLine:
    team = episode.team if episode else []
    manager = next((member for member in team if member.role == "care_manager" and member.ends_on is None), None)
    return PersonLine(
        name=patient.name,
        pronouns=patient.pronouns,
        url=patient_url(patient.id),
        born=long_date(patient.birth_date),
        mrn=patient.mrn,
        phase=phase_words(episode, today) if episode else "Not in care",
        phase_kind=episode.phase if episode else "",
        clinic=episode.clinic.name if episode else "",
        care_manager=holder_name(manager) if manager else "",
    )
