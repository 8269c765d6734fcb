"""What a list shows, as tests ask for it."""

from __future__ import annotations

import re

from tests.elements import Element


def names(page: Element) -> list[str]:
    return [link.get_text(strip=True) for link in page.select("[data-row-link]")]


def said_on(page: Element) -> str:
    return re.sub(r"\s+", " ", page.get_text(" ", strip=True))


def row_of(page: Element, name: str) -> str:
    row = next(link.enclosing("tr") for link in page.select("[data-row-link]") if link.get_text(strip=True) == name)
    assert row is not None
    return re.sub(r"\s+", " ", row.get_text(" ", strip=True).replace("\N{NARROW NO-BREAK SPACE}", " "))


def chips(page: Element) -> dict[str, str]:
    found = {}
    for chip in page.select(".chip"):
        number = chip.select_one(".chip__count")
        assert number is not None
        found[chip.get_text(" ", strip=True).removesuffix(number.get_text(strip=True)).strip()] = number.get_text(
            strip=True
        )
    return found
