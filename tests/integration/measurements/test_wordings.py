"""A clinic's licensed text and its translation: shown where a measure is entered and read, the same scoring behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.instruments import own_instruments
from tests.integration.measurements.browser import Browser, Stored, one, typed
from tests.pages import page_of

WORDING = """
instrument = "asrm"
version = "1"
language = "{language}"
notice = "Licensed to this clinic, agreement 12."
validation = {{ source = "the published form", status = "{status}" }}
[items]
1 = {{ text = "{first}" }}
2 = {{ text = "Two" }}
3 = {{ text = "Three" }}
4 = {{ text = "Four" }}
5 = {{ text = "Five" }}
"""
ANSWERS = {str(item): 1 for item in range(1, 6)}


@pytest.fixture(autouse=True)
def _worded(app: Flask, browser: Browser, tmp_path: Path) -> Iterator[None]:
    folder = tmp_path / "wordings"
    folder.mkdir()
    for language, first, status in (("en", "Happier than usual", "verified"), ("es", "Más feliz", "unverified")):
        text = WORDING.format(language=language, first=first, status=status)
        (folder / f"asrm.{language}.toml").write_text(text, encoding="utf-8")
    with own_instruments(app, tmp_path):
        yield


def test_the_clinics_own_text_is_shown_with_the_right_by_which_it_is(browser: Browser) -> None:
    page = browser.page("/new/asrm")

    assert one(page, "[data-item='1'] .question__text").get_text(" ", strip=True) == "1 Happier than usual"
    assert "agreement 12" in page.get_text()


def test_a_form_is_read_in_the_language_chosen_and_says_so_afterwards(browser: Browser, stored: Stored) -> None:
    chips = {chip.get_text(strip=True): chip["href"] for chip in browser.page("/new/asrm").select(".chip")}

    response = browser.send(chips["Spanish"].removeprefix(browser.measures), typed(ANSWERS))

    assert stored() == [("final", [5])]
    page = page_of(browser.client.get(response.location))
    assert "Spanish, no validated translation on file" in page.get_text()
    assert "1 Happier than usual" in page.get_text(), "the team reads its own language"
    correction = page_of(browser.client.get(f"{response.location}/correct"))
    assert "Más feliz" in one(correction, "[data-item='1']").get_text()


@pytest.mark.parametrize("language", ["fr", "%00", "x" * 5_000])
def test_a_language_nobody_wrote_down_shows_the_words_of_the_file(browser: Browser, language: str) -> None:
    page = browser.page(f"/new/asrm?language={language}")

    assert one(page, "[data-item='1'] .question__text").get_text(" ", strip=True) == "1 Item 1"


def test_an_instrument_in_one_language_offers_no_choice(browser: Browser) -> None:
    assert browser.page("/new/phq-9").select("main .chip") == []
