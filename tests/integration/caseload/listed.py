"""What a list shows, as tests ask for it."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup


def names(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select("[data-row-link]")]


def said_on(page: BeautifulSoup) -> str:
    return re.sub(r"\s+", " ", page.get_text(" ", strip=True))


def row_of(page: BeautifulSoup, name: str) -> str:
    row = next(link.find_parent("tr") for link in page.select("[data-row-link]") if link.get_text(strip=True) == name)
    assert row is not None
    return re.sub(r"\s+", " ", row.get_text(" ", strip=True).replace("\N{NARROW NO-BREAK SPACE}", " "))


def chips(page: BeautifulSoup) -> dict[str, str]:
    found = {}
    for chip in page.select(".chip"):
        number = chip.select_one(".chip__count")
        assert number is not None
        found[chip.get_text(" ", strip=True).removesuffix(number.get_text(strip=True)).strip()] = number.get_text(
            strip=True
        )
    return found
