"""Treatments in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import url_for

from registry.patients.presenters import Difference, IdentityHeader
from registry.patients.record_tabs import Tab
from registry.treatment.facts import AdherenceFacts, EntryFacts, InjectionFacts, StepFacts
from registry.treatment.models import AdherenceCheck, Injection, TreatmentTrial, TrialStep
from registry.treatment.queries import Entry, TrialRecord, step_of
from registry.treatment.rules import (
    ADHERENCE_SOURCES,
    CLASSES,
    COVERS,
    KINDS,
    OUTCOMES,
    STEPS,
    STOP_REASONS,
    UNITS,
    InjectionTry,
    Step,
    dose_words,
    in_force,
    in_order,
    next_injection_on,
)
from registry.web.filters import count, dated, days_ago, long_date, number

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One line of a treatment's history."""

    date: str
    words: str
    kind: str
    """Of the tag: good, action, or nothing."""
    detail: str
    by: str
    is_void: bool
    state: str
    correct_url: str
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class Link:
    """Something to do with a treatment."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class TrialShown:
    """One treatment."""

    id: str
    name: str
    kind: str
    now: str
    """Its dose or rhythm, or that it was stopped."""
    since: str
    due: str
    """When the next injection is due; empty for anything else."""
    due_kind: str
    adherence: str
    history: Sequence[EntryShown]
    actions: Sequence[Link]
    withdraw_url: str
    has_stopped: bool
    is_void: bool
    state: str


@dataclass(frozen=True, slots=True)
class TreatmentPage:
    """All treatments of a person."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    present: Sequence[TrialShown]
    past: Sequence[TrialShown]
    void: Sequence[TrialShown]
    starts: Sequence[Link]
    log_url: str = ""
    """Where the visit is logged at which an injection was just given; empty when none was."""


_CHANGE = {
    "medication": "Change the dose",
    "injection": "Change dose or interval",
    "therapy": "Change how often",
    "other": "Change how often",
}


def show_trials(records: Sequence[TrialRecord], *, today: date, may_write: bool) -> list[TrialShown]:
    """Each treatment, latest start first."""
    shown = [(_standing(record), record) for record in records]
    shown.sort(key=lambda pair: (pair[0][0].on if pair[0] else date.min, str(pair[1].trial.id)), reverse=True)
    return [_show_trial(record, steps, today=today, may_write=may_write) for steps, record in shown]


def _standing(record: TrialRecord) -> list[Step]:
    return in_order(step_of(row) for row in record.steps if row.status == "final")


def _show_trial(record: TrialRecord, steps: Sequence[Step], *, today: date, may_write: bool) -> TrialShown:
    trial = record.trial
    last, is_void = in_force(steps), trial.status != "final"
    has_stopped = last is not None and last.kind == "stop"
    may_change = may_write and not is_void
    tries = [InjectionTry(row.happened_on, row.outcome) for row in record.injections if row.status == "final"]
    due, due_kind = ("", "") if is_void else due_words(trial.kind, steps, tries, today)
    return TrialShown(
        id=f"trial-{trial.id.hex}",
        name=trial.name,
        kind=CLASSES[trial.medicine_class] if trial.medicine_class else KINDS[trial.kind],
        now="" if last is None else _now(trial, steps, last),
        since="" if last is None else since_words(steps, last, today),
        due=due,
        due_kind=due_kind,
        adherence=_adherence(record, today),
        history=list(_history(record, may_change=may_change)),
        actions=list(_actions(trial)) if may_change and not has_stopped else (),
        withdraw_url=_entry_url("treatment.withdraw", trial, "trial", trial.id) if may_change else "",
        has_stopped=has_stopped,
        is_void=is_void,
        state=f"Entered in error: {trial.why}" if is_void else "",
    )


def _now(trial: TreatmentTrial, steps: Sequence[Step], last: Step) -> str:
    if last.kind != "stop":
        return dose_words(last, trial.kind) or ("dose not known" if trial.medicine_class else "")
    before = in_force([each for each in steps if each.kind != "stop"])
    return dose_words(before, trial.kind) if before is not None else ""


def since_words(steps: Sequence[Step], last: Step, today: date) -> str:
    """ "since 5 Jan 2026, 9 weeks"; from when to when, where ``last``, the step in force, is a stop."""
    began = steps[0].on
    if last.kind == "stop":
        return f"{long_date(began)} to {long_date(last.on)}, {_span(began, last.on)}"
    return f"since {long_date(began)}, {_span(began, today)}"


def _span(first: date, last: date) -> str:
    days = (last - first).days
    return count(days, "day") if days < 14 else count(days // 7, "week")


def due_words(trial_kind: str, steps: Sequence[Step], tries: Sequence[InjectionTry], today: date) -> tuple[str, str]:
    """When the next injection is due, and the kind of its tag; nothing for any other treatment."""
    due_on = next_injection_on(steps, tries) if trial_kind == "injection" else None
    if due_on is None:
        return "", ""
    late = (today - due_on).days
    if late > 0:
        return f"Was due {long_date(due_on)}, {count(late, 'day')} late", "action"
    return f"Next due {dated(due_on, today)}", "reminder" if late > -8 else "neutral"


def _adherence(record: TrialRecord, today: date) -> str:
    last = next((row for row in record.adherence if row.status == "final"), None)
    return "" if last is None else adherence_words(last.percent, last.source, last.happened_on, today)


def adherence_words(share: int, source: str, on: date, today: date) -> str:
    """ "80 % taken, the person says so, 9 days ago"; ``share`` in percent, 0 to 100."""
    return f"{share} % taken, {ADHERENCE_SOURCES[source].lower()}, {days_ago(on, today)}"


def _actions(trial: TreatmentTrial) -> Iterator[Link]:
    def to(endpoint: str) -> str:
        return url_for(endpoint, patient_id=trial.patient_id, trial_id=trial.id)

    if trial.kind == "injection":
        yield Link("Record an injection", to("treatment.note_injection"))
    yield Link(_CHANGE[trial.kind], to("treatment.change"))
    yield Link("Note adherence", to("treatment.note_adherence"))
    yield Link("Stop", to("treatment.stop"))


def _history(record: TrialRecord, *, may_change: bool) -> Iterator[EntryShown]:
    entries: list[Entry] = [*record.steps, *record.adherence, *record.injections]
    entries.sort(key=lambda row: (row.happened_on, row.recorded_at), reverse=True)
    for row in entries:
        yield _show_entry(record.trial, row, may_change=may_change)


def _show_entry(trial: TreatmentTrial, row: Entry, *, may_change: bool) -> EntryShown:
    words, kind, detail = entry_words(trial, row)
    is_open = may_change and row.status == "final"
    is_start = isinstance(row, TrialStep) and row.kind == "start"
    name = entry_kind(row)
    return EntryShown(
        date=_when(row),
        words=words,
        kind=kind,
        detail=detail,
        by=row.recorded_by.name,
        is_void=row.status != "final",
        state=_state(row),
        correct_url=_entry_url("treatment.correct", trial, name, row.id) if is_open else "",
        withdraw_url=_entry_url("treatment.withdraw", trial, name, row.id) if is_open and not is_start else "",
    )


def entry_kind(row: Entry) -> str:
    """What it is called in addresses."""
    if isinstance(row, TrialStep):
        return "step"
    return "adherence" if isinstance(row, AdherenceCheck) else "injection"


def entry_words(trial: TreatmentTrial, row: Entry) -> tuple[str, str, str]:
    """What was noted: in words, the kind of its tag, and the detail."""
    if isinstance(row, AdherenceCheck):
        missed = f"no dose since {long_date(row.last_taken_on)}" if row.last_taken_on else ""
        return f"{row.percent} % taken or attended", "", _joined(ADHERENCE_SOURCES[row.source], missed, row.words)
    if isinstance(row, Injection):
        amount = f"{number(row.amount)} {UNITS[row.unit]}" if row.amount is not None else ""
        kind = "good" if row.outcome in COVERS else "action"
        return f"Injection: {OUTCOMES[row.outcome].lower()}", kind, _joined(amount, row.place, row.words)
    dose = dose_words(step_of(row), trial.kind)
    reason = STOP_REASONS[row.reason] if row.reason else ""
    anew = f"started anew after {row.restart_after_days} days without one" if row.restart_after_days else ""
    return f"{STEPS[row.kind]}{f': {dose}' if dose else ''}", "", _joined(reason, anew, row.words)


def differences(trial: TreatmentTrial, theirs: Entry, yours: EntryFacts | None) -> list[Difference]:
    """Where what a colleague saved differs from what was typed; its withdrawal, where it was withdrawn."""
    if theirs.status == "entered-in-error":
        return [Difference("State", f"Entered in error: {theirs.why}", "A correction" if yours else "Entered in error")]
    if yours is None:
        return [Difference("State", f"Corrected: {theirs.why}", "Entered in error")]
    pairs = [*zip(_fields_of_row(trial, theirs), _fields_of(trial, yours), strict=True), _classes(trial, yours)]
    return [Difference(name, saved, typed) for (name, saved), (_, typed) in pairs if saved != typed]


def _classes(trial: TreatmentTrial, yours: EntryFacts) -> tuple[tuple[str, str], tuple[str, str]]:
    """The class as it stands now, and as it was typed; alike where none was."""
    typed = yours.medicine_class if isinstance(yours, StepFacts) else None
    saved, mine = (CLASSES.get(each or "", "") for each in (trial.medicine_class, typed or trial.medicine_class))
    return ("Class", saved), ("Class", mine)


def _fields_of_row(trial: TreatmentTrial, row: Entry) -> list[tuple[str, str]]:
    words, _, detail = entry_words(trial, row)
    return [("Date", _when(row)), ("Entry", words), ("Detail", detail)]


def _fields_of(trial: TreatmentTrial, facts: EntryFacts) -> list[tuple[str, str]]:
    """The same fields of what was typed, worded by the same code."""
    row = _as_row(facts)
    return _fields_of_row(trial, row)


def _as_row(facts: EntryFacts) -> Entry:
    if isinstance(facts, AdherenceFacts):
        return AdherenceCheck(
            happened_on=facts.on,
            percent=facts.percent,
            source=facts.source,
            last_taken_on=facts.last_taken_on,
            words=facts.words,
            status="final",
        )
    if isinstance(facts, InjectionFacts):
        return Injection(
            happened_on=facts.on,
            outcome=facts.outcome,
            amount=facts.amount,
            unit=facts.unit,
            place=facts.place,
            words=facts.words,
            status="final",
        )
    return _step_row(facts)


def _step_row(facts: StepFacts) -> TrialStep:
    return TrialStep(
        kind=facts.kind,
        happened_on=facts.on,
        is_about=facts.is_about,
        amount=facts.amount,
        unit=facts.unit,
        every_days=facts.every_days,
        restart_after_days=facts.restart_after_days,
        frequency=facts.frequency,
        reason=facts.reason,
        words=facts.words,
        status="final",
    )


def trial_words(trial: TreatmentTrial) -> str:
    """The treatment a form is about."""
    return f"{trial.name}, {(CLASSES[trial.medicine_class] if trial.medicine_class else KINDS[trial.kind]).lower()}"


def starts_for(trial_kinds: Sequence[str], patient: IdentityHeader) -> list[Link]:
    """Where each kind of treatment is started."""
    labels = {"medication": "Medication", "injection": "Injection", "therapy": "Therapy", "other": "Other treatment"}
    return [
        Link(labels[kind], url_for("treatment.start", patient_id=patient.patient_id, trial_kind=kind))
        for kind in trial_kinds
    ]


def _when(row: Entry) -> str:
    day = long_date(row.happened_on)
    return f"about {day}" if isinstance(row, TrialStep) and row.is_about else day


def _state(row: Entry) -> str:
    if row.status == "entered-in-error":
        return f"Entered in error: {row.why}"
    if row.status == "amended":
        return "Corrected: an earlier version of this entry"
    return f"Corrects an earlier entry: {row.why}" if row.replaces_id else ""


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _entry_url(endpoint: str, trial: TreatmentTrial, kind: str, entry_id: object) -> str:
    return url_for(endpoint, patient_id=trial.patient_id, entry_kind=kind, entry_id=entry_id)
