"""What goes back when a merge is undone, what stays, and whether the two can be told apart."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from registry.access.reviewed_sql import Key
from registry.merging.rules import Obstacle
from registry.merging.tables import Row, Rows, is_made_since, row_id, stored, ties_of
from registry.patients.models import MergedRow, Patient

NOT_APART = Obstacle(
    "What was entered since is tied to what would go back: the two can no longer be told apart.",
    "Leave the records merged, and mark as entered in error what belongs to somebody else.",
)

MERGED_ON = Obstacle(
    "The record that stayed was itself merged into another since.",
    "Undo that merge first.",
)

DEATH_SINCE = Obstacle(
    "A death was recorded since the merge: the undo cannot know which of the two people died.",
    "Take it back, undo the merge, then record it on the record it belongs to; refer again whoever is alive.",
)

DEATH_CHANGED = Obstacle(
    "The death on record was taken back or its date changed since the merge.",
    "Record it as it was, undo the merge, then correct it on the record it belongs to.",
)

_OTHER_ENTITIES = frozenset({"patient", "patient_clinic"})


@dataclass(frozen=True, slots=True)
class Return:
    """``rows`` go back, by table; ``restored`` are the written-down rows whose columns are put back as they were."""

    rows: Mapping[str, frozenset[Key]]
    restored: frozenset[uuid.UUID]
    entered_since: Mapping[str, int]
    """By table, how many of them were entered since the merge."""
    changed_since: Mapping[str, int]
    """By table, how many stay as somebody changed them since."""
    obstacles: tuple[Obstacle, ...]


def plan_return(written: Iterable[MergedRow], standing: Rows, *, merged_at: datetime) -> Return:
    """``written``: what the merge moved or changed; ``standing``: what the record that stayed holds now.

    A row entered since goes back where it hangs on a row that does: a contact's correction, a score, a review of an
    episode; and where a clinic entered it that saw the record only by the merge: it meant the person it knows. Where
    a row would have to be in both places, nothing goes.
    """
    written = list(written)
    moved = {(row.entity, row.row_id) for row in written if row.is_moved}
    going: dict[str, set[Key]] = {
        name: {key for key in rows if (name, row_id(name, key)) in moved} for name, rows in standing.items()
    }
    named = {name: set(keys) for name, keys in going.items()}
    for name, key in _entered_by(_returning(written, going, standing), standing, merged_at):
        going[name].add(key)
    while _follow(going, standing):
        pass
    restored, changed = _unchanged(written, standing)
    follow = {name: [key for key in keys - named[name] if row_id(name, key)] for name, keys in going.items()}
    return Return(
        rows={name: frozenset(keys) for name, keys in going.items()},
        restored=frozenset(restored),
        entered_since={name: len(keys) for name, keys in follow.items() if keys},
        changed_since=changed,
        obstacles=(NOT_APART,) if _is_torn(going, standing) else (),
    )


def find_undo_obstacles(kept: Patient, other: Patient, going: Return) -> tuple[Obstacle, ...]:
    """What stands in the way of taking ``going`` back from ``kept`` to ``other``."""
    if kept.merged_into_id is not None:
        return (MERGED_ON,)
    if kept.died_on != other.died_on:
        return (DEATH_SINCE if other.died_on is None else DEATH_CHANGED, *going.obstacles)
    return going.obstacles


def _returning(written: Iterable[MergedRow], going: Mapping[str, set[Key]], standing: Rows) -> set[uuid.UUID]:
    """The clinics that see the record only by the merge, and have no episode that stays."""
    let_in = {row.row_id for row in written if row.entity == "patient_clinic" and not row.before}
    return let_in - {row["clinic_id"] for key, row in standing["episode"].items() if key not in going["episode"]}


def _entered_by(clinic_ids: Collection[uuid.UUID], standing: Rows, since: datetime) -> Iterator[tuple[str, Key]]:
    """What these clinics entered since and hangs on nothing, by table and key."""
    return (
        (name, key)
        for name, rows in standing.items()
        for key, row in rows.items()
        if row.get("clinic_id") in clinic_ids
        and is_made_since(name, key, since)
        and all(row[tie.column] is None for tie in ties_of(name))
    )


def _follow(going: dict[str, set[Key]], standing: Rows) -> bool:
    """Take along what hangs on what goes; whether there was any."""
    found = False
    for name, rows in standing.items():
        for key, row in rows.items():
            if key not in going[name] and any(_goes(going, tie.table, row[tie.column]) for tie in ties_of(name)):
                going[name].add(key)
                found = True
    return found


def _is_torn(going: Mapping[str, set[Key]], standing: Rows) -> bool:
    """Whether something that goes hangs on something that stays."""
    return any(
        row[tie.column] is not None
        and (row[tie.column],) in standing[tie.table]
        and not _goes(going, tie.table, row[tie.column])
        for name, keys in going.items()
        for row in (standing[name][key] for key in keys)
        for tie in ties_of(name)
    )


def _goes(going: Mapping[str, set[Key]], table: str, parent: uuid.UUID | None) -> bool:
    return parent is not None and (parent,) in going[table]


def _unchanged(written: Iterable[MergedRow], standing: Rows) -> tuple[set[uuid.UUID], Counter[str]]:
    """Of the rows a merge changed those that are as it left them; and how many are not, by table."""
    restored, changed = set(), Counter[str]()
    for row in written:
        now = None if row.entity in _OTHER_ENTITIES else standing[row.entity].get((row.row_id,))
        if now is None or not row.before:
            continue
        if _is_as_left(now, row):
            restored.add(row.id)
        else:
            changed[row.entity] += 1
    return restored, changed


def _is_as_left(now: Row, row: MergedRow) -> bool:
    return all(stored(now[column]) == value for column, value in row.after.items())
