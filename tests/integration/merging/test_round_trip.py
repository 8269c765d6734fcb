"""What a merge moves, an undo puts back, row by row."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from registry.access.reviewed_sql import Key
from registry.access.scope import scoped_tables
from registry.merging.tables import STAYS, Row, moved_tables
from tests.integration.merging.conftest import Twice, rows_of

pytestmark = pytest.mark.both_databases

DERIVED = {"alert_event", "caseload_row", "standing"}
"""History that is only ever added to, and what is worked out anew."""


def test_every_table_about_a_person_goes_with_it_or_says_why_not() -> None:

    assert set(moved_tables()) | set(STAYS) == scoped_tables() - {"patient"}
    assert set(STAYS) <= scoped_tables()


def _but_versions(rows: Mapping[Key, Row]) -> dict[Key, Row]:
    return {key: {**row, "version": None} for key, row in rows.items()}


def test_a_merge_and_its_undo_leave_every_row_as_it_was(twice: Twice) -> None:
    """But its version: what was open meanwhile is out of date."""
    before = rows_of(twice)
    with twice.at_work() as lead:
        twice.merge(by=lead, pronouns="other", advance_directive="other")
    merged = rows_of(twice)
    with twice.at_work() as lead:
        twice.undo(by=lead)
    after = rows_of(twice)

    assert {name for name, rows in merged["other"].items() if rows} == {"advance_directive"}
    for whose in ("kept", "other"):
        for name in moved_tables().keys() - DERIVED:
            assert _but_versions(after[whose][name]) == _but_versions(before[whose][name]), name
    before_contacts, after_contacts = before["other"]["contact"], after["other"]["contact"]
    assert all(after_contacts[key]["version"] > row["version"] for key, row in before_contacts.items())
    assert merged["kept"]["measurement"].keys() == {*before["kept"]["measurement"], *before["other"]["measurement"]}
