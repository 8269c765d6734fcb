"""Life events in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import url_for

from registry.life.models import LifeEvent
from registry.life.rules import KINDS, REASONS, WHOM, is_open
from registry.patients.presenters import IdentityHeader
from registry.patients.record_tabs import Tab
from registry.web.filters import count, days_ago, long_date

if TYPE_CHECKING:
    from registry.life.forms import SayForm


@dataclass(frozen=True, slots=True)
class Say:
    """One button about an open stay: that the person is still there, or that the ward was called."""

    label: str
    form: SayForm
    url: str


@dataclass(frozen=True, slots=True)
class EventShown:
    """One event of the list."""

    title: str
    when: str
    words: str
    detail: str
    is_open: bool
    is_void: bool
    says: Sequence[Say] = ()
    end_url: str = ""
    withdraw_url: str = ""


RESTS = (
    "While the stay lasts, contacts, measures, targets and reviews rest; safety, injections, what a psychiatrist "
    "recommended, legal dates and transfers do not. Every two weeks you are asked whether the person is still there; "
    "where nobody answers for two more, nothing rests any longer."
)


@dataclass(frozen=True, slots=True)
class LifePage:
    """The events of one person's life."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    events: Sequence[EventShown]
    notice: str
    """While a stay lasts: what rests meanwhile."""
    record_url: str
    """Empty where it is not the reader's to write."""


def title_of(event: LifeEvent) -> str:
    """What happened: "Jail or prison", "Lost a job", "Emergency department (self-harm)"."""
    title = KINDS[event.kind]
    return f"{title} ({REASONS[event.reason].lower()})" if event.reason else title


def when_words(event: LifeEvent, today: date) -> str:
    """On which day, or from when to when: "12 Mar 2026 to 19 Mar 2026 (8 days)"."""
    starts = long_date(event.starts_on)
    if event.ends_on is not None:
        days = (event.ends_on - event.starts_on).days + 1
        return f"{starts} to {long_date(event.ends_on)} ({count(days, 'day')})"
    if is_open(event.kind, ends_on=None):
        return f"since {starts} ({days_ago(event.starts_on, today)}), no end told"
    return f"{starts} ({days_ago(event.starts_on, today)})"


def show_event(
    event: LifeEvent, *, today: date, may_write: bool, may_withdraw: bool, says: Mapping[str, SayForm] | None = None
) -> EventShown:
    """One event with what may be done about it: whoever cares for the person says that a stay is over; only the clinic
    that recorded it, that it was entered in error. ``says``: by its endpoint, what one button says of a stay."""
    is_void = event.status != "final"
    stands_open = not is_void and is_open(event.kind, ends_on=event.ends_on)
    confirmed = _confirmed(event) if stands_open else ""
    called = f"{WHOM[event.kind]} called {long_date(event.called_on)}" if event.called_on else ""
    told = f"told by {event.source}" if event.source else ""
    error = f"Entered in error: {event.error_why}" if is_void else ""
    details = (confirmed, called, told, f"recorded by {event.recorded_by.name}", error)
    return EventShown(
        title=title_of(event),
        when=when_words(event, today),
        words=event.words,
        detail=" · ".join(part for part in details if part),
        is_open=stands_open,
        is_void=is_void,
        says=_says(event, says or {}) if stands_open else (),
        end_url=_url("life.end", event) if may_write and stands_open else "",
        withdraw_url=_url("life.withdraw", event) if may_withdraw and not is_void else "",
    )


def _confirmed(event: LifeEvent) -> str:
    if event.confirmed_on is None or event.confirmed_by is None:
        return ""
    return f"last confirmed {long_date(event.confirmed_on)} by {event.confirmed_by.name}"


def _says(event: LifeEvent, forms: Mapping[str, SayForm]) -> list[Say]:
    labels = {"life.confirm": "Still there", "life.called": f"{WHOM[event.kind].capitalize()} called, medicines sent"}
    if event.called_on is not None:
        del labels["life.called"]
    return [
        Say(label, forms[endpoint], _url(endpoint, event)) for endpoint, label in labels.items() if endpoint in forms
    ]


def _url(endpoint: str, event: LifeEvent) -> str:
    return url_for(endpoint, patient_id=event.patient_id, event_id=event.id)
