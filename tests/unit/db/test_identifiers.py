"""Identifiers: in the order they were made, and never twice, also where a process was split in two."""

from __future__ import annotations

import multiprocessing
import uuid

from registry.db.identifiers import new_id

MANY = 2_000


def _some(_number: int) -> list[uuid.UUID]:
    return [new_id() for _ in range(MANY)]


def test_identifiers_stand_in_the_order_they_were_made() -> None:
    made = _some(0)
    assert made == sorted(made)
    assert {(each.version, each.variant) for each in made} == {(7, uuid.RFC_4122)}


def test_processes_split_off_from_one_draw_randomness_of_their_own() -> None:
    new_id()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        first, second = pool.map(_some, range(2), chunksize=1)
    assert len(set(first) | set(second)) == 2 * MANY
    here, there = ({each.int & (1 << 62) - 1 for each in made} for made in (_some(0), first))
    assert not here & there
