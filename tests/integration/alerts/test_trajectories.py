"""The ten constructed courses, lived for a year: what opens, becomes more pressing and closes, and nothing else.

What a clinician expects of each was worked out by hand from the rules as they ship, before the program was asked.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from registry import clock
from registry.access.roles import Role
from registry.alerts.clinic_numbers import numbers_at
from registry.alerts.models import Alert
from registry.alerts.past.as_of import Span
from registry.alerts.past.histories import list_people, load_histories
from registry.alerts.past.replay import replay
from registry.alerts.reconcile import reconcile_patients
from registry.alerts.sweep import sweep_clinic
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.db.transaction import end_read
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.actions import mark_entered_in_error, record_measurement
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement
from registry.measures.scoring import ImpossibleTotal
from tests import builders
from tests.integration.alerts.scene import alerts_of, on_stage, steps_of
from tests.trajectories import FILE, Course, courses

HERE = ZoneInfo("America/New_York")
FIRST_DAY, LAST_DAY = date(2026, 3, 2), date(2027, 3, 1)
SWEPT_AT, FORMS_AT = time(2, 30), time(10)

Row = tuple[str, str, str]
"""Rule, how pressing from when on, and when it closed. A day alone means its night; "form" is what 10:00 brought.

To "decide" is the lead's too. No score is in a sentence of the other ``engage`` rules and of ``review.due``.
"""

EXPECTED: dict[str, list[Row]] = {
    "C01 remission": [
        ("engage.no-contact", "action 10 Jun, decide 9 Aug", "-"),
        ("target.off", "action 23 Jun", "-"),
    ],
    "C02 slow response": [
        ("target.early", "action 31 Mar form", "28 Apr"),
        ("target.off", "action 28 Apr", "23 Jun form"),
        ("engage.no-contact", "action 23 Jul, decide 21 Sep", "-"),
        ("target.off", "action 5 Aug", "-"),
    ],
    "C03 plateau": [
        ("target.early", "action 1 Apr form", "29 Apr"),
        ("target.off", "action 29 Apr", "-"),
        ("measure.due", "reminder 30 Jul", "7 Aug"),
        ("engage.no-contact", "action 7 Aug, decide 6 Oct", "-"),
    ],
    "C04 no response": [
        ("safety.self-harm", "urgent 5 Mar form, appended 19 Mar form, appended 14 May form", "-"),
        ("target.early", "action 2 Apr form", "30 Apr"),
        ("target.off", "action 30 Apr", "-"),
        ("measure.due", "reminder 17 Jul", "30 Jul"),
        ("engage.no-contact", "action 30 Jul, decide 28 Sep", "-"),
    ],
    "C05 worsening, and never better than at the start": [
        ("safety.self-harm", "urgent 3 Apr form, appended 17 Apr form", "-"),
        ("target.worse", "action 3 Apr form", "-"),
        ("target.early", "action 3 Apr form", "1 May"),
        ("target.off", "action 1 May", "-"),
        ("engage.no-contact", "action 17 May, decide 16 Jul", "-"),
    ],
    "C06 relapse": [
        ("engage.first-follow-up", "reminder 28 Mar, action 4 Apr", "4 Apr form"),
        ("target.off", "action 2 May", "2 May form"),
        ("engage.no-contact", "action 29 Jun", "25 Jul form"),
        ("target.off", "action 12 Jul", "-"),
        ("target.relapse", "action 25 Jul form", "-"),
        ("engage.no-contact", "action 24 Aug, decide 23 Oct", "-"),
    ],
    "C07 lost": [
        ("safety.self-harm", "urgent 8 Mar form", "-"),
        ("engage.no-contact", "action 21 Apr, decide 20 Jun", "-"),
        ("target.off", "action 3 May", "-"),
    ],
    "C08 low total with item 9": [
        ("engage.first-follow-up", "reminder 30 Mar, action 6 Apr", "6 Apr form"),
        ("target.off", "action 4 May", "4 May form"),
        ("safety.self-harm", "urgent 4 May form", "-"),
        ("engage.no-contact", "action 3 Jun, decide 2 Aug", "-"),
        ("target.off", "action 16 Jun", "-"),
    ],
    "C09 mild": [
        ("engage.first-follow-up", "reminder 31 Mar, action 7 Apr", "7 Apr form"),
        ("engage.no-contact", "action 7 May", "19 May form"),
        ("engage.no-contact", "action 18 Jun, decide 17 Aug", "-"),
    ],
    "C10 late, partial": [
        ("engage.first-follow-up", "reminder 1 Apr", "1 Apr form"),
        ("target.early", "action 8 Apr", "6 May"),
        ("target.off", "action 6 May", "-"),
        ("engage.no-contact", "action 22 May", "3 Jun form"),
        ("engage.no-contact", "action 3 Jul, decide 1 Sep", "-"),
    ],
}
"""Besides, everybody waits to the end of the year for a first review, in the queue when enrolled and an action 14 days
later, and from day 90 for the yearly physical check, of which these courses hold nothing."""


class Life:
    """A clinic where the courses are lived."""

    def __init__(self, lived: list[Course]) -> None:
        self.courses = lived
        clinic = builders.a_clinic()
        self.clinic_id = builders.id_of(clinic)
        self.care_manager = builders.a_user(role=Role.CARE_MANAGER, clinic=clinic)
        self.patients: dict[str, uuid.UUID] = {}

    @property
    def clinic(self) -> Clinic:
        return db.session.get_one(Clinic, self.clinic_id)

    def live(self, night: Callable[[Life, date], None]) -> None:
        """The whole year: each night, then what happens on the day."""
        day = FIRST_DAY
        while day <= LAST_DAY:
            with clock.at(datetime.combine(day, SWEPT_AT, tzinfo=HERE)):
                night(self, day)
            with clock.at(datetime.combine(day, FORMS_AT, tzinfo=HERE)):
                for course in self.courses:
                    self._visit(course, day)
            day += timedelta(days=1)

    def _visit(self, course: Course, day: date) -> None:
        if day in course.visits:
            with builders.at_once():
                if day == course.begins_on:
                    self._enrol(course)
                self._spoke(course, day)
                for instrument, answers in course.visits[day].items():
                    self._measured(course, day, instrument=instrument, answers=dict(answers))
        total = course.totals.get(day)
        if total is None:
            return
        if not total.in_error:
            with pytest.raises(ImpossibleTotal), builders.at_once():
                self._measured(course, day, instrument="phq-9", total_only=total.value)
            return
        with builders.at_once():
            wrong = self._measured(course, day, instrument="phq-9", total_only=total.value)
            mark_entered_in_error(measurement=wrong, why="Another person's form", by=self.care_manager)

    def _enrol(self, course: Course) -> None:
        patient = builders.a_patient(clinic=self.clinic, given=course.id)
        self.patients[course.id] = patient.id
        builders.an_episode(
            patient=patient,
            enrolled_on=course.begins_on,
            tracked=("phq-9:total", "gad-7:total"),
            care_manager=self.care_manager,
        )

    def _spoke(self, course: Course, day: date) -> None:
        record_contact(
            patient_id=self.patients[course.id],
            clinic_id=self.clinic_id,
            facts=ContactFacts(took_place_on=day, kind="treatment", modality="phone", reached=True),
            by=self.care_manager,
        )

    def _measured(self, course: Course, day: date, **given: Any) -> Measurement:
        return record_measurement(
            patient_id=self.patients[course.id],
            clinic_id=self.clinic_id,
            taken_on=day,
            mode="self-paper",
            by=self.care_manager,
            **given,
        )

    def rows(self) -> dict[str, list[Row]]:
        """What stands in the record at the year's end, by course."""
        return {
            course: sorted(
                (alert.rule, _steps(alert), _when(alert.closed_at) if alert.closed_at else "-")
                for alert in alerts_of(patient_id)
            )
            for course, patient_id in self.patients.items()
        }

    def sentences(self) -> list[tuple[str, str]]:
        """Every rule with what it said last."""
        return [(alert.rule, alert.sentence) for id_ in self.patients.values() for alert in alerts_of(id_)]


def swept_when_due(life: Life, day: date) -> None:
    """The sweep, on the nights that have somebody to take: the others find nobody."""
    due_on = db.session.scalar(select(func.min(Episode.next_check_on)).where(Episode.clinic_id == life.clinic_id))
    end_read()
    if due_on is not None and due_on <= day:
        sweep_clinic(life.clinic)


def everybody_every_night(life: Life, _day: date) -> None:
    reconcile_patients(list(life.patients.values()))


def expected(lived: list[Course]) -> dict[str, list[Row]]:
    """The table, with what everybody waits for."""
    begins_on = {course.id: course.begins_on for course in lived}
    return {
        name[:3]: sorted([*rows, *_everybody_waits(enrolled_on=begins_on[name[:3]])]) for name, rows in EXPECTED.items()
    }


def _everybody_waits(*, enrolled_on: date) -> list[Row]:
    review_late_on, check_late_on = (enrolled_on + timedelta(days=days) for days in (14, 90))
    return [
        ("review.due", f"queue {_day(enrolled_on)} form, action {_day(review_late_on)}", "-"),
        ("health.gap", f"reminder {_day(check_late_on)}", "-"),
    ]


def _steps(alert: Alert) -> str:
    """Each step by which it became more pressing; of a safety alert also what was appended."""
    told = [
        ((step.details or {}).get("tier", "appended"), step.at)
        for step in steps_of(alert)
        if step.kind in ("opened", "appended")
    ]
    steps = told if alert.is_safety else [next(same) for _, same in groupby(told, key=lambda each: each[0])]
    decide = re.search(r"^As of (\d+ \w+) .*decide how to go on", alert.sentence)
    return ", ".join([*(f"{tier} {_when(at)}" for tier, at in steps), *([f"decide {decide[1]}"] if decide else [])])


def _when(at: datetime) -> str:
    there = at.astimezone(HERE)
    return f"{_day(there)}{' form' if there.time() == FORMS_AT else ''}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


REPLAYED = ("engage.first-follow-up", "engage.no-contact", "measure.due", "review.due", "target.early", "target.off")


def opened(life: Life) -> list[tuple[str, str, date]]:
    """Which alerts of these rules opened, of whom, and on which local day."""
    return sorted(
        (course, alert.rule, alert.opened_at.astimezone(HERE).date())
        for course, patient_id in life.patients.items()
        for alert in alerts_of(patient_id)
        if alert.rule in REPLAYED
    )


def replayed(life: Life) -> list[tuple[str, str, date]]:
    """The same by looking back over the whole year from its last day, with the numbers in force."""
    span, names = Span(FIRST_DAY - timedelta(days=1), LAST_DAY), {id_: name for name, id_ in life.patients.items()}
    numbers = numbers_at(life.clinic_id)
    found = sorted(
        (names[history.patient_id], each.rule, each.on)
        for history in load_histories(list_people(life.clinic_id, span, limit=100), life.clinic_id, span)
        for each in replay(history, numbers, REPLAYED).told
        if each.began
    )
    end_read()
    return found


def read_courses(sample_data: Path) -> list[Course]:
    if not (sample_data / FILE).is_file():
        pytest.skip(f"skipped: the constructed courses are not at {sample_data / FILE}")
    return courses(sample_data, catalogue().get("phq-9"), catalogue().get("gad-7"))


def names_its_score(rule: str, sentence: str) -> bool:
    pattern = {"safety": r"item 9 positive \([123]: ", "target": r"(PHQ-9|GAD-7) \d+"}.get(
        rule.partition(".")[0], r"\w"
    )
    return re.search(pattern, sentence) is not None


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
def test_a_year_of_each_course_brings_the_alerts_a_clinician_expects(app: Flask, sample_data: Path) -> None:
    """On PostgreSQL ``make trust`` lives the same year."""
    with on_stage(app):
        life = Life(read_courses(sample_data))
        life.live(swept_when_due)

        assert life.rows() == expected(life.courses)
        assert [each for each in life.sentences() if not names_its_score(*each)] == []
        assert replayed(life) == opened(life)
        (relapsed,) = (alert for alert in alerts_of(life.patients["C06"], rule="target.off") if not alert.closed_at)
        assert relapsed.since == date(2026, 7, 12), "not known to be better then, off target since 25 July"


@pytest.mark.trust
def test_looking_at_everybody_every_night_brings_nothing_else(app: Flask, sample_data: Path) -> None:
    with on_stage(app):
        due, daily = (Life(read_courses(sample_data)) for _ in range(2))
        due.live(swept_when_due)
        daily.live(everybody_every_night)

        assert due.rows() == daily.rows() == expected(due.courses)
        assert due.sentences() == daily.sentences()
