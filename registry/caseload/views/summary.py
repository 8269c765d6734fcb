"""The one-page summary of a person: for the next team, or for the person."""

from __future__ import annotations

import uuid

from flask import current_app, render_template, request, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import found, permitted_clinics, policy
from registry.audit.opened import opened
from registry.caseload.presenters.summary import Made, ReadingLink, SummaryPage, show_summary
from registry.caseload.summary import Reading, load_summary
from registry.caseload.views import blueprint
from registry.caseload.views.record import chosen, today_at
from registry.episodes.patient_header import identity_header
from registry.episodes.place import get_clinic_of
from registry.episodes.queries import list_episodes
from registry.patients.queries import get_patient
from registry.patients.record_tabs import record_tabs

_LABELS = {Reading.TEAM: "For the next team", Reading.PERSON: "For the person"}
_HINTS = {
    Reading.TEAM: "Print it, save it as PDF, or copy the text. Give it only to whom the person agreed to.",
    Reading.PERSON: "Print it for the person. Alerts, reviews and what colleagues wrote are left out.",
}


@blueprint.get("/patients/<uuid:patient_id>/summary")
@policy("patient.read")
def summary(patient_id: uuid.UUID) -> str:
    person = found(get_patient(patient_id))
    clinic = found(get_clinic_of(patient_id, permitted_clinics("patient.read")))
    reading = Reading.PERSON if request.args.get("reading") == Reading.PERSON else Reading.TEAM
    episodes, wanted = list_episodes(patient_id), request.args.get("episode")
    episode = chosen(episodes, wanted or "")
    today = today_at(episode)
    facts = load_summary(person, episode, others=[each for each in episodes if each is not episode])
    page = SummaryPage(
        title="Summary",
        patient=identity_header(person, episode, today, shows_safety=reading is Reading.TEAM),
        tabs=record_tabs(patient_id),
        readings=[
            ReadingLink(label, _address(patient_id, each, wanted), each is reading) for each, label in _LABELS.items()
        ],
        summary=show_summary(
            facts,
            reading,
            made=Made(current_user.name, clinic.name, clock.now(), clinic.zone),
            help_line=current_app.config["SETTINGS"].help_line,
            today=today,
        ),
        hint=_HINTS[reading],
    )
    opened("summary.opened", by=current_user, patient_id=patient_id, clinic_id=clinic.id)
    return render_template("caseload/summary.html", page=page)


def _address(patient_id: uuid.UUID, reading: Reading, episode: str | None) -> str:
    return url_for("caseload.summary", patient_id=patient_id, episode=episode, reading=reading.value)
