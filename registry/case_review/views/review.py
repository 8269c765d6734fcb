"""Case review: the queue with one case beside it, recording a review, and a person's reviews.

They stand on the blueprint of ``registry.review``, and here because they show scores and alerts.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import Row

from registry import clock
from registry.access.policy import can, clinics_where, found, permitted_clinics, policy
from registry.accounts import receipts
from registry.alerts.cadence import review_cadence
from registry.audit.opened import opened
from registry.case_review.case import ReviewCase, list_scores, load_case, told_beside
from registry.case_review.meeting_list import Hour, next_turn, review_hour
from registry.case_review.presenters.queued import MOST_SHOWN, Around, list_url, show_queue
from registry.case_review.presenters.review import CaseShown, QueuePage, show_case
from registry.case_review.presenters.review_conflict import Conflict, show_conflict
from registry.case_review.presenters.reviews import ReviewsPage, show_review
from registry.case_review.queue import tell
from registry.case_review.views.consult_note import note
from registry.case_review.views.meeting import change_list, meeting
from registry.case_review.views.review_timer import begin_timing, minutes_of, offer_timer
from registry.contacts.timer import take_reviewed, time_review
from registry.episodes.models import TeamMember
from registry.episodes.patient_header import chosen_episode, holder_name, identity_header
from registry.episodes.place import get_clinic_of
from registry.episodes.queries import get_episode, list_episodes
from registry.patients.place import clinics_for
from registry.patients.queries import get_patient
from registry.patients.record_tabs import record_tabs
from registry.review import actions
from registry.review.actions import Advice, ReviewedMeanwhile
from registry.review.forms import BY_KIND, CONTINUE_WORDS, ReviewForm
from registry.review.models import Review
from registry.review.presenters import show_question
from registry.review.queries import list_open_questions, list_reviews
from registry.review.rules import who_does
from registry.review.views import blueprint
from registry.review.voiding import may_void
from registry.web.filters import long_date
from registry.web.pages import Page

__all__ = ["blueprint", "case", "change_list", "meeting", "note", "queue", "record", "reviews"]

MINE, EVERYBODY = "mine", "all"


@blueprint.get("/review")
@policy("review.read")
def queue() -> Page:
    today = _today("review.read")
    hour = _hour(today)
    first = hour.first
    under_review = load_case(first.patient_id, list(today), episode_id=first.episode_id) if first else None
    return _show(hour, today, under_review, status=200)


@blueprint.get("/review/<uuid:patient_id>")
@policy("review.read")
def case(patient_id: uuid.UUID) -> Page:
    today = _today("review.read")
    under_review = _case(patient_id, today)
    return _show(_hour(today), today, under_review, status=200)


@blueprint.route("/review/<uuid:patient_id>/record", methods=["GET", "POST"])
@policy("review.record")
def record(patient_id: uuid.UUID) -> Page:
    today = _today("review.record")
    under_review = _case(patient_id, today)
    form = _form(under_review, today)
    if form is None:
        abort(403)
    if request.method == "POST" and request.form.get("add"):
        form.add_recommendation()
        return _show(_hour(today), today, under_review, status=200, form=form, has_added=True)
    if request.method == "POST" and request.form.get("time"):
        begin_timing(under_review.episode)
        return _show(_hour(today), today, under_review, status=200, form=form)
    if not form.validate_on_submit():
        if form.opened_at is None:
            form.open_again(clock.now())
        return _show(_hour(today), today, under_review, status=422 if form.errors else 200, form=form)
    return _record(form, under_review, today)


def _record(form: ReviewForm, under_review: ReviewCase, today: Mapping[uuid.UUID, date]) -> Page:
    """Store the review once, and go on to the next in the queue, whose time begins."""
    episode_id, patient_id = under_review.episode.id, under_review.patient.id
    following = _following(_hour(today), under_review, today)
    next_url = _next_url(following)
    advice = _advice(form, under_review)
    saved: list[uuid.UUID] = []

    def act() -> str:
        timed = take_reviewed(patient_id, by=current_user)
        review = actions.record_review(
            episode=found(get_episode(episode_id)),
            reviewed_on=form.reviewed_on.data or clock.now().date(),
            minutes=minutes_of(form.minutes.data, timed),
            summary=form.summary.data or "",
            recommendations=advice,
            look_again_on=form.look_again_on,
            opened_at=form.opened_at,
            by=current_user,
        )
        saved.append(review.id)
        if timed is not None and following is not None:
            time_review(patient_id=following.patient_id, clinic_id=following.clinic_id, by=current_user)
        return next_url

    try:
        location = receipts.once(form.key, by=current_user, act=act)
    except ReviewedMeanwhile as meanwhile:
        return _reviewed_meanwhile(meanwhile.review, patient_id, form, today)
    flash(_saved_words(patient_id, saved), "success")
    return redirect(location, 303)


@blueprint.get("/patients/<uuid:patient_id>/reviews")
@policy("review.read")
def reviews(patient_id: uuid.UUID) -> Page:
    patient = found(get_patient(patient_id))
    clinic = found(get_clinic_of(patient_id, permitted_clinics("review.read")))
    today = clinic.today(clock.now())
    episodes = list_episodes(patient_id)
    primary = {episode.id: episode.metric_primary for episode in episodes}
    scores = list_scores(patient_id, told_beside(episodes))
    deciding, asking = (clinics_where(current_user, each) for each in ("recommendation.decide", "question.ask"))
    clinic_of = {episode.id: episode.clinic_id for episode in episodes}
    here = next((episode for episode in episodes if episode.is_open and episode.clinic_id == clinic.id), None)
    page = ReviewsPage(
        title="Reviews",
        patient=identity_header(patient, chosen_episode(episodes, clinic.id), today),
        tabs=record_tabs(patient_id),
        questions=[
            show_question(each, may_withdraw=clinic_of.get(each.episode_id) in asking)
            for each in list_open_questions(patient_id)
        ],
        reviews=[
            show_review(
                each,
                primary.get(each.episode_id),
                scores,
                today=today,
                may_decide=each.clinic_id in deciding,
                may_void=each.status == "final" and may_void(each, current_user),
            )
            for each in list_reviews(patient_id, with_void=True)
        ],
        ask_url=url_for("review.ask", patient_id=patient_id) if here and clinic.id in asking else "",
        review_url=url_for("review.case", patient_id=patient_id, episode=here.id) if here else "",
    )
    opened("reviews.opened", by=current_user, patient_id=patient_id, clinic_id=clinic.id)
    return render_template("review/reviews.html", page=page)


def _saved_words(patient_id: uuid.UUID, saved: Sequence[uuid.UUID]) -> str:
    """That it was saved, with the way to its note; on a second click, which saves nothing, without."""
    if not saved:
        return "Review saved"
    url = url_for("review.note", patient_id=patient_id, review_id=saved[0])
    return Markup('Review saved. <a href="{}">Note to print or copy</a>').format(url)


def _show(
    hour: Hour,
    today: Mapping[uuid.UUID, date],
    under_review: ReviewCase | None,
    *,
    status: int,
    form: ReviewForm | None = None,
    conflict: Conflict | None = None,
    has_added: bool = False,
) -> Page:
    queued = tell(hour.rows, today)
    shown = _case_shown(under_review, today) if under_review else None
    if under_review and form is None:
        form = _form(under_review, today)
    episode = under_review.episode if under_review else None
    clinic_id = episode.clinic_id if episode else None
    may_change = clinics_where(current_user, "question.ask")
    may_ask = clinic_id in may_change
    around = Around(_whose(), episode.patient_id if episode else None, episode.id if episode else None)
    is_listed = episode is not None and episode.id in hour.listed
    changed = request.args.get("row", "")
    page = QueuePage(
        title="Case review",
        subtitle=f"{current_user.name} · {long_date(max(today.values()))}",
        queue=show_queue(
            hour,
            queued,
            today=today,
            current=around.episode_id,
            around=around,
            may_change=may_change,
            focus=changed,
        ),
        filters=_filters(),
        case=shown,
        form=form,
        action_url=_url("review.record", episode.patient_id, episode.id) if episode else "",
        later_url=_next_url(_following(hour, under_review, today)) if under_review else "",
        ask_url=url_for("review.ask", patient_id=episode.patient_id) if episode and may_ask else "",
        today=max(today.values()),
        list_url=list_url(episode, "off" if is_listed else "add", around) if episode and may_ask else "",
        is_listed=is_listed,
        timer=offer_timer(under_review.patient.id) if under_review and form else None,
        conflict=conflict.differences if conflict else (),
        conflict_by=conflict.by if conflict else "",
        has_added=has_added,
        opens_at_case=request.method == "GET" and bool(request.args.get("episode")) and not changed,
    )
    shown_people = [row.patient_id for row in hour.rows]
    opened("review.queue-listed", by=current_user, shown=list(dict.fromkeys(shown_people)))
    if under_review:
        opened("patient.opened", by=current_user, patient_id=under_review.patient.id, clinic_id=clinic_id)
    return render_template("review/queue.html", page=page), status


def _case(patient_id: uuid.UUID, today: Mapping[uuid.UUID, date]) -> ReviewCase:
    """The episode the address names, or the person's first one open here. Aborts with 404 where there is none."""
    named = request.args.get("episode")
    episode_id = request.args.get("episode", type=uuid.UUID)
    if named and episode_id is None:
        abort(404)
    return found(load_case(patient_id, list(today), episode_id=episode_id))


def _reviewed_meanwhile(
    review: Review, patient_id: uuid.UUID, typed: ReviewForm, today: Mapping[uuid.UUID, date]
) -> Page:
    """Somebody else saved a review first: what it says, and the form again, which knows of it now."""
    conflict = show_conflict(review, typed)
    typed.open_again(clock.now())
    return _show(_hour(today), today, _case(patient_id, today), status=409, form=typed, conflict=conflict)


def _case_shown(under_review: ReviewCase, today: Mapping[uuid.UUID, date]) -> CaseShown:
    clinic_id = under_review.episode.clinic_id
    day = today[clinic_id]
    return show_case(
        under_review,
        identity_header(under_review.patient, under_review.episode, day),
        today=day,
        deciding=clinics_where(current_user, "recommendation.decide"),
        may_withdraw=can(current_user, "question.ask", clinic_id=clinic_id),
    )


def _form(under_review: ReviewCase, today: Mapping[uuid.UUID, date]) -> ReviewForm | None:
    """The form for whoever may record a review of this episode."""
    episode = under_review.episode
    if not can(current_user, "review.record", clinic_id=episode.clinic_id):
        return None
    return ReviewForm(
        episode_id=episode.id,
        opened_at=under_review.opened_at,
        today=today[episode.clinic_id],
        begun_on=episode.enrolled_on or episode.referred_on,
        team=_addressees(episode.team),
        as_usual=review_cadence(episode, under_review.courses),
    )


def _addressees(team: Sequence[TeamMember]) -> dict[str, str]:
    """Everybody on the team now, each person once: place → name."""
    places: dict[str, str] = {}
    for member in team:
        if member.ends_on is None and holder_name(member) not in places.values():
            places[str(member.id)] = holder_name(member)
    return places


def _advice(form: ReviewForm, under_review: ReviewCase) -> list[Advice]:
    team = [member for member in under_review.episode.team if member.ends_on is None]
    given = []
    for entry in form.advice:
        member = _addressee(entry.to.data or BY_KIND, entry.kind.data, team)
        given.append(
            Advice(
                kind=entry.kind.data,
                words=entry.words.data or CONTINUE_WORDS,
                to_user_id=member.user_id if member else None,
                to_name=member.name if member and member.user_id is None else "",
            )
        )
    return given


def _addressee(to: str, kind: str, team: Sequence[TeamMember]) -> TeamMember | None:
    """Whoever was chosen, or usually does what is recommended; ``None`` for the whole team."""
    role = who_does(kind) if to == BY_KIND else None
    return next((member for member in team if str(member.id) == to or member.role == role), None)


def _hour(today: Mapping[uuid.UUID, date]) -> Hour:
    limit = None if request.args.get("show") == EVERYBODY else MOST_SHOWN
    return review_hour(today, consultant_id=_consultant_id(), limit=limit)


def _consultant_id() -> uuid.UUID | None:
    return current_user.id if _whose() else None


def _today(action: str) -> dict[uuid.UUID, date]:
    now = clock.now()
    return {clinic.id: clinic.today(now) for clinic in clinics_for(action)}


def _whose() -> str | None:
    """Whose patients are listed, as it stands in the address; nothing means everybody's."""
    return MINE if request.args.get("whose") == MINE else None


def _filters() -> list[dict[str, object]]:
    is_mine = bool(_whose())
    return [
        {"label": "Everybody", "url": url_for("review.queue"), "is_current": not is_mine},
        {"label": "My patients", "url": url_for("review.queue", whose=MINE), "is_current": is_mine},
    ]


def _following(hour: Hour, under_review: ReviewCase, today: Mapping[uuid.UUID, date]) -> Row[Any] | None:
    return next_turn(hour, under_review.row, today, consultant_id=_consultant_id())


def _next_url(following: Row[Any] | None) -> str:
    if following is None:
        return url_for("review.queue", whose=_whose())
    return _url("review.case", following.patient_id, following.episode_id)


def _url(endpoint: str, patient_id: uuid.UUID, episode_id: uuid.UUID) -> str:
    return url_for(endpoint, patient_id=patient_id, episode=episode_id, whose=_whose())
