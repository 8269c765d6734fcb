"""The one blueprint of administration; each of its pages is a module of its own."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("administration", __name__, url_prefix="/administration")
