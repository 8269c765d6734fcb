"""What the caseload is measured against: a page that does next to nothing, and one that works everything out anew.

``bare`` reads the same 50 rows through the database's own driver and fills the plainest table: no accounts, no
scope, no audit. Nothing that shows these rows can be much faster. ``naive`` works out where everybody of the clinic
stands from their raw scores, on every request, as a spreadsheet or a first version would.
"""

from __future__ import annotations

import os
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from flask import Flask, render_template_string
from sqlalchemy.engine import make_url

from config import ROOT
from registry.db import sqlite
from registry.measures.catalogue import catalogue_at
from registry.measures.course import Course, DatedScore, Standing, Target, follow

ROWS = 50

_PAGE = """<!doctype html><title>Caseload</title><table>
{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</table>"""

_BARE = """
SELECT p.legal_family, p.legal_given, p.birth_date, r.mrn, r.phase, r.enrolled_on, r.first_scale, r.first_standing,
       r.first_baseline, r.first_latest, r.first_latest_on, r.first_percent, r.last_two_way_on, r.failed_attempts,
       r.last_review_on, r.housing, r.work, r.reasons
FROM caseload_row r JOIN patient p ON p.id = r.patient_id
WHERE r.clinic_id = {clinic} AND r.is_open
ORDER BY r.rank, r.sort_name LIMIT 50
"""
_EPISODES = """
SELECT e.patient_id, p.legal_family, p.legal_given, p.mrn, e.phase, e.enrolled_on
FROM episode e JOIN patient p ON p.id = e.patient_id
WHERE e.clinic_id = {clinic} AND e.ended_on IS NULL AND e.enrolled_on IS NOT NULL
"""
_SCORES = """
SELECT s.patient_id, s.taken_on, s.value
FROM measurement_score s JOIN episode e ON e.patient_id = s.patient_id
WHERE e.clinic_id = {clinic} AND e.ended_on IS NULL AND s.scale = 'phq-9:total' AND s.counts
"""


def bare() -> Flask:
    """The limit: one statement, one small template."""
    app, clinic = Flask("bare"), _Clinic()

    @app.get("/")
    def caseload() -> str:
        return render_template_string(_PAGE, rows=clinic.read(_BARE))

    return app


def naive() -> Flask:
    """The same list from raw scores: worst first, 50 of them."""
    app, clinic = Flask("naive"), _Clinic()
    scale = catalogue_at(ROOT / "instruments").scale("phq-9:total")
    target = Target(at_most=Decimal(4))

    @app.get("/")
    def caseload() -> str:
        scores: dict[Any, list[DatedScore]] = defaultdict(list)
        for patient_id, on, value in clinic.read(_SCORES):
            scores[patient_id].append(DatedScore(on=_day(on), value=Decimal(value) / 100))
        rows = []
        for patient_id, *shown, enrolled_on in clinic.read(_EPISODES):
            course = follow(scores[patient_id], scale=scale, starts_on=_day(enrolled_on), target=target)
            rows.append((*shown, enrolled_on, course))
        rows.sort(key=lambda row: _need(row[-1]))
        return render_template_string(_PAGE, rows=[(*row[:-1], row[-1].standing) for row in rows[:ROWS]])

    return app


def _need(course: Course) -> tuple[bool, Decimal]:
    return course.standing is Standing.AT_TARGET, -(course.latest.value if course.latest else Decimal(0))


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


class _Clinic:
    """One clinic of one database, by the driver alone."""

    def __init__(self) -> None:
        self._url = make_url(os.environ["BENCH_DATABASE_URL"])
        self._id = uuid.UUID(os.environ["BENCH_CLINIC"])
        self._connection: Any = None

    def read(self, statement: str) -> Sequence[Any]:
        if self._connection is None:
            self._connection = self._connect()
        is_sqlite = self._url.get_backend_name() == "sqlite"
        cursor = self._connection.cursor()
        cursor.execute(statement.format(clinic="?" if is_sqlite else "%s"), (self._id.hex if is_sqlite else self._id,))
        found: Sequence[Any] = cursor.fetchall()
        cursor.close()
        return found

    def _connect(self) -> Any:
        if self._url.get_backend_name() == "sqlite":
            return sqlite.library().connect(self._url.database)
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(address, autocommit=True)
        connection.execute("SELECT set_config('registry.everybody', 'on', false)")
        return connection
