"""What a person is treated with now, in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.treatment.presenters import adherence_words, due_words, since_words
from registry.treatment.queries import Adherence, TrialCourse
from registry.treatment.rules import HAS_DOSE, dose_words, in_force


@dataclass(frozen=True, slots=True)
class PresentTreatment:
    """One treatment that has not been stopped. Empty words: not known, or not of this kind."""

    name: str
    dose: str
    since: str
    due: str
    """When the next injection is due."""
    due_kind: str
    """Of the words about it: ``action`` once late, ``reminder``, ``neutral``."""
    adherence: str


def show_present(
    courses: Sequence[TrialCourse], adherence: Mapping[uuid.UUID, Adherence], today: date
) -> list[PresentTreatment]:
    """The treatments in force, in the order given."""
    return [_show(each, adherence.get(each.trial.id), today) for each in courses if _is_running(each)]


def _is_running(course: TrialCourse) -> bool:
    last = in_force(course.steps)
    return last is not None and last.kind != "stop"


def _show(course: TrialCourse, noted: Adherence | None, today: date) -> PresentTreatment:
    trial, last = course.trial, course.steps[-1]
    due, due_kind = due_words(trial.kind, course.steps, course.injections, today)
    return PresentTreatment(
        name=trial.name,
        dose=dose_words(last, trial.kind) or ("dose not known" if trial.kind in HAS_DOSE else ""),
        since=since_words(course.steps, last, today),
        due=due,
        due_kind=due_kind,
        adherence="" if noted is None else adherence_words(noted.percent, noted.source, noted.on, today),
    )
