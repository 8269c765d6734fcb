"""What a page is made of: each element with its classes, inside the one around it. The same parts look the same."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import html

Part = tuple[str, str]
"""``("p.quiet", "a.btn")``."""


@dataclass(frozen=True, slots=True)
class PageParts:
    """``content`` lies in the main part of the page, ``frame`` around it: navigation, dialogues, the foot."""

    content: frozenset[Part]
    frame: frozenset[Part]

    @property
    def all(self) -> frozenset[Part]:
        return self.content | self.frame


def parts_of(page: html.HtmlElement) -> PageParts:
    """Of a page as ``tests.pages.elements`` reads it."""
    names = {element: _name(element) for element in page.iter() if isinstance(element.tag, str)}
    main = page.find(".//main")
    within = set(main.iterdescendants()) if main is not None else set()
    parts = {element: (names.get(element.getparent(), ""), name) for element, name in names.items()}
    return PageParts(
        content=frozenset(part for element, part in parts.items() if element in within),
        frame=frozenset(part for element, part in parts.items() if element not in within),
    )


def _name(element: html.HtmlElement) -> str:
    words = [element.tag, *sorted(element.get("class", "").split()), element.get("type", "")]
    return ".".join(word for word in words if word)
