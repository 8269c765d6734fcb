"""What stands on a page, found as a style sheet would find it and read as a person would.

lxml alone: a page takes it half a millisecond. Beautiful Soup took ten, a tenth of what a test of a page took.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from cssselect import HTMLTranslator
from lxml import etree, html


class Element:
    """One element, and what is in it."""

    __slots__ = ("_node",)

    def __init__(self, node: Any) -> None:
        self._node = node

    def select(self, selector: str) -> list[Element]:
        """What matches, in the order of the page: of what is in it, and itself."""
        return [Element(node) for node in _path(selector)(self._node)]

    def select_one(self, selector: str) -> Element | None:
        """The first that matches."""
        return next(iter(self.select(selector)), None)

    def enclosing(self, tag: str) -> Element:
        """The nearest element around it of this kind. Raises ``StopIteration`` where there is none."""
        return Element(next(self._node.iterancestors(tag)))

    def following(self, tag: str) -> Element:
        """The next of this kind after it beside it. Raises ``StopIteration`` where there is none."""
        return Element(next(self._node.itersiblings(tag)))

    def remove(self) -> None:
        """Take it off the page, and leave the words after it."""
        self._node.drop_tree()

    def get_text(self, between: str = "", *, strip: bool = False) -> str:
        """Its words, without scripts; ``strip``: no white space around each part, and no part that is blank."""
        parts: Iterable[str] = _SPOKEN(self._node)
        return between.join(filter(None, (part.strip() for part in parts)) if strip else parts)

    @property
    def text(self) -> str:
        return self.get_text()

    @property
    def written(self) -> str:
        """What stands in it as it was written: a script's own text too."""
        return str(self._node.text_content())

    def __str__(self) -> str:
        """All that is written in it, addresses and marks as well."""
        return str(html.tostring(self._node, encoding="unicode", with_tail=False))

    def has_attr(self, name: str) -> bool:
        return name in self._node.attrib

    @property
    def tag(self) -> str:
        """What kind of element it is."""
        return str(self._node.tag)

    def get(self, name: str, otherwise: str = "") -> str:
        """An attribute as it was written, or ``otherwise`` where it has none of this name."""
        return str(self._node.get(name, otherwise))

    def __getitem__(self, name: str) -> str:
        """An attribute it must have. Raises ``KeyError`` where it has not."""
        return str(self._node.attrib[name])


def read(page: bytes) -> html.HtmlElement:
    """The page as lxml reads it; of an empty one, an empty one."""
    return html.document_fromstring(page or b"<html></html>", parser=_PARSER)


@cache
def _path(selector: str) -> etree.XPath:
    """What a selector is to lxml, translated once."""
    return etree.XPath(HTMLTranslator().css_to_xpath(selector))


_PARSER = html.HTMLParser(encoding="utf-8", remove_comments=True)
_SPOKEN = etree.XPath(".//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
