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
    everybodys, own = (clinics_where(current_user, each) for each in ("contact.record", "contact.record-own"))
    with within(everybodys | own):
        timed = get_timed(by=current_user)
    if timed is None:
        return unseen_timer(whose="" if everybodys else "own_") if everybodys or own else None
    return show_timer(timed, clock.now(), whose="" if timed.clinic.id in everybodys else "own_")


def init_app(app: Flask) -> None:
    """Let the frame around the pages ask."""
    app.jinja_env.globals["contact_timer"] = contact_timer
