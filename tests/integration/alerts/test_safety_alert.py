"""A positive safety answer alerts in the transaction that stores it, whatever the total, on every way in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import reviewed_sql, scope
from registry.alerts import reconcile
from registry.alerts.actions import close as close_alert
from registry.alerts.models import Alert
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sentences import sentence_today
from registry.audit.recorder import record
from registry.contacts.actions import report_danger
from registry.db.transaction import write
from registry.episodes.signals import NobodyListens, episode_changed
from registry.extensions import db
from registry.measurements.actions import (
    change_draft,
    correct_measurement,
    finish_draft,
    mark_entered_in_error,
)
from registry.measurements.models import Measurement, SafetySignal
from registry.measurements.signals import UnansweredSignal
from registry.measures.answers import DECLINED
from registry.patients.models import Patient
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
    phq9,
    the_safety_alert,
    words_of,
)


def signals_of(patient: Patient) -> list[SafetySignal]:
    return list(db.session.scalars(select(SafetySignal).where(SafetySignal.patient_id == patient.id)))


def safety_alerts_of(patient: Patient) -> list[Alert]:
    return [alert for alert in alerts_of(patient) if alert.is_safety]


def by_entry(scene: Scene) -> None:
    measured(scene, 20, item9=2)


def with_a_low_total(scene: Scene) -> None:
    measured(scene, 1, item9=1)


def by_draft(scene: Scene) -> None:
    measured(scene, answers={"9": 1}, as_draft=True)


def by_finishing_a_draft(scene: Scene) -> None:
    draft = measured(scene, answers={"1": 1}, as_draft=True)
    with scope.within({scene.clinic.id}):
        finish_draft(draft=draft, by=scene.care_manager, taken_on=TODAY, mode="self-paper", answers=phq9(4, item9=1))


def by_correction(scene: Scene) -> None:
    first = measured(scene, 8, item9=0)
    with scope.within({scene.clinic.id}):
        correct_measurement(
            measurement=first,
            why="Item 9 was misread",
            by=scene.care_manager,
            taken_on=TODAY,
            mode="self-paper",
            answers=phq9(8, item9=1),
        )


def by_import(scene: Scene) -> None:
    measured(scene, 5, item9=3, source_key="file:row-1")


WAYS_IN: dict[str, Callable[[Scene], None]] = {
    "entered": by_entry,
    "with a total of 1": with_a_low_total,
    "in a draft": by_draft,
    "on finishing a draft": by_finishing_a_draft,
    "in a correction": by_correction,
    "imported": by_import,
}


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_a_positive_item_9_raises_exactly_one_urgent_alert_on_every_way_in(app: Flask, way_in: str) -> None:
    with on_stage(app):
        scene = a_scene()
        WAYS_IN[way_in](scene)

        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier, alert.state) == ("safety.self-harm", "urgent", "open")
        assert alert.owner_id == scene.care_manager.id
        assert alert.clinic_id == scene.clinic.id
        assert [signal.alert_id for signal in signals_of(scene.patient)] == [alert.id]


def test_a_person_without_an_episode_is_watched_too(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        stranger = builders.a_patient(clinic=scene.clinic)
        measured(scene, 3, item9=1, patient=stranger)

        alert = the_safety_alert(stranger)
        assert alert.episode_id is None
        assert alert.owner_id == scene.duty.id, "without a care manager whoever is on duty answers"


def test_a_positive_answer_no_alert_follows_is_not_stored(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        with scope.within({scene.clinic.id}), pytest.raises(UnansweredSignal), write():
            reviewed_sql.insert_rows(
                scope.current(),
                Measurement,
                [
                    {
                        "id": uuid.uuid4(),
                        "version": 1,
                        "patient_id": scene.patient.id,
                        "clinic_id": scene.clinic.id,
                        "instrument": "phq-9",
                        "instrument_version": "1",
                        "taken_on": TODAY,
                        "mode": "imported",
                        "language": "",
                        "used_interpreter": False,
                        "answers": phq9(5, item9=1),
                        "status": "final",
                        "why": "",
                        "recorded_at": NOW,
                    }
                ],
            )

        assert signals_of(scene.patient) == []
        assert safety_alerts_of(scene.patient) == []


def test_what_was_written_goes_when_its_alerts_cannot_be_raised(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(app):
        scene = a_scene()

        def broken(*_args: object) -> None:
            raise RuntimeError("the rulebook cannot be read")

        monkeypatch.setattr(reconcile, "load_people", broken)
        with pytest.raises(RuntimeError, match="rulebook"):
            measured(scene, 20, item9=3)

        assert db.session.scalars(select(Measurement)).all() == []


def test_a_write_is_refused_where_nobody_raises_alerts(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        episode_changed.disconnect(reconcile.follow_write)
        try:
            with pytest.raises(NobodyListens):
                measured(scene, 20, item9=3)
        finally:
            episode_changed.connect(reconcile.follow_write, weak=False)

        assert safety_alerts_of(scene.patient) == []


def test_a_sentence_is_kept_with_its_day_and_shown_as_of_the_readers(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=None)
        (alert,) = alerts_of(scene.patient, rule="safety.unknown")

        assert alert.sentence == ("As of 11 Mar 2026: PHQ-9 item 9 left blank on 11 Mar 2026, not asked since (today)")
        assert words_of(alert, "opened") == alert.sentence
        assert sentence_today(alert, TODAY + timedelta(days=9)) == (
            "PHQ-9 item 9 left blank on 11 Mar 2026, not asked since (9 days ago)"
        )
        alert.evidence = {"answers": "as a later rulebook would not have it"}
        assert sentence_today(alert, TODAY + timedelta(days=9)) == alert.sentence
        db.session.rollback()


def test_a_second_positive_joins_the_open_alert_and_asks_again(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1, days_ago=1)
        alert = the_safety_alert(scene.patient)
        with write():
            alert.state, alert.acknowledged_at, alert.acknowledged_by_id = "acknowledged", NOW, scene.duty.id
            record("alert.acknowledged", by=scene.duty, subject=alert)

        with clock.at(NOW + timedelta(hours=3)):
            measured(scene, 12, item9=2)

            alert = the_safety_alert(scene.patient)
            assert (alert.state, alert.acknowledged_at) == ("open", None)
            assert alert.look_at == NOW + timedelta(hours=4)
        assert kinds_of(alert) == ["appended", "opened"]
        assert "also 10 Mar 2026" in alert.sentence
        assert {signal.alert_id for signal in signals_of(scene.patient)} == {alert.id}


def test_an_unknown_answer_becomes_urgent_once_it_is_positive(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 12, item9=None)
        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier, alert.look_at) == ("safety.unknown", "action", None)

        measured(scene, 12, item9=1)

        assert (alert.rule, alert.tier) == ("safety.self-harm", "urgent")
        assert alert.look_at == NOW + timedelta(hours=1)
        assert len(safety_alerts_of(scene.patient)) == 1


@pytest.mark.parametrize(
    ("given", "is_unknown"),
    [
        ({"answers": phq9(3, item9=None)}, True),
        ({"answers": phq9(3, item9=None) | {"9": DECLINED}}, True),
        ({"total_only": 5}, True),
        ({"total_only": 4}, False),
        ({"answers": phq9(20, item9=0)}, False),
    ],
)
def test_an_answer_nobody_has_is_asked_for(app: Flask, given: dict[str, Any], is_unknown: bool) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, **given)

        assert [alert.rule for alert in safety_alerts_of(scene.patient)] == (["safety.unknown"] if is_unknown else [])


@pytest.mark.parametrize(
    ("rated", "rules"), [(0, ["safety.unknown"]), (1, []), (2, ["safety.self-harm"]), (7, ["safety.self-harm"])]
)
def test_a_clinician_who_has_not_assessed_suicidality_has_not_said_no(app: Flask, rated: int, rules: list[str]) -> None:
    """A rating of 0 means not assessed; 1 is not present, and anything above alerts."""
    with on_stage(app):
        scene = a_scene()
        measured(
            scene, instrument="bprs-24", mode="clinician", answers={str(n): 1 for n in range(1, 25)} | {"4": rated}
        )

        assert [alert.rule for alert in safety_alerts_of(scene.patient)] == rules


def test_a_total_that_needs_a_positive_answer_is_urgent_and_stays(app: Flask) -> None:
    """Eight items add up to 24 at most: whoever has 25 has answered item 9 with at least 1."""
    with on_stage(app):
        scene = a_scene()
        measured(scene, total_only=25)
        alert = the_safety_alert(scene.patient)
        assert (alert.rule, alert.tier) == ("safety.self-harm", "urgent")
        said = "PHQ-9 item 9 positive (no total of 25 without it) on 11 Mar 2026"
        assert sentence_today(alert, TODAY).startswith(said)

        measured(scene, 8, item9=0)
        assert (alert.closed_at, alert.tier) == (None, "urgent"), "a low form of the same day settles nothing"


def test_an_unknown_answer_settles_itself_once_asked(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 12, item9=None, days_ago=1)
        measured(scene, 12, item9=0)

        (alert,) = safety_alerts_of(scene.patient)
        assert alert.state == "closed"
        assert alert.closed_by_id is None
        assert kinds_of(alert) == ["closed-by-itself", "opened"]


def test_a_later_low_answer_never_closes_an_urgent_alert(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1, days_ago=1)
        measured(scene, 0, item9=0)

        assert the_safety_alert(scene.patient).tier == "urgent"


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


def test_an_old_positive_entered_late_is_read_not_rushed(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=60)
        measured(scene, 9, item9=1, days_ago=15)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.look_at) == ("action", None)
        assert sentence_today(alert, TODAY).startswith("Unreviewed positive of 24 Feb 2026")


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


def test_a_death_turns_what_is_urgent_into_something_to_read(app: Flask) -> None:
    from registry.episodes.actions import record_death

    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        with scope.within({scene.clinic.id}):
            record_death(patient=scene.patient, died_on=TODAY, today=TODAY, by=scene.care_manager)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.look_at) == ("action", None)
        assert sentence_today(alert, TODAY).startswith("Review: ")


def test_reconciling_again_changes_nothing(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=70, contact_days_ago=40)
        measured(scene, 20, item9=1, days_ago=60)
        measured(scene, 19, item9=None)
        before = [(alert.id, alert.version) for alert in alerts_of(scene.patient)]
        assert len(before) > 2

        with scope.within({scene.clinic.id}):
            log = reconcile_patient(scene.patient.id)

        assert (log.opened, log.changed, log.closed) == (0, 0, 0)
        assert [(alert.id, alert.version) for alert in alerts_of(scene.patient)] == before


def test_nobody_reconciles_a_person_they_cannot_reach(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene()
        other_id, patient_id = builders.a_clinic("Hillside").id, scene.patient.id
        with scope.within({other_id}), pytest.raises(reconcile.UnknownPatient):
            reconcile_patient(patient_id)


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
