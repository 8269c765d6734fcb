"""The instruments are known, and the clock stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.integration.alerts.kept_scenes import ready
from tests.integration.alerts.scene import NOW
from tests.worlds import Worlds


@pytest.fixture
def _frozen_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def _known_instruments(app: Flask, worlds: Worlds, _frozen_clock: None) -> Iterator[None]:
    with ready(worlds):
        yield
