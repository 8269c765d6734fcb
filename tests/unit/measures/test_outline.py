"""The browser gets enough to show the score that the server will work out."""

import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from registry.measures.catalogue import Catalogue, catalogue_at
from registry.measures.course import Target
from registry.measures.instrument import Instrument
from registry.measures.outline import outline
from registry.measures.scale import Prorating, Source, Status
from registry.measures.scoring import score
from tests.instruments import OWN_INSTRUMENTS
from tests.unit.measures.builders import answers


def test_it_is_plain_json_for_every_instrument(catalogue: Catalogue) -> None:
    for instrument in catalogue:
        plain = outline(instrument)

        assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_it_names_bands_and_target(phq9: Instrument) -> None:
    plain = outline(phq9, target=Target(at_most=Decimal(4)))

    (total,) = plain["scales"]
    assert total["bands"][2] == {"label": "moderate", "low": 10, "high": 14, "severity": 2}
    assert total["target"] == {"at_most": 4, "at_least": None, "words": "4 or lower"}
    assert [item["id"] for item in plain["items"] if item["optional"]] == ["difficulty"]


def test_an_answer_that_is_no_information_has_no_points(bprs: Instrument) -> None:
    assert "0" not in outline(bprs)["items"][0]["points"]


def test_the_target_belongs_to_the_primary_scale(bprs: Instrument) -> None:
    targets = [scale["target"] is None for scale in outline(bprs, target=Target(at_most=Decimal(30)))["scales"]]

    assert targets == [False, True, True]


@given(values=st.lists(st.integers(1, 4), min_size=20, max_size=20))
def test_adding_up_its_points_gives_the_score(cesd: Instrument, values: list[int]) -> None:
    points = {item["id"]: item["points"] for item in outline(cesd)["items"]}
    given_answers = answers(cesd, values)

    shown = sum(points[item_id][str(value)] for item_id, value in given_answers.items())

    assert shown == score(cesd, given_answers).scores["total"].value


def test_a_recoded_answer_is_worth_its_points_on_that_scale_only() -> None:
    days = catalogue_at(OWN_INSTRUMENTS).get("days")

    work, rating = outline(days)["scales"]

    assert work["recoded"]["hours"]["9"] == 3
    assert (work["times"], work["divided_by"], work["decimals"]) == (2, 3, 1)
    assert rating["recoded"] == {}


def test_a_number_is_told_by_its_range_and_not_by_each_of_its_answers() -> None:
    items = {item["id"]: item for item in outline(catalogue_at(OWN_INSTRUMENTS).get("days"))["items"]}

    assert items["rating"]["points"] is None
    assert (items["rating"]["low"], items["rating"]["high"]) == (0, 100)


def test_a_prorating_nobody_has_confirmed_is_not_echoed() -> None:
    contentment = catalogue_at(OWN_INSTRUMENTS).get("contentment")
    scale = contentment.primary_scale
    doubtful = replace(scale, prorating=Prorating(1, Source("hearsay", Status.UNVERIFIED)))

    told = [outline(replace(contentment, scales=(each,)))["scales"][0]["at_most_missing"] for each in (scale, doubtful)]

    assert told == [1, 0]
