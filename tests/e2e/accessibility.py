"""The accessibility baseline every page keeps: WCAG 2.2 A and AA, as axe-core can tell."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def accessibility_faults(page: Page) -> list[str]:
    """One line for each element that breaks a rule: the rule, what it asks for, and where."""
    # Preloading would fetch the style sheets again by a path of axe's own, and the watched window would complain.
    options = {"runOnly": {"type": "tag", "values": _STANDARD}, "preload": False}
    results = Axe().run(page, options=options)
    return [
        f"{violation['id']}: {violation['help']} ({' '.join(node['target'])})"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
