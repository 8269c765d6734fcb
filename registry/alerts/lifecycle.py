"""What the program itself does to an alert: open it, keep its evidence true, close it. People act in ``actions``."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime

from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.log import Log, Stand
from registry.alerts.look_times import first_look, has_to_be_heard, look_soon, next_look
from registry.alerts.models import Alert
from registry.alerts.rulebook import Tier, is_news, rule
from registry.alerts.sentences import kept_sentence
from registry.alerts.signals import asks_somebody
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.extensions import db


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
        told_at=told_at or opened_at,
        owner_id=stand.owner_id,
    )
    alert.look_at = first_look(alert, clinic, opened_at, log.numbers)
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
    is_own_matter = alert.tier == Tier.ACTION and not has_to_be_heard(alert)
    if is_own_matter:
        alert.escalation = 0
    if (is_own_matter or stand.tier is not before) and alert.snoozed_until is None:
        alert.look_at = next_look(alert, clinic, now, log.numbers)
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
    alert.look_at = first_look(alert, clinic, now, log.numbers)
    _ask_for_somebody(alert, now, log)


def give(alert: Alert, owner_id: uuid.UUID | None, *, clinic: Clinic, now: datetime, numbers: NumbersInForce) -> None:
    """Somebody else answers for it, who has acknowledged nothing yet. What is put off stays so."""
    if owner_id == alert.owner_id:
        return
    alert.owner_id = owner_id
    if alert.state == "acknowledged":
        alert.state, alert.acknowledged_at, alert.acknowledged_by_id = "open", None, None
    if alert.snoozed_until is None:
        look_soon(alert, clinic, now, numbers)


def _ask_for_somebody(alert: Alert, now: datetime, log: Log) -> None:
    """What is urgent asks for people who may not be at their desk; of a history stored all at once nobody is told."""
    if alert.tier == Tier.URGENT and log.hindsight is None:
        asks_somebody.send(alert=alert, at=now, to=None)


def _ask_again(alert: Alert, clinic: Clinic, now: datetime, log: Log) -> None:
    """Whoever put it off or acknowledged it answered something else."""
    end_snooze(alert, clinic, now, log)
    alert.state, alert.acknowledged_at, alert.acknowledged_by_id = "open", None, None
    look_soon(alert, clinic, now, log.numbers)


def end_snooze(alert: Alert, clinic: Clinic, now: datetime, log: Log) -> None:
    """The alert is shown again, and its time begins anew."""
    if alert.snoozed_until is None:
        return
    log.step(alert, "snooze-ended", now, alert.snooze_reason, until=alert.snoozed_until.isoformat())
    record("alert.snooze-ended", by=None, subject=alert)
    alert.snoozed_until, alert.snooze_reason = None, ""
    alert.look_at = next_look(alert, clinic, now, log.numbers)


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
        alert.look_at = next_look(alert, clinic, now, log.numbers)


def rouse(alert: Alert, clinic: Clinic, now: datetime, log: Log) -> None:
    """The person lives after all: what was calmed is urgent again, and is asked for from the first person on."""
    if alert.tier != Tier.URGENT:
        alert.tier = Tier.URGENT.value
        restart(alert, owner_id=alert.owner_id, clinic=clinic, now=now, log=log)


def say_it_is_past(alert: Alert, because: str, *, on: date, now: datetime, log: Log) -> None:
    """Nothing asks for an urgent alert any more, and nobody has said what was done."""
    if alert.evidence.get("past") == because:
        return
    alert.evidence = {**alert.evidence, "past": because}
    alert.sentence = kept_sentence(alert.rule, alert.evidence, on)
    log.changed += 1
    log.step(alert, "appended", now, because, **_news(Tier(alert.tier), None))
    record("alert.updated", by=None, subject=alert)
