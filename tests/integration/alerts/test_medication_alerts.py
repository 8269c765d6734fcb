"""A critical result asks for the prescriber and whoever is on duty, and ends by a person alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from registry.access.roles import Role
from registry.accounts.actions import end_role
from registry.alerts.actions import CannotWait, ImpossibleSnooze, close, snooze
from registry.alerts.loading.physical import load_physical
from registry.alerts.loading.treatment import load_treatment
from registry.alerts.models import Alert
from registry.alerts.sweep import sweep_clinic
from registry.episodes import actions as episodes
from registry.episodes.facts import TeamPlace
from registry.extensions import db
from registry.measures.answers import DECLINED
from registry.physical.actions import correct_observation, record_observations, withdraw_observation
from registry.physical.facts import ObservationFacts
from registry.physical.models import Observation
from registry.physical.queries import list_observations
from registry.treatment import actions as treatment
from registry.treatment.facts import AdherenceFacts, StepFacts, TrialFacts
from tests import builders
from tests.integration.alerts.scene import NOW, TODAY, Scene, a_scene, measured, on_stage


def counted(scene: Scene, anc: int, *, days: int = 0) -> Observation:
    return record_observations(
        patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=[anc_of(anc, days)], by=scene.care_manager
    )[0]


def anc_of(anc: int, days: int = 0) -> ObservationFacts:
    taken_on = TODAY + timedelta(days=days)
    return ObservationFacts(kind="anc", taken_on=taken_on, source="laboratory", value=Decimal(anc), unit="per µL")


def standing(rule: str) -> list[Alert]:
    return list(db.session.scalars(select(Alert).where(Alert.rule == rule, Alert.closed_at.is_(None))))


def test_a_critical_count_stays_with_the_prescriber_until_a_person_ends_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        prescriber = builders.a_user(role=Role.CLINICIAN, clinic=scene.clinic, name="Pia Prescriber")
        place = TeamPlace(role="prescriber", user_id=prescriber.id)
        episodes.change_team(episode=scene.episode, place=place, on=TODAY, why="", by=scene.lead)

        row = counted(scene, 800)
        (alert,) = standing("medication.critical")
        assert (alert.tier, alert.owner_id, alert.look_at is not None) == ("urgent", prescriber.id, True)
        assert standing("medication.out-of-range") == []

        correct_observation(
            observation=row, facts=anc_of(8000), why="A digit", opened_version=row.version, by=prescriber
        )
        (alert,) = standing("medication.critical")
        assert alert.tier == "urgent"
        assert "No longer so by what is on record" in alert.sentence
        close(alert=alert, outcome="not-a-concern", words="Mistyped", by=prescriber)
        assert standing("medication.critical") == []


def test_a_count_somebody_dealt_with_is_told_again_after_a_week_and_at_once_where_another_is_low(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        counted(scene, 800)
        (alert,) = standing("medication.critical")
        close(alert=alert, outcome="treatment-changed", words="Clozapine interrupted", by=scene.care_manager)
        assert standing("medication.critical") == []

        with time_machine.travel(NOW + timedelta(days=7), tick=False):
            sweep_clinic(scene.clinic, today=TODAY + timedelta(days=7))
            (again,) = standing("medication.critical")
            close(alert=again, outcome="handled", words="Counted daily", by=scene.care_manager)
            counted(scene, 600, days=7)
            assert [each.tier for each in standing("medication.critical")] == ["urgent"]


def test_clozapine_asks_for_counts_and_what_is_missed_is_read_from_what_was_noted_last(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        start = StepFacts(kind="start", on=TODAY - timedelta(days=30))
        facts = TrialFacts(
            kind="medication", name="Clozapine", medicine_class="antipsychotic", ingredient="clozapine", start=start
        )
        trial = treatment.start_trial(
            patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=facts, by=scene.duty
        )
        (due,) = standing("medication.due")
        assert "neutrophils (ANC)" in due.sentence
        assert "anc" in {each["check"] for each in due.evidence["checks"]}
        counted(scene, 2100)
        (due,) = standing("medication.due")
        assert "anc" not in {each["check"] for each in due.evidence["checks"]}

        missed = AdherenceFacts(on=TODAY, percent=40, source="person", last_taken_on=TODAY - timedelta(days=3))
        treatment.note(trial=trial, clinic_id=scene.clinic.id, facts=missed, by=scene.duty)
        assert standing("medication.critical") == [], "consensus: off until a psychiatrist signs"
        for percent, last_taken_on in ((0, missed.last_taken_on), (90, None), (0, None)):
            noted = AdherenceFacts(on=TODAY, percent=percent, source="person")
            treatment.note(trial=trial, clinic_id=scene.clinic.id, facts=noted, by=scene.duty)
            (exposure,) = load_treatment([scene.patient.id])[scene.patient.id].exposures
            assert exposure.last_taken_on == last_taken_on, "only doses end it"


def test_a_form_that_came_to_no_score_is_no_check_done(app: Flask) -> None:
    forms = {
        "tobacco": ("interview", {"smoking": 9}, {"smoking": 1}),
        "audit-c": ("interview", dict.fromkeys("123", DECLINED), {"1": 0}),
        "aims": ("clinician", {"1": 3} | dict.fromkeys("234567", DECLINED), dict.fromkeys("1234567", 0)),
    }
    with on_stage(app):
        scene = a_scene()
        for instrument, (mode, unknown, _) in forms.items():
            measured(scene, instrument=instrument, mode=mode, answers=unknown, days_ago=1)
        assert forms_done(scene) == set()
        for instrument, (mode, _, known) in forms.items():
            measured(scene, instrument=instrument, mode=mode, answers=known)
        assert forms_done(scene) == set(forms)


def forms_done(scene: Scene) -> set[str]:
    found = load_physical([scene.patient.id], {scene.clinic.id: scene.clinic.zone})
    return {each.kind for facts in found.values() for each in facts.observed}


def test_a_count_that_is_due_is_put_off_no_longer_than_until_the_next_one(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        start = StepFacts(kind="start", on=TODAY - timedelta(days=30))
        facts = TrialFacts(
            kind="medication", name="Clozapine", medicine_class="antipsychotic", ingredient="clozapine", start=start
        )
        treatment.start_trial(patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=facts, by=scene.duty)
        counted(scene, 1200, days=-9)
        (due,) = standing("medication.due")
        with pytest.raises(ImpossibleSnooze, match="up to 13 Mar 2026"):
            snooze(alert=due, until=TODAY + timedelta(days=3), reason="On holiday", by=scene.duty)

        (low,) = standing("medication.out-of-range")
        close(alert=low, outcome="handled", words="Infection, counted again on Friday", by=scene.duty)
        assert standing("medication.out-of-range") == []
        with time_machine.travel(NOW + timedelta(days=2), tick=False):
            sweep_clinic(scene.clinic, today=TODAY + timedelta(days=2))
            assert len(standing("medication.out-of-range")) == 1


def test_a_critical_count_outlives_the_episode_until_a_person_closes_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        counted(scene, 800)
        episodes.end_episode(episode=scene.episode, reason="withdrew", on=TODAY, by=scene.care_manager)

        (alert,) = standing("medication.critical")
        assert (alert.tier, alert.look_at is not None) == ("urgent", True)
        assert alert.sentence.endswith("The episode ended: close it with what was done")
        sweep_clinic(scene.clinic, today=TODAY)
        close(alert=alert, outcome="handled", words="Told her physician", by=scene.care_manager)
        assert standing("medication.critical") == []


def test_a_critical_count_entered_after_the_end_reaches_whoever_cared_for_the_person(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        prescriber = builders.a_user(role=Role.CLINICIAN, clinic=scene.clinic, name="Pia Prescriber")
        place = TeamPlace(role="prescriber", user_id=prescriber.id)
        episodes.change_team(episode=scene.episode, place=place, on=TODAY, why="", by=scene.lead)
        episodes.end_episode(episode=scene.episode, reason="withdrew", on=TODAY, by=scene.care_manager)
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            counted(scene, 700)
            (late,) = standing("medication.critical")
            assert late.owner_id == prescriber.id
            sweep_clinic(scene.clinic, today=TODAY)
            assert late.owner_id == prescriber.id, "it follows no team: there is none"


def test_a_critical_count_entered_after_the_end_reaches_whoever_is_on_duty_once_else_the_lead(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        counted(scene, 800, days=-3)
        (alert,) = standing("medication.critical")
        close(alert=alert, outcome="handled", words="Clozapine stopped", by=scene.care_manager)
        episodes.end_episode(episode=scene.episode, reason="withdrew", on=TODAY, by=scene.care_manager)
        assert standing("medication.critical") == []
        end_role(scene.care_manager.memberships[0], ends_on=TODAY, by=None)
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            counted(scene, 700)
            (late,) = standing("medication.critical")
            assert (late.tier, late.owner_id, late.look_at is not None) == ("urgent", scene.duty.id, True)
            assert "care here ended on 11 Mar 2026" in late.sentence
            assert "800" not in late.sentence

        with time_machine.travel(NOW + timedelta(days=2), tick=False):
            close(alert=late, outcome="handled", words="Told her physician", by=scene.duty)
        with time_machine.travel(NOW + timedelta(days=20), tick=False):
            weight = ObservationFacts(kind="weight", taken_on=TODAY, source="elsewhere", value=Decimal(80), unit="kg")
            record_observations(
                patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=[weight], by=scene.care_manager
            )
            assert standing("medication.critical") == []
        next_year = 310
        with time_machine.travel(NOW + timedelta(days=next_year), tick=False):
            counted(scene, 600, days=next_year)
            (late,) = standing("medication.critical")
            assert late.owner_id == scene.lead.id, "nobody is on duty any more"


def test_a_late_result_takes_the_place_of_none_that_nobody_has_answered(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        low = counted(scene, 400)
        episodes.end_episode(episode=scene.episode, reason="withdrew", on=TODAY, by=scene.care_manager)
        with time_machine.travel(NOW + timedelta(days=1), tick=False):
            lithium = ObservationFacts(
                kind="lithium", taken_on=TODAY, source="laboratory", value=Decimal("1.9"), unit="mmol/L"
            )
            record_observations(
                patient_id=scene.patient.id, clinic_id=scene.clinic.id, facts=[lithium], by=scene.care_manager
            )
            (alert,) = standing("medication.critical")
            assert "ANC) 400" in alert.sentence
            assert "1.9" in alert.sentence
            sweep_clinic(scene.clinic, today=TODAY + timedelta(days=1))
            assert "ANC) 400" in alert.sentence

            withdraw_observation(observation=low, why="Another's", opened_version=low.version, by=scene.duty)
            assert "ANC) 400" not in alert.sentence


def test_a_critical_count_of_whoever_died_is_still_read_and_closed_by_a_person(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        counted(scene, 800)
        episodes.record_death(patient=scene.patient, died_on=TODAY, today=TODAY, by=scene.care_manager)
        sweep_clinic(scene.clinic, today=TODAY)
        (alert,) = standing("medication.critical")
        assert alert.tier == "action"
        assert alert.sentence.endswith("The person died: close it with what was done")

        episodes.withdraw_death(patient=scene.patient, why="Another person", by=scene.care_manager)
        assert (alert.tier, alert.state, alert.look_at is not None) == ("urgent", "open", True)
        assert alert.sentence.endswith("The episode ended: close it with what was done")


def test_what_is_urgent_stays_so_whatever_is_corrected_about_it(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        row = counted(scene, 800)
        (alert,) = standing("medication.critical")
        with time_machine.travel(NOW + timedelta(days=16), tick=False):
            same = replace(anc_of(800), source="elsewhere", words="Read out by the laboratory")
            correct_observation(
                observation=row, facts=same, why="Source", opened_version=row.version, by=scene.care_manager
            )
            assert (alert.tier, alert.look_at is not None) == ("urgent", True)
            assert alert.sentence.endswith("act today")


def test_a_closed_result_is_not_told_again_where_only_its_source_is_corrected_also_after_care_ended(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        low = corrected_source(counted(scene, 800), scene)
        (alert,) = standing("medication.critical")
        close(alert=alert, outcome="handled", words="Clozapine stopped", by=scene.duty)
        low = corrected_source(low, scene)
        assert standing("medication.critical") == []

        episodes.end_episode(episode=scene.episode, reason="withdrew", on=TODAY, by=scene.care_manager)
        with time_machine.travel(NOW + timedelta(days=1), tick=False):
            late = counted(scene, 700, days=1)
            (alert,) = standing("medication.critical")
            close(alert=alert, outcome="handled", words="Told her physician", by=scene.duty)
            corrected_source(late, scene)
            assert standing("medication.critical") == []


def corrected_source(row: Observation, scene: Scene) -> Observation:
    facts = replace(anc_of(int(row.value or 0)), taken_on=row.taken_on, source="elsewhere", words="Read out")
    return correct_observation(
        observation=row, facts=facts, why="Source", opened_version=row.version, by=scene.care_manager
    )


def test_of_two_counts_of_one_day_the_low_one_speaks_and_a_corrected_source_makes_the_other_no_later(
    app: Flask,
) -> None:
    with on_stage(app):
        scene = a_scene()
        finger = counted(scene, 1600)
        with time_machine.travel(NOW + timedelta(hours=6), tick=False):
            counted(scene, 800)
        with time_machine.travel(NOW + timedelta(hours=7), tick=False):
            correct_observation(
                observation=finger,
                facts=replace(anc_of(1600), source="here"),
                why="Finger-stick",
                opened_version=finger.version,
                by=scene.care_manager,
            )
        (alert,) = standing("medication.critical")
        assert alert.sentence.endswith("act today")
        assert [each.value for each in list_observations(scene.patient.id)] == [800, 1600, 1600]


def test_a_critical_count_entered_late_is_urgent_not_put_off_and_not_ended_by_the_end_of_the_episode(
    app: Flask,
) -> None:
    with on_stage(app):
        scene = a_scene()
        counted(scene, 450, days=-15)
        (late,) = standing("medication.critical")
        assert (late.tier, late.look_at is not None) == ("urgent", True)
        with pytest.raises(CannotWait):
            snooze(alert=late, until=TODAY + timedelta(days=1), reason="By post", by=scene.care_manager)
        episodes.end_episode(episode=scene.episode, reason="withdrew", on=TODAY, by=scene.care_manager)
        assert [each.tier for each in standing("medication.critical")] == ["urgent"]


def test_what_is_out_of_range_is_told_to_the_lead_where_nobody_takes_it_up(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        counted(scene, 1200)
        (beyond,) = standing("medication.out-of-range")
        assert (beyond.tier, beyond.look_at is not None) == ("action", True)


def test_a_recovery_that_was_another_persons_asks_again_though_somebody_closed_what_was_over(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        counted(scene, 800)
        with time_machine.travel(NOW + timedelta(days=1), tick=False):
            recovered = counted(scene, 2100, days=1)
            (over,) = standing("medication.critical")
            close(alert=over, outcome="handled", words="Counted again: normal", by=scene.care_manager)
            assert standing("medication.critical") == []
        with time_machine.travel(NOW + timedelta(days=2), tick=False):
            withdraw_observation(
                observation=recovered,
                why="Somebody else's",
                opened_version=recovered.version,
                by=scene.care_manager,
            )
            assert [each.tier for each in standing("medication.critical")] == ["urgent"]
