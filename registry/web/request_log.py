"""One JSON line a request, from an allow-list: the route's rule, never its values; ids, never names."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

from registry.db.identifiers import new_id

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "request_id",
        "user_id",
        "method",
        "route",
        "status",
        "milliseconds",
        "error",
        "check",
        "problem",
        "where",
        "job",
        "count",
        "clinic_id",
        "patient_id",
        "alert_id",
    }
)


def _only_allowed(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value for name, value in event.items() if name in ALLOWED}


def configure(level: str) -> None:
    """Send our log as JSON lines to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


log = structlog.get_logger()


def what_failed(error: BaseException) -> dict[str, object]:
    """The kind of error and where in our code it rose: its message may hold somebody's data."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if "site-packages" not in each.filename]
    where = [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}:{frame.name}" for frame in frames[-3:]]
    return {"error": type(error).__name__, "where": where}


def init_app(app: Flask) -> None:
    @app.before_request
    def _begin() -> None:
        g.request_id = new_id().hex
        g.began = time.perf_counter()

    @app.after_request
    def _write_line(response: Response) -> Response:
        if request.endpoint == "static":
            return response
        response.headers["X-Request-ID"] = g.get("request_id", "")
        log.info(
            "request",
            request_id=g.get("request_id"),
            user_id=str(g.user_id) if "user_id" in g else None,
            method=request.method,
            route=request.url_rule.rule if request.url_rule else "(none)",
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        )
        return response
