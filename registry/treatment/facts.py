"""What is entered of a treatment. Every ``on`` is the local date of service; ``is_about``: known only roughly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """A start, a change or a stop. ``amount``: a day for medication, an injection for injections; > 0.

    ``every_days`` 7 to 366, of injections only; ``restart_after_days`` later than that: so many days after the last one
    it has to be started anew. ``frequency`` in words, of therapy and other treatment.
    ``reason`` of a stop: one of ``rules.STOP_REASONS``. ``ingredient`` of a corrected start of medication: one of
    ``medicines.toml``, "" where it is none of them, None where it stays what it was; ``medicine_class`` likewise: one
    of ``rules.CLASSES``, None where it stays.
    """

    kind: str
    on: date
    is_about: bool = False
    amount: Decimal | None = None
    unit: str = ""
    every_days: int | None = None
    restart_after_days: int | None = None
    frequency: str = ""
    reason: str | None = None
    ingredient: str | None = None
    medicine_class: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFacts:
    """A treatment and how it starts. ``product`` is a key of ``injections.toml``, of injections only;
    ``ingredient`` one of ``medicines.toml``, of medication only, None where it is none of them.
    """

    kind: str
    name: str
    start: StepFacts
    medicine_class: str | None = None
    product: str | None = None
    ingredient: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdherenceFacts:
    """How much of what was agreed was taken or attended, in percent (0 to 100; 0 is an answer), and who says so.

    ``last_taken_on``: no dose has been taken since that day; None while doses are taken.
    """

    on: date
    percent: int
    source: str
    words: str = ""
    last_taken_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionFacts:
    """What became of an injection on a day. ``amount`` as given; ``place`` the site, or who gave it elsewhere."""

    on: date
    outcome: str
    amount: Decimal | None = None
    unit: str = ""
    place: str = ""
    words: str = ""


EntryFacts = StepFacts | AdherenceFacts | InjectionFacts
