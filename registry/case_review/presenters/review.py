"""The review queue and the case under review, in words and drawings."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import url_for

from registry.alerts.sentences import sentence_of
from registry.case_review.case import ReviewCase
from registry.case_review.presenters.advice import Advised, last_review, open_advice
from registry.case_review.presenters.case_facts import (
    ContactShown,
    events_told,
    goals_told,
    no_alert_words,
    safety_facts,
    show_contacts,
    stopped_last,
    treatment_strip,
)
from registry.case_review.presenters.queued import SAFETY, QueueShown, answered_shown
from registry.caseload.presenters.cells import HOUSING_WORDS, WORK_WORDS, dated_words
from registry.caseload.presenters.reasons import ReasonShown
from registry.caseload.presenters.scores import BESIDE_MANIA, GOOD, OTHER_RATER, level_words, scale_label, value_words
from registry.caseload.rules import STANDINGS
from registry.charts.lane_strip import LaneStrip
from registry.charts.sparkline import Point, Sparkline, sparkline
from registry.episodes.patient_header import holder_name
from registry.episodes.rules import CONDITIONS, TEAM_ROLES
from registry.measurements.tracked import TrackedScale
from registry.measures.course import Course, Standing, days_fresh
from registry.patients.presenters import Difference, IdentityHeader
from registry.review.forms import ReviewForm
from registry.review.presenters import QuestionShown, show_question
from registry.treatment.present import PresentTreatment, show_present
from registry.web.filters import ARROW, count, days_ago, short_date, signed

CHART_WIDTH, CHART_HEIGHT = 320, 96


@dataclass(frozen=True, slots=True)
class ChartShown:
    """One tracked scale: where it began, where it stands, how that came about."""

    name: str
    course: str
    standing: str
    kind: str
    age: str
    line: Sparkline | None
    treatment: LaneStrip | None = None
    """Beneath the line, on its axis of time."""


@dataclass(frozen=True, slots=True)
class CaseShown:
    """The middle of the page: one person."""

    patient: IdentityHeader
    reasons: Sequence[ReasonShown]
    questions: Sequence[QuestionShown]
    charts: Sequence[ChartShown]
    safety: Sequence[ReasonShown]
    safety_facts: Sequence[str]
    """When safety was last asked and what was said, when a danger was last told of, and the plan."""
    no_alert: str
    """What stands where there is no open safety alert; empty where nobody knows whether there should be one."""
    treatment: Sequence[PresentTreatment]
    stopped: str
    """The treatment that was stopped last."""
    contacts: Sequence[ContactShown]
    attempts: str
    goals: Sequence[str]
    events: Sequence[str]
    team: Sequence[str]
    conditions: str
    life: str
    advice: Sequence[Advised]
    """What was recommended and waits, by review."""
    last_review: Advised | None
    reviews_url: str


@dataclass(frozen=True, slots=True)
class TimerOffer:
    """The time of this review: running, or to be begun."""

    words: str
    """Empty before it runs."""
    start: str
    """What the button says; empty while it runs."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The whole review screen. ``case`` and ``form`` are empty when nobody waits or one may only read."""

    title: str
    subtitle: str
    queue: QueueShown
    filters: Sequence[Mapping[str, object]]
    case: CaseShown | None
    form: ReviewForm | None
    action_url: str
    later_url: str
    ask_url: str
    today: date
    list_url: str = ""
    """Where the person under review is put on the list for the meeting, or taken off it."""
    is_listed: bool = False
    timer: TimerOffer | None = None
    conflict: Sequence[Difference] = ()
    """What a review says that was saved after the case was opened, beside what was typed."""
    conflict_by: str = ""
    has_added: bool = False
    """An empty recommendation has just been added."""
    opens_at_case: bool = False
    """Somebody comes here from the case before: the focus goes to this one."""


def show_case(
    case: ReviewCase,
    header: IdentityHeader,
    *,
    today: date,
    deciding: Collection[uuid.UUID],
    may_withdraw: bool,
) -> CaseShown:
    """Everything about one person that a review looks at. ``deciding`` are the clinics where the reader may decide."""
    stored = case.row.reasons
    safety = [reason for reason in stored if reason["rule"].startswith(SAFETY)]
    failed = case.row.failed_attempts
    return CaseShown(
        patient=header,
        reasons=[_in_full(reason, today) for reason in stored if reason not in safety],
        questions=[show_question(each, may_withdraw=may_withdraw) for each in case.questions],
        charts=_charts(case, today),
        safety=[*(_in_full(reason, today) for reason in safety), *answered_shown(case.answers, today)],
        safety_facts=list(safety_facts(case, today)),
        no_alert=no_alert_words(case),
        treatment=show_present(case.treatment, case.adherence, today),
        stopped=stopped_last(case, today),
        contacts=show_contacts(case.contacts, today),
        attempts=count(failed, "missed attempt") + " since the last two-way contact" if failed else "",
        team=[
            f"{TEAM_ROLES[member.role]} {holder_name(member)}" for member in case.episode.team if member.ends_on is None
        ],
        goals=goals_told(case.goals, today),
        events=events_told(case.life_events, today),
        conditions=", ".join(CONDITIONS[each] for each in case.row.conditions),
        life=_life(case, today),
        advice=open_advice(case, today=today, deciding=deciding),
        last_review=last_review(case, today=today),
        reviews_url=url_for("review.reviews", patient_id=case.patient.id),
    )


def _in_full(reason: Mapping[str, Any], today: date) -> ReasonShown:
    """A stored reason worded for today; as it was last evaluated, where the rulebook no longer has the rule."""
    try:
        sentence = sentence_of(reason["rule"], reason["evidence"], today)
    except (KeyError, TypeError, ValueError):
        sentence = reason["sentence"]
    return ReasonShown(tier=reason["tier"], sentence=sentence)


def _charts(case: ReviewCase, today: date) -> list[ChartShown]:
    """The metric primary first; beneath the first line that is drawn, the treatment of its time."""
    scales = sorted(case.courses, key=lambda key: key != case.episode.metric_primary)
    charts = [_chart(key, *case.courses[key], case, today) for key in scales]
    drawn = next((number for number, chart in enumerate(charts) if chart.line is not None), None)
    if drawn is not None:
        tracked, _ = case.courses[scales[drawn]]
        strip = treatment_strip(case.treatment, starts_on=tracked.starts_on, ends_on=today, width=CHART_WIDTH)
        charts[drawn] = replace(charts[drawn], treatment=strip)
    return charts


def _chart(key: str, tracked: TrackedScale, course: Course, case: ReviewCase, today: date) -> ChartShown:
    label = scale_label(key)
    if course.latest is None:
        return ChartShown(name=label, course="no score yet", standing="", kind="", age="", line=None)
    stale_after = days_fresh(tracked.cadence_days)
    is_stale = (today - course.latest.on).days > stale_after
    is_comparison = tracked.scale.is_comparison
    standing = STANDINGS.get(course.standing.value, "").lower()
    standing = level_words(tracked.scale, course.latest.value) if is_comparison else standing
    on = short_date(course.latest.on, today=today)
    is_beside = case.row.beside_mania and case.row.first_scale == key
    beside = f". {BESIDE_MANIA}" if is_beside and course.standing in GOOD else ""
    other = f". {OTHER_RATER}" if key in case.rated_by_others else ""
    return ChartShown(
        name=label,
        course=_course_words(course),
        standing=f"unknown: was {standing or 'one score'}, {on}" if is_stale else f"{standing}{beside}{other}",
        kind="action" if beside and not is_stale else _kind(course, is_stale=is_stale),
        age=days_ago(course.latest.on, today),
        line=_line(label, tracked, course, stale_after=stale_after, today=today),
    )


def _course_words(course: Course) -> str:
    if course.latest is None:
        return ""
    if course.baseline is None or course.change is None:
        return value_words(course.latest)
    change = "" if course.latest.ratings else f" ({signed(course.change)})"
    return f"{value_words(course.baseline)} {ARROW} {value_words(course.latest)}{change}"


def _kind(course: Course, *, is_stale: bool) -> str:
    if is_stale:
        return "action"
    if course.standing is Standing.WORSE or course.is_relapse:
        return "urgent"
    return "good" if course.standing in GOOD else ""


def _line(label: str, tracked: TrackedScale, course: Course, *, stale_after: int, today: date) -> Sparkline | None:
    scale, target = tracked.scale, tracked.target
    if scale.minimum is None or scale.maximum is None:
        return None
    return sparkline(
        [Point(score.on, float(score.value)) for score in course.scores],
        minimum=float(scale.minimum),
        maximum=float(scale.maximum),
        target_low=_level(target.at_least if target else None),
        target_high=_level(target.at_most if target else None),
        starts_on=tracked.starts_on,
        ends_on=max(today, tracked.starts_on),
        width=CHART_WIDTH,
        height=CHART_HEIGHT,
        longest_gap=timedelta(days=stale_after),
        name=label,
    )


def _level(level: Decimal | None) -> float | None:
    return None if level is None else float(level)


def _life(case: ReviewCase, today: date) -> str:
    known = (
        dated_words(HOUSING_WORDS, case.row.housing, case.row.housing_on, today),
        dated_words(WORK_WORDS, case.row.work, case.row.work_on, today),
    )
    return " · ".join(words for words in known if words)
