"""What is begun and not yet logged: drafts, the timer, and one line from a list."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.access.models import PatientClinic
from registry.access.roles import Role
from registry.accounts.actions import give_role
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.contacts.models import Contact, ContactDraft, TimedContact
from registry.db.transaction import write
from registry.extensions import db
from tests.integration.contacts.conftest import NOW, Case
from tests.pages import Fields, fields_of, fill_in, page_of, send, words

HTMX = {"HX-Request": "true"}


def _contacts(case: Case) -> list[Contact]:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return list(db.session.scalars(select(Contact)))


def _drafts(case: Case) -> list[dict[str, object]]:
    with case.app.app_context(), scope.all_patients(reason="test"):
        return [dict(draft.typed) for draft in db.session.scalars(select(ContactDraft))]


def _typing(case: Case, browser: FlaskClient, **typed: str) -> tuple[int, str, Fields]:
    """What the page sends by itself while somebody types."""
    fields = {**fields_of(browser.get(f"{case.url}/new")), **typed}
    answer = browser.post(f"{case.url}/draft", data=fields, headers={"X-Requested-With": "draft"})
    return answer.status_code, answer.text, fields


def _bar(browser: FlaskClient, url: str = "/my-day") -> str:
    """What the head of a page says of the timer."""
    bar = page_of(browser.get(url)).select_one(".timer__words")
    return " ".join(bar.get_text(" ").split()) if bar else ""


def test_what_is_typed_is_found_again_and_is_in_nobodys_way(case: Case) -> None:
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")

    status, told, typed = _typing(case, mine, note="Sleeps four hours", minutes="soon", reached="yes")

    assert (status, told) == (200, "Draft kept 12 Mar 2026, 15:00")
    for page in (mine.get("/my-day"), mine.get(case.url)):
        assert "Sleeps four hours" in words(page)
    again = mine.get(f"{case.url}/new")
    assert "Your draft of 12 Mar 2026, 15:00 is filled in" in words(again)
    assert fields_of(again) | {"csrf_token": ""} == typed | {"csrf_token": ""}
    assert "Sleeps four hours" not in theirs.get(case.url).text + theirs.get(f"{case.url}/new").text
    assert fill_in(theirs, f"{case.url}/new", {"reached": "no"}).status_code == 303
    assert len(_drafts(case)) == 1

    assert send(mine, f"{case.url}/new", again, {"minutes": "20"}).status_code == 303
    assert _drafts(case) == []
    late = mine.post(f"{case.url}/draft", data=typed, headers={"X-Requested-With": "draft"})
    assert (late.status_code, _drafts(case)) == (409, [])
    assert "saved already" in late.text


def test_a_draft_goes_only_when_its_author_throws_it_away(case: Case) -> None:
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    fill_in(mine, f"{case.url}/new", {"note": "Rang twice"}, button="Keep as draft")
    _typing(case, mine, note="Rang twice, then her sister")
    token = fields_of(theirs.get(f"{case.url}/new"))["csrf_token"]

    theirs.post(f"{case.url}/draft/discard", data={"csrf_token": token})
    with time_machine.travel(NOW + timedelta(hours=7), tick=False):
        assert [draft["note"] for draft in _drafts(case)] == ["Rang twice, then her sister"]

    token = fields_of(mine.get(f"{case.url}/new"))["csrf_token"]
    assert mine.post(f"{case.url}/draft/discard", data={"csrf_token": token}).status_code == 303
    assert _drafts(case) == []


def test_a_second_window_takes_nothing_from_the_first(case: Case) -> None:
    browser = case.browser_of("care_manager")
    opened = fields_of(browser.get(f"{case.url}/new"))
    _typing(case, browser, note="In the first")

    answer = browser.post(
        f"{case.url}/draft", data={**opened, "note": "In the second"}, headers={"X-Requested-With": "draft"}
    )

    assert (answer.status_code, [draft["note"] for draft in _drafts(case)]) == (409, ["In the first"])


def _correcting(case: Case, browser: FlaskClient, **typed: str) -> str:
    """Log a contact and begin to correct it: where."""
    fill_in(browser, f"{case.url}/new", {"reached": "yes", "note": "Slept"})
    url = f"{case.url}/{_contacts(case)[0].id}/correct"
    fields = {**fields_of(browser.get(url)), **typed}
    answer = browser.post(f"{url}/draft", data=fields, headers={"X-Requested-With": "draft"})
    assert (answer.status_code, answer.text) == (200, "Draft kept 12 Mar 2026, 15:00")
    return url


def test_a_correction_is_kept_and_set_beside_what_a_colleague_saved_first(case: Case) -> None:
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    url = _correcting(case, mine, note="Slept four hours", why="Misheard")
    for page in (mine.get("/my-day"), mine.get(case.url)):
        assert "Correction of a contact begun" in words(page)
    assert "Slept four hours" not in theirs.get(case.url).text + theirs.get(url).text
    assert fields_of(mine.get(url)).items() >= {"note": "Slept four hours", "why": "Misheard"}.items()
    assert fill_in(theirs, url, {"note": "Slept well", "why": "The other Ada"}).status_code == 303

    met = mine.get(url, follow_redirects=True)

    assert "Note Slept well Slept four hours" in words(met)
    assert fields_of(met)["note"] == "Slept four hours"
    assert send(mine, url, met, {"note": "Slept four hours, then well"}).status_code == 303
    assert _drafts(case) == []
    assert [row.note for row in _contacts(case) if row.status == "final"] == ["Slept four hours, then well"]


def test_a_correction_that_is_refused_can_still_be_thrown_away(case: Case) -> None:
    browser = case.browser_of("care_manager")
    url = _correcting(case, browser, note="Slept four hours")

    refused = send(browser, url, browser.get(url), {"why": ""})

    assert refused.status_code == 422
    assert f'action="{url}/draft/discard' in refused.text
    assert "Your draft of" in words(refused)


def test_the_words_of_a_correction_outlast_the_entry_until_their_author_throws_them_away(case: Case) -> None:
    mine, theirs = case.browser_of("care_manager"), case.browser_of("colleague")
    url = _correcting(case, mine, note="Slept four hours", took_place_on="")
    fill_in(theirs, url.replace("correct", "entered-in-error"), {"why": "Never rang"})

    met = mine.get(url)

    assert "Entered in error: Never rang A correction" in words(met)
    assert fields_of(met)["note"] == "Slept four hours"
    mine.post(f"{url}/draft/discard", data={"csrf_token": fields_of(met)["csrf_token"]})
    assert _drafts(case) == []
    assert mine.get(url).status_code == 303


def test_a_timer_runs_on_the_server_until_it_is_logged(case: Case) -> None:
    browser = case.browser_of("care_manager")
    _start(case, browser)
    assert _bar(browser) == "Marisol Vega since 15:00 0 min"
    _start(case, browser)

    with time_machine.travel(NOW + timedelta(minutes=12, seconds=50), tick=False):
        assert _bar(browser, "/caseload") == "Marisol Vega since 15:00 12 min"
        assert _bar(case.browser_of("colleague")) == ""
        stopped = browser.post("/contacts/timer/stop", data={"csrf_token": _token(browser)})
        assert stopped.location.startswith(f"{case.url}/new?episode=")
        form = browser.get(stopped.location)
        assert "Timed: 15:00–15:12" in words(form)
        assert fields_of(form).items() >= {"started_at": "15:00", "ended_at": "15:12", "minutes": ""}.items()
        assert _bar(browser) == "Marisol Vega 15:00–15:12, not logged yet"
        assert send(browser, f"{case.url}/new", form, {"reached": "yes"}).status_code == 303

    (contact,) = _contacts(case)
    assert (contact.started_at, contact.minutes) == (time(15), 12)
    assert _bar(browser) == ""
    with case.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(TimedContact)).all() == []


@pytest.mark.parametrize(("hours", "end"), [(9, "00:00"), (11, "")])
def test_a_forgotten_timer_makes_up_no_end(case: Case, hours: int, end: str) -> None:
    """At midnight the contact is still of the day it began."""
    browser = case.browser_of("care_manager")
    _start(case, browser)

    with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
        late = case.browser_of("care_manager")
        late.post("/contacts/timer/stop", data={"csrf_token": _token(late)})
        form = fields_of(late.get(f"{case.url}/new"))
        assert (form["took_place_on"], form["started_at"], form["ended_at"]) == ("2026-03-12", "15:00", end)
        late.post("/contacts/timer/discard", data={"csrf_token": _token(late)})
        assert _bar(late) == ""
    assert _contacts(case) == []


def test_a_line_of_the_caseload_logs_a_contact_of_today(case: Case) -> None:
    browser, url = case.browser_of("care_manager"), f"{case.url}/quick"
    opener = page_of(browser.get("/caseload")).select_one("[data-quick]")
    assert opener is not None
    assert (opener["hx-get"], opener["href"]) == (url, f"{case.url}/new")
    assert browser.get(url).location == f"{case.url}/new"
    line = page_of(browser.get(url, headers=HTMX))
    hidden = {each["name"]: str(each.get("value", "")) for each in line.select("input[type=hidden]")}
    own = f"{case.patient_id.hex}-"
    told = {"kind": "outreach", "modality": "phone", "minutes": "5", "note": "Left no message"}
    typed = hidden | {own + name: value for name, value in told.items()}
    whole = typed | {f"{own}reached": "no"}

    unsaid = browser.post(url, data=typed, headers=HTMX)
    saved = browser.post(url, data=whole, headers=HTMX)
    browser.post(url, data=whole, headers=HTMX)

    assert (unsaid.status_code, saved.status_code) == (422, 200)
    assert "Say whether the person was reached" in unsaid.text
    assert 'value="Left no message"' in unsaid.text
    assert "Outreach attempt, phone, not reached, 5 minutes" in saved.text
    (contact,) = _contacts(case)
    assert (contact.took_place_on, contact.kind, contact.minutes) == (date(2026, 3, 12), "outreach", 5)


def _start(case: Case, browser: FlaskClient) -> None:
    assert browser.post(f"{case.url}/timer", data={"csrf_token": _token(browser)}).status_code == 303


def _token(browser: FlaskClient) -> str:
    meta = page_of(browser.get("/my-day")).select_one('meta[name="csrf-token"]')
    assert meta is not None
    return str(meta["content"])


def test_a_peer_times_a_contact_with_their_own_people_alone(case: Case) -> None:
    start = f"/my-people/{case.patient_id}/contacts/timer"
    stranger = case.browser_of("other peer")
    assert stranger.post(start, data={"csrf_token": _token(stranger)}).status_code == 404

    peer = case.browser_of("peer")
    begun = send(peer, "/my-people", peer.get("/my-people"), button="Start the timer")
    assert begun.location.startswith(f"/my-people/{case.patient_id}/contacts/new?episode=")
    assert "Marisol Vega" in _bar(peer, "/my-people")
    assert "Start the timer" not in words(peer.get("/my-people"))

    stopped = peer.post("/my-people/contacts/timer/stop", data={"csrf_token": _token(peer)})
    assert fields_of(peer.get(stopped.location))["started_at"] == "15:00"
    peer.post("/my-people/contacts/timer/discard", data={"csrf_token": _token(peer)})
    assert "Start the timer" in words(peer.get("/my-people"))


def test_who_is_a_care_manager_elsewhere_finds_the_time_begun_as_a_peer(case: Case) -> None:
    with case.app.app_context():
        peer, stranger = (db.session.get_one(User, case.users[each]) for each in ("peer", "stranger"))
        elsewhere = stranger.memberships[0].clinic_id
        give_role(peer, clinic_id=elsewhere, role=Role.CARE_MANAGER, starts_on=NOW.date(), by=None)
    browser = case.browser_of("peer")
    send(browser, "/my-people", browser.get("/my-people"), button="Start the timer")

    for page in ("/my-day", "/my-people"):
        bar = page_of(browser.get(page)).select_one(".timer")
        assert bar is not None
        assert "Marisol Vega" in bar.get_text(" ")
        assert bar.select_one("form[action='/my-people/contacts/timer/stop']") is not None
    stopped = browser.post("/my-people/contacts/timer/stop", data={"csrf_token": _token(browser)})
    assert stopped.location.startswith(f"/my-people/{case.patient_id}/contacts/new?episode=")


def test_a_time_with_somebody_no_longer_seen_can_be_thrown_away(case: Case) -> None:
    browser = case.browser_of("care_manager")
    _start(case, browser)
    with case.app.app_context(), scope.all_patients(reason="test"), write():
        for grant in db.session.scalars(select(PatientClinic).where(PatientClinic.patient_id == case.patient_id)):
            grant.expires_at = NOW - timedelta(hours=1)
            record("share.ended", by=None, subject=grant)

    assert _bar(browser) == "You are timing something with somebody your clinics no longer see"
    assert "Marisol" not in str(page_of(browser.get("/my-day")).select_one(".timer"))
    browser.post("/contacts/timer/discard", data={"csrf_token": _token(browser)})
    assert _bar(browser) == ""
    with case.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalars(select(TimedContact)).all() == []


def test_a_form_key_no_database_could_hold_is_none_of_ours(case: Case) -> None:
    browser = case.browser_of("care_manager")

    assert _typing(case, browser, note="Slept", form_key="a\x00b")[0] == 409
    sent = fill_in(browser, f"{case.url}/new", {"reached": "yes", "form_key": "a\x00b"})
    assert (sent.status_code, _drafts(case)) == (422, [])
