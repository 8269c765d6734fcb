"""A form is sent once: its key, used before with other content, is answered in words (409), never taken as sent.

Accounts, which keep the keys, stand above this room, so ``create_app`` says who knows
(``app.extensions[SENT_OTHERWISE]``, ``app.extensions[LED_TO]``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import cast

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request

SENT_OTHERWISE = "sent_otherwise"
"""Key in ``app.extensions``: form key → whether this person used it for other content."""

LED_TO = "led_to"
"""Key in ``app.extensions``: form key → where this very form already led this person, if it did."""

SENT_BEFORE = (
    "This form was sent already with other content, and only that was saved. "
    "Look at what was saved. If this is to be saved as well, save again"
)

_STEERING = frozenset({"csrf_token", "next"})
"""Fields that say nothing of what is stored: who may send it, and where it leads."""


def fingerprint() -> str:
    """SHA-256, in hex, of what this request asks for: its address and every field, in order."""
    fields = [field for field in request.form.items(multi=True) if field[0] not in _STEERING]
    asked = [request.path, request.query_string.decode("latin-1"), fields]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def is_sent_otherwise(key: str) -> bool:
    """Whether this person used the key for other content than this request's. If so, the answer will be 409."""
    known = cast(Callable[[str], bool], current_app.extensions[SENT_OTHERWISE])(key)
    if known:
        g.is_sent_otherwise = True
    return known


def refusal() -> Response:
    """The answer where the form cannot be shown again."""
    return make_response(render_template("errors/sent_before.html", request_id=g.get("request_id")), 409)


def init_app(app: Flask) -> None:
    @app.after_request
    def _tell(response: Response) -> Response:
        """The page of the view if it tells the reader, else one that does: views that redirect do not."""
        if not g.get("is_sent_otherwise"):
            return response
        if SENT_BEFORE not in response.get_data(as_text=True):
            return refusal()
        response.status_code = 409
        return response

    @app.after_request
    def _land(response: Response) -> Response:
        """A second click is refused where the first, stored a moment before, took away what the form offers: it lands
        where that one led."""
        key = request.form.get("form_key", "") if response.status_code == 422 else ""
        location = cast(Callable[[str], str | None], current_app.extensions[LED_TO])(key) if key else None
        return response if location is None else current_app.make_response(redirect(location, 303))
