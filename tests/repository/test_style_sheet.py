"""The style sheets and those who use their tokens agree."""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "registry" / "static"
SHEETS = sorted(STATIC.glob("*.css"))
STYLE_SHEET = "\n".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)

_USED = re.compile(r"var\((--[\w-]+)\)")
_DEFINED = re.compile(r"(--[\w-]+):")


def _tokens_used() -> set[str]:
    figures = (STATIC.parent / "charts").rglob("*.py")
    scripts = (STATIC / "behaviours").glob("*.js")
    return {token for file in (*SHEETS, *figures, *scripts) for token in _USED.findall(file.read_text())}


def _own(tokens: set[str]) -> set[str]:
    return {token for token in tokens if not token.startswith("--bs-")}


def test_every_token_that_is_used_has_a_value() -> None:
    assert _own(_tokens_used()) - set(_DEFINED.findall(STYLE_SHEET)) == set()


def test_every_token_is_used() -> None:
    assert _own(set(_DEFINED.findall(STYLE_SHEET))) - _tokens_used() == set()
