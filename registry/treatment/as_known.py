"""One person's treatment as it stood at an instant, up to a day: what was written down later is left out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from registry.treatment.queries import E_, Adherence, TrialCourse, TrialRecord, list_records, step_of
from registry.treatment.rules import InjectionTry, in_order


def treatment_known(
    patient_id: uuid.UUID, *, on: date, until: datetime
) -> tuple[list[TrialCourse], Mapping[uuid.UUID, Adherence]]:
    """The treatments begun by ``on``, earliest start first, and by trial what was noted last of adherence."""
    records = [
        record
        for record in list_records(patient_id)
        if record.trial.withdrawn_at is None or record.trial.withdrawn_at > until
    ]
    courses = [course for record in records if (course := _course(record, on, until)).steps]
    adherence = {
        record.trial.id: Adherence(last.percent, last.source, last.happened_on)
        for record in records
        if (last := next(iter(_stood(record.adherence, on, until)), None)) is not None
    }
    return sorted(courses, key=lambda course: course.steps[0].on), adherence


def _course(record: TrialRecord, on: date, until: datetime) -> TrialCourse:
    injections = [InjectionTry(each.happened_on, each.outcome) for each in _stood(record.injections, on, until)]
    steps = in_order(step_of(each) for each in _stood(record.steps, on, until))
    return TrialCourse(record.trial, steps, injections[::-1])


def _stood(entries: Sequence[E_], on: date, until: datetime) -> list[E_]:
    """Of ``entries``, newest first, those that stood: neither replaced nor withdrawn by then."""
    known = [each for each in entries if each.recorded_at <= until]
    replaced = {each.replaces_id for each in known}
    return [
        each
        for each in known
        if each.happened_on <= on
        and each.id not in replaced
        and (each.withdrawn_at is None or each.withdrawn_at > until)
    ]
