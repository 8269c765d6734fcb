"""Whose work is read: which alerts stand on the desk of a clinic, and which of them on that of one person."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, not_, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from registry.alerts.models import LEAD, Alert, AlertEvent
from registry.alerts.outreach import NO_CONTACT
from registry.alerts.rulebook import RULEBOOK, Audience, Tier, told_besides
from registry.db.among import among
from registry.episodes.models import Episode, TeamMember
from registry.extensions import db

_PARTS = {Audience.CARE_MANAGER: "care_manager", Audience.PSYCHIATRIST: "consultant", Audience.CLINICIAN: "prescriber"}
_ALSO_FOR = {part: [rule.id for rule in RULEBOOK if audience in rule.audience[1:]] for audience, part in _PARTS.items()}
"""Part in the care team → the rules it hears of although another part answers."""
REMEMBERED = 128
"""Desks whose statements each process keeps: the same ones are read all day."""
_AWAKE = "awake"
_TOLD_AS = {"consultant": "psychiatrist", "prescriber": "prescriber"}
"""Part in the care team → what an instrument calls it when it says who is told besides."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose work is read: the alerts of these clinics, or of them what concerns one person.

    ``today`` gives each clinic's local date. ``elsewhere`` are the open safety alerts of other clinics about people
    in care here (``safety_alerts_elsewhere``). At ``led`` clinics the person also answers for what nobody has
    taken, hears of actions nobody took up in time and decides how to go on with whom nobody reaches; where they are
    ``on_duty`` today every urgent alert is theirs as well as the care manager's. ``told`` are the safety alerts of
    which their part in the team hears (``safety_alerts_told``); of an urgent alert whoever was told by name hears
    as well.
    """

    today: Mapping[uuid.UUID, date]
    elsewhere: Collection[uuid.UUID]
    user_id: uuid.UUID | None = None
    led: Collection[uuid.UUID] = ()
    on_duty: Collection[uuid.UUID] = ()
    told: Collection[uuid.UUID] = ()
    own: Mapping[uuid.UUID, bool] | None = field(default=None, compare=False)
    """The open alerts of one person's desk, and whether each is awake: see ``desk_of``."""

    def __hash__(self) -> int:
        return hash((tuple(self.today), self.user_id))


def desk_of(
    user_id: uuid.UUID,
    today: Mapping[uuid.UUID, date],
    *,
    led: Collection[uuid.UUID],
    on_duty: Mapping[uuid.UUID, uuid.UUID],
) -> Desk:
    """What concerns one person at these clinics. ``on_duty`` says who is, by clinic."""
    return _with_own(
        Desk(
            today,
            safety_alerts_elsewhere(today.keys()),
            user_id=user_id,
            led=led,
            on_duty=[clinic_id for clinic_id, on_duty_id in on_duty.items() if on_duty_id == user_id],
            told=safety_alerts_told(user_id),
        )
    )


def safety_alerts_elsewhere(clinic_ids: Collection[uuid.UUID]) -> Collection[uuid.UUID]:
    """The open safety alerts other clinics answer for, about people in care at these clinics: few, and found once.

    Asked of every alert instead, "of these clinics, or about somebody in care here" had those of all clinics read.
    """
    return db.session.scalars(_ELSEWHERE, {"clinic_ids": list(clinic_ids)}).all()


_ELSEWHERE = (
    select(Alert.id)
    .join(Episode, Episode.patient_id == Alert.patient_id)
    .where(
        among(Episode.clinic_id, "clinic_ids"),
        Episode.ended_on.is_(None),
        Alert.closed_at.is_(None),
        Alert.is_safety,
        not_(among(Alert.clinic_id, "clinic_ids")),
    )
)


def safety_alerts_told(user_id: uuid.UUID) -> Collection[uuid.UUID]:
    """The urgent safety alerts of which this psychiatrist or prescriber is told: as their instruments say. Few."""
    rows = db.session.execute(_ON_TEAM_OF, {"user_id": user_id})
    return {row.id for row in rows if _TOLD_AS[row.role] in told_besides(row.evidence)}


_ON_TEAM_OF = (
    select(Alert.id, Alert.evidence, TeamMember.role)
    .join(TeamMember, TeamMember.patient_id == Alert.patient_id)
    .where(
        TeamMember.user_id == bindparam("user_id"),
        TeamMember.ends_on.is_(None),
        TeamMember.role.in_(_TOLD_AS),
        Alert.closed_at.is_(None),
        Alert.is_safety,
        Alert.tier == Tier.URGENT,
    )
)


def _with_own(desk: Desk) -> Desk:
    """The desk of one person with its open alerts found, in one statement for all that is then asked of it.

    What concerns somebody has ten conditions, and a day asks five times.
    """
    return replace(desk, own={row.id: row.is_awake for row in db.session.execute(_own(desk))})


@lru_cache(REMEMBERED)
def _own(desk: Desk) -> Select[uuid.UUID, bool]:
    return select(Alert.id, is_awake(desk).label("is_awake")).where(Alert.closed_at.is_(None), stands_at(desk))


class OfDesk:
    """A statement about what is open on a desk: made once for whatever was found to be one person's own, and once for
    each desk of a clinic. Making it anew takes longer than running it.
    """

    def __init__(self, make: Callable[[ColumnElement[bool]], Select[*tuple[Any, ...]]]) -> None:
        self._of_own = make(and_(Alert.closed_at.is_(None), among(Alert.id, _AWAKE)))
        self._of_clinics = lru_cache(REMEMBERED)(lambda desk: make(is_open(desk)))

    def at(self, desk: Desk) -> Select[*tuple[Any, ...]]:
        """To be run with ``values_of`` the desk."""
        return self._of_own if desk.own is not None else self._of_clinics(desk)


def values_of(desk: Desk, **more: Any) -> dict[str, Any]:
    """What a statement ``OfDesk`` is run with, and ``more``."""
    own = desk.own
    return more if own is None else {_AWAKE: [id_ for id_, is_awake in own.items() if is_awake], **more}


def is_waiting(is_open: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of what is open: somebody has something to do, and no clock runs."""
    return and_(is_open, Alert.tier.in_((Tier.ACTION.value, Tier.REMINDER.value)))


def is_open(desk: Desk) -> ColumnElement[bool]:
    """On the desk, and not put off."""
    return and_(Alert.closed_at.is_(None), stands_at(desk), is_awake(desk))


def stands_at(desk: Desk) -> ColumnElement[bool]:
    """Of the desk's clinics; a safety alert of another clinic too, where the person is in care here.

    An urgent alert nobody answers for is everybody's: it stands on every desk until somebody takes it.
    """
    here = Alert.clinic_id.in_(desk.today)
    if desk.elsewhere:  # as one list: of two conditions with an OR, SQLite would rather read the alerts of every clinic
        of_these_clinics = select(Alert.id).where(Alert.closed_at.is_(None), here)
        here = Alert.id.in_(union_all(of_these_clinics, select(Alert.id).where(Alert.id.in_(desk.elsewhere))))
    return here if desk.user_id is None else and_(here, _concerns(desk.user_id, desk))


def stood_since(desk: Desk, instant: datetime) -> ColumnElement[bool]:
    """On the desk, put off or not, now or when it was closed since then."""
    here = Alert.clinic_id.in_(desk.today)
    stood = union_all(
        select(Alert.id).where(Alert.closed_at.is_(None), here),
        select(Alert.id).where(Alert.closed_at >= instant, here),
        select(Alert.id).where(Alert.id.in_(desk.elsewhere)),
    )
    listed = Alert.id.in_(stood)
    return listed if desk.user_id is None else and_(listed, _concerns(desk.user_id, desk))


def _concerns(user_id: uuid.UUID, desk: Desk) -> ColumnElement[bool]:
    """What the person answers for, what nobody else does, and what they are told besides whoever answers."""
    return or_(
        Alert.owner_id == user_id,
        and_(Alert.owner_id.is_(None), or_(Alert.clinic_id.in_(desk.led), Alert.tier == Tier.URGENT)),
        and_(Alert.tier == Tier.URGENT, Alert.clinic_id.in_(desk.on_duty)),
        _is_told_to_lead(desk),
        and_(Alert.is_safety, is_on_team(Alert.patient_id, user_id, TeamMember.role == "care_manager")),
        Alert.id.in_(desk.told),
        and_(Alert.tier == Tier.URGENT, _was_told(Alert.id, user_id)),
        and_(Alert.rule == NO_CONTACT, Alert.clinic_id.in_(desk.led), Alert.evidence["decide"].as_boolean()),
        *(
            and_(Alert.rule.in_(rules), Alert.episode_id.in_(_episodes_as(part, user_id)))
            for part, rules in _ALSO_FOR.items()
        ),
    )


def _is_told_to_lead(desk: Desk) -> ColumnElement[bool]:
    """An action nobody took up in time, at a clinic the person leads."""
    return and_(Alert.tier == Tier.ACTION, Alert.escalation >= LEAD, Alert.clinic_id.in_(desk.led))


def _was_told(alert_id: InstrumentedAttribute[uuid.UUID], user_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether somebody asked that this person hear of it."""
    step = aliased(AlertEvent)  # its own: who asks may be reading the steps themselves
    return exists().where(
        step.alert_id == alert_id, step.kind == "told", step.details["told"].as_string() == str(user_id)
    )


def _episodes_as(part: str, user_id: uuid.UUID) -> Select[uuid.UUID]:
    """The episodes in whose team the person has this part."""
    return select(TeamMember.episode_id).where(
        TeamMember.user_id == user_id, TeamMember.ends_on.is_(None), TeamMember.role == part
    )


def is_awake(desk: Desk) -> ColumnElement[bool]:
    """Not put off, by the local date of the clinic that answers; what the lead was told of stays on their desk."""
    by_date: dict[date, list[uuid.UUID]] = {}
    for clinic_id, today in desk.today.items():
        by_date.setdefault(today, []).append(clinic_id)
    over = [and_(Alert.clinic_id.in_(clinics), Alert.snoozed_until <= today) for today, clinics in by_date.items()]
    return or_(Alert.snoozed_until.is_(None), *over, _is_told_to_lead(desk))


def is_on_team(
    patient_id: InstrumentedAttribute[uuid.UUID], user_id: uuid.UUID | ColumnElement[Any], *more: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether the person is in the care team, at any clinic."""
    return exists().where(
        TeamMember.patient_id == patient_id, TeamMember.user_id == user_id, TeamMember.ends_on.is_(None), *more
    )
