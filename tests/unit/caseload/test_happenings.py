"""The kinds of the timeline, and what is new to a reader."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from registry.caseload.happenings import KINDS, SOURCES
from registry.caseload.looked import News
from registry.caseload.looked_form import read_instant
from registry.caseload.presenters.happenings import WORDED
from registry.caseload.presenters.timeline import Filtered

LOOKED = datetime(2026, 3, 10, 15, tzinfo=UTC)
READER, COLLEAGUE = uuid.uuid4(), uuid.uuid4()


def test_every_source_has_words_and_a_kind_to_choose() -> None:
    assert {source.name for source in SOURCES} == WORDED.keys()
    assert len(SOURCES) == len(WORDED)
    assert {source.kind for source in SOURCES} == KINDS.keys()


def test_the_two_dates_of_a_table_load_the_same_with_it() -> None:
    loaded = {source.table: source.loaded for source in SOURCES}

    assert all(loaded[source.table] == source.loaded for source in SOURCES)


@pytest.mark.parametrize(
    ("looked_at", "stored_at", "stored_by", "is_new"),
    [
        (LOOKED, LOOKED + timedelta(seconds=1), COLLEAGUE, True),
        (LOOKED, LOOKED, COLLEAGUE, False),
        (LOOKED, LOOKED + timedelta(days=1), READER, False),
        (LOOKED, LOOKED + timedelta(days=1), None, True),
        (LOOKED, None, None, False),
        (None, LOOKED, COLLEAGUE, False),
    ],
    ids=["a colleague's", "seen already", "one's own", "imported", "a conclusion", "never looked"],
)
def test_new_is_what_others_stored_since(
    looked_at: datetime | None, stored_at: datetime | None, stored_by: uuid.UUID | None, is_new: bool
) -> None:
    news = News(looked_at=looked_at)

    assert news.holds(stored_at=stored_at, stored_by=stored_by, reader_id=READER) is is_new


@pytest.mark.parametrize(
    ("kinds", "only_new", "expected"),
    [
        (["contacts", "measures"], False, {"contacts", "measures"}),
        (["contacts", "contacts", "nonsense", ""], False, {"contacts"}),
        (["contacts"], True, set()),
        ([], False, set()),
    ],
)
def test_only_kinds_that_exist_are_filtered_by(kinds: list[str], only_new: bool, expected: set[str]) -> None:
    assert Filtered.of(kinds, only_new=only_new) == Filtered(frozenset(expected), only_new)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-10T15:00:00+00:00", LOOKED),
        ("2026-03-10T11:00:00-04:00", LOOKED),
        ("2026-03-10T15:00:00", None),
        ("0001-01-01T00:00:00+00:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_an_instant_names_its_offset_and_can_be(text: str, expected: datetime | None) -> None:
    assert read_instant(text) == expected
