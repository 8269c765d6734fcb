"""Which measure to enter."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from flask import render_template
from flask_login import current_user

from registry.access.policy import policy
from registry.accounts.queries import names_of
from registry.audit.opened import opened
from registry.episodes.place import Place
from registry.measurements import queries
from registry.measurements.presenters.entering import ChoosePage, InstrumentOffered, by_domain, offered, show_draft
from registry.measurements.views.place import blueprint, offered_here, place_of
from registry.measures.instrument import Instrument
from registry.web.pages import Page


@blueprint.get("/new")
@policy("measurement.record")
def choose(patient_id: uuid.UUID) -> Page:
    place = place_of(patient_id, "measurement.record")
    cadences = queries.get_cadences(patient_id, place.clinic.id)
    drafts = queries.list_drafts(patient_id)
    names = names_of({draft.recorded_by_id for draft in drafts})
    known = {instrument.id: instrument for instrument in offered_here(place)}
    shown = _show(place, known.values(), cadences)
    page = ChoosePage(
        title="Enter a measure",
        patient=place.header(),
        tracked=[shown[each] for each in cadences if each in known],
        others=by_domain((known[each], shown[each]) for each in known.keys() - cadences.keys()),
        drafts=[show_draft(draft, names) for draft in drafts],
    )
    opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=place.clinic.id)
    return render_template("measurements/choose.html", page=page)


def _show(place: Place, instruments: Iterable[Instrument], cadences: Mapping[str, int]) -> dict[str, InstrumentOffered]:
    last = queries.get_last_dates(place.patient.id)
    return {
        instrument.id: offered(
            instrument,
            patient_id=place.patient.id,
            last=last.get(instrument.id),
            cadence_days=cadences.get(instrument.id),
            today=place.today,
        )
        for instrument in instruments
    }
