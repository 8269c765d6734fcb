"""A real browser against the program, served from a thread on its own port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from registry.extensions import db
from tests.databases import MigratedDatabase
from tests.e2e.browsers import launch_chromium
from tests.e2e.windows import DESK, LiveServer, Windows
from tests.programs import started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey."""
    here = f"{Path(__file__).parent}/"
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session", params=["sqlite"])
def served_database(request: pytest.FixtureRequest) -> MigratedDatabase:
    """SQLite, unless a journey asks for the other:
    ``@pytest.mark.parametrize("served_database", ["postgresql"], indirect=True)``.
    """
    database: MigratedDatabase = request.getfixturevalue(f"{request.param}_database")
    return database


@pytest.fixture(scope="session")
def running_server(served_database: MigratedDatabase) -> Iterator[LiveServer]:
    """The program, started once for each database. Journeys take ``live_server``."""
    app = started(served_database.settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="live server", daemon=True)
    thread.start()
    yield LiveServer(url=f"http://127.0.0.1:{server.server_port}", app=app)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def live_server(running_server: LiveServer, served_database: MigratedDatabase) -> Iterator[LiveServer]:
    """The program on an empty database."""
    yield running_server
    served_database.empty()


@pytest.fixture
def windows(browser: Browser, live_server: LiveServer) -> Iterator[Windows]:
    """For journeys of several people, sizes or colours: ``windows.open(viewport=PHONE)``."""
    windows = Windows(browser=browser, url=live_server.url)
    yield windows
    windows.close()
    assert not windows.complaints, "\n".join(windows.complaints)


@pytest.fixture
def viewport() -> tuple[int, int]:
    """The size of ``page``; parametrise it to walk a journey on a phone as well."""
    return DESK


@pytest.fixture
def page(windows: Windows, viewport: tuple[int, int]) -> Page:
    """One window."""
    return windows.open(viewport=viewport)
