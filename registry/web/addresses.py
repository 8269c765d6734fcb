"""Addresses made once, and made of the one that was asked for."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from flask import current_app, request, url_for

_KEPT = "registry.web.addresses"

_AS_THEY_ARE = "!$'()*,/:;?@"
"""Signs that ``url_for`` leaves as they are behind the question mark: the URL Standard's query percent-encode set."""


@dataclass(frozen=True, slots=True)
class _Path:
    """A path with ``%s`` for each of the ids ``names`` names, in order."""

    pattern: str
    names: tuple[str, ...]


def page_address(endpoint: str, **values: Any) -> str:
    """As ``url_for``, for the many addresses of a list: the path of a page is made once, and ids are filled in.

    Beside the ids each value is one word; what is None is left out.
    """
    current_app.inject_url_defaults(endpoint, values)
    path = _path_of(endpoint)
    ids = tuple(values.pop(name) for name in path.names)
    address = path.pattern % ids if ids else path.pattern
    words = {name: value for name, value in values.items() if value is not None}
    return f"{address}?{urlencode(words, safe=_AS_THEY_ARE)}" if words else address


def _path_of(endpoint: str) -> _Path:
    """Made once below each path the program is served at. Raises ``ValueError`` for a path that holds more than ids."""
    made = cast(dict[tuple[str, str], _Path], current_app.extensions.setdefault(_KEPT, {}))
    key = (endpoint, request.script_root)
    if key not in made:
        (rule,) = current_app.url_map.iter_rules(endpoint)
        names = tuple(re.findall(r"<uuid:(\w+)>", rule.rule))
        if rule.arguments != set(names):
            raise ValueError(f"the path of {endpoint} holds more than ids")
        marks: dict[str, Any] = {name: uuid.UUID(int=nth) for nth, name in enumerate(names)}
        pattern = url_for(endpoint, **marks)
        for mark in marks.values():
            pattern = pattern.replace(str(mark), "%s")
        made[key] = _Path(pattern, names)
    return made[key]


def this_address(**changed: Any) -> str:
    """The address asked for with some of its words changed; ``None`` leaves one out."""
    steering = {"endpoint", *(name for name in request.args if name.startswith("_"))}  # would be read as ``url_for``'s
    words = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in steering}
    return url_for(request.endpoint or "", **{**words, **(request.view_args or {}), **changed})
