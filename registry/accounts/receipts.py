"""A form acts once: its key is stored with the act, and a second click lands where the first one led."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import insert
from werkzeug.exceptions import Conflict

from registry import clock
from registry.accounts.models import FormReceipt
from registry.accounts.queries import location_of_receipt
from registry.audit.recorder import Actor, ActorId
from registry.db.conflict import is_overtaken
from registry.db.transaction import write
from registry.extensions import db


class ForeignReceipt(Conflict):
    """The form key was used by somebody else. Nothing is done, nothing is told of what it led to: 409."""


def led_to(form_key: str, *, by: Actor) -> str | None:
    """Where this form already led its user: asked before checks that the first click's own act would fail."""
    known = location_of_receipt(form_key) if form_key else None
    return known[1] if known is not None and known[0] == by.id else None


def once(form_key: str, *, by: Actor, act: Callable[[], str]) -> str:
    """Run ``act`` in one transaction unless this form was already used; return the address it leads to.

    ``act`` returns that address. A form without a key acts every time. PostgreSQL lets two clicks act side by side:
    the second fails on what the first stored, and then lands where that one led. Where it was somebody else who was
    faster, ``act`` runs again on what is stored now.
    """
    by = ActorId(by.id)  # as a value: a transaction that fails forgets the rows it read
    for is_last in (False, False, True):
        try:
            return _act_unless_used(form_key, by=by, act=act)
        except Exception as error:  # of whatever kind: an action refuses in its own words what its first click did
            location = led_to(form_key, by=by)
            if location is not None:
                return location
            if is_last or not is_overtaken(error):
                raise
    raise AssertionError("the last try returns or raises")


def _act_unless_used(form_key: str, *, by: Actor, act: Callable[[], str]) -> str:
    with write():
        known = location_of_receipt(form_key) if form_key else None
        if known is not None:
            owner, location = known
            if owner != by.id:
                raise ForeignReceipt
            return location
        location = act()
        if form_key:
            row = {"key": form_key, "user_id": by.id, "used_at": clock.now(), "location": location}
            db.session.execute(insert(FormReceipt), [row])
        return location
