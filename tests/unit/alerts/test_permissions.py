"""Which last day of somebody around a patient is worth a warning."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.alerts.loading.around import permissions
from registry.alerts.snapshot import Permission
from registry.patients.models import RelatedPerson

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 31)
AUGUST = datetime(2026, 8, 3, 16, tzinfo=UTC)
DECIDES: dict[str, Any] = {"authority": "Order 12"}
IS_TOLD: dict[str, Any] = {"may_have_information": True, "release_scope": "Appointments"}


def authority(until: date) -> Permission:
    return Permission("Rosa Vega, guardian", is_release=False, ends_on=until)


def release(until: date) -> Permission:
    return Permission("Rosa Vega, guardian", is_release=True, ends_on=until)


@pytest.mark.parametrize(
    ("why", "facts", "expected"),
    [
        ("an authority with a last day", DECIDES | {"ends_on": JULY}, [authority(JULY)]),
        ("a release with a last day", IS_TOLD | {"release_until": JULY}, [release(JULY)]),
        ("neither", {"ends_on": JULY}, []),
        ("a release ends with the relation", IS_TOLD | {"release_until": JULY, "ends_on": JUNE}, [release(JUNE)]),
        ("both at once are one", DECIDES | IS_TOLD | {"release_until": JULY, "ends_on": JULY}, [authority(JULY)]),
        (
            "a release that ends before the authority",
            DECIDES | IS_TOLD | {"release_until": JUNE, "ends_on": JULY},
            [authority(JULY), release(JUNE)],
        ),
        ("somebody said that it is over", DECIDES | IS_TOLD | {"ends_on": JUNE, "is_over": True}, []),
        ("written again after its day", DECIDES | {"ends_on": JUNE, "changed_at": AUGUST}, [authority(JUNE)]),
    ],
)
def test_what_has_a_last_day_is_known_until_somebody_says_that_it_is_over(
    why: str, facts: dict[str, Any], expected: list[Permission]
) -> None:
    known = {"authority": "", "may_have_information": False}
    person = RelatedPerson(name="Rosa Vega", relation="guardian", **(known | facts))

    assert list(permissions([person])) == expected, why
