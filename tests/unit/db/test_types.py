"""What our column types refuse, and what they keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from registry.db.identifiers import new_id
from registry.db.types import Hundredths, UtcDateTime

DIALECTS = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy types neither


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_instant_without_a_zone_is_refused(dialect: object) -> None:
    with pytest.raises(ValueError, match="needs its time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 12, 8), dialect)  # type: ignore[arg-type]  # noqa: DTZ001  # what is refused


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_instant_comes_back_as_the_same_instant_in_utc(dialect: object) -> None:
    morning = datetime(2026, 3, 12, 8, 30, tzinfo=timezone(timedelta(hours=-5)))
    kind = UtcDateTime()

    stored = kind.process_bind_param(morning, dialect)  # type: ignore[arg-type]  # either dialect
    back = kind.process_result_value(stored, dialect)  # type: ignore[arg-type]  # as above

    assert back == morning
    assert back is not None
    assert back.tzinfo is UTC


def test_sqlite_keeps_an_instant_as_utc() -> None:
    stored = UtcDateTime().process_bind_param(
        datetime(2026, 3, 12, 8, 30, tzinfo=timezone(timedelta(hours=-5))), DIALECTS[0]
    )

    assert stored is not None
    assert stored.isoformat() == "2026-03-12T13:30:00"


@pytest.mark.parametrize(
    ("value", "stored"),
    [(Decimal("0"), 0), (Decimal("12.5"), 1250), (Decimal("-0.01"), -1), (7, 700), (Decimal("7.10"), 710)],
)
def test_a_decimal_is_kept_as_hundredths_and_comes_back_equal(value: Decimal | int, stored: int) -> None:
    kind = Hundredths()

    assert kind.process_bind_param(value, DIALECTS[0]) == stored
    assert kind.process_result_value(stored, DIALECTS[0]) == value


def test_a_third_decimal_place_is_refused_and_never_rounded() -> None:
    with pytest.raises(ValueError, match="more than two decimal places"):
        Hundredths().process_bind_param(Decimal("0.005"), DIALECTS[0])


def test_nothing_stays_nothing_and_is_no_zero() -> None:
    for kind in (Hundredths(), UtcDateTime()):
        assert kind.process_bind_param(None, DIALECTS[0]) is None
        assert kind.process_result_value(None, DIALECTS[0]) is None


def test_identifiers_are_version_7_unguessable_and_ordered_by_the_millisecond() -> None:
    made = [new_id() for _ in range(2_000)]

    assert len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}
    instants = [each.int >> 80 for each in made]
    assert instants == sorted(instants)
