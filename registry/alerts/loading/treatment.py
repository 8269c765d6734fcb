"""What is tried with a person and what was agreed with them, as the rules see it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from registry.access.reading import Read, rows_of
from registry.alerts.psychosis_facts import TriedAntipsychotic
from registry.alerts.snapshot import Exposure, InjectionDue, PlanFacts, TreatmentChange, TreatmentFacts
from registry.plans.queries import PlanDates, list_plan_dates
from registry.treatment.products import substance_of
from registry.treatment.queries import Taken, TrialCourse, list_taken, list_tried
from registry.treatment.rules import (
    ANTIPSYCHOTIC,
    BESIDE,
    COVERS,
    OUTCOMES,
    change_words,
    cover,
    in_force,
    next_injection_on,
    restart_on,
)


def load_treatment(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> Mapping[uuid.UUID, TreatmentFacts]:
    """The treatment of each patient who has any; one statement, one more with injections, and one with clozapine."""
    found: dict[uuid.UUID, list[TrialCourse]] = defaultdict(list)
    for course in list_tried(patient_ids, read):
        found[course.patient_id].append(course)
    on_clozapine = [patient_id for patient_id, courses in found.items() if any(map(_is_clozapine, courses))]
    taken = list_taken(on_clozapine) if on_clozapine else {}
    return {patient_id: treatment_facts(courses, taken) for patient_id, courses in found.items()}


def load_plans(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> Mapping[uuid.UUID, PlanFacts]:
    """The plans of each patient who has any; one statement."""
    return {id_: plan_facts(versions) for id_, versions in list_plan_dates(patient_ids, read).items()}


def plan_facts(versions: Mapping[str, Sequence[PlanDates]]) -> PlanFacts:
    """The last version of each plan; ``versions`` by kind."""
    safety, relapse = (next(iter(versions.get(kind, ())[-1:]), None) for kind in ("safety", "relapse"))
    return PlanFacts(
        safety_on=None if safety is None else safety.written_on,
        safety_review_on=None if safety is None else safety.review_on,
        relapse_on=None if relapse is None else relapse.written_on,
        relapse_review_on=None if relapse is None else relapse.review_on,
    )


def _is_clozapine(course: TrialCourse) -> bool:
    return course.trial.ingredient == "clozapine"


def _exposure(course: TrialCourse, taken: Mapping[uuid.UUID, Taken]) -> Exposure | None:
    """The medicine, where checks are asked of it."""
    trial, last, noted = course.trial, in_force(course.steps), taken.get(course.trial.id)
    keys = {trial.ingredient} | ({trial.medicine_class} & {"antipsychotic"})
    known = frozenset(key for key in keys if key)
    if last is None or not known:
        return None
    return Exposure(
        id=str(trial.id),
        keys=known,
        label=trial.name,
        started_on=course.steps[0].on,
        changes=tuple(step.on for step in course.steps if step.kind != "stop"),
        last_taken_on=noted[-1][1] if noted and _is_clozapine(course) else None,
        stopped_on=last.on if last.kind == "stop" else None,
    )


def treatment_facts(
    courses: Sequence[TrialCourse], taken: Mapping[uuid.UUID, Taken] = MappingProxyType({})
) -> TreatmentFacts:
    """What these trials of one person amount to; ``taken`` has, by trial, what was noted of missed doses."""
    changes = [change for course in courses for change in _changes(course)]
    due = [each for each in map(_injection_due, courses) if each is not None]
    taken_ever = [each for each in (_exposure(course, taken) for course in courses) if each is not None]
    return TreatmentFacts(
        changes=tuple(sorted(changes, key=lambda change: (change.on, change.words))),
        injections=tuple(sorted(due, key=lambda each: (each.due_on, each.label))),
        exposures=tuple(each for each in taken_ever if each.stopped_on is None),
        stopped_clozapine=tuple(
            each for each in taken_ever if each.stopped_on is not None and "clozapine" in each.keys
        ),
        antipsychotics=tuple(_tried(each) for each in courses if each.trial.medicine_class == ANTIPSYCHOTIC),
    )


def _tried(course: TrialCourse) -> TriedAntipsychotic:
    trial, last = course.trial, course.steps[-1]
    covered = cover(course.steps, course.injections) if trial.kind == "injection" else None
    known = [*(each.percent for each in course.adherence), *([] if covered is None else [covered.percent])]
    return TriedAntipsychotic(
        name=trial.name,
        substance=substance_of(name=trial.name, product=trial.product, ingredient=trial.ingredient),
        started_on=course.steps[0].on,
        stopped_on=last.on if last.kind == "stop" else None,
        lowest=min(known, default=None),
        is_clozapine=_is_clozapine(course),
        covered_on=None if covered is None else covered.began_on,
        covered_until=None if covered is None else covered.until,
    )


def _changes(course: TrialCourse) -> Iterator[TreatmentChange]:
    before = None
    for step in course.steps:
        yield TreatmentChange(
            step.on,
            change_words(course.trial.name, course.trial.kind, step, before),
            is_beside=course.trial.medicine_class in BESIDE,
        )
        before = step


def _injection_due(course: TrialCourse) -> InjectionDue | None:
    if course.trial.kind != "injection":
        return None
    due_on = next_injection_on(course.steps, course.injections)
    if due_on is None:
        return None
    last_on = max((each.on for each in course.injections if each.outcome in COVERS), default=None)
    failed = [
        each for each in course.injections if each.outcome not in COVERS and (last_on is None or each.on > last_on)
    ]
    last_try = max(failed, key=lambda each: each.on, default=None)
    return InjectionDue(
        id=str(course.trial.id),
        label=course.trial.name,
        due_on=due_on,
        last_on=last_on,
        tried_on=None if last_try is None else last_try.on,
        outcome="" if last_try is None else OUTCOMES[last_try.outcome].lower(),
        restart_on=restart_on(course.steps, course.injections),
    )
