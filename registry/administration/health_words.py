"""The health of the system in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from registry.administration.mail import MailShown
from registry.alerts.models import RulebookState
from registry.clinics.models import Clinic
from registry.jobs.asked import BY_HAND
from registry.jobs.models import JobRun
from registry.jobs.nightly import SWEEP
from registry.jobs.queries import CLINIC_ID, Due
from registry.jobs.turns import SILENT_AFTER
from registry.messages.models import Message
from registry.messages.rules import FAULTS
from registry.web.filters import count, local_time, long_date
from registry.web.form_fields import RegistryForm

CHECKS: Mapping[str, tuple[str, str]] = {
    "database": ("Database", "It answers, and its tables are those of this program."),
    "safety signals": ("Safety answers", "Every positive safety answer has its alert."),
    "instruments": ("Instruments", "Every instrument file can be read, and the database knows each."),
    "rule numbers": ("Rule numbers", "Every number a clinic decided on stands."),
    "sweep": ("Sweep", "Nobody in care waits for more than a day to be looked at again."),
    "mail": ("E-mail", "E-mails go out."),
    "jobs": ("Job consumer", "The process that sweeps, escalates and sends is running."),
}
"""Check → its name on the page, and what is true where nothing is wrong."""

TOLD = {"urgent": "Urgent alert", "digest": "Monday's count"}
"""Kind of message → what it was about."""


@dataclass(frozen=True, slots=True)
class CheckShown:
    name: str
    is_well: bool
    words: str
    """What is wrong, or what is true."""


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A clinic, when its people were last looked at, and how many wait for it."""

    name: str
    swept: str
    due: str
    is_late: bool
    url: str
    form: RegistryForm


@dataclass(frozen=True, slots=True)
class RunShown:
    what: str
    clinic: str
    of: str
    """The local day or the week it was for."""
    began: str
    state: str
    kind: str
    """Of the badge."""
    outcome: str


@dataclass(frozen=True, slots=True)
class FailureShown:
    at: str
    who: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class HealthPage:
    """``beat`` and ``sent`` are when the consumer last beat and an e-mail was last taken."""

    title: str
    subtitle: str
    checks: Sequence[CheckShown]
    has_mail: bool
    beat: str
    places: Sequence[PlaceShown]
    runs: Sequence[RunShown]
    mail: MailShown
    queued: int
    sent: str
    failures: Sequence[FailureShown]


def summary(checks: Sequence[CheckShown]) -> str:
    wrong = sum(not check.is_well for check in checks)
    return f"{count(wrong, 'thing')} not as it should be" if wrong else "All is as it should be"


def check_shown(name: str, problem: str) -> CheckShown:
    shown, words = CHECKS[name]
    return CheckShown(shown, not problem, f"{problem[0].upper()}{problem[1:]}." if problem else words)


def place_shown(
    place: Clinic, state: RulebookState | None, due: Due | None, *, now: datetime, url: str, form: RegistryForm
) -> PlaceShown:
    swept_at = state.swept_at if state is not None else None
    is_late = due is not None and due.since < place.today(now)
    return PlaceShown(
        name=place.name,
        swept="never" if swept_at is None else local_time(swept_at, place.zone),
        due="nobody" if due is None else _due(due, is_late=is_late),
        is_late=is_late,
        url=url,
        form=form,
    )


def _due(due: Due, *, is_late: bool) -> str:
    people = count(due.people, "person", "people")
    return f"{people}, since {long_date(due.since)}" if is_late else people


def run_shown(run: JobRun, clinics: Mapping[uuid.UUID, Clinic], *, now: datetime) -> RunShown:
    clinic = clinics[uuid.UUID(run.occasion[:CLINIC_ID])]
    of = run.occasion[CLINIC_ID + 1 :].split()[0]
    is_sweep = run.kind == SWEEP
    by_hand = " by hand" if f" {BY_HAND} " in run.occasion else ""
    state, kind = _state(run, now)
    return RunShown(
        what=f"Sweep{by_hand}" if is_sweep else "Monday's e-mails",
        clinic=clinic.name,
        of=long_date(datetime.fromisoformat(of).date()) if is_sweep else f"Week {of.partition('-W')[2]}",
        began=local_time(run.started_at, clinic.zone),
        state=state,
        kind=kind,
        outcome="" if run.outcome is None else _outcome(run.outcome),
    )


def _state(run: JobRun, now: datetime) -> tuple[str, str]:
    if run.finished_at is not None:
        return "done", "good"
    if run.alive_at is not None:
        return ("running", "accent") if run.alive_at > now - SILENT_AFTER else ("cut off", "action")
    return ("waits", "neutral") if run.outcome is None else ("not finished", "action")


def _outcome(outcome: Mapping[str, int]) -> str:
    words = {
        "checked": "checked",
        "opened": "alerts opened",
        "changed": "changed",
        "closed": "closed",
        "failed": "could not be read",
        "queued": "people to be told",
    }
    return ", ".join(f"{outcome[key]} {said}" for key, said in words.items() if outcome.get(key)) or "nothing to do"


def failure_shown(message: Message, zone: ZoneInfo) -> FailureShown:
    return FailureShown(
        at=local_time(message.settled_at or message.queued_at, zone),
        who=message.user.name,
        what=TOLD[message.kind],
        why=FAULTS[message.fault or ""],
    )
