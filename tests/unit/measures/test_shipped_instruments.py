"""What the shipped files say, checked against the published instruments."""

from decimal import Decimal

import pytest

from registry.episodes.scales import shipped_folders
from registry.measures.catalogue import Catalogue, check_directory
from registry.measures.course import Target, is_elevated
from registry.measures.instrument import Instrument
from registry.measures.scale import Figure
from registry.measures.scoring import proves_positive
from tests.unit.measures.conftest import REPOSITORY


def test_every_shipped_file_can_be_used() -> None:
    assert [check_directory(folder) for folder in shipped_folders(REPOSITORY / "instruments")] == [[], []]


def test_what_may_not_be_used_for_profit_lies_apart(catalogue: Catalogue) -> None:
    apart = Catalogue.from_directory(REPOSITORY / "instruments" / "non-commercial")

    assert {each.id for each in catalogue if each.licence.non_commercial} == {each.id for each in apart}
    assert {each.id for each in apart} >= {"audit", "dast-10", "who-5"}


@pytest.mark.parametrize(
    ("key", "items", "low", "high", "cutoff", "remission", "response", "reliable_change"),
    [
        ("phq-9:total", 9, 0, 27, 10, 4, 50, 5),
        ("gad-7:total", 7, 0, 21, 10, None, 50, 4),
        ("asrm:total", 5, 0, 20, 6, 5, None, None),
        ("bprs-18:total", 18, 18, 126, None, None, 50, None),
        ("bprs-18:positive", 4, 4, 28, None, None, None, None),
        ("bprs-18:negative", 3, 3, 21, None, None, None, None),
        ("phq-8:total", 8, 0, 24, 10, None, None, None),
        ("phq-2:total", 2, 0, 6, 3, None, None, None),
        ("gad-2:total", 2, 0, 6, 3, None, None, None),
        ("qids-sr16:total", 16, 0, 27, None, 5, 50, None),
        ("ymrs:total", 11, 0, 60, None, 12, 50, 6.6),
        ("pmq-9:total", 9, 0, 27, 10, None, None, None),
        ("bdss:total", 10, 10, 70, None, None, None, None),
        ("bdss:mania", 5, 5, 35, None, None, None, None),
        ("bdss:depression", 4, 4, 28, None, None, None, None),
        ("bdss:psychosis", 1, 1, 7, None, None, None, None),
        ("bprs-24:total", 24, 24, 168, None, None, None, None),
        ("crdpss:delusions", 1, 0, 4, 2, None, None, None),
        ("psrs-bnsa:positive", 4, 4, 28, None, None, None, None),
        ("psrs-bnsa:negative", 4, 4, 24, None, None, None, None),
        ("panss:total", 30, 30, 210, None, None, None, None),
        ("panss:positive", 7, 7, 49, None, None, None, None),
        ("panss:negative", 7, 7, 49, None, None, None, None),
        ("panss:general", 16, 16, 112, None, None, None, None),
        ("panss-6:total", 6, 6, 42, None, 13, None, None),
        ("cgi:severity", 1, 1, 7, None, 2, None, None),
        ("cgi:improvement", 1, 1, 7, None, None, None, None),
    ],
)
def test_the_numbers_that_count(
    catalogue: Catalogue,
    key: str,
    items: int,
    low: int,
    high: int,
    cutoff: int | None,
    remission: int | None,
    response: int | None,
    reliable_change: float | None,
) -> None:
    scale = catalogue.scale(key)

    assert (len(scale.items), scale.minimum, scale.maximum, scale.floor) == (items, low, high, low)
    assert scale.cutoff_in_force == cutoff
    assert scale.remission_in_force == remission
    assert scale.response_in_force == response
    assert scale.reliable_change_in_force == (None if reliable_change is None else Decimal(str(reliable_change)))


def test_a_response_is_expected_from_the_cut_off_or_else_the_published_level(catalogue: Catalogue) -> None:
    levels = {key: catalogue.scale(key).response_from_in_force for key in catalogue.scale_keys()}

    assert levels["phq-9:total"] == 10
    assert levels["bprs-18:total"] == 31, "mildly ill (Leucht 2005); not a cut-off"
    assert levels["bprs-18:positive"] is None


@pytest.mark.parametrize(
    ("key", "edges"),
    [
        ("phq-9:total", {4: "minimal", 5: "mild", 9: "mild", 10: "moderate", 15: "moderately severe", 20: "severe"}),
        ("gad-7:total", {0: "minimal", 5: "mild", 10: "moderate", 15: "severe", 21: "severe"}),
        ("bprs-18:total", {30: "below mildly ill", 31: "mildly ill", 41: "moderately ill", 53: "markedly ill"}),
    ],
)
def test_bands_change_at_the_published_totals(catalogue: Catalogue, key: str, edges: dict[int, str]) -> None:
    for total, label in edges.items():
        band = catalogue.scale(key).band_of(Decimal(total))
        assert band is not None
        assert band.label == label


def test_default_targets(catalogue: Catalogue) -> None:
    targets = {key: Target.default_for(catalogue.scale(key)) for key in catalogue.scale_keys()}

    assert targets["phq-9:total"] == Target(at_most=Decimal(4))
    assert targets["asrm:total"] == Target(at_most=Decimal(5))
    assert targets["bprs-18:total"] is None
    assert targets["hmis-living-situation:housing"] is None


@pytest.mark.parametrize(("total", "elevated"), [(5, False), (6, True)])
def test_mania_is_elevated_from_six(asrm: Instrument, total: int, elevated: bool) -> None:
    assert is_elevated(asrm.scale("total"), Decimal(total)) is elevated


def test_the_difficulty_answers_keep_their_codes_out_of_order(phq9: Instrument) -> None:
    codes = {choice.label: (choice.value, choice.code) for choice in phq9.item("difficulty").choices}

    assert codes["Very difficult"] == (2, "LA6575-0")
    assert codes["Extremely difficult"] == (3, "LA6574-3")


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        ("asrm:total", "response"),
        ("ymrs:total", "cutoff"),
        ("pmq-9:total", "reliable_change"),
        ("qids-sr16:total", "reliable_change"),
        ("crdpss:hallucinations", "target"),
    ],
)
def test_a_number_without_a_confirmed_source_is_shown_and_fires_nothing(
    catalogue: Catalogue, key: str, figure: str
) -> None:
    scale = catalogue.scale(key)

    assert isinstance(getattr(scale, figure), Figure)
    assert getattr(scale, f"{figure}_in_force") is None


@pytest.mark.parametrize("instrument_id", ["crdpss", "cgi", "psrs-bnsa"])
def test_a_profile_has_no_total(catalogue: Catalogue, instrument_id: str) -> None:
    """No scale adds up items of another; a profile only stands them side by side."""
    scales = [scale for scale in catalogue.get(instrument_id).scales if not scale.is_profile]
    counted = [item for scale in scales for item in scale.items]

    assert len(scales) > 1
    assert len(counted) == len(set(counted)) == len(catalogue.get(instrument_id).items)


def test_positive_symptoms_of_psychosis_are_told_from_the_other_domains(catalogue: Catalogue) -> None:
    positive = {each.id: each.psychosis.positive for each in catalogue if each.psychosis is not None}

    assert positive["crdpss"] == ("hallucinations", "delusions", "disorganised-speech")
    assert positive["bprs-18"] == ("4", "11", "12", "15")


def test_items_shared_between_instruments_read_the_same(catalogue: Catalogue) -> None:
    def wording(instrument_id: str) -> list[tuple[str | None, str | None]]:
        return [(item.text, item.code) for item in catalogue.get(instrument_id).items]

    assert wording("phq-8") == wording("phq-9")[:8]
    assert wording("phq-2") == wording("phq-9")[:2]
    assert wording("gad-2") == wording("gad-7")[:2]


def test_codes_tell_a_panel_from_its_total(catalogue: Catalogue) -> None:
    assert (catalogue.get("phq-9").code, catalogue.scale("phq-9:total").code) == ("44249-1", "44261-6")
    assert (catalogue.get("phq-2").code, catalogue.scale("phq-2:total").code) == ("55757-9", "55758-7")
    assert (catalogue.get("gad-2").code, catalogue.scale("gad-2:total").code) == (None, None), "70273-8 is the PHQ-15"
    assert (catalogue.get("gad-7").code, catalogue.scale("gad-7:total").code) == ("69737-5", "70274-6")
    assert catalogue.get("phq-9").item("9").code == "44260-8"


def test_the_lowest_anxiety_answer_is_not_at_all(catalogue: Catalogue) -> None:
    gad7 = catalogue.get("gad-7")

    assert {item.choices[0].label for item in gad7.items} == {"Not at all"}
    assert gad7.recall_days == 14


def test_a_score_only_instrument_shows_neutral_labels(asrm: Instrument) -> None:
    assert asrm.score_only
    assert [item.label for item in asrm.items] == ["Item 1", "Item 2", "Item 3", "Item 4", "Item 5"]
    assert [choice.value for choice in asrm.items[0].choices] == [0, 1, 2, 3, 4]


def test_item_nine_is_the_only_safety_item_of_the_phq9(phq9: Instrument) -> None:
    assert [(item.id, item.safety_positive_from) for item in phq9.safety_items] == [("9", 1)]


@pytest.mark.parametrize(
    ("code", "category"),
    [(116, "homeless"), (101, "homeless"), (118, "homeless"), (207, "institution"), (336, "unstable"), (410, "stable")],
)
def test_living_situations_are_grouped(housing: Instrument, code: int, category: str) -> None:
    choice = housing.item("living").choice(code)

    assert choice is not None
    assert choice.category == category


def test_every_instrument_tells_its_licence_and_source(catalogue: Catalogue) -> None:
    for instrument in catalogue:
        assert instrument.licence.notice
        assert instrument.licence.source.text
        assert instrument.cadence_source.text
        assert instrument.citations
        assert len(instrument.content_hash) == 64


@pytest.mark.parametrize(("total", "needs"), [(0, False), (24, False), (25, True), (27, True)])
def test_a_phq_9_of_25_or_more_needs_a_positive_item_9(catalogue: Catalogue, total: int, needs: bool) -> None:
    instrument = catalogue.instrument_of("phq-9:total")
    (item,) = instrument.safety_items

    assert proves_positive(instrument, item, total) is needs
