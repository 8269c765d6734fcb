"""Pages of a list, counted no further than anybody reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

COUNT_LIMIT = 1_000

LONGEST_NUMBER = 5
"""Digits of a page number somebody may ask for: more cannot be a page, and overflows a database."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Where we are in a list. ``total`` stops at ``COUNT_LIMIT`` + 1, shown as "1,000+"."""

    page: int
    per_page: int
    total: int
    address: Callable[[int], str]

    @property
    def first(self) -> int:
        return 0 if self.total == 0 else (self.page - 1) * self.per_page + 1

    @property
    def last(self) -> int:
        return min(self.page * self.per_page, self.total)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def total_words(self) -> str:
        return f"{COUNT_LIMIT:,}+" if self.total > COUNT_LIMIT else f"{self.total:,}"

    @property
    def previous_url(self) -> str | None:
        return self.address(self.page - 1) if self.page > 1 else None

    @property
    def next_url(self) -> str | None:
        return self.address(self.page + 1) if self.page < self.pages else None


def page_number(text: str | None) -> int:
    """A page number from the address: 1 when absent or not a possible number."""
    is_possible = text is not None and len(text) <= LONGEST_NUMBER and text.isascii() and text.isdigit()
    return max(1, int(text)) if text and is_possible else 1
