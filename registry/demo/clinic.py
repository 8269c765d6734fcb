"""The invented organisation: two clinics, their hours, everybody who works there, and who is on duty when."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from registry.access.roles import TITLES, Role
from registry.accounts import actions as accounts
from registry.accounts.models import User
from registry.clinics import actions as clinics
from registry.clinics.models import Clinic
from registry.extensions import db

ORGANISATION = "Lantern Bay Community Mental Health"
PASSWORD = "quiet-heron-lantern-42"  # noqa: S105  # of invented people, printed to whoever starts the demo

_WEEK = {day: [["08:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
_CLINICS = (
    clinics.ClinicFacts(
        name="Harbor Street Clinic",
        time_zone="America/New_York",
        opening_hours={**_WEEK, "thu": [["08:30", "19:00"]]},
        phone="(212) 555-0110",
    ),
    clinics.ClinicFacts(
        name="Juniper Avenue Clinic",
        time_zone="America/Chicago",
        opening_hours={**_WEEK, "fri": [["08:30", "12:30"], ["13:30", "16:30"]]},
        phone="(312) 555-0120",
    ),
)
ALL_CLINICS = "all clinics"
_TURN = timedelta(weeks=4)
BOTH = (0, 1)
_STAFF: Sequence[tuple[str, Role, tuple[int, ...]]] = (
    ("Teresa Okafor", Role.CARE_MANAGER, (0,)),
    ("Miles Brandt", Role.CARE_MANAGER, (0,)),
    ("Yuki Sandoval", Role.CARE_MANAGER, (0,)),
    ("Grace Ilunga", Role.CARE_MANAGER, (1,)),
    ("Peter Novotny", Role.CARE_MANAGER, (1,)),
    ("Dr. Ruth Castellan", Role.PSYCHIATRIST, (0,)),
    ("Dr. Anil Merchant", Role.PSYCHIATRIST, BOTH),
    ("Hollis Ferreira", Role.CLINICIAN, (0,)),
    ("Dr. Inga Solberg", Role.CLINICIAN, (1,)),
    ("Jerome Addy", Role.PEER_SPECIALIST, (0,)),
    ("Luz Villareal", Role.PEER_SPECIALIST, (1,)),
    ("Margaret Tran", Role.CLINIC_LEAD, (0,)),
    ("Daniel Roper", Role.CLINIC_LEAD, (1,)),
    ("Sam Whitcombe", Role.ADMINISTRATOR, BOTH),
    ("Edna Kirkbride", Role.AUDITOR, BOTH),
)


@dataclass(slots=True)
class Place:
    """One clinic and its people by role, in the order they are listed."""

    clinic_id: uuid.UUID
    facts: clinics.ClinicFacts
    staff: dict[Role, list[User]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.facts.time_zone)

    def some(self, role: Role, number: int = 0) -> User:
        """The ``number``-th person of this role, counted round."""
        people = self.staff[role]
        return people[number % len(people)]


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the command prints of one person."""

    name: str
    email: str
    role: str
    clinics: str


def open_clinics(*, opened_on: date, today: date, count: int = 2) -> list[Place]:
    """Make the organisation with its clinics, people and duty roster, and return them ready to act."""
    organisation = clinics.add_organisation(
        name=ORGANISATION, time_zone=_CLINICS[0].time_zone, is_invented=True, by=None
    )
    places = [
        Place(clinic_id=clinics.add_clinic(organisation=organisation, facts=facts, by=None).id, facts=facts)
        for facts in _CLINICS[:count]
    ]
    for name, role, where in _STAFF:
        here = [place for number, place in enumerate(places) if number in where]
        if here:
            _take_on(name, role, here, starts_on=opened_on)
    _bring_in(places)
    for place in places:
        _fill_roster(place, opened_on=opened_on, today=today)
    return places


def sign_ins() -> list[SignIn]:
    """Everybody who can sign in, in the order of the roles."""
    people = db.session.scalars(select(User).options(selectinload(User.memberships))).all()
    names = {clinic.id: clinic.name for clinic in db.session.scalars(select(Clinic))}
    rows = [
        SignIn(
            name=person.name,
            email=person.email,
            role=TITLES[Role(person.memberships[0].role)],
            clinics=_where(sorted({names[each.clinic_id] for each in person.memberships}), of=len(names)),
        )
        for person in people
        if person.memberships
    ]
    order = list(TITLES.values())
    return sorted(rows, key=lambda row: (order.index(row.role), row.clinics, row.name))


def _where(clinics: Sequence[str], *, of: int) -> str:
    return ALL_CLINICS if len(clinics) == of > len(_CLINICS) else " and ".join(clinics)


def _email(name: str) -> str:
    given, family = name.removeprefix("Dr. ").lower().split()
    return f"{given}.{family}@lanternbay.example"


def _take_on(name: str, role: Role, where: Sequence[Place], *, starts_on: date) -> None:
    user = accounts.add_user(name=name, email=_email(name), password=PASSWORD, by=None, must_change_password=False)
    for place in where:
        accounts.give_role(user, clinic_id=place.clinic_id, role=role, starts_on=starts_on, by=None)


def _bring_in(places: Sequence[Place]) -> None:
    """Load everybody with their roles and let go of the session: they act a thousand times without being read again."""
    people = db.session.scalars(select(User).options(selectinload(User.memberships))).all()
    by_email: Mapping[str, User] = {person.email: person for person in people}
    db.session.expunge_all()
    for number, place in enumerate(places):
        for name, role, where in _STAFF:
            if number in where:
                place.staff.setdefault(role, []).append(by_email[_email(name)])


def _fill_roster(place: Place, *, opened_on: date, today: date) -> None:
    """In turns of four weeks: the clinician, the psychiatrist, the lead; one turn ahead of today."""
    clinic = db.session.get_one(Clinic, place.clinic_id)
    turn = [Role.CLINICIAN, Role.PSYCHIATRIST, Role.CLINICIAN, Role.CLINIC_LEAD]
    monday, number = opened_on - timedelta(days=opened_on.weekday()), 0
    while monday <= today + _TURN:
        clinics.cover_duty(
            clinic=clinic,
            user_id=place.some(turn[number % len(turn)]).id,
            starts_on=monday,
            ends_on=monday + _TURN - timedelta(days=1),
            by=place.some(Role.CLINIC_LEAD),
        )
        monday, number = monday + _TURN, number + 1
