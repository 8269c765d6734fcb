"""Who signed for which number on consensus, at which clinic, and who withdrew it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.accounts.queries import names_of
from registry.clinics.models import AdoptedFigure, Clinic
from registry.clinics.queries import as_adoptable, list_adopted
from registry.measures.adoption import Adoptable, signable_keys
from registry.measures.instrument import Instrument
from registry.web.filters import long_date


@dataclass(frozen=True, slots=True)
class Signature:
    """A number in force at a clinic, in words."""

    number: Adoptable
    words: str


def signatures_of(instrument: Instrument, clinics: Iterable[Clinic]) -> tuple[Signature, ...]:
    """What is in force of the instrument at these clinics. Two statements."""
    known = {clinic.id: clinic for clinic in clinics}
    rows = [row for row in list_adopted(known, signable_keys(instrument)) if row.withdrawn_at is None]
    names = names_of({row.signed_by_id for row in rows})
    return tuple(
        Signature(
            as_adoptable(row), f"In force at {known[row.clinic_id].name}. {_signed(row, known[row.clinic_id], names)}"
        )
        for row in rows
    )


def history_words(rows: Sequence[AdoptedFigure], clinic: Clinic) -> Mapping[Adoptable, list[str]]:
    """Number → each signature the clinic gave, with its reason and whether it was withdrawn. One statement."""
    people = {row.signed_by_id for row in rows} | {row.withdrawn_by_id for row in rows if row.withdrawn_by_id}
    names = names_of(people)
    said: dict[Adoptable, list[str]] = defaultdict(list)
    for row in rows:
        said[as_adoptable(row)].append(_signed(row, clinic, names) + f" ({row.why})" + _withdrawn(row, clinic, names))
    return said


def signed_of(signatures: Iterable[Signature], key: str, version: str) -> Mapping[str, list[str]]:
    """Of one scale or item: the name of each number in force → who signed for it where."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in signatures:
        if (each.number.scale, each.number.version) == (key, version):
            found[each.number.figure].append(each.words)
    return found


def _signed(row: AdoptedFigure, clinic: Clinic, names: Mapping[uuid.UUID, str]) -> str:
    day = long_date(row.signed_at.astimezone(clinic.zone).date())
    return f"Signed by {names.get(row.signed_by_id, 'somebody')} on {day}"


def _withdrawn(row: AdoptedFigure, clinic: Clinic, names: Mapping[uuid.UUID, str]) -> str:
    if row.withdrawn_at is None or row.withdrawn_by_id is None:
        return ""
    day = long_date(row.withdrawn_at.astimezone(clinic.zone).date())
    return f"; withdrawn by {names.get(row.withdrawn_by_id, 'somebody')} on {day} ({row.why_withdrawn})"
