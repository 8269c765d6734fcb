"""Sending the one-time link of an invitation to the address of whom it is for, where the registry sends e-mail.

Whoever made it is not shown it then: whoever opens it first is that person, and signs in their name.
"""

from __future__ import annotations

import uuid

from flask import current_app, request, url_for
from flask_login import current_user

from config import MailServer, Settings
from registry import clock
from registry.accounts import invitations
from registry.accounts.models import User
from registry.db.transaction import end_read
from registry.extensions import db
from registry.messages.rules import FAULTS
from registry.messages.sending import NotSent, send
from registry.messages.wording import invitation_mail

_SECONDS = 2.0
"""For each answer of the mail server, of some eight: somebody waits for the page, and others for the worker."""


def mail_server() -> MailServer | None:
    """Where links are sent; None where whoever makes one hands it over."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.mail


def send_link(user_id: uuid.UUID, token: str, *, server: MailServer) -> str:
    """Why the link was not sent, in words; empty where the server took it. Belongs outside any transaction."""
    address = db.session.get_one(User, user_id).email
    end_read()
    link = address_of_link(token, server)
    try:
        mail = invitation_mail(server, to=address, link=link, key=uuid.uuid4(), at=clock.now())
        send(mail, server=server, seconds=_SECONDS)
    except NotSent as problem:
        return FAULTS[problem.fault]
    except ValueError:
        return FAULTS["address-refused"]
    invitations.note_mailed(token, by=current_user)
    return ""


def address_of_link(token: str, server: MailServer) -> str:
    """The whole address. Where the program is served below a path, ``server.address`` has that path already."""
    return f"{server.address}{url_for('accounts.take_up', token=token).removeprefix(request.script_root)}"
