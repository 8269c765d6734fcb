"""Addresses made once, and made of the one that was asked for."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, request, url_for

_KEPT = "registry.web.addresses"


def page_address(endpoint: str) -> str:
    """``url_for`` of a page whose address holds no value: made once below each path the program is served at."""
    made = cast(dict[tuple[str, str], str], current_app.extensions.setdefault(_KEPT, {}))
    key = (endpoint, request.script_root)
    if key not in made:
        made[key] = url_for(endpoint)
    return made[key]


def this_address(**changed: Any) -> str:
    """The address asked for with some of its words changed; ``None`` leaves one out."""
    steering = {"endpoint", *(name for name in request.args if name.startswith("_"))}  # would be read as ``url_for``'s
    words = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in steering}
    return url_for(request.endpoint or "", **{**words, **(request.view_args or {}), **changed})
