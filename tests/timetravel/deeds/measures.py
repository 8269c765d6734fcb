"""Measures are given, corrected, withdrawn, and finished later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from registry.extensions import db
from registry.measurements import actions as measurements
from registry.measurements.models import Measurement
from registry.measures.answers import DECLINED
from tests.timetravel.deeds.stage import Stage


def give_phq9(stage: Stage) -> None:
    chance = stage.chance
    content: dict[str, Any] = {"answers": {str(item): chance.randrange(4) for item in range(1, 9)}}
    content["answers"]["9"] = chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 2, None, DECLINED))
    if chance.random() < 0.1:
        content = {"total_only": chance.randrange(28)}
    taken_on = stage.place.today() - timedelta(days=20) if chance.random() < 0.05 else stage.day()
    _give(stage, "phq-9", taken_on=taken_on, as_draft=chance.random() < 0.1, **content)


def give_asrm(stage: Stage) -> None:
    highest = stage.chance.choice((1, 2, 4))
    _give(stage, "asrm", answers={str(item): stage.chance.randrange(highest + 1) for item in range(1, 6)})


def ask_about_work(stage: Stage) -> None:
    _give(stage, "employment", answers={"work": stage.chance.choice((1, 1, 8, 9))})


def _give(stage: Stage, instrument: str, *, taken_on: date | None = None, **content: Any) -> None:
    if stage.is_dead:
        return
    measurements.record_measurement(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        instrument=instrument,
        taken_on=taken_on or stage.day(),
        mode="self-paper",
        by=stage.by,
        **content,
    )


def _latest_measure(stage: Stage, status: str) -> Measurement | None:
    return db.session.scalars(
        select(Measurement)
        .where(
            Measurement.patient_id == stage.person.patient_id,
            Measurement.clinic_id == stage.place.clinic_id,
            Measurement.instrument == "phq-9",
            Measurement.status == status,
        )
        .order_by(Measurement.recorded_at.desc())
        .limit(1)
    ).one_or_none()


def correct_measure(stage: Stage) -> None:
    row = _latest_measure(stage, "final")
    if row is not None and not stage.is_dead:
        answers = {str(item): stage.chance.randrange(4) for item in range(1, 9)}
        answers["9"] = stage.chance.choice((0, 0, 1, 2))
        measurements.correct_measurement(
            measurement=row, why="Misread", by=stage.by, taken_on=row.taken_on, mode="self-paper", answers=answers
        )


def withdraw_measure(stage: Stage) -> None:
    row = _latest_measure(stage, "final")
    if row is not None:
        measurements.mark_entered_in_error(measurement=row, why="Another person's form", by=stage.by)


def finish_draft(stage: Stage) -> None:
    row = _latest_measure(stage, "draft")
    if row is not None:
        measurements.finish_draft(
            draft=row, by=stage.by, taken_on=row.taken_on, mode=row.mode, answers={**(row.answers or {}), "9": 0}
        )
