"""Whoever gets worse is told again, whatever was answered before: put off, acknowledged, closed or reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask

from registry import clock
from registry.access import scope
from registry.alerts.actions import acknowledge, close, snooze
from registry.alerts.models import Alert
from registry.alerts.reconcile import reconcile_patient
from registry.case_review.queue import review_queue
from registry.extensions import db
from registry.review.actions import Advice, record_review
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    Scene,
    a_scene,
    alerts_of,
    kinds_of,
    measured,
    on_stage,
    reviewed_on,
    steps_of,
)

WORSE = "target.worse"


def worse() -> Scene:
    """A PHQ-9 of 8 at first and of 15 today; reviewed since it was 8."""
    scene = a_scene(enrolled_days_ago=40, reviewed=False)
    measured(scene, 8, days_ago=40)
    reviewed_on(scene, TODAY - timedelta(days=30))
    measured(scene, 15)
    return scene


@contextmanager
def in_days(scene: Scene, days: int) -> Iterator[None]:
    with clock.at(NOW + timedelta(days=days)), scope.within({scene.clinic.id}):
        yield


def scored(scene: Scene, total: int, *, days: int) -> None:
    with in_days(scene, days):
        measured(scene, total)


def the_open(scene: Scene, rule: str = WORSE) -> Alert:
    (alert,) = alerts_of(scene.patient, rule=rule, is_open=True)
    return alert


def is_put_off(alert: Alert) -> bool:
    return alert.snoozed_until is not None


def is_queued(scene: Scene, *, days: int) -> bool:
    db.session.expire_all()
    queue = review_queue({scene.clinic.id: TODAY + timedelta(days=days)})
    return scene.patient.id in [each.patient_id for each in queue.waiting]


def test_what_was_put_off_comes_back_once_small_rises_add_up_and_its_history_says_to_what(app: Flask) -> None:
    with on_stage(app):
        scene = worse()
        alert = the_open(scene)
        with in_days(scene, 0):
            snooze(alert=alert, until=TODAY + timedelta(days=14), reason="Away", by=scene.care_manager)
        scored(scene, 18, days=3)
        assert is_put_off(alert)

        scored(scene, 20, days=6)
        assert not is_put_off(alert)
        assert kinds_of(alert) == ["appended", "opened", "snooze-ended", "snoozed"]
        told = [step.words for step in steps_of(alert) if step.kind in {"opened", "appended"}]
        assert ["PHQ-9 8 → 15" in told[0], "PHQ-9 8 → 20" in told[1]] == [True, True]

        scored(scene, 22, days=9)
        assert kinds_of(alert).count("appended") == 1, "told of 20, nobody is told of 22"


def test_whoever_acknowledged_is_asked_again_and_keeps_it_and_after_easing_the_same_score_is_news(app: Flask) -> None:
    with on_stage(app):
        scene = worse()
        alert = the_open(scene)
        with in_days(scene, 0):
            acknowledge(alert=alert, by=scene.duty)
        scored(scene, 23, days=3)
        assert (alert.state, alert.owner_id, alert.acknowledged_at) == ("open", scene.duty.id, None)

        scored(scene, 17, days=6)
        with in_days(scene, 7):
            acknowledge(alert=alert, by=scene.duty)
        scored(scene, 23, days=9)
        assert alert.state == "open"


def test_what_was_closed_rests_only_until_it_is_worse_than_when_it_was_closed(app: Flask) -> None:
    with on_stage(app):
        scene = worse()
        with in_days(scene, 0):
            close(alert=the_open(scene), outcome="handled", words="Called", by=scene.care_manager)
        scored(scene, 19, days=2)
        assert the_open(scene).tier == "queue"

        scored(scene, 20, days=4)
        again = the_open(scene)
        assert (again.tier, again.owner_id) == ("action", scene.care_manager.id)
        assert again.told_evidence is None


def test_whoever_was_reviewed_comes_back_into_the_queue_when_worse_than_at_the_review(app: Flask) -> None:
    with on_stage(app):
        scene = worse()
        assert is_queued(scene, days=0)
        with in_days(scene, 1):
            reviewed_on(scene, TODAY + timedelta(days=1))
        scored(scene, 19, days=3)
        assert not is_queued(scene, days=3)

        scored(scene, 20, days=6)
        assert is_queued(scene, days=6)


def test_a_second_recommendation_nobody_decided_is_told_though_the_first_was_closed(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=40)
        for days, words in ((0, "Start sertraline 50 mg"), (5, "Check TSH")):
            with in_days(scene, days):
                record_review(
                    episode=scene.episode,
                    reviewed_on=TODAY + timedelta(days=days),
                    minutes=None,
                    summary="",
                    recommendations=[Advice(kind="lab", words=words, to_user_id=scene.care_manager.id)],
                    look_again_on=None,
                    by=scene.psychiatrist,
                )
        with in_days(scene, 14):
            reconcile_patient(scene.patient.id)
            close(alert=the_open(scene, "review.open"), outcome="handled", words="Asked her", by=scene.care_manager)
        assert scene.episode.next_check_on is not None
        assert scene.episode.next_check_on <= TODAY + timedelta(days=19)
        with in_days(scene, 18):
            reconcile_patient(scene.patient.id)
        quiet = alerts_of(scene.patient, rule="review.open", is_open=True)
        assert [each.tier for each in quiet] == ["queue"], "the psychiatrist has it on the queue meanwhile"

        with in_days(scene, 19):
            reconcile_patient(scene.patient.id)
        assert "1 more undecided" in the_open(scene, "review.open").sentence


def test_a_safety_answer_left_blank_again_ends_the_snooze_of_the_first(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 5, item9=None)
        alert = the_open(scene, "safety.unknown")
        with in_days(scene, 0):
            snooze(alert=alert, until=TODAY + timedelta(days=7), reason="Comes on Friday", by=scene.care_manager)
        with in_days(scene, 2):
            measured(scene, 5, item9=None)
        assert alert.snoozed_until is None
        assert kinds_of(alert) == ["appended", "opened", "snooze-ended", "snoozed"]
