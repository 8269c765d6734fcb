"""A danger that somebody reports alerts at once, with or without a positive answer beside it."""

from __future__ import annotations

from flask import Flask

from registry.access import scope
from registry.alerts.sentences import sentence_today
from registry.contacts.actions import report_danger
from tests.integration.alerts.scene import TODAY, a_scene, kinds_of, measured, on_stage, the_safety_alert


def test_a_reported_danger_is_urgent_at_once(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        with scope.within({scene.clinic.id}):
            report = report_danger(
                patient_id=scene.patient.id,
                clinic_id=scene.clinic.id,
                kind="overdose",
                reported_on=TODAY,
                said_by="his sister",
                words="Found with empty blister packs",
                done="911 called",
                by=scene.duty,
            )

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier) == ("safety.reported", "urgent")
        assert report.alert_id == alert.id
        assert sentence_today(alert, TODAY) == "Overdose reported by his sister on 11 Mar 2026; done: 911 called"


def test_a_report_and_a_positive_answer_share_one_alert(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        with scope.within({scene.clinic.id}):
            report_danger(
                patient_id=scene.patient.id,
                clinic_id=scene.clinic.id,
                kind="threat",
                reported_on=TODAY,
                said_by="the residence",
                words="Threatened a neighbour",
                by=scene.duty,
            )

        alert = the_safety_alert(scene.patient)
        assert alert.rule == "safety.self-harm"
        assert "item 9 positive" in alert.sentence
        assert "Threat to others reported by the residence" in alert.sentence
        assert kinds_of(alert) == ["appended", "opened"]
