"""Who answers for an alert, and to whom it can be given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from registry import clock
from registry.access.roles import Role
from registry.alerts.actions import (
    NotUrgent,
    UnfitOwner,
    UnfitToTell,
    acknowledge,
    act,
    assign,
    list_owned,
    reassign_open_alerts,
    tell,
)
from registry.alerts.models import NOT_REACHED, Alert
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.views.alert_forms import colleagues, to_be_told
from registry.db.transaction import write
from tests import builders
from tests.integration.alerts.acting import CLOSING_TIME, a_reminder, acknowledged, an_urgent_alert, not_followed_up
from tests.integration.alerts.scene import (
    NOW,
    Scene,
    a_scene,
    kinds_of,
    on_stage,
    the_safety_alert,
    words_of,
)


def test_whoever_acknowledges_answers_for_it_until_the_end_of_the_day(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = acknowledge(alert=an_urgent_alert(scene), by=scene.psychiatrist)

        assert (alert.state, alert.owner_id) == ("acknowledged", scene.psychiatrist.id)
        assert alert.look_at == CLOSING_TIME
        assert kinds_of(alert) == ["acknowledged", "opened"]


@pytest.mark.parametrize("role", [Role.CARE_MANAGER, Role.PSYCHIATRIST, Role.CLINICIAN, Role.CLINIC_LEAD])
def test_an_alert_is_given_to_somebody_of_the_clinic_who_answers_alerts(app: Flask, role: Role) -> None:
    with on_stage(app):
        scene = a_scene()
        somebody = builders.a_user(role=role, clinic=scene.clinic)
        alert = assign(alert=an_urgent_alert(scene), to=somebody, by=scene.lead, why="Ana is away")

        assert alert.owner_id == somebody.id
        assert words_of(alert, "assigned") == "Ana is away"


def test_nobody_without_a_password_is_given_an_alert_or_told_of_one(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        invited = builders.a_user(role=Role.PSYCHIATRIST, clinic=scene.clinic)
        assert str(invited.id) in colleagues(alert)
        builders.await_password(invited)

        assert str(invited.id) not in {*colleagues(alert), *to_be_told(alert)}
        with pytest.raises(UnfitOwner):
            assign(alert=alert, to=invited, by=scene.lead)
        with pytest.raises(UnfitToTell):
            tell(alert=alert, to=invited, by=scene.lead)


def test_what_was_given_to_somebody_without_a_password_goes_back_to_who_is_of_record(app: Flask) -> None:
    with on_stage(app):
        scene = not_followed_up()
        somebody = builders.a_user(role=Role.CARE_MANAGER, clinic=scene.clinic)
        alert = assign(alert=a_reminder(scene), to=somebody, by=scene.lead)
        builders.await_password(somebody)

        with write():
            reconcile_patient(scene.patient.id)

        assert alert.owner_id == scene.care_manager.id


def not_reached_until_tomorrow(scene: Scene, alert: Alert) -> None:
    tomorrow = NOW + timedelta(days=1)
    act(alert=alert, words="Voicemail", outcome=NOT_REACHED, try_again_by=tomorrow, by=scene.care_manager)


def given_away(scene: Scene, alert: Alert) -> None:
    assign(alert=alert, to=scene.duty, by=scene.care_manager)


def moved_with_all_work(scene: Scene, _alert: Alert) -> None:
    reassign_open_alerts(from_user=scene.care_manager, to_user=scene.duty, clinic_id=scene.clinic.id, by=scene.lead)


@pytest.mark.parametrize("moved", [given_away, moved_with_all_work])
@pytest.mark.parametrize("before", [acknowledged, not_reached_until_tomorrow])
def test_whoever_is_given_an_urgent_alert_has_as_long_as_if_it_were_news(
    app: Flask, before: Callable[[Scene, Alert], None], moved: Callable[[Scene, Alert], None]
) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        before(scene, alert)
        moved(scene, alert)

        assert (alert.state, alert.owner_id) == ("open", scene.duty.id)
        assert alert.look_at == NOW + timedelta(minutes=60)


def test_giving_an_urgent_alert_away_gains_no_time(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        alert = an_urgent_alert(scene)
        with clock.at(NOW + timedelta(minutes=50)):
            given_away(scene, alert)

        assert alert.look_at == NOW + timedelta(minutes=60)


def a_peer(scene: Scene) -> Any:
    return builders.a_user(role=Role.PEER_SPECIALIST, clinic=scene.clinic)


def a_stranger(scene: Scene) -> Any:
    del scene
    return builders.a_user(role=Role.CARE_MANAGER, clinic=builders.a_clinic("Hillside"))


def somebody_who_left(scene: Scene) -> Any:
    from registry.audit.recorder import record
    from registry.db.transaction import write

    user = builders.a_user(role=Role.CARE_MANAGER, clinic=scene.clinic)
    with write():
        user.is_active = False
        record("user.deactivated", by=None, subject=user)
    return user


@pytest.mark.parametrize("somebody", [a_peer, a_stranger, somebody_who_left])
def test_an_alert_is_given_to_nobody_who_could_not_answer_it(app: Flask, somebody: Callable[[Scene], Any]) -> None:
    with on_stage(app):
        scene = a_scene()
        alert, unfit = an_urgent_alert(scene), somebody(scene)
        with pytest.raises(UnfitOwner):
            assign(alert=alert, to=unfit, by=scene.lead)

        assert the_safety_alert(scene.patient).owner_id == scene.care_manager.id


def test_open_alerts_of_somebody_who_leaves_go_to_another(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        an_urgent_alert(scene)
        assert len(list_owned(scene.care_manager.id)) == 1

        moved = reassign_open_alerts(
            from_user=scene.care_manager, to_user=scene.duty, clinic_id=scene.clinic.id, by=scene.lead
        )

        assert moved == 1
        assert list_owned(scene.care_manager.id) == []
        assert the_safety_alert(scene.patient).owner_id == scene.duty.id


def test_only_a_psychiatrist_of_the_clinic_is_told_and_only_of_what_is_urgent(app: Flask) -> None:
    with on_stage(app):
        scene = not_followed_up()
        with pytest.raises(NotUrgent):
            tell(alert=a_reminder(scene), to=scene.psychiatrist, by=scene.care_manager)
        alert = an_urgent_alert(scene)
        stranger = builders.a_user(role=Role.PSYCHIATRIST, clinic=builders.a_clinic("Hillside"))
        for unfit in (scene.duty, stranger):
            with pytest.raises(UnfitToTell):
                tell(alert=alert, to=unfit, by=scene.care_manager)
