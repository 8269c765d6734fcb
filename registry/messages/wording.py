"""What an e-mail says: how much, and where. No name, no number of a person, no clinic, no instrument."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from config import MailServer
from registry.accounts.invitations import LASTS
from registry.messages.open_work import MOST_ADVICE, MOST_TASKS, OpenWork
from registry.web.paging import COUNT_LIMIT

SUBJECT = "An urgent alert in the registry asks for you"
DIGEST_SUBJECT = "What is open for you in the registry this week"
INVITATION_SUBJECT = "Your account in the registry"
LINK_HOURS = LASTS // timedelta(hours=1)


def urgent_mail(server: MailServer, *, to: str, alerts: int, key: uuid.UUID, at: datetime) -> EmailMessage:
    """The e-mail to somebody whom so many urgent alerts ask for. The same ``key`` makes the same ``Message-ID``.

    Raises ``ValueError`` for an address no header can hold.
    """
    waiting = "1 urgent alert waits" if alerts == 1 else f"{alerts:,} urgent alerts wait"
    words = f"{waiting} for you.\n\nSign in to see what is wanted:\n{server.address}/my-day\n"
    return _mail(server, SUBJECT, words, to=to, key=key, at=at)


def digest_mail(server: MailServer, *, to: str, work: OpenWork, key: uuid.UUID, at: datetime) -> EmailMessage:
    """The e-mail of a Monday: how much is open for the reader. Otherwise as above."""
    lines = "".join(f"- {words}\n" for words in _counted(work))
    words = f"Open for you this week:\n\n{lines}\nSign in to see it:\n{server.address}{work.page}\n"
    return _mail(server, DIGEST_SUBJECT, words, to=to, key=key, at=at)


def invitation_mail(server: MailServer, *, to: str, link: str, key: uuid.UUID, at: datetime) -> EmailMessage:
    """The e-mail with the one-time link of somebody who was invited. Otherwise as above."""
    words = (
        "You were invited to the registry. Open this link and choose your password:\n"
        f"{link}\n\n"
        f"It works once, for {LINK_HOURS} hours. Whoever opens it signs in as you:\npass it on to nobody.\n\n"
        "If you did not expect it, leave it unopened and tell your clinic.\n"
    )
    return _mail(server, INVITATION_SUBJECT, words, to=to, key=key, at=at)


def _counted(work: OpenWork) -> list[str]:
    named = (
        (work.urgent, COUNT_LIMIT, "urgent alert", "urgent alerts"),
        (work.people, COUNT_LIMIT, "person who needs something", "people who need something"),
        (work.advice, MOST_ADVICE, "recommendation to decide or carry out", "recommendations to decide or carry out"),
        (work.tasks, MOST_TASKS, "request of a colleague", "requests of colleagues"),
    )
    return [
        f"more than {most:,} {many}" if number > most else f"{number:,} {one if number == 1 else many}"
        for number, most, one, many in named
        if number
    ]


def _mail(server: MailServer, subject: str, words: str, *, to: str, key: uuid.UUID, at: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"], mail["To"] = server.sender, to
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{key}@{server.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        f"{words}\n"
        "So that nobody else learns of anybody's care, this e-mail names no one.\n"
        "Nobody reads replies to it.\n"
    )
    return mail
