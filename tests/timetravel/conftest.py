"""The instruments are known to the database. Every instant is given by ``clock.at``."""

from __future__ import annotations

import pytest
from flask import Flask

from registry.measurements.instruments import sync_instruments


@pytest.fixture(autouse=True)
def _known_instruments(app: Flask) -> None:
    with app.app_context():
        sync_instruments()
