"""A positive safety answer alerts in the transaction that stores it, whatever the total, on every way in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from registry import clock
from registry.access import reviewed_sql, scope
from registry.alerts import reconcile
from registry.alerts.models import Alert
from registry.alerts.reconcile import reconcile_patient
from registry.alerts.sentences import sentence_today
from registry.audit.recorder import record
from registry.db.transaction import write
from registry.episodes.signals import NobodyListens, episode_changed
from registry.extensions import db
from registry.measurements.actions import correct_measurement, finish_draft
from registry.measurements.models import Measurement
from registry.measurements.signals import UnansweredSignal
from registry.measures.answers import DECLINED
from registry.patients.models import Patient
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
    phq9,
    signals_of,
    the_safety_alert,
    words_of,
)


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
        assert (alert.rule, alert.tier, alert.look_at) == ("safety.unknown", "action", LEAD_TOLD)

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


def test_an_old_positive_entered_late_is_read_not_rushed(app: Flask) -> None:
    with on_stage(app):
        scene = a_scene(enrolled_days_ago=60)
        measured(scene, 9, item9=1, days_ago=15)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.look_at) == ("action", LEAD_TOLD)
        assert sentence_today(alert, TODAY).startswith("Unreviewed positive of 24 Feb 2026")


def test_a_death_turns_what_is_urgent_into_something_to_read(app: Flask) -> None:
    from registry.episodes.actions import record_death

    with on_stage(app):
        scene = a_scene()
        measured(scene, 9, item9=1)
        with scope.within({scene.clinic.id}):
            record_death(patient=scene.patient, died_on=TODAY, today=TODAY, by=scene.care_manager)

        alert = the_safety_alert(scene.patient)
        assert (alert.tier, alert.look_at) == ("action", LEAD_TOLD)
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
