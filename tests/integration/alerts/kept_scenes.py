"""What the tests of pages begin with: scenes of which identifiers are kept, because rows end with their session."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask

from registry.alerts.models import Alert
from registry.extensions import db
from registry.measurements.instruments import sync_instruments
from registry.measurements.models import Measurement
from tests.integration.alerts.scene import Scene, a_scene, alerts_of, measured, on_stage, the_safety_alert


def known_instruments(app: Flask) -> None:
    with app.app_context():
        sync_instruments()


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
