"""Debian's Chromium, as the journeys and the pictures start it."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, Playwright

_ARGUMENTS = [
    "--no-sandbox",  # the tests run as root in a container, and visit only themselves
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--font-render-hinting=none",
    "--no-first-run",
]


_PROGRAMS = ("chromium-headless-shell", "chromium")
"""The first is the second without what draws windows: a page takes it a quarter less."""


class NoChromium(RuntimeError):
    """The browser is not installed."""


def launch_chromium(playwright: Playwright) -> Browser:
    """Start it without a window. Raises ``NoChromium``, naming the command that installs it."""
    chromium = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if chromium is None:
        raise NoChromium("Chromium is missing: run make browser")
    return playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
