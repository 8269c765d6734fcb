"""The people of a peer specialist, in words: who, how to reach them, and whether to speak with somebody first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.alerts.models import Alert
from registry.alerts.presenters.words import closed_banner
from registry.caseload.own_people import OwnPeople
from registry.caseload.presenters.addresses import PatientAddress
from registry.episodes.models import Episode
from registry.episodes.rules import PHASE_TITLES
from registry.patients.models import Patient
from registry.patients.presenters import permissions
from registry.patients.rules import CONTACT_KINDS
from registry.patients.safety_banner import SafetyBanner
from registry.plans.models import PlanVersion
from registry.plans.presenters import GoalShown, show_goal
from registry.plans.rules import SECTIONS
from registry.tasks.presenters import AskedLine, TaskLine, own_line_asked, own_line_to_answer
from registry.web.filters import age, count, long_date, short_date


@dataclass(frozen=True, slots=True)
class WayToReach:
    """One contact point."""

    label: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class PlanShown:
    """The safety plan in force: when it was talked through, and what was agreed."""

    title: str
    sections: Sequence[tuple[str, str]]
    """Heading and words of each section that is filled in."""


@dataclass(frozen=True, slots=True)
class PersonShown:
    """One card."""

    name: str
    pronouns: str
    facts: Sequence[str]
    phase: str
    phase_kind: str
    safety: SafetyBanner | None
    ways: Sequence[WayToReach]
    goals: Sequence[GoalShown]
    plan: PlanShown | None
    tasks: Sequence[TaskLine]
    """What colleagues ask about the person."""
    asked: Sequence[AskedLine]
    """What the reader asked of colleagues about them."""
    ask_url: str
    contact_url: str
    danger_url: str
    timer_url: str
    """Empty while a contact is being timed."""


@dataclass(frozen=True, slots=True)
class OwnPeoplePage:
    """The page."""

    title: str
    subtitle: str
    people: Sequence[PersonShown]


def show_own_people(found: OwnPeople, today: Mapping[Any, date], *, is_timing: bool) -> OwnPeoplePage:
    """A card a person."""
    contact, danger = PatientAddress("contacts.log_own_contact"), PatientAddress("contacts.report_danger")
    timer, ask = PatientAddress("contacts.start_own_timer"), PatientAddress("tasks.send_own")
    return OwnPeoplePage(
        title="My people",
        subtitle=count(len(found.episodes), "person", "people"),
        people=[
            PersonShown(
                name=episode.patient.name,
                pronouns=episode.patient.pronouns,
                facts=_facts(episode, today[episode.clinic_id]),
                phase=PHASE_TITLES[episode.phase],
                phase_kind=episode.phase,
                safety=_safety(found.safety.get(episode.patient_id), today[episode.clinic_id]),
                ways=_ways(episode.patient),
                goals=[
                    show_goal(goal, today=today[episode.clinic_id], may_write=False)
                    for goal in found.goals.get(episode.patient_id, ())
                ],
                plan=_plan(found.plans.get(episode.patient_id), today[episode.clinic_id]),
                tasks=[
                    own_line_to_answer(task, today[episode.clinic_id])
                    for task in found.tasks.get(episode.patient_id, ())
                ],
                asked=[
                    own_line_asked(task, today[episode.clinic_id], episode.clinic.zone)
                    for task in found.asked.get(episode.patient_id, ())
                ],
                ask_url=ask.at(episode.patient_id, episode.id),
                contact_url=contact.at(episode.patient_id, episode.id),
                danger_url=danger.at(episode.patient_id, episode.id),
                timer_url="" if is_timing else timer.at(episode.patient_id, episode.id),
            )
            for episode in found.episodes
        ],
    )


def _facts(episode: Episode, today: date) -> Sequence[str]:
    person = episode.patient
    years = count(age(person.birth_date, today), "year")
    return [f"born {long_date(person.birth_date)}", years, f"MRN {person.mrn}"]


def _safety(alert: Alert | None, today: date) -> SafetyBanner | None:
    return None if alert is None else closed_banner(alert, today)


def _plan(version: PlanVersion | None, today: date) -> PlanShown | None:
    if version is None:
        return None
    looked_at = f", to be looked at again {long_date(version.review_on)}" if version.review_on else ""
    return PlanShown(
        title=f"Safety plan of {short_date(version.written_on, today=today)}{looked_at}",
        sections=[
            (section.title, words) for section in SECTIONS["safety"] if (words := version.sections.get(section.key))
        ],
    )


def _ways(person: Patient) -> Sequence[WayToReach]:
    return [
        WayToReach(
            label=CONTACT_KINDS[point.kind],
            value=point.value or point.note,
            detail=" · ".join(words for words in (point.note if point.value else "", permissions(point)) if words),
        )
        for point in person.contact_points
        if point.ended_at is None
    ]
