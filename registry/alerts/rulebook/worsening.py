"""Getting worse: than at the baseline, or than at the best level held. Mania and psychosis have their own modules.

Worse and relapse need a published reliable change and are never said without one.
"""

from datetime import date

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
