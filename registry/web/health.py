"""Is the process alive; is it ready for people."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, current_app, jsonify

from registry.access.policy import public
from registry.extensions import db
from registry.web.request_log import log

blueprint = Blueprint("health", __name__, url_prefix="/health")

READINESS = "registry.readiness"
"""Key in ``app.extensions``: name → check that returns what is wrong, or an empty text."""

SWITCHED_OFF = "registry.switched_off"
"""Key in ``app.extensions``: names of what this installation does without."""

Check = Callable[[], str]


@blueprint.get("/live")
@public()
def live() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/ready")
@public()
def ready() -> tuple[Response, int]:
    """The database answers, its tables are current, the consumer is alive, every safety signal has its alert.

    Everybody may ask, so the answer names the checks that failed and no more; why they failed stands in the log.
    """
    problems = {name: problem for name, problem in ask_all().items() if problem}
    for name, problem in problems.items():
        log.error("not ready", check=name, problem=problem)
    status = "ready" if not problems else "not ready"
    off = current_app.extensions[SWITCHED_OFF]
    return jsonify(status=status, failed=list(problems), off=off), 503 if problems else 200


def ask_all() -> dict[str, str]:
    """Every check and what is wrong, an empty text where nothing is."""
    checks: dict[str, Check] = current_app.extensions[READINESS]
    return {name: _asked(check) for name, check in checks.items()}


def _asked(check: Check) -> str:
    """What is wrong. A check that fails itself is a check that failed: the others are still asked."""
    try:
        return check()
    except Exception as error:
        db.session.rollback()
        return f"could not be asked: {type(error).__name__}"
