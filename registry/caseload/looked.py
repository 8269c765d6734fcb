"""What is new to a reader since they last said that they had looked at a person's record.

Told by when a fact was stored, not by its date of service: a score of last month that was typed today is new today.
What the reader stored themselves is not. Alerts are conclusions and have a worklist of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, select, union_all

from registry import clock
from registry.access.reading import rows_of
from registry.audit.recorder import Actor, record
from registry.caseload.happenings import SOURCES, Stored
from registry.caseload.models import LookMark
from registry.db.among import among
from registry.db.transaction import write
from registry.extensions import db
from registry.patients.models import Patient, PatientMerge


@dataclass(frozen=True, slots=True)
class News:
    """The mark in force, and how much others have stored since. Without a mark nothing is counted as new."""

    mark_id: uuid.UUID | None = None
    looked_at: datetime | None = None
    new: int = 0
    merged_at: datetime | None = None
    """When another record was merged into this one, or parted from it, after the mark, which is in force no more."""

    def holds(self, *, stored_at: datetime | None, stored_by: uuid.UUID | None, reader_id: uuid.UUID) -> bool:
        """Whether something stored then, by that person, is new to the reader; as ``is_news`` says in SQL."""
        return (
            self.looked_at is not None
            and stored_at is not None
            and stored_at > self.looked_at
            and stored_by != reader_id
        )


def is_news(stored: Stored, looked_at: Any, reader_id: Any) -> ColumnElement[bool]:
    """SQL: whether a fact was stored by somebody else after the reader looked."""
    return and_(stored.at > looked_at, stored.by.is_distinct_from(reader_id))


def new_since(user_id: uuid.UUID, patient_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, News]:
    """What is new to this reader about each of these people whom they may see; one statement, however many."""
    rows = rows_of(_news(), {"reader_id": user_id, "patient_ids": list(patient_ids)})
    return {
        row.patient_id: News(merged_at=row.merged_at)
        if _is_overtaken(row)
        else News(row.mark_id, row.looked_at, row.new)
        for row in rows
    }


def list_news(user_id: uuid.UUID, marked: Collection[uuid.UUID]) -> Mapping[uuid.UUID, News]:
    """What is new about those of these people about whom anything is, whose record the reader has ``marked`` as looked
    at. One statement, none where nobody is marked.
    """
    found = new_since(user_id, marked) if marked else {}
    return {patient_id: news for patient_id, news in found.items() if news.new or news.merged_at is not None}


def _is_overtaken(row: Row[Any]) -> bool:
    """Whether a history came, or went, since the reader looked: nothing tells what of it they have seen."""
    return row.merged_at is not None and row.looked_at is not None and row.merged_at > row.looked_at


def _merged_at(patient_id: ColumnElement[uuid.UUID]) -> ColumnElement[Any]:
    """SQL: when a record was last merged into this one or parted from it."""
    last = func.max(func.coalesce(PatientMerge.undone_at, PatientMerge.merged_at))
    return select(last).where(PatientMerge.patient_id == patient_id).scalar_subquery()


def get_mark(patient_id: uuid.UUID, mark_id: uuid.UUID, *, user_id: uuid.UUID) -> LookMark | None:
    """A mark of this reader about this person, taken back or not."""
    return db.session.scalars(
        select(LookMark).where(LookMark.id == mark_id, LookMark.patient_id == patient_id, LookMark.user_id == user_id)
    ).one_or_none()


def mark_looked(*, patient_id: uuid.UUID, looked_at: datetime, by: Actor) -> LookMark:
    """Say that the reader has seen the record as it stood at ``looked_at``, which is never later than now."""
    with write():
        mark = LookMark(patient_id=patient_id, user_id=by.id, looked_at=min(looked_at, clock.now()))
        db.session.add(mark)
        db.session.flush()
        record("record.looked-at", by=by, subject=mark, kind="create")
    return mark


def undo_look(*, mark: LookMark, by: Actor) -> None:
    """Take a mark back: the one before holds again. One taken back already stays so."""
    with write():
        if mark.undone_at is not None:
            return
        mark.undone_at = clock.now()
        record("record.look-undone", by=by, subject=mark)


@cache
def _news() -> Select[Any]:
    mark = _marks_in_force()
    of_others = union_all(
        *(
            select(source.table.patient_id.label("patient_id"))
            .join(mark, mark.c.patient_id == source.table.patient_id)
            .where(is_news(source.stored, mark.c.looked_at, bindparam("reader_id")), source.on.is_not(None))
            for source in SOURCES
            if source.stored is not None
        )
    ).subquery("of_others")
    return (
        select(
            Patient.id.label("patient_id"),
            mark.c.id.label("mark_id"),
            mark.c.looked_at.label("looked_at"),
            mark.c.merged_at.label("merged_at"),
            func.count(of_others.c.patient_id).label("new"),
        )
        .outerjoin(mark, mark.c.patient_id == Patient.id)
        .outerjoin(of_others, of_others.c.patient_id == Patient.id)
        .where(among(Patient.id, "patient_ids"))
        .group_by(Patient.id, mark.c.id, mark.c.looked_at, mark.c.merged_at)
    )


def _marks_in_force() -> Any:
    """The last mark of the reader about each person that was not taken back."""
    place = func.row_number().over(
        partition_by=LookMark.patient_id, order_by=(LookMark.looked_at.desc(), LookMark.id.desc())
    )
    ranked = (
        select(LookMark.id, LookMark.patient_id, LookMark.looked_at, place.label("place"))
        .where(
            LookMark.user_id == bindparam("reader_id"),
            among(LookMark.patient_id, "patient_ids"),
            LookMark.undone_at.is_(None),
        )
        .subquery()
    )
    merged_at = _merged_at(ranked.c.patient_id).label("merged_at")
    return (
        select(ranked.c.id, ranked.c.patient_id, ranked.c.looked_at, merged_at).where(ranked.c.place == 1).cte("mark")
    )
