"""The caseload, the record of a person, and the people of a peer specialist."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("caseload", __name__)

from registry.caseload.views import (  # noqa: E402  # their routes stand on the blueprint
    chosen,
    columns,
    listing,
    looked,
    own_people,
    physical,
    record,
    saved_views,
    summary,
)

__all__ = [
    "blueprint",
    "chosen",
    "columns",
    "listing",
    "looked",
    "own_people",
    "physical",
    "record",
    "saved_views",
    "summary",
]
