"""The measures in use, as anybody may look them up."""

from __future__ import annotations

from registry.measurements.instruments import catalogue
from tests.integration.administration.conftest import House
from tests.pages import heading, words

INSTRUMENTS = "/administration/instruments"


def test_every_measure_has_a_page_with_its_licence_and_sources(house: House) -> None:
    browser = house.browser_of("manager")
    listed = words(browser.get(INSTRUMENTS))
    with house.app.app_context():
        instruments = list(catalogue())

    assert instruments
    for instrument in instruments:
        assert instrument.title in listed
        page = browser.get(f"{INSTRUMENTS}/{instrument.id}")
        assert heading(page) == instrument.short_title
        assert " ".join(instrument.licence.notice.split()) in words(page)
        for scale in instrument.scales:
            if scale.cutoff:
                assert " ".join(scale.cutoff.source.text.split()) in words(page)


def test_an_unknown_measure_does_not_exist(house: House) -> None:
    assert house.browser_of("manager").get(f"{INSTRUMENTS}/no-such").status_code == 404
