"""The calendar, in the database as in the core."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.caseload.currency import is_known, is_stale, today_at
from registry.caseload.models import CaseloadRow
from registry.extensions import db
from registry.measures.course import Standing
from registry.measures.course import is_stale as is_stale_in_the_core
from tests.integration.caseload.conftest import TODAY, Team


@pytest.mark.both_databases
def test_staleness_in_the_database_is_staleness_in_the_core(team: Team) -> None:
    cases = [
        (cadence, TODAY - timedelta(days=age))
        for cadence in (1, 14, 28, 30, 90)
        for age in (0, 1, 2, 21, 22, 41, 42, 43, 45, 46, 134, 135, 136)
    ]
    in_core = {}
    for cadence, latest_on in cases:
        (person,) = team.many(
            1,
            first_latest=5,
            first_latest_on=latest_on,
            first_stale_after_days=int(cadence * 1.5),
            first_standing="at target",
        )
        in_core[person] = is_stale_in_the_core(latest_on, cadence_days=cadence, today=TODAY)

    with team.app.app_context(), scope.all_patients(reason="test"):
        today = today_at({team.clinic_id: TODAY})
        found = db.session.execute(
            select(CaseloadRow.patient_id, is_stale(today), is_known(Standing.AT_TARGET, today))
        ).all()

    assert {person: bool(stale) for person, stale, _ in found} == in_core
    assert all(bool(known) is not bool(stale) for _, stale, known in found)


def test_nothing_is_known_without_a_score(team: Team) -> None:
    team.many(1)

    with team.app.app_context(), scope.all_patients(reason="test"):
        stale = db.session.scalar(select(is_stale(today_at({team.clinic_id: TODAY}))).select_from(CaseloadRow))

    assert stale


@pytest.mark.both_databases
def test_each_clinic_has_its_own_today(team: Team) -> None:
    team.many(1, first_latest=5, first_latest_on=TODAY - timedelta(days=42), first_stale_after_days=42)

    with team.app.app_context(), scope.all_patients(reason="test"):
        here_first = today_at({team.clinic_id: TODAY, team.other_clinic_id: TODAY + timedelta(days=1)})
        here_later = today_at({team.clinic_id: TODAY + timedelta(days=1), team.other_clinic_id: TODAY})
        stale = db.session.execute(select(is_stale(here_first), is_stale(here_later)).select_from(CaseloadRow)).one()

    assert [bool(each) for each in stale] == [False, True]
