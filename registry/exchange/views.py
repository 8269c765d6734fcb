"""What a person takes out of the registry for another program."""

from __future__ import annotations

import json
import uuid

from flask import Blueprint, Response, abort, current_app
from flask_login import current_user

from registry import clock
from registry.access.policy import found, permitted_clinics, policy
from registry.audit.opened import opened
from registry.episodes.place import get_clinic_of
from registry.exchange.fhir.bundle import MEDIA_TYPE, bundle
from registry.exchange.fhir.terms import Terms
from registry.exchange.measure_export import administration_of
from registry.measurements.queries import get_measurement

_EXPORT = "measurement.export"

blueprint = Blueprint("exchange", __name__, url_prefix="/patients/<uuid:patient_id>")


@blueprint.get("/measures/<uuid:measurement_id>/fhir")
@policy(_EXPORT)
def measure(patient_id: uuid.UUID, measurement_id: uuid.UUID) -> Response:
    """One finished measure as a FHIR bundle. A draft says nothing yet."""
    clinic = found(get_clinic_of(patient_id, permitted_clinics(_EXPORT)))
    row = found(get_measurement(measurement_id, patient_id=patient_id))
    if row.status == "draft":
        abort(404)
    terms = Terms(current_app.config["SETTINGS"].fhir_base)
    content = json.dumps(bundle(administration_of(row), terms, now=clock.now()))
    opened(
        "measurement.exported",
        by=current_user,
        patient_id=patient_id,
        clinic_id=clinic.id,
        about=("measurement", row.id),
        kind="export",
    )
    named = {"Content-Disposition": f'attachment; filename="{row.instrument}-{row.taken_on}.fhir.json"'}
    return Response(content, mimetype=MEDIA_TYPE, headers=named)
