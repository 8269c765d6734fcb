"""The day of one reader, as its page prints it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.alerts.day.due import MEASURE
from registry.alerts.day.reading import PER_PAGE, Asked, Day, FallingDue, HandedOver, OnTheDesk
from registry.alerts.day.since_yesterday import MOST_NEWS
from registry.alerts.presenters.backlog import backlog_words
from registry.alerts.presenters.duty import gap_words, untold_words
from registry.alerts.presenters.lines import LineShown, answered_shown, due_cut, due_shown
from registry.alerts.presenters.order import OrderExplained, why_this_order
from registry.alerts.presenters.since_yesterday import news_cut, news_shown
from registry.alerts.presenters.worklist import (
    PersonShown,
    UrgentShown,
    advice_shown,
    cut_words,
    more_transfers,
    person_shown,
    task_due_shown,
    task_late_shown,
    tasks_cut_words,
    transfer_shown,
    unspoken_shown,
    urgent_shown,
)
from registry.alerts.rulebook import Tier
from registry.contacts.presenters.unfinished import DraftShown, show_draft
from registry.review.queries import MOST_SHOWN as MOST_ADVICE
from registry.tasks.presenters import TaskLine, line_answered, line_to_answer, waits_words
from registry.tasks.queries import MOST_SHOWN
from registry.tasks.rules import is_due
from registry.web.addresses import page_address
from registry.web.filters import count
from registry.web.paging import COUNT_LIMIT, Paging

if TYPE_CHECKING:
    from registry.alerts.forms import AcknowledgeForm

Steps = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class NewsShown:
    """What changed since yesterday, the newest; ``cut`` says how much more did."""

    lines: Sequence[LineShown]
    cut: str


@dataclass(frozen=True, slots=True)
class FallingDueShown:
    """What falls due, and what was answered. ``cut``: that more falls due this week than is shown."""

    today: Sequence[LineShown]
    contacts: Sequence[LineShown]
    measures: Sequence[LineShown]
    cut: str
    all_url: str
    answered: Sequence[LineShown]


@dataclass(frozen=True, slots=True)
class TasksShown:
    """What colleagues ask of the reader, and what became of what the reader asks. A cut says there is more."""

    due: Sequence[PersonShown]
    """What colleagues ask for today, or asked for before."""
    late: Sequence[PersonShown]
    """On the desk of the whole clinic: what other colleagues were asked for by a day that has passed."""
    late_cut: str
    later: Sequence[TaskLine]
    """What colleagues ask for later, or for no day."""
    cut: str
    outcomes: Sequence[TaskLine]
    """What became of the tasks the reader sent."""
    outcomes_cut: str
    sent: str
    """How many tasks of the reader colleagues have not answered; empty without any."""
    sent_url: str


@dataclass(frozen=True, slots=True)
class HandedOverShown:
    """The people other clinics hand over, waiting for an answer; ``cut`` says that more wait.

    ``unspoken``: whom the clinic handed over by a contact that was taken back.
    """

    unspoken: Sequence[PersonShown]
    transfers: Sequence[PersonShown]
    cut: str


@dataclass(frozen=True, slots=True)
class WorklistPage:
    """The day's work."""

    title: str
    subtitle: str
    tabs: Sequence[Mapping[str, Any]]
    current_tab: str
    urgent: Sequence[UrgentShown]
    urgent_cut: str
    people: Sequence[PersonShown]
    order: OrderExplained
    news: NewsShown
    due: FallingDueShown
    advice: Sequence[PersonShown]
    """What the psychiatrist recommended to the reader and waits for them, the late ones first."""
    tasks: TasksShown
    drafts: Sequence[DraftShown]
    handed_over: HandedOverShown
    put_off: str
    backlog: str
    """How many wait from before they were enrolled here, and who comes today; empty without any."""
    backlog_url: str
    pages: Paging
    caseload_url: str
    duty_gaps: Sequence[str]
    """For a lead: the open days on which nobody answers the urgent alerts of a clinic."""
    untold: str
    """Who does not know of an urgent alert because no e-mail reached them."""


def show_day(
    day: Day,
    *,
    may: Mapping[str, bool],
    acknowledge: Mapping[uuid.UUID, AcknowledgeForm | None],
    steps: Mapping[uuid.UUID, Steps],
) -> WorklistPage:
    """``acknowledge``: alert → its form, where it may be answered; ``steps``: patient → what follows on a danger."""
    desk = day.desk
    whose = "clinic" if day.seat.of_whole_clinic else "mine"
    return WorklistPage(
        title="My day",
        subtitle=_subtitle(desk.urgent_in_all, desk.waiting_in_all),
        tabs=[
            {"label": "Mine", "url": page_address("alerts.worklist", whose="mine")},
            {"label": "Whole clinic", "url": page_address("alerts.worklist", whose="clinic")},
        ],
        current_tab="Whole clinic" if day.seat.of_whole_clinic else "Mine",
        urgent=_urgent(day, acknowledge, steps),
        urgent_cut=cut_words(len(desk.urgent), desk.urgent_in_all),
        people=_people(day, may),
        order=why_this_order(),
        put_off=f"{count(desk.put_off, 'reason')} put off until a later day" if desk.put_off else "",
        backlog=backlog_words(*desk.backlog),
        backlog_url=page_address("alerts.backlog", whose=whose),
        pages=Paging(
            page=desk.page,
            per_page=PER_PAGE,
            total=desk.waiting_in_all,
            address=lambda wanted: page_address("alerts.worklist", whose=whose, page=wanted),
        ),
        caseload_url=page_address("caseload.caseload"),
        drafts=[
            show_draft(draft, patient, day.clinics[draft.clinic_id].zone, episode_id=episode_id)
            for draft, patient, episode_id in day.drafts
        ],
        untold=untold_words(day.untold),
        duty_gaps=_duty_gaps(day),
        news=_news(day, desk),
        due=_falling_due(day, day.due),
        advice=_advice(day, day.asked),
        tasks=_tasks(day, day.asked, may),
        handed_over=_handed_over(day, day.handed_over),
    )


def _subtitle(urgent: int, waiting: int) -> str:
    shown = f"{COUNT_LIMIT:,}+" if waiting > COUNT_LIMIT else f"{waiting:,}"
    people = f"{shown} {'person needs' if waiting == 1 else 'people need'} something"
    return f"{urgent} urgent · {people}" if urgent else people


def _urgent(
    day: Day, acknowledge: Mapping[uuid.UUID, AcknowledgeForm | None], steps: Mapping[uuid.UUID, Steps]
) -> list[UrgentShown]:
    return [
        urgent_shown(
            alert,
            day.people[alert.patient_id],
            day.clinics[alert.clinic_id],
            day.seat.now,
            acknowledge=acknowledge.get(alert.id),
            steps=steps.get(alert.patient_id, ()),
        )
        for alert in day.desk.urgent
    ]


def _people(day: Day, may: Mapping[str, bool]) -> list[PersonShown]:
    today = day.seat.today
    return [
        person_shown(
            alerts,
            day.people[alerts[0].patient_id],
            day.episodes.get((alerts[0].patient_id, alerts[0].clinic_id)),
            today.get(alerts[0].clinic_id, min(today.values())),
            may=may,
            with_owner=day.seat.of_whole_clinic,
            place=place,
        )
        for place, alerts in enumerate(day.desk.waiting, start=day.desk.first_place)
    ]


def _news(day: Day, desk: OnTheDesk) -> NewsShown:
    return NewsShown(
        lines=[
            news_shown(each, day.people[each.alert.patient_id], day.clinics[each.alert.clinic_id], day.seat.now)
            for each in desk.news.found[:MOST_NEWS]
        ],
        cut=news_cut(desk.news),
    )


def _falling_due(day: Day, due: FallingDue) -> FallingDueShown:
    people, today = day.people, day.seat.today
    lines = [(each.kind, due_shown(each, people[each.patient_id], today[each.clinic_id])) for each in due.soon.found]
    return FallingDueShown(
        today=[due_shown(each, people[each.patient_id], each.on) for each in due.today],
        contacts=[line for kind, line in lines if kind != MEASURE],
        measures=[line for kind, line in lines if kind == MEASURE],
        cut=due_cut(is_cut=due.soon.is_cut or day.desk.news.is_cut),
        all_url=page_address("caseload.caseload", sort="due"),
        answered=[answered_shown(each, people[each.patient_id], today[each.clinic_id]) for each in due.answered],
    )


def _tasks(day: Day, asked: Asked, may: Mapping[str, bool]) -> TasksShown:
    today = day.seat.today
    own, became = asked.tasks[:MOST_SHOWN], asked.became[:MOST_SHOWN]
    is_cut = len(asked.became) > MOST_SHOWN
    return TasksShown(
        due=[
            task_due_shown(
                task,
                day.episodes.get((task.patient_id, task.clinic_id)),
                today[task.clinic_id],
                may_contact=may["contact"],
            )
            for task in own
            if is_due(task.due_on, today[task.clinic_id])
        ],
        late=[task_late_shown(task, today[task.clinic_id]) for task in asked.late[:MOST_SHOWN]],
        late_cut=tasks_cut_words(len(asked.late)),
        later=[
            line_to_answer(task, today[task.clinic_id])
            for task in own
            if not is_due(task.due_on, today[task.clinic_id])
        ],
        cut=tasks_cut_words(len(asked.tasks)),
        outcomes=[line_answered(task, day.clinics[task.clinic_id].zone) for task in became],
        outcomes_cut=f"The newest {MOST_SHOWN}: see all that you asked" if is_cut else "",
        sent=waits_words(asked.unanswered, today),
        sent_url=page_address("tasks.sent"),
    )


def _advice(day: Day, asked: Asked) -> list[PersonShown]:
    shown = []
    for each in asked.advice[:MOST_ADVICE]:
        clinic_id = each.review.clinic_id
        patient, today = day.people[each.patient_id], day.seat.today[clinic_id]
        shown.append(advice_shown(each, patient, today, day.numbers.at(clinic_id)))
    return sorted(shown, key=lambda each: each.reasons[0].tier != Tier.ACTION)


def _handed_over(day: Day, over: HandedOver) -> HandedOverShown:
    """A proposal is everybody's at the clinic that was asked until somebody who may answers it."""
    today = day.seat.today
    return HandedOverShown(
        unspoken=[unspoken_shown(each, today[each.from_clinic_id]) for each in over.unspoken],
        transfers=[
            transfer_shown(
                each,
                today[each.to_clinic_id],
                day.numbers.at(each.to_clinic_id),
                may_answer=each.to_clinic_id in over.may_answer,
            )
            for each in over.proposals
        ],
        cut=more_transfers(len(over.proposals), over.proposals_in_all),
    )


def _duty_gaps(day: Day) -> list[str]:
    """What a lead is told of the days and nights nobody covers; the clinic's name where they lead several."""
    led = [clinic for clinic in day.clinics.values() if clinic.id in day.seat.led]
    return [
        f"{clinic.name}: {words}" if len(led) > 1 else words
        for clinic in sorted(led, key=lambda each: each.name)
        for words in gap_words(day.gaps.get(clinic.id), clinic.today(day.seat.now))
    ]
