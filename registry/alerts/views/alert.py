"""One alert: its history, and everything that can be done about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select

from registry import clock
from registry.access.policy import clinics_where, found, permitted_clinics, policy
from registry.accounts import receipts
from registry.accounts.models import User
from registry.alerts import actions, queries
from registry.alerts.forms import AcknowledgeForm, AssignForm, TellForm, field_errors
from registry.alerts.models import Alert
from registry.alerts.owners import people_told
from registry.alerts.presenters.alert import (
    TIER_TITLES,
    TITLES,
    AlertForms,
    AlertPage,
    Change,
    changes_since,
    facts_of,
    people_named,
    report_shown,
    step_shown,
)
from registry.alerts.presenters.words import alert_url, banner, next_steps
from registry.alerts.rulebook import Family, Tier, rule, told_besides
from registry.alerts.together import close_together, days_put_off, snooze_together
from registry.alerts.views.alert_forms import (
    act_form,
    chosen_too,
    close_form,
    closing_hint,
    colleagues,
    forms_of,
    goes_with,
    refuse_another,
    snooze_form,
    to_be_told,
)
from registry.alerts.views.safety_steps import steps_after
from registry.alerts.views.shared import IMPOSSIBLE, act_on, blueprint, lead_on_from, then, what_may_follow
from registry.audit.opened import opened
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict
from registry.episodes.patient_header import load_header
from registry.extensions import db
from registry.patients.models import Patient
from registry.patients.queries import list_undone_merges
from registry.web.pages import Page


@blueprint.get("/patients/<uuid:patient_id>/alerts/<uuid:alert_id>")
@policy("alert.read")
def alert(patient_id: uuid.UUID, alert_id: uuid.UUID) -> Page:
    row = found(queries.get_alert(alert_id, patient_id=patient_id))
    return _show(row, forms_of(row))


@blueprint.post("/patients/<uuid:patient_id>/alerts/<uuid:alert_id>/acknowledge")
@policy("alert.acknowledge")
def acknowledge(patient_id: uuid.UUID, alert_id: uuid.UUID) -> Page:
    row = _answerable(patient_id, alert_id, "alert.acknowledge")
    form = AcknowledgeForm(prefix="acknowledge-")
    if not form.validate_on_submit():
        return _show(row, forms_of(row), status=422)
    return _do(
        row,
        form,
        lambda: actions.acknowledge(alert=row, by=current_user, opened_version=form.opened_version),
        forms=forms_of,
        yours="Acknowledged by you",
        said="Acknowledged. It stays open until you record how it ended",
    )


@blueprint.post("/patients/<uuid:patient_id>/alerts/<uuid:alert_id>/act")
@policy("alert.acknowledge")
def act(patient_id: uuid.UUID, alert_id: uuid.UUID) -> Page:
    row = _answerable(patient_id, alert_id, "alert.acknowledge")
    form = act_form(row)
    if not form.validate_on_submit():
        return _show(row, forms_of(row, act=form), status=422)
    return _do(
        row,
        form,
        lambda: act_on(row, form),
        forms=lambda fresh: forms_of(fresh, act=form),
        yours="Acted on by you",
        said="Saved. The alert stays open until you close it",
        refused=(IMPOSSIBLE, "again"),
    )


@blueprint.post("/patients/<uuid:patient_id>/alerts/<uuid:alert_id>/assign")
@policy("alert.assign")
def assign(patient_id: uuid.UUID, alert_id: uuid.UUID) -> Page:
    row = _answerable(patient_id, alert_id, "alert.assign")
    form = AssignForm(prefix="assign-")
    form.to.choices = colleagues(row)
    if not form.validate_on_submit():
        return _show(row, forms_of(row, assign=form), status=422)

    def give() -> None:
        to = found(db.session.get(User, uuid.UUID(form.to.data)))
        actions.assign(alert=row, to=to, by=current_user, why=form.why.data or "", opened_version=form.opened_version)

    return _do(
        row,
        form,
        give,
        forms=lambda fresh: forms_of(fresh, assign=form),
        yours="Given to somebody else by you",
        said="Given to a colleague",
        refused=(actions.UnfitOwner, "to"),
    )


@blueprint.post("/patients/<uuid:patient_id>/alerts/<uuid:alert_id>/tell")
@policy("alert.acknowledge")
def tell(patient_id: uuid.UUID, alert_id: uuid.UUID) -> Page:
    """A psychiatrist is told of an urgent alert, which stays with whoever has it."""
    row = _answerable(patient_id, alert_id, "alert.acknowledge")
    form = TellForm(prefix="tell-")
    form.to.choices = to_be_told(row)
    if not form.validate_on_submit():
        return _show(row, forms_of(row, tell=form), status=422)

    def tell_them() -> None:
        to = found(db.session.get(User, uuid.UUID(form.to.data)))
        actions.tell(alert=row, to=to, by=current_user, words=form.words.data or "", opened_version=form.opened_version)

    return _do(
        row,
        form,
        tell_them,
        forms=lambda fresh: forms_of(fresh, tell=form),
        yours="The psychiatrist told by you",
        said="The psychiatrist is told: the alert stands on their day too",
        refused=((actions.UnfitToTell, actions.NotUrgent), "to"),
    )


@blueprint.post("/patients/<uuid:patient_id>/alerts/<uuid:alert_id>/snooze")
@policy("alert.snooze")
def snooze(patient_id: uuid.UUID, alert_id: uuid.UUID) -> Page:
    row = _answerable(patient_id, alert_id, "alert.snooze")
    standing = queries.list_open_alerts(patient_id)
    form = snooze_form(row, standing)
    if not form.validate_on_submit() or form.until.data is None:
        return _show(row, forms_of(row, snooze=form), status=422)
    until, reason = form.until.data, form.reason.data or ""
    along = goes_with(row, standing)
    alerts = [row, *along, *chosen_too(form, standing)]
    versions = [form.opened_version, *(each.version for each in alerts[1:])]

    def put_off() -> None:
        refuse_another(row, form, along)
        snooze_together(alerts=alerts, shown_versions=versions, until=until, reason=reason, by=current_user)

    return _do(
        row,
        form,
        put_off,
        forms=lambda fresh: forms_of(fresh, snooze=form),
        yours="Put off by you",
        said="Put off. It comes back sooner if it gets worse",
        refused=((actions.ImpossibleSnooze, actions.CannotWait), "until"),
    )


@blueprint.post("/patients/<uuid:patient_id>/alerts/<uuid:alert_id>/close")
@policy("alert.close")
def close(patient_id: uuid.UUID, alert_id: uuid.UUID) -> Page:
    row = _answerable(patient_id, alert_id, "alert.close")
    form = close_form(row)
    if not form.validate_on_submit():
        return _show(row, forms_of(row, close=form), status=422)
    along = goes_with(row, queries.list_open_alerts(patient_id))
    versions = [form.opened_version, *(each.version for each in along)]
    outcome, words = form.outcome.data, form.words.data or ""

    def end() -> None:
        refuse_another(row, form, along)
        close_together(alerts=[row, *along], shown_versions=versions, outcome=outcome, words=words, by=current_user)

    return _do(
        row,
        form,
        end,
        forms=lambda fresh: forms_of(fresh, close=form),
        yours="Closed by you",
        said="Closed, with how it ended",
        refused=((actions.EndsWithReview, actions.EndsOtherwise), "outcome"),
    )


def _do(
    row: Alert,
    form: Any,
    act: Callable[[], object],
    *,
    forms: Callable[[Alert], AlertForms],
    yours: str,
    said: str,
    refused: tuple[Any, str] = ((), ""),
) -> Page:
    """Act once and go back to where the button was; told apart, what the action may find wrong."""
    patient_id, alert_id = row.patient_id, row.id
    location = url_for("alerts.worklist") if request.args.get("from") == "day" else alert_url(row)
    try:
        location = receipts.once(form.form_key.data or "", by=current_user, act=lambda: then(act, location))
    except actions.AlertIsClosed:
        flash("This alert was closed in the meantime. Nothing was changed", "warning")
        return redirect(location, 303)
    except EditConflict:
        fresh = found(queries.get_alert(alert_id, patient_id=patient_id))
        form.version.data = str(fresh.version)
        return _show(fresh, forms(fresh), status=409, conflict=changes_since(fresh, yours=yours))
    except refused[0] as problem:
        field_errors(form, refused[1], str(problem))
        fresh = found(queries.get_alert(alert_id, patient_id=patient_id))
        return _show(fresh, forms(fresh), status=422)
    flash(said, "success")
    return redirect(location, 303)


def _answerable(patient_id: uuid.UUID, alert_id: uuid.UUID, action: str) -> Alert:
    """The alert, if this reader may act on it: one's own clinic's, or anybody's where it is about safety."""
    row = found(queries.get_alert(alert_id, patient_id=patient_id))
    if not row.is_safety and row.clinic_id not in permitted_clinics(action):
        abort(404)
    return row


def _told(row: Alert) -> dict[str, str]:
    parts = told_besides(row.evidence) if row.is_safety and row.tier == Tier.URGENT else ()
    return people_told(row.patient_id, parts) if parts else {}


def _show(row: Alert, forms: AlertForms, *, status: int = 200, conflict: list[Change] | None = None) -> Page:
    lead_on_from(row)
    now = clock.now()
    clinic = db.session.get_one(Clinic, row.clinic_id)
    today = clinic.today(now)
    steps, reports = queries.list_steps(row.id), queries.list_reports(row)
    named = people_named(steps) | {each.recorded_by_id for each in reports}
    names = {user.id: user.name for user in db.session.scalars(select(User).where(User.id.in_(named)))}
    undone = list_undone_merges(row.patient_id) if row.is_safety else ()
    may_correct = clinics_where(current_user, "contact.correct") if row.closed_at is None else ()
    is_the_banner = row.is_safety and row.closed_at is None
    patient = found(load_header(row.patient_id, today, clinic_id=clinic.id, shows_safety=not is_the_banner))
    tier = Tier(row.tier)
    page = AlertPage(
        title=TITLES.get(row.rule, "Alert"),
        patient=patient,
        banner=banner(row, clinic, now),
        is_safety=row.is_safety,
        is_open=row.closed_at is None,
        closing_hint=closing_hint(row),
        tier=TIER_TITLES[tier],
        tier_kind=tier.value,
        facts=facts_of(row, clinic, now, told=_told(row)),
        steps=[step_shown(step, clinic, names, today, undone=undone) for step in steps],
        forms=forms,
        urls={
            name: url_for(f"alerts.{name}", patient_id=row.patient_id, alert_id=row.id)
            for name in ("acknowledge", "act", "assign", "tell", "snooze", "close")
        },
        safety_steps=steps_after(row, db.session.get_one(Patient, row.patient_id), today),
        reports=[
            report_shown(each, names[each.recorded_by_id], clinic, may_withdraw=each.clinic_id in may_correct)
            for each in reports
        ],
        next_steps=[*_where_it_is_settled(row), *next_steps(patient, what_may_follow())],
        snooze_limit=today + timedelta(days=days) if (days := days_put_off(row)) else None,
        today=today,
        conflict=conflict or (),
        conflict_by=_last_by(steps),
    )
    opened("alert.opened", by=current_user, patient_id=row.patient_id, clinic_id=clinic.id)
    return render_template("alerts/alert.html", page=page), status


_SETTLED_ON = {
    Family.LIFE: ("Life", "life.events"),
    Family.CARE: ("Care", "episodes.care"),
    Family.PLAN: ("Plan", "plans.plan"),
}
"""Where a stay is confirmed or ended, consent is taken anew, and a plan is gone through."""


def _where_it_is_settled(row: Alert) -> list[dict[str, str]]:
    settled_on = _SETTLED_ON.get(rule(row.rule).family)
    if settled_on is None:
        return []
    label, endpoint = settled_on
    return [{"label": label, "url": url_for(endpoint, patient_id=row.patient_id), "key": ""}]


def _last_by(steps: Any) -> str:
    return next((step.by.name for step in steps if step.by is not None), "the program itself")
