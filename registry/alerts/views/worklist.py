"""The day's work: what is urgent, who is waiting, what falls due."""

from __future__ import annotations

from flask import render_template, request
from flask_login import current_user

from registry import clock
from registry.access.policy import clinics_where, permitted_clinics, policy
from registry.alerts.day.reading import read_day
from registry.alerts.presenters.day import show_day
from registry.alerts.views.safety_steps import steps_of_day
from registry.alerts.views.shared import acknowledge_form, blueprint, what_may_follow
from registry.audit.opened import opened
from registry.web.pages import Page
from registry.web.paging import page_number


@blueprint.get("/my-day")
@policy("caseload.list")
def worklist() -> Page:
    day = read_day(
        current_user,
        permitted_clinics("caseload.list"),
        of_whole_clinic=request.args.get("whose", _usual_desk()) == "clinic",
        page=page_number(request.args.get("page")),
        now=clock.now(),
    )
    may, urgent = what_may_follow(), day.desk.urgent
    page = show_day(
        day,
        may=may,
        acknowledge={alert.id: acknowledge_form(alert) for alert in urgent} if may["acknowledge"] else {},
        steps=steps_of_day(urgent, day.people, day.episodes, max(day.seat.today.values())),
    )
    opened("worklist.listed", by=current_user, shown=day.shown)
    return render_template("alerts/worklist.html", page=page)


def _usual_desk() -> str:
    """A lead looks after the clinic; everybody else after their own people."""
    return "clinic" if clinics_where(current_user, "work.reassign") else "mine"
