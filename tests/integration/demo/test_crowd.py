"""A crowd is written down in bulk, and yet stands as if everything had been done by hand."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, func, select

from benchmarks.population import populate
from registry import clock
from registry.access import reviewed_sql, scope
from registry.accounts.models import Membership, User
from registry.accounts.passwords import is_right
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.reconcile import reconcile_patients
from registry.audit.models import AuditEvent
from registry.caseload.models import CaseloadRow
from registry.clinics.models import Organisation
from registry.contacts.models import Contact
from registry.db.transaction import end_read, write
from registry.demo.clinic import PASSWORD
from registry.demo.crowd import planning
from registry.demo.crowd.filling import Crowd, invent
from registry.demo.fill import Wish, fill_in_bulk, is_filled
from registry.episodes.models import Consent, Episode, TeamMember
from registry.extensions import db
from registry.measurements.models import Measurement, MeasurementScore, SafetySignal
from registry.patients.models import Patient
from tests.integration.demo.truth import NOW, assert_everything_is_as_the_facts_say, assert_nothing_lies_in_the_future

PEOPLE = 60


def _invent(*, seed: int = 3, patients: int = PEOPLE, clinics: int = 3) -> Crowd:
    with clock.at(NOW):
        return invent(seed=seed, patients=patients, clinics=clinics, progress=lambda _stored: None)


def test_a_crowd_that_several_processes_stored_holds_together(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "PEOPLE_IN_PART", PEOPLE // 3)
    monkeypatch.setattr(reviewed_sql, "MANY", 10)  # as in parts of the usual size, where there are hundreds
    with app.app_context(), scope.all_patients(reason="test"):
        crowd = _invent()
        assert db.session.scalar(select(func.count()).select_from(Patient)) == PEOPLE
        assert len(crowd.first_clinic) == PEOPLE / 3
        assert_everything_is_as_the_facts_say()
        assert_nothing_lies_in_the_future()
        _assert_alerts_opened_as_time_went()
        _assert_the_work_is_believable()
        end_read()


def test_people_who_live_the_same_life_elsewhere_stand_as_if_the_program_had_judged_them_too(app: Flask) -> None:
    with app.app_context(), scope.all_patients(reason="test"), clock.at(NOW):
        _invent(patients=60, clinics=10)
        assert_everything_is_as_the_facts_say()
        people = db.session.scalars(select(Patient.id)).all()
        end_read()
        with write():
            again = reconcile_patients(people, now=NOW)
            assert (again.opened, again.changed, again.closed) == (0, 0, 0)
        assert len(set(db.session.scalars(select(Alert.clinic_id)))) == 10
        _assert_everybody_works_where_they_are_named()
        _assert_one_event_a_person(people)
        end_read()


def _assert_everybody_works_where_they_are_named() -> None:
    at = _pairs(select(Membership.clinic_id, Membership.user_id))
    assert _pairs(select(Contact.clinic_id, Contact.staff_id)) <= at
    assert _pairs(select(Alert.clinic_id, Alert.owner_id).where(Alert.owner_id.is_not(None))) <= at
    named = _pairs(select(Membership.clinic_id, User.name).join(User, User.id == Membership.user_id))
    consents = select(Episode.clinic_id, Consent.taken_by).join(Consent, Consent.episode_id == Episode.id)
    assert _pairs(consents) <= named


def _pairs(query: Select[Any, Any]) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in db.session.execute(query)}


def _assert_one_event_a_person(people: Sequence[uuid.UUID]) -> None:
    events = select(AuditEvent.person_id, AuditEvent.action).where(AuditEvent.person_id.is_not(None))
    assert sorted(map(tuple, db.session.execute(events))) == sorted((each, "patient.invented") for each in people)


def _assert_alerts_opened_as_time_went() -> None:
    alerts = db.session.scalars(select(Alert)).all()
    assert all(alert.opened_at <= NOW for alert in alerts)
    assert len({alert.opened_at.date() for alert in alerts if alert.closed_at is None}) > 20
    assert all(alert.opened_at <= alert.acknowledged_at <= NOW for alert in alerts if alert.acknowledged_at)
    assert all(alert.opened_at <= alert.closed_at <= NOW for alert in alerts if alert.closed_at)
    told = dict(db.session.execute(select(AlertEvent.alert_id, AlertEvent.at).where(AlertEvent.kind == "opened")).all())
    assert told == {alert.id: alert.opened_at for alert in alerts}
    signals = db.session.execute(
        select(Alert.opened_at, Measurement.recorded_at)
        .join(SafetySignal, SafetySignal.alert_id == Alert.id)
        .join(Measurement, Measurement.id == SafetySignal.measurement_id)
    ).all()
    assert signals
    assert all(opened_at >= recorded_at for opened_at, recorded_at in signals)


def _assert_the_work_is_believable() -> None:
    forms = db.session.scalar(select(func.count()).select_from(MeasurementScore)) or 0
    assert 15 <= forms / PEOPLE <= 25
    states = Counter(db.session.scalars(select(Alert.state)))
    assert states["closed"] > states["acknowledged"] > 0
    urgent = select(Alert).where(Alert.tier == "urgent", Alert.state == "open")
    assert len(db.session.scalars(urgent).all()) <= PEOPLE / 20
    open_episodes = db.session.scalar(select(func.count()).where(CaseloadRow.is_open)) or 0
    reviewed = db.session.scalar(
        select(func.count()).where(CaseloadRow.is_open, CaseloadRow.last_review_on.is_not(None))
    )
    assert (reviewed or 0) > 0.7 * open_episodes


def test_a_care_manager_of_a_crowd_has_a_caseload_one_person_can_carry(app: Flask) -> None:
    with app.app_context(), scope.all_patients(reason="test"):
        _invent(patients=200, clinics=1)
        load = (
            select(func.count())
            .select_from(TeamMember)
            .join(Episode, Episode.id == TeamMember.episode_id)
            .where(TeamMember.role == "care_manager", TeamMember.ends_on.is_(None), Episode.ended_on.is_(None))
            .group_by(TeamMember.user_id)
        )
        loads = db.session.scalars(load).all()
        assert len(loads) == 2
        assert all(60 <= each <= 95 for each in loads)


def test_everybody_on_the_staff_of_a_crowd_can_sign_in_and_nobody_of_it_is_real(app: Flask) -> None:
    with app.app_context(), scope.all_patients(reason="test"):
        crowd = _invent(patients=6, clinics=2)
        hashes = {user.email: user.password_hash for user in db.session.scalars(select(User))}
        assert set(crowd.emails.values()) <= set(hashes)
        assert all(is_right(PASSWORD, hashes[email]) for email in set(crowd.emails.values()))
        assert all(db.session.scalars(select(Organisation.is_invented)))
        end_read()


def test_a_crowd_that_stands_is_not_invented_again(app: Flask) -> None:
    told: list[int] = []
    with app.app_context(), scope.all_patients(reason="test"):
        with clock.at(NOW):
            fill_in_bulk(Wish(seed=1, patients=6, clinics=3), progress=told.append)
        assert is_filled()
        assert told == [6]
        end_read()


@pytest.mark.parametrize(("patients", "clinics", "is_a_crowd"), [(200, 2, False), (2_001, 2, True), (30, 3, True)])
def test_few_people_live_their_year_and_many_are_written_down(patients: int, clinics: int, is_a_crowd: bool) -> None:
    assert Wish(seed=1, patients=patients, clinics=clinics).is_a_crowd is is_a_crowd


def test_the_benchmark_measures_a_crowd(app: Flask) -> None:
    with app.app_context():
        with clock.at(NOW):
            population = populate(clinics=2, patients_each=5, scores_each=20)
        assert len(population.patient_ids) == 4  # of five people one is not in care on that day
        assert {"manager", "lead", "administrator", "psychiatrist"} <= set(population.emails)
        end_read()
