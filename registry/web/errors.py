"""What a person sees when a page cannot be shown: what happened, what was kept, what to do."""

from __future__ import annotations

import sqlalchemy.exc
from flask import Flask, Response, current_app, g, make_response, render_template
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from registry.db.session import ScopeError
from registry.extensions import db
from registry.web.request_log import log, what_failed

PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
"""Statuses with a page of their own under ``templates/errors``."""


def respond(status: int) -> Response:
    """The error page of ``status``."""
    shown = status if status in PAGES else 400 if status < 500 else 500
    return make_response(render_template(f"errors/{shown}.html", request_id=g.get("request_id")), status)


def forged() -> Response:
    """The answer to a request without the token that only this program's own pages carry."""
    return make_response(render_template("errors/forged.html", request_id=g.get("request_id")), 400)


def init_app(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.response is not None:
            return current_app.make_response(error.response)
        return respond(error.code or 500)

    @app.errorhandler(sqlalchemy.exc.OperationalError)
    def _busy(error: sqlalchemy.exc.OperationalError) -> Response:
        db.session.rollback()
        _log(error)
        return respond(503)

    @app.errorhandler(StaleDataError)
    def _overtaken(error: StaleDataError) -> Response:
        db.session.rollback()
        _log(error)
        return respond(409)

    @app.errorhandler(ScopeError)
    def _outside_scope(error: ScopeError) -> Response:
        db.session.rollback()
        _log(error)
        return respond(404)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        if app.testing or app.debug:
            raise error
        db.session.rollback()
        _log(error)
        return respond(500)


def _log(error: Exception) -> None:
    log.error("error", request_id=g.get("request_id"), **what_failed(error))
