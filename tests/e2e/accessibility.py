"""The accessibility baseline every page keeps: WCAG 2.2 A and AA, as axe-core can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Told apart in the browser: the whole report of a page is megabytes of what is in order.
_FAULTS = """async (options) => {
    const { violations } = await axe.run(document, options);
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`));
}"""


def load_axe(page: Page) -> None:
    """Have axe in every page this window opens, for a walk through many."""
    page.add_init_script(AXE_SCRIPT)


def accessibility_faults(page: Page, *, rules: Sequence[str] = (), besides: Sequence[str] = ()) -> list[str]:
    """One line for each element that breaks a rule: the rule, what it asks for, and where.

    ``rules``: only these; all of the standard unless given, less ``besides``.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    faults: list[str] = page.evaluate(_FAULTS, _options(rules, besides))
    return faults


def _options(rules: Sequence[str], besides: Sequence[str]) -> dict[str, Any]:
    return {
        "runOnly": {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": _STANDARD},
        "rules": {rule: {"enabled": False} for rule in besides},
        "resultTypes": ["violations"],
        # Preloading would fetch the style sheets again by a path of axe's own, and the watched window would complain.
        "preload": False,
    }
