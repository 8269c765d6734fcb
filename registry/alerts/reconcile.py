"""Alerts follow the facts: everything that needs attention for some patients, worked out again and stored.

Runs in the transaction of the write that may have changed it, and from the sweep when time alone did. Running it
again changes nothing. What many patients need is read in as many statements as what one needs.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from registry import clock
from registry.access import scope
from registry.alerts.backlog import backlog_of
from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.endings import leave_with_episode, withdraw
from registry.alerts.late_result import tell_late_result
from registry.alerts.lifecycle import end_snooze, open_alert, revise
from registry.alerts.loading.after_care import load_last_cases
from registry.alerts.loading.at_once import read_at_once
from registry.alerts.loading.cases import EpisodeCase, Person, load_people
from registry.alerts.log import Hindsight, Log, Stand, plain
from registry.alerts.look import told
from registry.alerts.models import Alert
from registry.alerts.owners import Team, load_teams, owner_of
from registry.alerts.parameters import Numbers
from registry.alerts.rest import News, Rest, at_rest, longest_rest, quiet_until_of, rest_of
from registry.alerts.rulebook import Backlog, Family, Finding, Tier, evaluate, rule
from registry.alerts.safety_alert import reconcile_safety
from registry.alerts.sentences import kept_sentence
from registry.alerts.signals import LookedAt, attention_changed
from registry.alerts.succession import follow_team
from registry.db.among import among, day_of
from registry.db.grouping import by_patient
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.standings import restate
from registry.patients.models import Patient

_MISSED_DAYS = 7
"""Nights without a sweep after which a rest that is over is still known as one."""
# Made once: building a statement costs more than running it.
_PATIENTS = (
    select(Patient.id, Patient.died_on, Patient.merged_into_id)
    .where(among(Patient.id, "patient_ids"))
    .order_by(Patient.id)
    .with_for_update(key_share=True)  # whoever stores a row about the person meanwhile need not wait
)
"""Takes the people in turn (PostgreSQL): of two writes about one person the second works with what the first stored."""
_ALERTS = (
    select(Alert)
    .where(
        among(Alert.patient_id, "patient_ids"),
        or_(
            Alert.closed_at.is_(None),
            Alert.closed_by_id.is_not(None) & or_(Alert.is_safety, Alert.closed_at > bindparam("remembered_from")),
        ),
    )
    .order_by(Alert.closed_at, Alert.id)
    .execution_options(populate_existing=True)  # what was read before the people were taken may be out of date
)
_NEXT_CHECK = (
    update(Episode).where(among(Episode.id, "episode_ids")).values(next_check_on=day_of(Episode.id, "next_check_on"))
)


class UnknownPatient(LookupError):
    """Nobody within reach has this id."""


def follow_write(_sender: object, *, patient_ids: Collection[uuid.UUID]) -> None:
    """Receiver of ``episode_changed``."""
    reconcile_patients(patient_ids)


def reconcile_patient(patient_id: uuid.UUID, *, now: datetime | None = None) -> Log:
    """As ``reconcile_patients``, of one."""
    return reconcile_patients([patient_id], now=now)


def reconcile_patients(
    patient_ids: Collection[uuid.UUID], *, now: datetime | None = None, hindsight: Hindsight | None = None
) -> Log:
    """Open, revise and close the patients' alerts so that they say what is true at ``now``.

    Joins the running transaction, so that a write and its alerts are stored together or not at all. Alerts follow
    the person into every clinic; whoever writes must reach the patient first. ``hindsight`` is for a history that is
    stored all at once: its alerts opened, and were answered, as it went.

    Raises:
        UnknownPatient: one of them is nobody within the bound scope.
        StaleDataError: one of them was merged into another record since the caller looked.
    """
    now = now or clock.now()
    with write():
        db.session.flush()  # what the caller changed is checked within the caller's own scope
        found = db.session.execute(_PATIENTS, {"patient_ids": list(patient_ids)}).all()
        if any(row.merged_into_id is not None for row in found):
            raise StaleDataError("what was read before belongs to the record that stayed")
        died_on: dict[uuid.UUID, date | None] = {row.id: row.died_on for row in found}
        strangers = [str(each) for each in patient_ids if each not in died_on]
        if strangers:
            raise UnknownPatient(", ".join(strangers))
        with scope.all_patients(reason="alerts follow the person into every clinic"):
            log, looked_at = _reconcile(died_on, now, hindsight)
            attention_changed.send(patient_ids=list(died_on), looked_at=looked_at)
            db.session.flush()
    return log


def _reconcile(
    died_on: Mapping[uuid.UUID, date | None], now: datetime, hindsight: Hindsight | None
) -> tuple[Log, dict[uuid.UUID, LookedAt]]:
    """Everything is read first, then written: a statement in between would write what is half done."""
    with db.session.no_autoflush:
        alerts = _alerts(died_on, now)
        read = read_at_once(died_on)
        people = load_people(died_on, {patient_id: _closed_safety(own) for patient_id, own in alerts.items()}, read)
        last_cases = load_last_cases(people)
        clinics = next((person.clinics for person in people.values()), {})
        teams = load_teams(people, {id_: clinic.today(now) for id_, clinic in clinics.items()}, read)
        restate(
            {patient_id: person.history.courses for patient_id, person in people.items() if person.history.episodes},
            read,
        )
        numbers = NumbersInForce(read)
        log = Log(hindsight=hindsight, numbers=numbers)
        known = [each for own in alerts.values() for each in own]
        news = News([each.id for each in known if each.closed_at is not None or each.tier == Tier.QUEUE])
        for patient_id, person in people.items():
            own, team = alerts.get(patient_id, ()), teams[patient_id]
            _reconcile_person(person, own, team, numbers, news, last_cases.get(patient_id), now=now, log=log)
        _store_next_checks(log)
        if hindsight is not None:
            answers = map(hindsight.answer, _still_open(*alerts.values(), log.new))
            log.steps += [step for step in answers if step is not None]
    log.store()
    new = by_patient(log.new)
    return log, {
        patient_id: told(person, (*alerts.get(patient_id, ()), *new.get(patient_id, ())), numbers, now=now)
        for patient_id, person in people.items()
    }


def _alerts(patient_ids: Collection[uuid.UUID], now: datetime) -> dict[uuid.UUID, list[Alert]]:
    """The open alerts, the safety alerts people have closed, and what else people closed lately; oldest first."""
    about = {"patient_ids": list(patient_ids), "remembered_from": now - timedelta(days=longest_rest() + _MISSED_DAYS)}
    return by_patient(db.session.scalars(_ALERTS, about))


def _still_open(*alerts: Iterable[Alert]) -> list[Alert]:
    return [alert for each in alerts for alert in each if alert.closed_at is None]


def _closed_safety(alerts: Iterable[Alert]) -> list[Alert]:
    return [alert for alert in alerts if alert.is_safety and alert.closed_at is not None]


def _reconcile_person(
    person: Person,
    alerts: Sequence[Alert],
    team: Team,
    numbers: NumbersInForce,
    news: News,
    last_case: EpisodeCase | None,
    *,
    now: datetime,
    log: Log,
) -> None:
    standing = [alert for alert in alerts if alert.closed_at is None]
    reconcile_safety(person, next((each for each in standing if each.is_safety), None), team, numbers, now=now, log=log)
    for case in person.cases:
        own = [alert for alert in alerts if alert.episode_id == case.episode.id]
        next_check_on = _reconcile_case(case, own, team, numbers.at(case.clinic.id), news, now=now, log=log)
        log.check(case.episode, next_check_on)
    for episode in person.ended:
        left = [alert for alert in standing if alert.episode_id == episode.id]
        if last_case is not None and last_case.episode.id == episode.id:
            late = tell_late_result(last_case, left, team, numbers.at(last_case.clinic.id), now=now, log=log)
            left = [alert for alert in left if alert is not late]
        for alert in left:
            leave_with_episode(alert, person, now=now, log=log)
        log.check(episode, None)
    follow_team(standing, person, team, now=now, log=log)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at a case, which its alerts are brought in line with. ``closed`` are those people have closed."""

    case: EpisodeCase
    team: Team
    numbers: Numbers
    news: News
    closed: Sequence[Alert]
    backlog: Backlog | None
    today: date
    now: datetime
    log: Log

    def rest_of(self, finding: Finding) -> Rest | None:
        return rest_of(finding, self.closed, self.case.clinic.zone, self.numbers)


def _reconcile_case(
    case: EpisodeCase,
    alerts: Sequence[Alert],
    team: Team,
    numbers: Numbers,
    news: News,
    *,
    now: datetime,
    log: Log,
) -> date | None:
    """The alerts of one episode; returns the next date on which time alone could change something."""
    closed = [alert for alert in alerts if alert.closed_at is not None]
    look = _Look(case, team, numbers, news, closed, backlog_of(case), case.clinic.today(now), now, log)
    evaluation = evaluate(case.snapshot, look.today, numbers)
    found = {each.rule: each for each in evaluation.findings if rule(each.rule).family is not Family.SAFETY}
    dates = [evaluation.next_check_on]
    for alert in alerts:
        if alert.closed_at is not None:
            continue
        finding = found.pop(alert.rule, None)
        if finding is None:
            withdraw(alert, evaluation, on=look.today, now=now, log=log)
        else:
            dates.append(_revise(alert, finding, look))
    dates += [_open(finding, look) for finding in found.values()]
    return min((each for each in dates if each is not None), default=None)


def _revise(alert: Alert, finding: Finding, look: _Look) -> date | None:
    """An open alert says what its rule says now; returns the day until which that is quiet, where it is."""
    case, today, rest = look.case, look.today, look.rest_of(finding)
    if alert.snoozed_until is not None and alert.snoozed_until <= today:
        end_snooze(alert, case.clinic, look.now, look.log)
    quiet_until = quiet_until_of(finding, rest, look.backlog)
    is_quiet = alert.tier == Tier.QUEUE and quiet_until is not None and today < quiet_until
    if is_quiet:
        finding = at_rest(finding) or finding
    stand = _stand(finding, case, look.team, today)
    told_at = None
    if alert.tier != stand.tier and quiet_until is not None:
        told_at = look.news.of(alert if rest is None else rest.closed)
    revise(alert, stand, clinic=case.clinic, now=look.now, told_at=told_at, log=look.log)
    return quiet_until if is_quiet else None


def _open(finding: Finding, look: _Look) -> date | None:
    """An alert for what no open one says, or its place in the queue alone while it is quiet; returns as ``_revise``."""
    case, today, rest = look.case, look.today, look.rest_of(finding)
    quiet_until = quiet_until_of(finding, rest, look.backlog)
    is_quiet = quiet_until is not None and today < quiet_until
    told = at_rest(finding) if is_quiet else finding
    if told is not None:
        open_alert(
            _stand(told, case, look.team, today),
            patient_id=case.episode.patient_id,
            episode_id=case.episode.id,
            clinic=case.clinic,
            now=look.now,
            told_at=None if rest is None else look.news.of(rest.closed),
            log=look.log,
        )
    return quiet_until if is_quiet else None


def _stand(finding: Finding, case: EpisodeCase, team: Team, today: date) -> Stand:
    evidence = plain(finding.evidence)
    return Stand(
        rule=finding.rule,
        version=finding.version,
        tier=finding.tier,
        sentence=kept_sentence(finding.rule, evidence, today),
        evidence=evidence,
        since=finding.since,
        owner_id=owner_of(finding.audience, clinic_id=case.clinic.id, team=team, today=today),
    )


def _store_next_checks(log: Log) -> None:
    """Kept beside the row's version and its audit: derived, and no change anybody made to the episode."""
    moved = [(episode, day) for episode, day in log.checks if episode.next_check_on != day]
    if not moved:
        return
    days = {episode.id: day for episode, day in moved}
    db.session.execute(
        _NEXT_CHECK,
        {"next_check_on": days, "episode_ids": list(days)},
        execution_options={"synchronize_session": False},
    )
    for episode, day in moved:
        set_committed_value(episode, "next_check_on", day)
