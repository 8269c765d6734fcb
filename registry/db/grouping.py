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
    before: uuid.UUID | None = None
    own: list[About] = []
    for row in rows:
        patient_id = row.patient_id
        # many of one person often stand together, and a UUID is slow to look up
        if patient_id is not before and patient_id != before:
            before, own = patient_id, found.setdefault(patient_id, [])
        own.append(row)
    return found
