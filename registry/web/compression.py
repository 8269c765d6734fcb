"""Pages travel compressed, where the browser says that our own page asked for them.

A long list is 220 kB of markup, and 30 kB of it news. What is compressed beside a secret can betray the secret by its
length to whoever may have a page asked for with words of their own, again and again, and measures the answers (BREACH):
each page holds a token against forged requests. Another site that makes a browser ask, by a link, a frame or a form,
is named by that browser in ``Sec-Fetch-Site``, which no script can set; its answers leave as they are. So do those to
programs and old browsers, which say nothing.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

LEAST = 4_000
"""Bytes. What is shorter fits in a few packets as it is."""

_LEVEL = 2
"""Of 9. The next ones save some 2 kB of a long list and take as long again."""

_OUR_OWN = frozenset({"same-origin", "none"})
"""``none``: typed, a bookmark, or opened anew."""


def init_app(app: Flask) -> None:
    @app.after_request
    def _compress(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
            if _may_be_compressed(response):
                response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
                response.content_encoding = "gzip"
        return response


def _may_be_compressed(response: Response) -> bool:
    if response.is_streamed or response.direct_passthrough or response.content_encoding:
        return False
    if request.headers.get("Sec-Fetch-Site") not in _OUR_OWN or request.accept_encodings["gzip"] <= 0:
        return False
    return (response.content_length or 0) >= LEAST
