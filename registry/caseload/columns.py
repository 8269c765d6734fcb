"""The shape of a row that was selected column by column, where a list needs no whole object."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Row

Columns: TypeAlias = Row[*tuple[Any, ...]]
