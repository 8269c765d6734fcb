"""The catalogue of instruments, as anybody may look things up in it."""

from __future__ import annotations

import pytest

from registry.measurements.instruments import catalogue
from registry.measures.rules_in_words import of_instrument, of_scale
from tests.integration.administration.conftest import House
from tests.pages import heading, page_of, words

INSTRUMENTS = "/administration/instruments"


def _listed(house: House, narrowed: str, who: str = "manager") -> list[str]:
    page = house.browser_of(who).get(f"{INSTRUMENTS}?{narrowed}")
    assert page.status_code == 200
    return [link.get_text(strip=True) for link in page_of(page).select("main tbody .row-name")]


def test_every_measure_has_a_page_with_its_licence_and_sources(house: House) -> None:
    browser = house.browser_of("manager")
    listed = words(browser.get(INSTRUMENTS))
    with house.app.app_context():
        instruments = list(catalogue())

    assert instruments
    for instrument in instruments:
        assert instrument.title in listed
        page = browser.get(f"{INSTRUMENTS}/{instrument.id}")
        said = words(page)
        assert heading(page) == instrument.short_title
        assert " ".join(instrument.licence.notice.split()) in said
        assert all(" ".join(citation.split()) in said for citation in instrument.citations)
        assert all(rule in said for rule in of_instrument(instrument))
        assert all(item.label in said for item in instrument.items)
        for scale in instrument.scales:
            assert all(rule in said for rule in of_scale(instrument, scale))
            assert all(band.label.capitalize() in said for band in scale.bands)
            if scale.cutoff:
                assert " ".join(scale.cutoff.source.text.split()) in said


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ("q=mood", ["Mood diary"]),
        ("q=MOOD+diary", ["Mood diary"]),
        ("q=mood+nothing", []),
        ("domain=side-effects&q=invented", ["Branches"]),
        ("domain=side-effects&respondent=self", []),
        ("use=yes&q=invented", []),
        ("use=no&q=invented", ["Mood diary", "Branches"]),
        ("use=no&q=phq-9", []),
        ("use=perhaps&q=invented", ["Mood diary", "Branches"]),
    ],
)
def test_the_catalogue_is_narrowed_by_words_and_filters(invented: House, narrowed: str, expected: list[str]) -> None:
    assert _listed(invented, narrowed) == expected


def test_a_search_that_cannot_be_shows_everything(house: House) -> None:
    assert _listed(house, f"q={'x' * 200}") == _listed(house, "")


def test_nothing_found_says_so_and_leads_back(house: House) -> None:
    assert "No measure fits" in words(house.browser_of("manager").get(f"{INSTRUMENTS}?q=no+such+form"))


def test_each_number_says_how_far_it_can_be_trusted(invented: House) -> None:
    said = words(invented.browser_of("psychiatrist").get(f"{INSTRUMENTS}/mood-diary"))

    assert "Elevated 6 or higher judgement of two clinicians Consensus: shown only" in said
    assert "Remission 2 or lower nobody knows Not confirmed: shown only" in said
    assert "Response 50 % of the way from the baseline to 0 invented Literature" in said
    assert "Reliable change 3 points judgement of two clinicians Consensus: shown only" in said
    assert "Full wording, non-commercial use only" in said


def test_whoever_may_not_choose_is_not_offered_to(house: House) -> None:
    assert "Choose for Harbor" in words(house.browser_of("lead").get(INSTRUMENTS))
    for name in ("manager", "psychiatrist"):
        browser = house.browser_of(name)
        assert "Choose for" not in words(browser.get(INSTRUMENTS))
        assert "Change" not in words(browser.get(f"{INSTRUMENTS}/phq-9"))


@pytest.mark.parametrize("address", ["no-such", "no-such/try", "phq-9?version=99", "phq-9/try?version=99"])
def test_an_unknown_measure_or_version_does_not_exist(house: House, address: str) -> None:
    assert house.browser_of("manager").get(f"{INSTRUMENTS}/{address}").status_code == 404


def test_a_version_is_asked_for_by_its_number(house: House) -> None:
    assert "version 1" in words(house.browser_of("manager").get(f"{INSTRUMENTS}/phq-9?version=1"))
