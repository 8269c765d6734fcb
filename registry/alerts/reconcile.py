"""Alerts follow the facts: everything that needs attention for one patient, worked out again and stored.

Runs in the transaction of the write that may have changed it, and from the sweep when time alone did. Running it
again changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm.attributes import set_committed_value

from registry import clock
from registry.access import scope
from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.lifecycle import Log, Stand, close_by_itself, end_snooze, open_alert, plain, revise
from registry.alerts.load import EpisodeCase, Person, load_person
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.owners import Team, is_active, load_team, owner_of
from registry.alerts.parameters import Numbers
from registry.alerts.response_times import longest_snooze
from registry.alerts.rulebook import Evaluation, Finding, Tier, evaluate, rule
from registry.alerts.safety_alert import reconcile_safety
from registry.alerts.signals import LookedAt, attention_changed
from registry.audit.recorder import record
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.standings import restate
from registry.patients.models import Patient

_REMEMBERED_DAYS = 60
"""How long a closed alert can keep its finding quiet; past the longest ``snooze`` a clinic may set."""

# Made once: building a statement costs more than running it.
_PATIENT = select(Patient.id, Patient.died_on).where(Patient.id == bindparam("patient_id"))
_ALERTS = (
    select(Alert)
    .where(
        Alert.patient_id == bindparam("patient_id"),
        or_(
            Alert.closed_at.is_(None),
            Alert.closed_by_id.is_not(None) & or_(Alert.is_safety, Alert.closed_at > bindparam("remembered_from")),
        ),
    )
    .order_by(Alert.closed_at)
)


class UnknownPatient(LookupError):
    """Nobody within reach has this id."""


def follow_write(_sender: object, *, patient_id: uuid.UUID) -> None:
    """Receiver of ``episode_changed``."""
    reconcile_patient(patient_id)


def reconcile_patient(patient_id: uuid.UUID, *, now: datetime | None = None) -> Log:
    """Open, revise and close the patient's alerts so that they say what is true at ``now``.

    Joins the running transaction, so that a write and its alerts are stored together or not at all. Alerts follow
    the person into every clinic; whoever writes must reach the patient first.

    Raises:
        UnknownPatient: nobody within the bound scope has this id.
    """
    now = now or clock.now()
    with write():
        db.session.flush()  # what the caller changed is checked within the caller's own scope
        found = db.session.execute(_PATIENT, {"patient_id": patient_id}).one_or_none()
        if found is None:
            raise UnknownPatient(str(patient_id))
        with scope.all_patients(reason="alerts follow the person into every clinic"):
            log, looked_at = _reconcile(patient_id, found.died_on, now)
            attention_changed.send(patient_id=patient_id, looked_at=looked_at)
            db.session.flush()
    return log


def _reconcile(patient_id: uuid.UUID, died_on: date | None, now: datetime) -> tuple[Log, LookedAt]:
    """Everything is read first, then written: a statement in between would write what is half done."""
    alerts = _alerts(patient_id, now)
    closed = [alert for alert in alerts if alert.is_safety and alert.closed_at is not None]
    person = load_person(patient_id, died_on, closed)
    team, numbers = load_team(patient_id, today=_earliest_today(person, now)), NumbersInForce()
    restate(patient_id, person.history.courses)
    log = Log()
    standing = [alert for alert in alerts if alert.closed_at is None]
    reconcile_safety(person, next((each for each in standing if each.is_safety), None), team, numbers, now=now, log=log)
    for case in person.cases:
        own = [alert for alert in alerts if alert.episode_id == case.episode.id]
        next_check_on = _reconcile_case(case, own, team, numbers.at(case.clinic.id), now=now, log=log)
        _set_next_check(case.episode, next_check_on)
    for episode in person.ended:
        for alert in standing:
            if alert.episode_id == episode.id:
                close_by_itself(alert, "The episode ended", now=now, log=log)
        _set_next_check(episode, None)
    _give_to_somebody_there(standing, person, team, now=now, log=log)
    log.store()
    open_alerts = [alert for alert in (*standing, *log.new) if alert.closed_at is None]
    return log, LookedAt(open_alerts, person.history.contacts, person.history.categories)


def _alerts(patient_id: uuid.UUID, now: datetime) -> Sequence[Alert]:
    """The open alerts, the safety alerts people have closed, and what else people closed lately; oldest first."""
    return db.session.scalars(
        _ALERTS, {"patient_id": patient_id, "remembered_from": now - timedelta(days=_REMEMBERED_DAYS)}
    ).all()


def _reconcile_case(
    case: EpisodeCase, alerts: Sequence[Alert], team: Team, numbers: Numbers, *, now: datetime, log: Log
) -> date | None:
    """The alerts of one episode; returns the next date on which time alone could change something."""
    today = case.clinic.today(now)
    evaluation = evaluate(case.snapshot, today, numbers)
    found = {each.rule: each for each in evaluation.findings if not each.rule.startswith("safety.")}
    dates = [evaluation.next_check_on]
    for alert in alerts:
        if alert.closed_at is not None:
            continue
        finding = found.pop(alert.rule, None)
        if finding is None:
            _withdraw(alert, evaluation, now=now, log=log)
            continue
        if alert.snoozed_until is not None and alert.snoozed_until <= today:
            end_snooze(alert, now, log)
        revise(alert, _stand(finding, case, team, today), clinic=case.clinic, now=now, log=log)
    for finding in found.values():
        quiet_until = _quiet_until(finding, alerts, case, now)
        if quiet_until is not None:
            dates.append(quiet_until)
            continue
        open_alert(
            _stand(finding, case, team, today),
            patient_id=case.episode.patient_id,
            episode_id=case.episode.id,
            clinic=case.clinic,
            now=now,
            log=log,
        )
    return min((each for each in dates if each is not None), default=None)


def _withdraw(alert: Alert, evaluation: Evaluation, *, now: datetime, log: Log) -> None:
    """What the alert said is no longer true: it closes, unless it is urgent, which only a person closes."""
    if alert.tier == Tier.URGENT:
        return
    speaks_for_it = next((each.by for each in evaluation.swallowed if each.finding.rule == alert.rule), None)
    if speaks_for_it is not None:
        because = f"Part of another alert now: {rule(speaks_for_it).title.lower()}"
    else:
        because = evaluation.settled.get(alert.rule, "No longer true")
    close_by_itself(alert, because, now=now, log=log)


def _stand(finding: Finding, case: EpisodeCase, team: Team, today: date) -> Stand:
    return Stand(
        rule=finding.rule,
        version=finding.version,
        tier=finding.tier,
        sentence=finding.sentence,
        evidence=plain(finding.evidence),
        since=finding.since,
        owner_id=owner_of(finding.audience, clinic_id=case.clinic.id, team=team, today=today),
    )


def _quiet_until(finding: Finding, alerts: Iterable[Alert], case: EpisodeCase, now: datetime) -> date | None:
    """Until when a finding a person has closed stays closed: as long as it could have been put off, and no worse.

    None where it has to be said again: it began anew since, rose, or the time is over.
    """
    closed_on = [
        alert.closed_at.astimezone(case.clinic.zone).date()
        for alert in alerts
        if alert.rule == finding.rule
        and alert.closed_at is not None
        and Tier(alert.tier).rank <= finding.tier.rank
        and finding.since <= alert.closed_at.astimezone(case.clinic.zone).date()
    ]
    if not closed_on or finding.tier is Tier.URGENT:
        return None
    until = max(closed_on) + timedelta(days=longest_snooze(finding.tier))
    return until if until > case.clinic.today(now) else None


def _set_next_check(episode: Episode, next_check_on: date | None) -> None:
    """Kept beside the row's version and its audit: derived, and no change anybody made to the episode."""
    if episode.next_check_on == next_check_on:
        return
    db.session.execute(
        update(Episode).where(Episode.id == episode.id).values(next_check_on=next_check_on),
        execution_options={"synchronize_session": False},
    )
    set_committed_value(episode, "next_check_on", next_check_on)


def _earliest_today(person: Person, now: datetime) -> date:
    """Team members whose last day is over in every zone are gone."""
    return min((case.clinic.today(now) for case in person.cases), default=now.date())


def _give_to_somebody_there(alerts: Iterable[Alert], person: Person, team: Team, *, now: datetime, log: Log) -> None:
    """An alert follows the team: a new person of record takes it over, unless somebody took or was given it."""
    moving: list[tuple[Alert, uuid.UUID | None]] = []
    for alert in alerts:
        if alert.closed_at is not None or alert.escalation:
            continue
        today = person.clinics[alert.clinic_id].today(now)
        wanted = owner_of(_audience(alert), clinic_id=alert.clinic_id, team=team, today=today)
        if wanted != alert.owner_id:
            moving.append((alert, wanted))
    if not moving:
        return
    taken = _taken_by_hand([alert for alert, _ in moving])
    for alert, wanted in moving:
        if alert.owner_id is not None and alert.id in taken and is_active(alert.owner_id):
            continue
        if alert.owner_id is not None and wanted is None and is_active(alert.owner_id):
            continue
        alert.owner_id = wanted
        log.step(alert, "assigned", now, "Follows the care team", owner=None if wanted is None else str(wanted))
        record("alert.assigned", by=None, subject=alert)


def _audience(alert: Alert) -> Sequence[str]:
    return () if alert.is_safety else rule(alert.rule).audience


def _taken_by_hand(alerts: Sequence[Alert]) -> set[uuid.UUID]:
    """Alerts a person took by acknowledging, or was given."""
    return set(
        db.session.scalars(
            select(AlertEvent.alert_id).where(
                AlertEvent.alert_id.in_([alert.id for alert in alerts]),
                AlertEvent.kind.in_(("assigned", "acknowledged")),
                AlertEvent.by_id.is_not(None),
            )
        )
    )
