"""What a trial is made of, what may follow what, and when the next injection is due. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

KINDS: Mapping[str, str] = {
    "medication": "Medication",
    "injection": "Long-acting injection",
    "therapy": "Psychotherapy",
    "other": "Other treatment",
}

CLASSES: Mapping[str, str] = {
    "antidepressant": "Antidepressant",
    "antipsychotic": "Antipsychotic",
    "mood-stabiliser": "Mood stabiliser",
    "anxiolytic": "Anxiolytic or hypnotic",
    "stimulant": "Stimulant",
    "addiction": "For substance use",
    "side-effects": "Against side effects",
    "other": "Other medicine",
}

ANTIPSYCHOTIC = "antipsychotic"
"""A class of ``CLASSES``."""

MAY_BE_MONITORED = frozenset({ANTIPSYCHOTIC, "mood-stabiliser"})
"""Classes of which somebody says whether a medicine is one of ``medicines.toml``: no list of names holds them all."""

BESIDE = frozenset({"addiction", "side-effects", "other"})
"""Classes of medicine for something else than what the scores follow: a change of one is no change of treatment."""

UNITS: Mapping[str, str] = {"mg": "mg", "mcg": "mcg", "g": "g", "ml": "ml", "units": "units", "drops": "drops"}

STEPS: Mapping[str, str] = {"start": "Started", "change": "Changed", "stop": "Stopped"}

STOP_REASONS: Mapping[str, str] = {
    "worked": "It did its work",
    "no-benefit": "No benefit, or not enough",
    "side-effects": "Side effects",
    "wish": "The person's wish",
    "adherence": "Not taken, or not attended",
    "interaction": "Interaction, pregnancy or another illness",
    "access": "Cost or access",
    "completed": "Planned end",
    "other": "Other reason",
}

OUTCOMES: Mapping[str, str] = {
    "given": "Given",
    "given-elsewhere": "Given elsewhere",
    "refused": "Refused",
    "not-in-stock": "Not in stock",
}
"""What became of an injection on a day. Only the first two cover the person."""

COVERS = frozenset({"given", "given-elsewhere"})

ADHERENCE_SOURCES: Mapping[str, str] = {
    "person": "The person says so",
    "count": "Pills or packs counted",
    "pharmacy": "Pharmacy record",
    "observed": "Observed",
    "other": "Somebody else says so",
}

HAS_DOSE = frozenset({"medication", "injection"})
"""Kinds whose steps carry an amount; the others carry how often in words."""

SHORTEST_INTERVAL, LONGEST_INTERVAL = 7, 366
"""Days between two injections that may be entered: weekly to yearly."""

LONGEST_RESTART = 730
"""Days after an injection from which it is started anew that may be entered."""


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step of a trial that stands: its start, a change, or its stop."""

    kind: str
    on: date
    amount: Decimal | None = None
    unit: str = ""
    every_days: int | None = None
    restart_after_days: int | None = None
    frequency: str = ""


@dataclass(frozen=True, slots=True)
class InjectionTry:
    """What became of an injection on a day."""

    on: date
    outcome: str


def misplaced(kind: str, on: date, others: Iterable[Step]) -> str | None:
    """Why a step of this kind cannot stand on this day beside the ``others`` of its trial, or ``None``.

    A trial starts once, first; it stops once, last. Two changes on one day contradict each other.
    """
    others = list(others)
    begins = next((each.on for each in others if each.kind == "start"), None)
    ends = next((each.on for each in others if each.kind == "stop"), None)
    if kind == "start" and any(each.on < on for each in others):
        return "Enter a start that is not later than the first change or the stop"
    if kind != "start" and begins is not None and on < begins:
        return "Enter a date that is not before the treatment started"
    if kind == "stop" and ends is not None:
        return "This treatment has stopped already. Correct that entry instead"
    if kind == "stop" and any(each.on > on for each in others):
        return "Enter a stop that is not before the last change"
    if kind != "stop" and ends is not None and on > ends:
        return "Enter a date that is not after the treatment stopped"
    if kind == "change" and any(each.kind == "change" and each.on == on for each in others):
        return "A change of that day is on record. Correct that entry instead"
    return None


def starts_too_late(on: date, noted: Iterable[date]) -> str | None:
    """Why a treatment cannot have started on this day: an injection or adherence was ``noted`` on an earlier one."""
    first = min(noted, default=None)
    if first is None or on <= first:
        return None
    return f"Enter a start that is not later than {first.day} {first:%b %Y}, when an injection or adherence was noted"


def outside(on: date, steps: Iterable[Step]) -> str | None:
    """Why something noted of a trial cannot have happened on this day, or ``None``."""
    steps = list(steps)
    if any(each.kind == "start" and on < each.on for each in steps):
        return "Enter a date that is not before the treatment started"
    if any(each.kind == "stop" and on > each.on for each in steps):
        return "Enter a date that is not after the treatment stopped"
    return None


def next_injection_on(steps: Sequence[Step], injections: Iterable[InjectionTry]) -> date | None:
    """The day the next injection is due: one interval after the last that covered the person, else the first day.

    ``None`` after a stop, and where no interval is on record. A refusal or an empty shelf moves nothing.
    """
    stands = in_force(steps)
    if stands is None or stands.kind == "stop" or stands.every_days is None:
        return None
    covering = [each.on for each in injections if each.outcome in COVERS]
    if covering:
        return max(covering) + timedelta(days=stands.every_days)
    return next((each.on for each in steps if each.kind == "start"), None)


@dataclass(frozen=True, slots=True)
class Cover:
    """From the first injection to the day up to which the last one held: ``percent`` of the days were covered."""

    began_on: date
    until: date
    percent: int


def cover(steps: Sequence[Step], injections: Iterable[InjectionTry]) -> Cover | None:
    """How well injections covered the person: each until the next is due by the rhythm of its day, at most to the stop.

    ``None`` before the first, and where no rhythm is on record.
    """
    given = sorted(each.on for each in injections if each.outcome in COVERS)
    spans = [(on, on + timedelta(days=every)) for on in given if (every := _every_days(steps, on)) is not None]
    if not spans:
        return None
    stopped_on = next((each.on for each in steps if each.kind == "stop"), None)
    began_on, until = spans[0][0], max(ends for _, ends in spans)
    until = until if stopped_on is None else min(until, stopped_on)
    days, covered_to = 0, began_on
    for begins, ends in spans:
        first, last = max(begins, covered_to), min(ends, until)
        days += max((last - first).days, 0)
        covered_to = max(covered_to, last)
    whole = (until - began_on).days
    return Cover(began_on, until, 100 * days // whole) if whole > 0 else None


def _every_days(steps: Sequence[Step], on: date) -> int | None:
    """The rhythm in force on a day; of a day before the first, the first rhythm."""
    known = [each for each in in_order(steps) if each.every_days is not None]
    past = [each for each in known if each.on <= on]
    return (past[-1] if past else known[0]).every_days if known else None


def restart_on(steps: Sequence[Step], injections: Iterable[InjectionTry]) -> date | None:
    """The day from which the injection has to be started anew: so many days after the last that covered the person.

    ``None`` after a stop, before the first, and where nobody entered after how many days that is. A change that leaves
    the interval as it was and does not say leaves this as it was too.
    """
    stands = in_force(steps)
    covering = [each.on for each in injections if each.outcome in COVERS]
    if stands is None or stands.kind == "stop" or not covering:
        return None
    alike = [each for each in in_order(steps) if each.every_days == stands.every_days]
    after = next((each.restart_after_days for each in reversed(alike) if each.restart_after_days is not None), None)
    return None if after is None else max(covering) + timedelta(days=after)


def in_force(steps: Sequence[Step]) -> Step | None:
    """The last step."""
    return max(steps, key=_order, default=None)


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Start first, stop last, changes by day between."""
    return sorted(steps, key=_order)


def _order(step: Step) -> tuple[date, int]:
    return step.on, list(STEPS).index(step.kind)


def dose_words(step: Step, trial_kind: str) -> str:
    """ "900 mg a day", "150 mg every 4 weeks", "weekly"; nothing where nothing is known."""
    if trial_kind not in HAS_DOSE:
        return step.frequency
    amount = "" if step.amount is None else f"{_plain(step.amount)} {UNITS[step.unit]}"
    if trial_kind == "injection":
        return " ".join(each for each in (amount, interval_words(step.every_days)) if each)
    return f"{amount} a day" if amount else ""


def interval_words(days: int | None) -> str:
    """ "every 4 weeks", "every 30 days"."""
    if days is None:
        return ""
    if days % 7 == 0:
        weeks = days // 7
        return "every week" if weeks == 1 else f"every {weeks} weeks"
    return f"every {days} days"


def change_words(name: str, trial_kind: str, step: Step, before: Step | None) -> str:
    """A step as a sentence says it: "lithium 600 mg a day → 900 mg a day", "sertraline stopped"."""
    now = dose_words(step, trial_kind)
    if step.kind == "stop":
        return f"{name} stopped"
    if step.kind == "start":
        return f"{name} started, {now}" if now else f"{name} started"
    was = dose_words(before, trial_kind) if before is not None else ""
    return f"{name} {was} → {now}" if was and now else f"{name} changed to {now or 'a dose not recorded'}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
