"""The organisation of a crowd: as many clinics as wished, each with the staff its people need, all able to sign in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, islice

from registry import clock
from registry.access.roles import Role
from registry.accounts.actions import hash_acceptable
from registry.accounts.models import Membership, User
from registry.audit.recorder import record
from registry.clinics.actions import ClinicFacts, add_clinic, add_organisation
from registry.clinics.models import Clinic, DutyCover
from registry.db.transaction import write
from registry.demo import names
from registry.demo.chance import dice
from registry.demo.clinic import ORGANISATION, PASSWORD
from registry.demo.crowd.sites import Site, Worker
from registry.extensions import db

_ZONES = ("America/New_York", "America/Chicago", "America/New_York", "America/Denver", "America/Los_Angeles")
_HOURS = {day: [["08:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
_PEOPLE_PER_WORKER = {Role.CARE_MANAGER: 83, Role.PSYCHIATRIST: 300, Role.CLINICIAN: 250, Role.PEER_SPECIALIST: 350}
"""83 people ever referred are about 70 in care at one time."""
_EVERYWHERE = {"lead": Role.CLINIC_LEAD, "administrator": Role.ADMINISTRATOR, "auditor": Role.AUDITOR}
_TURN = timedelta(weeks=4)
_TURNS_PAST = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """The clinics, and the address of one person of each kind: those of the first clinic, and those of all."""

    sites: tuple[Site, ...]
    emails: Mapping[str, str]


def open_sites(*, clinics: int, patients: int, opened_on: date, seed: int, numbered: bool = False) -> Opened:
    """Make an invented organisation with its clinics and staff. ``numbered``: "Clinic 0", to be found by name."""
    now = clock.now()
    organisation = add_organisation(name=ORGANISATION, time_zone=_ZONES[0], is_invented=True, by=None)
    places = [
        add_clinic(organisation=organisation, facts=_facts(number, numbered=numbered), by=None)
        for number in range(clinics)
    ]
    password_hash = hash_acceptable(PASSWORD, email="", name="")
    people, emails = _people(seed), dict[str, str]()
    with write():
        for kind, role in _EVERYWHERE.items():
            user = _take_on(next(people), role, places, opened_on=opened_on, password_hash=password_hash)
            emails[kind] = user.email
        sites = []
        for place in places:
            staff = _staff(place, people, patients=math.ceil(patients / clinics), since=opened_on, hashed=password_hash)
            for held, workers in staff.items():
                emails.setdefault(held, workers[0].email)
            _fill_roster(place, staff, today=place.today(now))
            sites.append(_site(place, staff, now))
    return Opened(tuple(sites), emails)


def _facts(number: int, *, numbered: bool) -> ClinicFacts:
    street, again = names.STREETS[number % len(names.STREETS)], number // len(names.STREETS)
    name = f"Clinic {number}" if numbered else f"{street} Clinic{f' {again + 1}' if again else ''}"
    return ClinicFacts(name=name, time_zone=_ZONES[number % len(_ZONES)], opening_hours=_HOURS)


def _people(seed: int) -> Iterator[tuple[str, str]]:
    """Endless names, each with an address nobody else has."""
    pairs, given_names = names.name_pairs(dice(seed, "staff")), (names.FEMALE, names.MALE)
    for number in count():
        place, family = next(pairs)
        several = given_names[number % 2]
        given = several[place % len(several)]
        yield f"{given} {family}", f"{given}.{family}.{number}@lanternbay.example".lower()


def _staff(
    place: Clinic, people: Iterator[tuple[str, str]], *, patients: int, since: date, hashed: str
) -> Mapping[str, Sequence[User]]:
    wanted = {role: max(1, round(patients / each)) for role, each in _PEOPLE_PER_WORKER.items()}
    wanted[Role.CLINIC_LEAD] = 1
    return {
        role.value: [
            _take_on(person, role, [place], opened_on=since, password_hash=hashed) for person in islice(people, number)
        ]
        for role, number in wanted.items()
    }


def _take_on(
    person: tuple[str, str], role: Role, places: Sequence[Clinic], *, opened_on: date, password_hash: str
) -> User:
    """As ``accounts.actions`` does it, with one hash for everybody: to hash a password takes as long as two people."""
    name, email = person
    user = User(name=name, email=email, password_hash=password_hash, must_change_password=False, created_at=clock.now())
    db.session.add(user)
    record("user.added", by=None, subject=user, kind="create")
    for place in places:
        user.memberships.append(Membership(clinic_id=place.id, role=role.value, starts_on=opened_on))
    record("user.role-given", by=None, subject=user, clinic_id=places[0].id, reason=role.value)
    return user


def _fill_roster(place: Clinic, staff: Mapping[str, Sequence[User]], *, today: date) -> None:
    """In turns of four weeks among clinicians and psychiatrists, one turn ahead of today."""
    taking_turns = [*staff[Role.CLINICIAN], *staff[Role.PSYCHIATRIST]]
    monday = today - timedelta(days=today.weekday()) - _TURNS_PAST * _TURN
    for number in range(_TURNS_PAST + 2):
        user = taking_turns[number % len(taking_turns)]
        starts_on = monday + number * _TURN
        cover = DutyCover(
            clinic_id=place.id, user_id=user.id, starts_on=starts_on, ends_on=starts_on + _TURN - timedelta(days=1)
        )
        db.session.add(cover)
        record("duty.covered", by=None, subject=cover, clinic_id=place.id, kind="create")


def _site(place: Clinic, staff: Mapping[str, Sequence[User]], now: datetime) -> Site:
    return Site(
        clinic_id=place.id,
        name=place.name,
        organisation_id=place.organisation_id,
        time_zone=place.time_zone,
        opening_hours=dict(place.opening_hours),
        today=place.today(now),
        staff={role: tuple(Worker(user.id, user.name) for user in users) for role, users in staff.items()},
    )
