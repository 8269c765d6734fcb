"""Which changes of housing and work are a loss."""

from datetime import timedelta

import pytest

from registry.measures.catalogue import Catalogue
from registry.measures.categories import DatedCategory, latest_loss
from tests.unit.measures.builders import START


def spells(*categories: str) -> list[DatedCategory]:
    return [DatedCategory(START + timedelta(days=30 * n), category) for n, category in enumerate(categories)]


@pytest.mark.parametrize(
    ("key", "categories", "lost"),
    [
        ("hmis-living-situation:housing", ["stable"], None),
        ("hmis-living-situation:housing", ["stable", "stable"], None),
        ("hmis-living-situation:housing", ["stable", "unstable"], ("stable", "unstable")),
        ("hmis-living-situation:housing", ["stable", "homeless"], ("stable", "homeless")),
        ("hmis-living-situation:housing", ["unstable", "homeless"], ("unstable", "homeless")),
        ("hmis-living-situation:housing", ["homeless", "stable"], None),
        ("hmis-living-situation:housing", ["stable", "homeless", "stable"], None),
        ("hmis-living-situation:housing", ["stable", "institution"], None),
        ("hmis-living-situation:housing", ["stable", "institution", "homeless"], ("stable", "homeless")),
        ("hmis-living-situation:housing", ["homeless", "institution", "unstable"], None),
        ("hmis-living-situation:housing", ["institution", "homeless"], None),
        ("employment:employment", ["competitive", "none"], ("competitive", "none")),
        ("employment:employment", ["competitive", "other"], ("competitive", "other")),
        ("employment:employment", ["competitive", "education"], None),
        ("employment:employment", ["none", "competitive"], None),
    ],
)
def test_a_loss_is_what_the_file_says(
    catalogue: Catalogue, key: str, categories: list[str], lost: tuple[str, str] | None
) -> None:
    found = latest_loss(catalogue.scale(key), spells(*categories))

    assert (None if found is None else (found.before.category, found.after.category)) == lost


def test_a_loss_is_found_by_date_whatever_the_order_of_entry(catalogue: Catalogue) -> None:
    found = latest_loss(catalogue.scale("hmis-living-situation:housing"), reversed(spells("stable", "homeless")))

    assert found is not None
    assert found.after.on == START + timedelta(days=30)


def test_of_two_answers_on_one_day_the_graver_stands_last(catalogue: Catalogue) -> None:
    same_day = [DatedCategory(START, "homeless"), DatedCategory(START, "stable")]

    assert latest_loss(catalogue.scale("hmis-living-situation:housing"), same_day) is not None
