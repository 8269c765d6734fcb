"""Nothing is offered that is refused: every refusal on record is then one that somebody went out of their way for."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.builders import sign_in
from tests.pages import elements
from tests.trust.expected import ADMINISTRATOR, AUDITOR, EVERYBODY, LEAD, MAY, PEER, SIGNED_IN
from tests.trust.routes import routes
from tests.trust.world import World


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [PEER, LEAD, ADMINISTRATOR, AUDITOR])
def test_no_page_links_to_what_its_reader_may_not_open(started_app: Flask, standing_world: World, role: str) -> None:
    """What a page offers is written in its template; ``test_route_walk`` opens the same pages on both databases."""
    browser = sign_in(started_app.test_client(), standing_world.here.people[role])
    addresses = started_app.url_map.bind("localhost")
    refused = set()
    for route in routes(started_app):
        allowed = MAY[route.endpoint]
        if not route.reads or not (allowed == SIGNED_IN or role in allowed):
            continue
        page = browser.get(route.address(standing_world.here.arguments))
        links = elements(page).xpath("//a/@href[starts-with(., '/')]") if page.status_code == 200 else ()
        for link in set(links):
            try:
                endpoint, _arguments = addresses.match(link.partition("?")[0].partition("#")[0])
            except HTTPException:
                continue
            may = MAY.get(endpoint, EVERYBODY)
            if may not in (EVERYBODY, SIGNED_IN) and role not in may:
                refused.add((route.endpoint, endpoint))
    assert refused == set()
