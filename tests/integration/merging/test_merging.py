"""A lead merges two records on the pages, and what that means to everybody else."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from registry.access import scope
from registry.access.reviewed_sql import move_rows
from registry.access.roles import Role
from registry.access.scope import REVIEWED
from registry.accounts import receipts
from registry.accounts.actions import give_role
from registry.accounts.models import User
from registry.alerts.actions import acknowledge, close
from registry.alerts.joining import join_safety_alerts
from registry.alerts.loading.safety import covered_in
from registry.alerts.models import Alert
from registry.alerts.queries import list_steps
from registry.audit.recorder import Actor, record
from registry.contacts.actions import ContactFacts, correct_contact, record_contact, report_danger
from registry.contacts.models import Contact, DangerReport
from registry.db.base import Base
from registry.db.conflict import EditConflict
from registry.db.transaction import write
from registry.episodes.actions import record_death
from registry.extensions import db
from registry.measurements.actions import correct_measurement, mark_entered_in_error, record_measurement
from registry.measurements.models import Measurement, SafetySignal
from registry.merging.actions import CannotMerge, merge_records
from registry.merging.queries import load_rows
from registry.merging.tables import moved_tables
from registry.merging.undoing import DEATH_SINCE
from registry.patients.models import Patient, PatientMerge
from tests.builders import a_clinic, an_episode, id_of, sign_in
from tests.integration.merging.conftest import Twice
from tests.pages import fields_of, fill_in, words
from tests.trust.history import NOW, TODAY

AUDIT = "/administration/audit"


def _compare(twice: Twice) -> str:
    return f"/patients/{twice.kept_id}/merge/{twice.other_id}"


def _all_positive(twice: Twice, *, clinic_id: uuid.UUID, by: User) -> Measurement:
    """A form of the person of the record that stays, entered today."""
    return record_measurement(
        patient_id=twice.kept_id,
        clinic_id=clinic_id,
        instrument="phq-9",
        taken_on=TODAY,
        mode="self-paper",
        answers={str(item): 3 for item in range(1, 10)},
        by=by,
    )


def _open_safety(patient_id: uuid.UUID) -> Alert:
    return db.session.scalars(
        select(Alert).where(Alert.is_safety, Alert.closed_at.is_(None), Alert.patient_id == patient_id)
    ).one()


def _told_of(alert: Alert) -> set[uuid.UUID]:
    return {uuid.UUID(id_) for (id_, _), _ in covered_in(alert.evidence)}


def _a_second_clinic_of_the_lead(twice: Twice) -> uuid.UUID:
    """It cares for the person of the record merged away, and knows nothing of the other."""
    with twice.app.app_context(), scope.all_patients(reason="test"):
        annex, lead = a_clinic("Annex of the lead"), db.session.get_one(User, twice.lead_id)
        with write():
            give_role(lead, clinic_id=annex.id, role=Role.CLINIC_LEAD, starts_on=TODAY, by=None)
        an_episode(patient=db.session.get_one(Patient, twice.other_id), clinic=annex, enrolled_on=TODAY)
        return id_of(annex)


def _is_positive(id_: uuid.UUID, twice: Twice) -> bool:
    """Whether it is the form of the record merged away, answered with 2 throughout."""
    form = db.session.get(Measurement, id_)
    return form is not None and form.answers is not None and form.answers.get("9") == 2


def test_a_merge_is_sent_twice_and_happens_once(twice: Twice, client: FlaskClient) -> None:
    browser = sign_in(client, twice.lead_id)
    filled = fields_of(browser.get(_compare(twice))) | {"why": "Same birth date"}

    answers = [browser.post(_compare(twice), data=filled) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert {answer.location for answer in answers} == {f"/patients/{twice.kept_id}/details"}
    with browser.session_transaction() as kept:
        assert "ZMRN" not in str(kept), "the form cookie is not sealed"
    details = words(browser.get(answers[0].location))
    assert "Merged with MRN ZMRN-1 on 12 Mar 2026 by clinic_lead of Harbor" in details
    old = browser.get(f"/patients/{twice.other_id}/contacts")
    assert (old.status_code, old.location) == (302, f"/patients/{twice.kept_id}/contacts")
    steered = browser.get(f"/patients/{twice.other_id}/contacts?endpoint=x&_external=1&_scheme=a&page=2")
    assert (steered.status_code, steered.location) == (302, f"/patients/{twice.kept_id}/contacts?page=2")
    task = browser.post(f"/patients/{twice.other_id}/tasks/new", data={"csrf_token": filled["csrf_token"]})
    assert (task.status_code, task.location) == (307, f"/patients/{twice.kept_id}/tasks/new")
    token = {"csrf_token": filled["csrf_token"]}
    sent_on = browser.post(f"/patients/{twice.other_id}/contact-points/new", data=token)
    assert (sent_on.status_code, sent_on.location) == (307, f"/patients/{twice.kept_id}/contact-points/new")
    assert "The record you asked for was merged into this one" in words(
        browser.get(f"/patients/{twice.kept_id}/details")
    )
    for page in ("/caseload", "/patients"):
        assert "KEPT-1" in words(browser.post(page, data={"q": "ZMRN-1", **token}))


def test_a_lead_who_sees_neither_finds_nothing_to_merge(twice: Twice, client: FlaskClient) -> None:
    browser = sign_in(client, twice.stranger_id)

    assert browser.get(_compare(twice)).status_code == 404
    assert browser.get(f"/patients/{twice.kept_id}/details").status_code == 404


def test_of_two_open_safety_alerts_the_worse_stays_and_tells_of_both(twice: Twice) -> None:
    open_safety = select(Alert).where(Alert.is_safety, Alert.closed_at.is_(None), Alert.patient_id == twice.kept_id)
    with twice.at_work() as lead:
        before = db.session.scalars(
            select(Alert).where(
                Alert.is_safety, Alert.closed_at.is_(None), Alert.patient_id.in_([twice.kept_id, twice.other_id])
            )
        ).all()
        worst = min(before, key=lambda alert: ("urgent", "action").index(alert.tier)).tier
        assert len(before) == 2
        twice.merge(by=lead)
        (alert,) = db.session.scalars(open_safety)
        (joined,) = db.session.scalars(select(Alert).where(Alert.joined_id == alert.id))

        assert alert.tier == worst
        assert joined.closed_by_id is None
        answers = [answer["id"] for answer in alert.evidence["answers"]]
        assert set(answers) >= {each["id"] for each in joined.evidence["answers"]}


def test_of_two_alerts_nobody_acknowledged_the_earlier_clock_runs_on_and_nothing_taken_back_is_lost(
    twice: Twice,
) -> None:
    """The alert of the record merged away has passed to whoever is on duty; a form of the other was a mistake."""
    soon = NOW + timedelta(minutes=5)
    with twice.at_work() as lead:
        kept, other = _open_safety(twice.kept_id), _open_safety(twice.other_id)
        (mistaken,) = _told_of(kept)
        standing = _all_positive(twice, clinic_id=twice.clinic_id, by=lead)
        mark_entered_in_error(measurement=db.session.get_one(Measurement, mistaken), why="Misread", by=lead)
        with write():
            other.look_at, other.escalation = soon, 1
            record("alert.escalated", by=lead, subject=other)
        assert (kept.tier, kept.state) == (other.tier, other.state) == ("urgent", "open")
        twice.merge(by=lead)

        both = _open_safety(twice.kept_id)
        assert (both.id, both.look_at, both.escalation) == (other.id, soon, 1)
        assert standing.id in _told_of(both)
        assert both.evidence["taken_back"]["withdrawn"].keys() == {str(mistaken)}
        assert len(both.evidence["taken_back"]["answers"]) == 1


def test_an_undo_leaves_what_was_entered_since_and_takes_along_what_hangs_on_what_goes(twice: Twice) -> None:
    with twice.at_work() as lead:
        moved = db.session.scalars(select(Contact).where(Contact.patient_id == twice.other_id)).first()
        assert moved is not None
        twice.merge(by=lead)
        moved = db.session.get_one(Contact, moved.id)
        facts = ContactFacts(took_place_on=TODAY, kind="treatment", modality="phone", reached=True)
        since = record_contact(patient_id=twice.kept_id, clinic_id=twice.clinic_id, facts=facts, by=lead)
        correction = correct_contact(contact=moved, facts=facts, why="Day", opened_version=moved.version, by=lead)
        twice.undo(by=lead)

        assert db.session.get_one(Contact, since.id).patient_id == twice.kept_id
        assert db.session.get_one(Contact, correction.id).patient_id == twice.other_id


def test_an_undo_leaves_a_danger_told_of_since_with_whom_it_is_about(twice: Twice) -> None:
    """Nobody had acknowledged the alert of the record merged away: it stayed open, and told of what came since."""
    with twice.at_work() as lead:
        (alert,) = db.session.scalars(select(Alert).where(Alert.is_safety, Alert.patient_id == twice.kept_id))
        acknowledge(alert=alert, by=lead, opened_version=alert.version)
        kept = twice.merge(by=lead).patient_id
        measure = _all_positive(twice, clinic_id=twice.clinic_id, by=lead)
        report = report_danger(
            patient_id=kept,
            clinic_id=twice.clinic_id,
            kind="overdose",
            reported_on=TODAY,
            said_by="her sister",
            words="Took all her tablets",
            by=lead,
        )
        twice.undo(by=lead)

        answering = _open_safety(kept)
        signal = db.session.get_one(SafetySignal, (measure.id, "9"))
        report = db.session.get_one(DangerReport, report.id)
        assert (report.patient_id, report.alert_id, signal.alert_id) == (kept, answering.id, answering.id)
        assert {ground[0] for ground, _ in covered_in(answering.evidence)} >= {str(measure.id), str(report.id)}
        assert answering.state == "open"
        assert "corrected" not in _open_safety(twice.other_id).sentence


def test_after_an_undo_no_alert_tells_of_the_other_persons_answers(twice: Twice) -> None:
    """Somebody took the alert of both, closed it, and what came of a form of the record merged away opened another."""
    with twice.at_work() as lead:
        twice.merge(by=lead)
        both = _open_safety(twice.kept_id)
        close(alert=both, outcome="contacted-safe", words="Reached both", by=lead)
        form = db.session.get_one(Measurement, next(id_ for id_ in _told_of(both) if _is_positive(id_, twice)))
        corrected = correct_measurement(
            measurement=form,
            why="Misread",
            by=lead,
            taken_on=form.taken_on,
            mode="self-paper",
            answers={str(item): 3 for item in range(1, 10)},
        )
        since = _open_safety(twice.kept_id)
        assert _told_of(since) == {corrected.id}
        twice.undo(by=lead)

        both, since = (db.session.get_one(Alert, each.id) for each in (both, since))
        own = {key[0] for name in ("measurement", "danger_report") for key in load_rows(twice.kept_id)[name]}
        assert _told_of(both) & own
        assert _told_of(both) | _told_of(since) <= own
        assert "Told only of what belongs to another record" in since.sentence
        assert "1 answer or report told of here" in next(step.words for step in list_steps(since.id) if step.by_id)
        assert corrected.id in _told_of(_open_safety(twice.other_id))


def test_an_undo_takes_along_what_a_clinic_entered_that_sees_the_record_only_by_the_merge(twice: Twice) -> None:
    """A clinic of the same lead asked somebody it knows as the person of the record merged away."""
    annex = _a_second_clinic_of_the_lead(twice)
    with twice.at_work() as lead, scope.within({twice.clinic_id, annex}):
        twice.merge(by=lead)
        with time_machine.travel(NOW + timedelta(hours=1), tick=False), scope.within({annex}):
            measure = _all_positive(twice, clinic_id=annex, by=lead)
        twice.undo(by=lead)

        measure = db.session.get_one(Measurement, measure.id)
        answering = db.session.get_one(Alert, db.session.get_one(SafetySignal, (measure.id, "9")).alert_id)
        assert (measure.patient_id, answering.patient_id) == (twice.other_id, twice.other_id)
        assert (answering.clinic_id, answering.closed_at) == (annex, None)


def test_an_undo_leaves_no_death_on_the_wrong_record(twice: Twice, client: FlaskClient) -> None:
    with twice.at_work() as lead:
        merge = twice.merge(by=lead)
        address = f"/patients/{twice.kept_id}/merges/{merge.id}/undo"
        record_death(patient=db.session.get_one(Patient, twice.kept_id), died_on=TODAY, today=TODAY, by=lead)
        with pytest.raises(CannotMerge) as refused:
            twice.undo(by=lead)

    assert refused.value.obstacles == (DEATH_SINCE,)
    assert DEATH_SINCE.remedy in words(sign_in(client, twice.lead_id).get(address))


def test_a_record_changed_meanwhile_is_looked_at_again(twice: Twice) -> None:
    with twice.at_work() as lead:
        kept, other = (db.session.get_one(Patient, id_) for id_ in (twice.kept_id, twice.other_id))
        versions = kept.version, other.version - 1

        with pytest.raises(EditConflict):
            merge_records(kept=kept, other=other, choices={}, why="Twice", opened_versions=versions, by=lead)


def test_the_database_moves_no_row_without_a_merge(twice: Twice) -> None:
    with twice.app.app_context(), scope.all_patients(reason="test"), pytest.raises(DBAPIError), write():
        move_rows(
            scope.current(),
            moved_tables()["goal"],
            list(load_rows(twice.other_id)["goal"]),
            from_id=twice.other_id,
            to_id=twice.kept_id,
        )


def test_nothing_is_added_to_a_record_that_was_merged_away(twice: Twice) -> None:
    with twice.at_work() as lead:
        twice.merge(by=lead)
        with pytest.raises(DBAPIError, match="nothing is added"):
            facts = ContactFacts(took_place_on=TODAY, kind="treatment", modality="phone", reached=True)
            record_contact(patient_id=twice.other_id, clinic_id=twice.clinic_id, facts=facts, by=lead)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("patient_merge", {"is_moving": True}),
        ("patient_merge", {"merged_id": "kept"}),
        ("patient", {"merged_into_id": "other"}),
        ("alert", {"joined_id": "itself", "state": "closed", "closed_at": NOW}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_the_database_lets_nothing_pass_for_a_merge(twice: Twice, table: str, values: dict[str, object]) -> None:
    with twice.at_work() as lead:
        merge_id = twice.merge(by=lead).id
        alert_id = _open_safety(twice.kept_id).id
    rows = {"patient_merge": merge_id, "patient": twice.kept_id, "alert": alert_id}
    named = {"kept": twice.lead_id, "other": twice.other_id, "itself": alert_id}
    changed = {column: named.get(str(value), value) for column, value in values.items()}
    target = Base.metadata.tables[table]

    with twice.app.app_context(), scope.all_patients(reason="test"), pytest.raises(DBAPIError), write():
        statement = update(target).where(target.c.id == rows[table]).values(**changed)
        db.session.execute(statement, execution_options={REVIEWED: True})


def test_a_merge_wakes_an_alert_that_was_put_off_where_the_other_was_not(twice: Twice) -> None:
    with twice.at_work() as lead, pytest.raises(KeyError, match="taken back"), write():
        kept, other = _open_safety(twice.kept_id), _open_safety(twice.other_id)
        kept.tier = other.tier = "action"
        kept.state, other.state, other.look_at = "open", "acknowledged", None
        kept.snoozed_until, kept.snooze_reason = TODAY + timedelta(days=3), "On leave"
        record("alert.snoozed", by=lead, subject=kept)
        record("alert.snoozed", by=lead, subject=other)
        merge = PatientMerge(
            patient_id=kept.patient_id,
            merged_id=other.patient_id,
            why="Added twice",
            merged_at=NOW,
            merged_by_id=lead.id,
            is_moving=True,
        )
        db.session.add(merge)
        db.session.flush()
        join_safety_alerts(patient_ids=(kept.patient_id, other.patient_id), words="Merged", now=NOW, by=lead)

        assert (kept.joined_id, other.closed_at, other.snoozed_until) == (other.id, None, None)
        raise KeyError("taken back")


def test_what_was_typed_while_two_records_became_one_is_sent_on(
    twice: Twice, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page looked before the merge, its save came after."""
    with twice.at_work():
        colleague = db.session.scalars(select(User.id).where(User.name == "care_manager of Harbor")).one()
    browser, address = sign_in(client, twice.lead_id), f"/patients/{twice.other_id}/tasks/new"
    asked = {"words": "Ring her sister", "kind": "task", "to": str(colleague), "due_on": TODAY.isoformat()}
    filled = fields_of(browser.get(address)) | asked
    act_once = receipts._act_unless_used
    merged: list[uuid.UUID] = []

    def after_a_merge(form_key: str, *, by: Actor, act: Callable[[], str]) -> str:
        if not merged:
            merged.append(twice.merge(by=db.session.get_one(User, twice.lead_id)).id)
        return act_once(form_key, by=by, act=act)

    monkeypatch.setattr(receipts, "_act_unless_used", after_a_merge)
    answer = browser.post(address, data=filled)

    assert (answer.status_code, answer.location) == (307, f"/patients/{twice.kept_id}/tasks/new")


def test_the_trail_is_asked_for_both_records_by_the_number_of_either(twice: Twice) -> None:
    with twice.at_work() as lead:
        former = db.session.get_one(Patient, twice.other_id).mrn
        twice.merge(by=lead)
    browser = sign_in(twice.app.test_client(), twice.lead_id)
    browser.get(f"/patients/{twice.kept_id}")

    for mrn in (former, "KEPT-1"):
        answer = fill_in(browser, AUDIT, {"mrn": mrn}, button="Show this person's trail")
        assert answer.location == f"{AUDIT}?person={twice.kept_id}"
        said = words(browser.get(answer.location))
        assert "patient opened" in said
        assert "patient merged away" in said
