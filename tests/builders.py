"""Builders: each sets only what the test is about, and does it the way the program does.

They need an application context; ``sign_in`` needs none. A patient scope of everybody is bound while they work.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from unittest.mock import patch

from flask import current_app, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, update

from registry import clock
from registry.access import scope
from registry.access.models import PatientClinic
from registry.access.roles import Role
from registry.accounts import actions as accounts
from registry.accounts import passwords, sessions
from registry.accounts.models import SignedInSession, User
from registry.audit.recorder import record
from registry.clinics.actions import choose_instruments
from registry.clinics.models import Clinic, Organisation
from registry.clinics.queries import list_instrument_decisions
from registry.clinics.rules import edition_of
from registry.db.base import Base
from registry.db.transaction import write
from registry.episodes import actions as episodes
from registry.episodes.backlog import BACKLOG_SPREAD
from registry.episodes.facts import ConsentFacts, TargetWish, TeamPlace, Tracking
from registry.episodes.models import Episode
from registry.episodes.queries import get_open_episode
from registry.episodes.scales import catalogue
from registry.episodes.signals import told_once
from registry.extensions import db
from registry.measures.in_use import Decision
from registry.measures.scale import Better
from registry.patients.actions import add_patient
from registry.patients.facts import ContactPointFacts, PatientFacts
from registry.patients.models import Patient

PASSWORD = "a password of the tests"

_numbers = count(1)

WEEKDAY_HOURS = {day: [["08:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@contextmanager
def at_once() -> Iterator[None]:
    """All that is done inside is stored together, and its alerts are worked out once, as when a file is imported."""
    with scope.all_patients(reason="test"), write(), told_once():
        yield


def an_organisation(name: str = "Riverside Health", time_zone: str = "America/New_York") -> Organisation:
    """The organisation of that name: made once, found again."""
    found = db.session.scalars(select(Organisation).where(Organisation.name == name)).one_or_none()
    if found is not None:
        return found
    with write():
        organisation = Organisation(name=name, time_zone=time_zone)
        db.session.add(organisation)
        record("organisation.added", by=None, subject=organisation, kind="create")
    return organisation


def a_clinic(
    name: str = "", *, time_zone: str = "America/New_York", organisation: Organisation | None = None
) -> Clinic:
    """A clinic open on weekdays; of the one organisation, unless another is given."""
    owner = organisation or an_organisation()
    owner_id = owner.id
    with write():
        clinic = Clinic(
            organisation_id=owner_id,
            name=name or f"Clinic {next(_numbers)}",
            time_zone=time_zone,
            opening_hours=dict(WEEKDAY_HOURS),
        )
        db.session.add(clinic)
        record("clinic.added", by=None, subject=clinic, kind="create")
    return clinic


def a_choice(*, clinic: Clinic, by: User, used: Iterable[str] = (), unused: Iterable[str] = ()) -> None:
    """The clinic says that it uses these instruments, and those not."""
    choose_instruments(
        clinic=clinic,
        chosen={catalogue().get(each): Decision(in_use=True) for each in used}
        | {catalogue().get(each): Decision(in_use=False) for each in unused},
        opened_edition=edition_of(list_instrument_decisions([clinic.id])),
        by=by,
    )


def await_password(*users: User) -> None:
    """They are invited, and have not set a password yet."""
    with write():
        db.session.execute(update(User).where(User.id.in_([each.id for each in users])).values(password_hash=None))
    for user in users:
        db.session.refresh(user)


def a_user(
    *, role: Role | str = Role.CARE_MANAGER, clinic: Clinic, name: str = "", also: Iterable[Clinic] = ()
) -> User:
    """Somebody with one role in one clinic (and in those of ``also``), who can sign in with ``PASSWORD``."""
    number = next(_numbers)
    clinic_ids = [place.id for place in (clinic, *also)]
    with write():
        user = User(
            name=name or f"{Role(role).value.replace('_', ' ').title()} {number}",
            email=f"user{number}@clinic.example",
            password_hash=_hash_of_password(),
            created_at=clock.now(),
        )
        db.session.add(user)
        db.session.flush()
        record("user.added", by=None, subject=user, kind="create")
        for clinic_id in clinic_ids:
            accounts.give_role(user, clinic_id=clinic_id, role=Role(role), starts_on=date(2020, 1, 1), by=None)
    return user


@cache
def _hash_of_password() -> str:
    """Argon2 is slow on purpose: once is enough."""
    return passwords.hash_password(PASSWORD)


def a_patient(
    *,
    clinic: Clinic,
    given: str = "Ada",
    family: str = "",
    born: date = date(1980, 5, 17),
    mrn: str = "",
    used_name: str = "",
    pronouns: str = "",
    phone: str = "",
    by: User | None = None,
) -> Patient:
    """A person this clinic sees, without an episode."""
    number = next(_numbers)
    facts = PatientFacts(
        mrn=mrn or f"M{number:05}",
        legal_given=given,
        legal_family=family or f"Example{_letters(number)}",
        birth_date=born,
        used_name=used_name,
        pronouns=pronouns,
    )
    points = (ContactPointFacts(kind="phone", value=phone),) if phone else ()
    with scope.all_patients(reason="test"):
        return add_patient(clinic=clinic, facts=facts, contact_points=points, by=by)


def a_referral(*, patient: Patient, clinic: Clinic | None = None, referred_on: date | None = None) -> Episode:
    """An open episode, not enrolled; at the first clinic that sees the patient unless one is given."""
    with scope.all_patients(reason="test"):
        place = clinic or _clinic_of(patient)
        today = place.today(clock.now())
        return episodes.refer(patient=patient, clinic=place, referred_on=referred_on or today, by=None)


def an_episode(
    *,
    patient: Patient,
    clinic: Clinic | None = None,
    enrolled_on: date | None = None,
    referred_on: date | None = None,
    phase: str = "active",
    tracked: Iterable[str] | Mapping[str, int] = ("phq-9:total",),
    targets: Mapping[str, int] | None = None,
    conditions: Sequence[str] = ("major-depression",),
    care_manager: User | None = None,
    consultant: User | None = None,
    team: Sequence[TeamPlace] = (),
) -> Episode:
    """An episode in care since ``enrolled_on`` (60 days ago), as if it had been stored on that day: nothing waits.

    ``tracked``: scale keys, or key → cadence in days; the first is the metric primary. ``targets``: key → level;
    unless given, the instruments' own targets.
    """
    with at_once(), patch.dict(current_app.extensions, {BACKLOG_SPREAD: lambda _clinic_id: None}):
        place = clinic or _clinic_of(patient)
        began = enrolled_on or place.today(clock.now()) - timedelta(days=60)
        episode = get_open_episode(patient.id, place.id) or episodes.refer(
            patient=patient, clinic=place, referred_on=referred_on or began, by=None
        )
        cadences = _cadences(tracked)
        places = [*team]
        if care_manager is not None:
            places.append(TeamPlace(role="care_manager", user_id=care_manager.id))
        if consultant is not None:
            places.append(TeamPlace(role="consultant", user_id=consultant.id))
        return episodes.enrol(
            episode=episode,
            enrolled_on=began,
            consent=ConsentFacts(given_on=began, mode="verbal", taken_by="R. Osei"),
            team=places,
            conditions=conditions,
            metric_primary=next(iter(cadences)),
            tracked=[Tracking(scale=key, cadence_days=days) for key, days in cadences.items()],
            targets=_targets(cadences, targets),
            phase=phase if phase == "engaging" else "active",
            by=None,
        )


def sign_in(client: FlaskClient, user: User | uuid.UUID) -> FlaskClient:
    """Give this browser a session of ``user``, without the form. Outside an application context."""
    if has_app_context():
        raise RuntimeError("sign in outside the application context: the request would share its session")
    app, token, now = client.application, secrets.token_urlsafe(), clock.now()
    with app.app_context(), write():
        session = SignedInSession(
            token_hash=sessions.token_digest(token),
            user_id=user if isinstance(user, uuid.UUID) else id_of(user),
            created_at=now,
            seen_at=now,
            ends_at=now + timedelta(hours=12),
            device="a browser of the tests",
        )
        db.session.add(session)
    client.set_cookie(sessions.cookie_name(app.config["SETTINGS"]), token)
    return client


def id_of(row: Base) -> uuid.UUID:
    """The identifier of a row, also when its session is gone."""
    identity = inspect(row).identity
    assert identity is not None, "not stored"
    found: uuid.UUID = identity[0]
    return found


def _clinic_of(patient: Patient) -> Clinic:
    grant = db.session.scalars(
        select(PatientClinic).where(PatientClinic.patient_id == patient.id).order_by(PatientClinic.since)
    ).first()
    assert grant is not None
    return db.session.get_one(Clinic, grant.clinic_id)


def _cadences(tracked: Iterable[str] | Mapping[str, int]) -> dict[str, int]:
    if isinstance(tracked, Mapping):
        return dict(tracked)
    keys = sorted(tracked) if isinstance(tracked, set | frozenset) else list(tracked)
    return {key: catalogue().instrument_of(key).cadence_days for key in keys}


def _targets(cadences: Mapping[str, int], levels: Mapping[str, int] | None) -> list[TargetWish]:
    wishes = []
    for key in cadences:
        scale = catalogue().scale(key)
        level = scale.target_in_force if levels is None else levels.get(key)
        if level is not None:
            is_ceiling = scale.better is Better.LOWER
            wishes.append(
                TargetWish(scale=key, at_most=Decimal(level))
                if is_ceiling
                else TargetWish(scale=key, at_least=Decimal(level))
            )
    return wishes


def _letters(number: int) -> str:
    """A name of its own for each: 27 → "ab". Digits have no place in a name."""
    letters = ""
    while number:
        number, digit = divmod(number, 26)
        letters = chr(ord("a") + digit) + letters
    return letters
