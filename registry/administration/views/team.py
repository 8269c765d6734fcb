"""The people of one's clinics, what each still has to do, and moving it to a colleague."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import found, permitted_clinics, policy
from registry.access.roles import TITLES
from registry.accounts import queries as accounts
from registry.accounts.models import User
from registry.administration import actions
from registry.administration.forms import ReassignForm
from registry.administration.queries import OpenWork, open_work_in
from registry.administration.reach import roles_to_give
from registry.administration.views.common import FormPage, blueprint
from registry.alerts.actions import UnfitOwner
from registry.clinics.models import Clinic
from registry.clinics.queries import get_clinic, list_clinics
from registry.episodes.errors import UnfitForTeam
from registry.web.filters import count


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A colleague in a clinic, what they own there, and the way to move it."""

    name: str
    clinic: str
    roles: str
    is_active: bool
    patients: int
    alerts: int
    recommendations: int
    tasks: int
    url: str | None
    invitation_url: str | None


@dataclass(frozen=True, slots=True)
class TeamPage:
    title: str
    rows: tuple[TeamRow, ...]
    invite_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignPage(FormPage):
    form: ReassignForm
    name: str
    clinic: str

    @property
    def has_successor(self) -> bool:
        return bool(self.form.to_user_id.choices)


@blueprint.get("/team")
@policy("work.reassign")
def team() -> str:
    """Whoever has a role in one's clinics, and whoever still owns work there."""
    clinics = list_clinics(permitted_clinics("work.reassign"))
    people = accounts.list_users_ever([clinic.id for clinic in clinics])
    works = open_work_in(clinics)
    rows = [
        _row(person, clinic, works.get((clinic.id, person.id), OpenWork()))
        for clinic in clinics
        for person in people
        if clinic.id in person.roles_by_clinic() or (clinic.id, person.id) in works
    ]
    page = TeamPage(title="Team", rows=tuple(rows), invite_url=url_for("administration.add_user"))
    return render_template("administration/team.html", page=page)


def _row(person: User, clinic: Clinic, work: OpenWork) -> TeamRow:
    return TeamRow(
        name=person.name,
        clinic=clinic.name,
        roles=", ".join(sorted(TITLES[role] for role in person.roles_by_clinic().get(clinic.id, ()))) or "No role now",
        is_active=person.is_active,
        patients=work.patients,
        alerts=work.alerts,
        recommendations=work.recommendations,
        tasks=work.tasks,
        url=url_for("administration.reassign", clinic_id=clinic.id, user_id=person.id) if work.is_any else None,
        invitation_url=_invitation_url(person, clinic),
    )


def _invitation_url(person: User, clinic: Clinic) -> str | None:
    """Where whoever has not set a password yet gets a new link."""
    roles = person.roles_by_clinic().get(clinic.id, frozenset())
    if not person.awaits_password or not roles or not roles <= set(roles_to_give()):
        return None
    return url_for("administration.invitation", user_id=person.id)


@blueprint.route("/open-work/<uuid:clinic_id>/<uuid:user_id>", methods=["GET", "POST"])
@policy("work.reassign")
def reassign(clinic_id: uuid.UUID, user_id: uuid.UUID) -> Response | tuple[str, int]:
    """Move what somebody owns in one's clinic to a colleague who has, or had, the same kind of role."""
    clinic = found(get_clinic(clinic_id) if clinic_id in permitted_clinics("work.reassign") else None)
    person = found(accounts.get_user(user_id))
    roles = {each.role for each in person.memberships if each.clinic_id == clinic_id}
    if not roles:
        found(None)
    form = ReassignForm()
    colleagues = accounts.list_users_to_answer(clinic_id, *sorted(roles))
    form.to_user_id.choices = {str(each.id): each.name for each in colleagues if each.id != user_id}
    if form.validate_on_submit():
        try:
            moved = _move(person, clinic, form)
        except (UnfitForTeam, UnfitOwner) as problem:
            form.to_user_id.errors = [str(problem)]
        else:
            flash(f"{count(moved, 'piece')} of work moved.", "success")
            return redirect(url_for("administration.team"), 303)
    page = ReassignPage(
        title="Move open work",
        name=person.name,
        clinic=clinic.name,
        form=form,
        back_url=url_for("administration.team"),
    )
    return render_template("administration/reassign.html", page=page), 422 if form.errors else 200


def _move(person: User, clinic: Clinic, form: ReassignForm) -> int:
    successor = found(accounts.get_user(uuid.UUID(form.to_user_id.data)))
    return actions.reassign_work(from_user=person, to_user=successor, clinic=clinic, by=current_user)
