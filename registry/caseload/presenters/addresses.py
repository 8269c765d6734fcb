"""Addresses of pages about one person, made once and filled in for each row of a list."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, url_for

_NOBODY = uuid.UUID(int=0)


class PatientAddress:
    """The address of one page, by patient. Building an address costs more than the rest of a row."""

    def __init__(self, endpoint: str, *, key: str = "patient_id") -> None:
        known = endpoint in current_app.view_functions
        values: dict[str, Any] = {key: _NOBODY}
        self._pattern = url_for(endpoint, **values) if known else ""

    def of(self, identifier: uuid.UUID) -> str:
        """The page of this patient; nothing where the program has no such page."""
        return self._pattern.replace(str(_NOBODY), str(identifier))
