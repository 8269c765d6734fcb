"""Which columns somebody sees before they choose, and that each has its order."""

from __future__ import annotations

from registry.access.roles import Role
from registry.caseload.column_sets import COLUMNS, columns_of, known_columns
from registry.caseload.rules import SORTS, read_listing


def test_every_role_that_sees_the_list_begins_with_known_columns() -> None:
    for role in (Role.CARE_MANAGER, Role.PSYCHIATRIST, Role.CLINIC_LEAD, Role.CLINICIAN):
        keys = columns_of([role])
        assert known_columns(keys) == tuple(keys)
        assert "reasons" in keys


def test_a_care_manager_who_leads_as_well_begins_as_a_care_manager() -> None:
    assert columns_of([Role.CLINIC_LEAD, Role.CARE_MANAGER]) == columns_of([Role.CARE_MANAGER])


def test_a_column_that_is_gone_or_named_twice_is_shown_once_or_not_at_all() -> None:
    assert known_columns(["due", "gone", "work", "due"]) == ("due", "work")


def test_every_column_has_an_order_of_its_own_that_an_address_keeps() -> None:
    sorts = [column.sort for column in COLUMNS.values()]

    assert len(set(sorts)) == len(sorts)
    for sort in sorts:
        listing = read_listing({"sort": sort, "due": "overdue"})
        assert (listing.sort, listing.direction) == (sort, SORTS[sort])
        assert read_listing(listing.address) == listing
