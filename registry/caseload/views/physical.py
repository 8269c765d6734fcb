"""A person's physical health on one page."""

from __future__ import annotations

import uuid

from flask import render_template, url_for
from flask_login import current_user

from registry.access.policy import clinics_where, permitted_clinics, policy
from registry.audit.opened import opened
from registry.caseload.physical import load_physical_health
from registry.caseload.presenters.physical import (
    PhysicalPage,
    show_critical,
    show_due,
    show_out_of_range,
    show_yearly,
    yearly_title,
)
from registry.caseload.views import blueprint
from registry.episodes.place import place_at
from registry.patients.record_tabs import record_tabs
from registry.physical.presenters import show_kinds
from registry.physical.queries import list_observations


@blueprint.get("/patients/<uuid:patient_id>/health")
@policy("patient.read")
def physical(patient_id: uuid.UUID) -> str:
    place = place_at(patient_id, permitted_clinics("patient.read"))
    writing, today = clinics_where(current_user, "observation.record"), place.today
    health = load_physical_health(patient_id, place.clinic, today)
    page = PhysicalPage(
        title="Health",
        patient=place.header(),
        tabs=record_tabs(patient_id),
        critical=show_critical(health, today),
        out_of_range=show_out_of_range(health, today),
        due=show_due(health, today),
        yearly_title=yearly_title(health),
        yearly=list(show_yearly(health, today)),
        kinds=show_kinds(list_observations(patient_id), today=today, writing=writing),
        record_url=url_for("physical.record", patient_id=patient_id) if place.clinic.id in writing else "",
    )
    opened("observation.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("physical/health.html", page=page)
