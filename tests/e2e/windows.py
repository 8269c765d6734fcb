"""Windows of a real browser, each watched.

A console error, a refused style or script, a request to another host or a missing file fails the test, whatever
the journey itself asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

DESK = (1440, 900)
PHONE = (390, 844)
WIDE = (2560, 1440)

_PATIENCE = 10_000  # milliseconds a journey waits for what it expects
# A refused form or a foreign patient answers 4xx on purpose; the journey asserts what the page then says.
_ANSWERED_4XX = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d")
_FILES = {"font", "image", "media", "script", "stylesheet"}


@dataclass(frozen=True, slots=True)
class LiveServer:
    """The program as a browser reaches it."""

    url: str
    app: Flask
    """For builders: ``with live_server.app.app_context(): …``, closed before the browser is asked for a page."""


@dataclass
class Windows:
    """Opens windows, each its own person with its own cookies, and notes what went wrong in any of them."""

    browser: Browser
    url: str
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(
        self,
        *,
        viewport: tuple[int, int] = DESK,
        javascript: bool = True,
        colours: Literal["light", "dark"] = "light",
    ) -> Page:
        """A new window; its addresses are relative to the live server: ``page.goto("/worklist")``."""
        width, height = viewport
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            color_scheme=colours,
            reduced_motion="reduce",
            locale="en-US",
        )
        context.set_default_timeout(_PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self._note_request)
        page.on("response", self._note_response)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _ANSWERED_4XX.match(message.text):
            self.complaints.append(f"console: {message.text}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:", "about:")):
            self.complaints.append(f"another host was asked: {request.url}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type in _FILES):
            self.complaints.append(f"{response.status}: {response.url}")
