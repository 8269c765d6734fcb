"""Templates print: no script or style of their own, and no macro nobody calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, nodes

from tests.repository.files import ROOT, name, templates

INLINE = {
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script without a source": re.compile(
        r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "an htmx value that is code": re.compile(r"\shx-on|[\"']js:", re.IGNORECASE),
}


@cache
def _parse(path: Path) -> nodes.Template:
    environment = Environment(autoescape=True, loader=FileSystemLoader(ROOT / "templates"))
    return environment.parse(path.read_text(encoding="utf-8"), name=name(path))


def _without_comments(path: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_nothing_is_inline_that_the_content_security_policy_refuses() -> None:
    found = [
        f"{name(path)} has {what}"
        for path in templates()
        for what, pattern in INLINE.items()
        if pattern.search(_without_comments(path))
    ]

    assert found == []


def test_nothing_is_loaded_from_another_host() -> None:
    outside = re.compile(
        r"<(?:img|link|script|iframe|source|form)\b[^>]*(?:src|href|action)=[\"']?(?:https?:)?//", re.I
    )

    assert [name(path) for path in templates() if outside.search(_without_comments(path))] == []


def test_every_macro_is_called_somewhere() -> None:
    """By another template, or by its own: a component nobody shows is a component nobody tests."""
    defined = {macro.name: name(path) for path in templates() for macro in _parse(path).find_all(nodes.Macro)}
    used: set[str] = set()
    for path in templates():
        tree = _parse(path)
        used |= {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
        used |= {node.attr for node in tree.find_all(nodes.Getattr)}

    assert {macro: file for macro, file in defined.items() if macro not in used} == {}


def _templates_asked_for(path: Path) -> Iterator[str]:
    """What it extends, includes and imports by a fixed name."""
    for node in _parse(path).find_all(nodes.Stmt):
        asked = getattr(node, "template", None)
        if isinstance(asked, nodes.Const):
            yield asked.value


def test_every_template_named_in_a_template_exists() -> None:
    missing = [
        f"{name(path)} asks for {asked}"
        for path in templates()
        for asked in _templates_asked_for(path)
        if not (ROOT / "templates" / asked).is_file()
    ]

    assert missing == []
