"""What goes back when a merge is undone, what stays, and whether the two can be told apart."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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

NOBODYS = frozenset({"contact_point", "related_person", "legal_status", "payer_period", "advance_directive"})
"""Tables whose rows are typed as they are told and name no clinic: whoever typed one says whom it was meant for."""

_SAID = frozenset({"advance_directive", "plan_version"})
"""Tables in which the columns a merge changes tell by themselves whether somebody changed them since."""

_OTHER_ENTITIES = frozenset({"patient", "patient_clinic"})


@dataclass(frozen=True, slots=True)
class Since:
    """What is known of the time since the merge beside the rows themselves."""

    merged_at: datetime
    newcomers: frozenset[uuid.UUID] = frozenset()
    """Clinics that came to see the record only since."""
    moved_on: int = 0
    """How often the record that stayed was itself merged into another, and that undone: everything moved twice."""
    typed_at: Mapping[uuid.UUID, frozenset[uuid.UUID]] = field(default_factory=dict)
    """Row of ``NOBODYS`` → the clinics of whoever entered it; without those nobody knows of."""
    said: Mapping[uuid.UUID, bool] = field(default_factory=dict)
    """Row of ``NOBODYS`` → whether it goes, where somebody had to say."""


@dataclass(frozen=True, slots=True)
class Return:
    """``rows`` go back, by table; ``restored`` are the written-down rows whose columns are put back as they were."""

    rows: Mapping[str, frozenset[Key]]
    restored: frozenset[uuid.UUID]
    entered_since: Mapping[str, int]
    """By table, how many of them were entered since the merge."""
    changed_since: Mapping[str, int]
    """By table, how many stay as somebody changed them since."""
    asked: tuple[tuple[str, Key], ...]
    """Rows of ``NOBODYS``, by table and key, of which nothing tells whom they were meant for, said or not."""
    obstacles: tuple[Obstacle, ...]


def plan_return(written: Iterable[MergedRow], standing: Rows, since: Since) -> Return:
    """``written``: what the merge moved or changed; ``standing``: what the record that stayed holds now.

    A row entered since goes back where it hangs on a row that does, or that row on it: a contact's correction, a
    score, a review of an episode, the episode in which another clinic took over the care. So it does where a clinic
    entered it that saw the record only by the merge, or by what goes: it meant the person it knows. Where a row would
    have to be in both places, nothing goes.
    """
    written = list(written)
    moved = {(row.entity, row.row_id) for row in written if row.is_moved}
    going: dict[str, set[Key]] = {
        name: {key for key in rows if (name, row_id(name, key)) in moved} for name, rows in standing.items()
    }
    named = {name: set(keys) for name, keys in going.items()}
    while (
        _take_entered(going, _returning(written, going, standing, since), standing, since)
        or _take_named(going, standing, since)
        or _follow(going, standing)
    ):
        pass
    going["timed_contact"] |= _timed(going, _returning(written, going, standing, since), standing)
    restored, changed = _unchanged(written, standing, since)
    follow = {name: [key for key in keys - named[name] if row_id(name, key)] for name, keys in going.items()}
    return Return(
        rows={name: frozenset(keys) for name, keys in going.items()},
        restored=frozenset(restored),
        entered_since={name: len(keys) for name, keys in follow.items() if keys},
        changed_since=changed,
        asked=tuple(_asked(named, _returning(written, going, standing, since), standing, since)),
        obstacles=(NOT_APART,) if _is_torn(going, standing) else (),
    )


def find_undo_obstacles(kept: Patient, other: Patient, going: Return) -> tuple[Obstacle, ...]:
    """What stands in the way of taking ``going`` back from ``kept`` to ``other``."""
    if kept.merged_into_id is not None:
        return (MERGED_ON,)
    if kept.died_on != other.died_on:
        return (DEATH_SINCE if other.died_on is None else DEATH_CHANGED, *going.obstacles)
    return going.obstacles


def _returning(
    written: Iterable[MergedRow], going: Mapping[str, set[Key]], standing: Rows, since: Since
) -> set[uuid.UUID]:
    """The clinics that see the record only by the merge, or by a transfer of what goes, and have no episode that
    stays."""
    let_in = {row.row_id for row in written if row.entity == "patient_clinic" and not row.before}
    taking_over = {standing["transfer"][key]["to_clinic_id"] for key in going["transfer"]}
    stays = {row["clinic_id"] for key, row in standing["episode"].items() if key not in going["episode"]}
    return (let_in | (taking_over & since.newcomers)) - stays


def _take_entered(going: dict[str, set[Key]], returning: Collection[uuid.UUID], standing: Rows, since: Since) -> bool:
    """Take along what these clinics entered since and hangs on nothing; whether there was any."""
    found = {
        (name, key)
        for name, key, row in _loose(standing, since)
        if key not in going[name]
        and (row["clinic_id"] in returning if "clinic_id" in row else _is_meant(key, returning, since))
    }
    for name, key in found:
        going[name].add(key)
    return bool(found)


def _loose(standing: Rows, since: Since) -> Iterator[tuple[str, Key, Row]]:
    """What was entered since and hangs on nothing."""
    return (
        (name, key, row)
        for name, rows in standing.items()
        for key, row in rows.items()
        if is_made_since(name, key, since.merged_at) and all(row[tie.column] is None for tie in ties_of(name))
    )


def _is_meant(key: Key, returning: Collection[uuid.UUID], since: Since) -> bool:
    """Whether a row that names no clinic is of the person who goes: by who entered it, else by what was said."""
    clinics = since.typed_at.get(key[0], frozenset())
    return (bool(clinics) and clinics <= set(returning)) or since.said.get(key[0], False)


def _asked(
    named: Mapping[str, Collection[Key]], returning: Collection[uuid.UUID], standing: Rows, since: Since
) -> Iterator[tuple[str, Key]]:
    """Only where some clinic goes: else what was entered since stays, as everything does."""
    for name, key, _ in _loose(standing, since):
        clinics = since.typed_at.get(key[0], frozenset())
        is_anybodys = not clinics or (clinics & set(returning) and clinics - set(returning))
        if name in NOBODYS and returning and is_anybodys and key not in named[name]:
            yield name, key


def _timed(going: Mapping[str, set[Key]], returning: Collection[uuid.UUID], standing: Rows) -> set[Key]:
    """The contacts being timed that go: the clinic tells, by whom it cares for."""
    of_episodes = {key: row["clinic_id"] for key, row in standing["episode"].items()}
    goes = {clinic_id for key, clinic_id in of_episodes.items() if key in going["episode"]}
    stays = {clinic_id for key, clinic_id in of_episodes.items() if key not in going["episode"]}
    clinic_ids = set(returning) | (goes - stays)
    return {key for key, row in standing["timed_contact"].items() if row["clinic_id"] in clinic_ids}


def _take_named(going: dict[str, set[Key]], standing: Rows, since: Since) -> bool:
    """Take along what was made since and something that goes names; whether there was any."""
    found = [
        (tie.table, (row[tie.column],))
        for name, keys in going.items()
        for row in [standing[name][key] for key in keys]
        for tie in ties_of(name)
        if (row[tie.column],) in standing[tie.table]
        and not _goes(going, tie.table, row[tie.column])
        and is_made_since(tie.table, (row[tie.column],), since.merged_at)
    ]
    for name, key in found:
        going[name].add(key)
    return bool(found)


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


def _unchanged(written: Iterable[MergedRow], standing: Rows, since: Since) -> tuple[set[uuid.UUID], Counter[str]]:
    """Of the rows a merge changed those that are as it left them; and how many are not, by table."""
    restored, changed = set(), Counter[str]()
    for row in written:
        now = None if row.entity in _OTHER_ENTITIES else standing[row.entity].get((row.row_id,))
        if now is None or not row.before:
            continue
        if _is_as_left(now, row, since):
            restored.add(row.id)
        else:
            changed[row.entity] += 1
    return restored, changed


def _is_as_left(now: Row, row: MergedRow, since: Since) -> bool:
    """To be moved and moved back is to be left as it was."""
    left = {column: value for column, value in row.after.items() if column != "version"}
    is_same = all(stored(now[column]) == value for column, value in left.items())
    return is_same and (row.entity in _SAID or now["version"] == row.after.get("version", 0) + 2 * since.moved_on)
