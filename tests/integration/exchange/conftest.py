"""The instruments are known to the database, the clock stands still, and one clinic takes imports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from registry.measurements.instruments import sync_instruments
from tests.builders import a_clinic
from tests.instruments import own_instruments
from tests.integration.exchange.files import Importer

NOW = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)
"""Monday 16 March 2026, 11:00 at the clinic."""


@pytest.fixture(autouse=True)
def _frozen_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    with time_machine.travel(NOW, tick=request.node.get_closest_marker("data") is not None):
        yield


@pytest.fixture
def importer(app: Flask, tmp_path: Path, _frozen_clock: None) -> Iterator[Importer]:
    """Imports into one clinic, within an application context."""
    with app.app_context(), own_instruments(app):
        sync_instruments()
        a_clinic("Harbour Clinic")
        yield Importer(tmp_path, "Harbour Clinic")
