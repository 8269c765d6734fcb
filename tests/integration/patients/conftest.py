"""A clinic with a care manager signed in, and a second clinic beside it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import a_clinic, a_patient, a_user, id_of, sign_in


@dataclass(frozen=True)
class World:
    """Identifiers only: rows do not outlive their application context."""

    app: Flask
    browser: FlaskClient
    clinic_id: uuid.UUID
    other_clinic_id: uuid.UUID
    user_id: uuid.UUID

    def add(self, **facts: object) -> uuid.UUID:
        """A person of the clinic."""
        return self._add(self.clinic_id, facts)

    def add_elsewhere(self, **facts: object) -> uuid.UUID:
        """A person of the other clinic."""
        return self._add(self.other_clinic_id, facts)

    def _add(self, clinic_id: uuid.UUID, facts: dict[str, object]) -> uuid.UUID:
        from registry.clinics.models import Clinic
        from registry.extensions import db

        with self.app.app_context():
            return id_of(a_patient(clinic=db.session.get_one(Clinic, clinic_id), **facts))  # type: ignore[arg-type]  # the builder's own keywords


@pytest.fixture
def world(app: Flask, client: FlaskClient) -> World:
    with app.app_context():
        clinic, other = a_clinic("Harbor Street"), a_clinic("Hill Road")
        user = a_user(clinic=clinic, name="Maria Santos")
        ids = clinic.id, other.id, user.id
    sign_in(client, ids[2])
    return World(app, client, *ids)
