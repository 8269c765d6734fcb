"""The headings of a table that sorts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; sorts where it has an address."""

    label: str
    url: str = ""
    direction: str = ""
    kind: str = ""
