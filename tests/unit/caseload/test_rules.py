"""What an address may ask of the list."""

from __future__ import annotations

import uuid

import pytest

from registry.caseload.rules import EVERYONE, LONGEST_SEARCH, SORTS, Listing, read_listing

USER = str(uuid.UUID(int=7))


def test_an_empty_address_lists_everybody_in_care_by_need() -> None:
    assert read_listing({}) == Listing(view=EVERYONE, course="open", sort="rank", direction="ascending")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("view", "off-target"),
        ("phase", "maintaining"),
        ("condition", "bipolar-1"),
        ("standing", "unknown"),
        ("reason", "target.off"),
        ("course", "ended"),
        ("sort", "last-contact"),
        ("team", "mine"),
        ("team", USER),
        ("clinic", USER),
    ],
)
def test_a_known_value_is_taken(name: str, value: str) -> None:
    assert getattr(read_listing({name: value}), name) == value


@pytest.mark.parametrize(
    "name", ["view", "phase", "condition", "standing", "reason", "course", "sort", "team", "clinic"]
)
@pytest.mark.parametrize("value", ["", "%", "'", "\x00", "first_latest", "rank desc", "x" * 5_000])
def test_an_unknown_value_is_left_out(name: str, value: str) -> None:
    assert read_listing({name: value}) == Listing()


@pytest.mark.parametrize("key", SORTS)
def test_each_order_begins_in_its_own_direction_and_can_be_turned(key: str) -> None:
    assert read_listing({"sort": key}).direction == SORTS[key]
    assert read_listing({"sort": key, "direction": "descending"}).direction == "descending"


def test_an_address_leads_back_to_the_same_list() -> None:
    listing = read_listing({"view": "at-target", "team": "mine", "sort": "score", "phase": "active"})

    assert read_listing(listing.address) == listing


def test_what_is_searched_for_never_stands_in_the_address() -> None:
    listing = read_listing({"view": "off-target", "phase": "active"}).searching("vega")

    assert "vega" not in str(listing.address)
    assert (listing.view, listing.course, listing.phase) == (EVERYONE, "all", "active")


def test_a_search_among_everybody_keeps_the_clinic_alone() -> None:
    clinic = str(uuid.uuid4())
    narrowed = read_listing({"team": "mine", "phase": "active", "due": "week", "clinic": clinic}).searching("vega")

    assert narrowed.among_everybody() == Listing(clinic=clinic, course="all", search="vega")


def test_a_search_for_nothing_changes_nothing() -> None:
    assert Listing().searching(" \x00\t ") == Listing()


def test_a_search_is_cut_and_rid_of_what_cannot_be_printed() -> None:
    assert Listing().searching("Ada\x00Vega").search == "Ada Vega"
    assert len(Listing().searching("x" * 10_000).search) == LONGEST_SEARCH
