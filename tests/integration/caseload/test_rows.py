"""The maintained row: it says what is stored, and is proved by recomputing it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from registry.access import scope
from registry.caseload.models import CaseloadRow
from registry.caseload.rows import differences, refresh
from registry.db.transaction import write
from registry.extensions import db
from tests.integration.caseload.conftest import TODAY, Statements, Team

pytestmark = pytest.mark.both_databases


def _break(team: Team, person: object, **values: object) -> None:
    """Falsify what is stored, as no write of the program does."""
    with team.app.app_context(), scope.all_patients(reason="test"), write():
        db.session.execute(update(CaseloadRow).where(CaseloadRow.patient_id == person).values(**values))


def test_every_write_leaves_the_row_as_it_would_be_recomputed(team: Team) -> None:
    person = team.person(scores={TODAY - timedelta(days=50): 18, TODAY - timedelta(days=5): 9})
    team.contact(person, TODAY - timedelta(days=2))

    with team.app.app_context(), scope.all_patients(reason="test"):
        assert differences(person) == []
        row = db.session.scalars(select(CaseloadRow)).one()
        assert (row.first_baseline, row.first_latest, row.last_two_way_on) == (18, 9, TODAY - timedelta(days=2))
        assert row.first_stale_after_days == 42


def test_mania_stands_beside_depression_before_any_other_measure(team: Team) -> None:
    team.person(tracked=("gad-7:total", "asrm:total"))

    with team.app.app_context(), scope.all_patients(reason="test"):
        row = db.session.scalars(select(CaseloadRow)).one()
        assert (row.first_scale, row.second_scale) == ("phq-9:total", "asrm:total")


def test_a_refreshed_row_that_is_right_is_not_written(team: Team) -> None:
    person = team.person(scores={TODAY: 18})

    with team.app.app_context(), scope.all_patients(reason="test"), Statements(team.app) as statements, write():
        refresh([person])

    assert statements.number <= 28


def test_verify_names_what_differs_and_rebuild_mends_it(team: Team) -> None:
    person = team.person(scores={TODAY: 18})
    _break(team, person, first_latest=3, sort_name="nobody")
    runner = team.app.test_cli_runner()

    found = runner.invoke(args=["caseload", "verify"])
    assert found.exit_code == 1
    assert "first_latest" in found.output
    assert "sort_name" in found.output

    assert runner.invoke(args=["caseload", "rebuild"]).exit_code == 0
    assert runner.invoke(args=["caseload", "verify"]).exit_code == 0
