"""One alert, and what is asked right after a positive answer, as a browser meets them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry import clock
from registry.access import scope
from registry.accounts import receipts
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact, report_danger
from registry.extensions import db
from registry.measurements.actions import mark_entered_in_error, record_measurement
from registry.measurements.models import Measurement
from registry.patients.models import Patient
from tests import builders
from tests.integration.alerts.kept_scenes import Ids, row_of
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    a_scene,
    alerts_of,
    kinds_of,
    measured,
    on_stage,
    spoke,
    the_safety_alert,
)
from tests.pages import fill_in, heading, page_of, send, words


def test_an_alert_shows_its_history_and_what_can_be_done(client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    page = client.get(urgent.page)

    assert heading(page) == "Positive safety answer"
    said = words(page)
    for part in ("What was done", "Close the alert", "Give it to somebody else", "Opened", "History"):
        assert part in said
    assert "Snooze" not in said, "an urgent alert cannot be put off"


def test_not_reached_keeps_the_alert_and_says_when_to_try_again(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    typed = {"act-outcome": "not-reached", "act-words": "Called twice, no answer.", "act-again": "hour"}
    fill_in(client, urgent.page, typed, button="Save what was done")

    said = words(client.get(urgent.page))
    assert "Not reached" in said
    assert "Called twice, no answer. Try again by 11 Mar 2026, 11:00" in said
    assert "Outcome or next attempt by 11:00" in said
    with row_of(app, urgent.alert) as alert:
        assert alert.closed_at is None


def test_a_welfare_check_says_whom_and_when(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    typed = {"act-outcome": "welfare-check", "act-words": "Not at home.", "act-asked_at": "10:30"}
    refused = fill_in(client, urgent.page, typed, button="Save what was done")
    assert "Say who was asked to check" in words(refused)
    assert "Enter a time that has come" in words(refused)

    typed |= {"act-asked_of": "the police", "act-asked_at": "09:50"}
    assert fill_in(client, urgent.page, typed, button="Save what was done").status_code == 303
    said = words(client.get(urgent.page))
    assert "Welfare check asked for" in said
    assert "Asked of the police, 11 Mar 2026, 09:50; look again by 11 Mar 2026, 11:00" in said
    with row_of(app, urgent.alert) as alert:
        assert alert.closed_at is None


def test_after_closing_time_only_the_next_open_day_is_left_to_try_again(client: FlaskClient, urgent: Ids) -> None:
    with clock.at(NOW + timedelta(hours=9)):
        builders.sign_in(client, urgent.care_manager)
        page = client.get(urgent.page)
        assert "In the first hour of the next open day: by 12 Mar 2026, 09:30" in words(page)
        assert "By closing time" not in words(page)
        late = {"act-outcome": "not-reached", "act-words": "No answer", "act-again": "today"}
        assert "a time that is still ahead" in words(send(client, urgent.page, page, late, button="Save what was done"))


def test_an_attempt_noted_at_closing_time_is_timed_as_it_was_chosen_and_nothing_typed_is_lost(
    client: FlaskClient, urgent: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clinic closes while the form waits for its turn to be stored."""
    stored, safety = receipts.once, f"/patients/{urgent.patient}/measures/{urgent.measurement}/safety"

    def once_later(form_key: str, **act: Any) -> str:
        with clock.at(NOW + timedelta(hours=7, minutes=1)):
            return stored(form_key, **act)

    typed = {"outcome": "not-reached", "words": "No answer at the door", "again": "today"}
    with clock.at(NOW + timedelta(hours=6, minutes=59)):
        builders.sign_in(client, urgent.care_manager)
        monkeypatch.setattr(receipts, "once", once_later)
        over = fill_in(client, safety, typed, button="Save what was done")
        kept = fill_in(client, safety, typed | {"again": "hour"}, button="Save what was done")
        asked = {f"act-{name}": value for name, value in typed.items()}
        over_again = fill_in(client, urgent.page, asked, button="Save what was done")

    for refused in (over, over_again):
        assert refused.status_code == 422
        assert "No answer at the door" in refused.text
        assert "Choose when to try again, a time that is still ahead" in words(refused)
    assert kept.status_code == 303
    assert "Try again by 12 Mar 2026, 09:29" in words(client.get(urgent.page))


def test_closing_asks_how_it_ended_in_words(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    refused = fill_in(client, urgent.page, button="Close the alert")
    assert refused.status_code == 422
    assert "Choose how it ended" in words(refused)
    assert "Say how it ended" in words(refused)

    typed = {"close-outcome": "contacted-safe", "close-words": "Low on the C-SSRS; plan reviewed"}
    assert fill_in(client, urgent.page, typed, button="Close the alert").status_code == 303
    said = words(client.get(urgent.page))
    assert "Closed: Reached; safe for now, plan reviewed" in said
    with row_of(app, urgent.alert) as alert:
        assert alert.state == "closed"


def test_entered_in_error_is_an_end_only_once_the_answer_is_withdrawn(
    app: Flask, client: FlaskClient, urgent: Ids
) -> None:
    builders.sign_in(client, urgent.care_manager)
    assert "Mark the measure as entered in error first" in words(client.get(urgent.page))
    typed = {"close-outcome": "entered-in-error", "close-words": "Somebody else's form"}
    assert fill_in(client, urgent.page, typed, button="Close the alert").status_code == 422

    with on_stage(app):
        measurement = db.session.get_one(Measurement, urgent.measurement)
        care_manager = db.session.get_one(User, urgent.care_manager)
        mark_entered_in_error(measurement=measurement, why="Somebody else's form", by=care_manager)
    assert fill_in(client, urgent.page, typed, button="Close the alert").status_code == 303


def test_an_alert_is_given_to_a_colleague(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    fill_in(client, urgent.page, {"assign-to": str(urgent.duty), "assign-why": "In clinic today"}, button="Give it")

    said = words(client.get(urgent.page))
    assert "Given to Dora Duty" in said
    with row_of(app, urgent.alert) as alert:
        assert alert.owner_id == urgent.duty


def test_a_psychiatrist_told_of_an_urgent_alert_finds_it_on_their_day(
    app: Flask, client: FlaskClient, urgent: Ids
) -> None:
    with on_stage(app):
        clinic = db.session.get_one(Clinic, urgent.clinic)
        second = builders.id_of(builders.a_user(role="psychiatrist", clinic=clinic, name="Petra Second"))
    builders.sign_in(client, second)
    assert "item 9 positive" not in words(client.get("/my-day?whose=mine"))

    builders.sign_in(client, urgent.care_manager)
    typed = {"tell-to": str(second), "tell-words": "Can you see her today?"}
    assert fill_in(client, urgent.page, typed, button="Tell them").status_code == 303
    page = client.get(urgent.page)
    assert "Told Petra Second too" in words(page)
    assert fill_in(client, urgent.page, typed, button="Tell them").status_code == 422, "told once"
    with row_of(app, urgent.alert) as alert:
        assert (alert.owner_id, alert.state) == (urgent.care_manager, "open"), "it stays with whoever has it"

    builders.sign_in(client, second)
    assert "item 9 positive" in words(client.get("/my-day?whose=mine"))


def test_a_second_click_does_nothing_twice(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    page = client.get(urgent.page)
    for _ in range(2):
        answer = send(client, urgent.page, page, {"act-words": "Called"}, button="Save what was done")
        assert answer.status_code == 303

    with row_of(app, urgent.alert) as alert:
        assert kinds_of(alert).count("acted") == 1


def test_the_second_of_two_people_is_told_and_loses_nothing(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    mine = client.get(urgent.page)
    other = app.test_client()
    builders.sign_in(other, urgent.duty)
    fill_in(other, urgent.page, {"act-words": "Spoke with her sister"}, button="Save what was done")

    refused = send(client, urgent.page, mine, {"act-words": "Left a message"}, button="Save what was done")
    assert refused.status_code == 409
    said = words(refused)
    assert "Saved by Dora Duty" in said
    assert "Left a message" in refused.text, "what was typed stays"
    assert send(client, urgent.page, refused, button="Save what was done").status_code == 303
    with row_of(app, urgent.alert) as alert:
        assert kinds_of(alert).count("acted") == 2


def test_what_was_closed_meanwhile_is_not_acted_on(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    mine = client.get(urgent.page)
    other = app.test_client()
    builders.sign_in(other, urgent.duty)
    typed = {"close-outcome": "contacted-safe", "close-words": "Safe"}
    fill_in(other, urgent.page, typed, button="Close the alert")

    answer = send(client, urgent.page, mine, {"act-words": "Called"}, button="Save what was done")
    assert answer.status_code == 303
    assert "closed in the meantime" in words(client.get(urgent.page))


@pytest.mark.parametrize("act", ["acknowledge", "act", "assign", "tell", "snooze", "close"])
def test_an_alert_of_another_clinic_does_not_exist(app: Flask, client: FlaskClient, urgent: Ids, act: str) -> None:
    with on_stage(app):
        stranger = builders.id_of(builders.a_user(clinic=builders.a_clinic("Hillside")))
    builders.sign_in(client, stranger)

    assert client.get(urgent.page).status_code == 404
    token = {"csrf_token": _token(client)}
    assert client.post(f"{urgent.page}/{act}", data=token).status_code == 404


def _token(client: FlaskClient) -> str:
    meta = page_of(client.get("/my-day")).select_one('meta[name="csrf-token"]')
    return str(meta["content"]) if meta is not None else ""


def test_right_after_a_positive_answer_it_asks_what_was_done(app: Flask, client: FlaskClient, urgent: Ids) -> None:
    builders.sign_in(client, urgent.care_manager)
    url = f"/patients/{urgent.patient}/measures/{urgent.measurement}/safety"
    page = client.get(url)
    assert heading(page) == "Positive safety answer"
    assert "Ana Care and Dora Duty can see this alert already" in words(page)

    with row_of(app, urgent.alert) as alert:
        assert alert.state == "open", "leaving the page leaves the alert open"
    answer = fill_in(client, url, {"words": "No plan, no means; C-SSRS low"}, button="Save what was done")
    assert answer.location.startswith(f"{urgent.page}?episode=")
    with row_of(app, urgent.alert) as alert:
        assert alert.state == "acknowledged"


def test_after_a_measure_without_a_positive_answer_there_is_nothing_to_ask(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene()
        measurement_id, patient_id, who = measured(scene, 9).id, scene.patient.id, scene.care_manager.id
    builders.sign_in(client, who)

    assert client.get(f"/patients/{patient_id}/measures/{measurement_id}/safety").status_code == 404


def test_an_alert_without_a_clock_asks_for_words_alone(app: Flask, client: FlaskClient, off_target: Ids) -> None:
    builders.sign_in(client, off_target.care_manager)
    page = client.get(off_target.page)
    assert "not reached" not in words(page).lower()
    assert "The answer was entered in error" not in words(page)

    answer = fill_in(client, off_target.page, {"act-words": "Asked Dr Okafor"}, button="Save what was done")
    assert answer.status_code == 303
    with row_of(app, off_target.alert) as alert:
        assert (alert.state, alert.look_at) == ("acknowledged", None)


def test_the_screen_and_the_safety_plan_are_one_click_from_a_positive_answer(
    app: Flask, client: FlaskClient, urgent: Ids
) -> None:
    """Once a screen is on record, the one about the time since it; none on the day one was done."""
    measures, plan = f"/patients/{urgent.patient}/measures", f"/patients/{urgent.patient}/plan/safety/write"
    pages = ("/my-day", urgent.page, f"{measures}/{urgent.measurement}/safety")
    builders.sign_in(client, urgent.care_manager)
    for page in pages:
        assert {f"{measures}/new/c-ssrs-screener", plan} <= _links(client, page)

    for days_ago, offered in ((30, {"c-ssrs-since-last-contact"}), (0, set())):
        with on_stage(app):
            _screened(urgent, days_ago=days_ago)
        for page in pages:
            links = _links(client, page)
            assert plan in links
            assert {link.rsplit("/", 1)[1] for link in links if "/measures/new/" in link} == offered
    builders.sign_in(client, urgent.lead)
    assert plan not in _links(client, urgent.page), "a lead writes no plan"


def _links(client: FlaskClient, page: str) -> set[str]:
    """Where the page leads, whichever episode the addresses name."""
    return {link["href"].partition("?")[0] for link in page_of(client.get(page)).select("main a[href]")}


def _screened(ids: Ids, *, days_ago: int) -> None:
    with scope.within({ids.clinic}):
        record_measurement(
            patient_id=ids.patient,
            clinic_id=ids.clinic,
            instrument="c-ssrs-screener",
            taken_on=TODAY - timedelta(days=days_ago),
            mode="interview",
            answers={"1": 0, "2": 0, "6": 0},
            by=db.session.get_one(User, ids.care_manager),
        )


def test_what_was_said_when_danger_was_reported_stands_on_the_alert_only(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene()
        with scope.within({scene.clinic.id}):
            report_danger(
                patient_id=scene.patient.id,
                clinic_id=scene.clinic.id,
                kind="self-harm",
                reported_on=TODAY,
                said_by="his brother",
                words="He said goodbye on the telephone.\nNobody opens the door.",
                by=scene.duty,
            )
        page, who = f"/patients/{scene.patient.id}/alerts/{the_safety_alert(scene.patient).id}", scene.care_manager.id
    builders.sign_in(client, who)

    said = words(client.get(page))
    assert "Suicide or self-harm, said by his brother on 11 Mar 2026" in said
    assert "He said goodbye on the telephone. Nobody opens the door. Dora Duty, 11 Mar 2026, 10:00" in said
    assert "goodbye" not in words(client.get("/my-day"))


def test_what_is_said_as_one_is_put_off_and_closed_as_one(app: Flask, client: FlaskClient) -> None:
    """Each with a step of its own; what else can wait is put off with it only where it is ticked."""
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=70, contact_days_ago=40)
        measured(scene, 20, days_ago=70)
        measured(scene, 19, days_ago=2)
        for days_ago in (9, 6, 3):
            spoke(scene, days_ago=days_ago, reached=False)
        rules = ("engage.no-contact", "engage.attempts", "target.off")
        silent, tried, off = (alerts_of(scene.patient, rule=rule)[0].id for rule in rules)
        pages, who = f"/patients/{scene.patient.id}/alerts", scene.care_manager.id
    builders.sign_in(client, who)
    typed: dict[str, str | list[str]] = {
        "snooze-until": (TODAY + timedelta(days=3)).isoformat(),
        "snooze-reason": "In Portugal until Saturday",
    }

    def put_off(alert: uuid.UUID, *also: uuid.UUID) -> tuple[TestResponse, list[int]]:
        chosen = {"snooze-also": [_as_shown(client, f"{pages}/{alert}", each) for each in also]}
        answer = fill_in(client, f"{pages}/{alert}", typed | chosen, button="Put it off")
        return answer, [_kinds(app, each).count("snoozed") for each in (silent, tried, off)]

    offered = page_of(client.get(f"{pages}/{off}")).select("[name=snooze-also]")
    assert [each["value"].partition(":")[0] for each in offered] == [str(silent)]
    assert put_off(off, silent)[1] == [1, 1, 1]
    again, steps = put_off(tried)
    assert "nobody has acknowledged it. Press I am on it first" in words(again)
    assert steps == [1, 1, 1]
    fill_in(client, f"{pages}/{silent}", {}, button="I am on it")
    assert put_off(tried)[1] == [2, 2, 1]
    refused, steps = put_off(silent, off)
    assert "One of these was answered, changed, or can wait no longer: look again at what can" in words(refused)
    assert steps == [2, 2, 1]

    page = f"{pages}/{silent}"
    assert "“Not reached” goes with it: one call settles both." in words(client.get(page))
    fill_in(client, page, {"close-outcome": "handled", "close-words": "Moved away"}, button="Close the alert")
    assert ["closed" in _kinds(app, each) for each in (silent, tried, off)] == [True, True, False]


def test_what_changed_since_the_page_was_shown_is_neither_put_off_nor_closed_with_it(
    app: Flask, client: FlaskClient
) -> None:
    """Three calls nobody took come between: they go with the silence from then on."""
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=70, contact_days_ago=40)
        measured(scene, 20, days_ago=70)
        measured(scene, 19, days_ago=2)
        silent, off = (alerts_of(scene.patient, rule=rule)[0].id for rule in ("engage.no-contact", "target.off"))
        pages, who = f"/patients/{scene.patient.id}/alerts", scene.care_manager.id
        patient_id, clinic_id = scene.patient.id, scene.clinic.id
    builders.sign_in(client, who)
    of_silent, of_off = (client.get(f"{pages}/{each}") for each in (silent, off))
    waits: dict[str, str | list[str]] = {
        "snooze-until": (TODAY + timedelta(days=3)).isoformat(),
        "snooze-reason": "In Portugal until Saturday",
        "snooze-also": [_as_shown(client, f"{pages}/{off}", silent)],
    }
    ended = {"close-outcome": "handled", "close-words": "Moved away"}
    with app.app_context(), scope.within({clinic_id}):
        for days_ago in (9, 6, 3):
            day = TODAY - timedelta(days=days_ago)
            facts = ContactFacts(took_place_on=day, kind="treatment", modality="phone", reached=False)
            by = db.session.get_one(User, who)
            record_contact(patient_id=patient_id, clinic_id=clinic_id, facts=facts, by=by)
        tried = alerts_of(db.session.get_one(Patient, patient_id), rule="engage.attempts")[0].id

    put_off = send(client, f"{pages}/{off}", of_off, waits, button="Put it off")
    closed = send(client, f"{pages}/{silent}", of_silent, ended, button="Close the alert")

    assert "One of these was answered, changed, or can wait no longer" in words(put_off)
    assert (put_off.status_code, closed.status_code) == (422, 409)
    assert "“Not reached” goes with it" in words(closed)
    assert not {"snoozed", "closed"} & {kind for each in (silent, tried, off) for kind in _kinds(app, each)}
    assert send(client, f"{pages}/{silent}", closed, ended, button="Close the alert").status_code == 303
    assert ["closed" in _kinds(app, each) for each in (silent, tried, off)] == [True, True, False]


def _as_shown(client: FlaskClient, page: str, alert_id: uuid.UUID) -> str:
    """What ticking that reason on the page sends; its id where it is not offered."""
    offered = [each["value"] for each in page_of(client.get(page)).select("[name=snooze-also]")]
    return next((each for each in offered if each.startswith(str(alert_id))), str(alert_id))


def _kinds(app: Flask, alert_id: uuid.UUID) -> list[str]:
    with row_of(app, alert_id) as alert:
        return kinds_of(alert)
