"""Hospital, crisis house and jail: in, out, and what was never true."""

from __future__ import annotations

from sqlalchemy import select

from registry.extensions import db
from registry.life import actions as life
from registry.life.facts import EventFacts
from registry.life.models import LifeEvent
from registry.life.rules import EMERGENCY, GAINS, LOSSES, REASONS, STAYS
from tests.timetravel.deeds.stage import Stage


def go_in(stage: Stage) -> None:
    """Without an end, or with one where it is told only afterwards."""
    chance, on = stage.chance, stage.day()
    life.record_event(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        facts=EventFacts(
            kind=chance.choice(list(STAYS)),
            starts_on=on,
            ends_on=stage.place.today() if chance.random() < 0.2 else None,
            source="family",
        ),
        by=stage.by,
    )


def visit_emergency(stage: Stage) -> None:
    """Whatever for; nobody may know yet."""
    life.record_event(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        facts=EventFacts(kind=EMERGENCY, starts_on=stage.day(), reason=stage.chance.choice(list(REASONS))),
        by=stage.by,
    )


def still_there(stage: Stage) -> None:
    if (stay := _open_stay(stage)) is not None:
        life.confirm_stay(event=stay, on=stage.place.today(), opened_version=stay.version, by=stage.by)


def call_there(stage: Stage) -> None:
    """And send what the ward, the house or the jail needs to know."""
    stay = _open_stay(stage)
    if stay is not None and stay.called_on is None:
        life.call_place(event=stay, on=stage.place.today(), opened_version=stay.version, by=stage.by)


def lose_or_find(stage: Stage) -> None:
    """A home, or work."""
    life.record_event(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        facts=EventFacts(kind=stage.chance.choice([*LOSSES, *GAINS]), starts_on=stage.day()),
        by=stage.by,
    )


def come_out(stage: Stage) -> None:
    """Or were never in."""
    event = _open_stay(stage)
    if event is None:
        return
    if stage.chance.random() < 0.15:
        life.withdraw_event(event=event, why="Another person", opened_version=event.version, by=stage.by)
    else:
        life.end_stay(event=event, on=stage.day(), opened_version=event.version, by=stage.by)


def _open_stay(stage: Stage) -> LifeEvent | None:
    """Of those this clinic recorded, the first."""
    return db.session.scalars(
        select(LifeEvent)
        .where(
            LifeEvent.patient_id == stage.person.patient_id,
            LifeEvent.clinic_id == stage.place.clinic_id,
            LifeEvent.kind.in_(STAYS),
            LifeEvent.status == "final",
            LifeEvent.ends_on.is_(None),
        )
        .order_by(LifeEvent.recorded_at, LifeEvent.id)
        .limit(1)
    ).one_or_none()
