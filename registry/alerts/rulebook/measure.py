"""Measurement: one line a patient that says which scores are due."""

from collections.abc import Mapping
from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier, found_together
from registry.alerts.rulebook.phrases import ago, written
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.worse import newly_listed
from registry.alerts.snapshot import IN_CARE, CaseSnapshot, EpisodeFacts, Phase, TrackedMeasure

MEASURE_DUE = "measure.due"

_BASELINE = f"{MEASURE_DUE}.baseline"
_PRIMARY = f"{MEASURE_DUE}.primary"
_OTHERS = f"{MEASURE_DUE}.others"


def _due(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """The metric primary too old, or never taken in this course; other measures bundled with it, quarterly.

    While maintaining the metric primary keeps the slower pace of the others.
    """
    if case.episode is None or phase_in_force(case.episode) not in IN_CARE:
        return None
    due: list[tuple[date, Mapping[str, JSON]]] = []
    for measure in sorted(case.measures, key=lambda each: not each.is_metric_primary):
        due_on = measure_due_on(measure, case.episode, numbers)
        if due_on is not None and clock.has_come(due_on):
            due.append((due_on, _facts(measure, case.episode)))
    return found_together(due, under="due", tier=Tier.REMINDER)


def measure_due_on(measure: TrackedMeasure, episode: EpisodeFacts, numbers: Numbers) -> date | None:
    """The first day ``measure`` counts as due, None where the number for it is off."""
    latest = measure.course.latest
    monthly = measure.is_metric_primary and phase_in_force(episode) is not Phase.MAINTAINING
    if latest is None:
        days = numbers.get(_BASELINE if measure.is_metric_primary else _OTHERS)
        return None if days is None else _course_start(episode) + timedelta(days=days)
    if monthly:
        days = numbers.get(_PRIMARY)
        return None if days is None else latest.on + timedelta(days=days + 1)
    days = numbers.get(_OTHERS)
    return None if days is None else latest.on + timedelta(days=days)


def _course_start(episode: EpisodeFacts) -> date:
    return episode.course_started_on or episode.enrolled_on or episode.phase_since


def _facts(measure: TrackedMeasure, episode: EpisodeFacts) -> Mapping[str, JSON]:
    latest = measure.course.latest
    return {
        "label": measure.label,
        "last_on": stored(None if latest is None else latest.on),
        "course_started_on": stored(_course_start(episode)),
    }


def _due_words(evidence: Evidence, today: date) -> str:
    return "Due: " + "; ".join(_one_due(each, today) for each in evidence.each("due"))


def _one_due(due: Evidence, today: date) -> str:
    last_on = due.optional_day("last_on")
    if last_on is not None:
        return f"{due.text('label')} (last {written(last_on)}, {ago(last_on, today)})"
    started_on = due.day("course_started_on")
    return f"{due.text('label')} (none since treatment began {written(started_on)}, {ago(started_on, today)})"


RULES = (
    Rule(
        id=MEASURE_DUE,
        title="Measure due",
        family=Family.MEASURE,
        audience=(Audience.CARE_MANAGER,),
        parameters=(_BASELINE, _PRIMARY, _OTHERS),
        source="A scale every month (New York State OMH metrics 2025)",
        check=_due,
        words=_due_words,
        is_news=newly_listed("due", "label"),
    ),
)
