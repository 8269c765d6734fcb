"""What a review looks at beside the scores: treatment, safety, contacts, goals and what happened, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from registry.alerts.last_safety import NEGATIVE, POSITIVE
from registry.case_review.case import ReviewCase
from registry.caseload.presenters.treatment_lanes import treatment_lanes
from registry.charts.lane_strip import LaneStrip, lane_strip
from registry.contacts.models import Contact
from registry.contacts.rules import KINDS, MODALITIES, is_failed_attempt
from registry.life.models import LifeEvent
from registry.life.rules import KINDS as LIFE_KINDS
from registry.life.rules import is_open, is_stay
from registry.plans.models import Goal
from registry.plans.presenters import goal_course, last_rated
from registry.treatment.queries import TrialCourse
from registry.treatment.rules import in_force
from registry.web.filters import days_ago, short_date

MOST_CONTACTS, MOST_NOTES, MOST_EVENTS = 3, 2, 3
LATELY = timedelta(days=180)
"""How far back an event that is over is told."""

LONGEST_LINE = 160
"""Letters of a note's first line."""

ANSWERED = {POSITIVE: "positive", NEGATIVE: "negative"}
"""What was said, in words; anything else is not known."""


@dataclass(frozen=True, slots=True)
class ContactShown:
    """A contact, and the first line of what was noted of it."""

    words: str
    note: str


def safety_facts(case: ReviewCase, today: date) -> Iterator[str]:
    """When safety was last asked and what was said; when a danger was last told of; the plan. Not known is no "no"."""
    row = case.row
    if row.safety_state is None or row.safety_on is None:
        yield "Never asked about safety"
    else:
        said = ANSWERED.get(row.safety_state, "not known")
        yield f"Last asked {short_date(row.safety_on, today=today)}: {said} ({row.safety_item})"
        if row.safety_state != POSITIVE and row.safety_positive_on is not None:
            yield f"Last positive {short_date(row.safety_positive_on, today=today)} ({row.safety_positive_item})"
    plan = case.safety_plan
    if plan is None:
        yield "No safety plan"
    else:
        is_late = plan.review_on is not None and plan.review_on < today
        late = ", review overdue" if is_late else ""
        yield f"Safety plan {short_date(plan.written_on, today=today)}{late}"


def no_alert_words(case: ReviewCase) -> str:
    """Said in place of alerts, only where the last answer is known: silence of somebody never asked is no comfort."""
    return "No open safety alert" if case.row.safety_state in ANSWERED else ""


def treatment_strip(courses: Sequence[TrialCourse], *, starts_on: date, ends_on: date, width: int) -> LaneStrip | None:
    """Treatment between two days, to be drawn beneath a score."""
    lanes = list(treatment_lanes(courses, first=starts_on, last=ends_on))
    return lane_strip(lanes, starts_on=starts_on, ends_on=ends_on, width=width)


def stopped_last(case: ReviewCase, today: date) -> str:
    """ "Stopped last: sertraline, 9 Mar"; nothing where nothing was ever stopped."""
    stops = [
        (last.on, each.trial.name)
        for each in case.treatment
        if (last := in_force(each.steps)) is not None and last.kind == "stop"
    ]
    if not stops:
        return ""
    on, name = max(stops)
    return f"Stopped last: {name}, {short_date(on, today=today)}"


def show_contacts(contacts: Sequence[Contact], today: date) -> list[ContactShown]:
    """The latest, with whom they were; the last two that say something, with their first line."""
    noted = [each.id for each in contacts if each.note.strip()][:MOST_NOTES]
    shown = [each for number, each in enumerate(contacts) if number < MOST_CONTACTS or each.id in noted]
    return [ContactShown(_contact_words(each, today), _first_line(each) if each.id in noted else "") for each in shown]


def _contact_words(contact: Contact, today: date) -> str:
    reached = ", not reached" if is_failed_attempt(contact.kind, reached=contact.reached) else ""
    minutes = f", {contact.minutes} min" if contact.minutes is not None else ""
    words = f"{KINDS[contact.kind]}, {MODALITIES[contact.modality].lower()}{minutes}{reached}"
    return f"{words}, {days_ago(contact.took_place_on, today)}, {contact.staff.name}"


def _first_line(contact: Contact) -> str:
    line = contact.note.strip().splitlines()[0].strip()
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1].rsplit(" ", 1)[0] + "…"


def goals_told(goals: Sequence[Goal], today: date) -> list[str]:
    """Each goal in the person's words with the course of its ratings."""
    return [
        f"{each.words} ({', '.join(said for said in (goal_course(each), last_rated(each, today)) if said)})"
        for each in goals
    ]


def events_told(events: Sequence[LifeEvent], today: date) -> list[str]:
    """A stay that lasts, however long ago it began, before the latest of what happened within half a year."""
    stays = [each for each in events if is_open(each.kind, ends_on=each.ends_on)]
    others = [each for each in events if each not in stays and (each.ends_on or each.starts_on) >= today - LATELY]
    return [_event_words(each, today) for each in [*stays, *others][: max(MOST_EVENTS, len(stays))]]


def _event_words(event: LifeEvent, today: date) -> str:
    name, began = LIFE_KINDS[event.kind], short_date(event.starts_on, today=today)
    if not is_stay(event.kind):
        return f"{name}, {began}"
    if event.ends_on is None:
        return f"{name} since {began}, still there as far as we know"
    return f"{name}, {began} to {short_date(event.ends_on, today=today)}"
