"""What the tests of pages begin with: scenes of which identifiers are kept, because rows end with their session."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import pytest
from flask import Flask

from registry.accounts.models import User
from registry.alerts.models import Alert
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import Measurement
from registry.patients.models import Patient
from tests.integration.alerts import scene as stage
from tests.integration.alerts.scene import Scene, a_scene, alerts_of, measured, new_scene, on_stage, the_safety_alert
from tests.worlds import Worlds


def known_instruments(app: Flask) -> None:
    with app.app_context():
        sync_instruments()


@contextmanager
def ready(worlds: Worlds) -> Iterator[None]:
    """A database that knows the instruments; the first scene of a test, if it is the usual one, is put there ready."""
    worlds.begin_with(known_instruments)

    def kept() -> Scene | None:
        if db.session().in_transaction() or not worlds.is_untouched(known_instruments):
            return None
        rows: list[Any] = [db.session.get_one(*key) for key in worlds.begin_upon(known_instruments, _usual)]
        return Scene(*rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "kept_scene", kept)
        yield


def _usual(app: Flask, _known: None) -> list[tuple[type[Clinic | User | Patient | Episode], uuid.UUID]]:
    with on_stage(app):
        scene = new_scene()
        return [(type(row), row.id) for row in (getattr(scene, field.name) for field in fields(Scene))]


@dataclass(frozen=True, slots=True)
class Ids:
    """What of a scene outlives its session."""

    patient: uuid.UUID
    care_manager: uuid.UUID
    duty: uuid.UUID
    lead: uuid.UUID
    psychiatrist: uuid.UUID
    clinic: uuid.UUID
    alert: uuid.UUID
    measurement: uuid.UUID | None = None

    @property
    def page(self) -> str:
        return f"/patients/{self.patient}/alerts/{self.alert}"


def ids_of(scene: Scene, alert: Alert, measurement: Measurement | None = None) -> Ids:
    return Ids(
        scene.patient.id,
        scene.care_manager.id,
        scene.duty.id,
        scene.lead.id,
        scene.psychiatrist.id,
        scene.clinic.id,
        alert.id,
        None if measurement is None else measurement.id,
    )


def an_urgent_scene(app: Flask) -> Ids:
    known_instruments(app)
    with on_stage(app):
        scene = a_scene()
        measurement = measured(scene, 9, item9=1)
        return ids_of(scene, the_safety_alert(scene.patient), measurement)


def an_off_target_scene(app: Flask) -> Ids:
    known_instruments(app)
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=63)
        measured(scene, 20, days_ago=63)
        measured(scene, 19, days_ago=2)
        (alert,) = alerts_of(scene.patient, rule="target.off")
        return ids_of(scene, alert)


@contextmanager
def row_of(app: Flask, alert_id: uuid.UUID) -> Iterator[Alert]:
    with on_stage(app):
        yield db.session.get_one(Alert, alert_id)
