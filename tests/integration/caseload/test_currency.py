"""The calendar, in the database as in the core."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import ColumnElement, and_, not_, select

from registry.access import scope
from registry.caseload.currency import (
    days_ago,
    is_in_care,
    is_known,
    is_stale,
    seen_or_enrolled,
    today_at,
    was_reviewed,
)
from registry.caseload.models import CaseloadRow
from registry.caseload.narrowing import has_reason, views
from registry.caseload.rules import NOT_SEEN_DAYS, OFF_TARGET_RULE
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


@pytest.mark.both_databases
def test_an_episode_is_in_a_view_on_the_days_on_which_its_facts_put_it_there(team: Team) -> None:
    ago = {days: TODAY - timedelta(days=days) for days in (7, 29, 30, 31, 42, 43, 55, 56, 57, 100)}
    paused = [ago[31], ago[7], TODAY, TODAY + timedelta(days=1)]
    cares = [("active", None), ("maintaining", None), ("referred", None), *(("paused", until) for until in paused)]
    for (phase, until), seen, enrolled in product(cares, (None, ago[29], ago[30], ago[31]), (None, ago[30])):
        team.many(1, phase=phase, paused_until=until, last_two_way_on=seen, enrolled_on=enrolled)
    for (phase, until), reviewed in product(cares, (None, ago[55], ago[56], ago[57])):
        team.many(1, phase=phase, paused_until=until, last_review_on=reviewed)
    for standing, latest, fresh in product(
        (Standing.AT_TARGET.value, "worse"), (None, ago[29], ago[42], ago[43]), (None, 42)
    ):
        team.many(1, first_standing=standing, first_latest_on=latest, first_stale_after_days=fresh)
    team.many(1, rules=f" {OFF_TARGET_RULE} other.rule ")
    team.many(1, rules=f" {OFF_TARGET_RULE}.more ")

    with team.app.app_context(), scope.all_patients(reason="test"):
        for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)):
            stored = {name: _those(view) for name, view in views({team.clinic_id: day}).items()}
            asked = {name: _those(view) for name, view in _by_the_facts(team, day).items()}
            assert asked == {name: stored[name] for name in asked}
            assert all(asked.values())


def _those(condition: ColumnElement[bool]) -> set[object]:
    return set(db.session.scalars(select(CaseloadRow.episode_id).where(condition)))


def _by_the_facts(team: Team, day: date) -> dict[str, ColumnElement[bool]]:
    at = {team.clinic_id: day}
    in_care = is_in_care(today_at(at))
    return {
        "off-target": has_reason(OFF_TARGET_RULE),
        "not-seen": and_(in_care, seen_or_enrolled() <= days_ago(at, NOT_SEEN_DAYS)),
        "not-reviewed": and_(in_care, not_(was_reviewed(at))),
        "at-target": is_known(Standing.AT_TARGET, today_at(at)),
    }
