"""Two records side by side: every row of each, and what decides whether they can be merged."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from registry.access import scope
from registry.access.grants import newcomers, sights
from registry.access.reviewed_sql import read_rows
from registry.accounts.queries import clinics_of_staff, names_of
from registry.audit.queries import entered_by
from registry.clinics.queries import list_clinics
from registry.extensions import db
from registry.merging.rules import SEEN_ELSEWHERE, Obstacle, Side, is_seen_elsewhere, obstacles
from registry.merging.tables import Rows, key_of, moved_tables
from registry.merging.undoing import NOBODYS, Since
from registry.patients.models import MergedRow, Patient, PatientMerge


@dataclass(frozen=True, slots=True)
class Record:
    """A record with everything it holds."""

    patient: Patient
    rows: Rows
    side: Side

    def of(self, table: str) -> list[dict[str, object]]:
        """The rows of one table."""
        return list(self.rows[table].values())


def load_record(patient: Patient) -> Record:
    """Some forty statements: one a table."""
    rows = load_rows(patient.id)
    return Record(patient, rows, _side(patient, rows))


def load_rows(patient_id: uuid.UUID) -> Rows:
    """Every row that would go with the person, by table and key."""
    found = read_rows(scope.current(), moved_tables(), patient_id)
    return {name: {key_of(name, row): row for row in rows} for name, rows in found.items()}


def find_obstacles(kept: Record, other: Record, *, led: Collection[uuid.UUID]) -> tuple[Obstacle, ...]:
    """What stands in the way of merging ``other`` into ``kept``, for somebody who leads the clinics ``led``."""
    return obstacles(kept.side, other.side, _names(kept.side, other.side), led=led)


def sight_obstacles(merge: PatientMerge, *, led: Collection[uuid.UUID]) -> tuple[Obstacle, ...]:
    """What stands in the way of undoing it beside what was entered since."""
    seen_by = {*sights(merge.patient_id), *sights(merge.merged_id)}
    return (SEEN_ELSEWHERE,) if is_seen_elsewhere(seen_by, led) else ()


def list_merged_rows(merge: PatientMerge) -> list[MergedRow]:
    """What the merge moved or changed, in the order in which it was written down."""
    return list(
        db.session.scalars(
            select(MergedRow)
            .where(MergedRow.merge_id == merge.id, MergedRow.patient_id == merge.patient_id)
            .order_by(MergedRow.id)
        )
    )


def load_since(merge: PatientMerge, said: Mapping[uuid.UUID, bool]) -> Since:
    """What is known of the time since the merge. ``said``: row that names no clinic → whether it goes."""
    entered = entered_by(merge.patient_id, NOBODYS, since=merge.merged_at)
    day_before = merge.merged_at.date() - timedelta(days=1)  # wherever the clinic is
    clinics = clinics_of_staff(set(entered.values()), since=day_before)
    return Since(
        merged_at=merge.merged_at,
        newcomers=newcomers(merge.patient_id, since=merge.merged_at),
        typed_at={id_: clinics[actor_id] for id_, actor_id in entered.items() if actor_id in clinics},
        said=said,
        moved_on=_moved_on(merge),
    )


def who_entered(merge: PatientMerge) -> Mapping[uuid.UUID, str]:
    """Row that names no clinic → the name of whoever entered it, of those entered since the merge."""
    entered = entered_by(merge.patient_id, NOBODYS, since=merge.merged_at)
    names = names_of(set(entered.values()))
    return {id_: names[actor_id] for id_, actor_id in entered.items()}


def _moved_on(merge: PatientMerge) -> int:
    """How often the record that stayed was since merged into another, and is its own again."""
    later = select(func.count()).where(
        PatientMerge.merged_id == merge.patient_id, PatientMerge.merged_at > merge.merged_at
    )
    with scope.all_patients(reason="a record merged on since may be one the reader does not see"):
        return db.session.scalar(later) or 0


def _side(patient: Patient, rows: Rows) -> Side:
    return Side(
        mrn=patient.mrn,
        died_on=patient.died_on,
        open_at=frozenset(row["clinic_id"] for row in rows["episode"].values() if row["ended_on"] is None),
        has_legal_status=any(row["ended_on"] is None and not row["error_why"] for row in rows["legal_status"].values()),
        drafts_of=frozenset(row["user_id"] for row in rows["contact_draft"].values() if row["contact_id"] is None),
        seen_by={clinic_id: sight.why for clinic_id, sight in sights(patient.id).items()},
    )


def _names(*sides: Side) -> Mapping[uuid.UUID, str]:
    clinic_ids = {clinic_id for side in sides for clinic_id in {*side.open_at, *side.seen_by}}
    user_ids = {user_id for side in sides for user_id in side.drafts_of}
    return {clinic.id: clinic.name for clinic in list_clinics(clinic_ids)} | dict(names_of(user_ids))
