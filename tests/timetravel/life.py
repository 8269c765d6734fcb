"""A small organisation with a clinic in each of three time zones, lived through day by day.

Kiritimati is a calendar day ahead of Honolulu at every hour, New York lies between them and changes its clocks twice
a year. One person is known in Honolulu and in Kiritimati. Several such lives may share a database: what happens to
people is drawn from a seed, so that the same seed is the same life.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from registry import clock
from registry.access.roles import Role
from registry.accounts.models import User
from registry.administration.actions import sign_rule_number
from registry.alerts.clinic_numbers import shipped
from registry.alerts.escalation import escalate_due
from registry.alerts.models import Alert
from registry.alerts.parameters import ClinicNumber
from registry.alerts.sweep import Sweep, sweep_clinic
from registry.audit.recorder import record
from registry.clinics.actions import cover_duty
from registry.clinics.models import Clinic, DutyCover
from registry.db.transaction import end_read, write
from registry.extensions import db
from registry.jobs.nightly import SWEPT_FROM
from tests import builders

ZONES = ("Pacific/Honolulu", "America/New_York", "Pacific/Kiritimati")
FIRST_DAY = date(2026, 2, 16)
"""A Monday, twenty days before New York's clocks go forward; they go back on 1 November."""

_NAMES = ("Hana", "Nico", "Kiri", "Hugo", "Nora", "Kofi", "Hedy", "Nils", "Kaia", "Hiro", "Nell", "Kurt")
_LOOKED_EVERY = timedelta(minutes=5)
"""How often the program looks at the clock of urgent alerts."""


@dataclass(frozen=True, slots=True)
class Place:
    """A clinic and who works there."""

    name: str
    clinic_id: uuid.UUID
    zone: ZoneInfo
    care_managers: tuple[uuid.UUID, uuid.UUID]
    psychiatrist: uuid.UUID
    lead: uuid.UUID
    on_call: uuid.UUID | None
    """Who answers while the clinic is closed; nobody in Honolulu."""

    @property
    def clinic(self) -> Clinic:
        return db.session.get_one(Clinic, self.clinic_id)

    def today(self) -> date:
        return clock.now().astimezone(self.zone).date()

    def at(self, day: date, wall: time) -> datetime:
        """The instant of a local wall time."""
        return datetime.combine(day, wall, tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person, and the clinics that see them."""

    name: str
    patient_id: uuid.UUID
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """An organisation whose days are drawn from ``seed``."""

    seed: int
    places: tuple[Place, ...]
    people: tuple[Someone, ...]

    @property
    def patient_ids(self) -> list[uuid.UUID]:
        return [person.patient_id for person in self.people]

    def name_of(self, patient_id: uuid.UUID) -> str:
        return next(person.name for person in self.people if person.patient_id == patient_id)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens at an instant."""

    at: datetime
    act: Callable[[], object]


Swept = Callable[[Place, date], Sweep | None]
"""What the night of a local date brings to a clinic."""


def swept_when_due(place: Place, day: date) -> Sweep | None:
    """The sweep as it runs in production."""
    return sweep_clinic(place.clinic, today=day)


def a_life(organisation: str, *, seed: int, people: int) -> Life:
    """Clinics, staff, and people enrolled some weeks before ``FIRST_DAY``; the first is known at two clinics."""
    owner = builders.an_organisation(organisation)
    with clock.at(datetime.combine(FIRST_DAY, time(2), tzinfo=UTC)):
        places = tuple(_place(zone, builders.a_clinic(zone, time_zone=zone, organisation=owner)) for zone in ZONES)
        _sign_for_consensus(places[-1])
        chance = random.Random(seed)
        return Life(seed, places, tuple(_someone(number, places, chance) for number in range(people)))


def _place(zone: str, clinic: Clinic) -> Place:
    island = zone.rpartition("/")[2]

    def works(role: Role, name: str) -> uuid.UUID:
        return builders.id_of(builders.a_user(role=role, clinic=clinic, name=f"{name} of {island}"))

    first, second = works(Role.CARE_MANAGER, "Ana"), works(Role.CARE_MANAGER, "Ben")
    covering = works(Role.CLINICIAN, "Dora")
    with write():
        cover = DutyCover(
            clinic_id=clinic.id, user_id=covering, starts_on=FIRST_DAY, ends_on=FIRST_DAY + timedelta(days=300)
        )
        db.session.add(cover)
        record("clinic.duty-set", by=None, subject=cover, kind="create")
    called = None if zone == ZONES[0] else works(Role.CLINICIAN, "Nils")
    if called is not None:
        _put_on_call(clinic, called)
    return Place(
        name=island,
        clinic_id=builders.id_of(clinic),
        zone=ZoneInfo(zone),
        care_managers=(first, second),
        psychiatrist=works(Role.PSYCHIATRIST, "Paul"),
        lead=works(Role.CLINIC_LEAD, "Lena"),
        on_call=called,
    )


def _put_on_call(clinic: Clinic, user_id: uuid.UUID) -> None:
    with write():
        clinic.has_on_call = True
        record("clinic.changed", by=None, subject=clinic)
    last = FIRST_DAY + timedelta(days=400)
    cover_duty(clinic=clinic, user_id=user_id, starts_on=FIRST_DAY, ends_on=last, is_on_call=True, by=None)


def _sign_for_consensus(place: Place) -> None:
    """The psychiatrist signs for every number on consensus as it is shipped: rules off elsewhere speak here."""
    with write():
        for parameter in shipped().parameters.values():
            if not parameter.in_force_as_shipped:
                sign_rule_number(
                    clinic=place.clinic,
                    parameter=parameter.id,
                    decided=ClinicNumber(parameter.number),
                    opened_version=0,
                    why="We agree",
                    by=db.session.get_one(User, place.psychiatrist),
                )


def _someone(number: int, places: Sequence[Place], chance: random.Random) -> Someone:
    first = places[number % len(places)]
    known_at = (first, places[-1]) if number == 0 else (first,)
    patient = builders.a_patient(clinic=first.clinic, given=_NAMES[number])
    for place in known_at:
        builders.an_episode(
            patient=patient,
            clinic=place.clinic,
            enrolled_on=place.today() - timedelta(days=chance.randrange(1, 60)),
            phase=chance.choice(("engaging", "active")),
            tracked=("phq-9:total", "asrm:total"),
            care_manager=db.session.get_one(User, place.care_managers[0]) if number != 1 else None,
            consultant=db.session.get_one(User, place.psychiatrist),
        )
    return Someone(_NAMES[number], builders.id_of(patient), known_at)


def nights(life: Life, day: date, sweep: Swept = swept_when_due) -> Iterator[Moment]:
    """The nightly sweeps that begin within the UTC ``day``."""
    for place, local_day in local_days(life, day):
        at = place.at(local_day, SWEPT_FROM)
        if at.date() == day:
            yield Moment(at, partial(sweep, place, local_day))


def late_looks(life: Life, day: date, watch: Callable[[datetime], None]) -> Iterator[Moment]:
    """Late in the evening, where somebody is on call: by then what would wait for the opening is theirs."""
    for place, local_day in local_days(life, day):
        at = place.at(local_day, time(23, 55))
        if place.on_call is not None and at.date() == day:
            yield Moment(at, partial(watch, at))


def local_days(life: Life, day: date) -> Iterator[tuple[Place, date]]:
    """Every clinic with every local date that overlaps the UTC ``day``."""
    for place in life.places:
        for offset in (-1, 0, 1):
            yield place, day + timedelta(days=offset)


def live(moments: Sequence[Moment], *, until: datetime, watch: Callable[[datetime], None]) -> None:
    """Let everything happen in its order, and look at the clock of the alerts whenever one of them has run out."""
    for moment in sorted(moments, key=lambda each: each.at):
        watch_until(moment.at, watch)
        with clock.at(moment.at):
            moment.act()
    watch_until(until, watch)


def watch_until(until: datetime, watch: Callable[[datetime], None]) -> None:
    """Every look of the five-minutely job before ``until`` that finds something to do."""
    while (at := _next_look()) is not None and at < until:
        with clock.at(at):
            watch(at)


def look(_at: datetime) -> None:
    """The look as it runs in production."""
    escalate_due()


def _next_look() -> datetime | None:
    due = db.session.scalar(
        select(func.min(Alert.look_at)).where(
            Alert.closed_at.is_(None), or_(Alert.tier.in_(("urgent", "action")), Alert.snoozed_until.is_not(None))
        )
    )
    end_read()
    if due is None:
        return None
    since_epoch = due - datetime.fromtimestamp(0, UTC)
    return due + (-since_epoch % _LOOKED_EVERY)
