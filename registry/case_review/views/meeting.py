"""The list for the meeting: putting people on it, their order, and paper; on the blueprint of ``registry.review``."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import clinics_where, found, permitted_clinics, policy
from registry.audit.opened import opened
from registry.case_review.meeting_list import list_meeting
from registry.case_review.presenters.meeting import MeetingPage, show_on_paper
from registry.case_review.presenters.queued import Around
from registry.case_review.queue import tell
from registry.episodes.models import Episode
from registry.episodes.patient_header import chosen_episode
from registry.episodes.place import episode_named
from registry.episodes.queries import list_episodes
from registry.patients.place import clinics_for
from registry.patients.queries import get_patient
from registry.review.meeting import move_up, put_on_list, take_off_list
from registry.review.views import blueprint
from registry.web.filters import count, long_date

AT_PATIENT, AT_LIST = "patient", "list"


@blueprint.get("/review/list")
@policy("review.read")
def meeting() -> str:
    now = clock.now()
    today = {clinic.id: clinic.today(now) for clinic in clinics_for("review.read")}
    whose = request.args.get("whose")
    listed = list_meeting(today, consultant_id=current_user.id if whose == "mine" else None)
    page = MeetingPage(
        title="List for the meeting",
        subtitle=f"{long_date(max(today.values()))} · {count(len(listed), 'person', 'people')}",
        people=show_on_paper(
            listed,
            today=today,
            queued=tell(listed, today),
            may_change=clinics_where(current_user, "question.ask"),
            around=Around(whose, None, None, at=AT_LIST),
        ),
        back_url=url_for("review.queue", whose=whose),
    )
    opened("review.queue-listed", by=current_user, shown=[row.patient_id for row in listed])
    return render_template("review/meeting.html", page=page)


@blueprint.post("/review/<uuid:patient_id>/list")
@policy("question.ask")
def change_list(patient_id: uuid.UUID) -> Response:
    """Put on the list, taken off it, or moved up, as ``do`` in the address says; put on it where that says nothing."""
    episode, do = _episode(patient_id), request.args.get("do", "add")
    if episode is None:
        flash("Nobody of your clinics cares for this person now", "warning")
        return redirect(url_for("caseload.patient", patient_id=patient_id), 303)
    if do == "add":
        is_new = put_on_list(episode=episode, by=current_user)
        if request.args.get("at") == AT_PATIENT:
            flash("On the list for the meeting" if is_new else "On the list for the meeting already", "success")
    elif do == "off":
        take_off_list(episode=episode, by=current_user)
    elif do == "earlier":
        move_up(episode=episode, before=found(request.args.get("before", type=uuid.UUID)), by=current_user)
    else:
        abort(404)
    return redirect(_back_url(patient_id, episode.id), 303)


def _episode(patient_id: uuid.UUID) -> Episode | None:
    """The open episode the address names, or the person's first one open where the reader may ask about them."""
    found(get_patient(patient_id))
    named = episode_named()
    if named is None and "episode" in request.args:
        abort(404)
    clinic_ids = permitted_clinics("question.ask")
    open_here = [
        each
        for each in list_episodes(patient_id)
        if each.is_open and each.clinic_id in clinic_ids and named in (None, each.id)
    ]
    return chosen_episode(open_here)


def _back_url(patient_id: uuid.UUID, episode_id: uuid.UUID) -> str:
    """Where the reader was: the record, the list by itself, or the case under review."""
    at, whose = request.args.get("at"), request.args.get("whose")
    if at == AT_PATIENT:
        return url_for("caseload.patient", patient_id=patient_id)
    if at == AT_LIST:
        return url_for("review.meeting", whose=whose)
    under_review = request.args.get("of", type=uuid.UUID)
    if under_review is None:
        return url_for("review.queue", whose=whose, row=episode_id)
    of_episode = request.args.get("of_episode", type=uuid.UUID)
    return url_for("review.case", patient_id=under_review, episode=of_episode, whose=whose, row=episode_id)
