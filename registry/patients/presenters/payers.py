"""Who pays for somebody's care, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from registry.patients.around import is_in_force
from registry.patients.facts import PayerFacts
from registry.patients.models import PayerPeriod
from registry.patients.presenters.edit_page import Difference, differing
from registry.patients.rules import PAYERS
from registry.web.filters import long_date


@dataclass(frozen=True, slots=True)
class PayerLine:
    """One period."""

    words: str
    detail: str
    change_url: str


def payer_lines(periods: Sequence[PayerPeriod], today: date) -> tuple[tuple[PayerLine, ...], tuple[PayerLine, ...]]:
    """The periods that hold today, the primary payer first, and all others."""
    holding = [each for each in periods if is_in_force(today, starts_on=each.starts_on, ends_on=each.ends_on)]
    others = [each for each in periods if each not in holding]
    return tuple(map(_line, sorted(holding, key=lambda each: not each.is_primary))), tuple(map(_line, others))


def span_words(period: PayerPeriod) -> str:
    """since 1 Jan 2026; 1 Jan 2025 to 31 Dec 2025."""
    if period.ends_on is None:
        return f"since {long_date(period.starts_on)}"
    return f"{long_date(period.starts_on)} to {long_date(period.ends_on)}"


def _line(period: PayerPeriod) -> PayerLine:
    member = f", member number {period.member_number}" if period.member_number else ""
    return PayerLine(
        words=f"{PAYERS[period.payer]} ({_rank(period)})",
        detail=span_words(period) + member,
        change_url=url_for("patients.change_payer", patient_id=period.patient_id, payer_id=period.id),
    )


def _rank(period: PayerPeriod | PayerFacts) -> str:
    return "primary" if period.is_primary else "secondary"


def payer_differences(theirs: PayerPeriod, yours: PayerFacts) -> tuple[Difference, ...]:
    """The fields in which what is stored differs from what was typed, in words."""
    return differing(
        [
            ("Payer", PAYERS[theirs.payer], PAYERS[yours.payer]),
            ("Pays", _rank(theirs), _rank(yours)),
            ("Member number", theirs.member_number, yours.member_number),
            ("Since", long_date(theirs.starts_on), long_date(yours.starts_on)),
            ("Until", _day(theirs.ends_on), _day(yours.ends_on)),
        ]
    )


def _day(day: date | None) -> str:
    return long_date(day) if day else ""
