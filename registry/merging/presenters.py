"""Two records side by side, what a merge will do and what its undo will, in words."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import url_for

from registry.clinics.models import Clinic
from registry.episodes.rules import PHASE_TITLES
from registry.merging.queries import Record
from registry.merging.rules import CHOSEN, Obstacle, better_guess, give_way
from registry.merging.settling import DIRECTIVE
from registry.patients.around import DIRECTIVES
from registry.patients.facts import PatientFacts
from registry.patients.presenters.person import IdentityHeader, LikelyPerson, in_words
from registry.web.filters import count, long_date

if TYPE_CHECKING:
    from registry.merging.forms import Choice, FindRecordForm, MergeForm

NOUNS: Mapping[str, tuple[str, str]] = {
    "episode": ("episode", "enrolled_on"),
    "measurement": ("measure", "taken_on"),
    "contact": ("contact", "took_place_on"),
    "treatment_trial": ("treatment", ""),
    "injection": ("injection", "happened_on"),
    "goal": ("goal", "set_on"),
    "plan_version": ("plan version", "written_on"),
    "review": ("case review", "reviewed_on"),
    "danger_report": ("reported danger", "reported_on"),
    "related_person": ("related person", ""),
    "legal_status": ("legal status entry", "starts_on"),
    "contact_point": ("contact point", ""),
    "payer_period": ("payer period", "starts_on"),
    "task": ("task", "due_on"),
    "alert": ("alert", "since"),
}
"""Table → what one row is called, and the column of its local date; the others hang on these."""

NONE = "None"
_DIRECTIVE_LABEL = "Psychiatric advance directive"


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of the comparison."""

    label: str
    kept: str
    other: str
    is_different: bool
    """Somebody chooses which of the two stands."""


@dataclass(frozen=True, slots=True)
class FindRecordPage:
    """Which record is of the same person."""

    title: str
    patient: IdentityHeader
    form: FindRecordForm
    alike: tuple[LikelyPerson, ...]
    back_url: str


@dataclass(frozen=True, slots=True)
class MergePage:
    """Two records side by side, and what will happen."""

    title: str
    patient: IdentityHeader
    kept_mrn: str
    other_mrn: str
    pairs: tuple[Pair, ...]
    consequences: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
    form: MergeForm
    swap_url: str
    back_url: str
    was_changed: bool = False


def compare_url(patient_id: uuid.UUID, other_id: uuid.UUID) -> str:
    return url_for("merging.compare", patient_id=patient_id, other_id=other_id)


def differing(
    kept: Record, other: Record, facts: tuple[PatientFacts, PatientFacts], make: type[Choice]
) -> list[Choice]:
    """The fields somebody has to choose in."""
    ours, theirs = (in_words(each) for each in facts)
    found = [
        make(
            column,
            label,
            f"{ours[label] or NONE} · MRN {kept.patient.mrn}",
            f"{theirs[label] or NONE} · MRN {other.patient.mrn}",
            better_guess(getattr(kept.patient, column), getattr(other.patient, column)),
        )
        for column, label in CHOSEN.items()
        if ours[label] != theirs[label]
    ]
    left, right = _directive(kept), _directive(other)
    if kept.rows[DIRECTIVE] and other.rows[DIRECTIVE] and left != right:
        says_more = better_guess("" if left == DIRECTIVES["none"] else left, right)
        found.append(
            make(
                DIRECTIVE,
                _DIRECTIVE_LABEL,
                f"{left} · MRN {kept.patient.mrn}",
                f"{right} · MRN {other.patient.mrn}",
                says_more,
            )
        )
    return found


def pairs(
    kept: Record,
    other: Record,
    facts: tuple[PatientFacts, PatientFacts],
    clinics: Mapping[uuid.UUID, Clinic],
    zone: ZoneInfo,
) -> tuple[Pair, ...]:
    """Both records, line by line; what neither has is left out. ``zone``: whose days are told."""
    ours, theirs = (in_words(each) for each in facts)
    lines = [(label, ours[label], theirs[label]) for label in ours]
    lines.append((_DIRECTIVE_LABEL, _directive(kept), _directive(other)))
    lines.append(("How to reach", _reach(kept), _reach(other)))
    lines.append(("Episodes", _episodes(kept, clinics), _episodes(other, clinics)))
    lines.append(("Open alerts", _alerts(kept), _alerts(other)))
    lines += [
        (f"{noun[0].upper()}{noun[1:]}s", _counted(kept, table, day), _counted(other, table, day))
        for table, (noun, day) in NOUNS.items()
        if table not in ("episode", "contact_point", "alert", "legal_status")
    ]
    added = [long_date(each.patient.created_at.astimezone(zone).date()) for each in (kept, other)]
    lines.append(("Added on", added[0], added[1]))
    said = (line for line in lines if line[1] or line[2])
    chosen = {*CHOSEN.values(), _DIRECTIVE_LABEL}
    return tuple(
        Pair(label, left or NONE, right or NONE, label in chosen and left != right) for label, left, right in said
    )


def consequences(kept: Record, other: Record, clinics: Mapping[uuid.UUID, Clinic]) -> tuple[str, ...]:
    """What the merge will do, in plain words."""
    return tuple(_consequences(kept, other, clinics))


def _consequences(kept: Record, other: Record, clinics: Mapping[uuid.UUID, Clinic]) -> Iterator[str]:
    stays, goes = f"MRN {kept.patient.mrn}", f"MRN {other.patient.mrn}"
    moved = amounts({table: len(other.rows[table]) for table in NOUNS})
    yield f"Everything on {goes} moves to {stays}: {moved or 'nothing but who the person is'}."
    yield f"{goes} is kept as a former number: a search, an import or an old link with it leads to {stays}."
    if all(_open_safety(record) for record in (kept, other)):
        yield (
            "The two open safety alerts become one: the more pressing stays open, what the other tells of is added "
            "to it, and both histories are kept."
        )
    if any(row["is_primary"] and give_way(_primary(kept), _span(row)) for row in other.of("payer_period")):
        yield f"On days for which both name a primary payer, that of {stays} is it; the other is kept beside it."
    if kept.rows["plan_version"] and other.rows["plan_version"]:
        yield "Every version of every plan is kept; of each plan the one talked through last is in force."
    seeing = sorted(clinics[clinic_id].name for clinic_id in {*kept.side.seen_by, *other.side.seen_by})
    yield f"Who sees the whole record afterwards: {', '.join(seeing)}. The merge stands in their record of changes."
    yield "The merge can be undone from the person's details: what was moved goes back."


def amounts(numbers: Mapping[str, int]) -> str:
    """ "2 episodes, 1 contact", of what has a name of its own."""
    return ", ".join(count(numbers[name], noun) for name, (noun, _) in NOUNS.items() if numbers.get(name))


def _counted(record: Record, table: str, day: str) -> str:
    rows = record.of(table)
    if not rows:
        return ""
    days = [on for row in rows if day and isinstance(on := row[day], date)]
    return f"{len(rows)}, last {long_date(max(days))}" if days else str(len(rows))


def _episodes(record: Record, clinics: Mapping[uuid.UUID, Clinic]) -> str:
    rows = sorted(record.rows["episode"].values(), key=lambda row: row["referred_on"])
    return "; ".join(
        f"{clinics[row['clinic_id']].name}, since {long_date(row['enrolled_on'] or row['referred_on'])}, "
        + (PHASE_TITLES[row["phase"]].lower() if row["ended_on"] is None else f"ended {long_date(row['ended_on'])}")
        for row in rows
    )


def _reach(record: Record) -> str:
    rows = [row for row in record.rows["contact_point"].values() if row["ended_at"] is None]
    return "; ".join(str(row["value"] or row["note"]) for row in rows)


def _directive(record: Record) -> str:
    for row in record.rows[DIRECTIVE].values():
        kept_at = f", kept: {row['kept_at']}" if row["kept_at"] else ""
        return f"{DIRECTIVES[row['answer']]}{kept_at}"
    return ""


def _alerts(record: Record) -> str:
    number = sum(row["closed_at"] is None for row in record.rows["alert"].values())
    about_safety = ", one about safety" if _open_safety(record) else ""
    return f"{number}{about_safety}" if number else ""


def _open_safety(record: Record) -> bool:
    return any(row["is_safety"] and row["closed_at"] is None for row in record.rows["alert"].values())


def _primary(record: Record) -> Collection[tuple[date, date | None]]:
    return [_span(row) for row in record.rows["payer_period"].values() if row["is_primary"]]


def _span(row: Mapping[str, object]) -> tuple[date, date | None]:
    starts_on, ends_on = row["starts_on"], row["ends_on"]
    if not isinstance(starts_on, date) or not (ends_on is None or isinstance(ends_on, date)):
        raise TypeError("a payer's period has dates")
    return starts_on, ends_on


def needed_clinics(*records: Record) -> Sequence[uuid.UUID]:
    """The clinics these presenters name."""
    seeing = {clinic_id for record in records for clinic_id in record.side.seen_by}
    entering = {
        row["clinic_id"]
        for record in records
        for of_table in record.rows.values()
        for row in of_table.values()
        if row.get("clinic_id") is not None
    }
    return sorted(seeing | entering)
