"""How much of the yearly physical check of a row counts today."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry.alerts.rulebook.phrases import uncapitalised
from registry.caseload.columns import Columns
from registry.physical.catalogue import catalogue

MOST_MISSING = 2
"""Parts that are named in a list; the person's page shows all."""


@dataclass(frozen=True, slots=True)
class YearlyCheck:
    """Of so many parts, those that are missing by their names: lapsed, or never done."""

    parts: int
    missing: Sequence[str]

    @property
    def done(self) -> int:
        return self.parts - len(self.missing)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is missing, where it is little."""
        if not 0 < len(self.missing) <= MOST_MISSING:
            return ()
        return (f"{', '.join(map(uncapitalised, self.missing))} missing",)


def yearly_check(row: Columns, today: date) -> YearlyCheck | None:
    """None after the end of an episode."""
    if row.yearly is None:
        return None
    parts, until = catalogue().yearly, json.loads(row.yearly)
    return YearlyCheck(len(parts), [part.name for part in parts if until.get(part.key, "") < today.isoformat()])
