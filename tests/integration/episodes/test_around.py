"""Consent given anew or taken back, and the other teams involved."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import select

from registry.access import scope
from registry.episodes.models import OtherTeam
from registry.extensions import db
from tests.integration.episodes.conftest import World
from tests.pages import Fields, fields_of, fill_in, words

ENROLLED = date(2026, 1, 5)


def _url(episode: tuple[uuid.UUID, uuid.UUID], page: str) -> str:
    return f"/patients/{episode[0]}/episodes/{episode[1]}/{page}"


def _care(world: World, episode: tuple[uuid.UUID, uuid.UUID]) -> str:
    return words(world.browser.get(f"/patients/{episode[0]}/care"))


def test_a_consent_is_taken_back_and_given_anew_and_both_stay(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    revoked: Fields = {"on": "2026-03-02", "why": "Wants no calls"}

    assert fill_in(world.browser, _url(episode, "consent/revoke"), revoked).status_code == 303
    assert "Taken back on 2 Mar 2026 by patient: Wants no calls" in _care(world, episode)
    for page in ("plan", "summary"):
        assert "consent withdrawn on 2 Mar 2026" in words(world.browser.get(f"/patients/{episode[0]}/{page}"))
    summary = words(world.browser.get(f"/patients/{episode[0]}/summary"))
    assert "withdrawn on 2 Mar 2026 by patient: Wants no calls" in summary
    assert "consent withdrawn" in words(world.browser.get("/caseload?view=everyone"))
    again = fill_in(world.browser, _url(episode, "consent/revoke"), revoked)
    assert "There is no consent to take back" in words(again)

    anew: Fields = {"given_on": "2026-03-09", "mode": "written", "given_by": "guardian Rosa Vega", "has_capacity": []}
    assert fill_in(world.browser, _url(episode, "consent"), anew).status_code == 303
    shown = _care(world, episode)
    assert "Written, 9 Mar 2026, given by guardian Rosa Vega" in shown
    assert "the person lacked capacity" in shown
    assert "Before (1)" in shown
    assert "consent withdrawn" not in shown
    assert "consent withdrawn" not in words(world.browser.get("/caseload?view=everyone"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"has_capacity": []}, "Enter who gave the consent for the person, and with what authority"),
        ({"given_on": "2026-01-04"}, "Enter a date on or after the day of the consent before"),
        ({"given_on": "2026-03-13"}, "Enter a date not later than today"),
    ],
)
def test_an_impossible_consent_is_refused(world: World, typed: Fields, said: str) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    valid: Fields = {"given_on": "2026-03-09", "mode": "written"}

    answer = fill_in(world.browser, _url(episode, "consent"), valid | typed)

    assert answer.status_code == 422
    assert said in words(answer)


def test_another_team_does_something_from_a_day_and_what_it_did_before_stays(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)
    act: Fields = {"kind": "injection", "name": "Canal", "does": "gives it", "on": "2025-06-01", "why": "Told us"}
    assert fill_in(world.browser, _url(episode, "other-teams"), act).status_code == 303
    assert "Injection clinic: Canal gives it since 1 Jun 2025" in _care(world, episode)
    with world.app.app_context(), scope.all_patients(reason="test"):
        team = db.session.scalars(select(OtherTeam.id)).one()
    url = _url(episode, f"other-teams/{team}")
    mine = fields_of(world.browser.get(url)) | {"does": "only calls", "why": "Said so"}

    changed = fill_in(world.browser, url, {"does": "gives it monthly", "on": "2026-02-01", "why": "New interval"})
    assert changed.status_code == 303
    assert "Injection clinic: Canal gives it monthly since 1 Feb 2026" in _care(world, episode)
    assert "Injection clinic Canal gives it monthly" in words(world.browser.get(f"/patients/{episode[0]}")), "the team"
    assert "Injection clinic: Canal: gives it 1 Jun 2025 to 1 Feb 2026 · New interval" in _care(world, episode)
    assert world.browser.post(url, data=mine).status_code == 404


def test_a_phase_says_how_often_it_asks_for_contact_and_review(world: World) -> None:
    episode = world.in_care(enrolled_on=ENROLLED)

    assert "This phase asks for contact every 30 days, main measure every 5 weeks, review every 8 weeks" in _care(
        world, episode
    )
    assert "Contact every 60 days, main measure every 13 weeks" in words(world.browser.get(_url(episode, "phase")))
