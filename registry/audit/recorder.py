"""Recording: an action names what it did; the fields before and after are read from the session itself.

``record()`` is called inside ``write()``. Every change to an audited row in the transaction is attached to the
event about that row, or to the first event about the same person; a change no event speaks for raises
``UnauditedChange``, and nothing is stored.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Protocol, TypeAlias, cast

import sqlalchemy as sa
from flask import current_app, g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import InstanceState

from registry import clock
from registry.audit.chain import GENESIS, link
from registry.audit.models import AuditEvent
from registry.db.base import Audited, Base
from registry.db.postgres import AUDIT_LOCK
from registry.db.session import RegistrySession
from registry.db.transaction import is_writing, registry_session, write
from registry.extensions import db

_EVENTS = "registry.audit.events"
_CHANGES = "registry.audit.changes"
_SECRET_FIELDS = frozenset({"password_hash", "token_hash"})
_SILENT_FIELDS = frozenset({"version"})

_LAST = sa.select(AuditEvent.number, AuditEvent.hash).order_by(AuditEvent.number.desc()).limit(1)
_TURN = sa.select(sa.func.pg_advisory_xact_lock(AUDIT_LOCK))
_APPEND = sa.insert(cast(sa.Table, AuditEvent.__table__))


_Noted: TypeAlias = dict[tuple[str, uuid.UUID], dict[str, Any]]
"""By table and id of the row: its fields before and after, and whom it is about."""


class UnauditedChange(RuntimeError):
    """A row was changed, and no audit event of the transaction speaks for it."""


class Actor(Protocol):
    """Somebody who acts: a user."""

    @property
    def id(self) -> uuid.UUID: ...


@dataclass(frozen=True, slots=True)
class ActorId:
    """Somebody who acted, as a value."""

    id: uuid.UUID


@dataclass(slots=True)
class _Pending:
    action: str
    kind: str
    actor_id: uuid.UUID | None
    clinic_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    entity: str | None = None
    entity_id: uuid.UUID | None = None
    outcome: str = "success"
    reason: str | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)


def record(
    action: str,
    *,
    by: Actor | None,
    subject: Base | None = None,
    about: tuple[str, uuid.UUID] | None = None,
    patient_id: uuid.UUID | None = None,
    clinic_id: uuid.UUID | None = None,
    kind: str = "change",
    outcome: str = "success",
    reason: str | None = None,
    changes: list[dict[str, Any]] | None = None,
) -> None:
    """Say what this transaction does. ``by=None`` is the system itself (a job, a command).

    ``about`` names a row that may not exist, by its kind and id, where there is no ``subject``.
    """
    if not is_writing():
        raise RuntimeError("record() belongs inside write()")
    entity, entity_id = about or (subject.__tablename__ if subject is not None else None, getattr(subject, "id", None))
    pending = _Pending(
        action=action,
        kind=kind,
        actor_id=by.id if by is not None else None,
        clinic_id=clinic_id or getattr(subject, "clinic_id", None),
        person_id=patient_id or _person_of(subject),
        entity=entity,
        entity_id=entity_id,
        outcome=outcome,
        reason=reason,
        changes=list(changes or ()),
    )
    db.session().info.setdefault(_EVENTS, []).append(pending)


def added(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row stored in bulk, which no session notices, as a change for ``record(changes=…)``."""
    after = {name: _shown(name, value) for name, value in row.items() if value is not None}
    return {"entity": table, "id": str(row.get("id") or row["patient_id"]), "before": {}, "after": after}


def record_alone(action: str, **details: Any) -> None:
    """An event with no change of its own (a sign-in, a refusal, an opened page), in its own transaction."""
    with write():
        record(action, **details)


@contextmanager
def told_at_once() -> Iterator[None]:
    """Inside, nothing is recorded beside what was recorded before: that speaks for it.

    For a history that is invented all at once, whose rows go in by bulk and are not listed either: one event a person
    says so, where thousands would say that somebody acted at this instant. Nobody's own act belongs inside.
    """
    session = registry_session()
    events, changes = list(session.info.get(_EVENTS, ())), dict(session.info.get(_CHANGES, {}))
    yield
    session.flush()
    session.info[_EVENTS], session.info[_CHANGES] = events, changes


def append_pending() -> None:
    """Commit hook: attach the changes, take the chain's lock, append the events last."""
    session = db.session()
    events: list[_Pending] = session.info.pop(_EVENTS, [])
    changes: _Noted = session.info.pop(_CHANGES, {})
    _attach(events, changes)
    if not events:
        return
    connection = registry_session().open_connection()  # of every page: what the session adds is half of it
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN)
    last = connection.execute(_LAST).first()
    number, previous = (last.number, last.hash) if last is not None else (0, GENESIS)
    key = current_app.config["SETTINGS"].audit_key.encode()
    rows = []
    for pending in events:
        number += 1
        row = _columns(pending, number=number)
        digest = link(previous, {name: _plain(value) for name, value in row.items()}, key=key)
        rows.append({**row, "previous_hash": previous, "hash": digest})
        previous = digest
    connection.execute(_APPEND, rows)  # one statement for all of them


def content_of(row: AuditEvent) -> dict[str, Any]:
    """What the hash of an event covers: every column but the two hashes."""
    return {
        column.name: _plain(getattr(row, column.name))
        for column in AuditEvent.__table__.columns
        if column.name not in {"hash", "previous_hash"}
    }


def _columns(pending: _Pending, *, number: int) -> dict[str, Any]:
    """Every column of the event but the two hashes."""
    in_request = has_request_context()
    actor_kind = "user" if pending.actor_id else ("system" if in_request else "command")
    return {
        "number": number,
        "at": clock.now(),
        "kind": pending.kind,
        "action": pending.action,
        "actor_kind": actor_kind,
        "actor_id": pending.actor_id,
        "clinic_id": pending.clinic_id,
        "person_id": pending.person_id,
        "entity": pending.entity,
        "entity_id": pending.entity_id,
        "outcome": pending.outcome,
        "reason": pending.reason,
        "address": request.remote_addr if in_request else None,
        "request_id": g.get("request_id") if in_request else None,
        "changes": pending.changes or None,
    }


def _attach(events: list[_Pending], changes: _Noted) -> None:
    """Each change to the event about its row; else to one about the same person; else, about nobody, the first act."""
    of_row: dict[tuple[str | None, uuid.UUID | None], _Pending] = {}
    of_person: dict[uuid.UUID | None, _Pending] = {}
    for pending in events:
        of_row.setdefault((pending.entity, pending.entity_id), pending)
        if pending.person_id is not None or pending.kind not in {"read", "list"}:
            of_person.setdefault(pending.person_id, pending)
    for (entity, entity_id), change in changes.items():
        person_id = change.pop("person_id", None)
        speaking = of_row.get((entity, entity_id)) or of_person.get(person_id)
        if speaking is None:
            raise UnauditedChange(f"{entity} was changed and no audit event says so")
        speaking.changes.append(change)


@event.listens_for(RegistrySession, "before_flush")
def _note_changes(session: RegistrySession, _context: object, _instances: object) -> None:
    noted: _Noted = session.info.setdefault(_CHANGES, {})
    for row in session.new:
        if isinstance(row, Audited):
            _note_new(noted, row)
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, Audited) and session.is_modified(row):
            _note_changed(noted, row)


@event.listens_for(RegistrySession, "after_rollback")
def _forget(session: RegistrySession) -> None:
    session.info.pop(_EVENTS, None)
    session.info.pop(_CHANGES, None)


def _change_of(noted: _Noted, row: Any, state: InstanceState[Any]) -> dict[str, Any]:
    name = row.__tablename__
    identity = getattr(row, "id", None) or state.mapper.primary_key_from_instance(row)[0]
    return noted.setdefault(
        (name, identity),
        {"entity": name, "id": str(identity), "before": {}, "after": {}, "person_id": _person_of(row)},
    )


def _note_new(noted: _Noted, row: Any) -> None:
    state = sa.inspect(row)
    after = _change_of(noted, row, state)["after"]
    for column in state.mapper.column_attrs:
        value = state.dict.get(column.key)
        if value is not None and column.key not in _SILENT_FIELDS:
            after[column.key] = _shown(column.key, value)


def _note_changed(noted: _Noted, row: Any) -> None:
    state = sa.inspect(row)
    change = _change_of(noted, row, state)
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if column.key in _SILENT_FIELDS or not history.has_changes():
            continue
        if history.deleted:
            change["before"].setdefault(column.key, _shown(column.key, history.deleted[0]))
        value = getattr(row, column.key)
        if value is not None or history.deleted:
            change["after"][column.key] = _shown(column.key, value)


def _person_of(row: Any) -> uuid.UUID | None:
    person: uuid.UUID | None = getattr(row, "patient_id", None)
    if person is None and getattr(row, "__tablename__", None) == "patient":
        person = row.id
    return person


def _shown(name: str, value: Any) -> Any:
    return "(secret)" if name in _SECRET_FIELDS and value is not None else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    return value
