"""Published data sets, scored whole: their totals and prevalences come out as published."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from registry.measures.instrument import Instrument
from registry.measures.scoring import SafetyState, Scoring, score

pytestmark = pytest.mark.data

REFUSED_OR_UNKNOWN = {"7", "9", ""}


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def test_every_published_cesd_total_is_reproduced(sample_data: Path, cesd: Instrument) -> None:
    rows = list(rows_of(sample_data / "cesd_longitudinal" / "cesd_ahi_long_original_992rows.csv"))

    wrong = [
        (row["id"], row["occasion"])
        for row in rows
        if score(cesd, {item.id: int(row[f"cesd{int(item.id):02d}"]) for item in cesd.items}).scores["total"].value
        != Decimal(row["cesdTotal"])
    ]

    assert len(rows) == 992
    assert wrong == []


@pytest.fixture(scope="module")
def survey(sample_data: Path, phq9: Instrument) -> list[tuple[dict[str, str], Scoring]]:
    """Everyone in the national survey, scored; refused and "don't know" are missing."""
    columns = {item.id: f"DPQ0{item.id}0" for item in phq9.items if item.scored}
    return [
        (
            row,
            score(
                phq9,
                {item: None if row[name] in REFUSED_OR_UNKNOWN else int(row[name]) for item, name in columns.items()},
            ),
        )
        for row in rows_of(sample_data / "nhanes" / "nhanes_2013_2016_phq9_demo.csv")
    ]


def test_the_share_of_adults_with_depression_is_as_published(
    survey: list[tuple[dict[str, str], Scoring]],
) -> None:
    weights = [
        (Decimal(row["WTMEC"]), total)
        for row, scoring in survey
        if (total := scoring.scores["total"].value) is not None and int(row["RIDAGEYR"]) >= 20
    ]

    elevated = sum(weight for weight, total in weights if total >= 10)
    share = 100 * elevated / sum(weight for weight, _ in weights)

    assert len(survey) == 11_659
    assert round(share, 2) == Decimal("8.06")


def test_the_severity_of_depression_among_adults_is_as_published(
    survey: list[tuple[dict[str, str], Scoring]],
) -> None:
    weights: dict[str | None, Decimal] = defaultdict(Decimal)
    for row, scoring in survey:
        if scoring.scores["total"].value is not None and int(row["RIDAGEYR"]) >= 20:
            weights[scoring.scores["total"].band] += Decimal(row["WTMEC"])

    everybody = sum(weights.values())
    weights["15 or more"] = weights.pop("moderately severe") + weights.pop("severe")

    assert {band: round(100 * weight / everybody, 1) for band, weight in weights.items()} == {
        "minimal": Decimal("76.3"),
        "mild": Decimal("15.6"),
        "moderate": Decimal("5.1"),
        "15 or more": Decimal("2.9"),
    }


def test_item_nine_is_often_positive_below_the_cutoff(survey: list[tuple[dict[str, str], Scoring]]) -> None:
    positive = [scoring for _, scoring in survey if scoring.safety[0].state is SafetyState.POSITIVE]
    totals = [scoring.scores["total"].value for scoring in positive]
    below = [total for total in totals if total is not None and total < 10]

    assert (len(below), len(positive)) == (118, 378)


def test_nobody_with_a_missing_item_gets_a_total(survey: list[tuple[dict[str, str], Scoring]]) -> None:
    withheld = [scoring for _, scoring in survey if scoring.missing]

    assert withheld
    assert all(scoring.scores["total"].value is None for scoring in withheld)
