"""What an administrator is told of the e-mails: whether there are any, and which did not arrive."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app

from config import Settings
from registry import clock
from registry.messages.queries import count_failures
from registry.messages.rules import FAULTS
from registry.web.filters import count

DAYS = 7
"""Failures of so many days are told."""

OFF = (
    "E-mail is off: nobody who is not signed in hears of an urgent alert, or on a Monday of what is open for them. "
    "Whoever runs the registry switches it on (docs/operations.md, E-mail)."
)
ON = (
    "People who are not signed in hear of urgent alerts by e-mail, and on a Monday how much is open for them. "
    "It names nobody."
)
NOT_TOLD = {"urgent": "of an alert", "digest": "on a Monday what is open for them"}
"""Kind of message → of what somebody was not told."""


@dataclass(frozen=True, slots=True)
class MailShown:
    words: str
    failures: tuple[str, ...] = ()


def mail_shown(clinic_ids: Collection[uuid.UUID]) -> MailShown:
    """For the administrator of these clinics."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.mail is None:
        return MailShown(OFF)
    failed = count_failures(since=clock.now() - timedelta(days=DAYS), clinic_ids=clinic_ids)
    return MailShown(
        ON,
        tuple(
            f"{count(number, 'time')} in the last {DAYS} days somebody was not told {NOT_TOLD[kind]}: {FAULTS[fault]}."
            for (kind, fault), number in sorted(failed.items(), reverse=True)
        ),
    )
