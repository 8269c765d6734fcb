"""Instruments of a clinic's own, for tests of what no file that comes with the program shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask

OWN_INSTRUMENTS = Path(__file__).parent / "data" / "instruments"


@contextmanager
def own_instruments(app: Flask, folder: Path = OWN_INSTRUMENTS) -> Iterator[None]:
    """A clinic has a folder of its own instruments, for as long as a test runs."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, extra_instruments_folder=folder)
    try:
        yield
    finally:
        app.config["SETTINGS"] = settings
