"""The lives of a crowd as rows: the same for the same seed, drawn alone or together."""

from __future__ import annotations

import gc
import uuid
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.demo.crowd.circles import circles
from registry.demo.crowd.ledger import Tables
from registry.demo.crowd.planning import Plan
from registry.demo.crowd.sites import Site, Worker
from registry.demo.crowd.translation import Phrasebook, Translation, says_nothing
from registry.episodes.models import Episode
from registry.measurements.models import Measurement
from registry.measures.catalogue import Catalogue
from registry.patients.models import Patient

TODAY = date(2026, 3, 18)
ROLES = ("care_manager", "psychiatrist", "clinician", "peer_specialist", "clinic_lead")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return _plan(seed=5)


def _plan(*, seed: int, clinics: int = 3) -> Plan:
    folder = Path(__file__).parents[3] / "instruments"
    return Plan(
        seed=seed,
        patients=40,
        scores=20,
        today=TODAY,
        sites=tuple(_site(number) for number in range(clinics)),
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


def test_everybody_is_one_of_those_who_live_some_life(plan: Plan) -> None:
    of_each = [plan.part(numbers) for numbers in plan.ranges()]
    assert sum(len(part.clinic_of) for part in of_each) == plan.patients


def test_a_life_is_lived_in_several_clinics_by_different_people() -> None:
    plan = _plan(seed=5, clinics=10)
    part = plan.part(range(plan.lives))
    assert part.counterparts
    for each in part.counterparts:
        clinics = [part.clinic_of[each.first], part.clinic_of[each.patient_id]]
        assert len(set(clinics)) == 2
    of_one_life = Counter((each.first, part.clinic_of[each.patient_id]) for each in part.counterparts)
    assert set(of_one_life.values()) == {1}
    facts = [*part.tables[Patient], *part.own[Patient]]
    assert len({row["mrn"] for row in facts}) == len({row["search_name"] for row in facts}) == len(facts)


def test_whoever_lives_a_life_is_somebody_it_can_happen_to() -> None:
    plan = _plan(seed=6, clinics=10)
    part = plan.part(range(plan.lives))
    rows = {row["id"]: row for row in (*part.tables[Patient], *part.own[Patient])}
    for each in part.counterparts:
        first, other = rows[each.first], rows[each.patient_id]
        assert all(first[name] == other[name] for name in ("sex", "needs_interpreter", "died_on"))


def test_every_clinic_is_in_one_circle_and_beside_none_of_its_neighbours() -> None:
    sites = [_site(number) for number in range(12)]
    found = circles(sites, most=4)
    assert sorted(place for circle in found for place in circle) == list(range(12))
    assert max(map(len, found)) == 4
    for circle in found:
        assert all(abs(one - other) not in {1, 11} for one in circle for other in circle)


def test_clinics_of_other_zones_share_no_lives() -> None:
    sites = [replace(_site(number), time_zone=f"Zone/{number // 2}") for number in range(8)]
    assert all(len(circle) == 1 for circle in circles(sites, most=4))


def test_words_are_told_of_another_clinic() -> None:
    sites = [_site(0), _site(1), _site(2), _site(3)]
    ada, adam = (Worker(uuid.UUID(int=900 + place), name) for place, name in enumerate(("Ada Li", "Ada Lindqvist")))
    ben, bea = (Worker(uuid.UUID(int=950 + place), name) for place, name in enumerate(("Ben Moe", "Bea Roe")))
    sites[0] = replace(sites[0], staff={"care_manager": (ada, adam)})
    sites[2] = replace(sites[2], staff={"care_manager": (ben, bea)})
    one, other = uuid.uuid4(), uuid.uuid4()
    told = Translation(Phrasebook.between(sites, 0, 2), {one.hex: other.hex, "MRN 1": "MRN 2"})
    assert (
        told.text(f"Ada Lindqvist asked Ada Li about {one} at Clinic 0")
        == f"Bea Roe asked Ben Moe about {other} at Clinic 2"
    )
    assert told.text("MRN 1") == "MRN 2"
    assert says_nothing("PHQ-9 of 3 March: 14 points", told.book)


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
