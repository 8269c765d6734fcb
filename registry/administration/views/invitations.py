"""Inviting somebody: a first role, and a one-time link with which they set a password that nobody else knows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry import clock
from registry.access.policy import can, found, policy
from registry.access.roles import SIGNING, TITLES, Role
from registry.accounts import invitations, known_addresses, receipts
from registry.accounts.actions import DuplicateEmail
from registry.accounts.models import Invitation, User
from registry.accounts.queries import get_open_invitation, get_staff
from registry.administration.forms import InviteForm
from registry.administration.link_mail import mail_server, send_link
from registry.administration.reach import clinics_to_staff, roles_to_give
from registry.administration.views.common import FormPage, blueprint
from registry.web.filters import local_time

_SHOWN_ONCE = "link_shown_once"
"""In the form cookie, between making a link and showing it: the database holds only the link's digest."""


SIGNS = "A psychiatrist signs in their own name: an administrator invites them"
"""Why a lead is not offered the role: see ``roles_to_give``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePage(FormPage):
    subtitle: str
    button: str
    back_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage:
    """Somebody invited. ``link`` is there only when it was made a moment ago, and not sent."""

    title: str
    name: str
    email: str
    link: str
    works_until: str
    words: str
    """What became of the link that is open, or was."""
    button: str
    """Empty where no other is made."""
    back_label: str
    back_url: str


@blueprint.route("/users/new", methods=["GET", "POST"])
@policy("user.invite")
def add_user() -> Response | tuple[str, int]:
    form, status = InviteForm(), 422
    form.clinic_id.choices = {str(clinic.id): clinic.name for clinic in clinics_to_staff()}
    form.role.choices = {role.value: TITLES[role] for role in roles_to_give()}
    form.role.description = "" if set(roles_to_give()) >= SIGNING else SIGNS
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
    if form.role.errors and form.role.data in SIGNING - set(roles_to_give()):
        form.role.errors = [SIGNS]
    page = InvitePage(
        title="Add a user",
        subtitle=f"{'You get' if mail_server() is None else 'They are sent'} a one-time link. "
        "More roles can be given afterwards",
        button="Add user and make the link" if mail_server() is None else "Add user and send the link",
        form=form,
        **_way_back(),
    )
    return render_template("administration/add_user.html", page=page), status if form.errors else 200


def _invite(form: InviteForm) -> str:
    """Store the person with the first role, and hand the link over; returns the page of the invitation."""
    made: list[tuple[uuid.UUID, str]] = []
    clinic = found(next((each for each in clinics_to_staff() if str(each.id) == form.clinic_id.data), None))

    def act() -> str:
        made.clear()  # of an attempt that was taken back
        person, token = invitations.invite(
            name=form.name.data or "",
            email=form.email.data or "",
            clinic_id=clinic.id,
            role=Role(form.role.data),
            starts_on=clinic.today(clock.now()),
            by=current_user,
        )
        made.append((person.id, token))
        return url_for("administration.invitation", user_id=person.id)

    location = receipts.once(form.key, by=current_user, act=act)
    for user_id, token in made:
        _hand_over(user_id, token)
    return location


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
        _hand_over(user_id, token)
    return redirect(url_for("administration.invitation", user_id=user_id), 303)


def _hand_over(user_id: uuid.UUID, token: str) -> None:
    """Send the link to whom it is for; show it where there is no e-mail, and to an administrator where it failed."""
    server = mail_server()
    problem = "" if server is None else send_link(user_id, token, server=server)
    if problem:
        flash(f"The e-mail was not sent: {problem}.", "error")
    if server is None or (problem and can(current_user, "user.manage")):
        _show_next(user_id, token)


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
    link = _open_link(person)
    return InvitationPage(
        title="Invitation",
        name=person.name,
        email=person.email,
        link=_link_of(person.id),
        works_until="" if link is None else _local(link.ends_at),
        words=_words(person, link),
        button="" if not person.awaits_password else "Make a new link" if mail_server() is None else "Send a new link",
        **_way_back(),
    )


def _open_link(person: User) -> Invitation | None:
    """The link that opens something now."""
    link = get_open_invitation(person.id)
    return None if link is None or link.ends_at <= clock.now() else link


def _words(person: User, link: Invitation | None) -> str:
    if not person.awaits_password:
        return "This person has set a password and signs in. No link is open."
    if link is None:
        return "The link has ended unused. Make a new one and hand it over." if mail_server() is None else _ENDED
    if link.mailed_at is not None:
        return (
            f"The link was sent to {person.email} on {_local(link.mailed_at)}. It works until {_local(link.ends_at)}, "
            "or until it is used. If it did not arrive, send a new one: the old one stops working."
        )
    if mail_server() is not None:
        return _UNSENT
    return (
        f"A link was made and shown once. It works until {_local(link.ends_at)}, or until it is used. If it did not "
        "arrive, make a new one: the old one stops working."
    )


_ENDED = "The link has ended unused. Send a new one."
_UNSENT = (
    "A link was made, and was not sent by e-mail. Send a new one: the old one stops working. Where that fails again, "
    "ask an administrator, who is shown the link to hand over."
)


def _local(at: datetime) -> str:
    """In the clinic's time."""
    return local_time(at, clinics_to_staff()[0].zone)


def _way_back() -> dict[str, str]:
    """The list of people that this reader has."""
    if can(current_user, "user.manage"):
        return {"back_label": "Users", "back_url": url_for("administration.users")}
    return {"back_label": "Team", "back_url": url_for("administration.team")}
