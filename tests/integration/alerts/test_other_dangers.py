"""Dangers beside a positive item: a score that is a sign of abuse, a low answer, a draft changed, months unasked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.alerts.actions import close
from registry.alerts.last_safety import LastSafety
from registry.alerts.look import look
from registry.alerts.models import Alert, RuleNumber
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sentences import sentence_today
from registry.alerts.withdrawn import is_taken_back
from registry.audit.recorder import record
from registry.clinics.models import AdoptedFigure
from registry.db.transaction import write
from registry.extensions import db
from registry.measurements.actions import change_draft, correct_measurement, finish_draft
from registry.measures.adoption import SAFETY
from tests import builders
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    Scene,
    a_scene,
    alerts_of,
    kinds_of,
    measured,
    on_stage,
    the_safety_alert,
    words_of,
)
from tests.integration.alerts.test_graded_safety import screened
from tests.pages import words

NO_NEED = {"1": 1, "2": 0, "3": 3, "4": 3, "5": 0, "6": 0}


def hits(*answers: int | None) -> dict[str, Any]:
    """A form on needs with these answers to its questions on safety."""
    return NO_NEED | dict(zip(("7", "8", "9", "10"), answers, strict=True))


def needs_asked(scene: Scene, *answers: int | None, **others: Any) -> Any:
    return measured(scene, instrument="ahc-hrsn", answers=hits(*answers), **others)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((1, 5, 4, 1), "HITS total positive (11) on 11 Mar 2026: ask today"),
        ((5, 5, 5, None), "HITS total positive (16: at least, with items unanswered) on 11 Mar 2026: ask today"),
        ((1, 5, 3, 1), None),
        ((None, 4, 4, None), None),
        ((None, None, None, None), None),
    ],
)
def test_hits_at_its_cut_off_is_abuse_and_urgent(app: Flask, answers: tuple[int | None, ...], said: str | None) -> None:
    with on_stage(app):
        scene = a_scene()
        needs_asked(scene, *answers)

        found = [(each.rule, each.tier) for each in alerts_of(scene.patient, is_open=True) if each.is_safety]
        assert found == ([] if said is None else [("safety.abuse", "urgent")])
        if said is not None:
            alert = the_safety_alert(scene.patient)
            assert said in sentence_today(alert, TODAY)
            assert (alert.owner_id, alert.look_at) == (scene.care_manager.id, NOW + timedelta(minutes=60))


def test_a_corrected_score_of_abuse_leaves_its_alert_to_a_person(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        first = needs_asked(scene, 5, 5, 5, 5)
        with scope.within({scene.clinic.id}):
            correct_measurement(
                measurement=first,
                why="Another form",
                by=scene.care_manager,
                taken_on=TODAY,
                mode="self-paper",
                answers=hits(1, 1, 1, 1),
            )
        alert = the_safety_alert(scene.patient)
        assert "was 20, corrected to 4 by Ana Care on 11 Mar 2026: close the alert" in sentence_today(alert, TODAY)
        with scope.within({scene.clinic.id}):
            close(alert=alert, outcome="entered-in-error", words="Another form", by=scene.care_manager)
        reconcile_patient(scene.patient.id)

        assert [each for each in alerts_of(scene.patient, is_open=True) if each.is_safety] == []


def test_an_item_on_consensus_alerts_where_the_psychiatrist_signed_for_it(app: Flask) -> None:
    answers = {str(item): 4 for item in range(1, 11)}
    with on_stage(app):
        scene = a_scene()
        before = measured(scene, instrument="reqol-10", answers=answers | {"6": 0})
        assert safety_rules(scene) == [], "shown, and off until somebody signs"
        assert look([scene.patient.id])[scene.patient.id].safety == LastSafety(
            "positive", "ReQoL-10 item 6", TODAY, TODAY, "ReQoL-10 item 6"
        )

        item_signed_for(scene)
        reconcile_patient(scene.patient.id)
        assert safety_rules(scene) == ["safety.self-harm"]
        assert str(before.id) in str(the_safety_alert(scene.patient).evidence)


@pytest.mark.parametrize(
    ("days", "tier", "said"),
    [
        (14, "urgent", "ReQoL-10 item 6 positive (0"),
        (15, "action", "Unreviewed positive of 11 Mar 2026: ReQoL-10 item 6 positive (0"),
    ],
)
def test_an_answer_older_than_the_signature_asks_for_review_not_for_a_call_today(
    app: Flask, days: int, tier: str, said: str
) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, instrument="reqol-10", answers={str(item): 4 for item in range(1, 11)} | {"6": 0})
        with clock.at(NOW + timedelta(days=days)):
            item_signed_for(scene)
            reconcile_patient(scene.patient.id)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.since) == (tier, TODAY + timedelta(days=days))
        assert sentence_today(alert, TODAY).startswith(said)


def test_an_answer_whose_signature_is_withdrawn_stands_until_it_is_corrected(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        item_signed_for(scene)
        answers = {str(item): 4 for item in range(1, 11)}
        first = measured(scene, instrument="reqol-10", answers=answers | {"6": 0})
        signature_withdrawn(scene)
        for _ in range(2):
            reconcile_patient(scene.patient.id)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.state) == ("urgent", "open"), "a person closes it"
        said = sentence_today(alert, TODAY)
        assert said.startswith("ReQoL-10 item 6 of 11 Mar 2026, 0 (")
        assert said.endswith(
            "), stands and alerts nobody, because the clinic no longer signs for this number: "
            "close the alert with how it ended"
        )
        assert words_of(alert, "appended").startswith("The clinic no longer signs for the number behind this alert")
        assert not is_taken_back(alert.evidence), "no reason to close it as entered in error"

        with scope.within({scene.clinic.id}):
            correct_measurement(
                measurement=first,
                why="Another form",
                by=scene.care_manager,
                taken_on=TODAY,
                mode="self-paper",
                answers=answers,
            )
        alert = the_safety_alert(scene.patient)
        assert "corrected to 4 (" in sentence_today(alert, TODAY)
        assert is_taken_back(alert.evidence)


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ({"6": 4}, []),
        ({"6": 3}, ["safety.self-harm"]),
        ({"6": None}, ["safety.unknown"]),
        (36, []),
        (35, ["safety.unknown"]),
        (3, ["safety.self-harm"]),
    ],
)
def test_of_an_item_signed_for_few_points_are_bad(app: Flask, said: dict[str, Any] | int, rules: list[str]) -> None:
    with on_stage(app):
        scene = a_scene()
        item_signed_for(scene)
        if isinstance(said, int):
            measured(scene, instrument="reqol-10", total_only=said)
        else:
            measured(scene, instrument="reqol-10", answers={str(item): 4 for item in range(1, 11)} | said)

        assert safety_rules(scene) == rules


def safety_rules(scene: Scene) -> list[str]:
    return [each.rule for each in alerts_of(scene.patient, is_open=True) if each.is_safety]


def item_signed_for(scene: Scene) -> None:
    with write():
        row = AdoptedFigure(clinic_id=scene.clinic.id, scale="reqol-10:6", figure=SAFETY, why="Agreed with the team")
        row.instrument_version, row.signed_by_id, row.signed_at = "1", scene.psychiatrist.id, clock.now()
        db.session.add(row)
        record("figure.signed", by=None, subject=row, kind="create")


def signature_withdrawn(scene: Scene) -> None:
    with write():
        row = db.session.scalars(select(AdoptedFigure)).one()
        row.withdrawn_by_id, row.withdrawn_at = scene.psychiatrist.id, clock.now()
        record("figure.withdrawn", by=None, subject=row)


# A draft


def saved_again(scene: Scene, draft: Any, answer: int | None, *, finished: bool = False) -> None:
    save = finish_draft if finished else change_draft
    with scope.within({scene.clinic.id}):
        save(draft=draft, by=scene.care_manager, taken_on=TODAY, mode="self-paper", answers={"1": 1, "9": answer})


@pytest.mark.parametrize("finished", [False, True])
def test_a_yes_changed_in_a_draft_is_no_longer_what_the_alert_says(app: Flask, finished: bool) -> None:
    with on_stage(app):
        scene = a_scene()
        draft = measured(scene, answers={"9": 2}, as_draft=True)
        saved_again(scene, draft, 0, finished=finished)

        alert = the_safety_alert(scene.patient)
        said = sentence_today(alert, TODAY)
        assert said == (
            "PHQ-9 item 9 of 11 Mar 2026 was 2 (More than half the days), corrected to 0 (Not at all) on 11 Mar 2026: "
            "close the alert with how it ended"
        )
        assert (alert.tier, alert.state) == ("urgent", "open")
        steps, version = kinds_of(alert), alert.version
        for days in (0, 1, 2):
            with clock.at(NOW + timedelta(days=days)):
                reconcile_patient(scene.patient.id)
        db.session.expire_all()
        alert = the_safety_alert(scene.patient)
        assert (kinds_of(alert), alert.version, sentence_today(alert, TODAY)) == (steps, version, said)


def test_a_yes_taken_back_in_a_draft_and_given_again_is_news(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        draft = measured(scene, answers={"9": 2}, as_draft=True)
        saved_again(scene, draft, None)
        assert "corrected to blank on 11 Mar 2026" in sentence_today(the_safety_alert(scene.patient), TODAY)

        saved_again(scene, draft, 1)

        alert = the_safety_alert(scene.patient)
        assert sentence_today(alert, TODAY).startswith("PHQ-9 item 9 positive (1: Several days) on 11 Mar 2026")
        assert kinds_of(alert).count("appended") == 2


# Who is told


def test_a_moderate_or_high_risk_stands_on_the_psychiatrists_day_too(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene()
        screened(scene, q1=1, q2=1, q3=1, q4=0, q5=0)
        alert = the_safety_alert(scene.patient)
        patient_id, alert_id, psychiatrist_id = scene.patient.id, alert.id, scene.psychiatrist.id
        assert alert.owner_id == scene.care_manager.id, "one alert, answered by one person"
    builders.sign_in(client, psychiatrist_id)

    day = words(client.get("/my-day?whose=mine"))
    assert "moderate risk" in day
    assert "also for the psychiatrist and the prescriber" in day
    page = words(client.get(f"/patients/{patient_id}/alerts/{alert_id}"))
    assert "Also for the psychiatrist Paul Psychiatrist" in page
    assert "Also for the prescriber Nobody of record: tell one" in page


def test_a_single_item_is_for_the_care_manager_and_duty(app: Flask, client: FlaskClient) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, item9=1)
        care_manager_id = scene.care_manager.id
    builders.sign_in(client, care_manager_id)

    assert "also for" not in words(client.get("/my-day?whose=mine"))


# Months unasked


def signed_for(scene: Scene, days: int) -> None:
    with write():
        number = RuleNumber(
            clinic_id=scene.clinic.id,
            parameter="safety.screen-due.active",
            choice="own",
            value=days,
            signed_edition=1,
            why="Signed",
            set_by_id=scene.psychiatrist.id,
            set_at=clock.now(),
        )
        db.session.add(number)
        record("rule-number.set", by=None, subject=number, kind="create")


def due(scene: Scene) -> list[Alert]:
    return list(alerts_of(scene.patient, rule="safety.screen-due", is_open=True))


def test_months_without_a_question_are_an_action_that_asking_settles(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=95, contact_days_ago=1)
        reconcile_patient(scene.patient.id)
        assert due(scene) == [], "off until the clinic's psychiatrist signs"
        signed_for(scene, 90)
        reconcile_patient(scene.patient.id)

        (alert,) = due(scene)
        assert (alert.tier, alert.is_safety, alert.episode_id) == ("action", False, scene.episode.id)

        measured(scene, item9=0)
        assert due(scene) == []
