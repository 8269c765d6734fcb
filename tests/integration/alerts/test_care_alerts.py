"""Alerts of an episode follow the facts: they open, become more pressing, and close by themselves when untrue."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from registry import clock
from registry.access import scope
from registry.alerts.loading.cases import phases_before_pause
from registry.alerts.models import Alert
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sentences import sentence_today
from registry.alerts.sweep import sweep_clinic
from registry.audit.recorder import record
from registry.db.transaction import write
from registry.episodes.actions import change_phase, end_episode, track
from registry.episodes.facts import Tracking
from registry.episodes.models import Episode, PhaseSpell
from registry.extensions import db
from registry.review.actions import Advice, decide, finish, record_review
from tests import builders
from tests.integration.alerts.scene import (
    NOW,
    TODAY,
    Scene,
    a_scene,
    alerts_of,
    kinds_of,
    mania_measured,
    measured,
    on_duty,
    on_stage,
    spoke,
    words_of,
)


def rules_of(scene: Scene) -> list[str]:
    return sorted(alert.rule for alert in alerts_of(scene.patient, is_open=True))


def reconciled_in(scene: Scene, days: int) -> None:
    """The same patient some days later, with nothing written since."""
    with clock.at(NOW + timedelta(days=days)), scope.within({scene.clinic.id}):
        reconcile_patient(scene.patient.id)


def test_nothing_is_said_of_somebody_newly_enrolled_in_contact_and_reviewed(app: Flask) -> None:
    with on_stage(app):
        assert rules_of(a_scene()) == []


def test_off_target_is_told_with_its_scores_to_the_care_manager(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=63)
        measured(scene, 20, days_ago=63)
        measured(scene, 19, days_ago=2)

        (alert,) = alerts_of(scene.patient, rule="target.off")
        assert alert.tier == "action"
        assert alert.owner_id == scene.care_manager.id
        assert alert.episode_id == scene.episode.id
        assert "PHQ-9 20 → 19" in alert.sentence


def test_an_elevated_mania_score_is_told_though_nobody_tracks_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        mania_measured(scene, 9)

        (alert,) = alerts_of(scene.patient, rule="target.mania")
        assert (alert.tier, alert.owner_id) == ("action", scene.psychiatrist.id)
        assert (
            alert.sentence
            == "As of 11 Mar 2026: Mania: ASRM 9 on 11 Mar 2026 (today), elevated from 6; ASRM is not tracked"
        )

        mania_measured(scene, 2)
        assert alert.state == "open"  # of two forms of one day the worse one counts

        with clock.at(NOW + timedelta(days=7)):
            mania_measured(scene, 5)
        assert alert.state == "closed"


def test_of_several_mania_measures_each_is_told_by_its_own_numbers(app: Flask) -> None:
    """Elevated from its cut-off, up by its reliable change, or silent where neither is published."""
    with on_stage(app):
        scene = a_scene()
        mania_measured(scene, 10, days_ago=2, instrument="pmq-9")
        mania_measured(scene, 6, days_ago=2, instrument="ymrs", mode="clinician")
        mania_measured(scene, 13, instrument="ymrs", mode="clinician")
        mania_measured(scene, 70, instrument="bdss", mode="clinician")

        (alert,) = alerts_of(scene.patient, rule="target.mania")
        assert "PMQ-9 10 on 9 Mar 2026 (2 days ago), elevated from 10" in alert.sentence
        assert "YMRS 6 → 13" in alert.sentence
        assert "BDSS" not in alert.sentence


@pytest.mark.parametrize("state", ["accepted", "modified"])
def test_what_was_accepted_and_never_done_is_told_to_who_should_do_it(app: Flask, state: str) -> None:
    with on_stage(app), scope.all_patients(reason="test"):
        scene = a_scene(enrolled_days_ago=20)
        spoke(scene)
        review = record_review(
            episode=scene.episode,
            reviewed_on=TODAY,
            minutes=None,
            summary="",
            recommendations=[Advice(kind="start", words="Start lithium 300 mg", to_user_id=scene.care_manager.id)],
            look_again_on=None,
            by=scene.psychiatrist,
        )
        (advice,) = review.recommendations
        decide(
            recommendation=advice,
            state=state,
            why="300 mg at night",
            opened_version=advice.version,
            by=scene.care_manager,
        )

        reconciled_in(scene, 27)
        assert "review.undone" not in rules_of(scene)
        reconciled_in(scene, 28)
        (alert,) = alerts_of(scene.patient, rule="review.undone")
        todo = "Start lithium 300 mg" if state == "accepted" else "300 mg at night"
        assert f"Accepted on 11 Mar 2026 and not done after 28 days: {todo} (to Ana Care)" in alert.sentence

        finish(recommendation=advice, opened_version=advice.version, by=scene.care_manager)
        assert alert.state == "closed"
        assert words_of(alert, "closed-by-itself") == "It is no longer true"


def test_mania_from_before_a_new_course_of_treatment_is_not_forgotten(app: Flask) -> None:
    """The score that brought somebody back into active treatment is from the day before it."""
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=100)
        for phase, days_ago in (("maintaining", 40), ("active", 0)):
            if phase == "active":
                mania_measured(scene, 12, days_ago=1)
            with scope.within({scene.clinic.id}):
                change_phase(
                    episode=scene.episode,
                    phase=phase,
                    on=TODAY - timedelta(days=days_ago),
                    why="Agreed",
                    by=scene.care_manager,
                )

        assert "target.mania" in rules_of(scene)


def test_mixed_takes_the_place_of_mania_and_gives_it_back(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=10)
        mania_measured(scene, 9, days_ago=3)
        measured(scene, 14, days_ago=2)

        (mania,) = alerts_of(scene.patient, rule="target.mania")
        assert words_of(mania, "closed-by-itself") == "Part of another alert now: mixed: mania and depression"
        assert [rule for rule in rules_of(scene) if rule.startswith("target.")] == ["target.mixed"]

        measured(scene, 5)
        assert [rule for rule in rules_of(scene) if rule.startswith("target.")] == ["target.mania"]


def test_an_alert_closes_by_itself_when_it_is_no_longer_true(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=63)
        measured(scene, 20, days_ago=63)
        measured(scene, 19, days_ago=2)
        measured(scene, 4)

        (alert,) = alerts_of(scene.patient, rule="target.off")
        assert alert.state == "closed"
        assert (alert.closed_by_id, alert.outcome) == (None, None)
        assert kinds_of(alert) == ["closed-by-itself", "opened"]


def test_a_contact_closes_the_alert_that_asked_for_it_and_says_so(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=22, contact_days_ago=None)
        assert "engage.first-follow-up" in rules_of(scene)
        spoke(scene)

        (alert,) = alerts_of(scene.patient, rule="engage.first-follow-up")
        assert alert.closing_words == "First two-way contact on 11 Mar 2026, day 22"


def test_a_reminder_that_becomes_an_action_is_the_same_alert(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=22, contact_days_ago=None)
        reconciled_in(scene, 6)

        (alert,) = alerts_of(scene.patient, rule="engage.first-follow-up")
        assert alert.tier == "action"
        assert kinds_of(alert) == ["appended", "opened"]


def test_a_reminder_the_contact_alert_speaks_for_closes_into_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=15, contact_days_ago=None)
        assert rules_of(scene) == ["measure.due"]
        reconciled_in(scene, 6)

        assert rules_of(scene) == ["engage.first-follow-up"]
        (reminder,) = alerts_of(scene.patient, rule="measure.due")
        assert reminder.closing_words == "Part of another alert now: first follow-up"


def test_a_snooze_ends_when_the_reason_becomes_more_pressing(app: Flask) -> None:
    from registry.alerts.actions import snooze

    with on_stage(app):
        scene = a_scene(enrolled_days_ago=22, contact_days_ago=None)
        (alert,) = alerts_of(scene.patient, rule="engage.first-follow-up")
        with scope.within({scene.clinic.id}):
            snooze(alert=alert, until=TODAY + timedelta(days=20), reason="On holiday", by=scene.care_manager)
        reconciled_in(scene, 6)

        assert alert.snoozed_until is None
        assert kinds_of(alert) == ["appended", "opened", "snooze-ended", "snoozed"]


def test_an_ended_episode_has_no_alerts_and_no_next_check(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=63)
        measured(scene, 20, days_ago=63)
        assert scene.episode.next_check_on is not None or rules_of(scene)
        with scope.within({scene.clinic.id}):
            end_episode(episode=scene.episode, reason="withdrew", on=TODAY, note="", by=scene.care_manager)

        assert rules_of(scene) == []
        assert db.session.get_one(Episode, scene.episode.id).next_check_on is None


def test_a_pause_keeps_its_safety_alert_and_closes_the_rest(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=63)
        measured(scene, 20, days_ago=63)
        measured(scene, 19, item9=1)
        with scope.within({scene.clinic.id}):
            change_phase(
                episode=scene.episode,
                phase="paused",
                on=TODAY,
                why="In Portugal",
                paused_until=TODAY + timedelta(days=30),
                by=scene.care_manager,
            )

        assert rules_of(scene) == ["safety.self-harm"]
        assert "Paused until 10 Apr 2026" in words_of(
            alerts_of(scene.patient, rule="target.off")[0], "closed-by-itself"
        )


def test_the_sweep_of_the_day_a_pause_ends_asks_the_care_manager_to_resume_or_end(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(contact_days_ago=1)
        ends_on = TODAY + timedelta(days=10)
        with scope.within({scene.clinic.id}):
            change_phase(
                episode=scene.episode,
                phase="paused",
                on=TODAY,
                why="In Portugal",
                paused_until=ends_on,
                by=scene.care_manager,
            )
        assert scene.episode.next_check_on == ends_on
        with clock.at(NOW + timedelta(days=10)):
            sweep_clinic(scene.clinic, today=ends_on)

        (alert,) = alerts_of(scene.patient, rule="engage.pause-over", is_open=True)
        assert (alert.tier, alert.owner_id) == ("action", scene.care_manager.id)
        with clock.at(NOW + timedelta(days=11)), scope.within({scene.clinic.id}):
            change_phase(episode=scene.episode, phase="active", on=ends_on, why="She is back", by=scene.care_manager)
        assert alerts_of(scene.patient, rule="engage.pause-over", is_open=True) == []


def test_the_next_check_date_does_not_disturb_somebody_editing_the_episode(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        opened = scene.episode.version
        measured(scene, 12)

        episode = db.session.get_one(Episode, scene.episode.id)
        assert episode.version == opened
        assert episode.next_check_on is not None
        assert episode.next_check_on > TODAY


def test_each_clinic_has_its_own_alerts_for_a_patient_of_two(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=40, contact_days_ago=None)
        other = builders.a_clinic("Hillside")
        builders.an_episode(patient=scene.patient, clinic=other, enrolled_on=TODAY - timedelta(days=40))
        spoke(scene)

        open_at = {
            alert.clinic_id
            for alert in alerts_of(scene.patient, is_open=True)
            if alert.rule == "engage.first-follow-up"
        }
        assert open_at == {other.id}, "a contact here says nothing about a contact there"


def test_a_new_care_manager_takes_over_what_nobody_took_by_hand(app: Flask) -> None:
    from registry.alerts.actions import acknowledge
    from registry.episodes.actions import change_team
    from registry.episodes.facts import TeamPlace

    with on_stage(app):
        scene = a_scene(enrolled_days_ago=63)
        measured(scene, 20, days_ago=63)
        measured(scene, 19, item9=1)
        (safety,) = alerts_of(scene.patient, rule="safety.self-harm")
        with scope.within({scene.clinic.id}):
            acknowledge(alert=safety, by=scene.care_manager)
            successor = builders.a_user(clinic=scene.clinic, name="Sam Successor")
            place = TeamPlace(role="care_manager", user_id=successor.id)
            change_team(episode=scene.episode, place=place, on=TODAY, why="On leave", by=scene.lead)

        assert safety.owner_id == scene.care_manager.id
        (off,) = alerts_of(scene.patient, rule="target.off")
        assert off.owner_id == successor.id


@pytest.mark.parametrize("measures", [3, 12])
def test_reconciling_takes_as_many_statements_for_a_long_history_as_for_a_short_one(app: Flask, measures: int) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=63)
        for day in range(measures):
            measured(scene, 20, days_ago=day * 5)
            spoke(scene, days_ago=day * 5)
        statements: list[str] = []

        def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
            if sql.startswith("SELECT") and "set_config" not in sql:
                statements.append(sql)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            with scope.within({scene.clinic.id}):
                reconcile_patient(scene.patient.id)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

        assert len(statements) <= 32


def test_an_open_alert_is_one_of_its_rule_and_episode(app: Flask) -> None:
    import sqlalchemy.exc

    from registry.audit.recorder import record
    from registry.db.transaction import write

    with on_stage(app):
        scene = a_scene(enrolled_days_ago=22, contact_days_ago=None)
        (first,) = alerts_of(scene.patient, rule="engage.first-follow-up")
        copied = {
            column.key: getattr(first, column.key)
            for column in Alert.__mapper__.column_attrs
            if column.key not in ("id", "version")
        }
        with pytest.raises(sqlalchemy.exc.IntegrityError), write():
            second = Alert(**copied)
            db.session.add(second)
            record("alert.opened", by=None, subject=second)


def test_a_place_left_at_a_clinic_a_day_ahead_of_another_is_left_at_once(app: Flask) -> None:
    from registry.episodes.actions import change_team
    from registry.episodes.facts import TeamPlace

    with on_stage(app):
        scene = a_scene(enrolled_days_ago=40)
        ahead = builders.a_clinic("Kiritimati", time_zone="Pacific/Kiritimati")
        care_manager = builders.a_user(clinic=ahead)
        there = builders.an_episode(
            patient=scene.patient, clinic=ahead, enrolled_on=TODAY - timedelta(days=40), care_manager=care_manager
        )
        with scope.within({ahead.id}):
            nobody = TeamPlace(role="care_manager")
            change_team(episode=there, place=nobody, on=ahead.today(NOW), why="Left", by=care_manager)
            duty = builders.a_user(role="clinician", clinic=ahead)
            on_duty(duty, ahead)
            reconcile_patient(scene.patient.id)

        assert ahead.today(NOW) > TODAY
        owners = {alert.owner_id for alert in alerts_of(scene.patient) if alert.clinic_id == ahead.id}
        assert owners == {duty.id}


def test_a_pause_interrupts_the_phase_entered_last_where_two_were_entered_at_one_instant(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=63)
        ends_on = TODAY + timedelta(days=20)
        change_phase(episode=scene.episode, phase="paused", on=TODAY, paused_until=ends_on, why="", by=scene.duty)
        with write(), scope.all_patients(reason="test"):
            active = db.session.scalars(
                select(PhaseSpell).where(PhaseSpell.episode_id == scene.episode.id, PhaseSpell.phase == "active")
            ).one()
            # Made before and stored after it, so that a database that sorts no further gives it last.
            entered_before = PhaseSpell(
                id=uuid.UUID(int=active.id.int - 1),
                episode_id=scene.episode.id,
                patient_id=scene.patient.id,
                phase="referred",
                starts_on=active.starts_on,
                set_at=active.set_at,
            )
            db.session.add(entered_before)
            record("test.entered", by=None, subject=entered_before, kind="create")

        with scope.within({scene.clinic.id}):
            assert phases_before_pause([scene.episode]) == {scene.episode.id: "active"}


def test_another_measure_off_target_is_told_where_somebody_asked_for_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=70)
        gad7 = Tracking(scale="gad-7:total", cadence_days=28)
        began = TODAY - timedelta(days=70)
        track(episode=scene.episode, tracking=gad7, on=began, why="Panic", by=scene.care_manager)
        for days_ago, total in ((70, 18), (2, 17)):
            measured(scene, instrument="gad-7", total_only=total, days_ago=days_ago)
        assert not alerts_of(scene.patient, rule="target.off")

        asked = replace(gad7, on_request=True)
        track(episode=scene.episode, tracking=asked, on=TODAY, why="Panic first", by=scene.care_manager)
        (alert,) = alerts_of(scene.patient, rule="target.off")
        assert "GAD-7" in sentence_today(alert, TODAY)
