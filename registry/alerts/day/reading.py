"""The day of one reader, read at once: what stands on the desk, what falls due, what colleagues ask of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry.access.policy import clinics_where
from registry.accounts.models import User
from registry.alerts import queries
from registry.alerts.backlog import count_backlog
from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.day.desk import Desk, desk_of, safety_alerts_elsewhere
from registry.alerts.day.due import Due, DueSoon, due_today, list_due
from registry.alerts.day.since_yesterday import MOST_NEWS, AllNews, list_news
from registry.alerts.day.untold import list_untold
from registry.alerts.hours.duty import Gaps, on_duty_in, uncovered_days
from registry.alerts.models import Alert
from registry.clinics.models import Clinic
from registry.clinics.queries import clinics_by_id
from registry.contacts.drafts import list_drafts
from registry.contacts.models import ContactDraft
from registry.contacts.queries import list_unspoken_transfers
from registry.episodes.models import Episode, Transfer
from registry.episodes.queries import count_transfers_to_answer, list_transfers_to_answer
from registry.patients.models import Patient
from registry.review.models import Recommendation, Review
from registry.review.queries import list_open_for as list_advice_for
from registry.tasks.models import Task
from registry.tasks.queries import list_answered_to, list_open_for, list_overdue, list_unanswered
from registry.tasks.rules import Waiting

PER_PAGE = 50
MOST_TRANSFERS = 10
"""Proposals of other clinics shown at once; all of them stand on the page of transfers."""
_RECENTLY = timedelta(days=queries.ANSWERED_DAYS)


@dataclass(frozen=True, slots=True)
class Seat:
    """Who reads, at which clinics, and what day it is there; ``led`` are the clinics where the reader leads."""

    reader: User
    clinics: Mapping[uuid.UUID, Clinic]
    today: Mapping[uuid.UUID, date]
    led: frozenset[uuid.UUID]
    of_whole_clinic: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class OnTheDesk:
    """What asks for attention. Of ``urgent`` and ``waiting`` one page; how many there are in all stands beside them."""

    urgent: Sequence[Alert]
    urgent_in_all: int
    waiting: Sequence[Sequence[Alert]]
    waiting_in_all: int
    page: int
    news: AllNews
    put_off: int
    backlog: tuple[int, int]
    """As ``count_backlog``."""

    @property
    def first_place(self) -> int:
        return (self.page - 1) * PER_PAGE + 1


@dataclass(frozen=True, slots=True)
class FallingDue:
    """What will need doing, and what the psychiatrist answered."""

    soon: DueSoon
    today: Sequence[Due]
    answered: Sequence[Review]


@dataclass(frozen=True, slots=True)
class Asked:
    """What colleagues ask of the reader, and the reader of them. A list holds one more than is shown where it is cut.

    ``late``: asked of other colleagues, of the desk of a whole clinic. ``became``: what was answered lately.
    """

    advice: Sequence[Recommendation]
    tasks: Sequence[Task]
    late: Sequence[Task]
    became: Sequence[Task]
    unanswered: Sequence[Waiting]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Whom other clinics hand over, and whom the reader's handed over by a contact that was taken back."""

    proposals: Sequence[Transfer]
    proposals_in_all: int
    unspoken: Sequence[Transfer]
    may_answer: frozenset[uuid.UUID]
    """The clinics for which the reader answers."""


@dataclass(frozen=True, slots=True)
class Day:
    """Everything the page of a day says, as rows. ``clinics`` are the seat's and those of alerts from elsewhere."""

    seat: Seat
    desk: OnTheDesk
    due: FallingDue
    asked: Asked
    handed_over: HandedOver
    drafts: Sequence[tuple[ContactDraft, Patient, uuid.UUID | None]]
    """With the episode each is for."""
    people: Mapping[uuid.UUID, Patient]
    episodes: Mapping[tuple[uuid.UUID, uuid.UUID], Episode]
    """Of whom the desk and the tasks are about, by patient and clinic."""
    clinics: Mapping[uuid.UUID, Clinic]
    numbers: NumbersInForce
    gaps: Mapping[uuid.UUID, Gaps]
    untold: Sequence[str]

    @property
    def shown(self) -> list[uuid.UUID]:
        """Everybody whose name the page shows."""
        asked, over = self.asked, self.handed_over
        others = {task.patient_id for task in (*asked.tasks, *asked.late, *asked.became)}
        others |= {patient.id for _, patient, _ in self.drafts}
        others |= {transfer.patient_id for transfer in (*over.proposals, *over.unspoken)}
        return sorted(others | self.people.keys(), key=str)


def read_day(reader: User, clinic_ids: frozenset[uuid.UUID], *, of_whole_clinic: bool, page: int, now: datetime) -> Day:
    """The reader's day at these clinics, or that of everybody who works there."""
    seat = _seat_of(reader, clinic_ids, of_whole_clinic=of_whole_clinic, now=now)
    desk = _desk_at(seat)
    on_desk = _on_the_desk(desk, seat, page=page)
    due = FallingDue(list_due(desk), due_today(on_desk.news.found, desk), queries.list_answered(desk))
    asked = _asked_of(seat)
    elsewhere = {alert.clinic_id for alert in (*on_desk.urgent, *(each.alert for each in on_desk.news.found))}
    clinics = _with_foreign(seat.clinics, elsewhere)
    return Day(
        seat=seat,
        desk=on_desk,
        due=due,
        asked=asked,
        handed_over=_handed_over(seat),
        drafts=list_drafts(by=reader, clinic_ids=seat.today.keys()),
        people=queries.people_by_id(_people_of(on_desk, due, asked)),
        episodes=queries.open_episodes(_on_top(on_desk) | {task.patient_id for task in asked.tasks}),
        clinics=clinics,
        numbers=NumbersInForce(),
        gaps=uncovered_days([clinic for clinic in clinics.values() if clinic.id in seat.led], at=now),
        untold=list_untold(seat.led & seat.today.keys()),
    )


def _seat_of(reader: User, clinic_ids: frozenset[uuid.UUID], *, of_whole_clinic: bool, now: datetime) -> Seat:
    clinics = {each.clinic_id: each.clinic for each in reader.memberships if each.clinic_id in clinic_ids}
    today = {clinic.id: clinic.today(now) for clinic in clinics.values()}
    return Seat(reader, clinics, today, clinics_where(reader, "work.reassign"), of_whole_clinic, now)


def _desk_at(seat: Seat) -> Desk:
    if seat.of_whole_clinic:
        return Desk(seat.today, safety_alerts_elsewhere(seat.today.keys()))
    on_duty = on_duty_in(seat.clinics.values(), at=seat.now)
    return desk_of(seat.reader.id, seat.today, led=seat.led, on_duty=on_duty)


def _on_the_desk(desk: Desk, seat: Seat, *, page: int) -> OnTheDesk:
    urgent = queries.list_urgent(desk, limit=queries.MOST_URGENT)
    waiting = queries.list_waiting(desk, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    is_all = page == 1 and len(waiting) < PER_PAGE
    return OnTheDesk(
        urgent=urgent,
        urgent_in_all=len(urgent) if len(urgent) < queries.MOST_URGENT else queries.count_urgent(desk),
        waiting=waiting,
        waiting_in_all=len(waiting) if is_all else queries.count_waiting(desk),
        page=page,
        news=list_news(desk, {clinic.id: clinic.zone for clinic in seat.clinics.values()}, reader_id=seat.reader.id),
        put_off=queries.count_put_off(desk),
        backlog=count_backlog(desk),
    )


def _asked_of(seat: Seat) -> Asked:
    reader, here = seat.reader, seat.today.keys()
    return Asked(
        advice=list_advice_for(reader.id, clinics_where(reader, "recommendation.decide") & here),
        tasks=list_open_for(reader.id, here),
        late=list_overdue(seat.today, but_for=reader.id) if seat.of_whole_clinic else (),
        became=list_answered_to(reader.id, here, since=seat.now - _RECENTLY),
        unanswered=list_unanswered(reader.id, here),
    )


def _handed_over(seat: Seat) -> HandedOver:
    here = seat.today.keys()
    proposals = list_transfers_to_answer(here, limit=MOST_TRANSFERS + 1)
    is_cut = len(proposals) > MOST_TRANSFERS
    return HandedOver(
        proposals=proposals[:MOST_TRANSFERS],
        proposals_in_all=count_transfers_to_answer(here) if is_cut else len(proposals),
        unspoken=list_unspoken_transfers(here, limit=MOST_TRANSFERS) if seat.of_whole_clinic else (),
        may_answer=clinics_where(seat.reader, "episode.write"),
    )


def _people_of(desk: OnTheDesk, due: FallingDue, asked: Asked) -> set[uuid.UUID]:
    """Whom the page names and no row has brought along."""
    return (
        _on_top(desk)
        | {each.patient_id for each in (*due.soon.found, *due.today)}
        | {each.alert.patient_id for each in desk.news.found[:MOST_NEWS]}
        | {review.patient_id for review in due.answered}
        | {each.patient_id for each in asked.advice}
    )


def _on_top(desk: OnTheDesk) -> set[uuid.UUID]:
    """Who is urgent, and who waits."""
    return {alert.patient_id for alert in desk.urgent} | {alerts[0].patient_id for alerts in desk.waiting}


def _with_foreign(clinics: Mapping[uuid.UUID, Clinic], wanted: set[uuid.UUID]) -> Mapping[uuid.UUID, Clinic]:
    """A safety alert another clinic answers for needs that clinic's hours."""
    missing = wanted - clinics.keys()
    return {**clinics, **clinics_by_id(missing)} if missing else clinics
