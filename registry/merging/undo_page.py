"""What the undo of a merge will do, and what somebody has to say first, in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from registry.merging.presenters import NOUNS, amounts
from registry.merging.rules import Obstacle
from registry.merging.tables import Row, Rows, is_made_since
from registry.merging.undoing import Return
from registry.patients.around import DIRECTIVES, LEGAL_STATUSES, RELATIONS
from registry.patients.presenters.person import IdentityHeader
from registry.patients.rules import CONTACT_KINDS, PAYERS

if TYPE_CHECKING:
    from registry.merging.forms import Asked, UndoMergeForm


@dataclass(frozen=True, slots=True)
class UndoMergePage:
    """What goes back, what stays, and what has to be said."""

    title: str
    patient: IdentityHeader
    merged: str
    consequences: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
    form: UndoMergeForm
    back_url: str


def undo_consequences(going: Return, standing: Rows, *, stays: str, goes: str, merged_at: datetime) -> tuple[str, ...]:
    """What the undo will do, in plain words."""
    return tuple(_consequences(going, standing, stays=stays, goes=goes, merged_at=merged_at))


def _consequences(going: Return, standing: Rows, *, stays: str, goes: str, merged_at: datetime) -> Iterator[str]:
    yield f"Goes back to MRN {goes}: {amounts({name: len(keys) for name, keys in going.rows.items()})}."
    if with_it := amounts(_without_alerts(going.entered_since)):
        yield (
            "Among it, entered since the merge on what goes back, or at a clinic that came to see "
            f"MRN {stays} only by the merge or by what goes back: {with_it}."
        )
    left = amounts(_without_alerts(_entered_after(standing, going, merged_at)))
    yield f"Entered since the merge and stays on MRN {stays}: {left or 'nothing'}."
    if going.asked:
        yield "Of what is asked below nothing tells whose it is: it goes or stays as you say."
    if changed := amounts(going.changed_since):
        yield f"Changed since the merge, and stays as it is now: {changed}."
    yield (
        f"MRN {goes} is a record of its own again, found by its number and seen by the clinics that saw it, "
        "and by those that came to care for this person since."
    )


def _without_alerts(numbers: Mapping[str, int]) -> Mapping[str, int]:
    """Nobody enters an alert: rules open them, and look again after the undo."""
    return {name: number for name, number in numbers.items() if name != "alert"}


def _entered_after(standing: Rows, going: Return, instant: datetime) -> dict[str, int]:
    """By table, how many rows were entered since and stay, whatever is said of the others."""
    asked = set(going.asked)
    return {
        name: sum(
            key not in going.rows[name] and (name, key) not in asked and is_made_since(name, key, instant)
            for key in standing[name]
        )
        for name in NOUNS
    }


def asked_about(
    going: Return, standing: Rows, entered: Mapping[uuid.UUID, str], make: type[Asked], *, stays: str, goes: str
) -> list[Asked]:
    """The questions. ``entered``: row → the name of whoever entered it, where that is known."""
    return [
        make(
            key[0],
            f"{_told(name, standing[name][key])}, entered by {entered.get(key[0], 'nobody known')}",
            f"It goes back to MRN {goes}",
            f"It stays on MRN {stays}",
        )
        for name, key in going.asked
    ]


def _told(table: str, row: Row) -> str:
    if table == "contact_point":
        return f"{CONTACT_KINDS[row['kind']]}: {row['value'] or row['note']}"
    if table == "related_person":
        return f"{RELATIONS[row['relation']]}: {row['name']}"
    if table == "legal_status":
        return f"Legal status: {LEGAL_STATUSES[row['kind']].lower()}"
    if table == "payer_period":
        return f"Payer: {PAYERS[row['payer']]}"
    return f"Psychiatric advance directive: {DIRECTIVES[row['answer']].lower()}"
