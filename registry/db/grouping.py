"""Rows read for many patients at once, put back to the patient they are about."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar


class _AboutSomebody(Protocol):
    @property
    def patient_id(self) -> Any: ...


About = TypeVar("About", bound=_AboutSomebody)


def by_patient(rows: Iterable[About]) -> dict[uuid.UUID, list[About]]:
    """The rows of each patient, in their order; a patient without any has no entry."""
    found: dict[uuid.UUID, list[About]] = {}
    for row in rows:
        found.setdefault(row.patient_id, []).append(row)
    return found
