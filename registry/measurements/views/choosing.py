"""Which measure to enter."""

from __future__ import annotations

import uuid
from datetime import date

from flask import render_template
from flask_login import current_user

from registry.access.policy import policy
from registry.audit.opened import opened
from registry.episodes.queries import names_of
from registry.measurements import queries
from registry.measurements.instruments import catalogue
from registry.measurements.presenters.entering import ChoosePage, InstrumentOffered, offered, show_draft
from registry.measurements.views.place import Page, blueprint, place_of


@blueprint.get("/new")
@policy("measurement.record")
def choose(patient_id: uuid.UUID) -> Page:
    place = place_of(patient_id, "measurement.record")
    cadences = queries.get_cadences(patient_id, place.clinic.id)
    last = queries.get_last_dates(patient_id)
    drafts = queries.list_drafts(patient_id)
    names = names_of({draft.recorded_by_id for draft in drafts})
    tracked, others = _offers(patient_id, cadences, last, place.today)
    page = ChoosePage(
        title="Enter a measure",
        patient=place.header(),
        tracked=tracked,
        others=others,
        drafts=[show_draft(draft, names) for draft in drafts],
    )
    opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("measurements/choose.html", page=page)


def _offers(
    patient_id: uuid.UUID, cadences: dict[str, int], last: dict[str, date], today: date
) -> tuple[list[InstrumentOffered], list[InstrumentOffered]]:
    """Those this episode follows, in its order, and the rest by name."""
    known = {instrument.id: instrument for instrument in catalogue()}
    followed = [instrument_id for instrument_id in cadences if instrument_id in known]
    rest = sorted(known.keys() - cadences.keys(), key=lambda instrument_id: known[instrument_id].title)
    shown = {
        instrument_id: offered(
            known[instrument_id],
            patient_id=patient_id,
            last=last.get(instrument_id),
            cadence_days=cadences.get(instrument_id),
            today=today,
        )
        for instrument_id in known
    }
    return [shown[each] for each in followed], [shown[each] for each in rest]
