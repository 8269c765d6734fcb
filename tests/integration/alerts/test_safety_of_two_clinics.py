"""One person, two clinics, one safety alert: which of them answers for it, and by whose hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from registry import clock
from registry.access import scope
from registry.alerts.models import Alert
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sentences import sentence_today
from registry.extensions import db
from registry.measurements.actions import mark_entered_in_error
from tests import builders
from tests.integration.alerts.scene import NOW, TODAY, a_scene, measured, on_stage, the_safety_alert


def test_two_clinics_share_one_alert_and_the_recording_clinic_answers(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        other = builders.a_clinic("Hillside")
        builders.an_episode(patient=scene.patient, clinic=other, enrolled_on=TODAY)
        elsewhere = builders.a_user(role="care_manager", clinic=other)
        measured(scene, 9, item9=1, clinic=other)

        alert = the_safety_alert(scene.patient)
        assert alert.clinic_id == other.id
        for clinic in (scene.clinic, other):
            with scope.within({clinic.id}):
                assert db.session.get(Alert, alert.id) is not None
        assert elsewhere.id != alert.owner_id


def test_of_two_clinics_the_one_that_recorded_last_is_in_charge_whatever_its_local_date(app: Flask) -> None:
    """At half past midnight in New York it is still yesterday evening in Los Angeles."""
    with on_stage(app):
        scene = a_scene()
        west = builders.a_clinic("Westside", time_zone="America/Los_Angeles")
        builders.an_episode(patient=scene.patient, clinic=west, enrolled_on=TODAY)
        with clock.at(datetime(2026, 3, 12, 4, 30, tzinfo=UTC)):
            measured(scene, 9, item9=1)
        with clock.at(datetime(2026, 3, 12, 5, 0, tzinfo=UTC)):
            measured(scene, 9, item9=1, clinic=west)

        assert the_safety_alert(scene.patient).clinic_id == west.id


def test_an_alert_that_comes_back_to_a_clinic_runs_on_the_hours_of_that_clinic(app: Flask) -> None:
    """The other clinic's answer was entered in error; its opening hours go with it, and the team is asked again."""
    with on_stage(app):
        scene = a_scene()
        west = builders.a_clinic("Westside", time_zone="America/Los_Angeles")
        builders.an_episode(patient=scene.patient, clinic=west, enrolled_on=TODAY)
        measured(scene, 9, item9=1)
        alert = the_safety_alert(scene.patient)
        elsewhere = measured(scene, 9, item9=1, clinic=west)
        assert alert.look_at == datetime(2026, 3, 11, 16, 30, tzinfo=UTC), "an hour after it opens in Los Angeles"

        mark_entered_in_error(measurement=elsewhere, why="Another patient", by=scene.care_manager)
        assert (alert.clinic_id, alert.owner_id) == (scene.clinic.id, scene.care_manager.id)
        assert (alert.state, alert.look_at) == ("open", NOW + timedelta(hours=1))


def test_an_alert_that_another_clinic_takes_over_tells_what_was_taken_back_by_the_days_of_that_clinic(
    app: Flask,
) -> None:
    with on_stage(app):
        scene = a_scene()
        island = builders.a_clinic("Kiritimati", time_zone="Pacific/Kiritimati")
        builders.an_episode(patient=scene.patient, clinic=island, enrolled_on=TODAY)
        wrong = measured(scene, 9, item9=1)
        with scope.within({scene.clinic.id}):
            mark_entered_in_error(measurement=wrong, why="Another patient", by=scene.care_manager)
        measured(scene, 9, item9=2, clinic=island)

        alert, ahead = the_safety_alert(scene.patient), island.today(NOW)
        assert (alert.clinic_id, ahead) == (island.id, TODAY + timedelta(days=1))
        assert "marked as entered in error by Ana Care on 12 Mar 2026" in sentence_today(alert, ahead)
        version = alert.version
        reconcile_patient(scene.patient.id)
        assert alert.version == version, "looking again finds nothing new"


def test_an_old_answer_entered_elsewhere_takes_no_urgent_alert_away(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        other = builders.a_clinic("Hillside")
        builders.an_episode(patient=scene.patient, clinic=other, enrolled_on=TODAY)
        measured(scene, 9, item9=3)
        alert = the_safety_alert(scene.patient)
        with clock.at(NOW + timedelta(minutes=20)):
            measured(scene, 9, item9=1, days_ago=40, clinic=other)

        assert (alert.clinic_id, alert.owner_id) == (scene.clinic.id, scene.care_manager.id)
        said = sentence_today(alert, TODAY)
        assert said.startswith("PHQ-9 item 9 positive (3: Nearly every day) on 11 Mar 2026; also 30 Jan 2026")
