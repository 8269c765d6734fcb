"""Getting worse: than at the baseline, than at the best level held, or into mania.

Worse and relapse need a published reliable change and are never said without one.
"""

from datetime import date
from functools import partial

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, found_together
from registry.alerts.rulebook.phrases import ago, figure, written
from registry.alerts.rulebook.scores import held_since, scores_facts, scores_words, target_words
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.snapshot import IN_CARE, CaseSnapshot, TrackedMeasure
from registry.measures.course import Course, Standing, is_elevated, rose_by_reliable_change
from registry.measures.instrument import Scale

_MANIA_DOMAIN = "mania"
"""The domain whose measures are read beside depression: rising is the psychiatrist's business first."""
_PSYCHOSIS_DOMAIN = "psychosis"
_PSYCHOSIS_PERCENT = "target.psychosis.percent"
_PSYCHOSIS_POINTS = "target.psychosis.points"


def _in_care(case: CaseSnapshot, *, mania: bool) -> list[TrackedMeasure]:
    if phase_in_force(case.episode) not in IN_CARE:
        return []
    measures = [measure for measure in case.measures if (measure.domain == _MANIA_DOMAIN) is mania]
    return sorted(measures, key=lambda each: not each.is_metric_primary)


# Worse than at the baseline


def _is_worse(course: Course) -> bool:
    return course.standing is Standing.WORSE


def _worse(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """Worse than the baseline by the reliable change or more, on any tracked measure but mania's."""
    found = [
        (held_since(measure, _is_worse), scores_facts(measure, before=measure.course.baseline))
        for measure in _in_care(case, mania=False)
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
    """Up from the best confirmed level by the reliable change, and out of what had been reached."""
    found = [
        (
            held_since(measure, _is_relapse),
            {
                "best": stored(measure.course.best_confirmed),
                **scores_facts(measure, before=measure.course.baseline),
            },
        )
        for measure in _in_care(case, mania=False)
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

    measures = [each for each in _in_care(case, mania=False) if each.domain == _PSYCHOSIS_DOMAIN]
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


# Mania


def _has_risen(measure: TrackedMeasure, course: Course) -> bool:
    """Whether the latest score is up by the reliable change from the one before or from the baseline."""
    earlier = [score for score in (course.previous, course.baseline) if score is not None]
    return course.latest is not None and any(
        rose_by_reliable_change(measure.scale, previous=score.value, latest=course.latest.value) for score in earlier
    )


def _is_elevated(measure: TrackedMeasure, course: Course) -> bool:
    return course.latest is not None and is_elevated(measure.scale, course.latest.value) is True


def _mania(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """A mania measure elevated, or up by its reliable change from the last score or the baseline."""
    found = [_one_mania(measure) for measure in _in_care(case, mania=True) if _is_manic(measure, measure.course)]
    return found_together(found, under="measures")


def _is_manic(measure: TrackedMeasure, course: Course) -> bool:
    return _is_elevated(measure, course) or _has_risen(measure, course)


def _one_mania(measure: TrackedMeasure) -> tuple[date, dict[str, JSON]]:
    since = held_since(measure, lambda so_far: _is_manic(measure, so_far))
    elevated = _is_elevated(measure, measure.course)
    return since, {
        "elevated_from": stored(measure.scale.cutoff_in_force) if elevated else None,
        "has_risen": _has_risen(measure, measure.course),
        **scores_facts(measure, before=measure.course.previous or measure.course.baseline),
    }


def _mania_words(evidence: Evidence, today: date) -> str:
    return "; ".join(_one_mania_words(each, today) for each in evidence.each("measures"))


def _one_mania_words(measure: Evidence, today: date) -> str:
    cutoff = measure.optional_amount("elevated_from")
    why = [] if cutoff is None else [f"elevated from {figure(cutoff)}"]
    if measure.flag("has_risen"):
        why.append("up by the reliable change")
    return f"Mania: {scores_words(measure, today)}, {' and '.join(why)}"


MANIA = Rule(
    id="target.mania",
    title="Mania",
    family=Family.TARGET,
    audience=(Audience.PSYCHIATRIST,),
    parameters=(),
    source="The cut-off and reliable change of the mania measure, in its instrument file",
    check=_mania,
    words=_mania_words,
)
PSYCHOSIS = Rule(
    id="target.psychosis",
    title="Psychosis worse",
    family=Family.TARGET,
    audience=(Audience.PSYCHIATRIST,),
    parameters=(_PSYCHOSIS_PERCENT, _PSYCHOSIS_POINTS),
    source="Clinic consensus: silent until the clinic's psychiatrist signs for both numbers",
    check=_psychosis,
    words=_psychosis_words,
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
)
