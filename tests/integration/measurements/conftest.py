"""The instruments are known to the database, and the clock stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from registry.access import scope
from registry.measurements.instruments import sync_instruments
from tests.integration.measurements.people import NOW, Person, a_person


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _known_instruments(app: Flask, _frozen_clock: None) -> None:
    with app.app_context():
        sync_instruments()


@pytest.fixture
def person(app: Flask) -> Iterator[Person]:
    """A patient in care, within the scope of her clinic."""
    with app.app_context():
        person = a_person()
        with scope.within({person.clinic_id}):
            yield person
