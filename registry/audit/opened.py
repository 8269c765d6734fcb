"""Reads are recorded too: opening a chart or a list is an act. No event, no page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Response, g

from registry.audit.recorder import Actor, ActorId, record
from registry.db.transaction import end_read, write

_OPENED = "opened_records"

_SHOWN_ALL_THE_SAME = frozenset({409, 422, 429})
"""A form that was not taken comes back on a page that shows the person: a refusal of the entry, not of the look."""


def opened(
    action: str,
    *,
    by: Actor,
    patient_id: uuid.UUID | None = None,
    shown: Iterable[uuid.UUID] = (),
    clinic_id: uuid.UUID | None = None,
    about: tuple[str, uuid.UUID] | None = None,
    kind: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note that this request shows a person's record, or a list of the people ``shown``.

    ``about`` names the row it shows, by its table and id. ``kind`` is that of the act
    where it does more than show. ``details`` say how: numbers and codes, never a name.
    Written when the page is ready: the page's read transaction ends first, so that the event's lock is short.
    """
    people = [str(person) for person in shown]
    g.setdefault(_OPENED, []).append(
        {
            "action": action,
            "by": ActorId(by.id),  # as a value: the row is forgotten when the page's read ends
            "patient_id": patient_id,
            "clinic_id": clinic_id,
            "about": about,
            "kind": kind or ("read" if patient_id else "list"),
            "changes": [{"shown": people, **(details or {})}] if people or details else None,
        }
    )


def init_app(app: Flask) -> None:
    """Write the access events of a request before its page leaves; if that fails, the page does not leave."""

    @app.after_request
    def _write_access_events(response: Response) -> Response:
        acts = g.pop(_OPENED, [])
        if acts and (response.status_code < 400 or response.status_code in _SHOWN_ALL_THE_SAME):
            end_read()
            with write():
                for act in acts:
                    record(**act)
        return response
