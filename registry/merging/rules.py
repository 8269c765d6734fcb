"""What stands in the way of a merge, and which of two values is the better guess. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

KEPT, OTHER = "kept", "other"
"""Whose value stands where the two records differ: that of the record that stays, or of the one merged into it."""

CHOSEN: Mapping[str, str] = {
    "legal_given": "Legal given name",
    "legal_family": "Legal family name",
    "used_name": "Name in use",
    "pronouns": "Pronouns",
    "birth_date": "Birth date",
    "sex": "Sex",
    "gender_identity": "Gender identity",
    "races": "Race",
    "ethnicity": "Ethnicity",
    "languages": "Languages",
    "needs_interpreter": "Interpreter",
    "primary_care": "Primary care provider",
}
"""Column of ``Patient`` → its label: what somebody chooses where the two differ."""

_SAYS_NOTHING: tuple[object, ...] = ("", [], None, "unknown")

_SEES_WITHOUT_CARE = {
    "registered": "added the person and has no episode with them",
    "transfer": "was asked to take the person over and has not answered",
    "break-glass": "has emergency access for the moment",
}

_FOR_THE_MOMENT = frozenset({"transfer", "break-glass"})
"""Reasons that end by themselves: they would not, carried over to a record seen for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two records, as far as it decides whether they can be merged. Clinics and users by id."""

    mrn: str
    died_on: date | None
    open_at: frozenset[uuid.UUID]
    """Clinics with an open episode."""
    has_legal_status: bool
    """One is in force."""
    drafts_of: frozenset[uuid.UUID]
    """Who has begun to write down a contact."""
    seen_by: Mapping[uuid.UUID, str]
    """Clinics that see the record, and why."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why two records cannot be merged now, and what to do about it."""

    words: str
    remedy: str


SEEN_ELSEWHERE = Obstacle(
    "A clinic you do not lead sees one of the two records.",
    "Ask somebody who leads every clinic that sees either: each would come to see what the others entered.",
)


def is_seen_elsewhere(seen_by: Collection[uuid.UUID], led: Collection[uuid.UUID]) -> bool:
    """Whether a clinic that is none of those ``led`` sees a record: neither a merge nor an undo is theirs then."""
    return bool(set(seen_by) - set(led))


def obstacles(
    kept: Side, other: Side, names: Mapping[uuid.UUID, str], *, led: Collection[uuid.UUID]
) -> tuple[Obstacle, ...]:
    """Everything that stands in the way of somebody who leads the clinics ``led``. ``names`` of clinics and users.

    Of clinics led by others nothing is told, not even their names.
    """
    if is_seen_elsewhere({*kept.seen_by, *other.seen_by}, led):
        return (SEEN_ELSEWHERE,)
    return tuple(_obstacles(kept, other, names))


def _obstacles(kept: Side, other: Side, names: Mapping[uuid.UUID, str]) -> Iterator[Obstacle]:
    for clinic_id in sorted(kept.open_at & other.open_at):
        yield Obstacle(
            f"Both records have an open episode at {names[clinic_id]}.",
            "End the one that was opened by mistake, then merge.",
        )
    if kept.died_on != other.died_on:
        yield Obstacle(
            "The two records do not say the same about the person's death.",
            "Record the death on the other record, or correct its date, then merge.",
        )
    if kept.has_legal_status and other.has_legal_status:
        yield Obstacle(
            "Both records have a legal status in force.",
            "End the one that no longer holds, or mark it as entered in error, then merge.",
        )
    for user_id in sorted(kept.drafts_of & other.drafts_of):
        yield Obstacle(
            f"{names[user_id]} has begun to write down a contact on both records.",
            "Ask them to record one of the two or to throw it away, then merge.",
        )
    for one, another in ((kept, other), (other, kept)):
        yield from _newly_seen(one, another, names)


def _newly_seen(one: Side, another: Side, names: Mapping[uuid.UUID, str]) -> Iterator[Obstacle]:
    """Clinics that see the one record without care or for the moment, and would come to see the other as well."""
    for clinic_id, why in sorted(one.seen_by.items()):
        is_new = clinic_id not in another.seen_by or why in _FOR_THE_MOMENT
        if is_new and why in _SEES_WITHOUT_CARE:
            yield Obstacle(
                f"{names[clinic_id]} sees MRN {one.mrn} because it {_SEES_WITHOUT_CARE[why]}: "
                f"it would come to see what other clinics entered on MRN {another.mrn}.",
                "Answer the transfer first."
                if why == "transfer"
                else f"Have {names[clinic_id]} refer the person into its care first, or wait until its access ends.",
            )


def better_guess(kept: object, other: object) -> str:
    """Whose value is offered first: the one that says something, else that of the record that stays.

    >>> better_guess("", "she / her")
    'other'
    >>> better_guess("unknown", "")
    'kept'
    """
    return OTHER if kept in _SAYS_NOTHING and other not in _SAYS_NOTHING else KEPT


def give_way(primary: Collection[tuple[date, date | None]], own: tuple[date, date | None]) -> bool:
    """Whether a primary payer's period meets one of those that stay: there is one primary payer at a time."""
    start, end = own
    return any((end is None or begins <= end) and (ends is None or start <= ends) for begins, ends in primary)
