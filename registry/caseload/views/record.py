"""One person's record: the overview and the timeline."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from flask import render_template, request, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import can, found, permitted_clinics, policy
from registry.audit.opened import opened
from registry.caseload.presenters.patient import PatientPage, Permitted, next_steps, show_overview
from registry.caseload.presenters.timeline import TimelinePage, entries_of
from registry.caseload.record import load_record
from registry.caseload.timeline import PER_PAGE, count_happenings, list_happenings
from registry.caseload.views import blueprint
from registry.episodes.models import Episode
from registry.episodes.patient_header import identity_header
from registry.episodes.queries import list_episodes
from registry.episodes.record_tabs import record_tabs
from registry.patients.models import Patient
from registry.patients.place import local_today
from registry.patients.queries import get_patient
from registry.web.paging import Paging, page_number


@blueprint.get("/patients/<uuid:patient_id>")
@policy("patient.read")
def patient(patient_id: uuid.UUID) -> str:
    person = found(get_patient(patient_id))
    episodes = list_episodes(patient_id)
    episode = _chosen(episodes, request.args.get("episode", ""))
    today = _today(episode)
    may = _permitted(person)
    if episode is None:
        page = _without_episode(person, may, today)
    else:
        record = load_record(episode)
        page = show_overview(
            record,
            patient=identity_header(person, episode, today),
            tabs=record_tabs(patient_id),
            others=[each for each in episodes if each is not episode],
            may=may,
            today=today,
        )
    opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=episode.clinic_id if episode else None)
    return render_template("caseload/patient.html", page=page)


@blueprint.get("/patients/<uuid:patient_id>/timeline")
@policy("patient.read")
def timeline(patient_id: uuid.UUID) -> str:
    person = found(get_patient(patient_id))
    episode = _chosen(list_episodes(patient_id), "")
    today = _today(episode)
    number = page_number(request.args.get("page"))
    page = TimelinePage(
        title="Timeline",
        patient=identity_header(person, episode, today),
        tabs=record_tabs(patient_id),
        entries=entries_of(list_happenings(patient_id, page=number), today),
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=count_happenings(patient_id),
            address=lambda wanted: url_for("caseload.timeline", patient_id=patient_id, page=wanted),
        ),
    )
    opened("timeline.opened", by=current_user, patient_id=patient_id)
    return render_template("caseload/timeline.html", page=page)


def _chosen(episodes: Sequence[Episode], wanted: str) -> Episode | None:
    """The episode the address names; else the open one at a clinic of the reader, else the first there is."""
    named = next((each for each in episodes if str(each.id) == wanted), None)
    own = permitted_clinics("patient.read")
    at_home = next((each for each in episodes if each.is_open and each.clinic_id in own), None)
    return named or at_home or next(iter(episodes), None)


def _today(episode: Episode | None) -> date:
    return episode.clinic.today(clock.now()) if episode else local_today("patient.read")


def _permitted(person: Patient) -> Permitted:
    """What the reader's roles allow anywhere; each page asks again for the clinic where it would be recorded."""

    def may(action: str) -> bool:
        return can(current_user, action)

    is_alive = person.died_on is None
    return Permitted(
        record_contact=may("contact.record"),
        record_measure=may("measurement.record"),
        ask=may("question.ask"),
        report_danger=may("danger.report"),
        refer=is_alive and may("episode.write"),
        decide=may("recommendation.decide"),
    )


def _without_episode(person: Patient, may: Permitted, today: date) -> PatientPage:
    return PatientPage(
        title="Overview",
        patient=identity_header(person, None, today),
        tabs=record_tabs(person.id),
        has_episode=False,
        steps=next_steps(person.id, may),
    )
