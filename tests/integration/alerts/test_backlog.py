"""A caseload taken over: what had piled up is a list that comes day by day, and not a wall of alerts."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry import clock
from registry.access import scope
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sweep import sweep_clinic
from registry.case_review.queue import review_queue
from registry.episodes.backlog import Turns
from registry.extensions import db
from tests import builders
from tests.integration.alerts.kept_scenes import ids_of
from tests.integration.alerts.scene import NOW, TODAY, Scene, a_scene, alerts_of, measured, on_stage, reviewed_on
from tests.pages import fill_in, page_of, words


def entered_late(*, turn: int) -> Scene:
    """In care for a hundred days and entered today: no better, never reviewed, silent; told ``turn`` days from now."""
    days = {"backlog_from": TODAY, "backlog_until": TODAY + timedelta(days=turn)}
    with builders.at_once(), patch.object(Turns, "next", lambda _turns, _enrolled_on: days):
        scene = a_scene(enrolled_days_ago=100, contact_days_ago=None, reviewed=False)
        measured(scene, 15, days_ago=100)
        measured(scene, 14, days_ago=30)
    return scene


def told(scene: Scene) -> dict[str, str]:
    return {alert.rule: alert.tier for alert in alerts_of(scene.patient, is_open=True)}


def swept(scene: Scene, *, days: int) -> int:
    """How many people that day's sweep looked at."""
    with clock.at(NOW + timedelta(days=days)):
        return sweep_clinic(scene.clinic).checked


QUEUED = {"target.off": "queue", "review.due": "queue"}
ALL = {"target.off": "action", "review.due": "action", "engage.no-contact": "action", "health.gap": "reminder"}


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
def test_of_300_enrolled_late_on_one_day_no_day_brings_more_than_four_and_all_come_within_90_days(app: Flask) -> None:
    with on_stage(app):
        clinic = builders.a_clinic("Riverside")
        turns = Turns(clinic)
        days = Counter(turns.next(TODAY - timedelta(days=400))["backlog_until"] for _ in range(300))

        assert set(days) == {TODAY + timedelta(days=n) for n in range(90)}
        assert max(days.values()) == 4
        assert turns.next(TODAY - timedelta(days=14)) == {"backlog_from": None, "backlog_until": None}


def test_until_its_day_only_the_review_queue_has_what_piled_up_and_then_one_sweep_tells_it(app: Flask) -> None:
    with on_stage(app):
        scene = entered_late(turn=9)
        assert told(scene) == QUEUED
        swept(scene, days=8)
        assert told(scene) == QUEUED

        assert swept(scene, days=9) == 1
        assert told(scene) == ALL
        with clock.at(NOW + timedelta(days=9)):
            again = reconcile_patient(scene.patient.id)
        assert (again.opened, again.changed, again.closed) == (0, 0, 0)


def test_danger_never_waits_and_whoever_is_measured_since_is_told_of_at_once(app: Flask) -> None:
    with on_stage(app):
        scene = entered_late(turn=60)
        measured(scene, 14, item9=1, days_ago=1)
        assert told(scene) == QUEUED | {"safety.self-harm": "urgent"}

        with clock.at(NOW + timedelta(days=3)):
            measured(scene, 13)
        assert told(scene) == ALL | {"safety.self-harm": "urgent"}


def test_whoever_is_worse_by_an_old_score_that_is_typed_in_later_is_told_of_at_once(app: Flask) -> None:
    with on_stage(app):
        scene = entered_late(turn=60)
        with clock.at(NOW + timedelta(days=3)):
            measured(scene, 24, days_ago=20)

        assert told(scene) == QUEUED | {"target.worse": "action"}


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
def test_a_review_of_what_waits_is_not_undone_by_its_day(app: Flask) -> None:
    with on_stage(app):
        scene = entered_late(turn=9)
        measured(scene, 22, days_ago=2)
        assert told(scene)["target.worse"] == "queue"
        with clock.at(NOW + timedelta(hours=1)):
            reviewed_on(scene, TODAY)
        swept(scene, days=9)

        assert told(scene)["target.worse"] == "action"
        queue = review_queue({scene.clinic.id: TODAY + timedelta(days=9)})
        assert scene.patient.id not in [each.patient_id for each in queue.waiting]


def test_somebody_with_time_takes_one_up_from_the_list_of_what_waits(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = entered_late(turn=9)
        ids, name = ids_of(scene, alerts_of(scene.patient, rule="target.off")[0]), scene.patient.name
        episode_id = scene.episode.id
    builders.sign_in(client, ids.care_manager)
    day = client.get("/my-day")
    assert "1 person from before; nobody comes today" in words(day)

    url = next(link["href"] for link in page_of(day).select("a[href*=from-before]"))
    (row,) = page_of(client.get(url)).select("tr[data-row]")
    said = " ".join(row.get_text(" ").split())
    assert said.startswith(name)
    assert "Off target for" in said
    assert "No two-way contact for 100 days" in said
    assert "20 Mar" in said

    assert fill_in(client, url, button="Take up those ticked").status_code == 303
    assert "Tick the people in the list first" in words(client.get(url))
    assert fill_in(client, url, {"episode": [str(episode_id)]}, button="Take up those ticked").status_code == 303
    page = client.get(url)
    assert "1 person taken up" in words(page)
    assert "Nobody waits from before" in words(page)
    with on_stage(app), scope.all_patients(reason="test"):
        db.session.expire_all()
        assert {alert.rule: alert.tier for alert in alerts_of(ids.patient, is_open=True)} == ALL
