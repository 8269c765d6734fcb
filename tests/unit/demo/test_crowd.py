"""The lives of a crowd as rows: the same for the same seed, drawn alone or together."""

from __future__ import annotations

import gc
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.demo.crowd.ledger import Tables
from registry.demo.crowd.planning import Plan
from registry.demo.crowd.sites import Site, Worker
from registry.episodes.models import Episode
from registry.measurements.models import Measurement
from registry.measures.catalogue import Catalogue

TODAY = date(2026, 3, 18)
ROLES = ("care_manager", "psychiatrist", "clinician", "peer_specialist", "clinic_lead")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return _plan(seed=5)


def _plan(*, seed: int) -> Plan:
    folder = Path(__file__).parents[3] / "instruments"
    return Plan(
        seed=seed,
        patients=40,
        scores=20,
        today=TODAY,
        sites=tuple(_site(number) for number in range(3)),
        definitions={each.id: each for each in Catalogue.from_directory(folder)},
    )


def _site(number: int) -> Site:
    staff = {role: (Worker(uuid.UUID(int=number * 100 + place), role),) for place, role in enumerate(ROLES)}
    return Site(
        clinic_id=uuid.UUID(int=number),
        name=f"Clinic {number}",
        organisation_id=uuid.UUID(int=1000),
        time_zone="America/New_York",
        opening_hours={},
        today=TODAY,
        staff=staff,
    )


def test_the_same_seed_writes_down_the_same_lives(plan: Plan) -> None:
    assert _told(plan.part(range(10)).tables) == _told(plan.part(range(10)).tables)


def test_another_seed_writes_down_other_lives(plan: Plan) -> None:
    assert _told(plan.part(range(10)).tables) != _told(_plan(seed=6).part(range(10)).tables)


def test_somebody_drawn_alone_is_who_they_are_among_others(plan: Plan) -> None:
    alone, among = plan.part(range(7, 8)).tables, plan.part(range(10)).tables
    (episode, *_) = alone[Episode]
    dates = [row["referred_on"] for row in among[Episode]]
    assert episode["referred_on"] in dates


def test_people_are_spread_over_all_clinics(plan: Plan) -> None:
    part = plan.part(range(9))
    assert sorted(part.clinic_of.values()).count(uuid.UUID(int=2)) == 3


def test_nothing_lies_in_the_future(plan: Plan) -> None:
    assert max(row["taken_on"] for row in plan.part(range(40)).tables[Measurement]) <= TODAY


def test_a_part_leaves_nothing_that_only_the_garbage_collector_would_free(plan: Plan) -> None:
    plan.part(range(1))
    while gc.collect():  # what earlier tests left takes more than one round to go
        pass
    gc.disable()  # as while a crowd is stored: what is left behind is never freed
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        plan.part(range(10))
        gc.collect()
        assert [left for left in gc.garbage if isinstance(left, dict) and "patient_id" in left] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def test_every_row_of_a_table_names_every_column(plan: Plan) -> None:
    for table, rows in plan.part(range(10)).tables.items():
        columns = {column.name for column in table.__table__.columns}
        assert all(row.keys() == columns for row in rows)


def _told(tables: Tables) -> dict[str, list[dict[str, Any]]]:
    """The rows without the identifiers, which differ each time."""
    return {
        table.__tablename__: [
            {
                name: value
                for name, value in row.items()
                if not isinstance(value, uuid.UUID) and name not in {"evidence", "alert_id"}
            }
            for row in rows
        ]
        for table, rows in tables.items()
    }
