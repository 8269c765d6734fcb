"""One part of a crowd into the database: its rows, what follows from them, and what the staff did about that.

Who lives a life first is stored and judged by the program itself. Their counterparts live it elsewhere: what was
concluded of the first holds of them, and is stored in their own names.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy import select, update

from registry.access import scope
from registry.access.reviewed_sql import BoundRows, bind_rows, insert_bound
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.reconcile import reconcile_patients
from registry.audit.recorder import record, told_at_once
from registry.caseload.models import CaseloadRow
from registry.contacts.models import DangerReport
from registry.db.among import among
from registry.db.base import Base, Scoped
from registry.db.grouping import by_patient
from registry.db.transaction import write
from registry.demo.crowd.counterparts import OWN, Retelling
from registry.demo.crowd.ledger import Row
from registry.demo.crowd.planning import Part, Plan
from registry.demo.crowd.shift import Shift
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.models import Measurement, MeasurementScore, SafetySignal, StandingRow

_CONCLUDED: Sequence[type[Base]] = (Episode, Alert, AlertEvent, DangerReport, StandingRow, CaseloadRow)
"""Written or changed by looking at somebody: read back of the first before it is told of others."""


@dataclass(frozen=True, slots=True)
class Stored:
    """How much of the crowd a part was, and who of it was first referred to the first clinic."""

    patients: int
    scores: int
    first_clinic: tuple[uuid.UUID, ...]


def store(plan: Plan, lives: range, *, now: datetime, turn: AbstractContextManager[object]) -> Stored:
    """Plan a part and store it in one transaction, with one event a person. Needs a scope over everybody.

    ``turn`` is taken for as long as the database is written to.
    """
    part, dialect = plan.part(lives), db.engine.dialect
    firsts = {table: bind_rows(table, rows, dialect) for table, rows in part.tables.items()}
    others = _Others(part, firsts)
    with turn, write():
        _insert(firsts)
        for patient_id, clinic_id in part.clinic_of.items():
            record("patient.invented", by=None, patient_id=patient_id, clinic_id=clinic_id, kind="create")
        with told_at_once():
            _judge(part, plan, now)
        others.store()
    db.session.expunge_all()
    first = plan.sites[0].clinic_id
    return Stored(
        patients=len(part.clinic_of),
        scores=len(part.tables.get(MeasurementScore, ())) + others.scores,
        first_clinic=tuple(id_ for id_, clinic_id in part.clinic_of.items() if clinic_id == first),
    )


@cache
def in_order() -> Sequence[type[Base]]:
    """Every table about people: what is pointed at stands before what points at it."""
    tables: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    ordered = (tables[table.name] for table in Base.metadata.sorted_tables if table.name in tables)
    return [table for table in ordered if issubclass(table, Scoped)]


def _insert(bound: Mapping[type[Base], BoundRows]) -> None:
    for table in in_order():
        if table in bound:
            insert_bound(scope.current(), bound[table])


def _judge(part: Part, plan: Plan, now: datetime) -> None:
    """What follows from the rows of the first, as time went, and what the staff made of it."""
    sites = {site.clinic_id: site for site in plan.sites}
    record_of_danger = [*part.tables.get(Measurement, ()), *part.tables.get(DangerReport, ())]
    shift = Shift(part.numbers, sites, record_of_danger, seed=plan.seed, now=now)
    reconcile_patients(list(part.numbers), now=now, hindsight=shift)
    if shift.dealt_with:
        reconcile_patients(sorted(shift.dealt_with), now=now, hindsight=shift)


class _Others:
    """The rows of the counterparts: what does not wait for the look at the first is made before anybody waits."""

    def __init__(self, part: Part, firsts: Mapping[type[Base], BoundRows]) -> None:
        self._firsts = {each.first for each in part.counterparts}
        self._retelling = Retelling(part.counterparts)
        for table, rows in part.tables.items():
            self._know(table, rows)
        self._bound = {table: bind_rows(table, rows, db.engine.dialect) for table, rows in part.own.items()}
        self._bound |= {
            table: self._retelling.of(table, bound)
            for table, bound in firsts.items()
            if table not in OWN and table not in _CONCLUDED
        }
        self._counterparts = part.counterparts

    @property
    def scores(self) -> int:
        return len(self._bound[MeasurementScore].rows) if MeasurementScore in self._bound else 0

    def store(self) -> None:
        """Everything that stands of the first, of the counterparts as well."""
        if not self._counterparts:
            return
        concluded = {table: self._read_back(table) for table in _CONCLUDED}
        for table, rows in concluded.items():
            self._know(table, rows)
        for table, rows in concluded.items():
            self._bound[table] = self._retelling.of(table, bind_rows(table, rows, db.engine.dialect))
        _insert(self._bound)
        self._answer_signals()

    def _know(self, table: type[Base], rows: Sequence[Row]) -> None:
        if table not in OWN and "id" in table.__table__.columns:
            self._retelling.know(rows)

    def _read_back(self, table: type[Base]) -> Sequence[Row]:
        """In the order the rows were made."""
        columns = {each.key: each.class_attribute for each in sa.inspect(table).column_attrs}
        query = select(*columns.values()).where(among(columns["patient_id"], "patient_ids"))
        if "id" in columns:
            query = query.order_by(columns["id"])
        return [dict(row) for row in db.session.execute(query, {"patient_ids": list(self._firsts)}).mappings()]

    def _answer_signals(self) -> None:
        """The database wrote a signal for every positive answer: each is answered by the alert it was of the first."""
        signals = by_patient(
            db.session.scalars(
                select(SafetySignal).where(among(SafetySignal.patient_id, "patient_ids")),
                {"patient_ids": list(self._firsts)},
            )
        )
        answers = [
            {"measurement_id": each.theirs(row.measurement_id), "item": row.item, "alert_id": each.theirs(row.alert_id)}
            for each in self._counterparts
            for row in signals.get(each.first, ())
        ]
        if answers:
            db.session.execute(update(SafetySignal), answers)
