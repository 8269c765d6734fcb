"""The time of a review: begun on the case, it fills in the minutes when the review is saved, and no others."""

from __future__ import annotations

import uuid

from flask import flash
from flask_login import current_user

from registry.case_review.presenters.review import TimerOffer
from registry.contacts.models import REVIEW
from registry.contacts.timer import AlreadyTiming, Timed, get_timed, time_review
from registry.episodes.models import Episode
from registry.review.rules import LONGEST_MINUTES
from registry.web.filters import count


def begin_timing(episode: Episode) -> None:
    """Time the review of this case from now on."""
    try:
        time_review(patient_id=episode.patient_id, clinic_id=episode.clinic_id, by=current_user)
    except AlreadyTiming:
        flash("You are timing a contact: stop it and log it, or throw its time away", "warning")


def minutes_of(typed: int | None, timed: Timed | None) -> int | None:
    """What was typed, else the time taken; ``None`` where it is longer than a review lasts: it was forgotten."""
    if typed is not None or timed is None or timed.minutes > LONGEST_MINUTES:
        return typed
    return timed.minutes


def offer_timer(patient_id: uuid.UUID) -> TimerOffer:
    """What the form says of the time. Asks nothing of whoever is timing nothing."""
    timed = get_timed(by=current_user) if current_user.stopwatch is not None else None
    if timed is None or timed.purpose != REVIEW:
        return TimerOffer("", "Start the timer")
    if timed.patient.id != patient_id:
        gone = count(timed.minutes, "minute")
        return TimerOffer("", f"Time this case instead: the {gone} of {timed.patient.name} go")
    if timed.minutes > LONGEST_MINUTES:
        return TimerOffer(f"Timed since {timed.start:%H:%M}, longer than a review lasts: enter the minutes", "")
    return TimerOffer(f"Timed since {timed.start:%H:%M}: left empty, the minutes are filled in when you save", "")
