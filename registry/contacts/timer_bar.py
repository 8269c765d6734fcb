"""The running timer at the head of every page, wherever its owner is."""

from __future__ import annotations

from flask import Flask
from flask_login import current_user

from registry import clock
from registry.access.policy import clinics_where
from registry.access.scope import within
from registry.contacts.presenters.unfinished import TimerShown, show_timer, unseen_timer
from registry.contacts.timer import get_timed


def contact_timer() -> TimerShown | None:
    """What the reader is timing, or has stopped and not logged. Asks nothing of whoever is timing nothing."""
    if not current_user.is_authenticated or current_user.stopwatch is None:
        return None
    everybodys = clinics_where(current_user, "contact.record")
    clinic_ids = everybodys or clinics_where(current_user, "contact.record-own")
    whose = "" if everybodys else "own_"
    with within(clinic_ids):
        timed = get_timed(by=current_user)
    if timed is None:
        return unseen_timer(whose=whose) if clinic_ids else None
    return show_timer(timed, clock.now(), whose=whose)


def init_app(app: Flask) -> None:
    """Let the frame around the pages ask."""
    app.jinja_env.globals["contact_timer"] = contact_timer
