"""A positive answer that was corrected, withdrawn or written again: its alert is left to a person and says what was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from registry import clock
from registry.access import scope
from registry.alerts.actions import close as close_alert
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sentences import sentence_today
from registry.measurements.actions import change_draft, correct_measurement, mark_entered_in_error
from registry.measures.answers import DECLINED
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    a_scene,
    kinds_of,
    measured,
    on_stage,
    phq9,
    signals_of,
    the_safety_alert,
    words_of,
)


def test_an_answer_entered_in_error_leaves_its_urgent_alert_to_a_person(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        wrong = measured(scene, 9, item9=1)
        with scope.within({scene.clinic.id}):
            mark_entered_in_error(measurement=wrong, why="Somebody else's form", by=scene.care_manager)
            reconcile_patient(scene.patient.id)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.state) == ("urgent", "open")
        assert kinds_of(alert) == ["appended", "opened"], "told once, however often it is looked at"
        assert "entered in error" in words_of(alert, "appended")
        assert sentence_today(alert, TODAY) == (
            "PHQ-9 item 9 of 11 Mar 2026 was 1 (Several days), marked as entered in error by Ana Care on 11 Mar 2026: "
            "close the alert with how it ended"
        )


@pytest.mark.parametrize(("item9", "corrected_to"), [(0, "0 (Not at all)"), (None, "blank"), (DECLINED, "declined")])
def test_a_corrected_answer_no_longer_asks_for_a_call_and_says_who_corrected_it_when(
    app: Flask, item9: Any, corrected_to: str
) -> None:
    with on_stage(app):
        scene = a_scene()
        first = measured(scene, 9, item9=1)
        with clock.at(NOW + timedelta(days=2)), scope.within({scene.clinic.id}):
            correct_measurement(
                measurement=first,
                why="Read from the wrong line",
                by=scene.psychiatrist,
                taken_on=TODAY,
                mode="self-paper",
                answers=phq9(9, item9=item9),
            )

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.state) == ("urgent", "open"), "a person closes it, with the reason"
        assert sentence_today(alert, TODAY).startswith(
            f"PHQ-9 item 9 of 11 Mar 2026 was 1 (Several days), corrected to {corrected_to} by Paul Psychiatrist "
            "on 13 Mar 2026: close the alert with how it ended"
        )
        assert "SSRS" not in alert.sentence


def test_an_answer_corrected_up_again_asks_for_a_call_again(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        given: dict[str, Any] = {"by": scene.care_manager, "taken_on": TODAY, "mode": "self-paper"}
        first = measured(scene, 9, item9=1)
        with scope.within({scene.clinic.id}):
            second = correct_measurement(measurement=first, why="A slip", answers=phq9(9, item9=0), **given)
            third = correct_measurement(measurement=second, why="No slip", answers=phq9(9, item9=1), **given)
            assert sentence_today(the_safety_alert(scene.patient), TODAY).endswith(
                "do a C\N{NON-BREAKING HYPHEN}SSRS today"
            )
            mark_entered_in_error(measurement=third, why="Somebody else's form", by=scene.care_manager)

        assert "marked as entered in error by Ana Care" in the_safety_alert(scene.patient).sentence


def test_a_correction_of_another_item_neither_asks_again_nor_says_the_answer_is_gone(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        first = measured(scene, 9, item9=1)
        with scope.within({scene.clinic.id}):
            correct_measurement(
                measurement=first,
                why="Item 3 was misread",
                by=scene.care_manager,
                taken_on=TODAY,
                mode="self-paper",
                answers=phq9(11, item9=1),
            )

        alert = the_safety_alert(scene.patient)
        assert kinds_of(alert) == ["opened"]
        assert "withdrawn" not in alert.evidence
        assert {signal.alert_id for signal in signals_of(scene.patient)} == {alert.id}


def test_saving_a_draft_again_keeps_its_signal_answered(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        draft = measured(scene, answers={"9": 1}, as_draft=True)
        with scope.within({scene.clinic.id}):
            change_draft(
                draft=draft, by=scene.care_manager, taken_on=TODAY, mode="self-paper", answers={"9": 1, "1": 2}
            )

        alert = the_safety_alert(scene.patient)
        assert [signal.alert_id for signal in signals_of(scene.patient)] == [alert.id]
        assert kinds_of(alert) == ["opened"]


def test_a_late_correction_of_another_item_makes_no_late_entry_of_the_answer(app: Flask) -> None:
    """The answer was entered on its day: it is told once, and urgent, whatever was corrected weeks later."""
    with on_stage(app):
        scene = a_scene()
        first = measured(scene, 9, item9=2)
        given: dict[str, Any] = {"taken_on": TODAY, "mode": "self-paper", "by": scene.care_manager}
        with clock.at(NOW + timedelta(days=20)):
            second = correct_measurement(measurement=first, why="Item 1", answers=phq9(11, item9=2), **given)
            alert = the_safety_alert(scene.patient)
            said = sentence_today(alert, TODAY)
            assert (said.count("positive"), alert.tier) == (1, "urgent")

            close_alert(alert=alert, outcome="contacted-safe", words="Seen", by=scene.care_manager)
            correct_measurement(measurement=second, why="Item 9", answers=phq9(12, item9=3), **given)
            assert the_safety_alert(scene.patient).tier == "urgent", "a higher answer than the one that was dealt with"
