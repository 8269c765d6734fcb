"""What every page says of an alert: its sentence of today, who has it, and how much time is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for

from registry.alerts.hours.clinic_times import hours_of
from registry.alerts.hours.opening_hours import open_minutes_between
from registry.alerts.models import LEAD, Alert
from registry.alerts.outreach import both_words, said_as_one
from registry.alerts.rulebook import Tier, told_besides
from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.sentences import sentence_today
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.measures.instrument import Instrument
from registry.patients.models import Patient
from registry.patients.presenters import IdentityHeader
from registry.patients.safety_banner import SafetyBanner
from registry.web.addresses import page_address
from registry.web.filters import count, local_time, short_date


@dataclass(frozen=True, slots=True)
class Reason:
    """What ``components/reason_list.html`` prints."""

    tier: str
    sentence: str
    since: str
    url: str
    detail: str = ""


def alert_url(alert: Alert) -> str:
    return page_address("alerts.alert", patient_id=alert.patient_id, alert_id=alert.id)


def banner(alert: Alert, clinic: Clinic, now: datetime) -> SafetyBanner:
    """The alert with who has it and how much time is left."""
    today = clinic.today(now)
    return SafetyBanner(
        tier="urgent" if alert.tier == Tier.URGENT else "action",
        sentence=sentence_today(alert, today),
        since=f"since {short_date(alert.since, today=today)}",
        owner=owner_words(alert, clinic, now),
        clock=clock_words(alert, clinic, now),
    )


def closed_banner(alert: Alert, today: date) -> SafetyBanner:
    """That there is one, and who to speak with: what it rests on is an answer, and stays closed to this reader."""
    to = alert.owner.name if alert.owner else "the care manager or whoever is on duty"
    return SafetyBanner(
        tier="urgent" if alert.tier == Tier.URGENT else "action",
        sentence=f"Open safety alert. Speak with {to} before the next contact",
        since=f"since {short_date(alert.since, today=today)}",
        owner="",
    )


def owner_words(alert: Alert, clinic: Clinic, now: datetime) -> str:
    """Who answers, whether they know, and who is told besides."""
    told = also_for_words(alert)
    besides = f"; {told}" if told else ""
    if alert.owner is None:
        return f"Nobody has taken it yet{besides}"
    if alert.acknowledged_at is None:
        return f"{alert.owner.name}, not yet acknowledged{besides}"
    return f"{alert.owner.name}, acknowledged {moment(alert.acknowledged_at, clinic, now)}{besides}"


def also_for_words(alert: Alert) -> str:
    """ "also for the psychiatrist and the prescriber", while it is urgent and its instrument says so."""
    parts = told_besides(alert.evidence) if alert.tier == Tier.URGENT else ()
    return f"also for {' and '.join(f'the {part}' for part in parts)}" if parts else ""


def clock_words(alert: Alert, clinic: Clinic, now: datetime) -> str:
    """How long there is before an urgent alert passes on, or the lead is told of an action."""
    if alert.look_at is None or alert.snoozed_until is not None or alert.closed_at is not None:
        return ""
    if alert.tier != Tier.URGENT:
        what = "Close it" if alert.state == "acknowledged" else "Acknowledge"
        return f"{what} by {moment(alert.look_at, clinic, now)}, or the lead is told"
    what = "Outcome or next attempt" if alert.state == "acknowledged" else "Acknowledge"
    if alert.look_at <= now:
        return f"{what} was due {moment(alert.look_at, clinic, now)}: it passes on"
    left = open_minutes_between(now, alert.look_at, hours_of(clinic), clinic.zone)
    if left == 0:  # whoever is on call answers while the clinic is closed
        return f"{what} by {moment(alert.look_at, clinic, now)}"
    rest = f" ({count(left, 'minute')} of opening time left)" if left < 120 else ""
    return f"{what} by {moment(alert.look_at, clinic, now)}{rest}"


def reason(alert: Alert, today: date) -> Reason:
    return Reason(
        tier=alert.tier,
        sentence=_with_lead(sentence_today(alert, today), alert),
        since=f"since {short_date(alert.since, today=today)}",
        url=alert_url(alert),
    )


_UNDONE = {"open": "nobody has acknowledged it", "acknowledged": "acknowledged but not closed"}


def _with_lead(sentence: str, *alerts: Alert) -> str:
    """What is said of an alert, and that its lead was told."""
    told = next((alert for alert in alerts if alert.tier == Tier.ACTION and alert.escalation >= LEAD), None)
    return sentence if told is None else f"{sentence}; {_UNDONE[told.state]}, the lead is told"


def reasons(alerts: Sequence[Alert], today: date) -> list[Reason]:
    """The ranked alerts of one person; two that one call settles are said as one, under the more pressing one."""
    both = said_as_one(alerts, lambda each: each.rule)
    if both is None:
        return [reason(alert, today) for alert in alerts]
    return [
        _as_one(both, today) if alert is both[0] else reason(alert, today) for alert in alerts if alert is not both[1]
    ]


def _as_one(both: tuple[Alert, Alert], today: date) -> Reason:
    return replace(reason(both[0], today), sentence=_with_lead(outreach_sentence(both, today), *both))


def outreach_sentence(both: tuple[Alert, Alert], today: date) -> str:
    """What the two of ``said_as_one`` say; as last evaluated, where a later rulebook cannot read their evidence."""
    first, second = ((alert.rule, Evidence(alert.evidence)) for alert in both)
    try:
        return both_words(first, second, today)
    except (KeyError, TypeError, ValueError):
        return "; ".join(alert.sentence for alert in both)


_NEXT_STEPS = (
    ("contact", "contacts.log_contact", "Log contact", "c"),
    ("measure", "measurements.choose", "Enter measure", "m"),
    ("question", "review.ask", "Ask psychiatrist", "r"),
)


def next_steps(
    patient: Patient | IdentityHeader, may: Mapping[str, bool], episode: Episode | None = None
) -> list[Mapping[str, str]]:
    """Links to what usually follows, of those this reader may do and the program has; done at the episode's clinic."""
    person = {"patient_id": patient.patient_id if isinstance(patient, IdentityHeader) else patient.id} | _by(episode)
    return [
        {"label": label, "url": page_address(endpoint, **person), "key": key, "about": patient.name}
        for name, endpoint, label, key in _NEXT_STEPS
        if may[name] and endpoint in current_app.view_functions
    ]


def safety_steps(
    patient: Patient, screen: Instrument | None, *, may_plan: bool, episode: Episode | None = None
) -> list[Mapping[str, str]]:
    """Links to what a sign of danger asks for: the screen to do now, and the safety plan; at the episode's clinic."""
    steps: list[Mapping[str, str]] = []
    if screen is not None:
        url = url_for("measurements.enter", patient_id=patient.id, instrument_id=screen.id, **_by(episode))
        steps.append({"label": f"Do now: {screen.short_title}", "url": url, "key": "", "about": patient.name})
    if may_plan:
        url = url_for("plans.write", patient_id=patient.id, plan_kind="safety", **_by(episode))
        steps.append({"label": "Safety plan", "url": url, "key": "", "about": patient.name})
    return steps


def _by(episode: Episode | None) -> dict[str, Any]:
    """What names the episode in an address; where none is given, the page's own address does."""
    return {} if episode is None else {"episode": episode.id}


def moment(instant: datetime, clinic: Clinic, now: datetime) -> str:
    """10:42, with the date when it is not today."""
    local = instant.astimezone(clinic.zone)
    return f"{local:%H:%M}" if local.date() == clinic.today(now) else local_time(instant, clinic.zone)
