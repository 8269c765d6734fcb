"""The pages of administration run as many statements for many people and acts as for few, and find acts by an index."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from registry.access import scope
from registry.access.roles import Role
from registry.administration import trail
from registry.audit.models import AuditEvent
from registry.audit.recorder import record
from registry.clinics.actions import cover_duty
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.extensions import db
from registry.measurements.instruments import catalogue
from tests.builders import a_choice, a_clinic, a_patient, a_user, an_episode
from tests.databases import MigratedDatabase
from tests.integration.administration.conftest import TODAY, House, a_house
from tests.integration.measurements.statements import statements_of
from tests.worlds import Worlds

MOST = 16
"""Statements of a page: the session, the access event and PostgreSQL's lock for it among them."""


def _statements(house: House, who: str, address: str) -> int:
    browser, address = house.browser_of(who), address.format(manager=house.users["manager"], harbor=house.harbor)
    browser.get(address)  # what the first request of a process prepares is not the page's
    with house.app.app_context():
        engine = db.engine
    return len(statements_of(engine, lambda: browser.get(address)))


def a_quiet_house(app: Flask) -> House:
    house = a_house(app)
    _fill(house, 1)
    return house


def a_busy_house(app: Flask) -> House:
    house = a_quiet_house(app)
    _fill(house, 12)
    return house


def _fill(house: House, times: int) -> None:
    """So many colleagues with work, in as many more clinics, and acts of theirs on record."""
    with house.app.app_context(), scope.all_patients(reason="test"):
        harbor = db.session.get_one(Clinic, house.harbor)
        for number in range(times):
            place = a_clinic()
            user = a_user(role=Role.CARE_MANAGER, clinic=harbor, also=[place])
            cover_duty(clinic=place, user_id=user.id, starts_on=TODAY, ends_on=TODAY + timedelta(days=number), by=None)
            cover_duty(clinic=harbor, user_id=user.id, starts_on=TODAY, ends_on=TODAY + timedelta(days=number), by=None)
            patient = a_patient(clinic=harbor)
            an_episode(patient=patient, clinic=harbor, care_manager=user)
            with write():
                for _ in range(8):
                    record("patient.opened", by=user, patient_id=patient.id, kind="read")
        core = sorted((each.id for each in catalogue() if each.is_core), key=lambda each: each != "phq-9")
        a_choice(clinic=harbor, by=house.user("lead"), unused=core[:times])


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("admin", "/administration/users"),
        ("admin", "/administration/users/new"),
        ("admin", "/administration/users/{manager}"),
        ("admin", "/administration/users/{manager}/invitation"),
        ("admin", "/administration/clinics"),
        ("admin", "/administration/clinics/{harbor}"),
        ("admin", "/administration/audit"),
        ("admin", "/administration/health"),
        ("lead", "/administration/team"),
        ("lead", "/administration/audit"),
        ("lead", "/administration/audit?sort=who&action=patient"),
        ("lead", "/administration/instruments"),
        ("lead", "/administration/instruments/phq-9"),
        ("lead", "/administration/clinics/{harbor}/instruments"),
        ("psychiatrist", "/administration/instruments/phq-9/numbers/{harbor}"),
        ("auditor", "/administration/audit?outcome=refused"),
        ("manager", "/administration/audit"),
    ],
)
def test_a_page_runs_as_many_statements_for_many_as_for_few(app: Flask, worlds: Worlds, who: str, address: str) -> None:
    few = _statements(worlds.begin_with(a_quiet_house), who, address)
    many = _statements(worlds.begin_with(a_busy_house), who, address)

    assert many <= few <= MOST


_LONG_TRAIL = (
    "SELECT pg_restore_relation_stats("
    "'schemaname', 'public', 'relname', 'audit_event', 'relpages', 1, 'reltuples', 1000000::real)",
    *(
        f"SELECT pg_clear_attribute_stats('public', 'audit_event', '{column.name}', false)"
        for column in sa.inspect(AuditEvent).local_table.columns
    ),
)


@pytest.fixture
def _as_if_long(house: House, migrated_database: MigratedDatabase) -> Iterator[None]:
    """PostgreSQL plans by what it counted whenever it last came by: here a long trail, of which it knows no more."""
    if migrated_database.name != "postgresql":
        yield
        return
    migrated_database.rewrite(*_LONG_TRAIL)
    yield
    migrated_database.rewrite("SELECT pg_clear_relation_stats('public', 'audit_event')")


def _plan(question: trail.Question) -> str:
    """How the database would find the acts. PostgreSQL is asked to prefer an index: the other tables are short."""
    statement = trail.newest(question, most=50)
    with scope.all_patients(reason="test"), db.engine.connect() as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        if is_postgresql:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
        rows = connection.exec_driver_sql(f"EXPLAIN {'' if is_postgresql else 'QUERY PLAN '}{sql}")
        return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.usefixtures("_as_if_long")
@pytest.mark.parametrize(
    ("question", "index"),
    [
        (trail.Question(), ""),
        (trail.Question(actor_id=uuid.uuid4()), "ix_audit_event_actor"),
        (trail.Question(only_of=uuid.uuid4()), "ix_audit_event_actor"),
        (trail.Question(person_ids=frozenset({uuid.uuid4()})), "ix_audit_event_person"),
        (trail.Question(action="organisation.added"), "ix_audit_event_action"),
    ],
    ids=["everything", "by somebody", "one's own", "about somebody", "of a kind"],
)
def test_acts_are_found_by_an_index(house: House, question: trail.Question, index: str) -> None:
    with house.app.app_context():
        plan = _plan(question)

    assert index in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan


@pytest.mark.usefixtures("_as_if_long")
def test_the_acts_of_ones_clinics_are_found_without_a_walk_through_those_of_others(house: House) -> None:
    with house.app.app_context():
        plan = _plan(trail.Question(clinic_ids=frozenset({house.harbor})))

    assert all(f"ix_audit_event_{whose}" in plan for whose in ("clinic", "person", "actor")), plan
    assert "Seq Scan" not in plan, plan
    assert "SCAN audit_event" not in plan, plan


def test_every_kind_of_act_is_found_along_the_index(app: Flask, worlds: Worlds) -> None:
    house = worlds.begin_with(a_busy_house)

    with house.app.app_context():
        every = set(db.session.scalars(sa.select(AuditEvent.action).distinct()))
        assert list(trail.kinds_of_act()) == sorted(every)


def test_another_order_than_by_time_is_of_the_newest_acts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "SORTED_AMONG", 3)

    with house.app.app_context():
        newest = set(db.session.scalars(sa.select(AuditEvent.number).order_by(AuditEvent.number.desc()).limit(3)))
        acts = trail.list_acts(trail.Question(sort="action"), page=1, per_page=50)

    assert {act.number for act in acts} == newest
