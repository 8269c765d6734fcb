"""The day's work: what is urgent, who is waiting, what falls due."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from flask import render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select

from registry import clock
from registry.access.policy import clinics_where, permitted_clinics, policy
from registry.alerts import queries
from registry.alerts.backlog import count_backlog
from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.day.desk import Desk, desk_of, safety_alerts_elsewhere
from registry.alerts.day.due import MEASURE, due_today, list_due
from registry.alerts.day.since_yesterday import list_news
from registry.alerts.day.untold import list_untold
from registry.alerts.hours.duty import on_duty_in, uncovered_days
from registry.alerts.presenters.backlog import backlog_words
from registry.alerts.presenters.duty import gap_words, untold_words
from registry.alerts.presenters.lines import answered_shown, due_cut, due_shown
from registry.alerts.presenters.order import why_this_order
from registry.alerts.presenters.since_yesterday import MOST_NEWS, news_cut, news_shown
from registry.alerts.presenters.worklist import (
    PersonShown,
    WorklistPage,
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
from registry.alerts.views.safety_steps import steps_of_day
from registry.alerts.views.shared import acknowledge_form, blueprint, what_may_follow
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.contacts.drafts import list_drafts
from registry.contacts.presenters.unfinished import show_draft
from registry.contacts.queries import list_unspoken_transfers
from registry.episodes.models import Transfer
from registry.episodes.queries import count_transfers_to_answer, list_transfers_to_answer
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.models import Recommendation
from registry.review.queries import MOST_SHOWN as MOST_ADVICE
from registry.review.queries import list_open_for as list_advice_for
from registry.tasks.presenters import line_answered, line_to_answer, waits_words
from registry.tasks.queries import MOST_SHOWN, list_answered_to, list_open_for, list_overdue, list_unanswered
from registry.tasks.rules import is_due
from registry.web.filters import count
from registry.web.pages import Page
from registry.web.paging import COUNT_LIMIT, Paging, page_number

PER_PAGE = 50
MOST_TRANSFERS = 10
"""Proposals of other clinics shown at once; all of them stand on the page of transfers."""
NEWS = timedelta(days=queries.ANSWERED_DAYS)


@blueprint.get("/my-day")
@policy("caseload.list")
def worklist() -> Page:
    now = clock.now()
    clinics = _clinics(permitted_clinics("caseload.list"))
    whole_clinic = request.args.get("whose", _usual_desk()) == "clinic"
    today = {clinic.id: clinic.today(now) for clinic in clinics.values()}
    led = clinics_where(current_user, "work.reassign")
    on_duty = on_duty_in(clinics.values(), at=now)
    desk = (
        Desk(today, safety_alerts_elsewhere(today.keys()))
        if whole_clinic
        else desk_of(current_user.id, today, led=led, on_duty=on_duty)
    )
    number = page_number(request.args.get("page"))
    urgent = queries.list_urgent(desk, limit=queries.MOST_URGENT)
    urgent_in_all = len(urgent) if len(urgent) < queries.MOST_URGENT else queries.count_urgent(desk)
    waiting = queries.list_waiting(desk, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    proposals = list_transfers_to_answer(today.keys(), limit=MOST_TRANSFERS + 1)
    unspoken = list_unspoken_transfers(today.keys(), limit=MOST_TRANSFERS) if whole_clinic else ()
    zones = {clinic.id: clinic.zone for clinic in clinics.values()}
    news = list_news(desk, zones, reader_id=current_user.id)
    soon, now_due, answered = list_due(desk), due_today(news.found, desk), queries.list_answered(desk)
    advice = list_advice_for(current_user.id, clinics_where(current_user, "recommendation.decide") & today.keys())
    people = queries.people_by_id(
        {alert.patient_id for alert in urgent}
        | {alerts[0].patient_id for alerts in waiting}
        | {each.patient_id for each in (*soon.found, *now_due)}
        | {each.alert.patient_id for each in news.found[:MOST_NEWS]}
        | {review.patient_id for review in answered}
        | {each.patient_id for each in advice}
    )
    episodes = queries.open_episodes(
        {alert.patient_id for alert in urgent} | {alerts[0].patient_id for alerts in waiting}
    )
    screens = steps_of_day(urgent, people, episodes, max(today.values()))
    clinics = _with_foreign(clinics, {alert.clinic_id for alert in (*urgent, *(each.alert for each in news.found))})
    asked = list_open_for(current_user.id, today.keys())
    late = list_overdue(today, but_for=current_user.id) if whole_clinic else ()
    became = list_answered_to(current_user.id, today.keys(), since=now - NEWS)
    waits = list_unanswered(current_user.id, today.keys())
    begun = list_drafts(by=current_user, clinic_ids=today.keys())
    is_all = number == 1 and len(waiting) < PER_PAGE
    total = len(waiting) if is_all else queries.count_waiting(desk)
    may, put_off = what_may_follow(), queries.count_put_off(desk)
    lines = [(each.kind, due_shown(each, people[each.patient_id], today[each.clinic_id])) for each in soon.found]
    page = WorklistPage(
        title="My day",
        subtitle=_subtitle(urgent_in_all, total),
        tabs=[
            {"label": "Mine", "url": url_for("alerts.worklist", whose="mine")},
            {"label": "Whole clinic", "url": url_for("alerts.worklist", whose="clinic")},
        ],
        current_tab="Whole clinic" if whole_clinic else "Mine",
        urgent=[
            urgent_shown(
                alert,
                people[alert.patient_id],
                clinics[alert.clinic_id],
                now,
                acknowledge=acknowledge_form(alert) if may["acknowledge"] else None,
                steps=screens.get(alert.patient_id, ()),
            )
            for alert in urgent
        ],
        urgent_cut=cut_words(len(urgent), urgent_in_all),
        people=[
            person_shown(
                alerts,
                people[alerts[0].patient_id],
                episodes.get((alerts[0].patient_id, alerts[0].clinic_id)),
                today.get(alerts[0].clinic_id, min(today.values())),
                may=may,
                with_owner=whole_clinic,
                place=place,
            )
            for place, alerts in enumerate(waiting, start=(number - 1) * PER_PAGE + 1)
        ],
        order=why_this_order(),
        news=[
            news_shown(each, people[each.alert.patient_id], clinics[each.alert.clinic_id], now)
            for each in news.found[:MOST_NEWS]
        ],
        news_cut=news_cut(news),
        due_today=[due_shown(each, people[each.patient_id], each.on) for each in now_due],
        contacts_due=[line for kind, line in lines if kind != MEASURE],
        measures_due=[line for kind, line in lines if kind == MEASURE],
        due_cut=due_cut(is_cut=soon.is_cut or news.is_cut),
        all_due_url=url_for("caseload.caseload", sort="due"),
        answered=[answered_shown(review, people[review.patient_id], today[review.clinic_id]) for review in answered],
        advice=_advice(advice, people, today),
        tasks_due=[
            task_due_shown(task, today[task.clinic_id], may_contact=may["contact"])
            for task in asked[:MOST_SHOWN]
            if is_due(task.due_on, today[task.clinic_id])
        ],
        tasks_late=[task_late_shown(task, today[task.clinic_id]) for task in late[:MOST_SHOWN]],
        tasks_late_cut=tasks_cut_words(len(late)),
        tasks=[
            line_to_answer(task, today[task.clinic_id])
            for task in asked[:MOST_SHOWN]
            if not is_due(task.due_on, today[task.clinic_id])
        ],
        tasks_cut=tasks_cut_words(len(asked)),
        outcomes=[line_answered(task, clinics[task.clinic_id].zone) for task in became[:MOST_SHOWN]],
        outcomes_cut=f"The newest {MOST_SHOWN}: see all that you asked" if len(became) > MOST_SHOWN else "",
        sent=waits_words(waits, today),
        sent_url=url_for("tasks.sent"),
        drafts=[show_draft(draft, patient, clinics[draft.clinic_id].zone) for draft, patient in begun],
        unspoken=[unspoken_shown(each, today[each.from_clinic_id]) for each in unspoken],
        transfers=_transfers(proposals[:MOST_TRANSFERS], today),
        transfers_cut=more_transfers(MOST_TRANSFERS, count_transfers_to_answer(today.keys()))
        if len(proposals) > MOST_TRANSFERS
        else "",
        put_off=f"{count(put_off, 'reason')} put off until a later day" if put_off else "",
        backlog=backlog_words(*count_backlog(desk)),
        backlog_url=url_for("alerts.backlog", whose="clinic" if whole_clinic else "mine"),
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=total,
            address=lambda wanted: url_for("alerts.worklist", whose="clinic" if whole_clinic else "mine", page=wanted),
        ),
        caseload_url=url_for("caseload.caseload"),
        untold=untold_words(list_untold(led & today.keys())),
        duty_gaps=_duty_gaps([clinic for clinic in clinics.values() if clinic.id in led], now),
    )
    others = {task.patient_id for task in (*asked, *late, *became)} | {patient.id for _, patient in begun}
    others |= {transfer.patient_id for transfer in (*proposals[:MOST_TRANSFERS], *unspoken)}
    opened("worklist.listed", by=current_user, shown=sorted(others | people.keys(), key=str))
    return render_template("alerts/worklist.html", page=page)


def _advice(
    advice: Sequence[Recommendation], people: Mapping[uuid.UUID, Patient], today: Mapping[uuid.UUID, date]
) -> list[PersonShown]:
    numbers = NumbersInForce()
    shown = [
        advice_shown(each, people[each.patient_id], today[each.review.clinic_id], numbers.at(each.review.clinic_id))
        for each in advice[:MOST_ADVICE]
    ]
    return sorted(shown, key=lambda each: each.reasons[0].tier != Tier.ACTION)


def _transfers(proposals: Sequence[Transfer], today: Mapping[uuid.UUID, date]) -> list[PersonShown]:
    """A proposal is everybody's at the clinic that was asked until somebody who may answers it."""
    may_answer, numbers = clinics_where(current_user, "episode.write"), NumbersInForce()
    return [
        transfer_shown(
            each,
            today[each.to_clinic_id],
            numbers.at(each.to_clinic_id),
            may_answer=each.to_clinic_id in may_answer,
        )
        for each in proposals
    ]


def _duty_gaps(led: Sequence[Clinic], now: datetime) -> list[str]:
    """What a lead is told of the days and nights nobody covers; the clinic's name where they lead several."""
    gaps = uncovered_days(led, at=now)
    return [
        f"{clinic.name}: {words}" if len(led) > 1 else words
        for clinic in sorted(led, key=lambda each: each.name)
        for words in gap_words(gaps.get(clinic.id), clinic.today(now))
    ]


def _usual_desk() -> str:
    """A lead looks after the clinic; everybody else after their own people."""
    return "clinic" if clinics_where(current_user, "work.reassign") else "mine"


def _subtitle(urgent: int, waiting: int) -> str:
    shown = f"{COUNT_LIMIT:,}+" if waiting > COUNT_LIMIT else f"{waiting:,}"
    people = f"{shown} {'person needs' if waiting == 1 else 'people need'} something"
    return f"{urgent} urgent · {people}" if urgent else people


def _clinics(clinic_ids: frozenset[uuid.UUID]) -> dict[uuid.UUID, Clinic]:
    return {clinic.id: clinic for clinic in db.session.scalars(select(Clinic).where(Clinic.id.in_(clinic_ids)))}


def _with_foreign(clinics: dict[uuid.UUID, Clinic], wanted: set[uuid.UUID]) -> dict[uuid.UUID, Clinic]:
    """A safety alert another clinic answers for needs that clinic's hours."""
    missing = wanted - clinics.keys()
    return clinics | _clinics(frozenset(missing)) if missing else clinics
