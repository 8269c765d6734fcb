"""A refusal leaves an event: the action that is not allowed (403), the record that is out of reach (404).

The event holds ids alone, as they stood in the address. Whether they exist is not looked up: absent and foreign are
the same here too. It is committed by itself, after the refused request's own transaction is rolled back.

Nobody can flood the trail: of one person's refusals ``MOST`` within ``WINDOW`` are recorded, the last of them saying
that more may follow; the rest stand in the request log only. Counting them costs one read of an index and takes no
lock, so a flood slows nobody down. (Aggregating the rest would need a counter that is itself written at each refusal.)
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy import literal_column, select

from registry import clock
from registry.access.policy import Policy, policy_of
from registry.audit.models import AuditEvent
from registry.audit.recorder import ActorId, record_alone
from registry.db.transaction import end_read
from registry.extensions import db

MOST = 50
WINDOW = timedelta(hours=1)

NOT_ALLOWED = "action.refused"
OUT_OF_REACH = "record.refused"
_ACTS: Mapping[int, str] = {403: NOT_ALLOWED, 404: OUT_OF_REACH}

LAST_WORDS = "; more within the hour stand in the request log only"

_OLDER = select(AuditEvent.at).where(
    AuditEvent.outcome == literal_column("'refused'"),  # as the index says it
    AuditEvent.kind == "refusal",
)


def init_app(app: Flask) -> None:
    """Record a refused request of somebody signed in; if that fails, the page does not leave."""

    @app.after_request
    def _record_refusal(response: Response) -> Response:
        wanted = _policy_of_request()
        if response.status_code in _ACTS and wanted is not None and wanted.action is not None and "user_id" in g:
            db.session.rollback()
            _record(_ACTS[response.status_code], by=ActorId(g.user_id), wanted=wanted.action)
        return response


def _policy_of_request() -> Policy | None:
    """``None`` for an address no route answers to: nothing was asked for."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    return policy_of(current_app.view_functions[request.endpoint])


def _record(act: str, *, by: ActorId, wanted: str) -> None:
    younger = _recent(by.id)
    end_read()
    if younger < MOST:
        ids = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, uuid.UUID)}
        record_alone(
            act,
            by=by,
            patient_id=ids.get("patient_id"),
            about=_innermost(ids),
            kind="refusal",
            outcome="refused",
            reason=wanted + (LAST_WORDS if younger == MOST - 1 else ""),
        )


def _recent(user_id: uuid.UUID) -> int:
    """How many of this person's refusals are on record and young, at most ``MOST``."""
    latest = _OLDER.where(AuditEvent.actor_id == user_id).order_by(AuditEvent.number.desc()).limit(MOST)
    since = clock.now() - WINDOW
    return sum(at > since for at in db.session.scalars(latest))


def _innermost(ids: Mapping[str, Any]) -> tuple[str, uuid.UUID] | None:
    """What the address asked for at last: ``/patients/…/episodes/<episode_id>`` is about the episode."""
    if not ids:
        return None
    name, value = list(ids.items())[-1]
    return name.removesuffix("_id"), value
