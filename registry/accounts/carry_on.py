"""A session that ended in the middle of a form: what was typed is kept, and sent again after signing in.

The sign-in page carries the typed fields and a signed note of whose they are. Whoever signs in as that person is
shown them with one button that sends them where they were going; for anybody else they are dropped.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Request, current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from registry.accounts.sessions import expired_owner

PREFIX = "kept-"
OWNER = "kept_owner"
LONGEST = timedelta(hours=12)

_NEVER_KEPT = frozenset({"csrf_token", "password", "current", "new"})


@dataclass(frozen=True, slots=True)
class KeptForm:
    """The fields of a form that could not be taken, and a signed note of who typed them."""

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
    if request.method != "POST" or owner_id is None or request.files:
        return None
    fields = tuple(
        (name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_KEPT and name != OWNER
    )
    return KeptForm(fields, _signer().dumps(str(owner_id))) if fields else None


def read(request: Request) -> KeptForm | None:
    """The kept form that a sign-in page sent along."""
    fields = tuple(
        (name.removeprefix(PREFIX), value) for name, value in request.form.items(multi=True) if name.startswith(PREFIX)
    )
    return KeptForm(fields, request.form.get(OWNER, "")) if fields else None


def belongs_to(kept: KeptForm, user_id: uuid.UUID) -> bool:
    """Whether this person typed it, not long ago."""
    try:
        owner = _signer().loads(kept.owner_note, max_age=int(LONGEST.total_seconds()))
    except BadSignature:
        return False
    return bool(owner == str(user_id))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept form")
