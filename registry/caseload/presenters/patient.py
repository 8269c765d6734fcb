"""The overview of one person: where they stand, why they need someone, what comes next."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from registry.alerts.models import Alert
from registry.caseload.presenters.addresses import PatientAddress
from registry.caseload.presenters.brief import full_sentence
from registry.caseload.presenters.course import draw_course, height_of
from registry.caseload.presenters.row import ReasonShown
from registry.caseload.presenters.scores import Measured, scale_label, show_score
from registry.caseload.record import EpisodeRecord, Followed
from registry.charts.course_figure import CourseTable
from registry.contacts.rules import MODALITIES, is_failed_attempt, is_two_way
from registry.episodes.models import Episode
from registry.episodes.patient_header import IdentityHeader, holder_name
from registry.episodes.record_tabs import Tab
from registry.episodes.rules import IN_CARE, TEAM_ROLES
from registry.measurements.instruments import catalogue
from registry.measures.course import STALE_AFTER_CADENCES, Standing
from registry.measures.schedule import due
from registry.review.models import Recommendation, ReviewQuestion
from registry.review.rules import KINDS, OPEN, STATES, needs_decision
from registry.web.filters import ARROW, count, days_ago, long_date, number, percent, short_date, signed

MOST_TILES = 3
"""Measures shown as tiles; the chart and its table show all."""

_STATE_KINDS = {"proposed": "action", "declined": "neutral", "done": "good"}


@dataclass(frozen=True, slots=True)
class SafetyShown:
    """What ``components/safety_banner.html`` prints."""

    sentence: str
    since: str
    owner: str
    tier: str
    clock: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the strip."""

    label: str
    value: str
    unit: str = ""
    detail: str = ""
    change: str = ""
    change_kind: str = "even"
    url: str = ""
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class AdviceShown:
    """One recommendation and what became of it."""

    words: str
    kind: str
    state: str
    state_kind: str
    detail: str


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
class PatientPage:
    """The overview."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    contact_url: str
    measure_url: str
    question_url: str
    danger_url: str
    has_episode: bool
    refer_url: str
    tiles: Sequence[Tile] = ()
    figure: dict[str, Any] | None = None
    table: CourseTable | None = None
    chart_height: str = "tall"
    reasons: Sequence[ReasonShown] = ()
    due: Sequence[Fact] = ()
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


def addresses(patient_id: uuid.UUID, may: Permitted) -> dict[str, str]:
    """The next steps the reader may take."""

    def page(endpoint: str, permitted: bool) -> str:
        return PatientAddress(endpoint).of(patient_id) if permitted else ""

    return {
        "contact_url": page("contacts.log_contact", may.record_contact),
        "measure_url": page("measurements.choose", may.record_measure),
        "question_url": page("review.ask", may.ask),
        "danger_url": page("contacts.report_danger", may.report_danger),
        "refer_url": page("episodes.refer", may.refer),
    }


def show_overview(
    record: EpisodeRecord,
    *,
    patient: IdentityHeader,
    tabs: Sequence[Tab],
    others: Sequence[Episode],
    may: Permitted,
    today: date,
) -> PatientPage:
    """The overview of one episode."""
    figure, table = draw_course(record, today=today) if record.followed else (None, None)
    return PatientPage(
        title="Overview",
        patient=patient,
        tabs=tabs,
        has_episode=True,
        **addresses(patient.patient_id, may),
        tiles=list(_tiles(record, today)),
        figure=figure,
        table=table,
        chart_height=height_of(record),
        reasons=[show_reason(alert, today) for alert in record.alerts],
        due=list(_due(record, today)),
        advice=list(_advice(record, today)),
        questions=[_question(each, today) for each in record.questions],
        team=list(_team(record.episode)),
        other_episodes=[_episode_link(episode) for episode in others],
    )


def show_safety(alerts: Sequence[Alert], today: date) -> SafetyShown | None:
    """The banner of the person's open safety alert, if there is one."""
    alert = next((each for each in alerts if each.is_safety), None)
    if alert is None:
        return None
    owner = alert.owner.name if alert.owner else "Nobody has taken it yet"
    acknowledged = "acknowledged" if alert.acknowledged_at else "not yet acknowledged"
    return SafetyShown(
        sentence=_sentence(alert, today),
        since=f"since {short_date(alert.since, today=today)}",
        owner=f"{owner}, {acknowledged}" if alert.owner else owner,
        tier="urgent" if alert.tier == "urgent" else "action",
        url=alert_url(alert),
    )


def show_reason(alert: Alert, today: date) -> ReasonShown:
    """An open alert in a sentence of today, with how long it has stood and who has it."""
    owner = alert.owner.name if alert.owner else "nobody yet"
    is_asleep = alert.snoozed_until is not None and alert.snoozed_until > today
    detail = f"put off until {short_date(alert.snoozed_until, today=today)}" if is_asleep and alert.snoozed_until else ""
    return ReasonShown(
        tier="queue" if is_asleep else alert.tier,
        sentence=_sentence(alert, today),
        since=f"since {short_date(alert.since, today=today)}",
        detail=detail or owner,
        url=alert_url(alert),
    )


def alert_url(alert: Alert) -> str:
    """The page on which the alert is acted on."""
    pattern = PatientAddress("alerts.alert", key="alert_id")
    return pattern.of(alert.id)


def _sentence(alert: Alert, today: date) -> str:
    return full_sentence({"rule": alert.rule, "evidence": alert.evidence, "sentence": alert.sentence}, today)


def _tiles(record: EpisodeRecord, today: date) -> Iterator[Tile]:
    until = min(record.episode.ended_on or today, today)
    for each in record.followed[:MOST_TILES]:
        yield _score_tile(each, until)
    safety = _safety_tile(record, today)
    if safety is not None:
        yield safety
    yield _contact_tile(record, today)
    yield _review_tile(record, today)


def _score_tile(each: Followed, today: date) -> Tile:
    course, instrument = each.course, catalogue().instrument_of(each.key)
    label = f"{instrument.domain.capitalize()} · {scale_label(each.key)}"
    if course.latest is None:
        return Tile(label=label, value="none yet", is_unknown=True)
    age = (today - course.latest.on).days
    is_stale = age > int(each.cadence_days * STALE_AFTER_CADENCES)
    if is_stale:
        was = f"was {number(course.latest.value)}, {course.standing.value}, {short_date(course.latest.on, today=today)}"
        return Tile(label=label, value="unknown", detail=was, is_unknown=True)
    shown = show_score(_measured(each), today=today, starts_on=course.latest.on)
    change = ""
    if course.baseline is not None and course.change is not None:
        by = percent(course.percent) if course.percent is not None else signed(course.change)
        change = f"{number(course.baseline.value)} {ARROW} {number(course.latest.value)}, {by}"
    late = f", late baseline (day {course.baseline_late_by})" if course.baseline_late_by is not None else ""
    return Tile(
        label=label,
        value=number(course.latest.value),
        change=change,
        change_kind=shown.kind,
        detail=f"{_standing(course.standing)}, {days_ago(course.latest.on, today)}{late}",
    )


def _measured(each: Followed) -> Measured:
    course = each.course
    return Measured(
        scale=each.key,
        standing=course.standing.value,
        baseline=None if course.baseline is None else course.baseline.value,
        baseline_on=None if course.baseline is None else course.baseline.on,
        latest=None if course.latest is None else course.latest.value,
        latest_on=None if course.latest is None else course.latest.on,
        percent=course.percent,
        stale_after_days=int(each.cadence_days * STALE_AFTER_CADENCES),
        target=each.tracked.target,
    )


def _standing(standing: Standing) -> str:
    return "first score" if standing is Standing.AWAITING_FOLLOW_UP else standing.value


def _safety_tile(record: EpisodeRecord, today: date) -> Tile | None:
    """The latest answer to a safety item. Blank, declined or a total alone is not known, never "no"."""
    latest = record.safety_measurement
    if latest is None:
        return None
    instrument = catalogue().get(latest.instrument, latest.instrument_version)
    item = instrument.safety_items[0]
    answer = None if latest.answers is None else latest.answers.get(item.id)
    choice = item.choice(answer) if isinstance(answer, int) else None
    known = choice is not None and not choice.is_missing
    why = "only a total" if latest.answers is None else "declined" if answer == "declined" else "not answered"
    return Tile(
        label=f"Safety · {instrument.short_title} item {item.number}",
        value=str(answer) if known else "unknown",
        unit=choice.label.lower() if known and choice is not None else why,
        detail=days_ago(latest.taken_on, today),
        is_unknown=not known,
    )


def _contact_tile(record: EpisodeRecord, today: date) -> Tile:
    since = record.episode.referred_on
    here = [
        row
        for row in record.contacts
        if row.clinic_id == record.episode.clinic_id and row.took_place_on >= since
    ]
    two_way = [row for row in here if is_two_way(row.kind, reached=row.reached)]
    last = max(two_way, key=lambda row: row.took_place_on, default=None)
    missed = sum(
        is_failed_attempt(row.kind, reached=row.reached) and (last is None or row.took_place_on > last.took_place_on)
        for row in here
    )
    attempts = f"{count(missed, 'attempt')} missed since" if missed else ""
    if last is None:
        return Tile(label="Last contact", value="never", detail=attempts, is_unknown=True)
    days = (today - last.took_place_on).days
    return Tile(
        label="Last contact",
        value=count(days, "day") if days else "today",
        unit=MODALITIES[last.modality].lower(),
        detail=attempts or "no attempts missed",
    )


def _review_tile(record: EpisodeRecord, today: date) -> Tile:
    if not record.reviews:
        return Tile(label="Case review", value="never", is_unknown=True)
    last = record.reviews[0]
    waiting = len(list(_open_advice(record)))
    days = (today - last.reviewed_on).days
    return Tile(
        label="Case review",
        value=count(days, "day") if days else "today",
        unit="ago" if days else "",
        detail=f"{count(waiting, 'recommendation')} open" if waiting else "nothing open",
    )


def _due(record: EpisodeRecord, today: date) -> Iterator[Fact]:
    """When each followed measure is next due, the overdue first."""
    episode = record.episode
    if episode.phase not in IN_CARE or episode.enrolled_on is None:
        return
    found = []
    for each in record.followed:
        latest_on = None if each.course.latest is None else each.course.latest.on
        next_one = due(latest_on, cadence_days=each.cadence_days, starts_on=each.tracked.starts_on, today=today)
        late = f"overdue by {count(next_one.overdue_days, 'day')}" if next_one.overdue_days else ""
        found.append(
            (
                next_one.on,
                Fact(
                    label=scale_label(each.key),
                    value=short_date(next_one.on, today=today),
                    detail=late or days_ago(next_one.on, today),
                    kind="action" if late else "",
                ),
            )
        )
    yield from (fact for _, fact in sorted(found, key=lambda pair: pair[0]))


def _open_advice(record: EpisodeRecord) -> Iterator[Recommendation]:
    for review in record.reviews:
        for each in review.recommendations:
            if each.state in OPEN and needs_decision(each.kind):
                yield each


def _advice(record: EpisodeRecord, today: date) -> Iterator[AdviceShown]:
    """What still waits; and of the last review everything, so that its fate is seen."""
    last = record.reviews[0].recommendations if record.reviews else ()
    shown = {each.id: each for each in (*_open_advice(record), *last)}
    for each in shown.values():
        to = each.to_user.name if each.to_user is not None else each.to_name
        parts = [f"to {to}" if to else "", f"proposed {short_date(each.proposed_on, today=today)}", _decided(each, today)]
        yield AdviceShown(
            words=each.words or KINDS[each.kind],
            kind=KINDS[each.kind],
            state=STATES[each.state],
            state_kind=_STATE_KINDS.get(each.state, "reminder"),
            detail=" · ".join(part for part in parts if part),
        )


def _decided(each: Recommendation, today: date) -> str:
    if each.done_on is not None:
        return f"done {short_date(each.done_on, today=today)}"
    if each.decided_on is None:
        return ""
    by = f" by {each.decided_by.name}" if each.decided_by else ""
    return f"{STATES[each.state].lower()} {short_date(each.decided_on, today=today)}{by}"


def _question(each: ReviewQuestion, today: date) -> QuestionShown:
    return QuestionShown(each.words, f"{each.asked_by.name}, {days_ago(each.asked_on, today)}")


def _team(episode: Episode) -> Iterator[Fact]:
    for member in episode.team:
        if member.ends_on is None:
            yield Fact(TEAM_ROLES[member.role], holder_name(member))


def _episode_link(episode: Episode) -> Link:
    began = long_date(episode.enrolled_on or episode.referred_on)
    until = f" to {long_date(episode.ended_on)}" if episode.ended_on else ""
    address = url_for("caseload.patient", patient_id=episode.patient_id, episode=episode.id)
    return Link(f"{episode.clinic.name}: {began}{until}", address)
