"""What entering, finishing and correcting have in common: what the form shows, where saving leads, what refused it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask_login import current_user

from registry.access.policy import permitted_clinics
from registry.accounts import receipts
from registry.accounts.queries import names_of
from registry.audit.opened import opened
from registry.episodes.at_clinic import at_clinic
from registry.episodes.models import Episode
from registry.episodes.place import Place
from registry.episodes.queries import get_open_episode
from registry.episodes.scales import scales_in_force
from registry.measurements import queries
from registry.measurements.forms import MeasureForm, form_for, values_of
from registry.measurements.models import Measurement
from registry.measurements.presenters import entering as shown
from registry.measurements.presenters import sitting
from registry.measurements.presenters.live_scores import live_scales, outline_for
from registry.measurements.presenters.questions import answers_alike, is_wide, question_groups
from registry.measurements.presenters.words import measure_url
from registry.measurements.rules import ImpossibleDate, NothingAnswered, is_before_enrolment, takes_total
from registry.measurements.scores import definition_of, score_again
from registry.measurements.views.place import followed_at, raters_at
from registry.measurements.wordings import in_words
from registry.measures.answers import answer_from_json
from registry.measures.course import is_elevated
from registry.measures.danger import danger_scores
from registry.measures.instrument import Instrument
from registry.measures.mania import MANIA
from registry.measures.scale import Status
from registry.measures.scoring import (
    ContradictedTotal,
    ImpossibleTotal,
    SafetyState,
    format_value,
    score,
    score_as_it_stands,
    score_total,
)
from registry.patients.presenters import Difference
from registry.web.filters import local_time, long_date
from registry.web.pages import Page
from registry.web.second_time import SecondTime

REFUSED = (ImpossibleDate, ImpossibleTotal, ContradictedTotal, NothingAnswered)
"""What an action may find wrong with a form that looked right."""


def form_of(row: Measurement, place: Place, *, is_correction: bool = False, as_draft: bool = False) -> MeasureForm:
    """The form of a stored measurement, filled in with what it says."""
    definition = definition_of(row)
    instrument = in_words(definition, row.language or definition.languages[0])
    return form_for(instrument, may_clear=True, is_correction=is_correction)(
        today=place.today,
        born_on=place.patient.birth_date,
        raters=raters_at(place),
        imported=row.mode == "imported",
        as_draft=as_draft,
        **values_of(row),
    )


def explain(form: MeasureForm, problem: Exception) -> None:
    """Put a refusal beside the field that caused it."""
    if isinstance(problem, ImpossibleDate):
        form.taken_on.errors = [str(problem)]
    elif isinstance(problem, NothingAnswered):
        form.form_errors = [f"{problem}, or enter the total" if takes_total(form.instrument) else str(problem)]
    else:
        form.total.errors = [str(problem)]


def address_after(measurement: Measurement, *, already_known: Mapping[str, int] | None = None) -> str:
    """Where saving leads: after a safety answer that is news, to what was done about it, before anything else.

    Else to the next instrument of the sitting, if the button said so.
    """
    patient_id, on = measurement.patient_id, measurement.taken_on.isoformat()
    following_id, modes = sitting.asked_for(request.form), sitting.modes_so_far(request.args, measurement.mode)
    answers = positive_answers(measurement)
    is_news = any((already_known or {}).get(item) != value for item, value in answers.items())
    if is_news and "alerts.after_positive" in current_app.view_functions:
        return url_for(
            "alerts.after_positive",
            patient_id=patient_id,
            measurement_id=measurement.id,
            next=following_id,
            on=following_id and on,
            mode=modes if following_id else None,
        )
    if measurement.status == "draft":
        return url_for("measurements.choose", patient_id=patient_id)
    if following_id is None:
        return measure_url(measurement)
    return sitting.next_url(patient_id, following_id, on=on, modes=modes)


def following(place: Place, instrument: Instrument, *, on: date) -> sitting.Following | None:
    """What the episode at this clinic goes on with after this instrument."""
    cadences = queries.get_cadences(place.patient.id, place.clinic.id)
    last = queries.get_last_dates(place.patient.id)
    return sitting.following(cadences, last, after=instrument.id, on=on)


def positive_answers(measurement: Measurement) -> dict[str, int]:
    """Of what alerts: safety item → its positive answer; scale → its score, where that is a danger."""
    definition = scales_in_force().at(measurement.clinic_id).of(definition_of(measurement))
    scoring = score_again(measurement, definition)
    answers = {item: answer_from_json(value) for item, value in (measurement.answers or {}).items()}
    dangers = {each.scale.id: int(each.value) for each in danger_scores(definition, answers) if each.is_positive}
    return dangers | {
        each.item: each.value
        for each in scoring.safety
        if each.state is SafetyState.POSITIVE and each.value is not None and definition.item(each.item).alerts
    }


def say_saved(form: MeasureForm, *, patient_id: uuid.UUID, clinic_id: uuid.UUID, as_draft: bool) -> None:
    """Tell what happened; warn of a score that tells nobody, and of a date from before enrolment.

    Mania is looked at whether or not it is tracked, yet never where no cut-off of its measure is in force.
    """
    name = form.instrument.short_title
    flash(f"{name} kept as a draft, without a score" if as_draft else f"{name} saved", "success")
    say_what_it_means(form, patient_id=patient_id, clinic_id=clinic_id, as_draft=as_draft)


def say_what_it_means(
    form: MeasureForm, *, patient_id: uuid.UUID, clinic_id: uuid.UUID, as_draft: bool = False
) -> None:
    """Warn of a score that tells nobody, and of a date from before enrolment, entered or corrected.

    Mania is looked at whether or not it is tracked, yet never where no cut-off of its measure is in force.
    """
    name, taken_on = form.instrument.short_title, form.taken_on.data
    _say_told_nobody(form, clinic_id)
    if not as_draft:
        _say_without_cutoff(form.instrument, clinic_id)
    elevated = None if as_draft else _elevated_score(form, clinic_id)
    if taken_on is None or (elevated is None and taken_on >= form.today):
        return
    episode = get_open_episode(patient_id, clinic_id)
    if episode is None or episode.enrolled_on is None:
        return
    if elevated is not None and _is_unwatched(form, episode):
        flash(
            f"{name} {elevated} is elevated, and {name} is not tracked: nobody else is told of it. "
            "Track it under Care, or ask the psychiatrist",
            "warning",
        )
    enrolled_on = episode.enrolled_on
    if is_before_enrolment(taken_on, enrolled_on=enrolled_on):
        flash(
            f"{long_date(taken_on)} is before enrolment ({long_date(enrolled_on)}): "
            "the score is kept and drawn, but is no baseline",
            "warning",
        )


def _say_told_nobody(form: MeasureForm, clinic_id: uuid.UUID) -> None:
    """Warn of a positive answer whose number the clinic has not signed for: it is shown, and raises no alert."""
    read, given = scales_in_force().at(clinic_id).of(form.instrument), form.administration()
    for safety in score_as_it_stands(read, given["answers"] or {}).safety:
        item = read.item(safety.item)
        if safety.state is SafetyState.POSITIVE and not item.alerts:
            flash(
                f"Item {item.number} of {read.short_title} may be a sign of danger, and nobody is told: no source says "
                "from which answer. Ask today; a psychiatrist can sign for the number on the page of the measure",
                "warning",
            )


def _say_without_cutoff(instrument: Instrument, clinic_id: uuid.UUID) -> None:
    """Warn that the rule for mania cannot look at this measure: its scales have no cut-off in force here."""
    read = scales_in_force().at(clinic_id).of(instrument)
    if read.domain != MANIA or any(scale.cutoff_in_force is not None for scale in read.scales):
        return
    offered = any(scale.cutoff is not None and scale.cutoff.source.status is Status.CONSENSUS for scale in read.scales)
    rises = [change for scale in read.scales if (change := scale.reliable_change_in_force) is not None]
    unless = f" unless it has risen by {format_value(rises[0])} points" if rises else ""
    signing = ". A psychiatrist can sign for one on the page of the measure" if offered else ""
    flash(
        f"No cut-off of {read.short_title} is in force here: nobody is told of this score{unless}. "
        f"Ask the psychiatrist{signing}",
        "warning",
    )


def _is_unwatched(form: MeasureForm, episode: Episode) -> bool:
    key = form.instrument.scale_key(form.instrument.primary_scale)
    return form.instrument.domain != MANIA and not queries.is_tracked(episode, key)


def _elevated_score(form: MeasureForm, clinic_id: uuid.UUID) -> str | None:
    """The score on the primary scale, or its ratings, where it is at the cut-off or worse as the clinic reads it."""
    instrument, given = scales_in_force().at(clinic_id).of(form.instrument), form.administration()
    total = given["total_only"]
    scoring = score(instrument, given["answers"] or {}) if total is None else score_total(instrument, total)
    scale = instrument.primary_scale
    result = scoring.scores[scale.id]
    if result.value is None or not is_elevated(scale, result.value):
        return None
    return result.category or format_value(result.value)


def second_time(place: Place, form: MeasureForm) -> SecondTime | None:
    """What is on record of that day already: the same answers, else other ones, of which only one may be right.

    Nothing for a second click on the form that stored it, or where somebody said that there were two.
    """
    if form.again.data:
        return None
    given = form.administration()
    rows = queries.list_of_day(place.patient.id, form.instrument.id, taken_on=given["taken_on"])
    if not rows or receipts.led_to(form.key, by=current_user) is not None:
        return None
    answers, total_only = given["answers"], given["total_only"]
    same = (row for row in rows if queries.says_the_same(row, answers=answers, total_only=total_only))
    row = next(same, None)
    if row is not None:
        return shown.second_time(row, by=saved_by(row, place))
    may_correct = rows[0].clinic_id in permitted_clinics("measurement.correct")
    return shown.another_of_the_day(rows[0], by=saved_by(rows[0], place), may_correct=may_correct)


def saved_by(row: Measurement, place: Place) -> str:
    """Who made the entry that stands, and when. Who withdrew one stands in the audit trail only."""
    if row.status == "entered-in-error" or row.recorded_by_id is None:
        return "a colleague"
    name = names_of({row.recorded_by_id}).get(row.recorded_by_id, "a colleague")
    return f"{name}, {local_time(row.recorded_at, place.clinic.zone)}"


def show_form(
    place: Place,
    form: MeasureForm,
    *,
    status: int,
    is_new: bool = False,
    corrects: uuid.UUID | None = None,
    **details: Any,
) -> Page:
    """The page of the form; ``details`` are the fields of ``EnterPage`` that differ between its uses.

    ``is_new``: not stored anywhere yet, and may be opened at another clinic instead. ``corrects`` is the measurement
    the form replaces: its own score is not the one before.
    """
    instrument, followed = form.instrument, followed_at(place)
    scales = [instrument.scale_key(scale) for scale in instrument.scales]
    episode = get_open_episode(place.patient.id, place.clinic.id)
    page = shown.EnterPage(
        patient=place.header(),
        at=at_clinic(
            place.clinic, permitted_clinics("measurement.record"), patient_id=place.patient.id if is_new else None
        ),
        form=form,
        about=shown.about(instrument),
        notice=shown.notice(instrument, form.language.data or instrument.languages[0]),
        lead=instrument.lead or "",
        groups=question_groups(form),
        is_wide=is_wide(instrument),
        key=answers_alike(instrument),
        scales=live_scales(
            instrument,
            followed,
            queries.get_latest_results(place.patient.id, scales, besides=corrects),
            today=place.today,
        ),
        outline=outline_for(instrument, followed),
        total_hint=shown.total_hint(instrument),
        date_hint=shown.date_hint(episode.enrolled_on if episode else None),
        today=place.today,
        born_on=place.patient.birth_date,
        **details,
    )
    opened("patient.opened", by=current_user, patient_id=place.patient.id, clinic_id=place.clinic.id)
    return render_template("measurements/enter.html", page=page), status


def show_conflict(
    place: Place, form: MeasureForm, theirs: Measurement, *, can_save_again: bool, **details: Any
) -> Page:
    """What somebody else saved meanwhile; what was typed stays in the form, which now follows theirs."""
    form.version.data = str(theirs.version)
    if not can_save_again:
        form.form_errors = ["Somebody finished or withdrew this meanwhile, so it can no longer be changed here"]
    return show_form(
        place,
        form,
        status=409,
        conflict=_conflicts(theirs, form),
        conflict_by=saved_by(theirs, place),
        **details,
    )


def _conflicts(theirs: Measurement, form: MeasureForm) -> Sequence[Difference]:
    return shown.differences(theirs, form) or (Difference("Every field", "as you typed it", "the same"),)
