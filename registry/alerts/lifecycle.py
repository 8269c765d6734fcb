"""What the program itself does to an alert: open it, keep its evidence true, close it. People act in ``actions``."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from registry.access import scope
from registry.access.reviewed_sql import insert_rows
from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.hours.clinic_times import response_times_of
from registry.alerts.hours.duty import on_call
from registry.alerts.hours.response_times import ResponseTimes
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import Tier, is_immediate, is_news, rule
from registry.alerts.sentences import kept_sentence
from registry.alerts.signals import asks_somebody
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.contacts.models import DangerReport
from registry.db.identifiers import new_id
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.models import SafetySignal


@dataclass(frozen=True, slots=True)
class Stand:
    """What a rule says now, as an alert stores it. ``owner_id`` answers unless somebody took or was given it."""

    rule: str
    version: int
    tier: Tier
    sentence: str
    evidence: dict[str, Any]
    since: date
    owner_id: uuid.UUID | None


class Hindsight(Protocol):
    """What is known of a history that is stored all at once: its alerts opened, and were answered, as it went."""

    def raised_at(self, patient_id: uuid.UUID, stand: Stand, clinic: Clinic) -> datetime:
        """When the alert was raised that says this of the patient."""

    def answer(self, alert: Alert) -> dict[str, Any] | None:
        """Do to an open alert, about to be stored, what somebody has done about it since; returns that step."""


@dataclass(slots=True)
class Log:
    """What one reconciling did, and what can be stored only once the alerts themselves are."""

    new: list[Alert] = field(default_factory=list)
    changed: int = 0
    closed: int = 0
    steps: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[SafetySignal | DangerReport, uuid.UUID | None]] = field(default_factory=list)
    """Signs of danger, each with the alert that answers it."""
    checks: list[tuple[Episode, date | None]] = field(default_factory=list)
    """Episodes, each with the next date on which time alone could change something."""
    hindsight: Hindsight | None = None
    """Where a history is stored all at once. Else every alert is raised now, and nobody has seen it."""
    numbers: NumbersInForce = field(default_factory=NumbersInForce)
    """Each clinic's, also for how soon it answers."""

    @property
    def opened(self) -> int:
        return len(self.new)

    def step(self, alert: Alert, kind: str, at: datetime, words: str = "", **details: Any) -> None:
        """One more step in the life of ``alert``, by the program itself."""
        self.steps.append(step_of(alert, kind, at, words=words, details=details or None))

    def answer(self, sign: SafetySignal | DangerReport, alert_id: uuid.UUID | None) -> None:
        """This alert answers the sign of danger."""
        self.answers.append((sign, alert_id))

    def check(self, episode: Episode, next_check_on: date | None) -> None:
        """Time alone can change something for the episode on this date; None: never."""
        self.checks.append((episode, next_check_on))

    def store(self) -> None:
        """Write the alerts, then what points at them."""
        db.session.flush()
        insert_rows(scope.current(), AlertEvent, self.steps)
        for sign, alert_id in self.answers:
            sign.alert_id = alert_id
        self.steps, self.answers = [], []


def step_of(
    alert: Alert,
    kind: str,
    at: datetime,
    *,
    by_id: uuid.UUID | None = None,
    words: str = "",
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The columns of one row of the alert's history."""
    return {
        "id": new_id(),
        "patient_id": alert.patient_id,
        "alert_id": alert.id,
        "kind": kind,
        "at": at,
        "by_id": by_id,
        "words": words,
        "details": None if details is None else dict(details),
    }


def plain(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence as it comes back from the database, so that the same facts compare as equal."""
    stored: dict[str, Any] = json.loads(json.dumps(evidence, default=dict))
    return stored


def open_alert(
    stand: Stand,
    *,
    patient_id: uuid.UUID,
    episode_id: uuid.UUID | None,
    clinic: Clinic,
    now: datetime,
    log: Log,
    is_safety: bool = False,
    told_at: datetime | None = None,
) -> Alert:
    """A new alert, with its clock running where it is urgent.

    ``told_at`` is when it was news, where it goes on after a person closed it.
    """
    opened_at = now if log.hindsight is None else log.hindsight.raised_at(patient_id, stand, clinic)
    alert = Alert(
        patient_id=patient_id,
        clinic_id=clinic.id,
        episode_id=episode_id,
        rule=stand.rule,
        rule_version=stand.version,
        is_safety=is_safety,
        tier=stand.tier.value,
        sentence=stand.sentence,
        evidence=stand.evidence,
        since=stand.since,
        state="open",
        opened_at=opened_at,
        owner_id=stand.owner_id,
    )
    alert.look_at = _first_look(alert, clinic, opened_at, log.numbers)
    db.session.add(alert)
    log.new.append(alert)
    log.step(alert, "opened", opened_at, stand.sentence, **_news(stand.tier, told_at))
    record("alert.opened", by=None, subject=alert, kind="create")
    _ask_for_somebody(alert, now, log)
    return alert


def revise(
    alert: Alert, stand: Stand, *, clinic: Clinic, now: datetime, log: Log, told_at: datetime | None = None
) -> bool:
    """Bring the alert in line with what its rule says now; whether it became more pressing.

    What is urgent and no safety alert stays so until a person ends it. A rise in tier ends a snooze, asks for
    acknowledgement again and starts the clock. What is news to whoever was told, or answered, ends a snooze and
    asks again too; whoever answers for it stays. Nothing is written where nothing but the counts in the sentence
    moved. ``told_at`` is as in ``open_alert``.
    """
    before = Tier(alert.tier)
    if before is Tier.URGENT and not alert.is_safety:
        stand = replace(stand, tier=before)
    told = (alert.rule, alert.rule_version, before, alert.evidence, alert.since)
    if told == (stand.rule, stand.version, stand.tier, stand.evidence, stand.since):
        return False
    is_worse, has_news = stand.tier.rank < before.rank, _has_news(alert, stand)
    alert.rule, alert.rule_version, alert.since = stand.rule, stand.version, stand.since
    alert.tier, alert.sentence, alert.evidence = stand.tier.value, stand.sentence, stand.evidence
    log.changed += 1
    record("alert.updated", by=None, subject=alert)
    if is_worse or has_news:
        alert.told_evidence = None
        log.step(alert, "appended", now, stand.sentence, **_news(stand.tier, told_at))
    if is_worse:
        restart(alert, owner_id=stand.owner_id, clinic=clinic, now=now, log=log)
        return True
    if has_news:
        _ask_again(alert, clinic, now, log)
        _ask_for_somebody(alert, now, log)
    if stand.tier is not before and alert.snoozed_until is None:
        alert.look_at = _next_look(alert, clinic, now, log.numbers)
    return False


def _has_news(alert: Alert, stand: Stand) -> bool:
    """Whether what the rule says now is news to whoever was last told of the alert, or answered it.

    What they know is kept while the evidence moves on, so that small changes add up; once it has eased by as much as
    would have been news, they know of that instead. Two versions of a rule are not compared.
    """
    told, alert.told_evidence = alert.told_evidence, None
    if (alert.rule, alert.rule_version) != (stand.rule, stand.version) or rule(stand.rule).is_news is None:
        return False
    if told is None:
        told = alert.evidence
    if is_news(stand.rule, told, stand.evidence):
        return True
    if told != stand.evidence and not is_news(stand.rule, stand.evidence, told):
        alert.told_evidence = told
    return False


def _news(tier: Tier, told_at: datetime | None) -> dict[str, str]:
    """The details of a step that tells something: how pressing it is, and since when it has been known."""
    return {"tier": tier.value} | ({} if told_at is None else {"told_at": told_at.isoformat()})


def restart(alert: Alert, *, owner_id: uuid.UUID | None, clinic: Clinic, now: datetime, log: Log) -> None:
    """Ask for acknowledgement again, from the first person on."""
    _ask_again(alert, clinic, now, log)
    alert.escalation, alert.owner_id = 0, owner_id
    alert.look_at = _first_look(alert, clinic, now, log.numbers)
    _ask_for_somebody(alert, now, log)


def give(alert: Alert, owner_id: uuid.UUID | None, *, clinic: Clinic, now: datetime, numbers: NumbersInForce) -> None:
    """Somebody else answers for it, who has acknowledged nothing yet. What is put off stays so."""
    if owner_id == alert.owner_id:
        return
    alert.owner_id = owner_id
    if alert.state == "acknowledged":
        alert.state, alert.acknowledged_at, alert.acknowledged_by_id = "open", None, None
    if alert.snoozed_until is None:
        _look_soon(alert, clinic, now, numbers)


def _look_soon(alert: Alert, clinic: Clinic, now: datetime, numbers: NumbersInForce) -> None:
    """No later than if it were news now: what one person has acknowledged, and when they meant to try again, is no time
    of the next one's.
    """
    news = _first_look(alert, clinic, now, numbers)
    if news is not None:
        alert.look_at = news if alert.look_at is None else min(alert.look_at, news)


def _ask_for_somebody(alert: Alert, now: datetime, log: Log) -> None:
    """What is urgent asks for people who may not be at their desk; of a history stored all at once nobody is told."""
    if alert.tier == Tier.URGENT and log.hindsight is None:
        asks_somebody.send(alert=alert, at=now, to=None)


def _ask_again(alert: Alert, clinic: Clinic, now: datetime, log: Log) -> None:
    """Whoever put it off or acknowledged it answered something else."""
    end_snooze(alert, clinic, now, log)
    alert.state, alert.acknowledged_at, alert.acknowledged_by_id = "open", None, None
    _look_soon(alert, clinic, now, log.numbers)


def end_snooze(alert: Alert, clinic: Clinic, now: datetime, log: Log) -> None:
    """The alert is shown again, and its time begins anew."""
    if alert.snoozed_until is None:
        return
    log.step(alert, "snooze-ended", now, alert.snooze_reason, until=alert.snoozed_until.isoformat())
    record("alert.snooze-ended", by=None, subject=alert)
    alert.snoozed_until, alert.snooze_reason = None, ""
    alert.look_at = _next_look(alert, clinic, now, log.numbers)


def close_by_itself(alert: Alert, because: str, *, now: datetime, log: Log) -> None:
    """What the alert said is no longer true."""
    alert.state, alert.closed_at, alert.look_at = "closed", now, None
    alert.closing_words = because
    log.closed += 1
    log.step(alert, "closed-by-itself", now, because)
    record("alert.closed-by-itself", by=None, subject=alert, reason=because)


def is_past(alert: Alert) -> bool:
    """Whether it was urgent, nothing asks for it any more, and nobody has said what was done."""
    return "past" in alert.evidence


def calm(alert: Alert, clinic: Clinic, now: datetime, log: Log) -> None:
    """Nothing can be done today: what was urgent is an action."""
    if alert.tier == Tier.URGENT:
        alert.tier = Tier.ACTION.value
        alert.look_at = _next_look(alert, clinic, now, log.numbers)


def say_it_is_past(alert: Alert, because: str, *, on: date, now: datetime, log: Log) -> None:
    """Nothing asks for an urgent alert any more, and nobody has said what was done."""
    if alert.evidence.get("past") == because:
        return
    alert.evidence = {**alert.evidence, "past": because}
    alert.sentence = kept_sentence(alert.rule, alert.evidence, on)
    log.changed += 1
    log.step(alert, "appended", now, because, **_news(Tier(alert.tier), None))
    record("alert.updated", by=None, subject=alert)


def _next_look(alert: Alert, clinic: Clinic, now: datetime, numbers: NumbersInForce) -> datetime | None:
    look = _first_look if alert.state == "open" else last_look
    return look(alert, clinic, now, numbers)


def _first_look(alert: Alert, clinic: Clinic, now: datetime, numbers: NumbersInForce) -> datetime | None:
    """When what is news now passes on, or is told to the lead, unless somebody acknowledges it; None: never."""
    if alert.tier == Tier.URGENT:
        return _times(clinic, numbers).acknowledge_by(now, immediate=is_immediate(alert.evidence))
    if alert.tier == Tier.ACTION and (alert.is_safety or rule(alert.rule).must_be_heard):
        return _times(clinic, numbers).told_by(now, is_safety=alert.is_safety)
    return None


def last_look(alert: Alert, clinic: Clinic, now: datetime, numbers: NumbersInForce) -> datetime | None:
    """When what is acknowledged now passes on, or is told to the lead, unless somebody closes it; None: never."""
    if alert.tier == Tier.URGENT:
        return _times(clinic, numbers).outcome_by(now, on_call=on_call(clinic, now) is not None)
    return _times(clinic, numbers).closed_by(now) if alert.tier == Tier.ACTION and alert.is_safety else None


def _times(clinic: Clinic, numbers: NumbersInForce) -> ResponseTimes:
    return response_times_of(clinic, numbers.at(clinic.id))
