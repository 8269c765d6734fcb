"""What an e-mail says: how many alerts, and where. No name, no number, no clinic, no instrument."""

from __future__ import annotations

import uuid
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from config import MailServer

SUBJECT = "An urgent alert in the registry asks for you"


def urgent_mail(server: MailServer, *, to: str, alerts: int, key: uuid.UUID, at: datetime) -> EmailMessage:
    """The e-mail to somebody whom so many urgent alerts ask for. The same ``key`` makes the same ``Message-ID``.

    Raises ``ValueError`` for an address no header can hold.
    """
    mail = EmailMessage()
    mail["Subject"] = SUBJECT
    mail["From"], mail["To"] = server.sender, to
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{key}@{server.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_body(alerts, f"{server.address}/my-day"))
    return mail


def _body(alerts: int, link: str) -> str:
    waiting = (
        "1 urgent alert waits for somebody to acknowledge it"
        if alerts == 1
        else f"{alerts:,} urgent alerts wait for somebody to acknowledge them"
    )
    return (
        f"{waiting}, and you are asked.\n\n"
        f"Sign in to see what is wanted:\n{link}\n\n"
        "So that nobody else learns of anybody's care, this e-mail names no one.\n"
        "Nobody reads replies to it.\n"
    )
