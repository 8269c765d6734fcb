"""Merging two records of one person, and undoing it: each one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from registry import clock
from registry.access import scope
from registry.access.grants import Sight, carry_sights
from registry.access.policy import clinics_where
from registry.access.reviewed_sql import insert_rows, move_rows, moving_rows
from registry.accounts.models import User
from registry.alerts.parting import loosen, tell_apart, tie_again
from registry.audit.recorder import record
from registry.db.conflict import refuse_stale
from registry.db.identifiers import new_id
from registry.db.transaction import write
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.merging.putting_back import PATIENT, SIGHT, give_back_identity, part_sights, put_back
from registry.merging.queries import (
    Record,
    find_obstacles,
    list_merged_rows,
    load_record,
    load_rows,
    load_since,
    sight_obstacles,
)
from registry.merging.rules import CHOSEN, SEEN_ELSEWHERE, Obstacle
from registry.merging.settling import DIRECTIVE, settle
from registry.merging.tables import Row, Rows, moved_tables, row_id, stored
from registry.merging.undoing import find_undo_obstacles, plan_return
from registry.patients.models import MergedRow, Patient, PatientMerge
from registry.patients.queries import get_record
from registry.patients.signals import patient_changed

ACTION = "patient.merge"
"""What one may who merges, in each clinic that sees either record."""

PUT_BACK = frozenset({DIRECTIVE, "payer_period", "plan_version", "alert"})
"""Tables in which a merge changes more than whose a row is, and an undo puts that back: of alerts, those of safety."""


class CannotMerge(ValueError):
    """Something stands in the way of the merge, or of its undo."""

    def __init__(self, obstacles: tuple[Obstacle, ...]) -> None:
        super().__init__("something stands in the way")
        self.obstacles = obstacles


class NotSaid(ValueError):
    """Of something entered since nobody has said whom it was meant for."""


class OfAnotherOrganisation(ValueError):
    """Records of two organisations are two records, whoever they are of."""


def merge_records(
    *,
    kept: Patient,
    other: Patient,
    choices: Mapping[str, str],
    why: str,
    opened_versions: tuple[int, int],
    by: User,
) -> PatientMerge:
    """Move everything of ``other`` to ``kept``. ``choices``: field → whose value stands (``settling.settle``).

    ``opened_versions`` are those of the two records as they were shown. Alerts, standings and lists are brought in
    line in the same transaction.

    Raises ``EditConflict``, ``CannotMerge``, ``OfAnotherOrganisation``.
    """
    with write():
        _lock(kept.id, other.id)
        for patient, version in zip((kept, other), opened_versions, strict=True):
            refuse_stale(patient, opened_version=version)
        if kept.organisation_id != other.organisation_id or kept.id == other.id:
            raise OfAnotherOrganisation
        ours, theirs = load_record(kept), load_record(other)
        in_the_way = find_obstacles(ours, theirs, led=clinics_where(by, ACTION))
        if in_the_way:
            raise CannotMerge(in_the_way)
        now, before = clock.now(), _chosen_columns(kept)
        merge = PatientMerge(
            patient_id=kept.id, merged_id=other.id, why=why, merged_at=now, merged_by_id=by.id, is_moving=True
        )
        db.session.add(merge)
        db.session.flush()  # from here on the database lets the two become one
        settle(ours, theirs, choices, now=now, by=by)
        carried = carry_sights(from_id=other.id, to_id=kept.id)
        moved = _going(load_rows(other.id), ours)
        with moving_rows(scope.current(), other.id, kept.id):
            _move(moved, from_id=other.id, to_id=kept.id)
            other.merged_into_id = kept.id
            _end_moving(merge)
        _lead_on(from_id=other.id, to_id=kept.id, by=by)
        kept.changed_at, kept.changed_by_id = now, by.id
        counted = {name: len(rows) for name, rows in moved.items() if rows}
        record("patient.merged", by=by, subject=kept, reason=why, changes=[{"merged": str(other.id), "moved": counted}])
        record("patient.merged-away", by=by, subject=other, reason=why, changes=[{"into": str(kept.id)}])
        db.session.flush()
        tell_episode_changed(kept.id)
        patient_changed.send(patient_id=kept.id)
        db.session.flush()
        _write_down(merge, [*_identity_row(kept, before), *_sight_rows(carried), *_rows(ours, theirs, moved)])
    return merge


def undo_merge(
    *, merge: PatientMerge, said: Mapping[uuid.UUID, bool], why: str, opened_version: int | None, by: User
) -> None:
    """Put back what the merge moved, and what was entered since on it or by whom the merge let see; the rest stays.

    ``said``: row entered since of which nothing tells whom it was meant for (``Return.asked``) → whether it goes.
    Raises ``EditConflict``, ``CannotMerge``, ``NotSaid``.
    """
    with write():
        _lock(merge.patient_id, merge.merged_id)
        refuse_stale(merge, opened_version=opened_version)
        kept, other = db.session.get_one(Patient, merge.patient_id), get_record(merge.merged_id)
        if other is None:
            raise CannotMerge((SEEN_ELSEWHERE,))
        now, written, before = clock.now(), list_merged_rows(merge), load_rows(kept.id)
        going = plan_return(written, before, load_since(merge, said))
        led = clinics_where(by, ACTION)
        in_the_way = (*find_undo_obstacles(kept, other, going), *sight_obstacles(merge, led=led))
        if in_the_way:
            raise CannotMerge(in_the_way)
        if {key[0] for _, key in going.asked} - said.keys():
            raise NotSaid
        merge.is_moving = True
        db.session.flush()
        other.merged_into_id = None
        with moving_rows(scope.current(), kept.id, other.id):
            _move(going.rows, from_id=kept.id, to_id=other.id)
            _end_moving(merge)
        signs = loosen((kept.id, other.id))
        put_back(written, going, kept=kept, other=other, by=by)
        tell_apart(kept, other, now=now, by=by)
        give_back_identity(kept, written)
        part_sights(written, going, before, kept=kept, other=other)
        _lead_back(merge, by=by)
        merge.undone_at, merge.undone_by_id, merge.undone_why = now, by.id, why
        counted = {name: len(keys) for name, keys in going.rows.items() if keys}
        record("patient.merge-undone", by=by, subject=kept, reason=why, changes=[{"moved_back": counted}])
        record("patient.merge-undone", by=by, subject=other, reason=why, changes=[{"from": str(kept.id)}])
        db.session.flush()
        for patient in (kept, other):
            tell_episode_changed(patient.id)
            patient_changed.send(patient_id=patient.id)
        tie_again(signs)


def _lock(*patient_ids: uuid.UUID) -> None:
    """Nobody adds anything to either until this transaction ends."""
    taken = select(Patient).where(Patient.id.in_(patient_ids)).order_by(Patient.id).with_for_update()
    db.session.scalars(taken.execution_options(populate_existing=True)).all()


def _going(theirs: Rows, ours: Record) -> dict[str, list[tuple[Any, ...]]]:
    """The keys of what is moved: everything, but of two advance directives one stays behind."""
    both = bool(ours.rows[DIRECTIVE])
    return {name: [] if name == DIRECTIVE and both else list(rows) for name, rows in theirs.items()}


def _move(going: Mapping[str, Iterable[tuple[Any, ...]]], *, from_id: uuid.UUID, to_id: uuid.UUID) -> None:
    for name, keys in going.items():
        move_rows(scope.current(), moved_tables()[name], list(keys), from_id=from_id, to_id=to_id)


def _end_moving(merge: PatientMerge) -> None:
    """From here on no row goes from one of the two to the other: the database refuses a commit while one could."""
    db.session.flush()
    merge.is_moving = False
    db.session.flush()


def _lead_on(*, from_id: uuid.UUID, to_id: uuid.UUID, by: User) -> None:
    """What had been merged into this record leads to the one that stays."""
    _lead(Patient.merged_into_id == from_id, to_id, by=by)


def _lead_back(merge: PatientMerge, *, by: User) -> None:
    """What had been merged into the other record before leads there again."""
    into_other = select(PatientMerge.merged_id).where(
        PatientMerge.patient_id == merge.merged_id, PatientMerge.undone_at.is_(None)
    )
    _lead(Patient.id.in_(into_other), merge.merged_id, by=by)


def _lead(earlier: ColumnElement[bool], to_id: uuid.UUID, *, by: User) -> None:
    db.session.flush()  # what was changed so far is checked within the bound scope
    with scope.all_patients(reason="records merged earlier lead on, also those only other clinics saw"):
        for patient in db.session.scalars(select(Patient).where(earlier)):
            patient.merged_into_id = to_id
            record("patient.merged-away", by=by, subject=patient)
        db.session.flush()


def _chosen_columns(patient: Patient) -> Row:
    return {column: stored(getattr(patient, column)) for column in CHOSEN}


def _identity_row(kept: Patient, before: Row) -> Iterator[Row]:
    after = _chosen_columns(kept)
    changed = [column for column in after if after[column] != before[column]]
    if changed:
        yield _written(
            PATIENT, kept.id, before={each: before[each] for each in changed}, after={e: after[e] for e in changed}
        )


def _sight_rows(carried: Mapping[uuid.UUID, tuple[Sight | None, Sight]]) -> Iterator[Row]:
    for clinic_id, (before, after) in carried.items():
        yield _written(
            SIGHT, clinic_id, before={} if before is None else _sight_columns(before), after=_sight_columns(after)
        )


def _sight_columns(sight: Sight) -> Row:
    return {"why": sight.why, "expires_at": stored(sight.expires_at)}


def _rows(ours: Record, theirs: Record, moved: Mapping[str, Iterable[tuple[Any, ...]]]) -> Iterator[Row]:
    """What was moved, and of what the merge changed how it was."""
    now = load_rows(ours.patient.id)
    for name, keys in moved.items():
        for key in keys:
            identifier = row_id(name, key)
            if identifier is not None:
                before, after = _changes(name, theirs.rows[name].get(key, now[name][key]), now[name][key])
                yield _written(name, identifier, is_moved=True, before=before, after=after)
    for name in PUT_BACK:
        for key, row in ours.rows[name].items():
            before, after = _changes(name, row, now[name][key])
            if before:
                yield _written(name, key[0], before=before, after=after)


def _changes(table: str, before: Row, after: Row) -> tuple[Row, Row]:
    """The columns of a row that the merge changed, as they were and as they are; its version alone is no change."""
    if table not in PUT_BACK or not after.get("is_safety", True):
        return {}, {}
    changed = [column for column in before if column != "patient_id" and before[column] != after[column]]
    if changed in ([], ["version"]):
        return {}, {}
    return {each: stored(before[each]) for each in changed}, {each: stored(after[each]) for each in changed}


def _written(entity: str, identifier: uuid.UUID, *, before: Row, after: Row, is_moved: bool = False) -> Row:
    return {"entity": entity, "row_id": identifier, "is_moved": is_moved, "before": before, "after": after}


def _write_down(merge: PatientMerge, rows: Iterable[Row]) -> None:
    whose = {"merge_id": merge.id, "patient_id": merge.patient_id}
    insert_rows(scope.current(), MergedRow, [{"id": new_id(), **whose, **row} for row in rows])
