"""Rows become people, measurements, courses and alerts, once, and every row is accounted for."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.alerts.models import Alert
from registry.alerts.reconcile import reconcile_patient
from registry.audit.chain import verify
from registry.audit.models import AuditEvent
from registry.audit.queries import iterate_links
from registry.caseload.rows import differences
from registry.clinics.models import Clinic
from registry.episodes.models import Episode
from registry.exchange.models import ImportBatch
from registry.extensions import db
from registry.measurements.models import Measurement, MeasurementScore, SafetySignal, StandingRow
from registry.patients.models import Patient
from tests.builders import a_choice, a_clinic, a_patient, a_user
from tests.integration.exchange.files import ENROL, MAPPING, NEW_PEOPLE, Importer, a_row, count

MODERATELY_SEVERE = (3, 3, 3, 3, 3, 0, 0, 0, 0)
"""Answers that add up to 15."""


def person(mrn: str) -> Patient:
    with scope.all_patients(reason="test"):
        return db.session.scalars(select(Patient).where(Patient.mrn == mrn)).one()


def test_rows_become_people_with_scores_and_a_record_of_who_was_added(importer: Importer) -> None:
    file = importer.write([a_row("a1", *MODERATELY_SEVERE), a_row("a2", first="Zoë")])

    tally, refused = importer.take(*file)

    assert (tally.rows_read, tally.imported, tally.people_added, refused) == (2, 2, 2, {})
    with scope.all_patients(reason="test"):
        score = db.session.scalars(select(MeasurementScore).where(MeasurementScore.patient_id == person("A1").id)).one()
        assert (score.scale, score.value, score.taken_on) == ("phq-9:total", 15, date(2026, 2, 10))
        assert person("A2").legal_given == "Zoë"
        actions = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.person_id == person("A1").id).order_by(AuditEvent.number)
        ).all()
        imported = db.session.scalars(
            select(AuditEvent).where(
                AuditEvent.action == "measurement.imported", AuditEvent.person_id == person("A1").id
            )
        ).one()
        assert actions == ["patient.added", "measurement.imported"]
        assert [change["id"] for change in imported.changes or ()] == [str(score.measurement_id)]
        assert verify(iterate_links(), key=b"an audit key of the tests").holds


def test_an_instrument_the_clinic_does_not_use_is_imported_all_the_same(importer: Importer) -> None:
    clinic = db.session.scalars(select(Clinic)).one()
    a_choice(clinic=clinic, by=a_user(clinic=clinic), unused=["phq-9"])

    tally, refused = importer.take(*importer.write([a_row("a1")]))

    assert (tally.imported, refused) == (1, {})


def test_a_rehearsal_says_what_would_happen_and_stores_nothing(importer: Importer) -> None:
    file = importer.write([a_row("a1"), a_row("a1", taken="2026-02-11"), a_row("a2", "None"), a_row("a1")])

    rehearsed, why = importer.take(*file, commit=False)

    assert (count(Patient), count(Measurement), count(ImportBatch)) == (0, 0, 0)
    imported, why_later = importer.take(*file)
    assert asdict(imported) == asdict(rehearsed)
    assert (
        why
        == why_later
        == {
            4: "q1 is 'None': expected a whole number",
            5: "repeats row 2: the same person and occasion",
        }
    )


def test_a_second_run_stores_nothing_twice_and_still_adds_up(importer: Importer) -> None:
    file = importer.write([a_row("a1"), a_row("a2"), a_row("a2", 1), a_row("a3", 9)])
    first, _ = importer.take(*file)

    second, _ = importer.take(*file)

    assert (first.imported, first.quarantined, first.already_there) == (2, 2, 0)
    assert (second.imported, second.quarantined, second.already_there) == (0, 2, 2)
    assert (count(Patient), count(Measurement)) == (2, 2)


def test_an_interrupted_run_goes_on_where_it_stopped(importer: Importer) -> None:
    file = importer.write([a_row(f"a{number}") for number in range(7)])

    def lose_power(_rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importer.take(*file, people_at_once=2, after_chunk=lose_power)
    assert count(Measurement) == 2

    tally, _ = importer.take(*file, people_at_once=2)

    assert (tally.imported, tally.already_there, tally.rows_read) == (5, 2, 7)
    assert (count(Patient), count(Measurement), count(ImportBatch)) == (7, 7, 1)
    batch = db.session.scalars(select(ImportBatch)).one()
    assert batch.finished_at is not None
    assert (batch.imported, batch.already_there, batch.rows_read, batch.last_row) == (5, 2, 7, 8)


def test_other_answers_for_a_stored_occasion_are_refused(importer: Importer) -> None:
    importer.take(*importer.write([a_row("a1", 1)]))

    tally, refused = importer.take(*importer.write([a_row("a1", 2)]))

    assert tally.quarantined == 1
    assert refused == {2: "the registry holds other answers for this occasion"}


def test_a_thought_of_death_alerts_whatever_the_total_and_without_an_episode(importer: Importer) -> None:
    importer.take(*importer.write([a_row("a1", 0, 0, 0, 0, 0, 0, 0, 0, 1, taken="2026-03-10"), a_row("a2")]))

    with scope.all_patients(reason="test"):
        alert = db.session.scalars(select(Alert)).one()
        assert (alert.patient_id, alert.rule, alert.tier) == (person("A1").id, "safety.self-harm", "urgent")
        assert db.session.scalars(select(SafetySignal)).one().alert_id == alert.id


def test_nothing_is_left_for_reconciling_to_do(importer: Importer) -> None:
    rows = [a_row("a1", 0, 0, 0, 0, 0, 0, 0, 0, 2), a_row("a2"), a_row("a3", 1, 1, 1, 1, 1, 1, 1, 1, "")]
    importer.take(*importer.write(rows, mapping=MAPPING + NEW_PEOPLE + '[answers]\nmissing = [""]\n'))

    with scope.all_patients(reason="test"):
        assert count(Alert) == 2
        for patient_id in db.session.scalars(select(Patient.id)).all():
            log = reconcile_patient(patient_id)
            assert (log.opened, log.changed, log.closed) == (0, 0, 0)


def test_people_enrolled_from_a_file_have_course_caseload_and_alerts(importer: Importer) -> None:
    rows = [
        a_row("a1", *MODERATELY_SEVERE, taken="2026-01-30"),
        a_row("a1", *MODERATELY_SEVERE, taken="2025-12-01"),
        a_row("a1", 3, 3, 3, 3, 3, 3, 3, 0, 0, taken="2026-03-02"),
    ]

    tally, _ = importer.take(*importer.write(rows, mapping=MAPPING + NEW_PEOPLE + ENROL))

    assert (tally.people_added, tally.people_enrolled) == (1, 1)
    with scope.all_patients(reason="test"):
        patient_id = person("A1").id
        episode = db.session.scalars(select(Episode)).one()
        standing = db.session.scalars(select(StandingRow)).one()
        assert (episode.enrolled_on, episode.phase) == (date(2025, 12, 1), "active")
        assert (standing.baseline_on, standing.baseline_value) == (date(2025, 12, 1), 15)
        assert (standing.latest_on, standing.latest_value) == (date(2026, 3, 2), 21)
        assert differences(patient_id) == []
        rules = set(db.session.scalars(select(Alert.rule)))
        assert {"target.off", "engage.no-contact"} <= rules, "the first of the day waits for nothing"
        log = reconcile_patient(patient_id)
        assert (log.opened, log.changed, log.closed) == (0, 0, 0)


def test_somebody_known_is_enrolled_and_keeps_what_the_clinic_wrote(importer: Importer) -> None:
    importer.take(*importer.write([a_row("a1", first="Ada")]))

    tally, _ = importer.take(
        *importer.write([a_row("a1", first="Other", taken="2026-02-20")], mapping=MAPPING + NEW_PEOPLE + ENROL)
    )

    assert (tally.people_added, tally.people_enrolled, tally.imported) == (0, 1, 1)
    assert person("A1").legal_given == "Ada"


def test_people_the_registry_does_not_have_are_refused_unless_they_are_to_be_added(importer: Importer) -> None:
    tally, refused = importer.take(*importer.write([a_row("a1")], mapping=MAPPING))

    assert tally.quarantined == 1
    assert refused == {2: "nobody in the registry has this record number"}
    assert count(Patient) == 0


def test_a_record_number_of_another_person_is_refused(importer: Importer) -> None:
    a_patient(clinic=a_clinic("Elsewhere"), mrn="E1")
    importer.take(*importer.write([a_row("a1")]))

    _, refused = importer.take(*importer.write([a_row("e1"), a_row("a1", born="1981-05-17", taken="2026-02-11")]))

    assert refused == {
        2: "this record number belongs to somebody the clinic does not see",
        3: "the person with this record number was born on another date",
    }


def test_a_hundred_thousand_bad_rows_are_each_refused(importer: Importer) -> None:
    file, mapping = importer.write([a_row("a1")])
    with file.open("a") as out:
        out.writelines(f"b{number},too,short\n" for number in range(100_000))

    tally, refused = importer.take(file, mapping)

    assert (tally.rows_read, tally.imported, tally.quarantined) == (100_001, 1, 100_000)
    assert set(refused.values()) == {"has 3 fields, the header has 14"}
