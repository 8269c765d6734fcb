"""NLM's LHC-Forms in Debian's Chromium, served from the folder ``make lforms`` unpacked it to: no network."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.e2e.browsers import launch_chromium

HERE = Path(__file__).parent
UNPACKED = HERE.parents[1] / ".lforms" / "package" / "dist" / "lforms"

Fill: TypeAlias = Callable[[dict[str, Any], list[dict[str, Any]]], list[dict[str, Any]]]


class _Files(SimpleHTTPRequestHandler):
    """This folder, and LHC-Forms below ``/lforms``."""

    def translate_path(self, path: str) -> str:
        inside = super().translate_path(path)
        below = Path(inside).relative_to(HERE)
        return str(UNPACKED.joinpath(*below.parts[1:])) if below.parts[:1] == ("lforms",) else inside

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs what ``make lforms`` fetches."""
    for item in items:
        if str(item.path).startswith(f"{HERE}/"):
            item.add_marker(pytest.mark.lforms)


@pytest.fixture(scope="session")
def lforms() -> Iterator[Page]:
    """A page with LHC-Forms on it."""
    if not UNPACKED.is_dir():
        pytest.fail("LHC-Forms is not here: run make lforms")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=os.fspath(HERE)))
    threading.Thread(target=server.serve_forever, name="LHC-Forms", daemon=True).start()
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/page.html")
        page.wait_for_function("isReady()")
        yield page
        browser.close()
    server.shutdown()
    server.server_close()


@pytest.fixture
def fill(lforms: Page) -> Fill:
    """Every response as LHC-Forms leaves it after working out the scores."""

    def fill(questionnaire: dict[str, Any], responses: list[dict[str, Any]]) -> list[dict[str, Any]]:
        filled: list[dict[str, Any]] = lforms.evaluate(
            "([form, given]) => fillAll(form, given)", [questionnaire, responses]
        )
        return filled

    return fill
