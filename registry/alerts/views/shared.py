"""What the pages of alerts share: the blueprint, acting on an alert, and what the reader may do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint
from flask_login import current_user

from registry import clock
from registry.access.policy import can, clinics_where
from registry.alerts import actions
from registry.alerts.attempts import ImpossibleAttempt, ImpossibleCheck
from registry.alerts.forms import AGAIN, AcknowledgeForm, ActForm, NoteForm
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.hours.duty import on_call
from registry.alerts.models import NOT_REACHED, Alert
from registry.alerts.presenters.words import moment
from registry.clinics.models import Clinic
from registry.episodes.place import episode_named, lead_on_to
from registry.episodes.queries import get_open_episode
from registry.extensions import db

blueprint = Blueprint("alerts", __name__)

IMPOSSIBLE = (ImpossibleAttempt, ImpossibleCheck)
"""What ``act_on`` finds wrong of a form that was right when it was checked."""


def act_form(row: Alert, **kwargs: Any) -> ActForm:
    """What was done about something urgent, with the times at which one can try again."""
    clinic, now = db.session.get_one(Clinic, row.clinic_id), clock.now()
    times = response_times_of(clinic).again_choices(now, on_call=on_call(clinic, now) is not None)
    words = {name: f"{AGAIN[name]}: by {moment(at, clinic, now)}" for name, at in times.items()}
    return ActForm(again=words, times=times, now=now.astimezone(clinic.zone), **kwargs)


def act_on(row: Alert, form: NoteForm) -> None:
    """Raises as ``actions.act``."""
    again, check = None, None
    if isinstance(form, ActForm):
        again, check = form.try_again, form.check
    actions.act(
        alert=row,
        words=form.words.data or "",
        outcome=None if again is None else NOT_REACHED,
        try_again_by=again,
        check=check,
        by=current_user,
        opened_version=form.opened_version,
    )


def then(act: Callable[[], object], location: str) -> str:
    act()
    return location


def acknowledge_form(row: Alert) -> AcknowledgeForm | None:
    if row.state == "acknowledged":
        return None
    return AcknowledgeForm(formdata=None, prefix="acknowledge-", version=str(row.version))


def lead_on_from(alert: Alert) -> None:
    """What is begun from an alert is done at the clinic that answers for it, where that is one of the reader's."""
    if alert.clinic_id not in clinics_where(current_user, "alert.read"):
        return
    episode_id = alert.episode_id or episode_named()
    if episode_id is None and (episode := get_open_episode(alert.patient_id, alert.clinic_id)) is not None:
        episode_id = episode.id
    if episode_id is not None:
        lead_on_to(episode_id)


def what_may_follow() -> Mapping[str, bool]:
    """What this reader may do next."""
    return {
        "acknowledge": can(current_user, "alert.acknowledge"),
        "contact": can(current_user, "contact.record"),
        "measure": can(current_user, "measurement.record"),
        "question": can(current_user, "question.ask"),
        "snooze": can(current_user, "alert.snooze"),
    }
