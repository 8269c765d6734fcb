"""The instruments are known to the database, and the clock stands still on a weekday inside opening hours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from registry.measurements.instruments import sync_instruments
from tests.integration.alerts.scene import NOW
from tests.worlds import Worlds


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _known_instruments(app: Flask, worlds: Worlds, _frozen_clock: None) -> None:
    worlds.begin_with(known_instruments)


def known_instruments(app: Flask) -> None:
    with app.app_context():
        sync_instruments()
