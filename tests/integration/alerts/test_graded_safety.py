"""A form that asks several questions about safety: how soon each answer is acted on, and what is still unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.alerts.actions import acknowledge, close
from registry.alerts.escalation import escalate_due
from registry.alerts.models import Alert
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sentences import sentence_today
from registry.clinics.models import Clinic
from registry.contacts.actions import report_danger
from registry.episodes.actions import record_death
from registry.extensions import db
from registry.measurements.actions import correct_measurement, discard_draft, mark_entered_in_error, record_measurement
from registry.measurements.models import Measurement, SafetySignal
from registry.measures.answers import DECLINED
from tests import builders
from tests.integration.alerts.scene import (
    LEAD_TOLD,
    NOW,
    TODAY,
    Scene,
    a_scene,
    alerts_of,
    kinds_of,
    measured,
    on_stage,
    the_safety_alert,
)

NOTHING = {"1": 0, "2": 0, "6": 0}


def screened(scene: Scene, *, days_ago: int = 0, clinic: Clinic | None = None, **answers: Any) -> Measurement:
    """A C-SSRS screener on which nothing is reported but what is given, as ``q4=1``."""
    place = clinic or scene.clinic
    with scope.within({place.id}):
        return record_measurement(
            patient_id=scene.patient.id,
            clinic_id=place.id,
            instrument="c-ssrs-screener",
            taken_on=TODAY - timedelta(days=days_ago),
            mode="interview",
            by=scene.care_manager,
            answers=given(**answers),
        )


def given(**answers: Any) -> dict[str, Any]:
    return NOTHING | {name.removeprefix("q"): answer for name, answer in answers.items()}


def corrected(scene: Scene, first: Measurement, **answers: Any) -> None:
    with scope.within({scene.clinic.id}):
        correct_measurement(
            measurement=first,
            why="Misread",
            by=scene.care_manager,
            taken_on=TODAY,
            mode="interview",
            answers=given(**answers),
        )


def acknowledged(scene: Scene) -> None:
    with scope.within({scene.clinic.id}):
        acknowledge(alert=the_safety_alert(scene.patient), by=scene.care_manager)


def another_clinic(scene: Scene) -> Clinic:
    """Where the patient is in care too."""
    other = builders.a_clinic("Hillside")
    builders.an_episode(patient=scene.patient, clinic=other, enrolled_on=TODAY)
    return other


def closed(scene: Scene) -> None:
    with scope.within({scene.clinic.id}):
        close(
            alert=the_safety_alert(scene.patient),
            outcome="contacted-safe",
            words="Spoke with her",
            by=scene.care_manager,
        )


@pytest.mark.parametrize(
    ("answers", "tier", "minutes"),
    [
        ({"q1": 1}, "action", None),
        ({"q2": 1, "q3": 0, "q4": 0, "q5": 0}, "action", None),
        ({"q6": 1, "q6a": 0}, "urgent", 60),
        ({"q2": 1, "q3": 1, "q4": 0, "q5": 0}, "urgent", 60),
        ({"q2": 1, "q3": 0, "q4": 1, "q5": 0}, "urgent", 30),
        ({"q2": 1, "q3": 0, "q4": 0, "q5": 1}, "urgent", 30),
        ({"q6": 1, "q6a": 1}, "urgent", 30),
        ({"q1": 1, "q2": 1, "q3": 1, "q4": 1, "q5": 1, "q6": 1, "q6a": 1}, "urgent", 30),
    ],
)
def test_each_answer_says_how_soon_it_is_acted_on(
    app: Flask, answers: dict[str, Any], tier: str, minutes: int | None
) -> None:
    with on_stage(app):
        scene = a_scene()
        screened(scene, **answers)

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier) == ("safety.self-harm", tier)
        assert alert.look_at == (LEAD_TOLD if minutes is None else NOW + timedelta(minutes=minutes))
        assert {signal.alert_id for signal in db.session.scalars(select(SafetySignal))} == {alert.id}


def test_nothing_reported_raises_no_alert_although_most_questions_were_not_asked(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        screened(scene)

        assert [alert for alert in alerts_of(scene.patient) if alert.is_safety] == []


@pytest.mark.parametrize("answer", [None, DECLINED])
def test_a_screen_without_question_6_has_to_be_completed(app: Flask, answer: Any) -> None:
    with on_stage(app):
        scene = a_scene()
        screened(scene, q6=answer)

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier) == ("safety.unknown", "action")
        assert "C-SSRS screener items 6, 6a" in sentence_today(alert, TODAY)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"q6": 1, "q6a": None}, "item 6a of this form not answered, ask today"),
        ({"q2": 1, "q3": 0, "q4": 0, "q5": DECLINED}, "item 5 of this form not answered, ask today"),
        ({"q1": 1, "q6": None}, "items 6, 6a of this form not answered, ask today; at least low risk"),
    ],
)
def test_a_yes_beside_a_worse_question_nobody_answered_does_not_wait(
    app: Flask, answers: dict[str, Any], words: str
) -> None:
    with on_stage(app):
        scene = a_scene()
        screened(scene, **answers)

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier) == ("safety.self-harm", "urgent")
        assert alert.look_at == NOW + timedelta(minutes=60)
        assert words in sentence_today(alert, TODAY)


def test_a_draft_with_a_yes_and_a_worse_question_open_does_not_wait_either(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        with scope.within({scene.clinic.id}):
            record_measurement(
                patient_id=scene.patient.id,
                clinic_id=scene.clinic.id,
                instrument="c-ssrs-screener",
                taken_on=TODAY,
                mode="interview",
                by=scene.care_manager,
                as_draft=True,
                answers={"1": 1, "2": 0},
            )

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier) == ("safety.self-harm", "urgent")
        assert "items 6, 6a of this form not answered" in sentence_today(alert, TODAY)


def test_a_single_question_settles_no_incomplete_screen(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        screened(scene, days_ago=1, q6=None)
        measured(scene, 2, item9=0)
        assert the_safety_alert(scene.patient).rule == "safety.unknown"

        screened(scene)
        assert [alert for alert in alerts_of(scene.patient, is_open=True) if alert.is_safety] == []


def test_a_low_risk_says_what_is_due_and_its_worse_questions_are_named_beside(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        screened(scene, q1=1)
        alert = the_safety_alert(scene.patient)
        assert sentence_today(alert, TODAY) == (
            "C-SSRS screener item 1 positive (1: Yes) on 11 Mar 2026: low risk, review the safety plan within 7 days"
        )

        screened(scene, q1=1, q2=1, q3=0, q4=1, q5=0)
        assert sentence_today(alert, TODAY) == (
            "C-SSRS screener item 4 positive (1: Yes), with items 1, 2, on 11 Mar 2026; also C-SSRS screener item 1 on "
            "11 Mar 2026: high risk, do not leave the person alone; psychiatric evaluation now"
        )


def test_an_immediate_danger_passes_on_twice_as_fast_each_time(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        screened(scene, q2=1, q3=0, q4=1, q5=0)

        assert escalate_due(now=NOW + timedelta(minutes=30)).escalated == 1
        assert escalate_due(now=NOW + timedelta(minutes=59)).escalated == 0
        assert escalate_due(now=NOW + timedelta(minutes=60)).escalated == 1


def test_a_correction_that_adds_a_worse_answer_is_news_although_the_form_was_dealt_with(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        first = screened(scene, q2=1, q3=1, q4=0, q5=0)
        closed(scene)
        assert db.session.scalars(select(Alert).where(Alert.closed_at.is_(None), Alert.is_safety)).all() == []

        corrected(scene, first, q2=1, q3=1, q4=1, q5=0)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.look_at) == ("urgent", NOW + timedelta(minutes=30))
        assert [answer["item_id"] for answer in alert.evidence["answers"]] == ["4"], "the others were dealt with"


def test_a_correction_that_adds_a_worse_answer_restarts_the_clock(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        first = screened(scene, q2=1, q3=1, q4=0, q5=0)
        with clock.at(NOW + timedelta(minutes=50)):
            corrected(scene, first, q2=1, q3=1, q4=1, q5=0)

            alert = the_safety_alert(scene.patient)
            assert alert.look_at == NOW + timedelta(minutes=80)
        assert kinds_of(alert) == ["appended", "opened"]


def test_an_urgent_alert_stays_when_its_worst_answer_is_taken_back(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        first = screened(scene, q1=1, q2=1, q3=1, q4=0, q5=0)
        corrected(scene, first, q1=1)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.state) == ("urgent", "open"), "a person closes it"
        said = sentence_today(alert, TODAY)
        assert "C-SSRS screener item 3 of 11 Mar 2026 was 1 (Yes), corrected to 0" in said
        assert "C-SSRS screener item 1 positive (1: Yes) on 11 Mar 2026" in said


@pytest.mark.parametrize("milder", [{"q6": 1, "q6a": 0}, {"q2": 1, "q3": 1, "q4": 0, "q5": 0}, {"q1": 1, "q6": None}])
def test_a_milder_answer_of_another_clinic_takes_no_immediate_alert_away(app: Flask, milder: dict[str, Any]) -> None:
    with on_stage(app):
        scene = a_scene()
        other = another_clinic(scene)
        screened(scene, q2=1, q3=0, q4=1, q5=0)
        acknowledged(scene)
        alert = the_safety_alert(scene.patient)
        runs_until = alert.look_at
        with clock.at(NOW + timedelta(minutes=40)):
            added = screened(scene, clinic=other, **milder)

        assert (alert.clinic_id, alert.owner_id) == (scene.clinic.id, scene.care_manager.id)
        assert (alert.state, alert.acknowledged_by_id) == ("acknowledged", scene.care_manager.id)
        assert alert.look_at == runs_until
        assert str(added.id) in {answer["id"] for answer in alert.evidence["answers"]}
        assert kinds_of(alert) == ["acknowledged", "appended", "opened"]


def test_an_answer_as_bad_or_worse_takes_the_alert_to_the_clinic_that_recorded_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        other = another_clinic(scene)
        screened(scene, q2=1, q3=1, q4=0, q5=0)
        acknowledged(scene)
        screened(scene, clinic=other, q2=1, q3=0, q4=1, q5=0)

        alert = the_safety_alert(scene.patient)
        assert (alert.clinic_id, alert.state, alert.acknowledged_by_id) == (other.id, "open", None)


def test_a_reported_danger_asks_again_although_an_answer_is_worse(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        screened(scene, q2=1, q3=0, q4=1, q5=0)
        acknowledged(scene)
        with scope.within({scene.clinic.id}):
            report_danger(
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
        assert (alert.state, alert.acknowledged_by_id) == ("open", None)


def test_a_mild_answer_entered_in_error_leaves_its_alert_to_a_person(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        wrong = screened(scene, q2=1, q3=0, q4=0, q5=0)
        with scope.within({scene.clinic.id}):
            mark_entered_in_error(measurement=wrong, why="Somebody else's form", by=scene.care_manager)
            reconcile_patient(scene.patient.id)

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier, alert.state) == ("safety.self-harm", "action", "open")
        assert kinds_of(alert) == ["appended", "opened"], "told once, however often it is looked at"
        assert sentence_today(alert, TODAY) == (
            "C-SSRS screener item 2 of 11 Mar 2026 was 1 (Yes), marked as entered in error by Ana Care on 11 Mar 2026: "
            "close the alert with how it ended"
        )
        closed(scene)
        assert alerts_of(scene.patient, is_open=True) == []


@pytest.mark.parametrize(
    ("q2", "corrected_to", "is_unknown"), [(0, "0 (No)", False), (DECLINED, "declined", True), (None, "blank", True)]
)
def test_a_mild_answer_corrected_leaves_its_alert_to_a_person(
    app: Flask, q2: Any, corrected_to: str, is_unknown: bool
) -> None:
    with on_stage(app):
        scene = a_scene()
        first = screened(scene, q2=1, q3=0, q4=0, q5=0)
        corrected(scene, first, q2=q2)

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier, alert.state) == ("safety.self-harm", "action", "open")
        said = sentence_today(alert, TODAY)
        assert said.startswith(f"C-SSRS screener item 2 of 11 Mar 2026 was 1 (Yes), corrected to {corrected_to} by Ana")
        assert [each["rule"] for each in alert.evidence.get("also", ())] == (["safety.unknown"] if is_unknown else [])


def test_a_discarded_draft_with_a_mild_answer_leaves_its_alert_to_a_person(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        with scope.within({scene.clinic.id}):
            draft = record_measurement(
                patient_id=scene.patient.id,
                clinic_id=scene.clinic.id,
                instrument="c-ssrs-screener",
                taken_on=TODAY,
                mode="interview",
                by=scene.care_manager,
                answers={"2": 1},
                as_draft=True,
            )
            discard_draft(draft=draft, by=scene.care_manager)

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.closed_at) == ("safety.self-harm", None)
        assert "item 2 of 11 Mar 2026 was 1 (Yes), marked as entered in error by Ana Care" in alert.sentence


def test_a_death_leaves_an_answer_taken_back_to_a_person(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        wrong = screened(scene, q2=1, q3=1, q4=0, q5=0)
        with scope.within({scene.clinic.id}):
            mark_entered_in_error(measurement=wrong, why="Somebody else's form", by=scene.care_manager)
            record_death(patient=scene.patient, died_on=TODAY, today=TODAY, by=scene.care_manager)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.look_at, alert.state) == ("action", LEAD_TOLD, "open")


def test_a_worse_answer_taken_back_stays_named_beside_what_stands_until_a_person_closes_the_alert(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        first = screened(scene, q2=1, q3=1, q4=1, q5=0)
        corrected(scene, first, q2=1, q3=1, q4=0, q5=0)
        alert = the_safety_alert(scene.patient)
        told = "C-SSRS screener item 4 of 11 Mar 2026 was 1 (Yes), corrected to 0 (No) by Ana Care on 11 Mar 2026"
        assert sentence_today(alert, TODAY).startswith("C-SSRS screener item 3 positive")
        assert sentence_today(alert, TODAY).endswith(f"; {told}")

        reconcile_patient(scene.patient.id)
        screened(scene, q1=1)
        assert sentence_today(alert, TODAY).endswith(f"; {told}")
        assert kinds_of(alert) == ["appended", "appended", "opened"], "the correction and the new answer, each once"


def test_a_worse_answer_corrected_up_again_is_news(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        first = screened(scene, q2=1, q3=1, q4=1, q5=0)
        corrected(scene, first, q2=1, q3=1, q4=0, q5=0)
        acknowledged(scene)
        second = db.session.scalars(select(Measurement).where(Measurement.replaces_id == first.id)).one()
        corrected(scene, second, q2=1, q3=1, q4=1, q5=0)

        alert = the_safety_alert(scene.patient)
        assert (alert.state, alert.look_at) == ("open", NOW + timedelta(minutes=30))
        assert "taken_back" not in alert.evidence


def test_an_answer_taken_back_and_dealt_with_is_news_when_it_is_corrected_up_again(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        first = screened(scene, q2=1, q3=0, q4=1, q5=0)
        corrected(scene, first)
        closed(scene)
        second = db.session.scalars(select(Measurement).where(Measurement.replaces_id == first.id)).one()
        corrected(scene, second, q2=1, q3=0, q4=1, q5=0)

        (alert,) = [each for each in alerts_of(scene.patient, is_open=True) if each.is_safety]
        assert (alert.rule, alert.tier) == ("safety.self-harm", "urgent")


def test_behaviour_known_already_takes_no_alert_to_the_clinic_that_asked_again(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        other = another_clinic(scene)
        screened(scene, days_ago=9, q6=1, q6a=0)
        closed(scene)
        screened(scene, q2=1, q3=1, q4=0, q5=0)
        screened(scene, clinic=other, q6=1, q6a=0)

        (alert,) = [each for each in alerts_of(scene.patient, is_open=True) if each.is_safety]
        assert alert.clinic_id == scene.clinic.id
