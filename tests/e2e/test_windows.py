"""The watch over a journey's pages notices what it is there to notice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.e2e.accessibility import accessibility_faults
from tests.e2e.windows import PHONE, LiveServer, Windows

FAULTS = {
    "a style the policy refuses": "document.body.innerHTML = '<p style=\"color: red\">words</p>'",
    "a script the policy refuses": "document.body.appendChild(document.createElement('script')).textContent = '1'",
    "an error in the console": "console.error('something broke')",
    "a picture of another host": 'document.body.innerHTML = \'<img alt="" src="http://192.0.2.1/picture.png">\'',
    "a file that is missing": 'document.body.innerHTML = \'<img alt="" src="/static/nowhere.png">\'',
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_in_a_window_is_noted(browser: Browser, live_server: LiveServer, fault: str) -> None:
    windows = Windows(browser=browser, url=live_server.url)
    page = windows.open()
    page.goto("/health/live")

    page.evaluate(FAULTS[fault])
    for _look in range(100):
        if windows.complaints:
            break
        page.wait_for_timeout(50)
    windows.close()

    assert windows.complaints


def test_a_page_in_order_is_noted_nowhere(windows: Windows) -> None:
    page = windows.open(viewport=PHONE, javascript=False, colours="dark")

    answer = page.goto("/sign-in")

    assert answer is not None
    assert answer.ok
    assert windows.complaints == []


def test_what_nobody_can_see_or_reach_is_an_accessibility_fault(windows: Windows) -> None:
    page = windows.open()
    page.goto("/sign-in")
    page.evaluate("document.querySelector('h1').innerHTML = '<a href=\"/\"></a>'")

    assert any(fault.startswith("link-name") for fault in accessibility_faults(page))


def test_of_rows_alike_two_are_judged_and_one_that_says_nothing_is_like_no_other(windows: Windows) -> None:
    page = windows.open()

    def faults_of(*words: str, alike: bool) -> int:
        page.goto("/sign-in")
        rows = "".join(f"<li><button>{word}</button></li>" for word in words)
        page.evaluate("rows => document.querySelector('h1').insertAdjacentHTML('afterend', `<ul>${rows}</ul>`)", rows)
        return len(accessibility_faults(page, rules=["button-name"], alike=alike))

    assert faults_of("", "", "", alike=True) == 3
    assert faults_of("", "", "", alike=False) == 2
    assert faults_of("one", "two", "three", "", alike=False) == 1
