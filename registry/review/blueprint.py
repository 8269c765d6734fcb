"""The one blueprint of case review: its pages that show scores and alerts stand higher, in ``registry.caseload``."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("review", __name__)
