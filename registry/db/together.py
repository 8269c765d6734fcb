"""Several selects run as one statement: what a statement costs beside its reading is paid once for all of them."""

from __future__ import annotations

from collections import defaultdict, namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, TypeAlias

import sqlalchemy as sa

Statement: TypeAlias = sa.Select[*tuple[Any, ...]]
_Take: TypeAlias = Callable[[Sequence[Sequence[Any]]], Sequence[Any]]


class Together:
    """Selects of columns as the parts of one ``UNION ALL``.

    A column of the whole holds values of one type, of every part that has one such; the parts that have none leave it
    empty. It is read as the driver gives it: what is empty need not be made a day or a document. Each part's rows come
    back as they would alone, in its own order.
    """

    def __init__(self, *parts: Statement) -> None:
        counts = [_counted(part) for part in parts]
        types: dict[tuple[str, int], sa.types.TypeEngine[Any]] = {}
        for part, names in zip(parts, counts, strict=True):
            types |= {name: column.type for name, column in zip(names, part.selected_columns, strict=True)}
        places = {name: place for place, name in enumerate(types, start=2)}
        self.statement = sa.union_all(
            *(
                _padded(number, part, names, types)
                for number, (part, names) in enumerate(zip(parts, counts, strict=True))
            )
        ).order_by(sa.text("1"), sa.text("2"))
        self._parts = [(part, [places[name] for name in names]) for part, names in zip(parts, counts, strict=True)]
        self._takers: dict[str, list[tuple[Statement, _Take]]] = {}

    def apart(self, rows: Iterable[Sequence[Any]], dialect: sa.Dialect) -> Mapping[Statement, Sequence[Any]]:
        """The rows of each part, with its own names; ``rows`` are those of ``statement``."""
        takers = self._takers.get(dialect.name)
        if takers is None:
            takers = self._takers[dialect.name] = [(part, _taker(part, at, dialect)) for part, at in self._parts]
        found: dict[int, list[Sequence[Any]]] = defaultdict(list)
        for row in rows:
            found[row[0]].append(row)
        return {part: take(found[number]) if number in found else () for number, (part, take) in enumerate(takers)}


def _counted(part: Statement) -> list[tuple[str, int]]:
    """Each column by its type, and which one of that type it is in its part."""
    seen: dict[str, int] = defaultdict(int)
    names = []
    for column in part.selected_columns:
        kind = repr(column.type)
        names.append((kind, seen[kind]))
        seen[kind] += 1
    return names


def _padded(
    number: int,
    part: Statement,
    names: Sequence[tuple[str, int]],
    types: Mapping[tuple[str, int], sa.types.TypeEngine[Any]],
) -> Statement:
    own = dict(zip(names, part.selected_columns, strict=True))
    order = part._order_by_clauses  # nothing public tells it
    place: Any = sa.func.row_number().over(order_by=order) if order else sa.literal_column("0")
    empty = sa.cast if number == 0 else _untyped  # the first part says of what type each column is
    columns = [
        sa.type_coerce(own[name] if name in own else empty(sa.null(), kind), sa.types.NULLTYPE).label(f"c{nth}")
        for nth, (name, kind) in enumerate(types.items())
    ]
    return part.order_by(None).with_only_columns(
        sa.literal_column(str(number), sa.Integer()).label("part"), place.label("place"), *columns
    )


def _untyped(nothing: sa.ColumnElement[Any], _kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    return nothing


def _taker(part: Statement, places: Sequence[int], dialect: sa.Dialect) -> _Take:
    row: Any = namedtuple("Row", [column.key for column in part.selected_columns])  # type: ignore[misc]  # named as the part names them
    make: Any = partial(tuple.__new__, row)  # as ``_make``, which counts the values each time
    values = itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)
    kinds = (column.type.dialect_impl(dialect) for column in part.selected_columns)
    readers = [(nth, read) for nth, kind in enumerate(kinds) if (read := kind.result_processor(dialect, None))]

    def take(rows: Sequence[Sequence[Any]]) -> Sequence[Any]:
        if not readers:
            return list(map(make, map(values, rows)))
        columns: list[Iterable[Any]] = list(zip(*map(values, rows), strict=True))
        for nth, read in readers:
            columns[nth] = map(read, columns[nth])
        return list(map(make, zip(*columns, strict=True)))

    return take
