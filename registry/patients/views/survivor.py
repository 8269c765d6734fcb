"""Old addresses of a record that was merged into another lead to that one."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, flash, redirect, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from registry.access import scope
from registry.db.session import ScopeError
from registry.patients.queries import get_record, get_survivor
from registry.web import errors
from registry.web.addresses import this_address

MERGED = "The record you asked for was merged into this one"
"""Without their numbers: what is flashed travels in a cookie."""


def lead_to_survivor(error: HTTPException) -> Response:
    """The answer to whatever is not there: the same page of the record it was merged into, for those who may see both.

    A form that was open meanwhile is sent on as it is (307): nothing that was typed is lost. Everybody else, and
    whoever asks for what never was, gets the same page that says so.
    """
    if error.response is not None:
        return current_app.make_response(error.response)
    address = _address_now()
    return errors.respond(404) if address is None else redirect(address, 302 if request.method == "GET" else 307)


def _address_now() -> str | None:
    asked: dict[str, Any] = request.view_args or {}
    patient_id = asked.get("patient_id")
    if request.endpoint is None or not isinstance(patient_id, uuid.UUID) or not current_user.is_authenticated:
        return None
    try:
        scope.current()
    except ScopeError:
        return None  # refused before anybody's clinics were known
    survivor, record = get_survivor(patient_id), get_record(patient_id)
    if survivor is None or record is None:
        return None
    if request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":  # not to what a page fetches by itself
        flash(MERGED, "warning")
    return this_address(patient_id=survivor.id)
