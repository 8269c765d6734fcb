"""What time alone changes is found by the sweep: exactly, once, and after any number of missed nights."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from registry import clock
from registry.access import scope
from registry.alerts import sweep as sweeping
from registry.alerts.clinic_numbers import shipped
from registry.alerts.models import Alert, RulebookState, RuleNumber
from registry.alerts.reconcile import reconcile_patient, reconcile_patients
from registry.alerts.sweep import NotYet, answer_left_over_signals, list_unanswered, sweep_clinic
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.pacing import Pace
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.models import SafetySignal
from tests import builders
from tests.integration.alerts.scene import NOW, TODAY, Scene, a_scene, alerts_of, measured, on_stage, the_safety_alert
from tests.integration.alerts.test_other_dangers import item_signed_for

NIGHT = NOW.replace(hour=7)
"""03:00 in New York."""


def swept(clinic: Clinic, days: int) -> sweeping.Sweep:
    with clock.at(NIGHT + timedelta(days=days)):
        return sweep_clinic(clinic)


def set_number(scene: Scene, parameter: str, value: int | None) -> None:
    with write():
        row = RuleNumber(
            clinic_id=scene.clinic.id,
            parameter=parameter,
            choice="off" if value is None else "own",
            value=value,
            signed_edition=shipped().parameters[parameter].edition,
            why="Our psychiatrist wants it so",
            set_by_id=scene.lead.id,
            set_at=clock.now(),
        )
        db.session.add(row)
        record("rule.changed", by=scene.lead, subject=row)


def history_of(scene: Scene) -> list[tuple[str, str, object, object]]:
    """Every alert of the patient's life: what, how pressing, from when to when."""
    return sorted(
        (alert.rule, alert.tier, alert.opened_at.date(), alert.closed_at.date() if alert.closed_at else None)
        for alert in alerts_of(scene.patient)
    )


def life(scene: Scene, *, every_day: bool) -> list[tuple[str, str, object, object]]:
    """70 days in which nobody does anything, looked at daily or only when the next check date comes."""
    for days in range(1, 71):
        episode = db.session.get_one(Episode, scene.episode.id)
        with clock.at(NIGHT + timedelta(days=days)):
            is_due = episode.next_check_on is not None and episode.next_check_on <= TODAY + timedelta(days=days)
            if every_day or is_due:
                reconcile_patient(scene.patient.id)
    return history_of(scene)


def test_a_rating_nobody_follows_is_told_where_the_psychiatrist_signed_for_the_numbers(app: Flask) -> None:
    """What is not assessed is no rating, and a corrected form counts as corrected."""
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=60)
        calm = {str(item): 1 for item in range(1, 19)}
        measured(scene, instrument="bprs-18", mode="clinician", answers=calm | {"11": 0}, days_ago=40)
        measured(scene, instrument="cgi", mode="clinician", answers={"severity": 4, "improvement": 0}, days_ago=40)
        measured(scene, instrument="bprs-18", mode="clinician", answers=calm | {"11": 6, "12": 5}, days_ago=2)
        measured(scene, instrument="cgi", mode="clinician", answers={"severity": 6, "improvement": 6}, days_ago=2)
        assert alerts_of(scene.patient, rule="target.psychosis") == []
        for name in ("symptom_level", "severity_level"):
            set_number(scene, f"target.psychosis.{name}", 4)
        for name in ("symptom_rise", "severity_rise"):
            set_number(scene, f"target.psychosis.{name}", 2)
        reconcile_patient(scene.patient.id)

        (told,) = alerts_of(scene.patient, rule="target.psychosis", is_open=True)
        assert told.owner_id == scene.psychiatrist.id
        assert told.sentence == (
            "As of 11 Mar 2026: More psychotic symptoms: BPRS-18 hallucinatory behavior 1 → 5 (2 days ago); "
            "More ill overall: CGI-S severity 4 → 6 (2 days ago)"
        )


def test_looking_on_the_next_check_date_finds_what_looking_every_day_finds(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 18)
        twin = builders.a_patient(clinic=scene.clinic)
        episode = builders.an_episode(
            patient=twin, enrolled_on=scene.episode.enrolled_on, care_manager=scene.care_manager
        )
        other = Scene(scene.clinic, scene.care_manager, scene.psychiatrist, scene.duty, scene.lead, twin, episode)
        measured(other, 18)
        from tests.integration.alerts.scene import reviewed_on, spoke

        spoke(other, days_ago=1)
        reviewed_on(other, TODAY)

        daily, on_the_date = life(scene, every_day=True), life(other, every_day=False)

        assert daily == on_the_date
        assert len({rule for rule, *_ in daily}) >= 3


def test_a_sweep_takes_only_whom_a_date_has_come_for(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        swept(scene.clinic, 0)

        assert swept(scene.clinic, 1).checked == 0
        assert scene.episode.next_check_on is not None
        days = (scene.episode.next_check_on - TODAY).days
        assert swept(scene.clinic, days).checked == 1
        assert swept(scene.clinic, days).checked == 0, "again on the same day: nobody is left"


def test_a_missed_week_catches_up(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=18, contact_days_ago=None)
        swept(scene.clinic, 0)
        assert alerts_of(scene.patient, rule="engage.first-follow-up") == []

        assert swept(scene.clinic, 10).checked == 1
        (alert,) = alerts_of(scene.patient, rule="engage.first-follow-up")
        assert (alert.tier, alert.since) == ("action", TODAY + timedelta(days=3)), "since the day it became true"


def test_a_changed_number_takes_effect_once(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=16, contact_days_ago=None)
        swept(scene.clinic, 0)
        set_number(scene, "engage.first-follow-up.remind_after", 10)

        assert swept(scene.clinic, 0).checked == 1
        assert len(alerts_of(scene.patient, rule="engage.first-follow-up", is_open=True)) == 1
        assert swept(scene.clinic, 0).checked == 0


def test_a_number_switched_off_closes_its_alerts(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=29, contact_days_ago=None)
        assert len(alerts_of(scene.patient, rule="engage.first-follow-up", is_open=True)) == 1
        set_number(scene, "engage.first-follow-up.limit", None)
        swept(scene.clinic, 0)

        assert alerts_of(scene.patient, rule="engage.first-follow-up", is_open=True) == []


def test_a_clinic_swept_for_the_first_time_takes_everybody(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        assert swept(scene.clinic, 0).checked == 1
        state = db.session.get_one(RulebookState, scene.clinic.id)
        assert state.swept_on == TODAY


def test_each_clinic_is_swept_alone(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        other = builders.a_clinic("Hillside")
        builders.an_episode(patient=builders.a_patient(clinic=other))

        assert swept(scene.clinic, 0).checked == 1


def test_a_day_that_has_not_begun_at_the_clinic_is_not_swept(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        with pytest.raises(NotYet):
            sweep_clinic(scene.clinic, today=TODAY + timedelta(days=1))


def test_one_record_that_cannot_be_evaluated_does_not_stop_the_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(app):
        scene = a_scene()
        patients = [builders.a_patient(clinic=scene.clinic) for _ in range(3)]
        for patient in patients:
            builders.an_episode(patient=patient)
        broken = patients[1].id
        reconciled: list[uuid.UUID] = []

        def reconcile(patient_ids: Sequence[uuid.UUID]) -> object:
            if broken in patient_ids:
                raise ValueError("a score nobody can read")
            reconciled.extend(patient_ids)
            return reconcile_patients(patient_ids)

        monkeypatch.setattr(sweeping, "reconcile_patients", reconcile)
        done = swept(scene.clinic, 0)

        assert (done.checked, done.failed) == (3, 1)
        assert set(reconciled) == {scene.patient.id, patients[0].id, patients[2].id}
        monkeypatch.undo()
        assert swept(scene.clinic, 0).checked == 1, "the next sweep tries again"


def test_a_signature_reaches_who_answered_without_an_episode(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(app):
        scene = a_scene()
        guest = builders.a_patient(clinic=scene.clinic)
        answers = {str(item): 4 for item in range(1, 11)} | {"6": 0}
        measured(scene, patient=guest, instrument="reqol-10", answers=answers)
        swept(scene.clinic, 0)
        item_signed_for(scene)

        def fail(patient_ids: Sequence[uuid.UUID]) -> object:
            if guest.id in patient_ids:
                raise ValueError("a score nobody can read")
            return reconcile_patients(patient_ids)

        monkeypatch.setattr(sweeping, "reconcile_patients", fail)
        assert swept(scene.clinic, 1).failed == 1
        monkeypatch.undo()

        assert swept(scene.clinic, 1).opened == 1, "the next sweep tries again"
        assert the_safety_alert(guest).rule == "safety.self-harm"
        assert swept(scene.clinic, 1).checked == 0


def test_a_sweep_stopped_half_way_goes_on_where_it_was(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        for _ in range(3):
            builders.an_episode(patient=builders.a_patient(clinic=scene.clinic))

        def stop(_seconds: float) -> None:
            raise KeyboardInterrupt

        with clock.at(NIGHT), pytest.raises(KeyboardInterrupt):
            sweep_clinic(scene.clinic, pace=Pace(lambda: False, people=1, sleep=stop))

        assert swept(scene.clinic, 0).checked == 3, "one of four was stored"


def test_a_positive_answer_that_came_in_past_the_program_is_reported_and_answered(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        alert = the_safety_alert(scene.patient)
        _take_away_the_answer(app)
        assert len(list_unanswered()) == 1

        with scope.all_patients(reason="test"):
            assert answer_left_over_signals() == 1
        assert list_unanswered() == []
        assert db.session.scalars(select(SafetySignal.alert_id)).one() == alert.id


def _take_away_the_answer(app: Flask) -> None:
    """As an operator with another program could: past the hooks of the commit."""
    from registry.db.transaction import BEFORE_COMMIT

    hooks = app.extensions[BEFORE_COMMIT]
    app.extensions[BEFORE_COMMIT] = ()
    try:
        with write():
            db.session.execute(update(SafetySignal).values(alert_id=None))
    finally:
        app.extensions[BEFORE_COMMIT] = hooks


def test_nothing_clinical_is_deleted_to_make_an_alert_go(app: Flask) -> None:
    import sqlalchemy.exc

    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        with pytest.raises(sqlalchemy.exc.DBAPIError), write():
            db.session.execute(delete(Alert))
