"""What an undo puts back beside the rows themselves: columns as they were, who the person is, which clinics see it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from registry.access import scope
from registry.access.grants import (
    Sight,
    end_sight,
    end_transfer_grant,
    give_sight,
    open_transfer_grant,
    take_back_sight,
)
from registry.access.reviewed_sql import write_row
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.extensions import db
from registry.merging.queries import load_rows
from registry.merging.rules import give_way
from registry.merging.settling import name_for_search
from registry.merging.tables import Row, Rows, moved_tables, read, stored
from registry.merging.undoing import Return
from registry.patients.models import MergedRow, Patient

PATIENT, SIGHT = "patient", "patient_clinic"
"""What a merge writes down beside the rows that move: who the person is, and which clinics see the record."""


def put_back(written: Iterable[MergedRow], going: Return, *, kept: Patient, other: Patient, by: User) -> None:
    """The columns as they were before the merge, where nobody has changed them since.

    A version of a plan has its number back whatever else was changed, the lowest first: no two ever share one.
    """
    standing: dict[uuid.UUID, Rows] = {patient.id: load_rows(patient.id) for patient in (kept, other)}
    for row in sorted(written, key=lambda row: row.before.get("number", 0)):
        whose = other.id if row.is_moved else kept.id
        values = _values(row, going, standing[whose])
        if not values:
            continue
        write_row(scope.current(), moved_tables()[row.entity], (row.row_id,), patient_id=whose, values=values)
        standing[whose][row.entity][row.row_id,] |= values
        record(
            "patient.merge-undone",
            by=by,
            about=(row.entity, row.row_id),
            patient_id=whose,
            changes=[
                {
                    "entity": row.entity,
                    "id": str(row.row_id),
                    "before": {name: row.after[name] for name in values},
                    "after": {name: row.before[name] for name in values},
                }
            ],
        )
    db.session.expire_all()


def _values(row: MergedRow, going: Return, standing: Rows) -> Row:
    """What is written back into the row; nothing where it stays as it is now.

    The version never: a page that was open during the merge would take what stands for what it showed.
    """
    if row.entity == "plan_version":
        return {} if _is_numbered(row, standing) else {"number": row.before["number"]}
    if row.id not in going.restored or (row.row_id,) not in standing[row.entity]:
        return {}
    columns = moved_tables()[row.entity].c
    values = {name: read(columns[name], value) for name, value in row.before.items() if name != "version"}
    gives_way = row.entity == "payer_period" and values.get("is_primary") and _has_primary(standing, row.row_id)
    reopens = row.entity == "alert" and values.get("state", "closed") != "closed"
    return {} if gives_way or (reopens and _has_open_safety(standing, but=row.row_id)) else values


def _is_numbered(row: MergedRow, standing: Rows) -> bool:
    """Whether the version of a plan has its number already, or another has."""
    plans = standing["plan_version"]
    own = plans.get((row.row_id,))
    if own is None or "number" not in row.before:
        return True
    return any(plan["kind"] == own["kind"] and plan["number"] == row.before["number"] for plan in plans.values())


def _has_primary(rows: Rows, payer_id: uuid.UUID) -> bool:
    """Whether another primary payer has come on one of these days."""
    periods = rows["payer_period"]
    own = periods[payer_id,]
    others = [row for row in periods.values() if row["is_primary"] and row["id"] != payer_id]
    return give_way([(row["starts_on"], row["ends_on"]) for row in others], (own["starts_on"], own["ends_on"]))


def _has_open_safety(rows: Rows, *, but: uuid.UUID) -> bool:
    return any(row["is_safety"] and row["closed_at"] is None and row["id"] != but for row in rows["alert"].values())


def give_back_identity(kept: Patient, written: Iterable[MergedRow]) -> None:
    """Who the person was said to be before the merge, where nobody has said otherwise since."""
    for row in written:
        if row.entity == PATIENT:
            for column, after in row.after.items():
                if stored(getattr(kept, column)) == after:
                    setattr(kept, column, read(Patient.__table__.c[column], row.before[column]))
    name_for_search(kept)


def part_sights(written: Collection[MergedRow], going: Return, before: Rows, *, kept: Patient, other: Patient) -> None:
    """Each clinic sees whom it cares for, or was asked to take over. ``before``: the rows of both, before they went.

    What the merge let a clinic see is taken back, and what came with what goes: a clinic that has taken over an
    episode since, or was asked to, sees the record that stays only for a reason of its own.
    """
    left = load_rows(kept.id)
    in_care = {row["clinic_id"] for row in left["episode"].values()}
    sights = {row.row_id: row for row in written if row.entity == SIGHT}
    gone = {name: [before[name][key] for key in going.rows[name]] for name in ("episode", "transfer")}
    for clinic_id, row in sights.items():
        if clinic_id not in in_care:
            known = _sight(row.before) if row.before else None
            take_back_sight(patient_id=kept.id, clinic_id=clinic_id, before=known, given=_sight(row.after))
    moved = {row.row_id for row in written if row.is_moved}
    for clinic_id in {row["clinic_id"] for row in gone["episode"] if row["id"] not in moved}:
        give_sight(patient_id=other.id, clinic_id=clinic_id)
        knew_it = clinic_id in sights and bool(sights[clinic_id].before)
        if clinic_id not in in_care and not knew_it:
            end_sight(patient_id=kept.id, clinic_id=clinic_id)
    asked = {row["to_clinic_id"] for row in left["transfer"].values() if row["state"] == "proposed"}
    for clinic_id in {row["to_clinic_id"] for row in gone["transfer"] if row["state"] == "proposed"}:
        open_transfer_grant(patient_id=other.id, clinic_id=clinic_id)
        if clinic_id not in asked:
            end_transfer_grant(patient_id=kept.id, clinic_id=clinic_id)


def _sight(kept: Mapping[str, Any]) -> Sight:
    ends = kept["expires_at"]
    return Sight(kept["why"], None if ends is None else datetime.fromisoformat(ends))
