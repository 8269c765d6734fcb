"""Entering a measure from paper."""

from __future__ import annotations

import uuid

from flask import abort, redirect, request, url_for
from flask_login import current_user

from registry.access.policy import policy
from registry.accounts import receipts
from registry.accounts.queries import names_of
from registry.audit.recorder import ActorId
from registry.episodes.place import Place
from registry.measurements import actions, queries
from registry.measurements.forms import MeasureForm, first_values, form_for, modes_offered
from registry.measurements.presenters.entering import languages_offered, show_draft
from registry.measurements.presenters.sitting import MODE, day_of, mode_of
from registry.measurements.views.place import blueprint, instrument_called, offered_here, place_of, raters_at
from registry.measurements.views.saving import (
    REFUSED,
    address_after,
    explain,
    following,
    say_saved,
    second_time,
    show_form,
)
from registry.measurements.wordings import in_words
from registry.measures.instrument import Instrument
from registry.web.pages import Page
from registry.web.second_time import SecondTime


@blueprint.route("/new/<instrument_id>", methods=["GET", "POST"])
@policy("measurement.record")
def enter(patient_id: uuid.UUID, instrument_id: str) -> Page:
    """A form that was open when the clinic stopped using the instrument is refused with what was typed still in it.

    Of a non-commercial one not even that is shown: a clinic has to confirm first that it may use it. A draft can be
    finished all the same.
    """
    place, definition = place_of(patient_id, "measurement.record"), instrument_called(instrument_id)
    is_offered = definition.id in {each.id for each in offered_here(place)}
    if not is_offered and (request.method == "GET" or definition.licence.non_commercial):
        abort(404)
    as_draft = "draft" in request.form
    form = _form(place, definition, as_draft=as_draft)
    if not form.validate_on_submit():
        return _show(place, form, status=422 if form.errors else 200)
    clinic_id = place.clinic.id
    if not is_offered and receipts.led_to(form.key, by=current_user) is None:
        form.form_errors = [_not_in_use(place, form)]
        return _show(place, form, status=422)
    recorded = None if as_draft else second_time(place, form)
    if recorded is not None:
        form.version.data = str(recorded.version or "")  # should it be sent to correct the entry that stands
        return _show(place, form, status=409, second_time=recorded)
    by = ActorId(current_user.id)

    def act() -> str:
        measurement = actions.record_measurement(
            patient_id=patient_id,
            clinic_id=clinic_id,
            instrument=definition.id,
            by=by,
            as_draft=as_draft,
            **form.administration(),
        )
        return address_after(measurement)

    try:
        location = receipts.once(form.key, by=by, act=act)
    except REFUSED as problem:
        explain(form, problem)
        return _show(place, form, status=422)
    say_saved(form, patient_id=patient_id, clinic_id=clinic_id, as_draft=as_draft)
    return redirect(location, 303)


def _form(place: Place, definition: Instrument, *, as_draft: bool) -> MeasureForm:
    """The form in the language that is read, on the day and in the mode the address names."""
    language = request.values.get("language") or definition.languages[0]
    instrument, born_on = in_words(definition, language), place.patient.birth_date
    return form_for(instrument)(
        today=place.today,
        born_on=born_on,
        raters=raters_at(place),
        as_draft=as_draft,
        **first_values(
            instrument,
            on=day_of(request.args, today=place.today, born_on=born_on),
            mode=mode_of(request.args, modes_offered(instrument)),
            rater_id=current_user.id,
            language=language,
        ),
    )


def _not_in_use(place: Place, form: MeasureForm) -> str:
    return (
        f"{place.clinic.name} no longer uses {form.instrument.short_title}, so nothing was saved. "
        "Ask whoever chooses its measures to use it again, then save: what you entered is still here"
    )


def _show(place: Place, form: MeasureForm, *, status: int, second_time: SecondTime | None = None) -> Page:
    patient_id, instrument = place.patient.id, form.instrument
    drafts = [each for each in queries.list_drafts(patient_id) if each.instrument == instrument.id]
    names = names_of({each.recorded_by_id for each in drafts})
    address = url_for("measurements.enter", patient_id=patient_id, instrument_id=instrument.id)
    language = form.language.data or instrument.languages[0]
    return show_form(
        place,
        form,
        status=status,
        is_new=True,
        title=instrument.title,
        save="Save",
        action_url=url_for(
            "measurements.enter", patient_id=patient_id, instrument_id=instrument.id, mode=request.args.getlist(MODE)
        ),
        languages=languages_offered(instrument, current=language, address=address),
        back_url=url_for("measurements.choose", patient_id=patient_id),
        drafts=[show_draft(each, names) for each in drafts],
        second_time=second_time,
        following=following(place, instrument, on=form.taken_on.data or place.today),
    )
