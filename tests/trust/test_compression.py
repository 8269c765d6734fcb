"""A page is compressed for our own pages alone: its length must betray nothing to another site."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from registry.web import compression

PAGE = "<li>Somebody, PHQ-9 14 on 12 March</li>" * 400


@pytest.mark.parametrize(
    ("asked_by", "is_compressed"),
    [("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False), ("", False)],
)
def test_only_what_our_own_pages_ask_for_is_compressed(asked_by: str, is_compressed: bool) -> None:
    answer = _ask("/page", asked_by)

    assert (answer.headers.get("Content-Encoding") == "gzip") is is_compressed
    assert (gzip.decompress(answer.data) if is_compressed else answer.data).decode() == PAGE
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert {"accept-encoding", "sec-fetch-site"} <= {each.lower() for each in answer.vary}


@pytest.mark.parametrize(("path", "encodings"), [("/page", "identity"), ("/page", "gzip;q=0"), ("/short", "gzip")])
def test_a_short_page_and_who_cannot_read_it_get_it_as_it_is(path: str, encodings: str) -> None:
    assert "Content-Encoding" not in _ask(path, "same-origin", encodings).headers


def _ask(path: str, asked_by: str, encodings: str = "gzip, br") -> TestResponse:
    app = Flask(__name__)
    compression.init_app(app)
    app.add_url_rule("/page", "page", lambda: PAGE)
    app.add_url_rule("/short", "short", lambda: "<p>short</p>")
    return app.test_client().get(path, headers={"Accept-Encoding": encodings, "Sec-Fetch-Site": asked_by})
