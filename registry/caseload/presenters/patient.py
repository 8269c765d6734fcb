"""The overview of one person: where they stand, why they need someone, what comes next."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from registry.alerts.models import Alert
from registry.alerts.outreach import said_as_one
from registry.alerts.presenters.words import outreach_sentence
from registry.caseload.presenters.addresses import PatientAddress
from registry.caseload.presenters.brief import full_sentence
from registry.caseload.presenters.course import Drawn, draw_course
from registry.caseload.presenters.looked import LookedShown
from registry.caseload.presenters.next_due import DueShown, show_due
from registry.caseload.presenters.reasons import ReasonShown
from registry.caseload.presenters.tiles import Tile, show_tiles
from registry.caseload.record import EpisodeRecord, open_advice
from registry.episodes.models import Episode
from registry.episodes.patient_header import IdentityHeader, holder_name
from registry.episodes.rules import OTHER_TEAMS, TEAM_ROLES
from registry.patients.record_tabs import Tab
from registry.plans.presenters import GoalShown, show_goal
from registry.review.models import Recommendation, ReviewQuestion
from registry.review.rules import KINDS, OPEN, STATES
from registry.web.addresses import page_address
from registry.web.filters import days_ago, long_date, short_date

_STATE_KINDS = {"noted": "neutral", "proposed": "action", "declined": "neutral", "done": "good"}


@dataclass(frozen=True, slots=True)
class AdviceShown:
    """One recommendation and what became of it."""

    words: str
    kind: str
    state: str
    state_kind: str
    detail: str
    url: str = ""
    """Where it is decided on, or said to be done; empty where nothing waits, or it is not the reader's to say."""


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question that waits for the psychiatrist."""

    words: str
    asked: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it holds."""

    label: str
    value: str
    detail: str = ""
    kind: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A page to go to."""

    label: str
    url: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class NextSteps:
    """Where each thing the reader may do is done; empty where it is not theirs to do."""

    contact_url: str
    measure_url: str
    question_url: str
    list_url: str
    danger_url: str
    refer_url: str


@dataclass(frozen=True, slots=True)
class PatientPage:
    """The overview."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    steps: NextSteps
    looked: LookedShown
    has_episode: bool
    tiles: Sequence[Tile] = ()
    course: Drawn | None = None
    goals: Sequence[GoalShown] = ()
    goals_url: str = ""
    reasons: Sequence[ReasonShown] = ()
    due: Sequence[DueShown] = ()
    advice: Sequence[AdviceShown] = ()
    questions: Sequence[QuestionShown] = ()
    team: Sequence[Fact] = ()
    other_episodes: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Permitted:
    """What the reader may do here."""

    record_contact: bool
    record_measure: bool
    ask: bool
    report_danger: bool
    refer: bool
    decide: bool


def next_steps(patient_id: uuid.UUID, may: Permitted) -> NextSteps:
    """The addresses of what the reader may do."""

    def page(endpoint: str, permitted: bool) -> str:
        return page_address(endpoint, patient_id=patient_id) if permitted else ""

    return NextSteps(
        contact_url=page("contacts.log_contact", may.record_contact),
        measure_url=page("measurements.choose", may.record_measure),
        question_url=page("review.ask", may.ask),
        list_url=page_address("review.change_list", patient_id=patient_id, do="add", at="patient") if may.ask else "",
        danger_url=page("contacts.report_danger", may.report_danger),
        refer_url=page("episodes.refer", may.refer),
    )


def show_overview(
    record: EpisodeRecord,
    *,
    patient: IdentityHeader,
    tabs: Sequence[Tab],
    others: Sequence[Episode],
    may: Permitted,
    looked: LookedShown,
    today: date,
) -> PatientPage:
    """The overview of one episode."""
    return PatientPage(
        title="Overview",
        patient=patient,
        tabs=tabs,
        looked=looked,
        has_episode=True,
        steps=next_steps(patient.patient_id, may),
        tiles=list(show_tiles(record, today)),
        course=draw_course(record, today=today),
        goals=[show_goal(goal, today=today, may_write=False) for goal in record.goals],
        goals_url=PatientAddress("plans.plan").of(patient.patient_id),
        reasons=list(_reasons(record.alerts, today)),
        due=show_due(record, today),
        advice=list(_advice(record, today, may_decide=may.decide)),
        questions=[_question(each, today) for each in record.questions],
        team=list(_team(record)),
        other_episodes=[_episode_link(episode) for episode in others],
    )


def _reasons(alerts: Sequence[Alert], today: date) -> Iterator[ReasonShown]:
    """Every open alert; of two that one call settles the more pressing one, which says both."""
    awake = [alert for alert in alerts if not _is_asleep(alert, today)]
    both = said_as_one(awake, lambda each: each.rule)
    for alert in alerts:
        if both is None or alert not in both:
            yield show_reason(alert, today)
        elif alert is both[0]:
            yield replace(show_reason(alert, today), sentence=outreach_sentence(both, today))


def show_reason(alert: Alert, today: date) -> ReasonShown:
    """An open alert in a sentence of today, with how long it has stood and who has it."""
    owner = alert.owner.name if alert.owner else "nobody yet"
    is_asleep = _is_asleep(alert, today)
    detail = (
        f"put off until {short_date(alert.snoozed_until, today=today)}" if is_asleep and alert.snoozed_until else ""
    )
    return ReasonShown(
        tier="queue" if is_asleep else alert.tier,
        sentence=_sentence(alert, today),
        since=f"since {short_date(alert.since, today=today)}",
        detail=detail or owner,
        url=alert_url(alert),
    )


def _is_asleep(alert: Alert, today: date) -> bool:
    return alert.snoozed_until is not None and alert.snoozed_until > today


def alert_url(alert: Alert) -> str:
    """The page on which the alert is acted on."""
    return page_address("alerts.alert", patient_id=alert.patient_id, alert_id=alert.id)


def _sentence(alert: Alert, today: date) -> str:
    return full_sentence({"rule": alert.rule, "evidence": alert.evidence, "sentence": alert.sentence}, today)


def _advice(record: EpisodeRecord, today: date, *, may_decide: bool) -> Iterator[AdviceShown]:
    """What still waits; and of the last review everything, so that its fate is seen."""
    last = record.reviews[0].recommendations if record.reviews else ()
    shown = {each.id: each for each in (*open_advice(record), *last)}
    for each in shown.values():
        to = each.to_user.name if each.to_user is not None else each.to_name
        parts = [
            f"to {to}" if to else "",
            f"proposed {short_date(each.proposed_on, today=today)}",
            _decided(each, today),
        ]
        yield AdviceShown(
            words=each.words or KINDS[each.kind],
            kind=KINDS[each.kind],
            state=STATES[each.state],
            state_kind=_STATE_KINDS.get(each.state, "reminder"),
            detail=" · ".join(part for part in parts if part),
            url=_decide_url(each) if may_decide and each.state in OPEN else "",
        )


def _decide_url(each: Recommendation) -> str:
    return page_address("review.decide", patient_id=each.patient_id, recommendation_id=each.id)


def _decided(each: Recommendation, today: date) -> str:
    if each.done_on is not None:
        return f"done {short_date(each.done_on, today=today)}"
    if each.decided_on is None:
        return ""
    by = f" by {each.decided_by.name}" if each.decided_by else ""
    return f"{STATES[each.state].lower()} {short_date(each.decided_on, today=today)}{by}"


def _question(each: ReviewQuestion, today: date) -> QuestionShown:
    return QuestionShown(each.words, f"{each.asked_by.name}, {days_ago(each.asked_on, today)}")


def _team(record: EpisodeRecord) -> Iterator[Fact]:
    """Who cares for the person here, then the other teams and what each does."""
    for member in record.episode.team:
        if member.ends_on is None:
            yield Fact(TEAM_ROLES[member.role], holder_name(member))
    for team in record.other_teams:
        yield Fact(OTHER_TEAMS[team.kind], team.name, detail=team.does)


def _episode_link(episode: Episode) -> Link:
    began = long_date(episode.enrolled_on or episode.referred_on)
    until = f" to {long_date(episode.ended_on)}" if episode.ended_on else ""
    address = page_address("caseload.patient", patient_id=episode.patient_id, episode=episode.id)
    return Link(f"{episode.clinic.name}: {began}{until}", address)
