"""People who live somebody else's life at another clinic: their rows, from those of whoever lives it first. Pure.

Every row of the first is theirs too, once each identifier in it is their own and every clinic and worker that of their
own clinic; also in what was written down in words or as JSON. Only who they are is told by rows of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from registry.access.reviewed_sql import BoundRows
from registry.alerts.models import Alert, AlertEvent
from registry.caseload.models import CaseloadRow
from registry.db.base import Base
from registry.db.identifiers import new_id
from registry.demo.crowd.ledger import Row
from registry.demo.crowd.translation import Translation, says_nothing
from registry.episodes.models import Consent
from registry.measurements.models import Measurement
from registry.patients.models import ContactPoint, Patient, PayerPeriod

OWN: frozenset[type[Base]] = frozenset({Patient, ContactPoint, PayerPeriod})
"""Who somebody is and who pays: never taken from the first."""

_NAMES_SOMEBODY: Mapping[type[Base], tuple[str, ...]] = {
    Consent: ("taken_by",),
    Alert: ("sentence", "closing_words"),
    AlertEvent: ("words",),
    CaseloadRow: ("sort_name", "mrn"),
}
"""Columns of text that may name the person, a clinic or somebody on its staff. One of JSON may, without being named."""
_NAMES_NOBODY: Mapping[type[Base], tuple[str, ...]] = {Measurement: ("answers",)}


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Somebody who lives the life of ``first`` at another clinic."""

    number: int
    patient_id: uuid.UUID
    first: uuid.UUID
    translation: Translation

    def theirs(self, id_: uuid.UUID | None) -> uuid.UUID | None:
        """The identifier of their own row, from that of the first's."""
        return None if id_ is None else uuid.UUID(self.translation.ids[id_.hex])


class Retelling:
    """Turns rows of the first people into those of their counterparts, table by table."""

    def __init__(self, counterparts: Sequence[Counterpart]) -> None:
        self._counterparts = counterparts
        self._known: set[uuid.UUID] = set()

    def know(self, rows: Sequence[Row]) -> None:
        """Give every counterpart identifiers of their own for these rows of the first, in the same order."""
        new: dict[uuid.UUID, list[str]] = {}
        for row in rows:
            if row["id"] not in self._known:
                self._known.add(row["id"])
                new.setdefault(row["patient_id"], []).append(row["id"].hex)
        for each in self._counterparts:
            each.translation.ids.update((old, new_id().hex) for old in new.get(each.first, ()))

    def of(self, table: type[Base], bound: BoundRows) -> BoundRows:
        """The rows of every counterpart, from ``bound`` of the first people, whose identifiers are all known."""
        if not bound.rows:
            return bound
        told = _Told(table, bound)
        rows = [row for each in self._counterparts for row in told.by(each)]
        return BoundRows(bound.table, bound.columns, rows)


class _Told:
    """The rows of one table as columns, by whom they are about."""

    def __init__(self, table: type[Base], bound: BoundRows) -> None:
        kinds = table.__table__.columns
        named, silent = _NAMES_SOMEBODY.get(table, ()), _NAMES_NOBODY.get(table, ())
        places = dict(enumerate(bound.columns))
        self._ids = [place for place, name in places.items() if isinstance(kinds[name].type, sa.Uuid)]
        self._texts = [
            place
            for place, name in places.items()
            if name in named or (isinstance(kinds[name].type, sa.JSON) and name not in silent)
        ]
        whose, rows = bound.columns.index("patient_id"), dict[str, list[tuple[Any, ...]]]()
        for row in bound.rows:
            rows.setdefault(row[whose], []).append(row)
        self._columns = {first: list(zip(*own, strict=True)) for first, own in rows.items()}
        self._silent: dict[tuple[str, int], bool] = {}

    def by(self, counterpart: Counterpart) -> Iterator[tuple[Any, ...]]:
        first, translation = counterpart.first.hex, counterpart.translation
        columns: list[Sequence[Any]] = list(self._columns.get(first, ()))
        if not columns:
            return iter(())
        ids = translation.ids
        for place in self._ids:
            columns[place] = [ids.get(value, value) for value in columns[place]]
        for place in self._texts:
            if not self._says_nothing(first, place, translation):
                columns[place] = [value if value is None else translation.text(value) for value in columns[place]]
        return zip(*columns, strict=True)

    def _says_nothing(self, first: str, place: int, translation: Translation) -> bool:
        """Asked once of each column of the first, whoever lives the same life."""
        known = self._silent.get((first, place))
        if known is None:
            texts = [value for value in self._columns[first][place] if value is not None]
            known = all(text not in translation.ids and says_nothing(text, translation.book) for text in texts)
            self._silent[first, place] = known
        return known
