"""The health of the system: what must be true, the sweeps, what ran, and which e-mails did not arrive."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import found, policy
from registry.accounts import receipts
from registry.administration.health_words import (
    HealthPage,
    check_shown,
    failure_shown,
    place_shown,
    run_shown,
    summary,
)
from registry.administration.mail import DAYS, mail_shown
from registry.administration.reach import clinic_in_reach, clinics_in_reach
from registry.administration.views.common import blueprint
from registry.clinics.models import Clinic
from registry.jobs.asked import UnderWay, ask_for_sweep
from registry.jobs.queries import due_by_clinic, last_beat, last_sweeps, list_runs
from registry.jobs.tasks import send_sweep
from registry.messages.queries import count_queued, last_sent_at, list_failures
from registry.web.filters import local_time
from registry.web.form_fields import RegistryForm
from registry.web.health import ask_all

MOST_RUNS = 20
MOST_FAILURES = 20


class SweepForm(RegistryForm):
    """A button."""


@blueprint.get("/health")
@policy("system.health")
def health() -> str:
    now = clock.now()
    places = clinics_in_reach("system.health")
    clinics = {place.id: place for place in places}
    checks = [check_shown(name, problem) for name, problem in ask_all().items()]
    swept, due = last_sweeps(clinics), due_by_clinic({place.id: place.today(now) for place in places})
    zone = places[0].zone
    page = HealthPage(
        title="Health of the system",
        subtitle=summary(checks),
        checks=checks,
        has_mail=current_app.config["SETTINGS"].mail is not None,
        beat=_when(last_beat(), zone),
        places=[
            place_shown(
                place,
                swept.get(place.id),
                due.get(place.id),
                now=now,
                url=url_for("administration.sweep_now", clinic_id=place.id),
                form=_form(place.id, formdata=None),
            )
            for place in places
        ],
        runs=[run_shown(run, clinics, now=now) for run in list_runs(clinics, limit=MOST_RUNS)],
        mail=mail_shown(list(clinics)),
        queued=count_queued(),
        sent=_when(last_sent_at(), zone),
        failures=[
            failure_shown(message, zone)
            for message in list_failures(clinics, since=now - timedelta(days=DAYS), limit=MOST_FAILURES)
        ],
    )
    return render_template("administration/health.html", page=page)


@blueprint.post("/health/clinics/<uuid:clinic_id>/sweep")
@policy("system.health")
def sweep_now(clinic_id: uuid.UUID) -> Response:
    """Have the clinic's people looked at now, by the consumer."""
    place = found(clinic_in_reach(clinic_id, "system.health"))
    back_url = url_for("administration.health")
    form = _form(clinic_id)
    if not form.validate_on_submit():
        flash("That button was used before: choose it again.", "warning")
        return redirect(back_url, 303)
    asked: list[str] = []
    try:
        receipts.once(form.key, by=current_user, act=lambda: _ask(place, asked, back_url))
    except UnderWay as problem:
        flash(f"{problem}: nothing is asked twice.", "warning")
        return redirect(back_url, 303)
    if asked:
        soon = send_sweep(current_app._get_current_object(), asked[-1])  # type: ignore[attr-defined]  # werkzeug's own way to the app
        when = "as soon as the job consumer is free" if soon else "within a quarter of an hour"
        flash(f"The people of {place.name} who are due are looked at {when}: see below.", "success")
    return redirect(back_url, 303)


def _when(instant: datetime | None, zone: ZoneInfo) -> str:
    return "never" if instant is None else f"{local_time(instant, zone)} ({zone.key})"


def _form(clinic_id: uuid.UUID, **given: Any) -> SweepForm:
    """One a clinic, on one page."""
    return SweepForm(prefix=f"{clinic_id}-", **given)


def _ask(place: Clinic, asked: list[str], back_url: str) -> str:
    asked.append(ask_for_sweep(clinic=place, by=current_user))
    return back_url
