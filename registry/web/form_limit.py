"""A form has only so many fields: reading and showing again tens of thousands would hold a worker for seconds."""

from __future__ import annotations

from flask import Flask, abort, current_app, request


def init_app(app: Flask) -> None:
    """Before anything reads the form. Werkzeug's own limit counts the parts of multipart bodies alone."""

    @app.before_request
    def _refuse_too_many_fields() -> None:
        if request.mimetype != "application/x-www-form-urlencoded":
            return
        if request.get_data(cache=True).count(b"&") >= current_app.config["MAX_FORM_PARTS"]:
            abort(413)
