"""Users and their roles."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import found, policy
from registry.access.roles import TITLES, Role
from registry.accounts import actions as accounts
from registry.accounts import receipts
from registry.accounts.models import Membership, User
from registry.accounts.queries import get_open_invitation
from registry.administration import actions
from registry.administration.forms import RoleForm
from registry.administration.queries import OpenWork, open_work
from registry.administration.reach import clinic_in_reach, clinics_in_reach, user_in_reach, users_in_reach
from registry.administration.views.common import FormPage, blueprint
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.web.filters import count, long_date

CLOSED = "The account is closed and every session ended."
ONLY_ROLES_ENDED = (
    "The roles in your clinics are ended. The account itself stays open: the person has work outside your clinics."
)


@dataclass(frozen=True, slots=True)
class UserRow:
    """A line of the list of users."""

    name: str
    email: str
    roles: tuple[str, ...]
    is_active: bool
    awaits_password: bool
    url: str


@dataclass(frozen=True, slots=True)
class UsersPage:
    title: str
    users: tuple[UserRow, ...]
    add_url: str


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role the person holds, and where to end it."""

    words: str
    since: str
    end_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPage(FormPage):
    user: UserRow
    roles: tuple[HeldRole, ...]
    work: str
    is_self: bool
    deactivate_url: str
    reactivate_url: str
    sign_out_url: str
    invitation_url: str


@blueprint.get("/users")
@policy("user.manage")
def users() -> str:
    reach = _reach()
    rows = tuple(_row(person, reach) for person in users_in_reach("user.manage"))
    page = UsersPage(title="Users", users=rows, add_url=url_for("administration.add_user"))
    return render_template("administration/users.html", page=page)


@blueprint.route("/users/<uuid:user_id>", methods=["GET", "POST"])
@policy("user.manage")
def user(user_id: uuid.UUID) -> Response | tuple[str, int]:
    """A user; posting gives a role."""
    person = found(user_in_reach(user_id, "user.manage"))
    form = RoleForm()
    _offer_clinics(form)
    if form.validate_on_submit():
        if person.id == current_user.id:
            form.role.errors = ["Nobody gives themselves a role: ask another administrator"]
        else:
            return redirect(_given(person, form), 303)
    return render_template("administration/user.html", page=_page(person, form)), 422 if form.errors else 200


def _given(person: User, form: RoleForm) -> str:
    """Give the role; returns the person's page."""
    clinic = found(clinic_in_reach(uuid.UUID(form.clinic_id.data), "user.manage"))
    clinic_id, starts_on, user_id = clinic.id, clinic.today(clock.now()), person.id

    def act() -> str:
        person = db.session.get_one(User, user_id)
        accounts.give_role(person, clinic_id=clinic_id, role=Role(form.role.data), starts_on=starts_on, by=current_user)
        return url_for("administration.user", user_id=user_id)

    location = receipts.once(form.key, by=current_user, act=act)
    flash("The role is given.", "success")
    if person.awaits_password and get_open_invitation(user_id) is None:
        flash("The invitation handed over before opens nothing any more: make a new one, and hand it over.", "warning")
    return location


@blueprint.post("/users/<uuid:user_id>/roles/<uuid:membership_id>/end")
@policy("user.manage")
def end_role(user_id: uuid.UUID, membership_id: uuid.UUID) -> Response:
    person = found(user_in_reach(user_id, "user.manage"))
    held = found(next((each for each in _open_roles(person, _reach()) if each.id == membership_id), None))
    if user_id == current_user.id:
        flash("Nobody ends their own role: ask another administrator.", "error")
        return redirect(url_for("administration.user", user_id=user_id), 303)
    try:
        actions.end_role(held=held, by=current_user)
    except actions.WorkLeft as left:
        flash(_left_words(left), "error")
    else:
        flash("The role is ended.", "success")
    return redirect(url_for("administration.user", user_id=user_id), 303)


@blueprint.post("/users/<uuid:user_id>/deactivate")
@policy("user.manage")
def deactivate(user_id: uuid.UUID) -> Response:
    person = found(user_in_reach(user_id, "user.manage"))
    back = url_for("administration.user", user_id=user_id)
    try:
        is_closed = actions.deactivate_user(user=person, within=clinics_in_reach("user.manage"), by=current_user)
    except actions.WorkLeft as left:
        flash(_left_words(left), "error")
    except actions.OwnAccount:
        flash("Nobody closes their own account: ask another administrator.", "error")
    else:
        if not is_closed:
            back = url_for("administration.users")
        flash(CLOSED if is_closed else ONLY_ROLES_ENDED, "success")
    return redirect(back, 303)


@blueprint.post("/users/<uuid:user_id>/reactivate")
@policy("user.manage")
def reactivate(user_id: uuid.UUID) -> Response:
    person = found(user_in_reach(user_id, "user.manage"))
    if person.id == current_user.id:
        flash("Your own account is open.", "error")
    else:
        accounts.reactivate(person, by=current_user)
        flash("The account is open again. A new password is chosen at the next sign-in.", "success")
    return redirect(url_for("administration.user", user_id=user_id), 303)


@blueprint.post("/users/<uuid:user_id>/sign-out")
@policy("user.manage")
def sign_out_user(user_id: uuid.UUID) -> Response:
    accounts.sign_out_everywhere(found(user_in_reach(user_id, "user.manage")), by=current_user)
    flash("Every session of this user is ended.", "success")
    return redirect(url_for("administration.user", user_id=user_id), 303)


def _offer_clinics(form: RoleForm) -> None:
    form.clinic_id.choices = {str(clinic.id): clinic.name for clinic in clinics_in_reach("user.manage")}


def _reach() -> dict[uuid.UUID, Clinic]:
    """The clinics the administrator reaches, by id."""
    return {clinic.id: clinic for clinic in clinics_in_reach("user.manage")}


def _open_roles(person: User, reach: Collection[uuid.UUID]) -> list[Membership]:
    """Roles held now in the clinics the administrator reaches: where else somebody works is not told."""
    return [each for each in person.memberships if each.ends_on is None and each.clinic_id in reach]


def _row(person: User, reach: Collection[uuid.UUID]) -> UserRow:
    return UserRow(
        name=person.name,
        email=person.email,
        roles=tuple(_role_words(each) for each in _open_roles(person, reach)),
        is_active=person.is_active,
        awaits_password=person.awaits_password,
        url=url_for("administration.user", user_id=person.id),
    )


def _role_words(membership: Membership) -> str:
    return f"{TITLES[Role(membership.role)]}, {membership.clinic.name}"


def _page(person: User, form: RoleForm) -> UserPage:
    reach = _reach()
    return UserPage(
        title="User",
        user=_row(person, reach),
        roles=tuple(
            HeldRole(
                words=_role_words(each),
                since=f"since {long_date(each.starts_on)}",
                end_url=url_for("administration.end_role", user_id=person.id, membership_id=each.id),
            )
            for each in _open_roles(person, reach)
        ),
        form=form,
        work=_work_words(open_work(person.id, reach.values())),
        is_self=person.id == current_user.id,
        deactivate_url=url_for("administration.deactivate", user_id=person.id),
        reactivate_url=url_for("administration.reactivate", user_id=person.id),
        sign_out_url=url_for("administration.sign_out_user", user_id=person.id),
        invitation_url=url_for("administration.invitation", user_id=person.id),
        back_url=url_for("administration.users"),
    )


def _left_words(left: actions.WorkLeft) -> str:
    return f"Still open: {_work_words(left.work)} would have no owner. A clinic lead moves it first."


def _work_words(work: OpenWork) -> str:
    parts = [
        count(number, one)
        for number, one in (
            (work.patients, "patient"),
            (work.alerts, "open alert"),
            (work.recommendations, "open recommendation"),
            (work.tasks, "open task"),
            (work.duty_periods, "duty period"),
        )
        if number
    ]
    return ", ".join(parts) or "nothing"
