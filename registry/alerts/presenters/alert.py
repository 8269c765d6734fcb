"""One alert in words: what it says, its history, and what can be done about it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import url_for

from registry.accounts.models import User
from registry.alerts.models import NOT_REACHED, OUTCOMES, WELFARE_CHECK, Alert, AlertEvent
from registry.alerts.rulebook import RULEBOOK, Tier, rule
from registry.alerts.rulebook.phrases import capitalised
from registry.clinics.models import Clinic
from registry.contacts.models import DangerReport
from registry.contacts.rules import DANGERS
from registry.patients.presenters import IdentityHeader
from registry.patients.presenters.person import record_named
from registry.patients.queries import UndoneMerge
from registry.patients.safety_banner import SafetyBanner
from registry.web.filters import days_ago, local_time, long_date, short_date

if TYPE_CHECKING:
    from registry.alerts.forms import AcknowledgeForm, AssignForm, CloseForm, NoteForm, SnoozeForm, TellForm

TITLES: Mapping[str, str] = {rule.id: rule.title for rule in RULEBOOK}
TIER_TITLES = {Tier.URGENT: "Urgent", Tier.ACTION: "Action", Tier.REMINDER: "Reminder", Tier.QUEUE: "Review queue"}


_STEPS = {
    "opened": ("Opened", "note", ""),
    "appended": ("Added to", "urgent", "action"),
    "acknowledged": ("Acknowledged", "good", "good"),
    "assigned": ("Given to {owner}", "user", ""),
    "snoozed": ("Put off until {until}", "reminder", ""),
    "snooze-ended": ("Shown again", "reminder", ""),
    "acted": ("Acted on", "phone", ""),
    "escalated": ("Passed on to {owner}", "urgent", "urgent"),
    "closed": ("Closed: {outcome}", "good", "good"),
    "closed-by-itself": ("Closed by itself", "good", ""),
    "joined": ("Joined with another alert of the same person", "note", ""),
    "told": ("Told {told} too", "user", ""),
    "mailed": ("Told {told} by e-mail", "user", ""),
    "untold": ("E-mail to {told} failed", "urgent", "urgent"),
}
"""Kind of step → its title, icon and colour on the timeline."""
_ACTED = {NOT_REACHED: "Not reached", WELFARE_CHECK: "Welfare check asked for"}
"""What was done, where it has a name of its own."""
_TOLD_LEAD = "Told to {lead}"
"""An action that passes on stays with whoever has it."""


_TELLING = frozenset({"opened", "appended"})
"""Kinds of step whose words tell what was answered."""


@dataclass(frozen=True, slots=True)
class StepShown:
    """What ``components/timeline.html`` prints."""

    date: str
    title: str
    icon: str
    kind: str
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """What ``components/conflict_panel.html`` prints."""

    field: str
    theirs: str
    yours: str


@dataclass(frozen=True, slots=True)
class AlertForms:
    """What can be done about the alert, by this reader, in its present state; ``None`` where it cannot."""

    acknowledge: AcknowledgeForm | None = None
    act: NoteForm | None = None
    assign: AssignForm | None = None
    tell: TellForm | None = None
    snooze: SnoozeForm | None = None
    close: CloseForm | None = None
    goes_with: str = ""
    """What is put off and closed with it; empty where nothing is."""

    @property
    def wrong(self) -> NoteForm | AssignForm | TellForm | SnoozeForm | CloseForm | None:
        """The form that was sent and refused."""
        forms = (self.act, self.assign, self.tell, self.snooze, self.close)
        return next((form for form in forms if form and form.errors), None)


@dataclass(frozen=True, slots=True)
class ReportShown:
    """What somebody said when they reported a danger, in their words."""

    title: str
    words: str
    done: str
    by: str
    withdrawn: str = ""
    """Why it was struck through, where it was."""
    withdraw_url: str = ""


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One alert."""

    title: str
    patient: IdentityHeader
    banner: SafetyBanner
    is_safety: bool
    is_open: bool
    closing_hint: str
    tier: str
    tier_kind: str
    facts: Sequence[Mapping[str, str]]
    steps: Sequence[StepShown]
    forms: AlertForms
    urls: Mapping[str, str]
    safety_steps: Sequence[Mapping[str, str]]
    reports: Sequence[ReportShown]
    next_steps: Sequence[Mapping[str, str]]
    snooze_limit: date | None
    today: date
    conflict: Sequence[Change] = ()
    conflict_by: str = ""

    @property
    def has_errors(self) -> bool:
        return self.forms.wrong is not None


@dataclass(frozen=True, slots=True)
class AfterPositivePage:
    """Right after a positive safety answer."""

    title: str
    patient: IdentityHeader
    banner: SafetyBanner
    form: NoteForm
    alert_url: str
    told: str
    safety_steps: Sequence[Mapping[str, str]]

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)


def facts_of(alert: Alert, clinic: Clinic, now: datetime, *, told: Mapping[str, str]) -> list[Mapping[str, str]]:
    """What the alert's page says of it beside its sentence. ``told``: who is told besides, part by part."""
    today = clinic.today(now)
    rows: list[Mapping[str, str]] = [
        {"label": "Reason", "value": TITLES.get(alert.rule, alert.rule)},
        {"label": "True since", "value": long_date(alert.since), "detail": days_ago(alert.since, today)},
        {"label": "Opened", "value": local_time(alert.opened_at, clinic.zone)},
        {"label": "Answers for it", "value": alert.owner.name if alert.owner else "Nobody yet"},
        {"label": "Clinic", "value": clinic.name},
    ]
    rows[4:4] = [_told_row(part, name) for part, name in told.items()]
    if alert.closed_at is None and alert.tier == Tier.QUEUE:
        rows.append({"label": "Ends with", "value": "A recorded review"})
    if alert.closed_at is None and (ends_with := rule(alert.rule).ends_with):
        rows.append({"label": "Ends with", "value": capitalised(ends_with)})
    if alert.snoozed_until is not None and alert.snoozed_until > today:
        rows.append({"label": "Put off until", "value": long_date(alert.snoozed_until), "detail": alert.snooze_reason})
    if alert.closed_at is not None:
        rows.append({"label": "Closed", "value": local_time(alert.closed_at, clinic.zone)})
        rows.append({"label": "Outcome", "value": OUTCOMES.get(alert.outcome or "", "Closed by itself")})
    return rows


def _told_row(part: str, name: str) -> Mapping[str, str]:
    """Told by standing on that person's day; nobody of record is said, since then somebody has to tell."""
    label = f"Also for the {part}"
    return {"label": label, "value": name} if name else {"label": label, "value": "Nobody of record: tell one"}


def goes_with_words(others: Sequence[Alert]) -> str:
    """That one call settles both, nothing where it stands alone."""
    return "".join(f"“{TITLES.get(each.rule, each.rule)}” goes with it: one call settles both." for each in others)


def report_shown(report: DangerReport, by: str, clinic: Clinic, *, may_withdraw: bool) -> ReportShown:
    """``by`` is the name of whoever wrote it down."""
    stands = report.status == "final"
    address = url_for("contacts.withdraw_report", patient_id=report.patient_id, report_id=report.id)
    return ReportShown(
        title=f"{DANGERS[report.kind]}, said by {report.said_by} on {long_date(report.reported_on)}",
        words=report.words,
        done=report.done,
        by=f"{by}, {local_time(report.recorded_at, clinic.zone)}",
        withdrawn="" if stands else f"Entered in error: {report.why}",
        withdraw_url=address if stands and may_withdraw else "",
    )


def step_shown(
    step: AlertEvent,
    clinic: Clinic,
    names: Mapping[uuid.UUID, str],
    today: date,
    *,
    undone: Sequence[UndoneMerge] = (),
) -> StepShown:
    """One line of the history. ``undone``: when the record was one with another, whose answers are not for here."""
    title, icon, kind = _STEPS[step.kind]
    details = step.details or {}
    if "lead" in details:
        title = _TOLD_LEAD
    shown = {
        "lead": names.get(uuid.UUID(details["lead"]), "the lead") if details.get("lead") else "nobody",
        "owner": names.get(uuid.UUID(details["owner"]), "nobody") if details.get("owner") else "nobody yet",
        "until": long_date(date.fromisoformat(details["until"])) if "until" in details else "",
        "outcome": OUTCOMES.get(details.get("outcome", ""), ""),
        "told": names.get(uuid.UUID(details["told"]), "somebody") if "told" in details else "",
    }
    return StepShown(
        date=_when(step.at, clinic, today),
        title=_ACTED.get(details.get("outcome", ""), title.format(**shown)),
        icon=icon,
        kind=kind,
        words=_words_of_one(step, clinic, undone),
        by=step.by.name if step.by is not None else "",
    )


def _when(instant: datetime, clinic: Clinic, today: date) -> str:
    """12 Mar, 14:05; the year where it is another, and then no time."""
    local = instant.astimezone(clinic.zone)
    shown = short_date(local.date(), today=today)
    return f"{shown}, {local:%H:%M}" if local.year == today.year else shown


def _words_of_one(step: AlertEvent, clinic: Clinic, undone: Sequence[UndoneMerge]) -> str:
    """What the program told while two records were one is of both; what a person wrote stands, and says so."""
    words = _step_words(step, clinic)
    merge = next((merge for merge in undone if merge.merged_at <= step.at < merge.undone_at), None)
    if merge is None or step.kind == "joined":
        return words
    with_ = record_named(merge.mrn)
    if step.by_id is None:
        told = f"Told while this record was one with {with_}; what belongs here stands above"
        return told if step.kind in _TELLING else words
    return f"{words} · written while this record was one with {with_}" if words else ""


def _step_words(step: AlertEvent, clinic: Clinic) -> str:
    details = step.details or {}

    def at(name: str) -> str:
        return local_time(datetime.fromisoformat(details[name]), clinic.zone)

    if "try_again_by" in details:
        return f"{step.words.rstrip('.')}. Try again by {at('try_again_by')}"
    if "asked_of" in details:
        asked = f"Asked of {details['asked_of']}, {at('asked_at')}"
        return f"{step.words.rstrip('.')}. {asked}; look again by {at('look_by')}"
    return step.words


def people_named(steps: Sequence[AlertEvent]) -> set[uuid.UUID]:
    """The people the history names besides those who acted."""
    named = (step.details.get(name) for step in steps if step.details for name in ("owner", "told", "lead"))
    return {uuid.UUID(each) for each in named if each}


def people_told_by_name(steps: Sequence[AlertEvent]) -> set[uuid.UUID]:
    """Who was told of the alert because somebody asked for it."""
    return {uuid.UUID(step.details["told"]) for step in steps if step.kind == "told" and step.details}


def changes_since(alert: Alert, *, yours: str) -> list[Change]:
    """What the second of two people is told."""
    owner = alert.owner.name if alert.owner else "Nobody yet"
    state = {"open": "Not acknowledged", "acknowledged": "Acknowledged", "closed": "Closed"}[alert.state]
    return [Change("State", state, yours), Change("Answers for it", owner, "as it was")]


def choices_of(users: Sequence[User]) -> dict[str, str]:
    return {str(user.id): user.name for user in users}
