"""What must hold of invented history, lived or written down: it is what the program itself concludes from the facts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from registry import clock
from registry.alerts.clinic_numbers import numbers_at
from registry.alerts.loading.cases import load_people
from registry.alerts.models import Alert
from registry.alerts.past.as_of import PARTS, CaseHistory, PastCase, Span
from registry.alerts.past.histories import list_people, load_histories
from registry.alerts.past.replay import DAYS, replay
from registry.alerts.snapshot import CaseSnapshot
from registry.alerts.sweep import list_unanswered
from registry.alerts.verification import verify_everybody
from registry.audit.chain import verify
from registry.audit.queries import iterate_links
from registry.caseload.rows import differences as caseload_differences
from registry.clinics.models import Clinic
from registry.contacts.models import Contact
from registry.db.grouping import by_patient
from registry.extensions import db
from registry.measurements.models import Measurement
from registry.measurements.verification import differences
from registry.patients.models import Patient
from registry.review.models import Review
from tests.queue_by_facts import wrong_in_queue

NOW = datetime(2026, 3, 18, 21, 30, tzinfo=UTC)


def assert_everything_is_as_the_facts_say() -> None:
    assert list(differences()) == []
    assert list(list_unanswered()) == []
    with clock.at(NOW):
        people = db.session.scalars(select(Patient.id)).all()
        assert [found for person in people for found in caseload_differences(person)] == []
        assert list(verify_everybody()) == []
        assert (
            list(wrong_in_queue({clinic.id: clinic.today(NOW) for clinic in db.session.scalars(select(Clinic))})) == []
        )
    _assert_looking_back_sees_what_is()
    assert verify(iterate_links(), key=b"an audit key of the tests").holds


def _assert_looking_back_sees_what_is() -> None:
    """A case as of today is the case."""
    with clock.at(NOW):
        for clinic, histories in _looked_back():
            ids = [each.patient_id for each in histories]
            _assert_as_of_today(histories, {id_: case for id_, case in _cases(ids).items() if id_[1] == clinic.id})


def assert_looking_back_tells_what_was_told() -> None:
    """Who was told of silence, or that a review was due, would have been; of a clinic lived day by day.

    A person may close an alert of what is still true: it is told again after a while, and replays as one.
    """
    with clock.at(NOW):
        for clinic, histories in _looked_back():
            told, opened = _replayed(histories, clinic), _opened(clinic, _span(clinic))
            by_people = _closed_by_people(clinic)
            assert told - opened == set()
            assert {each for each in opened - told if each[:2] not in by_people} == set()


def _looked_back() -> Iterator[tuple[Clinic, Sequence[CaseHistory]]]:
    for clinic in db.session.scalars(select(Clinic)):
        span = _span(clinic)
        yield clinic, load_histories(list_people(clinic.id, span, limit=100), clinic.id, span)


def _span(clinic: Clinic) -> Span:
    today = clinic.today(NOW)
    return Span(today - timedelta(days=DAYS), today)


def _cases(patient_ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], CaseSnapshot]:
    died_on = {row.id: row.died_on for row in db.session.execute(select(Patient.id, Patient.died_on))}
    closed = by_patient(
        db.session.scalars(
            select(Alert).where(Alert.is_safety, Alert.closed_by_id.is_not(None)).order_by(Alert.closed_at, Alert.id)
        )
    )
    people = load_people({id_: died_on[id_] for id_ in patient_ids}, closed)
    return {(id_, case.clinic.id): case.snapshot for id_, person in people.items() for case in person.cases}


def _assert_as_of_today(
    histories: Sequence[CaseHistory], cases: Mapping[tuple[uuid.UUID, uuid.UUID], CaseSnapshot]
) -> None:
    found = {each.patient_id: PastCase(each, each.span.last) for each in histories if each.ended_on is None}
    assert found.keys() == {patient_id for patient_id, _ in cases}
    for (patient_id, _), case in cases.items():
        for part in PARTS:
            assert getattr(found[patient_id], part) == getattr(case, part), part


_LOOKED_BACK = ("engage.no-contact", "engage.attempts", "review.due")


def _replayed(histories: Sequence[CaseHistory], clinic: Clinic) -> set[tuple[uuid.UUID, str, date]]:
    numbers = numbers_at(clinic.id)
    return {
        (each.patient_id, telling.rule, telling.on)
        for each in histories
        for telling in replay(each, numbers, _LOOKED_BACK).told
        if telling.began
    }


def _opened(clinic: Clinic, span: Span) -> set[tuple[uuid.UUID, str, date]]:
    alerts = db.session.scalars(select(Alert).where(Alert.clinic_id == clinic.id, Alert.rule.in_(_LOOKED_BACK)))
    days = {(each.patient_id, each.rule, each.opened_at.astimezone(clinic.zone).date()) for each in alerts}
    return {each for each in days if span.before < each[2]}


def _closed_by_people(clinic: Clinic) -> set[tuple[uuid.UUID, str]]:
    alerts = db.session.scalars(select(Alert).where(Alert.clinic_id == clinic.id, Alert.closed_by_id.is_not(None)))
    return {(each.patient_id, each.rule) for each in alerts}


def assert_nothing_lies_in_the_future() -> None:
    today = NOW.astimezone(ZoneInfo("America/New_York")).date()
    for day in (Contact.took_place_on, Measurement.taken_on, Review.reviewed_on):
        assert db.session.scalars(select(func.max(day))).one() <= today
