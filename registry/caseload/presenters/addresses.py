"""Addresses of pages about one person, made once and filled in for each row of a list."""

from __future__ import annotations

import uuid
from typing import Any

from flask import url_for

_NOBODY = uuid.UUID(int=0)


class PatientAddress:
    """The address of one page, by patient. Building an address costs more than the rest of a row."""

    def __init__(self, endpoint: str, **more: Any) -> None:
        self._pattern = url_for(endpoint, patient_id=_NOBODY, **more)

    def of(self, patient_id: uuid.UUID) -> str:
        return self._pattern.replace(str(_NOBODY), str(patient_id))

    def at(self, patient_id: uuid.UUID, episode_id: uuid.UUID) -> str:
        """Of one of the episodes of somebody who may have several: what is entered there is entered at its clinic."""
        address = self.of(patient_id)
        return f"{address}{'&' if '?' in address else '?'}episode={episode_id}"
