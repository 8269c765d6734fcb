"""The instruments are known to the database, and the clock stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.extensions import db
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import Measurement, MeasurementScore
from tests.builders import sign_in
from tests.integration.measurements.browser import Browser, Stored
from tests.integration.measurements.people import NOW, Person, a_person
from tests.worlds import Worlds


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _known_instruments(app: Flask, worlds: Worlds, _frozen_clock: None) -> None:
    worlds.begin_with(known_instruments)


@pytest.fixture
def in_care(app: Flask, worlds: Worlds, _known_instruments: None) -> Person:
    """A patient in care."""
    return worlds.begin_with(somebody_in_care)


@pytest.fixture
def person(app: Flask, in_care: Person) -> Iterator[Person]:
    """A patient in care, within the scope of her clinic."""
    with app.app_context(), scope.within({in_care.clinic_id}):
        yield in_care


def known_instruments(app: Flask) -> None:
    with app.app_context():
        sync_instruments()


def somebody_in_care(app: Flask) -> Person:
    with app.app_context():
        sync_instruments()
        return a_person()


@pytest.fixture
def browser(client: FlaskClient, in_care: Person) -> Browser:
    sign_in(client, in_care.user_id)
    return Browser(client, in_care)


@pytest.fixture
def stored(app: Flask) -> Stored:
    """Every measurement with its totals that count, sorted."""

    def measurements() -> list[tuple[str, list[int]]]:
        with app.app_context(), scope.all_patients(reason="test"):
            rows = db.session.scalars(select(Measurement)).all()
            counted = db.session.scalars(select(MeasurementScore).where(MeasurementScore.counts)).all()
            return sorted(
                (row.status, [int(each.value or 0) for each in counted if each.measurement_id == row.id])
                for row in rows
            )

    return measurements
