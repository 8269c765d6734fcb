"""Names of static files that change when their content does, so that a browser may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, request, url_for


def init_app(app: Flask) -> None:
    folder = Path(app.static_folder or "")

    @cache
    def digest(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]

    @cache
    def address(name: str, _below: str) -> str:
        return url_for("static", filename=name, v=digest(name))

    def asset(name: str) -> str:
        """Address of a static file with its content's digest. Raises ``FileNotFoundError`` for a wrong name."""
        return address(name, request.script_root)

    app.jinja_env.globals["asset"] = asset
