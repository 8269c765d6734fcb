"""A chain of events shows what was done to it."""

from __future__ import annotations

import pytest

from registry.audit.chain import GENESIS, Link, Verification, link, verify

KEY = b"kept outside the database"


def _chain(length: int = 5, *, key: bytes = KEY) -> list[Link]:
    links, previous = [], GENESIS
    for number in range(1, length + 1):
        content = {"number": number, "action": "patient.opened", "reason": f"reason {number}"}
        digest = link(previous, content, key=key)
        links.append(Link(number, previous, digest, content))
        previous = digest
    return links


def _found(links: list[Link], *, anchor: tuple[int, str] | None = None) -> Verification:
    return verify(links, key=KEY, anchor=anchor)


def test_an_untouched_chain_holds() -> None:
    result = _found(_chain())

    assert result.holds
    assert (result.events, result.head) == (5, _chain()[-1].hash)


def test_an_empty_chain_holds() -> None:
    assert _found([]).holds


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_event_is_found(number: int) -> None:
    links = _chain()
    old = links[number - 1]
    links[number - 1] = Link(old.number, old.previous, old.hash, {**old.content, "reason": "another"})

    assert [each.number for each in _found(links).breaks] == [number]


def test_an_event_rewritten_with_its_hash_breaks_the_next_one() -> None:
    links = _chain()
    old = links[2]
    content = {**old.content, "reason": "another"}
    links[2] = Link(old.number, old.previous, link(old.previous, content, key=KEY), content)

    assert [each.number for each in _found(links).breaks] == [4]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_deleted_event_is_found(number: int) -> None:
    links = [each for each in _chain() if each.number != number]

    assert not _found(links).holds


def test_an_inserted_event_is_found() -> None:
    links = _chain()
    forged = {"number": 3, "action": "patient.opened"}
    links.insert(2, Link(3, links[1].hash, link(links[1].hash, forged, key=KEY), forged))

    assert not _found(links).holds


def test_two_events_that_changed_places_are_found() -> None:
    links = _chain()
    links[1], links[2] = links[2], links[1]

    assert not _found(links).holds


def test_a_cut_end_is_found_only_with_an_anchor() -> None:
    links = _chain()
    anchor = (5, links[-1].hash)

    assert _found(links[:-2]).holds
    assert not _found(links[:-2], anchor=anchor).holds
    assert _found(links, anchor=anchor).holds


def test_a_chain_written_anew_does_not_fit_the_anchor() -> None:
    anchor = (3, _chain()[2].hash)
    forged = _chain(4, key=b"another key")

    assert not verify(forged, key=b"another key", anchor=anchor).holds


def test_whoever_lacks_the_key_cannot_forge_an_end() -> None:
    forged = _chain(key=b"")

    assert verify(forged, key=b"").holds
    assert not _found(forged).holds


def test_the_same_content_has_the_same_hash_in_any_order() -> None:
    assert link(GENESIS, {"a": 1, "é": 2}) == link(GENESIS, {"é": 2, "a": 1})
