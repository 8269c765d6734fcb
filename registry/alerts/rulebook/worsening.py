"""Getting worse: than at the baseline, or than at the best level held. Mania has its own module.

Worse and relapse need a published reliable change and are never said without one.
"""

from datetime import date
from functools import partial

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, found_together
from registry.alerts.rulebook.phrases import ago, figure, written
from registry.alerts.rulebook.scores import held_since, scores_facts, scores_words, target_words
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.worse import worse_scores
from registry.alerts.snapshot import IN_CARE, CaseSnapshot, TrackedMeasure
from registry.measures.course import Course, Standing
from registry.measures.mania import MANIA
from registry.measures.scale import Scale

_PSYCHOSIS_DOMAIN = "psychosis"
_PSYCHOSIS_PERCENT = "target.psychosis.percent"
_PSYCHOSIS_POINTS = "target.psychosis.points"


def _in_care(case: CaseSnapshot) -> list[TrackedMeasure]:
    """The tracked measures but mania's, the metric primary first; none while care is not promised."""
    if phase_in_force(case.episode) not in IN_CARE:
        return []
    measures = [measure for measure in case.measures if measure.domain != MANIA]
    return sorted(measures, key=lambda each: not each.is_metric_primary)


# Worse than at the baseline


def _is_worse(course: Course) -> bool:
    return course.standing is Standing.WORSE


def _worse(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """Worse than the baseline by the reliable change or more, on any tracked measure but mania's."""
    found = [
        (held_since(measure, _is_worse), scores_facts(measure, before=measure.course.baseline))
        for measure in _in_care(case)
        if _is_worse(measure.course)
    ]
    return found_together(found, under="measures")


def _worse_words(evidence: Evidence, today: date) -> str:
    return "; ".join(
        ", ".join(part for part in (f"Worse: {scores_words(each, today)}", target_words(each)) if part)
        for each in evidence.each("measures")
    )


# Worse than at the best level held


def _is_relapse(course: Course) -> bool:
    return course.is_relapse


def _relapse(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """Up from a confirmed level better than the baseline by the reliable change, and out of what had been reached."""
    found = [
        (
            held_since(measure, _is_relapse),
            {
                "best": stored(measure.course.best_confirmed),
                **scores_facts(measure, before=measure.course.baseline),
            },
        )
        for measure in _in_care(case)
        if _is_relapse(measure.course)
    ]
    return found_together(found, under="measures")


def _relapse_words(evidence: Evidence, today: date) -> str:
    return "; ".join(_one_relapse(each, today) for each in evidence.each("measures"))


def _one_relapse(measure: Evidence, today: date) -> str:
    latest_on = measure.day("latest_on")
    parts = [
        f"Relapse: {measure.text('label')} {figure(measure.amount('latest'))} on {written(latest_on)} "
        f"({ago(latest_on, today)})",
        f"up from {figure(measure.amount('best'))} held on two scores",
        f"baseline {figure(measure.amount('before'))} on {written(measure.day('before_on'))}",
        target_words(measure),
    ]
    return ", ".join(part for part in parts if part)


# Psychosis


def _psychosis(case: CaseSnapshot, _clock: Clock, numbers: Numbers) -> Found | None:
    """A psychosis measure up from its baseline by the share and the points the clinic has adopted, and by both."""
    percent, points = numbers.get(_PSYCHOSIS_PERCENT), numbers.get(_PSYCHOSIS_POINTS)
    if percent is None or points is None:
        return None

    measures = [each for each in _in_care(case) if each.domain == _PSYCHOSIS_DOMAIN]
    found = []
    for measure in measures:
        is_worse = partial(_rose_by, measure.scale, percent=percent, points=points)
        if is_worse(measure.course):
            found.append((held_since(measure, is_worse), scores_facts(measure, before=measure.course.baseline)))
    return found_together(found, under="measures")


def _rose_by(scale: Scale, course: Course, *, percent: int, points: int) -> bool:
    """Whether the latest score is worse than the baseline by ``percent`` of its distance from the floor, and so far."""
    if course.baseline is None or course.latest is None:
        return False
    rise = scale.worsening(before=course.baseline.value, after=course.latest.value)
    return rise >= points and rise * 100 >= abs(course.baseline.value - scale.floor) * percent


def _psychosis_words(evidence: Evidence, today: date) -> str:
    return "; ".join(f"More psychotic symptoms: {scores_words(each, today)}" for each in evidence.each("measures"))


PSYCHOSIS = Rule(
    id="target.psychosis",
    title="Psychosis worse",
    family=Family.TARGET,
    audience=(Audience.PSYCHIATRIST,),
    parameters=(_PSYCHOSIS_PERCENT, _PSYCHOSIS_POINTS),
    source="Clinic consensus: silent until the clinic's psychiatrist signs for both numbers",
    check=_psychosis,
    words=_psychosis_words,
    is_news=worse_scores("measures"),
    version=2,
)
RELAPSE = Rule(
    id="target.relapse",
    title="Relapse",
    family=Family.TARGET,
    audience=(Audience.CARE_MANAGER, Audience.PSYCHIATRIST),
    parameters=(),
    source="The reliable change of the measure, in its instrument file",
    check=_relapse,
    words=_relapse_words,
    is_news=worse_scores("measures"),
    version=3,
)
WORSE = Rule(
    id="target.worse",
    title="Worse",
    family=Family.TARGET,
    audience=(Audience.CARE_MANAGER, Audience.PSYCHIATRIST),
    parameters=(),
    source="The reliable change of the measure, in its instrument file",
    check=_worse,
    words=_worse_words,
    is_news=worse_scores("measures"),
    version=2,
)
