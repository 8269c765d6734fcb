"""Published files, imported: their figures come out of what the registry stored. Slices always, whole on request."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.alerts.models import Alert
from registry.caseload.models import CaseloadRow
from registry.caseload.rows import differences
from registry.episodes.models import Episode
from registry.exchange.importing import Tally
from registry.extensions import db
from registry.measurements import verification
from registry.measurements.courses import courses
from registry.measurements.models import Measurement, MeasurementScore, SafetySignal
from registry.patients.models import Patient
from tests.integration.exchange.files import MAPPINGS, Importer, count

SURVEY = Path("nhanes") / "nhanes_2013_2016_phq9_demo.csv"
STUDY = Path("cesd_longitudinal") / "cesd_ahi_long_original_992rows.csv"
PARTICIPANTS = "participants_295.csv"


def first_rows(whole: Path, number: int, folder: Path) -> Path:
    """A file of the header and so many rows."""
    part = folder / whole.name
    with whole.open(encoding="utf-8") as source:
        part.write_text("".join(islice(source, number + 1)), encoding="utf-8")
    return part


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def totals(scale: str) -> Mapping[tuple[str, str], Decimal]:
    """Record number and date → the stored score."""
    with scope.all_patients(reason="test"):
        found = db.session.execute(
            select(Patient.mrn, MeasurementScore.measurement_id, MeasurementScore.value)
            .join(Patient, Patient.id == MeasurementScore.patient_id)
            .where(MeasurementScore.scale == scale, MeasurementScore.counts)
        )
        return {(mrn, str(measurement_id)): value for mrn, measurement_id, value in found if value is not None}


def check_survey(path: Path, tally: Tally) -> None:
    """Every row is accounted for, and whoever thinks of death has an alert, whatever the total."""
    rows = rows_of(path)
    assert tally.imported + tally.quarantined + tally.already_there == tally.rows_read == len(rows)
    positive = {f"NHANES-{row['SEQN']}" for row in rows if row["DPQ090"] in {"1", "2", "3"}}
    with scope.all_patients(reason="test"):
        alerted = set(
            db.session.scalars(
                select(Patient.mrn)
                .join(Alert, Alert.patient_id == Patient.id)
                .where(Alert.rule == "safety.self-harm", Alert.closed_at.is_(None))
            )
        )
        unanswered = db.session.scalars(select(SafetySignal).where(SafetySignal.alert_id.is_(None))).all()
        assert list(verification.differences()) == []
    assert alerted == positive
    assert unanswered == []
    assert count(Measurement) == tally.imported


def check_study(path: Path, tally: Tally) -> None:
    """Every published total comes out of the stored scores, and every course is the one its scores make."""
    rows = rows_of(path)
    assert tally.imported + tally.quarantined == tally.rows_read == len(rows)
    first = {(row["id"], row["occasion"]): row for row in reversed(rows)}
    published = sorted((f"CESD-{row['id']}", Decimal(row["cesdTotal"])) for row in first.values())
    assert sorted((mrn, value) for (mrn, _), value in totals("cesd:total").items()) == published
    with scope.all_patients(reason="test"):
        assert list(verification.differences()) == []
        episodes = db.session.scalars(select(Episode)).all()
        assert len(episodes) == len({row["id"] for row in rows})
        for episode in episodes:
            assert differences(episode.patient_id) == []
            row = db.session.get_one(CaseloadRow, episode.id)
            course = courses(episode)["cesd:total"]
            assert course.baseline is not None
            assert course.latest is not None
            assert (row.first_baseline, row.first_latest) == (course.baseline.value, course.latest.value)
            assert row.first_latest_on == course.latest.on


def test_a_slice_of_the_survey(importer: Importer, sample_data: Path, tmp_path: Path) -> None:
    file = first_rows(sample_data / SURVEY, 200, tmp_path)

    tally, _ = importer.take(file, MAPPINGS / "nhanes.toml")

    check_survey(file, tally)


def test_a_slice_of_the_study(importer: Importer, sample_data: Path, tmp_path: Path) -> None:
    file = first_rows(sample_data / STUDY, 40, tmp_path)
    shutil.copy(sample_data / STUDY.parent / PARTICIPANTS, tmp_path / PARTICIPANTS)

    tally, refused = importer.take(file, MAPPINGS / "cesd.toml")

    assert refused == {28: "contradicts row 27: the same person and occasion"}
    check_study(file, tally)


@pytest.mark.data
def test_the_whole_survey(importer: Importer, sample_data: Path) -> None:
    tally, _ = importer.take(sample_data / SURVEY, MAPPINGS / "nhanes.toml")

    rows = rows_of(sample_data / SURVEY)
    check_survey(sample_data / SURVEY, tally)
    assert tally.rows_read == 11_659
    stored = {mrn: value for (mrn, _), value in totals("phq-9:total").items()}
    assert len(stored) == 10_506
    adults = [
        (Decimal(row["WTMEC"]), stored[mrn])
        for row in rows
        if (mrn := f"NHANES-{row['SEQN']}") in stored and int(row["RIDAGEYR"]) >= 20
    ]
    elevated = sum(weight for weight, total in adults if total >= 10)
    assert round(100 * elevated / sum(weight for weight, _ in adults), 2) == Decimal("8.06")
    positive = [f"NHANES-{row['SEQN']}" for row in rows if row["DPQ090"] in {"1", "2", "3"}]
    assert (sum(stored.get(mrn, Decimal(99)) < 10 for mrn in positive), len(positive)) == (118, 378)


@pytest.mark.data
def test_the_whole_study(importer: Importer, sample_data: Path) -> None:
    tally, refused = importer.take(sample_data / STUDY, MAPPINGS / "cesd.toml")

    assert (tally.imported, tally.people_added, tally.people_enrolled) == (990, 295, 295)
    assert refused == {
        28: "contradicts row 27: the same person and occasion",
        218: "contradicts row 217: the same person and occasion",
    }
    check_study(sample_data / STUDY, tally)

    again, _ = importer.take(sample_data / STUDY, MAPPINGS / "cesd.toml")

    assert (again.imported, again.quarantined, again.already_there) == (0, 2, 990)
