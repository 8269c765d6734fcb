"""A session that ended in the middle of a form: what was typed is kept, and sent again after signing in.

The sign-in page carries the typed fields and a signed note of whose they are and where they were going. Whoever signs
in as that person is shown them with one button that sends them there. For anybody else, and when a field or the address
is another than the one signed, they are dropped.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Request, current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from registry.accounts.sessions import expired_owner

PREFIX = "kept-"
OWNER = "kept_owner"
LONGEST = timedelta(hours=12)

_NEVER_KEPT = frozenset({"csrf_token", "password", "current", "new", "again"})


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The fields of a form that could not be taken, and a signed note of who typed them for which address."""

    fields: tuple[tuple[str, str], ...]
    owner_note: str

    def hidden(self) -> Iterator[tuple[str, str]]:
        """Names and values for the sign-in page."""
        for name, value in self.fields:
            yield PREFIX + name, value
        yield OWNER, self.owner_note


def keep(request: Request) -> KeptForm | None:
    """What a request without a living session had to say, if its dead session tells whose it was."""
    owner_id = expired_owner(request)
    if request.method != "POST" or owner_id is None:
        return None
    fields = typed(request)
    return KeptForm(fields, _note(owner_id, target(request), fields)) if fields else None


def typed(request: Request) -> tuple[tuple[str, str], ...]:
    """The fields of a form that may be sent again: no password, no file."""
    if request.files:
        return ()
    return tuple(
        (name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_KEPT and name != OWNER
    )


def target(request: Request) -> str:
    """Where the request was going, as a path inside this program."""
    return safe_next(request.full_path.rstrip("?"))


def safe_next(address: str) -> str:
    """A path inside this program, or nothing: never another host."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return address if inside and all(sign.isprintable() for sign in address) else ""


def read(request: Request) -> KeptForm | None:
    """The kept form that a sign-in page sent along."""
    fields = tuple(
        (name.removeprefix(PREFIX), value) for name, value in request.form.items(multi=True) if name.startswith(PREFIX)
    )
    return KeptForm(fields, request.form.get(OWNER, "")) if fields else None


def belongs_to(kept: KeptForm, user_id: uuid.UUID, *, address: str) -> bool:
    """Whether this person typed exactly this for exactly that address, not long ago."""
    try:
        signed = _signer().loads(kept.owner_note, max_age=int(LONGEST.total_seconds()))
    except BadSignature:
        return False
    return bool(signed == [str(user_id), _digest(address, kept.fields)])


def _note(owner_id: uuid.UUID, address: str, fields: tuple[tuple[str, str], ...]) -> str:
    return _signer().dumps([str(owner_id), _digest(address, fields)])


def _digest(address: str, fields: tuple[tuple[str, str], ...]) -> str:
    """Browsers write the ends of lines their own way when they send a form again; nothing else may differ."""
    lines = [[name, "\n".join(value.replace("\r\n", "\n").split("\r"))] for name, value in fields]
    return hashlib.sha256(json.dumps([address, lines]).encode()).hexdigest()


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept form")
