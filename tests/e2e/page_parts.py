"""What a page is made of: each element with its classes, inside the one around it. The same parts look the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Part = tuple[str, str]
"""``("p.quiet", "a.btn")``."""

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "source", "col"})


@dataclass
class PageParts:
    """``content`` lies in the main part of the page, ``frame`` around it: navigation, dialogues, the foot."""

    content: set[Part] = field(default_factory=set)
    frame: set[Part] = field(default_factory=set)

    @property
    def all(self) -> set[Part]:
        return self.content | self.frame


def parts_of(html: str) -> PageParts:
    reader = _Reader()
    reader.feed(html)
    return reader.parts


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts = PageParts()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        words = [tag, *sorted((named.get("class") or "").split()), named.get("type") or ""]
        element = ".".join(word for word in words if word)
        found = self.parts.content if "main" in {each.partition(".")[0] for each in self._open} else self.parts.frame
        found.add((self._open[-1] if self._open else "", element))
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().partition(".")[0] != tag:
            pass
