"""The stored standing is what the pure core says of the scores that count, whatever happened in between."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.access import scope
from registry.audit.recorder import record as record_event
from registry.caseload import stored_facts
from registry.db.transaction import write
from registry.episodes.actions import end_episode
from registry.episodes.models import Episode, TreatmentTarget
from registry.episodes.queries import list_parts
from registry.extensions import db
from registry.measurements.actions import correct_measurement, mark_entered_in_error
from registry.measurements.courses import courses, follow_patient, follow_patients
from registry.measurements.instruments import catalogue
from registry.measurements.standings import restate
from registry.measurements.tracked import tracked_scales
from registry.measures.course import DatedScore, Target, follow
from tests.integration.measurements.people import ENROLLED, TODAY, Person, a_person, phq9_total, record, standing_of
from tests.integration.measurements.statements import statements_of

ENTRIES = st.lists(
    st.tuples(
        st.dates(ENROLLED - timedelta(days=30), TODAY),
        st.integers(0, 24),
        st.sampled_from(["stands", "stands", "stands", "corrected", "in error"]),
        st.integers(0, 24),
    ),
    max_size=6,
)


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES)
def test_the_stored_standing_is_what_the_pure_core_says(app: Flask, entries: list[tuple[date, int, str, int]]) -> None:
    counted: list[DatedScore] = []
    with app.app_context():
        person = a_person()
        with scope.within({person.clinic_id}):
            for on, total, fate, other in entries:
                measurement = record(person, phq9_total(total), taken_on=on)
                if fate == "in error":
                    mark_entered_in_error(measurement=measurement, why="Another form", by=person.user)
                    continue
                if fate == "corrected":
                    correct_measurement(
                        measurement=measurement,
                        taken_on=on,
                        mode="clinician",
                        total_only=other,
                        why="-",
                        by=person.user,
                    )
                counted.append(DatedScore(on=on, value=Decimal(other if fate == "corrected" else total)))
            row = standing_of(person)
        scale = catalogue().scale("phq-9:total")

    course = follow(counted, scale=scale, starts_on=ENROLLED, target=Target(at_most=Decimal(4)))
    assert row is not None
    percent = None if course.percent is None else course.percent.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert (row.change, row.percent, row.best_confirmed) == (course.change, percent, course.best_confirmed)
    assert (row.standing, row.is_relapse, row.responded) == (course.standing, course.is_relapse, course.responded)
    assert (row.in_remission, row.baseline_elevated) == (course.in_remission, course.baseline_elevated)
    assert row.latest_value == (course.latest and course.latest.value)
    assert row.baseline_on == (course.baseline and course.baseline.on)


def test_a_score_from_before_enrolment_is_no_baseline(app: Flask) -> None:
    with app.app_context():
        person = a_person()
        with scope.within({person.clinic_id}):
            record(person, phq9_total(20), taken_on=ENROLLED - timedelta(days=1))

            standing = standing_of(person)
            assert standing is not None
            assert (standing.standing, standing.baseline_value) == ("no baseline", None)


def test_restating_again_changes_nothing(app: Flask) -> None:
    with app.app_context():
        person = a_person(tracked=("phq-9:total", "gad-7:total"))
        with scope.within({person.clinic_id}):
            record(person, phq9_total(20), taken_on=date(2026, 1, 6))
            written = statements_of(db.engine, lambda: restate({person.patient_id: follow_patient(person.patient_id)}))

    assert len(written) == 6
    assert [sql for sql in written if not sql.startswith("SELECT")] == []


def test_the_number_of_statements_does_not_grow_with_people_episodes_scales_or_scores(app: Flask) -> None:
    with app.app_context():
        few = a_person(tracked=("phq-9:total",))
        many = a_person(tracked=("phq-9:total", "gad-7:total", "asrm:total", "bprs-18:total"))
        with scope.all_patients(reason="test"):
            record(few, phq9_total(20), taken_on=date(2026, 1, 6))
            for day in range(10):
                record(many, phq9_total(20 - day), taken_on=date(2026, 1, 6 + day))

            def statements(*people: Person) -> int:
                ids = [person.patient_id for person in people]
                return len(statements_of(db.engine, lambda: restate(follow_patients(ids))))

            assert statements(few) == statements(many) == statements(few, many)


def test_a_category_scale_is_tracked_without_a_standing(app: Flask) -> None:
    with app.app_context():
        person = a_person(tracked=("phq-9:total", "hmis-living-situation:housing"))
        with scope.within({person.clinic_id}):
            record(person, {"living": 410}, instrument="hmis-living-situation", mode="interview")

            assert standing_of(person, "hmis-living-situation:housing") is None
            assert list(courses(db.session.get_one(Episode, person.episode_id))) == ["phq-9:total"]


def test_of_two_targets_set_and_replaced_on_one_day_the_one_set_last_stands_when_the_episode_ends(app: Flask) -> None:
    with app.app_context():
        person = a_person(targets={"phq-9:total": 4})
        with scope.within({person.clinic_id}):
            episode = db.session.get_one(Episode, person.episode_id)
            end_episode(episode=episode, reason="graduated", on=TODAY, by=person.user)
            with write():
                (kept,) = list_parts(TreatmentTarget, person.episode_id)
                # Made before and stored after it, so that a database that sorts no further gives it last.
                replaced = TreatmentTarget(
                    id=uuid.UUID(int=kept.id.int - 1),
                    episode_id=person.episode_id,
                    patient_id=person.patient_id,
                    scale=kept.scale,
                    at_most=Decimal(9),
                    starts_on=kept.starts_on,
                    ends_on=TODAY,
                )
                db.session.add(replaced)
                record_event("test.entered", by=None, subject=replaced, kind="create")

            (followed,) = tracked_scales(person.patient_id)[person.episode_id]
            assert followed.target == Target(at_most=Decimal(4))
            (shown,) = stored_facts.load([person.patient_id])[person.patient_id].scales[person.episode_id]
            assert shown.at_most == Decimal(4)
