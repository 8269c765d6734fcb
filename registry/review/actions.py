"""Asking the psychiatrist, recording a review, deciding on what it recommends."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.conflict import refuse_stale
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db
from registry.patients.queries import lock_patient
from registry.review.meeting import finish_listed, list_again
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.parting import end_with_episode
from registry.review.queries import last_review_after, list_answered_by, list_open_questions
from registry.review.rules import AWAITS_DOING, OPEN, STATES, first_state, may_follow, wrong_with_dates

VOID_FATE = "The review was entered in error"
"""Why what it recommended, and nobody has done, is declined."""


class ImpossibleReview(ValueError):
    """A review's dates cannot be; the message says which."""


class ReviewedMeanwhile(Exception):
    """Somebody else's review of the episode was saved after this one's case was opened."""

    def __init__(self, review: Review) -> None:
        super().__init__("the episode was reviewed in between")
        self.review = review


class AlreadyVoid(ValueError):
    """The review was marked as entered in error before."""


class ImpossibleStep(ValueError):
    """A recommendation cannot go from the state it is in to the one asked for, or not on that day."""


class WordsMissing(ValueError):
    """Declining needs a reason, modifying needs what will be done instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One recommendation as the consultant gives it: a code of ``review.rules.KINDS``, words, to whom.

    ``to_user_id`` for somebody with an account, else ``to_name``; neither means the whole team.
    """

    kind: str
    words: str
    to_user_id: uuid.UUID | None = None
    to_name: str = ""


def ask_question(*, episode: Episode, words: str, by: User) -> ReviewQuestion:
    """Put the patient into the psychiatrist's queue with a question, until a review answers it."""
    with write():
        question = ReviewQuestion(
            patient_id=episode.patient_id,
            episode_id=episode.id,
            asked_by_id=by.id,
            asked_at=clock.now(),
            asked_on=_today(episode.clinic_id),
            words=words,
        )
        db.session.add(question)
        db.session.flush()
        record("question.asked", by=by, subject=question, clinic_id=episode.clinic_id, kind="create")
        tell_episode_changed(episode.patient_id)
    return question


def withdraw(*, question: ReviewQuestion, by: User) -> None:
    """Take an open question back. A question already answered or withdrawn stays as it is."""
    with write():
        if question.answered_by_review_id is not None or question.withdrawn_at is not None:
            return
        question.withdrawn_at = clock.now()
        record("question.withdrawn", by=by, subject=question)
        tell_episode_changed(question.patient_id)


def record_review(
    *,
    episode: Episode,
    reviewed_on: date,
    minutes: int | None,
    summary: str,
    recommendations: Sequence[Advice],
    look_again_on: date | None,
    opened_at: datetime | None = None,
    by: User,
) -> Review:
    """Store the review of one patient; it answers every question of the episode that was open when the case was.

    ``minutes`` 0 to 240, or ``None`` when nobody counted; ``look_again_on`` ``None`` leaves it to the phase.
    ``opened_at`` is when the case was opened, ``None`` for now. A review of an earlier day answers nothing of the days
    after it, however late it is typed in. Where the consultant is also the treating prescriber each recommendation that
    asks for something is ordered at once. Raises ``ImpossibleReview``, and ``ReviewedMeanwhile`` where another review
    was saved since.
    """
    with write():
        lock_patient(episode.patient_id)
        clinic, now = _clinic(episode.clinic_id), clock.now()
        wrong = wrong_with_dates(reviewed_on, look_again_on, today=clinic.today(now))
        if wrong:
            raise ImpossibleReview(wrong)
        opened_at = min(opened_at or now, now)
        newer = last_review_after(episode.id, opened_at)
        if newer is not None:
            raise ReviewedMeanwhile(newer)
        known_until = min(opened_at, clinic.begins(reviewed_on + timedelta(days=1)))
        review = Review(
            patient_id=episode.patient_id,
            episode_id=episode.id,
            clinic_id=episode.clinic_id,
            reviewed_on=reviewed_on,
            consultant_id=by.id,
            minutes=minutes,
            summary=summary,
            look_again_on=look_again_on,
            known_until=known_until,
            opened_at=opened_at,
            recorded_at=now,
        )
        db.session.add(review)
        db.session.flush()
        may_order = is_prescriber(episode, by)
        for position, advice in enumerate(recommendations):
            db.session.add(_recommendation(review, position, advice, orders=by if may_order else None))
        for question in list_open_questions(episode.patient_id):
            if question.episode_id == episode.id and question.asked_at <= known_until:
                question.answered_by_review_id = review.id
        finish_listed(review)
        db.session.flush()
        record("review.recorded", by=by, subject=review, kind="create")
        tell_episode_changed(episode.patient_id)
    return review


def decide(
    *,
    recommendation: Recommendation,
    state: str,
    why: str = "",
    on: date | None = None,
    told_by: str = "",
    opened_version: int | None,
    by: User,
) -> None:
    """Accept, modify (``why``: what instead), decline (``why``: the reason) or order what was recommended.

    ``on`` is the day it was decided, ``None`` for today; ``told_by`` whoever decided, where that is not ``by``.
    Raises ``ImpossibleStep``, ``WordsMissing``, and ``EditConflict`` when somebody else decided first.
    """
    with write():
        refuse_stale(recommendation, opened_version=opened_version)
        if state == "done" or state not in may_follow(recommendation.state):
            raise ImpossibleStep(f"{STATES[recommendation.state]} cannot become {STATES.get(state, state)}")
        if state in {"declined", "modified"} and not why.strip():
            raise WordsMissing(state)
        _become(
            recommendation,
            state=state,
            decision_why=why.strip(),
            decided_by_id=by.id,
            decided_by_name=told_by.strip(),
            decided_on=_day_of_step(recommendation, on),
            decided_at=clock.now(),
        )
        record(f"recommendation.{state}", by=by, subject=recommendation, reason=why.strip() or None)
        tell_episode_changed(recommendation.patient_id)


def finish(
    *, recommendation: Recommendation, on: date | None = None, told_by: str = "", opened_version: int | None, by: User
) -> None:
    """Say that what was decided has been done; ``on`` and ``told_by`` as above.

    Raises ``ImpossibleStep`` and ``EditConflict``.
    """
    with write():
        refuse_stale(recommendation, opened_version=opened_version)
        if recommendation.state not in AWAITS_DOING:
            raise ImpossibleStep(f"{STATES[recommendation.state]} cannot become {STATES['done']}")
        _become(
            recommendation,
            state="done",
            done_by_id=by.id,
            done_by_name=told_by.strip(),
            done_on=_day_of_step(recommendation, on),
            done_at=clock.now(),
        )
        record("recommendation.done", by=by, subject=recommendation)
        tell_episode_changed(recommendation.patient_id)


def void_review(*, review: Review, why: str, by: User) -> None:
    """Mark the review as entered in error: it is kept, and counts nowhere.

    What it recommended and nobody has done is declined; what was done stays done. The questions it answered wait again;
    where the episode has ended nobody would answer them, and they end with it. Raises ``AlreadyVoid``.
    """
    with write():
        lock_patient(review.patient_id)
        if review.status != "final":
            raise AlreadyVoid
        now, today = clock.now(), _today(review.clinic_id)
        for advice in review.recommendations:
            if advice.state in OPEN:
                declined = {"decided_by_id": by.id, "decided_by_name": "", "decided_on": today, "decided_at": now}
                _become(advice, state="declined", decision_why=VOID_FATE, **declined)
                record("recommendation.declined", by=by, subject=advice, reason=VOID_FATE)
        has_ended = not db.session.get_one(Episode, review.episode_id).is_open
        for question in list_answered_by(review.id):
            question.answered_by_review_id = None
            if has_ended:
                end_with_episode(question, at=now)
            record("question.withdrawn" if has_ended else "question.reopened", by=by, subject=question, reason=why)
        list_again(review)
        _become(review, status="entered-in-error", error_why=why, voided_at=now, voided_by_id=by.id)
        record("review.entered-in-error", by=by, subject=review, reason=why)
        tell_episode_changed(review.patient_id)


def is_prescriber(episode: Episode, user: User) -> bool:
    """Whether ``user`` is the treating prescriber of the episode now."""
    return any(
        member.role == "prescriber" and member.user_id == user.id and member.ends_on is None for member in episode.team
    )


def _recommendation(review: Review, position: int, advice: Advice, *, orders: User | None) -> Recommendation:
    state = first_state(advice.kind, is_ordered=orders is not None)
    is_ordered = state == "ordered"
    return Recommendation(
        patient_id=review.patient_id,
        episode_id=review.episode_id,
        review_id=review.id,
        position=position,
        kind=advice.kind,
        words=advice.words,
        to_user_id=advice.to_user_id,
        to_name=advice.to_name,
        proposed_on=review.reviewed_on,
        state=state,
        decided_by_id=orders.id if orders is not None and is_ordered else None,
        decided_on=review.reviewed_on if is_ordered else None,
        decided_at=review.recorded_at if is_ordered else None,
    )


def _become(row: Recommendation | Review, **columns: Any) -> None:
    """Set everything at once: what is read in between would store half a decision, which the table refuses."""
    for name, value in columns.items():
        setattr(row, name, value)


def _day_of_step(recommendation: Recommendation, on: date | None) -> date:
    """The day a step was taken, today unless it is said. Raises ``ImpossibleStep`` for one that cannot be."""
    today = _today(recommendation.review.clinic_id)
    day = on or today
    if not earliest_step(recommendation) <= day <= today:
        raise ImpossibleStep(f"nothing was decided or done on {day}")
    return day


def earliest_step(recommendation: Recommendation) -> date:
    """The first day on which the next step can have been taken: that of the step before."""
    return recommendation.decided_on or recommendation.proposed_on


def _today(clinic_id: uuid.UUID) -> date:
    """The clinic's local date now. Raises ``LookupError`` for a clinic that does not exist."""
    return _clinic(clinic_id).today(clock.now())


def _clinic(clinic_id: uuid.UUID) -> Clinic:
    clinic = db.session.get(Clinic, clinic_id)
    if clinic is None:
        raise LookupError(f"no clinic {clinic_id}")
    return clinic
