"""Addresses made once, and made of the one that was asked for."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from flask import current_app, request, url_for

_KEPT = "registry.web.addresses"

_AS_THEY_ARE = "!$'()*,/:;?@"
"""Signs that ``url_for`` leaves as they are behind the question mark: the URL Standard's query percent-encode set."""


def page_address(endpoint: str, **words: str | int) -> str:
    """``url_for`` of a page whose path holds no value: the path is made once below each one the program is served at,
    and ``words`` stand behind it as they are asked for.
    """
    made = cast(dict[tuple[str, str], str], current_app.extensions.setdefault(_KEPT, {}))
    key = (endpoint, request.script_root)
    if key not in made:
        made[key] = url_for(endpoint)
    return f"{made[key]}?{urlencode(words, safe=_AS_THEY_ARE)}" if words else made[key]


def this_address(**changed: Any) -> str:
    """The address asked for with some of its words changed; ``None`` leaves one out."""
    steering = {"endpoint", *(name for name in request.args if name.startswith("_"))}  # would be read as ``url_for``'s
    words = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in steering}
    return url_for(request.endpoint or "", **{**words, **(request.view_args or {}), **changed})
