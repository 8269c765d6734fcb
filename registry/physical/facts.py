"""What is entered of an observation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationFacts:
    """One observation: ``value`` in ``unit`` with ``second`` beside it where there are two, or a ``choice``.

    ``kind`` is a key of ``observations.toml``; ``taken_on`` the local day it was taken, not that of the report.
    """

    kind: str
    taken_on: date
    source: str
    value: Decimal | None = None
    second: Decimal | None = None
    unit: str = ""
    choice: str = ""
    words: str = ""
