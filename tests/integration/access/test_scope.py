"""Every way a row about a person can be reached through the session, tried from a clinic that must not see it.

A path may find nothing, or be refused; it may not show ``THEIRS``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import aliased, joinedload, selectinload, subqueryload

from registry.access import scope
from registry.access.models import PatientClinic
from registry.access.reading import ReadTogether, rows_of
from registry.access.reviewed_sql import bind_rows, insert_bound, insert_rows, patient_exists_elsewhere
from registry.access.scope import ScopeError
from registry.audit.recorder import record
from registry.caseload.models import CaseloadRow
from registry.clinics.models import Clinic, Organisation
from registry.db.identifiers import new_id
from registry.db.together import Together
from registry.db.transaction import write
from registry.extensions import db
from registry.patients.models import ContactPoint, Patient
from tests.integration.measurements.statements import statements_of

pytestmark = pytest.mark.both_databases

THEIRS = "THEIRS"
NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """Two clinics with a patient each; the work runs for the first."""

    mine: uuid.UUID
    theirs: uuid.UUID
    my_patient: uuid.UUID
    their_patient: uuid.UUID
    their_contact_point: uuid.UUID


def _patient(organisation: Organisation, name: str) -> Patient:
    return Patient(
        organisation_id=organisation.id,
        mrn=f"MRN {name}",
        legal_given=name,
        legal_family=name,
        search_name=name.lower(),
        birth_date=date(1980, 5, 1),
        races=[],
        languages=[],
        created_at=NOW,
    )


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context(), scope.all_patients(reason="test"), write():
        organisation = Organisation(name="Org", time_zone="UTC")
        clinics = [
            Clinic(organisation_id=organisation.id, name=name, time_zone="UTC", opening_hours={})
            for name in ("Mine", "Theirs")
        ]
        patients = [_patient(organisation, "mine"), _patient(organisation, THEIRS)]
        db.session.add_all([organisation, *clinics])
        db.session.flush()
        db.session.add_all(patients)
        db.session.flush()
        points = [
            ContactPoint(
                patient_id=patient.id,
                kind="phone",
                value=patient.legal_given,
                added_on=NOW.date(),
                created_at=NOW,
                changed_at=NOW,
            )
            for patient in patients
        ]
        grants = [
            PatientClinic(patient_id=patient.id, clinic_id=clinic.id, why="registered", since=NOW)
            for patient, clinic in zip(patients, clinics, strict=True)
        ]
        db.session.add_all([*points, *grants])
        record("clinic.added", by=None, subject=organisation)
        for patient in patients:
            record("patient.added", by=None, subject=patient)
        return World(clinics[0].id, clinics[1].id, patients[0].id, patients[1].id, points[1].id)


def _names(patients: Any) -> list[str]:
    return [patient.legal_given for patient in patients]


OtherPatient = aliased(Patient)
patient_table = cast(sa.Table, sa.inspect(Patient).local_table)


def _identity_map(world: World) -> object:
    with scope.all_patients(reason="test"):
        kept = db.session.get(Patient, world.their_patient)
    assert kept is not None
    found = db.session.get(Patient, world.their_patient)
    return found and found.legal_given


def _exists_oracle(_world: World) -> object:
    question = select(ContactPoint.id).where(ContactPoint.value == THEIRS).exists()
    return THEIRS if db.session.scalars(select(Patient).where(question)).first() else "mine"


_POINTS = select(ContactPoint.patient_id, ContactPoint.value)
_KINDS = select(ContactPoint.patient_id, ContactPoint.kind)


def _columns_read(_world: World) -> object:
    return [row.value for row in rows_of(_POINTS, {})]


def _columns_read_together(world: World) -> object:
    read = ReadTogether(Together(_POINTS, _KINDS), [world.my_patient, world.their_patient], {})
    return [row.value for row in read(_POINTS, {})]


def _in_subquery(world: World) -> object:
    ids = db.session.scalars(select(Patient.id).where(Patient.id.in_(select(ContactPoint.patient_id))))
    return THEIRS if world.their_patient in set(ids) else "mine"


def _loaded(option: Callable[..., Any]) -> Callable[[World], object]:
    def load(_world: World) -> object:
        patients = db.session.scalars(select(Patient).options(option(Patient.contact_points))).unique()
        return [point.value for patient in patients for point in patient.contact_points]

    return load


def _bulk(statement: Callable[[], Any]) -> Callable[[World], object]:
    def run(_world: World) -> object:
        with write():
            done = cast(sa.CursorResult[Any], db.session.execute(statement()))
            count = done.rowcount
            db.session.rollback()
        return THEIRS if count > 1 else "mine"

    return run


def _add(make: Callable[[World], object]) -> Callable[[World], object]:
    def run(world: World) -> object:
        with write():
            db.session.add(make(world))
            record("test.done", by=None, patient_id=world.their_patient)
        return THEIRS

    return run


def _move_to_their_patient(world: World) -> object:
    with write():
        point = db.session.scalars(select(ContactPoint)).one()
        point.patient_id = world.their_patient
        record("test.done", by=None, patient_id=world.their_patient)
    return THEIRS


def _change_kept_row(world: World) -> object:
    with write():
        with scope.all_patients(reason="test"):
            kept = db.session.get_one(Patient, world.their_patient)
        kept.pronouns = "changed"
        db.session.flush()
    return THEIRS


def _forgotten(_world: World) -> object:
    scope.unbind()
    return _names(db.session.scalars(select(Patient)))


def _read_forgotten(_world: World) -> object:
    scope.unbind()
    return rows_of(_POINTS, {})


def _engine_names() -> object:
    with db.engine.connect() as connection:
        return [row[0] for row in connection.execute(select(patient_table.c.legal_given))]


def _merge(world: World) -> object:
    with write():
        db.session.merge(
            ContactPoint(id=world.their_contact_point, patient_id=world.their_patient, kind="phone", value="x")
        )
        record("test.done", by=None, patient_id=world.their_patient)
    return THEIRS


PATHS: dict[str, Callable[[World], object]] = {
    "select": lambda _: _names(db.session.scalars(select(Patient))),
    "get": lambda w: _names(filter(None, [db.session.get(Patient, w.their_patient)])),
    "get_one": lambda w: db.session.get_one(Patient, w.their_patient).legal_given,
    "get after a wider scope kept it in memory": _identity_map,
    "aliased": lambda _: _names(db.session.scalars(select(OtherPatient))),
    "columns": lambda _: list(db.session.scalars(select(Patient.legal_given))),
    "count": lambda _: THEIRS if (db.session.scalar(select(func.count(Patient.id))) or 0) > 1 else "mine",
    "count from a subquery": lambda _: (
        THEIRS
        if (db.session.scalar(select(func.count()).select_from(select(Patient.id).subquery())) or 0) > 1
        else "mine"
    ),
    "IN of a subquery": _in_subquery,
    "columns read": _columns_read,
    "columns read together": _columns_read_together,
    "columns read of a Core table": lambda _: rows_of(select(patient_table.c.legal_given), {}),
    "columns read of a CTE": lambda _: rows_of(select(select(Patient.id, Patient.legal_given).cte("x")), {}),
    "columns read without a scope": _read_forgotten,
    "a change where columns are read": _bulk(lambda: rows_of(cast(Any, delete(ContactPoint)), {})),
    "EXISTS as an oracle": _exists_oracle,
    "join": lambda _: list(
        db.session.scalars(select(ContactPoint.value).join(Patient, Patient.id == ContactPoint.patient_id))
    ),
    "lazy relationship": lambda _: [p.value for row in db.session.scalars(select(Patient)) for p in row.contact_points],
    "joinedload": _loaded(joinedload),
    "selectinload": _loaded(selectinload),
    "subqueryload": _loaded(subqueryload),
    "session.query": lambda _: _names(db.session.query(Patient)),
    "union": lambda _: [
        row[1]
        for row in db.session.execute(
            select(Patient.id, Patient.legal_given).union(select(Patient.id, Patient.legal_given))
        )
    ],
    "CTE": lambda _: [row[1] for row in db.session.execute(select(select(Patient.id, Patient.legal_given).cte("x")))],
    "Core select": lambda _: [row.legal_given for row in db.session.execute(select(patient_table))],
    "Core table inside an ORM statement": lambda _: [
        row[1]
        for row in db.session.execute(
            select(Clinic.id, patient_table.c.legal_given).join(
                patient_table, patient_table.c.organisation_id == Clinic.organisation_id
            )
        )
    ],
    "text": lambda _: [row.legal_given for row in db.session.execute(text("SELECT legal_given FROM patient"))],
    "from_statement": lambda _: _names(
        db.session.scalars(select(Patient).from_statement(text("SELECT * FROM patient")))
    ),
    "session.connection": lambda _: list(db.session.connection().execute(select(patient_table.c.legal_given))),
    "engine": lambda _: _engine_names(),
    "bulk update": _bulk(lambda: update(Patient).values(pronouns="x")),
    "bulk delete": _bulk(lambda: delete(ContactPoint)),
    "bulk update from the Core": _bulk(lambda: update(patient_table).values(pronouns="x")),
    "bulk insert": _bulk(
        lambda: insert(ContactPoint).values([{"patient_id": uuid.uuid4(), "kind": "phone", "value": THEIRS}])
    ),
    "bulk_save_objects": lambda w: db.session.bulk_save_objects(
        [ContactPoint(patient_id=w.their_patient, kind="phone", value=THEIRS, created_at=NOW)]
    ),
    "bulk_insert_mappings": lambda w: db.session.bulk_insert_mappings(
        sa.inspect(ContactPoint), [{"patient_id": w.their_patient, "kind": "phone", "value": THEIRS}]
    ),
    "add a row about a foreign patient": _add(
        lambda w: ContactPoint(patient_id=w.their_patient, kind="phone", value="x", created_at=NOW)
    ),
    "grant oneself a foreign patient": _add(
        lambda w: PatientClinic(patient_id=w.their_patient, clinic_id=w.mine, why="share", since=NOW)
    ),
    "grant a foreign clinic one's patient": _add(
        lambda w: PatientClinic(patient_id=w.my_patient, clinic_id=w.theirs, why="share", since=NOW)
    ),
    "move a row to a foreign patient": _move_to_their_patient,
    "change a row kept from a wider scope": _change_kept_row,
    "merge a row about a foreign patient": _merge,
    "no scope bound": _forgotten,
}


@pytest.mark.parametrize("path", PATHS)
def test_no_path_shows_a_patient_of_another_clinic(app: Flask, world: World, path: str) -> None:
    with app.app_context(), scope.within({world.mine}):
        try:
            seen = PATHS[path](world)
        except (ScopeError, sa.exc.NoResultFound, sa.exc.IntegrityError, sa.exc.ProgrammingError) as refused:
            seen = f"refused: {type(refused).__name__}"
        finally:
            db.session.rollback()
    assert THEIRS not in str(seen)


def test_the_scope_shows_what_it_should(app: Flask, world: World) -> None:
    with app.app_context():
        with scope.within({world.mine}):
            assert _names(db.session.scalars(select(Patient))) == ["mine"]
            assert db.session.get(Patient, world.my_patient) is not None
        with scope.within({world.mine, world.theirs}):
            assert len(_names(db.session.scalars(select(Patient)))) == 2
        with scope.within(()):
            assert _names(db.session.scalars(select(Patient))) == []


@pytest.mark.parametrize(
    "columns",
    [
        _POINTS,
        select(CaseloadRow.mrn, Patient.pronouns).join(Patient, Patient.id == CaseloadRow.patient_id),
        select(ContactPoint.value).where(ContactPoint.patient_id.in_(select(Patient.id))),
        select(CaseloadRow.mrn).where(CaseloadRow.episode_id.in_(select(select(CaseloadRow.episode_id).cte("page")))),
        select(func.count()).select_from(OtherPatient),
        select(Clinic.name, select(func.max(Patient.pronouns)).scalar_subquery()),
        Together(_POINTS, select(Clinic.name), _KINDS).statement,
    ],
    ids=["table", "join", "subquery", "part", "alias", "scalar", "together"],
)
def test_columns_are_read_by_the_very_statement_the_session_would_run(
    app: Flask, world: World, columns: sa.Select[*tuple[Any, ...]]
) -> None:
    with app.app_context(), scope.within({world.mine}):
        read = statements_of(db.engine, lambda: rows_of(columns, {}))
        asked = statements_of(db.engine, lambda: db.session.execute(columns).all())
    assert read == asked
    assert "visible_patient_clinic" in read[-1]


def test_rows_of_a_clinics_own_episodes_are_asked_for_their_clinic_first(app: Flask, world: World) -> None:
    with app.app_context(), scope.within({world.mine}):
        asked = statements_of(db.engine, lambda: db.session.execute(select(CaseloadRow.episode_id)).all())

    condition = asked[-1].partition("WHERE")[2]
    assert 0 < condition.find("caseload_row.clinic_id") < condition.find("patient_clinic")


def test_an_expired_share_shows_nothing(app: Flask, world: World) -> None:
    with app.app_context():
        with scope.all_patients(reason="test"), write():
            db.session.add(
                PatientClinic(
                    patient_id=world.their_patient,
                    clinic_id=world.mine,
                    why="share",
                    since=NOW - timedelta(days=60),
                    expires_at=NOW - timedelta(days=30),
                )
            )
            record("patient.shared", by=None, patient_id=world.their_patient)
        with scope.within({world.mine}):
            assert _names(db.session.scalars(select(Patient))) == ["mine"]


def test_a_new_patient_must_belong_to_a_clinic_of_the_scope(app: Flask, world: World) -> None:
    def add_somebody_nobody_sees() -> None:
        with write():
            organisation = db.session.scalars(select(Organisation)).one()
            db.session.add(_patient(organisation, "nobody's"))
            record("patient.added", by=None)

    with app.app_context(), scope.within({world.mine}), pytest.raises(ScopeError):
        add_somebody_nobody_sees()


def test_reviewed_inserts_refuse_a_patient_outside_the_scope(app: Flask, world: World) -> None:
    row = {"id": uuid.uuid4(), "patient_id": world.their_patient, "kind": "phone", "value": "x", "created_at": NOW}
    with app.app_context(), scope.within({world.mine}), pytest.raises(ScopeError), write():
        insert_rows(scope.current(), ContactPoint, [row])


def test_the_organisation_answers_only_whether_it_knows_a_number(app: Flask, world: World) -> None:
    with app.app_context(), scope.within({world.mine}):
        organisation = db.session.scalars(select(Organisation)).one()
        assert patient_exists_elsewhere(scope.current(), organisation.id, f"MRN {THEIRS}")
        assert not patient_exists_elsewhere(scope.current(), organisation.id, "MRN nobody")
        assert db.session.get(Patient, world.their_patient) is None


def test_the_database_repeats_the_question_on_postgresql(app: Flask, world: World) -> None:
    """Row-level security alone, with the gateway stepped around."""
    with app.app_context(), scope.within({world.mine}):
        if db.engine.dialect.name != "postgresql":
            return
        names = db.session.execute(
            text("SELECT legal_given FROM patient"), execution_options={scope.REVIEWED: True}
        ).scalars()
        assert list(names) == ["mine"]


def test_bound_rows_are_stored_by_work_on_everybody_only(app: Flask, world: World) -> None:
    with app.app_context():
        row = {"patient_id": world.my_patient, "clinic_id": world.theirs, "why": "share", "since": NOW}
        bound = bind_rows(PatientClinic, [{**row, "expires_at": None}], db.engine.dialect)
        with pytest.raises(ScopeError), scope.within({world.mine}), write():
            insert_bound(scope.current(), bound)
        with scope.all_patients(reason="test"):
            with write():
                insert_bound(scope.current(), bound)
            grants = db.session.scalars(select(PatientClinic).where(PatientClinic.patient_id == world.my_patient))
            assert {grant.clinic_id for grant in grants} == {world.mine, world.theirs}


@pytest.mark.parametrize("column", ["patient_id", "clinic_id"])
def test_bound_rows_meet_every_key_of_their_table(app: Flask, world: World, column: str) -> None:
    row = {"patient_id": world.my_patient, "clinic_id": world.theirs, "why": "share", "since": NOW, "expires_at": None}
    with app.app_context(), scope.all_patients(reason="test"):
        bound = bind_rows(PatientClinic, [{**row, column: new_id()}], db.engine.dialect)
        with pytest.raises(sa.exc.IntegrityError), write():
            insert_bound(scope.current(), bound)


@pytest.mark.parametrize("spoil", ["flush", "statement"])
def test_an_error_within_a_wider_scope_is_the_one_that_is_seen(app: Flask, world: World, spoil: str) -> None:
    def go_wrong() -> None:
        if spoil == "statement":
            db.session.execute(text("SELECT 1 FROM nowhere"))
        db.session.add(PatientClinic(patient_id=world.my_patient, clinic_id=world.mine, why="share", since=NOW))
        db.session.flush()

    with app.app_context():
        with (
            pytest.raises(sa.exc.DBAPIError, match=r"nowhere|patient_clinic"),
            scope.within({world.mine}),
            write(),
            scope.all_patients(reason="test"),
        ):
            go_wrong()
        with scope.within({world.mine}):
            assert _names(db.session.scalars(select(Patient))) == ["mine"]


def test_no_savepoint_brings_an_earlier_scope_back(app: Flask) -> None:
    with app.app_context(), pytest.raises(ScopeError):
        db.session.begin_nested()
