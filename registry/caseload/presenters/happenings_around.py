"""Entries of the timeline about who else has to do with a person: other teams and clinics, family, courts, tasks."""

from __future__ import annotations

from typing import Any

from flask import url_for

from registry.alerts.rulebook.phrases import capitalised
from registry.caseload.presenters.told import Told, Words
from registry.episodes.rules import OTHER_TEAMS, TRANSFER_STATES
from registry.patients.around import DIRECTIVES, LEGAL_STATUSES, RELATIONS
from registry.patients.presenters import permissions
from registry.patients.rules import CONTACT_KINDS, PAYERS
from registry.tasks.rules import KINDS, outcome
from registry.web.filters import long_date


def transfer_proposed(row: Any, _told: Told) -> Words:
    return Words(f"Transfer proposed: {_way(row)}", row.words, icon="event")


def transfer_answered(row: Any, _told: Told) -> Words:
    """Accepted; or refused, taken back, handed back after it was accepted."""
    state = "accepted" if row.state == "completed" else TRANSFER_STATES[row.state].lower()
    return Words(f"Transfer {state}: {_way(row)}", row.answer, icon="event")


def transfer_completed(row: Any, _told: Told) -> Words:
    return Words(f"Transfer completed: {_way(row)}", icon="event")


def _way(row: Any) -> str:
    return f"{row.from_clinic.name} to {row.to_clinic.name}"


def other_team(row: Any, _told: Told) -> Words:
    return Words(f"{_team(row)} takes part", row.does, icon="patients")


def other_team_left(row: Any, _told: Told) -> Words:
    return Words(f"{_team(row)} takes part no longer", row.ended_why, icon="patients")


def _team(row: Any) -> str:
    kind = OTHER_TEAMS[row.kind]
    return f"{kind}, {row.name}," if row.name else kind


def related(row: Any, _told: Told) -> Words:
    until = f", until {long_date(row.release_until)}" if row.release_until else ""
    allowed = (
        f"Decides about treatment: {row.authority}" if row.consents_to_treatment else "",
        f"May be told: {row.release_scope}{until}" if row.may_have_information else "",
    )
    return Words(_who(row), ". ".join(words for words in allowed if words), icon="patients", url=_details(row))


def related_ended(row: Any, _told: Told) -> Words:
    return Words(f"Last day of {_who(row)}", icon="patients", url=_details(row))


def release_ended(row: Any, _told: Told) -> Words:
    return Words(f"Last day of the release to {_who(row)}", row.release_scope, icon="patients", url=_details(row))


def _who(row: Any) -> str:
    return f"{row.name} ({row.words or RELATIONS[row.relation].lower()})"


def reach(row: Any, _told: Told) -> Words:
    said = (row.note.rstrip(".") if row.value else "", capitalised(permissions(row)))
    more = ". ".join(part for part in said if part)
    return Words(f"Way to reach the person: {_way_to(row)}", more, icon="phone", url=_details(row))


def reach_ended(row: Any, _told: Told) -> Words:
    return Words(f"No longer in use: {_way_to(row)}", icon="phone", url=_details(row))


def _way_to(row: Any) -> str:
    kind, where = CONTACT_KINDS[row.kind], row.value or row.note
    return f"{kind}, {where}" if where else kind


def payer(row: Any, _told: Told) -> Words:
    more = f"Member number {row.member_number}" if row.member_number else ""
    return Words(f"Payer: {_payer(row)}", more, url=_details(row))


def payer_ended(row: Any, _told: Told) -> Words:
    return Words(f"Last day of the payer {_payer(row)}", url=_details(row))


def _payer(row: Any) -> str:
    return f"{PAYERS[row.payer]} ({'primary' if row.is_primary else 'secondary'})"


def legal(row: Any, _told: Told) -> Words:
    until = f"to {long_date(row.expires_on)}" if row.expires_on else ""
    words = ", ".join(part for part in (row.order_words, until) if part)
    return Words(f"Legal status: {LEGAL_STATUSES[row.kind].lower()}", words, icon="event", url=_details(row))


def legal_ended(row: Any, _told: Told) -> Words:
    title = f"No longer the legal status: {LEGAL_STATUSES[row.kind].lower()}"
    return Words(title, row.ended_why, icon="event", url=_details(row))


def directive(row: Any, _told: Told) -> Words:
    kept = f"Kept at {row.kept_at}" if row.kept_at else DIRECTIVES[row.answer]
    return Words("Advance directive", kept, icon="event", url=_details(row))


def _details(row: Any) -> str:
    return url_for("patients.details", patient_id=row.patient_id)


def asked(row: Any, _told: Told) -> Words:
    due = f"By {long_date(row.due_on)}" if row.due_on else ""
    more = ". ".join(part for part in (row.words.rstrip("."), due) if part)
    return Words(f"{KINDS[row.kind]}, for {row.recipient.name}", more, row.sender.name, url=_tasks(row))


def answered(row: Any, _told: Told) -> Words:
    who = row.sender if row.state == "withdrawn" else row.recipient
    title = f"{KINDS[row.kind]}: {outcome(row.kind, row.state).lower()}"
    return Words(title, row.answer or row.words, who.name, url=_tasks(row))


def _tasks(row: Any) -> str:
    return url_for("tasks.tasks", patient_id=row.patient_id)
