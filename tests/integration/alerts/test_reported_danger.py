"""A danger that somebody reports alerts at once, beside a positive answer or alone, until it is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.access import scope
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sentences import sentence_today
from registry.contacts.actions import report_danger, withdraw_report
from registry.contacts.models import DangerReport
from tests import builders
from tests.integration.alerts.scene import (
    TODAY,
    Scene,
    a_scene,
    kinds_of,
    measured,
    on_stage,
    the_safety_alert,
    words_of,
)
from tests.pages import fill_in, page_of, words

MISTAKEN = "Overdose reported by his sister on 11 Mar 2026, marked as entered in error by Ana Care on 11 Mar 2026"


def _reported(scene: Scene, **facts: Any) -> DangerReport:
    told = {"kind": "overdose", "said_by": "his sister", "words": "Found with empty blister packs", **facts}
    with scope.within({scene.clinic.id}):
        return report_danger(
            patient_id=scene.patient.id, clinic_id=scene.clinic.id, reported_on=TODAY, by=scene.duty, **told
        )


def _taken_back(scene: Scene, report: DangerReport) -> None:
    with scope.within({scene.clinic.id}):
        withdraw_report(
            report=report, why="Another person was meant", opened_version=report.version, by=scene.care_manager
        )
        reconcile_patient(scene.patient.id)


def test_a_reported_danger_is_urgent_at_once(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        report = _reported(scene, done="911 called")

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier) == ("safety.reported", "urgent")
        assert report.alert_id == alert.id
        assert sentence_today(alert, TODAY) == "Overdose reported by his sister on 11 Mar 2026; done: 911 called"


def test_a_report_and_a_positive_answer_share_one_alert(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        report = _reported(scene)

        alert = the_safety_alert(scene.patient)
        assert alert.rule == "safety.self-harm"
        assert "item 9 positive" in alert.sentence
        assert "Overdose reported by his sister" in alert.sentence
        assert kinds_of(alert) == ["appended", "opened"]

        _taken_back(scene, report)
        said = sentence_today(the_safety_alert(scene.patient), TODAY)
        assert "item 9 positive" in said, "the answer stands"
        assert said.endswith(MISTAKEN)


def test_a_report_about_somebody_else_leaves_its_alert_to_a_person_and_counts_nowhere(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        _taken_back(scene, _reported(scene))

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.state) == ("urgent", "open")
        assert sentence_today(alert, TODAY) == f"{MISTAKEN}: close the alert with how it ended"
        assert kinds_of(alert) == ["appended", "opened"], "told once, however often it is looked at"
        assert "entered in error" in words_of(alert, "appended")


def test_of_two_reports_the_one_that_stands_leads_and_the_other_is_told_of(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        mistaken = _reported(scene)
        _reported(scene, kind="threat", said_by="the residence")
        _taken_back(scene, mistaken)

        said = sentence_today(the_safety_alert(scene.patient), TODAY)
        assert said.startswith("Threat to others reported by the residence on 11 Mar 2026")
        assert said.endswith(MISTAKEN)


def test_a_report_is_struck_through_from_its_alert_which_then_ends_as_entered_in_error(
    app: Flask, client: FlaskClient
) -> None:
    with on_stage(app):
        scene = a_scene()
        report = _reported(scene)
        patient, alert, care_manager = scene.patient.id, report.alert_id, scene.care_manager.id
    builders.sign_in(client, care_manager)
    page = f"/patients/{patient}/alerts/{alert}"
    ends = {"close-outcome": "entered-in-error", "close-words": "Another person was meant"}
    assert fill_in(client, page, ends, button="Close the alert").status_code == 422

    (link,) = [each["href"] for each in page_of(client.get(page)).select("a") if "Entered in error?" in each.get_text()]
    missing = fill_in(client, str(link))
    assert missing.status_code == 422
    assert "Say why it was entered in error" in words(missing)
    assert fill_in(client, str(link), {"why": "Another person was meant"}).location.partition("?")[0] == page

    assert "close the alert with how it ended" in words(client.get(page))
    assert client.get(str(link)).status_code == 303, "once is enough"
    (struck,) = page_of(client.get(f"/patients/{patient}/timeline?kind=danger")).select(".timeline__entry--void")
    assert "Found with empty blister packs (Another person was meant)" in struck.get_text()
    assert fill_in(client, page, ends, button="Close the alert").status_code == 303


@pytest.mark.parametrize(("kind", "is_asked"), [("overdose", True), ("threat", False)])
def test_only_a_danger_to_oneself_leads_to_the_questions_about_suicide(
    app: Flask, client: FlaskClient, *, kind: str, is_asked: bool
) -> None:
    with on_stage(app):
        scene = a_scene()
        _reported(scene, kind=kind)
        patient, alert, who = scene.patient.id, the_safety_alert(scene.patient).id, scene.care_manager.id
    builders.sign_in(client, who)

    for page in ("/my-day", f"/patients/{patient}/alerts/{alert}"):
        assert ("Do now: C-SSRS" in words(client.get(page))) is is_asked
