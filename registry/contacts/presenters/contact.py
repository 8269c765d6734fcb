"""Contacts in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for

from registry.contacts.facts import ContactFacts
from registry.contacts.models import Contact
from registry.contacts.presenters.outreach import Outreach
from registry.contacts.presenters.unfinished import DraftShown
from registry.contacts.queries import TimedEntry
from registry.contacts.rules import KINDS, MODALITIES, TOOK_PART, counts_as, reach_words
from registry.patients.presenters import AtClinic, Difference, IdentityHeader
from registry.patients.record_tabs import Tab
from registry.web.filters import count, days_ago, long_date
from registry.web.paging import Paging
from registry.web.second_time import SecondTime

if TYPE_CHECKING:
    from registry.contacts.forms import ContactForm, QuickContactForm


@dataclass(frozen=True, slots=True)
class ContactShown:
    """One line of the list."""

    date: str
    ago: str
    words: str
    """Kind, modality, and whether the person was reached."""
    counts_as: str
    counts_kind: str
    minutes: str
    staff: str
    participants: str
    note: str
    is_void: bool
    state: str
    overlaps: Sequence[OverlapShown] = ()
    correct_url: str = ""
    withdraw_url: str = ""


@dataclass(frozen=True, slots=True)
class OverlapShown:
    """Another contact of the same member of staff at the same time."""

    times: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """The person's contacts."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    contacts: Sequence[ContactShown]
    pages: Paging
    log_url: str
    minutes: str
    outreach: Outreach | None
    drafts: Sequence[DraftShown]
    timer_url: str
    """Where a timer is started; empty where one may not, or is timing already."""


@dataclass(frozen=True, slots=True)
class ContactFormPage:
    """Logging or correcting one contact."""

    title: str
    patient: IdentityHeader
    at: AtClinic
    form: ContactForm
    hints: dict[str, str]
    today: date
    born_on: date
    save: str
    action_url: str
    back_url: str
    conflict: Sequence[Difference] = ()
    conflict_by: str = ""
    second_time: SecondTime | None = None
    draft_url: str = ""
    """Where what is typed is kept; empty where it is not."""
    discard_url: str = ""
    draft: str = ""
    """What was filled in of a draft, in words."""
    timed: str = ""
    """What was filled in of a timer, in words."""


@dataclass(frozen=True, slots=True)
class QuickLine:
    """One line to log a contact by, below the person's row in a list."""

    patient_id: str
    name: str
    at: AtClinic
    form: QuickContactForm
    save_url: str
    full_url: str


@dataclass(frozen=True, slots=True)
class QuickSaved:
    """What the line says once it is saved."""

    words: str
    correct_url: str


def transfer_stays_completed(sender: str, receiver: str, *, is_on_caseload: bool) -> str:
    """What becomes of somebody transferred, when the contact that completed the transfer is taken out of the record.

    ``is_on_caseload``: whether the receiver's episode is still open.
    """
    stands = (
        f"The person stays on the caseload of {receiver}, which alone answers for them"
        if is_on_caseload
        else f"The episode at {receiver} has ended too: refer the person anew unless they need no care"
    )
    return (
        f"This contact completed the transfer from {sender}, and {sender} does not get the person back without it. "
        f"{stands}. The leads of both are told until somebody at {receiver} has spoken with the person"
    )


def second_time(contact: Contact, *, by: str, url: str) -> SecondTime:
    """The contact that stands already. ``by``: who recorded it, and when."""
    kind, how, reached = _words(contact)
    return SecondTime(
        what=f"{kind.lower()} of {_when(contact)} ({', '.join(words for words in (how, reached) if words)})",
        how=f"recorded by {by}",
        url=url,
    )


def contact_facts(contact: Contact, *, today: date) -> list[Mapping[str, str]]:
    """One contact, as rows of a definition list."""
    shown = show_contact(contact, today=today, may_correct=False)
    return [
        {"label": "Contact", "value": shown.words},
        {"label": "Date", "value": shown.date, "detail": shown.ago},
        {"label": "By", "value": shown.staff},
        {"label": "Note", "value": shown.note or "empty"},
    ]


def show_contact(
    contact: Contact, *, today: date, may_correct: bool, overlaps: Sequence[TimedEntry] = ()
) -> ContactShown:
    """A contact as the list prints it; only what counts can be corrected."""
    is_open = may_correct and contact.status == "final"
    return ContactShown(
        date=_when(contact),
        ago=days_ago(contact.took_place_on, today),
        words=", ".join(words for words in _words(contact) if words),
        counts_as=counts_as(contact.kind, reached=contact.reached),
        counts_kind="good" if contact.reached else "action",
        minutes=_minutes(contact.minutes),
        staff=contact.staff.name,
        participants=who_took_part(contact.took_part, contact.participants),
        note=contact.note,
        is_void=contact.status != "final",
        state=_state(contact),
        overlaps=show_overlaps(overlaps),
        correct_url=_address("contacts.correct", contact) if is_open else "",
        withdraw_url=_address("contacts.withdraw", contact) if is_open else "",
    )


def quick_words(facts: ContactFacts) -> str:
    """What was saved, in a line."""
    said = (*_words(facts), _minutes(facts.minutes))
    return ", ".join(words for words in said if words)


def show_overlaps(entries: Sequence[TimedEntry]) -> list[OverlapShown]:
    """With which contacts one shares time: when, and with whom."""
    return [
        OverlapShown(
            times=_from_to(entry),
            words=f"overlaps with {_from_to(entry)}, {entry.patient.name}",
            url=url_for("contacts.contacts", patient_id=entry.patient.id),
        )
        for entry in entries
    ]


def _from_to(entry: TimedEntry) -> str:
    start, end = entry.contact.started_at, end_of(entry.contact)
    return f"{start:%H:%M}–{end}" if start is not None else ""


def end_of(contact: Contact) -> str:
    """When it ended by the clock it was timed by; nothing where that is not known."""
    if contact.started_at is None or contact.minutes is None:
        return ""
    ended = datetime.combine(contact.took_place_on, contact.started_at) + timedelta(minutes=contact.minutes)
    return f"{ended:%H:%M}"


def who_took_part(codes: Sequence[str], words: str) -> str:
    """Who took part beside the person: what they were, and who."""
    kinds = ", ".join(TOOK_PART[code].lower() for code in codes)
    return f"{kinds} ({words})" if kinds and words else kinds or words


def differences(theirs: Contact, yours: ContactFacts | None) -> list[Difference]:
    """Where the entry saved by somebody else differs from the one typed; its withdrawal, where it was withdrawn."""
    if theirs.status == "entered-in-error":
        return [_withdrawn(theirs, "A correction" if yours else "Entered in error")]
    if yours is None:
        return [Difference("State", f"Corrected: {theirs.why}", "Entered in error")]
    pairs = zip(_fields(theirs), _fields(yours), strict=True)
    return [Difference(name, saved, typed) for (name, saved), (_, typed) in pairs if saved != typed]


def _withdrawn(theirs: Contact, yours: str) -> Difference:
    return Difference("State", f"Entered in error: {theirs.why}", yours)


def stands_now(theirs: Contact) -> list[Difference]:
    """Every field of the entry saved by somebody else, beside a draft that is not finished."""
    if theirs.status == "entered-in-error":
        return [_withdrawn(theirs, "A correction")]
    return [Difference(name, saved, "in the form below") for name, saved in _fields(theirs)]


def _address(endpoint: str, contact: Contact) -> str:
    return url_for(endpoint, patient_id=contact.patient_id, contact_id=contact.id)


def _fields(entry: Any) -> list[tuple[str, str]]:
    return [
        ("Kind", KINDS[entry.kind]),
        ("Was the person reached?", "Yes" if entry.reached else "No"),
        ("How", MODALITIES[entry.modality]),
        ("Date", long_date(entry.took_place_on)),
        ("Start time", f"{entry.started_at:%H:%M}" if entry.started_at else "not given"),
        ("Minutes", _minutes(entry.minutes) or "not given"),
        ("Who else took part", who_took_part(entry.took_part, entry.participants) or "nobody named"),
        ("Note", entry.note or "empty"),
    ]


def _words(contact: Contact | ContactFacts) -> tuple[str, str, str]:
    reached = reach_words(contact.kind, reached=contact.reached)
    return KINDS[contact.kind], MODALITIES[contact.modality].lower(), reached


def _when(contact: Contact) -> str:
    day = long_date(contact.took_place_on)
    if contact.started_at is None:
        return day
    end = end_of(contact) if contact.minutes else ""
    return f"{day}, {contact.started_at:%H:%M}{f'–{end}' if end else ''}"


def _minutes(minutes: int | None) -> str:
    return "" if minutes is None else count(minutes, "minute")


def _state(contact: Contact) -> str:
    if contact.status == "entered-in-error":
        return f"Entered in error: {contact.why}"
    if contact.status == "amended":
        return "Corrected: an earlier version of this entry"
    return f"Corrects an earlier entry: {contact.why}" if contact.replaces_id else ""
