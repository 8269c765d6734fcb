"""The instruments are known to the database, and the clock stands still on a weekday inside opening hours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.integration.alerts.kept_scenes import Ids, an_off_target_scene, an_urgent_scene, ready
from tests.integration.alerts.scene import NOW
from tests.worlds import Worlds


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _known_instruments(app: Flask, worlds: Worlds, _frozen_clock: None) -> Iterator[None]:
    with ready(worlds):
        yield


@pytest.fixture
def urgent(app: Flask, worlds: Worlds) -> Ids:
    """Somebody with a positive answer nobody has acknowledged."""
    return worlds.begin_with(an_urgent_scene)


@pytest.fixture
def off_target(app: Flask, worlds: Worlds) -> Ids:
    """Somebody no better after nine weeks."""
    return worlds.begin_with(an_off_target_scene)
