"""Looking back: all of a patient's measures, and one of them."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for
from flask_login import current_user

from registry.access.policy import can, found, policy
from registry.accounts.queries import names_of
from registry.audit.opened import opened
from registry.measurements import queries
from registry.measurements.instruments import catalogue
from registry.measurements.presenters import history as shown
from registry.measurements.presenters.entering import show_draft
from registry.measurements.presenters.one import show_measure
from registry.measurements.presenters.side_by_side import comparison, item_table, scored
from registry.measurements.views.place import blueprint, place_of
from registry.patients.record_tabs import record_tabs
from registry.web.pages import Page

_READ = "patient.read"


@blueprint.get("")
@policy(_READ)
def history(patient_id: uuid.UUID) -> Page:
    place = place_of(patient_id, _READ)
    rows = queries.list_measurements(patient_id)
    names = names_of({row.recorded_by_id for row in rows} | {row.rater_id for row in rows})
    kept = [row for row in rows if row.status != "draft"]
    instrument_id = _chosen({row.instrument for row in kept}, kept[0].instrument if kept else "")
    entries = scored([row for row in kept if row.instrument == instrument_id])
    by_id = {entry.row.id: entry for entry in entries}
    first, second = _asked("first"), _asked("second")
    may_record = can(current_user, "measurement.record")
    page = shown.HistoryPage(
        title="Measures",
        patient=place.header(),
        tabs=record_tabs(patient_id),
        chips=shown.chips(rows, patient_id=patient_id, current=instrument_id),
        drafts=[show_draft(row, names) for row in rows if row.status == "draft"] if may_record else (),
        instrument_id=instrument_id,
        instrument=catalogue().get(instrument_id).title if instrument_id else "",
        given=shown.given_rows(entries, names),
        items=item_table(entries, today=place.today),
        options=shown.options(entries, first, second),
        comparison=comparison(by_id[first], by_id[second]) if first in by_id and second in by_id else None,
        enter_url=url_for("measurements.choose", patient_id=patient_id) if may_record else "",
        history_url=url_for("measurements.history", patient_id=patient_id),
    )
    opened("measures.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("measurements/history.html", page=page)


@blueprint.get("/<uuid:measurement_id>")
@policy(_READ)
def measure(patient_id: uuid.UUID, measurement_id: uuid.UUID) -> Page:
    place = place_of(patient_id, _READ)
    row = found(queries.get_measurement(measurement_id, patient_id=patient_id))
    page = show_measure(
        row,
        patient=place.header(),
        names=names_of({row.recorded_by_id, row.rater_id}),
        zone=place.clinic.zone,
        replacement=queries.get_replacement(row),
        may_correct=can(current_user, "measurement.correct", clinic_id=row.clinic_id),
        may_export=can(current_user, "measurement.export"),
    )
    opened("measure.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("measurements/measure.html", page=page)


def _chosen(known: set[str], otherwise: str) -> str:
    wanted = request.args.get("instrument", "")
    return wanted if wanted in known else otherwise


def _asked(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None
