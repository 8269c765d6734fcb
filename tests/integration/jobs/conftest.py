"""The instruments are known, and the clock stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from registry.measurements.instruments import sync_instruments
from tests.integration.alerts.scene import NOW


@pytest.fixture
def _frozen_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def _known_instruments(app: Flask, _frozen_clock: None) -> None:
    with app.app_context():
        sync_instruments()
