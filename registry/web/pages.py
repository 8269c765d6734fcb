"""What a page answers a request with."""

from __future__ import annotations

from werkzeug.wrappers import Response

Page = str | tuple[str, int] | Response
