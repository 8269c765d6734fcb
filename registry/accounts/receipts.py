"""A form acts once: its key is stored with the act, and a second click lands where the first one led."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from flask import abort, redirect, request
from flask_login import current_user
from sqlalchemy import insert
from werkzeug.exceptions import Conflict

from registry import clock
from registry.accounts.models import FormReceipt
from registry.accounts.queries import get_receipt
from registry.audit.recorder import Actor, ActorId
from registry.db.conflict import is_of_merged, is_overtaken
from registry.db.transaction import write
from registry.extensions import db
from registry.web import form_keys


class ForeignReceipt(Conflict):
    """The form key was used by somebody else. Nothing is done, nothing is told of what it led to: 409."""


class SentBefore(Conflict):
    """The form was used for other content while this request was on its way. Nothing is done: 409."""


def led_to(form_key: str, *, by: Actor) -> str | None:
    """Where this form already led its user: asked before checks that the first click's own act would fail."""
    known = get_receipt(form_key) if form_key else None
    is_same = known is not None and (known.user_id, known.digest) == (by.id, form_keys.fingerprint())
    return known.location if known is not None and is_same else None


def led_reader_to(form_key: str) -> str | None:
    """Where this form already led whoever is signed in."""
    return led_to(form_key, by=current_user) if current_user.is_authenticated else None


def is_sent_otherwise(form_key: str) -> bool:
    """Whether the reader used this form already, for other content than now: an answer corrected on the way back."""
    known = get_receipt(form_key) if current_user.is_authenticated else None
    return known is not None and known.user_id == current_user.id and known.digest != form_keys.fingerprint()


def refuse_what_is_over() -> NoReturn:
    """What is over cannot be changed again: 404; but a second click of the form that ended it lands where the first
    one led, and that form with other content is told so (409)."""
    key = request.form.get("form_key", "")
    location = led_to(key, by=current_user)
    if location is not None:
        abort(redirect(location, 303))
    if is_sent_otherwise(key):
        abort(form_keys.refusal())
    abort(404)


def once(form_key: str, *, by: Actor, act: Callable[[], str]) -> str:
    """Run ``act`` in one transaction unless this form was already used; return the address it leads to.

    ``act`` returns that address. A form without a key acts every time. PostgreSQL lets two clicks act side by side:
    the second fails on what the first stored, and then lands where that one led. Where it was somebody else who was
    faster, ``act`` runs again on what is stored now.

    Where the record was merged into another meanwhile, the answer is 404. Raises ``SentBefore`` where the form was
    used for other content than this request's, ``ForeignReceipt`` where somebody else used it.
    """
    by = ActorId(by.id)  # as a value: a transaction that fails forgets the rows it read
    for is_last in (False, False, True):
        try:
            return _act_unless_used(form_key, by=by, act=act)
        except Exception as error:  # of whatever kind: an action refuses in its own words what its first click did
            location = led_to(form_key, by=by)
            if location is not None:
                return location
            if is_of_merged(error):
                abort(404)  # which leads to the record that stayed, with what was typed
            if is_last or not is_overtaken(error):
                raise
    raise AssertionError("the last try returns or raises")


def _act_unless_used(form_key: str, *, by: Actor, act: Callable[[], str]) -> str:
    with write():
        known = get_receipt(form_key) if form_key else None
        if known is not None:
            if known.user_id != by.id:
                raise ForeignReceipt
            if known.digest != form_keys.fingerprint():
                raise SentBefore(response=form_keys.refusal())
            return known.location
        location = act()
        if form_key:
            row = {
                "key": form_key,
                "user_id": by.id,
                "used_at": clock.now(),
                "digest": form_keys.fingerprint(),
                "location": location,
            }
            db.session.execute(insert(FormReceipt), [row])
        return location
