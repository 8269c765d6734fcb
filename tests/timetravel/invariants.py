"""What is true of every person at the end of every day. Each returns what is wrong in words: whom, and what.

They read the facts anew and, where they can, another way than the program does.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select

from registry import clock
from registry.alerts.clinic_numbers import numbers_at
from registry.alerts.hours.response_times import longest_snooze
from registry.alerts.loading.cases import EpisodeCase, load_people
from registry.alerts.log import plain
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.reconcile import reconcile_patients
from registry.alerts.rulebook import Family, Finding, Tier, evaluate, is_news, rule
from registry.alerts.sentences import sentence_today
from registry.audit.models import AuditEvent
from registry.caseload import rows as caseload
from registry.caseload import stored_facts
from registry.caseload.models import CaseloadRow
from registry.contacts.models import DangerReport
from registry.db.transaction import end_read
from registry.episodes.models import Episode, Transfer
from registry.extensions import db
from registry.measurements import verification
from registry.measurements.models import Measurement, SafetySignal
from registry.patients.models import Patient
from tests.queue_by_facts import wrong_in_queue
from tests.timetravel.life import Life, Place

_REMEMBERED = timedelta(days=60)
"""Longer than what a person closed can rest."""


def wrong_today(life: Life) -> list[str]:
    """Everything that is wrong with anybody now, an hour after every clinic was swept."""
    alerts = _alerts(life, closed_since=clock.now() - _REMEMBERED)
    found = [
        *_stored_otherwise(life),
        *_told_twice(alerts, life),
        *_not_told(alerts, life),
        *_danger_without_alert(life),
        *_urgent_closed_by_itself(life),
        *_between_two_clinics(alerts, life),
        *_changed_by_looking_again(life),
        *_waiting_elsewhere_in_the_queue(life),
    ]
    end_read()
    return found


def history(life: Life) -> list[tuple[object, ...]]:
    """Every alert of everybody as a reader would compare it: no identifiers, local dates, sentences of today."""
    clinics = {place.clinic_id: place for place in life.places}
    told = [_as_told(alert, clinics[alert.clinic_id], life) for own in _alerts(life).values() for alert in own]
    end_read()
    return sorted(told, key=str)


def open_alerts(life: Life) -> list[tuple[object, ...]]:
    """As ``history``, of those open now, and without the day they were opened on: an alert found late is the same."""
    clinics = {place.clinic_id: place for place in life.places}
    told = [
        (
            life.name_of(alert.patient_id),
            clinics[alert.clinic_id].name,
            alert.rule,
            alert.tier,
            alert.since.isoformat(),
            sentence_today(alert, clinics[alert.clinic_id].today()),
        )
        for own in _alerts(life).values()
        for alert in own
        if alert.closed_at is None
    ]
    end_read()
    return sorted(told)


def _as_told(alert: Alert, place: Place, life: Life) -> tuple[object, ...]:
    closed_on = None if alert.closed_at is None else alert.closed_at.astimezone(place.zone).date()
    return (
        life.name_of(alert.patient_id),
        place.name,
        alert.rule,
        alert.tier,
        alert.state,
        alert.opened_at.astimezone(place.zone).date().isoformat(),
        closed_on and closed_on.isoformat(),
        alert.outcome,
        alert.owner.name if alert.owner is not None else None,
        alert.escalation,
        sentence_today(alert, place.today()),
    )


def _alerts(life: Life, *, closed_since: datetime | None = None) -> Mapping[uuid.UUID, Sequence[Alert]]:
    """Each person's alerts, oldest first; with ``closed_since`` without those of care that closed before."""
    query = select(Alert).where(Alert.patient_id.in_(life.patient_ids)).order_by(Alert.opened_at)
    if closed_since is not None:
        query = query.where(or_(Alert.closed_at.is_(None), Alert.is_safety, Alert.closed_at > closed_since))
    found: dict[uuid.UUID, list[Alert]] = {patient_id: [] for patient_id in life.patient_ids}
    for alert in db.session.scalars(query):
        found[alert.patient_id].append(alert)
    return found


def _stored_otherwise(life: Life) -> Iterator[str]:
    """Standings and scores, and rows of the caseload, that are not what the facts say.

    Everybody's rows; the scores of whoever something happened to since yesterday, and of one other in turn.
    """
    in_turn = life.patient_ids[clock.now().toordinal() % len(life.people)]
    for patient_id in {*_touched(life), in_turn}:
        for each in verification.differences_of(patient_id):
            yield f"{life.name_of(patient_id)}: {each}"
    stored = {row.episode_id: row for row in db.session.scalars(select(CaseloadRow))}
    for patient_id, facts in stored_facts.load(life.patient_ids).items():
        for episode_id, values in caseload.compose(facts).items():
            for name, value in values.items():
                if getattr(stored.get(episode_id), name, None) != value:
                    was = getattr(stored.get(episode_id), name, None)
                    yield f"{life.name_of(patient_id)}: caseload {name} is {was!r}, should be {value!r}"


def _waiting_elsewhere_in_the_queue(life: Life) -> Iterator[str]:
    """The psychiatrist's queue as the facts give it, also on days on which nobody has looked yet. Twice a week."""
    if clock.now().toordinal() % 3 == 0:
        yield from wrong_in_queue({place.clinic_id: place.today() for place in life.places}, ahead=(0, 7, 43))


def _touched(life: Life) -> set[uuid.UUID]:
    """Whom something was written about since yesterday: every write has its event."""
    found = db.session.scalars(
        select(AuditEvent.person_id)
        .where(AuditEvent.person_id.in_(life.patient_ids), AuditEvent.at > clock.now() - timedelta(days=1))
        .distinct()
    )
    return {patient_id for patient_id in found if patient_id is not None}


def _told_twice(alerts: Mapping[uuid.UUID, Sequence[Alert]], life: Life) -> Iterator[str]:
    for patient_id, own in alerts.items():
        standing = [alert for alert in own if alert.closed_at is None]
        told = Counter("safety" if alert.is_safety else f"{alert.rule} of {alert.episode_id}" for alert in standing)
        yield from (f"{life.name_of(patient_id)}: {what} is told {n} times" for what, n in told.items() if n > 1)


def _not_told(alerts: Mapping[uuid.UUID, Sequence[Alert]], life: Life) -> Iterator[str]:
    """Findings without their alert, and alerts whose finding is gone."""
    died_on = {row.id: row.died_on for row in db.session.execute(_DIED.where(Patient.id.in_(life.patient_ids)))}
    closed = {id_: [each for each in own if each.is_safety and each.closed_at] for id_, own in alerts.items()}
    for patient_id, person in load_people(died_on, closed).items():
        for case in person.cases:
            own = [alert for alert in alerts[patient_id] if alert.episode_id == case.episode.id]
            for wrong in _told_otherwise(case, own):
                yield f"{life.name_of(patient_id)} at {case.clinic.name}: {wrong}"
    for episode in db.session.scalars(_ENDED.where(Episode.patient_id.in_(life.patient_ids))):
        for alert in alerts[episode.patient_id]:
            if alert.episode_id == episode.id and alert.closed_at is None:
                yield f"{life.name_of(episode.patient_id)}: {alert.rule} is open in an episode that ended"


_DIED = select(Patient.id, Patient.died_on)
_ENDED = select(Episode).where(Episode.ended_on.is_not(None))


def _told_otherwise(case: EpisodeCase, alerts: Sequence[Alert]) -> Iterator[str]:
    today = case.clinic.today(clock.now())
    evaluation = evaluate(case.snapshot, today, numbers_at(case.clinic.id))
    found = {each.rule: each for each in evaluation.findings if rule(each.rule).family is not Family.SAFETY}
    standing = {alert.rule: alert for alert in alerts if alert.closed_at is None}
    for name, finding in found.items():
        rests = _rests(finding, [each for each in alerts if each.rule == name], case, today)
        alert = standing.get(name)
        if alert is None:
            if not rests or "psychiatrist" in finding.audience:
                yield f"{name} is true since {finding.since} and nobody is told"
            continue
        if alert.tier != finding.tier and not (rests and alert.tier == Tier.QUEUE):
            yield f"{name} is told as {alert.tier}, and is {finding.tier}{' at rest' if rests else ''}"
        if (alert.since, alert.evidence) != (finding.since, plain(finding.evidence)):
            yield f"{name} is told with {alert.since} {alert.evidence}, and is {finding.since} {finding.evidence}"
        if alert.snoozed_until is not None and alert.snoozed_until <= today:
            yield f"{name} is put off until {alert.snoozed_until}, which has come"
    yield from (f"{name} is told and not true" for name in standing.keys() - found.keys())


def _rests(finding: Finding, alerts: Sequence[Alert], case: EpisodeCase, today: date) -> bool:
    """Whether a person closed it, no less pressing, since it began, no longer ago than it may be put off, and knowing
    what is true of it now but for small changes.
    """
    numbers, told_by = numbers_at(case.clinic.id), rule(finding.rule)
    longest = longest_snooze(finding.tier, numbers, is_safety=False)
    if told_by.rests_for is not None:
        longest = numbers.required(told_by.rests_for)
    days = timedelta(days=told_by.days_at_most(longest, finding.evidence))
    closed_on = {
        alert.closed_at.astimezone(case.clinic.zone).date(): alert
        for alert in sorted(alerts, key=lambda each: each.closed_at or each.opened_at)
        if alert.closed_at is not None
        and alert.closed_by_id is not None
        and Tier(alert.tier).rank <= finding.tier.rank
        and "past" not in alert.evidence
    }
    if not closed_on:
        return False
    last_on = max(closed_on)
    last = closed_on[last_on]
    has_news = last.rule_version == finding.version and is_news(finding.rule, last.evidence, finding.evidence)
    return finding.since <= last_on and today < last_on + days and not has_news


def _danger_without_alert(life: Life) -> Iterator[str]:
    """Positive answers and reports that name no safety alert of that person."""
    safety = select(Alert.id).where(Alert.is_safety, Alert.patient_id.in_(life.patient_ids))
    known = set(db.session.scalars(safety))
    signals = {
        (row.measurement_id, row.item): row.alert_id
        for row in db.session.scalars(select(SafetySignal).where(SafetySignal.patient_id.in_(life.patient_ids)))
    }
    for row in db.session.scalars(
        select(Measurement).where(Measurement.patient_id.in_(life.patient_ids), Measurement.instrument == "phq-9")
    ):
        given = (row.answers or {}).get("9")
        if isinstance(given, int) and given >= 1 and signals.get((row.id, "9")) not in known:
            yield f"{life.name_of(row.patient_id)}: item 9 of {row.taken_on} was {given} and has no alert"
    for report in db.session.scalars(select(DangerReport).where(DangerReport.patient_id.in_(life.patient_ids))):
        if report.alert_id not in known:
            yield f"{life.name_of(report.patient_id)}: {report.kind} reported on {report.reported_on} has no alert"


def _urgent_closed_by_itself(life: Life) -> Iterator[str]:
    """An alert that was ever urgent ends by a person; only a death calms it."""
    rows = db.session.execute(
        select(Alert.id, Alert.patient_id, Alert.tier, Alert.closed_at, Alert.closed_by_id, Patient.died_on)
        .join(Patient, Patient.id == Alert.patient_id)
        .where(Alert.patient_id.in_(life.patient_ids))
    ).all()
    told = db.session.execute(
        select(AlertEvent.alert_id, AlertEvent.details).where(
            AlertEvent.patient_id.in_(life.patient_ids), AlertEvent.kind.in_(("opened", "appended"))
        )
    )
    was_urgent = {alert_id for alert_id, details in told if (details or {}).get("tier") == Tier.URGENT}
    for row in rows:
        if row.tier != Tier.URGENT and row.id not in was_urgent:
            continue
        if row.closed_at is not None and row.closed_by_id is None:
            yield f"{life.name_of(row.patient_id)}: an urgent alert closed by itself"
        if row.closed_at is None and row.tier != Tier.URGENT and row.died_on is None:
            yield f"{life.name_of(row.patient_id)}: an urgent alert became {row.tier} by itself"


def _between_two_clinics(alerts: Mapping[uuid.UUID, Sequence[Alert]], life: Life) -> Iterator[str]:
    """While somebody is handed over, the sender answers and the receiver waits; after it, one of them is done."""
    episodes = {row.id: row for row in db.session.scalars(_EPISODES.where(Episode.patient_id.in_(life.patient_ids)))}
    for row in db.session.scalars(select(Transfer).where(Transfer.patient_id.in_(life.patient_ids))):
        who, sender = life.name_of(row.patient_id), episodes[row.episode_id]
        received = None if row.received_episode_id is None else episodes[row.received_episode_id]
        if row.state in {"proposed", "accepted"} and not sender.is_open:
            yield f"{who}: transfer {row.state}, and nobody answers: the sender's episode ended"
        if row.state == "accepted":
            if received is None or not received.is_open:
                yield f"{who}: transfer accepted, and the receiver's episode is not open"
            for alert in alerts[row.patient_id]:
                is_theirs = alert.episode_id == row.received_episode_id and alert.closed_at is None
                if is_theirs and rule(alert.rule).family is not Family.TRANSFER:
                    yield f"{who}: {alert.rule} is told to the receiver before its first contact"
        if row.state == "completed" and (sender.end_reason, sender.is_open) != ("transferred", False):
            yield f"{who}: transfer completed, and the sender's episode is {sender.end_reason or 'open'}"
        if row.state == "returned" and received is not None and received.is_open:
            yield f"{who}: handed back, and the receiver's episode is open"


_EPISODES = select(Episode)


def _changed_by_looking_again(life: Life) -> Iterator[str]:
    """Whoever looks at everybody every day finds what was found on the dates to check again."""
    before = _marks(life)
    reconcile_patients(life.patient_ids)
    for (patient_id, what), mark in _marks(life).items():
        if before.get((patient_id, what)) != mark:
            was = before.get((patient_id, what))
            yield f"{life.name_of(patient_id)}: looking again changed {what} from {was} to {mark}"


def _marks(life: Life) -> dict[tuple[uuid.UUID, str], object]:
    """What would differ after anything changed: the version of each alert, its steps, the next check dates."""
    alerts = db.session.execute(
        select(Alert.patient_id, Alert.id, Alert.rule, Alert.version, Alert.tier, Alert.state, Alert.owner_id).where(
            Alert.patient_id.in_(life.patient_ids)
        )
    )
    steps = db.session.execute(
        select(AlertEvent.patient_id, func.count())
        .where(AlertEvent.patient_id.in_(life.patient_ids))
        .group_by(AlertEvent.patient_id)
    )
    episodes = db.session.execute(
        select(Episode.patient_id, Episode.id, Episode.next_check_on).where(Episode.patient_id.in_(life.patient_ids))
    )
    marks: dict[tuple[uuid.UUID, str], object] = {
        (row.patient_id, f"{row.rule} {row.id}"): tuple(row[3:]) for row in alerts
    }
    marks |= {(patient_id, "the steps"): number for patient_id, number in steps}
    marks |= {(row.patient_id, f"the next check of {row.id}"): str(row.next_check_on) for row in episodes}
    end_read()
    return marks
