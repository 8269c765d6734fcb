"""The summary for the next team is one printed page, however much is on record."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.e2e.clinic import a_team, sign_in
from tests.e2e.full_life import CALL, SIGNS, a_full_life, and_as_much_again
from tests.e2e.windows import LiveServer

_A_PAGE = re.compile(rb"/Type\s*/Page\b")


def test_the_summary_of_a_full_life_prints_on_one_page(live_server: LiveServer, page: Page) -> None:
    team = a_team(live_server)
    somebody = a_full_life(live_server, team)
    sign_in(page, team.emails["care_manager"])
    page.goto(f"/patients/{somebody}/summary")

    assert _pages(page) == {"Letter": 1, "A4": 1}
    said = page.locator(".summary").inner_text()
    assert SIGNS in said
    assert CALL in said
    assert "Left out" not in said

    and_as_much_again(live_server, team, somebody)
    page.reload()
    assert _pages(page) == {"Letter": 1, "A4": 1}
    said = page.locator(".summary").inner_text()
    assert "Left out to keep to one page, and in the record" in said
    assert "the end of Summary in Psychiatric review" in said
    assert SIGNS in said
    assert CALL in said


def _pages(page: Page) -> dict[str, int]:
    return {paper: len(_A_PAGE.findall(page.pdf(format=paper))) for paper in ("Letter", "A4")}
