"""Addresses made of the one that was asked for."""

from __future__ import annotations

from typing import Any

from flask import request, url_for


def this_address(**changed: Any) -> str:
    """The address asked for with some of its words changed; ``None`` leaves one out."""
    steering = {"endpoint", *(name for name in request.args if name.startswith("_"))}  # would be read as ``url_for``'s
    words = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in steering}
    return url_for(request.endpoint or "", **{**words, **(request.view_args or {}), **changed})
