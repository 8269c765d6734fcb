"""Instruments are found by id, version and scale key."""

from pathlib import Path

import pytest

from registry.measures.catalogue import Catalogue, UnknownInstrument, UnknownScale
from registry.measures.definition import DefinitionError
from tests.unit.measures.conftest import REPOSITORY


@pytest.fixture
def two_versions(tmp_path: Path) -> Catalogue:
    """The CES-D in versions 2 and 10; only the older has a safety item."""
    text = (REPOSITORY / "tests" / "data" / "instruments" / "cesd.toml").read_text(encoding="utf-8")
    safety = 'safety = { positive_from = 3, source = "a paper", status = "literature" }'
    older = text.replace('id = "18"\n', f'id = "18"\n{safety}\n')
    (tmp_path / "cesd.v2.toml").write_text(older.replace('version = "1"', 'version = "2"'), encoding="utf-8")
    (tmp_path / "cesd.v10.toml").write_text(text.replace('version = "1"', 'version = "10"'), encoding="utf-8")
    return Catalogue.from_directory(tmp_path)


def test_the_latest_version_is_the_highest_number(two_versions: Catalogue) -> None:
    assert two_versions.get("cesd").version == "10"
    assert two_versions.get("cesd", "2").version == "2"
    assert [each.version for each in two_versions] == ["10"]
    assert [each.version for each in two_versions.versions()] == ["2", "10"]
    assert len(two_versions) == 1


def test_items_that_alert_are_named_for_every_version(two_versions: Catalogue, catalogue: Catalogue) -> None:
    (safety_item,) = two_versions.safety_items()
    assert (safety_item.version, safety_item.item_id, safety_item.positive_from) == ("2", "18", 3)

    shipped = {(each.instrument_id, each.item_id): each.positive_from for each in catalogue.safety_items()}
    assert (shipped["phq-9", "9"], shipped["qids-sr16", "12"], shipped["bprs-24", "4"]) == (1, 1, 2)
    assert ("reqol-10", "6") not in shipped, "on consensus: each clinic signs for it, or leaves it"
    assert catalogue.dangers_to_sign_for == {"reqol-10"}


@pytest.mark.parametrize(("instrument_id", "version"), [("phq-10", None), ("phq-9", "7"), ("", None)])
def test_an_unknown_instrument_is_refused(catalogue: Catalogue, instrument_id: str, version: str | None) -> None:
    with pytest.raises(UnknownInstrument):
        catalogue.get(instrument_id, version)


@pytest.mark.parametrize("key", ["phq-9", "phq-9:", "phq-9:sum", "phq-10:total", ":total", ""])
def test_an_unknown_scale_is_refused(catalogue: Catalogue, key: str) -> None:
    with pytest.raises(UnknownScale):
        catalogue.scale(key)


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("phq-9:total", "PHQ-9"),
        ("bprs-18:total", "BPRS-18"),
        ("bprs-18:positive", "BPRS-18 positive symptoms"),
        ("cgi:severity", "CGI-S severity"),
        ("crdpss:hallucinations", "CRDPSS hallucinations"),
        ("psrs-bnsa:negative", "PSRS/BNSA: BNSA negative symptoms"),
        ("hmis-living-situation:housing", "Housing"),
    ],
)
def test_a_scale_is_called_by_its_form_only_where_it_is_the_score_of_all_of_it(
    catalogue: Catalogue, key: str, label: str
) -> None:
    assert catalogue.label_of(key) == label


def test_no_two_scales_have_one_label(catalogue: Catalogue) -> None:
    labels = [catalogue.label_of(key) for key in catalogue.scale_keys()]

    assert len(labels) == len(set(labels))


def test_every_scale_is_found_by_its_key(catalogue: Catalogue) -> None:
    for key in catalogue.scale_keys():
        assert catalogue.instrument_of(key).scale_key(catalogue.scale(key)) == key
    assert "phq-9:total" in catalogue.scale_keys()


def test_a_directory_with_a_bad_file_gives_no_catalogue(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("id = 1", encoding="utf-8")

    with pytest.raises(DefinitionError):
        Catalogue.from_directory(tmp_path)


def test_a_scale_may_be_about_something_else_than_its_form(catalogue: Catalogue) -> None:
    assert catalogue.domain_of("crdpss:hallucinations") == "psychosis"
    assert catalogue.domain_of("crdpss:mania") == "mania"
    assert {"crdpss:mania", "bdss:mania", "ymrs:total"} <= catalogue.number_scales["mania"]
    assert "bdss:depression" not in catalogue.number_scales["mania"]
