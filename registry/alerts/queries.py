"""Reading alerts: one patient's, and the day's work of a person or a clinic."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from registry.alerts.day.desk import Desk, OfDesk, is_awake, is_on_team, is_waiting, stands_at, values_of
from registry.alerts.loading.safety import covered_in
from registry.alerts.look_times import has_to_be_heard
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import RULEBOOK, Tier
from registry.contacts.models import DangerReport
from registry.db.among import among
from registry.episodes.models import Episode
from registry.extensions import db
from registry.patients.models import Patient
from registry.review.models import Review
from registry.web.paging import COUNT_LIMIT

_PLACE = {rule.id: place for place, rule in enumerate(RULEBOOK)}
_WEIGHT = 1000 * case({tier.value: tier.rank for tier in Tier}, value=Alert.tier) + case(
    _PLACE, value=Alert.rule, else_=len(_PLACE)
)
"""How pressing a reason is, as ``rank`` has it: the tier, then the place of its rule in the rulebook."""
ANSWERED_DAYS = 7
"""For how long a psychiatrist's answer counts as news."""
MOST_URGENT = 100
"""Urgent alerts shown at once; their number is always the whole number."""

# Made once: building a statement costs more than running it.
_OPEN = (
    select(Alert)
    .where(Alert.patient_id == bindparam("patient_id"), Alert.closed_at.is_(None))
    .options(joinedload(Alert.owner))
)
_TOLD = select(AlertEvent.alert_id, AlertEvent.at, AlertEvent.details["told_at"].as_string()).where(
    among(AlertEvent.alert_id, "alert_ids"), AlertEvent.kind.in_(("opened", "appended"))
)


def _people_first() -> OfDesk:
    def make(is_open: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
        nth = func.row_number().over(partition_by=Alert.patient_id, order_by=(_WEIGHT, Alert.since, Alert.id))
        first = (
            select(Alert.patient_id, Alert.since, _WEIGHT.label("weight"), nth.label("nth"))
            .where(is_waiting(is_open))
            .subquery("first")
        )
        return (
            select(first.c.patient_id)
            .select_from(first)
            .where(first.c.nth == 1)
            .order_by(first.c.weight, first.c.since, first.c.patient_id)
            .limit(bindparam("limit", type_=Integer()))
            .offset(bindparam("offset", type_=Integer()))
        )

    return OfDesk(make)


def _count_people(is_open: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    people = select(Alert.patient_id).where(is_waiting(is_open)).distinct().limit(COUNT_LIMIT + 1).subquery()
    return select(func.count()).select_from(people)


_URGENT = OfDesk(
    lambda is_open: (
        select(Alert)
        .where(is_open, Alert.tier == Tier.URGENT)
        .options(joinedload(Alert.owner))
        .order_by(Alert.look_at.asc().nulls_last(), Alert.opened_at, Alert.id)
        .limit(bindparam("limit", type_=Integer()))
    )
)
_COUNT_URGENT = OfDesk(
    lambda is_open: select(func.count()).select_from(Alert).where(is_open, Alert.tier == Tier.URGENT)
)
_WHO_WAITS = _people_first()
_WAITING = OfDesk(
    lambda is_open: (
        select(Alert).where(is_waiting(is_open), among(Alert.patient_id, "people")).options(joinedload(Alert.owner))
    )
)
_COUNT_WAITING = OfDesk(_count_people)
_PEOPLE = select(Patient).where(among(Patient.id, "patient_ids"))
_OPEN_EPISODES = select(Episode).where(among(Episode.patient_id, "patient_ids"), Episode.ended_on.is_(None))
_ANSWERED = (
    select(Review)
    .join(Episode, Episode.id == Review.episode_id)
    .where(
        Review.status == "final",
        Review.reviewed_on >= bindparam("since"),
        among(Review.clinic_id, "clinic_ids"),
        Episode.ended_on.is_(None),
    )
    .options(joinedload(Review.consultant), selectinload(Review.recommendations))
    .order_by(Review.reviewed_on.desc(), Review.recorded_at.desc(), Review.id.desc())
    .limit(25)
)
_ANSWERED_TO_TEAM = _ANSWERED.where(
    is_on_team(Review.patient_id, bindparam("user_id")), Review.consultant_id != bindparam("user_id")
)


def rank(alert: Alert) -> tuple[int, int, date]:
    """The order in which reasons are told: tier, then the rulebook's order, then the longest standing."""
    return Tier(alert.tier).rank, _PLACE.get(alert.rule, len(_PLACE)), alert.since


def list_open_alerts(patient_id: uuid.UUID) -> Sequence[Alert]:
    """The patient's open alerts with their owners, most pressing first; those put off are among them."""
    return sorted(db.session.scalars(_OPEN, {"patient_id": patient_id}), key=rank)


def get_alert(alert_id: uuid.UUID, *, patient_id: uuid.UUID) -> Alert | None:
    """One alert of this patient with its owner; an alert of anybody else does not exist."""
    return db.session.scalars(
        select(Alert).where(Alert.id == alert_id, Alert.patient_id == patient_id).options(joinedload(Alert.owner))
    ).one_or_none()


def is_put_off_unheard(alert: Alert) -> bool:
    """Whether the lead would hear of it, and it was put off and nobody has acknowledged it since."""
    if alert.tier != Tier.ACTION or alert.state != "open" or not has_to_be_heard(alert):
        return False
    last = db.session.scalars(
        select(AlertEvent.kind)
        .where(AlertEvent.alert_id == alert.id, AlertEvent.kind.in_(("snoozed", "acknowledged")))
        .order_by(AlertEvent.at.desc(), AlertEvent.id.desc())
        .limit(1)
    ).first()
    return last == "snoozed"


def list_steps(alert_id: uuid.UUID) -> Sequence[AlertEvent]:
    """The alert's history, newest first, with who did what."""
    return db.session.scalars(
        select(AlertEvent)
        .where(AlertEvent.alert_id == alert_id)
        .options(joinedload(AlertEvent.by))
        .order_by(AlertEvent.at.desc(), AlertEvent.id.desc())
    ).all()


def list_reports(alert: Alert) -> Sequence[DangerReport]:
    """The dangers somebody reported that the alert rests on, newest first; no statement where there are none."""
    ids = [uuid.UUID(id_) for (id_, item), _height in covered_in(alert.evidence) if not item]
    if not ids:
        return ()
    return db.session.scalars(
        select(DangerReport)
        .where(DangerReport.id.in_(ids), DangerReport.patient_id == alert.patient_id)
        .order_by(DangerReport.reported_on.desc(), DangerReport.id.desc())
    ).all()


def last_told(alert_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, datetime]:
    """By alert, the instant it last told something nobody knew: opened or added to, but not merely told again."""
    last: dict[uuid.UUID, datetime] = {}
    for alert_id, at, known in db.session.execute(_TOLD, {"alert_ids": alert_ids}):
        told_at = at if known is None else datetime.fromisoformat(known)
        last[alert_id] = max(told_at, last.get(alert_id, told_at))
    return last


def count_urgent(desk: Desk) -> int:
    """How many urgent alerts there are for the desk, however many of them are listed."""
    return db.session.scalar(_COUNT_URGENT.at(desk), values_of(desk)) or 0


def list_urgent(desk: Desk, *, limit: int) -> Sequence[Alert]:
    """The first urgent alerts with their owners, the one whose time runs out first on top."""
    return db.session.scalars(_URGENT.at(desk), values_of(desk, limit=limit)).all()


def count_waiting(desk: Desk) -> int:
    """How many patients have something to do for the desk, no further than anybody reads."""
    return db.session.scalar(_COUNT_WAITING.at(desk), values_of(desk)) or 0


def list_waiting(desk: Desk, *, limit: int, offset: int) -> Sequence[Sequence[Alert]]:
    """One list of alerts a patient, ranked. What stands first in it places the patient, and nothing else does."""
    people = db.session.scalars(_WHO_WAITS.at(desk), values_of(desk, limit=limit, offset=offset)).all()
    alerts = db.session.scalars(_WAITING.at(desk), values_of(desk, people=people)).all()
    found: dict[uuid.UUID, list[Alert]] = {patient_id: [] for patient_id in people}
    for alert in sorted(alerts, key=rank):
        found[alert.patient_id].append(alert)
    return list(found.values())


def count_put_off(desk: Desk) -> int:
    """How many alerts are put off until a later day. Of a desk whose alerts were found no statement."""
    if desk.own is not None:
        return sum(not is_awake for is_awake in desk.own.values())
    query = select(func.count()).select_from(Alert).where(stands_at(desk), Alert.closed_at.is_(None), ~is_awake(desk))
    return db.session.scalar(query) or 0


def people_by_id(patient_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Patient]:
    """The patients named, in one statement."""
    return {row.id: row for row in db.session.scalars(_PEOPLE, {"patient_ids": list(patient_ids)})}


def open_episodes(patient_ids: Collection[uuid.UUID]) -> Mapping[tuple[uuid.UUID, uuid.UUID], Episode]:
    """Open episodes by patient and clinic, in one statement."""
    rows = db.session.scalars(_OPEN_EPISODES, {"patient_ids": list(patient_ids)})
    return {(row.patient_id, row.clinic_id): row for row in rows}


def list_answered(desk: Desk) -> Sequence[Review]:
    """Psychiatric reviews of the last days of people in care at the desk, newest first."""
    since = min(desk.today.values()) - timedelta(days=ANSWERED_DAYS)
    asked = {"since": since, "clinic_ids": list(desk.today), "user_id": desk.user_id}
    return db.session.scalars(_ANSWERED if desk.user_id is None else _ANSWERED_TO_TEAM, asked).all()
