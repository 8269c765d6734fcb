"""Is the process alive; is it ready for people."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, current_app, jsonify

from registry.access.policy import public

blueprint = Blueprint("health", __name__, url_prefix="/health")

READINESS = "registry.readiness"
"""Key in ``app.extensions``: name → check that returns what is wrong, or an empty text."""

Check = Callable[[], str]


@blueprint.get("/live")
@public()
def live() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/ready")
@public()
def ready() -> tuple[Response, int]:
    """The database answers, its tables are current, the consumer is alive, every safety signal has its alert."""
    checks: dict[str, Check] = current_app.extensions[READINESS]
    problems = {name: problem for name, check in checks.items() if (problem := check())}
    return jsonify(status="ok" if not problems else "not ready", problems=problems), 503 if problems else 200
