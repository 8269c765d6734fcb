"""Inviting somebody: a first role, and a one-time link with which they set a password that nobody else knows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import flash, redirect, render_template, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import can, found, policy
from registry.access.roles import TITLES, Role
from registry.accounts import invitations, known_addresses, receipts
from registry.accounts.actions import DuplicateEmail
from registry.accounts.models import User
from registry.accounts.queries import get_open_invitation, get_staff
from registry.administration.forms import InviteForm
from registry.administration.reach import clinics_to_staff, roles_to_give
from registry.administration.views.common import FormPage, blueprint
from registry.web.filters import local_time

_SHOWN_ONCE = "link_shown_once"
"""In the form cookie, between making a link and showing it: the database holds only the link's digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePage(FormPage):
    back_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage:
    """Somebody invited. ``link`` is there only when it was made a moment ago."""

    title: str
    name: str
    email: str
    link: str
    works_until: str
    has_password: bool
    back_label: str
    back_url: str


@blueprint.route("/users/new", methods=["GET", "POST"])
@policy("user.invite")
def add_user() -> Response | tuple[str, int]:
    form, status = InviteForm(), 422
    form.clinic_id.choices = {str(clinic.id): clinic.name for clinic in clinics_to_staff()}
    form.role.choices = {role.value: TITLES[role] for role in roles_to_give()}
    if form.validate_on_submit():
        if known_addresses.has_asked_too_often(current_user.id):
            form.email.errors, status = [known_addresses.TOO_MANY], 429
        else:
            try:
                return redirect(_invite(form), 303)
            except DuplicateEmail:
                if led := receipts.led_to(form.key, by=current_user):
                    return redirect(led, 303)  # the second of two clicks found the account of the first
                known_addresses.note_answer(clinic_id=uuid.UUID(form.clinic_id.data), by=current_user)
                form.email.errors = [known_addresses.ANSWER]
    page = InvitePage(title="Add a user", form=form, **_way_back())
    return render_template("administration/add_user.html", page=page), status if form.errors else 200


def _invite(form: InviteForm) -> str:
    """Store the person with the first role; returns where the link is shown."""
    clinic = found(next((each for each in clinics_to_staff() if str(each.id) == form.clinic_id.data), None))

    def act() -> str:
        person, token = invitations.invite(
            name=form.name.data or "",
            email=form.email.data or "",
            clinic_id=clinic.id,
            role=Role(form.role.data),
            starts_on=clinic.today(clock.now()),
            by=current_user,
        )
        _show_next(person.id, token)
        return url_for("administration.invitation", user_id=person.id)

    return receipts.once(form.key, by=current_user, act=act)


@blueprint.get("/users/<uuid:user_id>/invitation")
@policy("user.invite")
def invitation(user_id: uuid.UUID) -> str:
    """The link, the one time it is shown; afterwards until when it works, and the way to a new one."""
    person = found(_person(user_id))
    return render_template("administration/invitation.html", page=_page(person))


@blueprint.post("/users/<uuid:user_id>/invitation")
@policy("user.invite")
def renew_invitation(user_id: uuid.UUID) -> Response:
    person = found(_person(user_id))
    try:
        token = invitations.renew(person, by=current_user)
    except invitations.HasPassword:
        flash("This person has set a password. No link is needed, and none is made.", "error")
    else:
        _show_next(user_id, token)
    return redirect(url_for("administration.invitation", user_id=user_id), 303)


def _person(user_id: uuid.UUID) -> User | None:
    """Somebody all of whose roles the reader could have given: a link must never open more than its maker may give."""
    reach = {clinic.id for clinic in clinics_to_staff()}
    person = get_staff(user_id, reach)
    if person is None or not all(
        clinic_id in reach and roles <= set(roles_to_give()) for clinic_id, roles in person.roles_by_clinic().items()
    ):
        return None
    return person


def _show_next(user_id: uuid.UUID, token: str) -> None:
    session[_SHOWN_ONCE] = [str(user_id), token]


def _link_of(user_id: uuid.UUID) -> str:
    """The link just made for this person, once; else nothing."""
    whose, token = session.pop(_SHOWN_ONCE, ("", ""))
    return url_for("accounts.take_up", token=token, _external=True) if whose == str(user_id) else ""


def _page(person: User) -> InvitationPage:
    return InvitationPage(
        title="Invitation",
        name=person.name,
        email=person.email,
        link=_link_of(person.id),
        works_until=_works_until(person),
        has_password=not person.awaits_password,
        **_way_back(),
    )


def _works_until(person: User) -> str:
    """When the open link ends, in the clinic's time; an empty text when there is none."""
    link = get_open_invitation(person.id)
    if link is None or link.ends_at <= clock.now():
        return ""
    return local_time(link.ends_at, clinics_to_staff()[0].zone)


def _way_back() -> dict[str, str]:
    """The list of people that this reader has."""
    if can(current_user, "user.manage"):
        return {"back_label": "Users", "back_url": url_for("administration.users")}
    return {"back_label": "Team", "back_url": url_for("administration.team")}
