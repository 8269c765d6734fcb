"""What people close while it is true rests; the psychiatrist's queue does not rest with it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask

from registry import clock
from registry.access import scope
from registry.accounts.models import User
from registry.alerts.actions import CannotWait, EndsWithReview, close, snooze
from registry.alerts.models import Alert
from registry.alerts.reconcile import reconcile_patient
from registry.case_review.queue import review_queue
from registry.extensions import db
from registry.review.actions import record_review
from tests.builders import sign_in
from tests.integration.alerts.scene import NOW, TODAY, Scene, a_scene, alerts_of, measured, on_stage

REVIEWED_LONG_AGO = 40


def off_target() -> Scene:
    """Nine weeks after a baseline of 20 the score is 19; the last review was before anything was wrong."""
    scene = a_scene(enrolled_days_ago=63, reviewed=False)
    measured(scene, 20, days_ago=63)
    reviewed(scene, days_ago=REVIEWED_LONG_AGO)
    measured(scene, 19, days_ago=2)
    return scene


def worse() -> Scene:
    scene = a_scene(enrolled_days_ago=40, reviewed=False)
    measured(scene, 12, days_ago=40)
    reviewed(scene, days_ago=30)
    measured(scene, 19)
    return scene


SCENES = {"target.off": off_target, "target.worse": worse}


def reviewed(scene: Scene, *, days_ago: int = 0) -> None:
    with scope.within({scene.clinic.id}):
        record_review(
            episode=scene.episode,
            reviewed_on=TODAY - timedelta(days=days_ago),
            minutes=10,
            summary="",
            recommendations=[],
            look_again_on=None,
            by=scene.psychiatrist,
        )


def closed(scene: Scene, rule: str, *, by_the: str = "care_manager") -> None:
    (alert,) = alerts_of(scene.patient, rule=rule, is_open=True)
    with scope.within({scene.clinic.id}):
        close(alert=alert, outcome="handled", words="Called; wants to wait", by=getattr(scene, by_the))


def in_days(scene: Scene, days: int) -> None:
    with clock.at(NOW + timedelta(days=days)), scope.within({scene.clinic.id}):
        reconcile_patient(scene.patient.id)


def the_open(scene: Scene, rule: str) -> Alert:
    (alert,) = alerts_of(scene.patient, rule=rule, is_open=True)
    return alert


def queued_for(scene: Scene, *, in_days: int = 0) -> tuple[str, ...]:
    """The rules for which the patient stands in the review queue; none where the patient does not."""
    db.session.expire_all()
    queue = review_queue({scene.clinic.id: TODAY + timedelta(days=in_days)})
    return next((tuple(each.queue_rules.split()) for each in queue.waiting if each.patient_id == scene.patient.id), ())


@pytest.mark.parametrize("closer", ["care_manager", "duty", "psychiatrist"])
@pytest.mark.parametrize("rule", list(SCENES))
def test_whoever_closes_a_reason_of_the_psychiatrist_leaves_the_patient_in_the_review_queue(
    app: Flask, rule: str, closer: str
) -> None:
    with on_stage(app):
        scene = SCENES[rule]()
        assert rule in queued_for(scene)
        closed(scene, rule, by_the=closer)

        assert rule in queued_for(scene)
        place = the_open(scene, rule)
        assert (place.tier, place.owner_id) == ("queue", scene.psychiatrist.id)


def test_the_place_in_the_queue_stays_the_psychiatrists_when_looked_at_again(app: Flask) -> None:
    with on_stage(app):
        scene = off_target()
        closed(scene, "target.off")
        in_days(scene, 5)

        place = the_open(scene, "target.off")
        assert (place.tier, place.owner_id) == ("queue", scene.psychiatrist.id)


def test_after_the_rest_it_is_the_care_managers_again_in_the_same_alert(app: Flask) -> None:
    with on_stage(app):
        scene = off_target()
        closed(scene, "target.off")
        place = the_open(scene, "target.off")
        assert scene.episode.next_check_on is not None
        assert scene.episode.next_check_on <= TODAY + timedelta(days=14)
        in_days(scene, 13)
        assert place.tier == "queue"
        in_days(scene, 14)

        assert the_open(scene, "target.off") is place
        assert (place.tier, place.owner_id) == ("action", scene.care_manager.id)


@pytest.mark.parametrize("rule", list(SCENES))
def test_a_recorded_review_ends_the_place_in_the_queue_and_the_end_of_the_rest_is_no_news(
    app: Flask, rule: str
) -> None:
    with on_stage(app):
        scene = SCENES[rule]()
        closed(scene, rule)
        with clock.at(NOW + timedelta(hours=1)):
            reviewed(scene)
            assert rule not in queued_for(scene)
        in_days(scene, 14)

        assert the_open(scene, rule).tier == "action"
        assert rule not in queued_for(scene, in_days=14)


def test_a_score_entered_after_the_review_of_its_day_is_not_dealt_with_by_closing_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=40, reviewed=False)
        measured(scene, 12, days_ago=40)
        reviewed(scene)
        with clock.at(NOW + timedelta(hours=1)):
            measured(scene, 19)
        with clock.at(NOW + timedelta(hours=2)):
            closed(scene, "target.worse")

        assert "target.worse" in queued_for(scene)


def test_a_place_in_the_queue_is_neither_closed_nor_put_off(app: Flask) -> None:
    with on_stage(app):
        scene = off_target()
        closed(scene, "target.off")
        place = the_open(scene, "target.off")

        with scope.within({scene.clinic.id}):
            with pytest.raises(EndsWithReview, match="Record a review"):
                close(alert=place, outcome="handled", words="Again", by=scene.care_manager)
            with pytest.raises(CannotWait):
                snooze(alert=place, until=TODAY + timedelta(days=3), reason="Away", by=scene.care_manager)


def test_a_place_in_the_queue_goes_when_its_reason_is_no_longer_true(app: Flask) -> None:
    with on_stage(app):
        scene = off_target()
        closed(scene, "target.off")
        measured(scene, 4)

        assert alerts_of(scene.patient, rule="target.off", is_open=True) == []
        assert queued_for(scene) == ()


def test_the_page_says_that_closing_leaves_the_queue_and_then_what_ends_the_place_in_it(app: Flask) -> None:
    with on_stage(app):
        scene = off_target()
        url = f"/patients/{scene.patient.id}/alerts/{the_open(scene, 'target.off').id}"
        care_manager_id = scene.care_manager.id
    client = sign_in(app.test_client(), care_manager_id)
    assert "stays in the review queue: only a recorded review ends that" in client.get(url).get_data(as_text=True)

    with on_stage(app):
        alert = db.session.get_one(Alert, uuid.UUID(url[-36:]))
        with scope.within({alert.clinic_id}):
            close(alert=alert, outcome="handled", words="Called", by=db.session.get_one(User, care_manager_id))
        (place,) = alerts_of(alert.patient_id, rule="target.off", is_open=True)
        place_url = f"/patients/{alert.patient_id}/alerts/{place.id}"
    page = client.get(place_url).get_data(as_text=True)

    assert "A recorded review" in page
    assert 'id="close"' not in page
    assert 'id="snooze"' not in page
