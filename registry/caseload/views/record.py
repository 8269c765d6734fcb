"""One person's record: the overview and the timeline."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_login import current_user

from registry import clock
from registry.access.policy import can, found, permitted_clinics, policy
from registry.accounts.queries import names_of
from registry.audit.opened import opened
from registry.caseload.looked import News, new_since
from registry.caseload.looked_form import OVERVIEW, TIMELINE, LookedForm
from registry.caseload.presenters.looked import LookedShown, show_looked
from registry.caseload.presenters.patient import PatientPage, Permitted, next_steps, show_overview
from registry.caseload.presenters.timeline import Filtered, TimelinePage, show_chips, show_entries
from registry.caseload.presenters.told import Told
from registry.caseload.record import load_record
from registry.caseload.timeline import PER_PAGE, Wanted, count_by_kind, list_happenings
from registry.caseload.views import blueprint
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.episodes.patient_header import identity_header
from registry.episodes.place import lead_on_to
from registry.episodes.queries import list_episodes
from registry.patients.models import Patient
from registry.patients.place import clinics_for, local_today
from registry.patients.queries import get_patient
from registry.patients.record_tabs import record_tabs
from registry.web.paging import Paging, page_number


@blueprint.get("/patients/<uuid:patient_id>")
@policy("patient.read")
def patient(patient_id: uuid.UUID) -> str:
    person = found(get_patient(patient_id))
    episodes = list_episodes(patient_id)
    episode = chosen(episodes, request.args.get("episode", ""))
    if len(episodes) > 1 and episode is not None:
        lead_on_to(episode.id)
    today = today_at(episode)
    may = _permitted(person)
    looked = _looked(patient_id, _news_of(patient_id), episode, page=OVERVIEW)
    if episode is None:
        page = _without_episode(person, may, today, looked)
    else:
        record = load_record(episode)
        page = show_overview(
            record,
            patient=identity_header(person, episode, today),
            tabs=record_tabs(patient_id),
            others=[each for each in episodes if each is not episode],
            may=may,
            looked=looked,
            today=today,
        )
    opened("patient.opened", by=current_user, patient_id=patient_id, clinic_id=episode.clinic_id if episode else None)
    return render_template("caseload/patient.html", page=page)


@blueprint.get("/patients/<uuid:patient_id>/timeline")
@policy("patient.read")
def timeline(patient_id: uuid.UUID) -> str:
    person = found(get_patient(patient_id))
    episodes = list_episodes(patient_id)
    episode = chosen(episodes, request.args.get("episode", ""))
    today, number = today_at(episode), page_number(request.args.get("page"))
    filtered = Filtered.of(request.args.getlist("kind"), only_new=request.args.get("new") == "1")
    news, counts = _news_of(patient_id), count_by_kind(patient_id)
    reader = current_user.id if filtered.only_new else None
    happenings = list_happenings(patient_id, Wanted(filtered.kinds, reader, news.looked_at), page=number)
    page = TimelinePage(
        title="Timeline",
        patient=identity_header(person, episode, today),
        tabs=record_tabs(patient_id),
        looked=_looked(patient_id, news, episode, page=TIMELINE),
        chips=show_chips(filtered, counts, news, patient_id),
        entries=show_entries(
            happenings,
            Told(today, _zone_of(episode), {each.id: each for each in episodes}),
            news=news,
            reader_id=current_user.id,
            names=names_of({each.stored_by for each in happenings}),
        ),
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=filtered.total(counts, news),
            address=lambda wanted: filtered.address(patient_id, page=wanted),
        ),
        is_filtered=filtered != Filtered(),
        clear_url=Filtered().address(patient_id),
    )
    opened("timeline.opened", by=current_user, patient_id=patient_id)
    return render_template("caseload/timeline.html", page=page)


def _news_of(patient_id: uuid.UUID) -> News:
    return new_since(current_user.id, [patient_id]).get(patient_id, News())


def _looked(patient_id: uuid.UUID, news: News, episode: Episode | None, *, page: str) -> LookedShown:
    zone, form = _zone_of(episode), LookedForm(page=page)
    today = clock.now().astimezone(zone).date()
    return show_looked(news, patient_id=patient_id, form=form, today=today, zone=zone)


def _zone_of(episode: Episode | None) -> ZoneInfo:
    """Of the episode's clinic; without one, of the reader's own."""
    clinic: Clinic = episode.clinic if episode else clinics_for("patient.read")[0]
    return clinic.zone


def chosen(episodes: Sequence[Episode], wanted: str = "") -> Episode | None:
    """The episode the address names; else the open one at a clinic of the reader, else the first there is."""
    named = next((each for each in episodes if str(each.id) == wanted), None)
    own = permitted_clinics("patient.read")
    at_home = next((each for each in episodes if each.is_open and each.clinic_id in own), None)
    return named or at_home or next(iter(episodes), None)


def today_at(episode: Episode | None) -> date:
    """The local date at the episode's clinic; without one, the latest at the reader's own."""
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


def _without_episode(person: Patient, may: Permitted, today: date, looked: LookedShown) -> PatientPage:
    return PatientPage(
        title="Overview",
        patient=identity_header(person, None, today),
        tabs=record_tabs(person.id),
        has_episode=False,
        looked=looked,
        steps=next_steps(person.id, may),
    )
