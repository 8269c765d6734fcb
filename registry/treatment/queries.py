"""Reading trials with what was noted of them."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

from sqlalchemy import Row, ScalarSelect, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from registry.access.reading import Read, rows_of
from registry.db.among import among
from registry.db.word import word, words
from registry.extensions import db
from registry.treatment.models import AdherenceCheck, Injection, TreatmentTrial, TrialEntry, TrialStep
from registry.treatment.rules import (
    ANTIPSYCHOTIC,
    BESIDE,
    COVERS,
    HAS_DOSE,
    InjectionTry,
    Step,
    dose_words,
    in_force,
    in_order,
)

Entry = TrialStep | AdherenceCheck | Injection
E_ = TypeVar("E_", TrialStep, AdherenceCheck, Injection)

ENTRIES: Mapping[str, type[Entry]] = {"step": TrialStep, "adherence": AdherenceCheck, "injection": Injection}
"""What can be noted of a trial, by the name it has in addresses."""

_STEP = (
    TrialStep.kind,
    TrialStep.happened_on,
    TrialStep.amount,
    TrialStep.unit,
    TrialStep.every_days,
    TrialStep.restart_after_days,
    TrialStep.frequency,
)
"""What ``step_of`` takes."""
_STANDING = (
    among(TreatmentTrial.patient_id, "patient_ids"),
    TreatmentTrial.status == word("final"),
    TrialStep.status == word("final"),
)
_BY_DAY = (TrialStep.happened_on, TrialStep.recorded_at, TrialStep.id)
# Made once: building a statement costs more than running it.
_STEPS = (
    select(TreatmentTrial, *_STEP)
    .join(TrialStep, TrialStep.trial_id == TreatmentTrial.id)
    .where(*_STANDING)
    .order_by(*_BY_DAY)
)
_TRIAL = (
    TreatmentTrial.id,
    TreatmentTrial.kind,
    TreatmentTrial.name,
    TreatmentTrial.medicine_class,
    TreatmentTrial.product,
    TreatmentTrial.ingredient,
)
STEPS = (
    select(TreatmentTrial.patient_id, *(column.label(f"trial_{column.key}") for column in _TRIAL), *_STEP)
    .join(TrialStep, TrialStep.trial_id == TreatmentTrial.id)
    .where(*_STANDING)
    .order_by(*_BY_DAY)
)
"""As ``_STEPS``, of a trial only what the rules look at."""


class _Tried(NamedTuple):
    """Of a trial what ``STEPS`` reads, by the same names."""

    patient_id: uuid.UUID
    id: uuid.UUID
    kind: str
    name: str
    medicine_class: str
    product: str | None
    ingredient: str | None


_INJECTIONS = (
    select(Injection)
    .where(among(Injection.patient_id, "patient_ids"), Injection.status == "final")
    .order_by(Injection.happened_on, Injection.recorded_at, Injection.id)
)


# The last of a trial comes last.
_ADHERENCE = (
    select(
        AdherenceCheck.trial_id,
        AdherenceCheck.percent,
        AdherenceCheck.source,
        AdherenceCheck.happened_on,
        AdherenceCheck.last_taken_on,
    )
    .where(among(AdherenceCheck.patient_id, "patient_ids"), AdherenceCheck.status == "final")
    .order_by(AdherenceCheck.happened_on, AdherenceCheck.recorded_at, AdherenceCheck.id)
)


@dataclass(frozen=True, slots=True)
class Adherence:
    """How much of what was agreed was taken (percent, 0 to 100; 0 is an answer), who says so, and on which day."""

    percent: int
    source: str
    on: date


@dataclass(frozen=True, slots=True)
class TrialCourse:
    """A trial with what stands of it: ``steps`` start first, ``injections`` oldest first."""

    trial: TreatmentTrial
    steps: Sequence[Step] = ()
    injections: Sequence[InjectionTry] = ()
    adherence: Sequence[Adherence] = ()
    """Of antipsychotics alone, where a person has had several: oldest first."""

    @property
    def patient_id(self) -> uuid.UUID:
        """Whose treatment it is."""
        return self.trial.patient_id


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """A trial with everything ever noted of it, newest first, in every state."""

    trial: TreatmentTrial
    steps: list[TrialStep] = field(default_factory=list)
    adherence: list[AdherenceCheck] = field(default_factory=list)
    injections: list[Injection] = field(default_factory=list)


def step_of(row: TrialStep | Row[*tuple[Any, ...]]) -> Step:
    """The step as the rules see it."""
    return Step(
        kind=row.kind,
        on=row.happened_on,
        amount=row.amount,
        unit=row.unit,
        every_days=row.every_days,
        restart_after_days=row.restart_after_days,
        frequency=row.frequency,
    )


def list_courses(patient_ids: Collection[uuid.UUID]) -> list[TrialCourse]:
    """The trials of these people with what stands of them, earliest start first; one statement, two with injections."""
    about = {"patient_ids": list(patient_ids)}
    return _courses(((row[0], row) for row in db.session.execute(_STEPS, about)), about)


def list_tried(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> list[TrialCourse]:
    """As ``list_courses``; a trial has no more of itself than the rules look at."""
    about = {"patient_ids": list(patient_ids)}
    width = len(_Tried._fields)
    tried = ((cast("TreatmentTrial", _Tried(*row[:width])), row) for row in read(STEPS, about))
    return _courses(tried, about)


def _courses(rows: Iterable[tuple[TreatmentTrial, Any]], about: Mapping[str, Any]) -> list[TrialCourse]:
    """``rows``: each step with its trial."""
    trials: dict[uuid.UUID, TreatmentTrial] = {}
    steps: dict[uuid.UUID, list[Step]] = defaultdict(list)
    for trial, row in rows:
        trials[trial.id] = trial
        steps[trial.id].append(step_of(row))
    injections: dict[uuid.UUID, list[InjectionTry]] = defaultdict(list)
    if any(trial.kind == "injection" for trial in trials.values()):
        for each in db.session.scalars(_INJECTIONS, about):
            injections[each.trial_id].append(InjectionTry(each.happened_on, each.outcome))
    adherence = _adherence_to_several(trials.values())
    return [
        TrialCourse(trial, in_order(steps[id_]), injections[id_], adherence.get(id_, ()))
        for id_, trial in trials.items()
    ]


def _adherence_to_several(trials: Iterable[TreatmentTrial]) -> Mapping[uuid.UUID, Sequence[Adherence]]:
    """What was noted of antipsychotics, by trial, of those who have had several; one statement, none about nobody."""
    tried = Counter(trial.patient_id for trial in trials if trial.medicine_class == ANTIPSYCHOTIC)
    several = [patient_id for patient_id, times in tried.items() if times > 1]
    noted: dict[uuid.UUID, list[Adherence]] = defaultdict(list)
    if several:
        for row in db.session.execute(_ADHERENCE, {"patient_ids": several}):
            noted[row.trial_id].append(Adherence(row.percent, row.source, row.happened_on))
    return noted


def last_adherence(patient_id: uuid.UUID) -> Mapping[uuid.UUID, Adherence]:
    """By trial, what was noted last and stands; one statement."""
    return {
        row.trial_id: Adherence(row.percent, row.source, row.happened_on)
        for row in db.session.execute(_ADHERENCE, {"patient_ids": [patient_id]})
    }


Taken: TypeAlias = Sequence[tuple[date, date | None]]
"""Days on which adherence was noted, oldest first, each with the day of the last dose while doses were being missed."""


def list_taken(patient_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Taken]:
    """By trial, what was noted of missed doses; one statement.

    Where nothing was taken and no day is named, the day that was named before stands: only doses end it.
    """
    found: dict[uuid.UUID, list[tuple[date, date | None]]] = defaultdict(list)
    for row in db.session.execute(_ADHERENCE, {"patient_ids": list(patient_ids)}):
        noted, last_taken_on = found[row.trial_id], row.last_taken_on
        if row.percent == 0 and last_taken_on is None and noted:
            last_taken_on = noted[-1][1]
        noted.append((row.happened_on, last_taken_on))
    return found


def last_step_on(patient_id: InstrumentedAttribute[uuid.UUID]) -> ScalarSelect[date]:
    """SQL: the last day on which a treatment of the person began, changed or stopped, at any clinic.

    Not a medicine for something else (``BESIDE``).
    """
    return (
        select(func.max(TrialStep.happened_on))
        .join(TreatmentTrial, TreatmentTrial.id == TrialStep.trial_id)
        .where(
            TrialStep.patient_id == patient_id,
            or_(TreatmentTrial.medicine_class.is_(None), TreatmentTrial.medicine_class.not_in(words(sorted(BESIDE)))),
            TreatmentTrial.status == word("final"),
            TrialStep.status == word("final"),
        )
        .scalar_subquery()
    )


def tell_running_medicines(patient_id: uuid.UUID) -> list[str]:
    """The person's medication and injections that have not been stopped: "lithium 600 mg a day"; two statements."""
    running = [(each.trial, in_force(each.steps)) for each in list_courses([patient_id])]
    return [
        f"{trial.name} {dose_words(last, trial.kind)}".strip()
        for trial, last in running
        if trial.kind in HAS_DOSE and last is not None and last.kind != "stop"
    ]


def list_records(patient_id: uuid.UUID) -> list[TrialRecord]:
    """The person's trials with their whole history, in every state; four statements."""
    trials = db.session.scalars(
        select(TreatmentTrial).where(TreatmentTrial.patient_id == patient_id).order_by(TreatmentTrial.recorded_at)
    )
    found = {trial.id: TrialRecord(trial) for trial in trials}
    if not found:
        return []
    for step in _entries(TrialStep, patient_id):
        found[step.trial_id].steps.append(step)
    for check in _entries(AdherenceCheck, patient_id):
        found[check.trial_id].adherence.append(check)
    for injection in _entries(Injection, patient_id):
        found[injection.trial_id].injections.append(injection)
    return list(found.values())


def _entries(table: type[E_], patient_id: uuid.UUID) -> Sequence[E_]:
    return db.session.scalars(
        select(table)
        .where(table.patient_id == patient_id)
        .options(joinedload(table.recorded_by))
        .order_by(table.happened_on.desc(), table.recorded_at.desc(), table.id.desc())
    ).all()


def get_trial(patient_id: uuid.UUID, trial_id: uuid.UUID) -> TreatmentTrial | None:
    """The trial, if it is this person's."""
    return db.session.scalars(
        select(TreatmentTrial).where(TreatmentTrial.id == trial_id, TreatmentTrial.patient_id == patient_id)
    ).one_or_none()


def get_entry(patient_id: uuid.UUID, kind: str, entry_id: uuid.UUID) -> Entry | None:
    """What was noted, if it is of this person; ``kind`` is one of ``ENTRIES``."""
    table = ENTRIES.get(kind)
    if table is None:
        return None
    query = select(table).where(table.id == entry_id, table.patient_id == patient_id)
    return cast("Entry | None", db.session.scalars(query).one_or_none())


def get_current(entry: Entry) -> Entry:
    """The version that stands now: the correction of the correction, or the entry itself."""
    current = entry
    table = type(entry)
    while current.status == "amended":
        query = select(table).where(table.replaces_id == current.id, table.patient_id == entry.patient_id)
        replacement = db.session.scalars(query).first()
        if replacement is None:
            break
        current = cast("Entry", replacement)
    return current


def standing_steps(trial_id: uuid.UUID, *, but: TrialEntry | None = None) -> list[Step]:
    """The steps of a trial that stand, start first, without the one that is being replaced."""
    rows = db.session.scalars(
        select(TrialStep).where(TrialStep.trial_id == trial_id, TrialStep.status == "final")
    ).all()
    return in_order(step_of(row) for row in rows if row is not but)


def has_injection_on(trial_id: uuid.UUID, on: date, *, but: TrialEntry | None = None) -> bool:
    """Whether an injection that covers the person is on record for that day, beside the one being replaced."""
    rows = db.session.scalars(
        select(Injection).where(
            Injection.trial_id == trial_id,
            Injection.happened_on == on,
            Injection.status == "final",
            Injection.outcome.in_(COVERS),
        )
    ).all()
    return any(row is not but for row in rows)


def noted_days(trial_id: uuid.UUID) -> list[date]:
    """The days of the injections and of what was noted of adherence that stand."""
    return [
        day
        for table in (Injection, AdherenceCheck)
        for day in db.session.scalars(
            select(table.happened_on).where(table.trial_id == trial_id, table.status == "final")
        )
    ]
