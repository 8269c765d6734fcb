"""Where the keyboard is on a page, and whether a person can see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

_FOCUS_IS_SEEN = """() => {
    const focused = document.activeElement;
    if (!focused.matches(":focus")) return true;  // in a part of a date field, which the browser marks itself
    const shown = focused.matches(".choice__input, .answer__input") ? focused.nextElementSibling : focused;
    const style = getComputedStyle(shown);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""

_MOST_TABS = 60


def focus_is_seen(page: Page) -> bool:
    """Whether what has the focus is outlined."""
    return bool(page.evaluate(_FOCUS_IS_SEEN))


def tab_to(page: Page, goal: Locator) -> None:
    """Press Tab until ``goal`` has the focus; what has it on the way can be seen."""
    element = goal.element_handle()
    for _step in range(_MOST_TABS):
        page.keyboard.press("Tab")
        is_there, is_seen = element.evaluate(f"goal => [goal === document.activeElement, ({_FOCUS_IS_SEEN})()]")
        assert is_seen, page.evaluate("document.activeElement.outerHTML")
        if is_there:
            return
    pytest.fail(f"Tab never came to {goal}")
