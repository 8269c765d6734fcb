"""The caseload, the record of a person, and the people of a peer specialist."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("caseload", __name__)

from registry.caseload.views import listing, looked, own_people, record, summary  # noqa: E402  # their routes stand on the blueprint

__all__ = ["blueprint", "listing", "looked", "own_people", "record", "summary"]
