"""What is stored when a measure is entered, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from registry.audit.models import AuditEvent
from registry.extensions import db
from registry.measurements import actions
from registry.measurements.models import Measurement, MeasurementScore, SafetySignal
from registry.measurements.rules import ImpossibleDate, NothingAnswered
from registry.measures.answers import DECLINED, ImpossibleAnswer
from registry.measures.catalogue import UnknownInstrument
from registry.measures.scoring import ContradictedTotal, ImpossibleTotal
from tests.integration.measurements.people import BORN, TODAY, Person, phq9, phq9_total, record, standing_of


def scores(person: Person) -> dict[str, tuple[Any, ...]]:
    rows = db.session.scalars(select(MeasurementScore).where(MeasurementScore.patient_id == person.patient_id))
    return {row.scale: (row.value, row.band, row.category, row.is_prorated, row.counts) for row in rows}


def stored(person: Person) -> list[Measurement]:
    return list(db.session.scalars(select(Measurement).where(Measurement.patient_id == person.patient_id)))


def test_answers_are_stored_with_their_score_and_band(person: Person) -> None:
    measurement = record(person, phq9_total(14))

    assert measurement.answers == {**phq9_total(14), "difficulty": None}
    assert scores(person) == {"phq-9:total": (14, "moderate", None, False, True)}


def test_nine_answers_of_0_are_a_score_of_0(person: Person) -> None:
    record(person, phq9(0, 0, 0, 0, 0, 0, 0, 0, 0))

    assert scores(person) == {"phq-9:total": (0, "minimal", None, False, True)}


def test_a_blank_item_withholds_the_total_and_is_stored_as_unanswered(person: Person) -> None:
    measurement = record(person, phq9(1, 1, 1, 1, 1, 1, 1, 1))

    assert measurement.answers is not None
    assert measurement.answers["9"] is None
    assert scores(person) == {}


def test_a_declined_item_is_not_an_unanswered_one(person: Person) -> None:
    measurement = record(person, phq9(1, 1, 1, 1, 1, 1, 1, 1, DECLINED))

    assert measurement.answers is not None
    assert measurement.answers["9"] == "declined"
    assert scores(person) == {}


def test_a_total_without_its_answers_is_a_score_and_never_a_safety_signal(person: Person) -> None:
    measurement = record(person, total_only=27)

    assert measurement.answers is None
    assert scores(person) == {"phq-9:total": (27, "severe", None, False, True)}
    assert db.session.scalars(select(SafetySignal)).all() == []


def test_a_structured_measure_has_a_category_and_no_number(person: Person) -> None:
    record(person, {"living": 116}, instrument="hmis-living-situation", mode="interview")

    assert scores(person) == {"hmis-living-situation:housing": (None, None, "homeless", False, True)}


def test_the_score_is_recorded_in_the_audit_trail_by_whoever_entered_it(person: Person) -> None:
    measurement = record(person, phq9_total(14))

    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "measurement.recorded")).one()
    assert (event.entity_id, event.person_id, event.actor_id) == (measurement.id, person.patient_id, person.user_id)


def test_a_declared_total_that_fits_its_answers_is_no_news(person: Person) -> None:
    record(person, phq9_total(14), declared_total=14)

    assert scores(person)["phq-9:total"][0] == 14


REFUSED = [
    ("a date after today", {"taken_on": TODAY + timedelta(days=1)}, ImpossibleDate),
    ("a date before the patient was born", {"taken_on": BORN - timedelta(days=1)}, ImpossibleDate),
    ("an answer that is none of the choices", {"answers": phq9(4)}, ImpossibleAnswer),
    ("an answer to an item that does not exist", {"answers": {"10": 1}}, ImpossibleAnswer),
    ("a form with nothing on it", {"answers": {}}, NothingAnswered),
    ("nine blanks", {"answers": dict.fromkeys("123456789")}, NothingAnswered),
    ("a total above the scale", {"answers": None, "total_only": 28}, ImpossibleTotal),
    ("a total below the scale", {"answers": None, "total_only": -1}, ImpossibleTotal),
    ("a total the answers contradict", {"answers": phq9_total(14), "declared_total": 15}, ContradictedTotal),
    ("a total of a measure that has none", {"instrument": "employment", "total_only": 1}, ImpossibleTotal),
    ("answers and a total without them", {"answers": phq9_total(14), "total_only": 14}, ValueError),
    ("a measure nobody knows", {"instrument": "none"}, UnknownInstrument),
    ("a version nobody knows", {"version": "9"}, UnknownInstrument),
]


@pytest.mark.parametrize(("given", "error"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_cannot_be_is_refused_and_nothing_is_stored(
    person: Person, given: dict[str, Any], error: type[Exception]
) -> None:
    if "total_only" not in given:
        given = {"answers": phq9_total(14)} | given
    with pytest.raises(error):
        record(person, **given)

    assert stored(person) == []


def test_the_day_of_birth_and_today_are_possible_dates(person: Person) -> None:
    record(person, phq9_total(1), taken_on=BORN)
    record(person, phq9_total(1), taken_on=TODAY)

    assert len(stored(person)) == 2


def test_an_imported_administration_is_stored_once(person: Person) -> None:
    record(person, phq9_total(14), source_key="study:1:1", mode="imported")

    with pytest.raises(actions.AlreadyRecorded):
        record(person, phq9_total(14), source_key="study:1:1", mode="imported")

    assert len(stored(person)) == 1


def test_the_standing_follows_the_scores(person: Person) -> None:
    record(person, phq9_total(20), taken_on=date(2026, 1, 6))
    record(person, phq9_total(4), taken_on=TODAY)

    row = standing_of(person)
    assert row is not None
    assert (row.baseline_value, row.latest_value, row.change, row.percent) == (20, 4, -16, -80)
    assert (row.standing, row.latest_band) == ("at target", "minimal")


def test_a_percentage_is_kept_to_two_places(person: Person) -> None:
    record(person, phq9_total(7), taken_on=date(2026, 1, 6))
    record(person, phq9_total(6), taken_on=TODAY)

    row = standing_of(person)
    assert row is not None
    assert str(row.percent) == "-14.29"
