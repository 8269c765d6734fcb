"""What waits from before somebody was enrolled here, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from registry.alerts.backlog import Waiting
from registry.alerts.presenters.words import Reason
from registry.alerts.sentences import sentence_of
from registry.patients.models import Patient
from registry.patients.presenters import patient_url
from registry.web.filters import age, count, short_date
from registry.web.paging import COUNT_LIMIT, Paging

if TYPE_CHECKING:
    from registry.web.form_fields import RegistryForm


@dataclass(frozen=True, slots=True)
class WaitingShown:
    """One person of the list."""

    episode_id: str
    name: str
    facts: str
    url: str
    care: str
    reasons: Sequence[Reason]
    day: str


@dataclass(frozen=True, slots=True)
class BacklogPage:
    """The people whose reasons from before wait for their day."""

    title: str
    subtitle: str
    tabs: Sequence[Mapping[str, Any]]
    current_tab: str
    people: Sequence[WaitingShown]
    pages: Paging
    form: RegistryForm | None
    """Takes up who is ticked; None for a reader who may not."""
    take_up_url: str
    day_url: str


def backlog_words(later: int, today: int) -> str:
    """ "212 people from before; 3 come today"; nothing where nobody waits."""
    if later == 0 and today == 0:
        return ""
    waiting = f"{COUNT_LIMIT:,}+ people" if later > COUNT_LIMIT else count(later, "person", "people")
    coming = f"{today:,} {'comes' if today == 1 else 'come'} today" if today else "nobody comes today"
    return f"{waiting} from before; {coming}"


def waiting_shown(waiting: Waiting, today: date) -> WaitingShown:
    """One row: what waits, in the order it will be told, and the day it comes."""
    episode, patient = waiting.episode, waiting.patient
    until, stored_on = episode.backlog_until or today, episode.backlog_from or today
    enrolled_on = episode.enrolled_on or stored_on
    return WaitingShown(
        episode_id=str(episode.id),
        name=patient.name,
        facts=_facts(patient, today),
        url=patient_url(patient.id),
        care=f"Enrolled {short_date(enrolled_on, today=today)}, entered {short_date(stored_on, today=today)}",
        reasons=[
            Reason(tier=each.tier, sentence=sentence_of(each.rule, each.evidence, today), since="", url="")
            for each in waiting.findings
        ],
        day=short_date(until, today=today),
    )


def _facts(patient: Patient, today: date) -> str:
    return f"{age(patient.birth_date, today)} · {patient.mrn}"
