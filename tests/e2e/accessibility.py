"""The accessibility baseline every page keeps: WCAG 2.2 A and AA, as axe-core can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Told apart in the browser: the whole report of a page is megabytes of what is in order.
_FAULTS = """async ({ alike, ...options }) => {
    const judged = { include: [document.documentElement], exclude: alike ? [] : repeated() };
    const { violations } = await axe.run(judged, options);
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`));

    // Of neighbours made of the same parts, which say something in the same places, all but the first two.
    function repeated() {
        const kinds = new WeakMap();
        describe(document.body);
        return beyondTwo(document.body);

        function describe(element) {
            const { localName, classList, type, childElementCount, textContent, children } = element;
            const says = childElementCount === 0 && textContent.trim() !== "";
            const own = [localName, ...classList, type, element.getAttribute("role"), says].join(" ");
            kinds.set(element, `${own}(${[...children].map(describe)})`);
            return kinds.get(element);
        }

        function beyondTwo(element) {
            const met = new Map();
            return [...element.children].flatMap((child) => {
                const times = (met.get(kinds.get(child)) ?? 0) + 1;
                met.set(kinds.get(child), times);
                return times > 2 ? [child] : beyondTwo(child);
            });
        }
    }
}"""


def load_axe(page: Page) -> None:
    """Have axe in every page this window opens, for a walk through many."""
    page.add_init_script(AXE_SCRIPT)


def accessibility_faults(
    page: Page, *, rules: Sequence[str] = (), besides: Sequence[str] = (), alike: bool = True
) -> list[str]:
    """One line for each element that breaks a rule: the rule, what it asks for, and where.

    ``rules``: only these; all of the standard unless given, less ``besides``. Without ``alike``, rows that are alike
    are judged twice and no more: a table of two hundred rows takes the browser ten seconds.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    faults: list[str] = page.evaluate(_FAULTS, _options(rules, besides) | {"alike": alike})
    return faults


def _options(rules: Sequence[str], besides: Sequence[str]) -> dict[str, Any]:
    return {
        "runOnly": {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": _STANDARD},
        "rules": {rule: {"enabled": False} for rule in besides},
        "resultTypes": ["violations"],
        # Preloading would fetch the style sheets again by a path of axe's own, and the watched window would complain.
        "preload": False,
    }
