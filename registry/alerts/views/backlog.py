"""From before: those enrolled late whose reasons wait for their day, and taking them up sooner."""

from __future__ import annotations

import uuid
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import clinics_where, policy
from registry.accounts import receipts
from registry.alerts.backlog import chosen_episodes, count_backlog, list_backlog
from registry.alerts.day.desk import Desk
from registry.alerts.presenters.backlog import BacklogPage, backlog_words, waiting_shown
from registry.alerts.views.shared import blueprint
from registry.audit.opened import opened
from registry.episodes.actions import take_up as take_up_episodes
from registry.patients.place import clinics_for
from registry.web.filters import count
from registry.web.form_fields import RegistryForm
from registry.web.pages import Page
from registry.web.paging import Paging, page_number

PER_PAGE = 25
_CLINIC = "clinic"


class TakeUpForm(RegistryForm):
    """Whoever is ticked; or the one whose button it was."""


@blueprint.get("/my-day/from-before")
@policy("caseload.list")
def backlog() -> Page:
    return _show(TakeUpForm(formdata=None))


@blueprint.post("/my-day/from-before/take-up")
@policy("episode.write")
def take_up() -> Page:
    """Those ticked, or one: what waits is told from today on."""
    form = TakeUpForm()
    if not form.validate_on_submit():
        return _show(form), 422
    episodes = chosen_episodes(_asked_for(), clinics_where(current_user, "episode.write"))
    back_url = url_for("alerts.backlog", whose=request.args.get("whose"))
    if not episodes:
        flash("Tick the people in the list first, then choose Take up those ticked.", "warning")
        return redirect(back_url, 303)
    taken: list[int] = []

    def act() -> str:
        taken.append(take_up_episodes(episodes=episodes, by=current_user))
        return back_url

    location = receipts.once(form.form_key.data or "", by=current_user, act=act)
    if taken:
        flash(f"{count(taken[-1], 'person', 'people')} taken up. What waited stands on My day now.", "success")
    return redirect(location, 303)


def _show(form: RegistryForm) -> str:
    now, is_mine = clock.now(), request.args.get("whose") != _CLINIC
    today = {clinic.id: clinic.today(now) for clinic in clinics_for("caseload.list")}
    desk = Desk(today, ())
    if is_mine:
        desk = replace(desk, user_id=current_user.id)
    number = page_number(request.args.get("page"))
    later, comes = count_backlog(desk)
    waiting = list_backlog(desk, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    whose = "mine" if is_mine else _CLINIC
    page = BacklogPage(
        title="From before",
        subtitle=backlog_words(later, comes),
        tabs=[
            {"label": "Mine", "url": url_for("alerts.backlog", whose="mine")},
            {"label": "Whole clinic", "url": url_for("alerts.backlog", whose=_CLINIC)},
        ],
        current_tab="Mine" if is_mine else "Whole clinic",
        people=[waiting_shown(each, today[each.episode.clinic_id]) for each in waiting],
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=later,
            address=lambda wanted: url_for("alerts.backlog", whose=whose, page=wanted),
        ),
        form=form if clinics_where(current_user, "episode.write") else None,
        take_up_url=url_for("alerts.take_up", whose=whose),
        day_url=url_for("alerts.worklist"),
    )
    opened("backlog.listed", by=current_user, shown=[each.patient.id for each in waiting])
    return render_template("alerts/backlog.html", page=page)


def _asked_for() -> list[uuid.UUID]:
    """The episode of the button that was pressed, else those that were ticked; what is no identifier is none."""
    found: list[uuid.UUID] = []
    only = request.form.get("only")
    for text in [only] if only else request.form.getlist("episode")[:PER_PAGE]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
