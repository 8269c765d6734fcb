"""After an undo each clinic sees the person it knows, with what it entered about them, and nobody else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.access.grants import sights
from registry.access.roles import Role
from registry.accounts.actions import give_role
from registry.accounts.models import User
from registry.alerts.models import Alert
from registry.caseload.looked import mark_looked, new_since
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.contacts.models import Contact
from registry.db.transaction import write
from registry.episodes import actions as episodes
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Episode, Transfer
from registry.extensions import db
from registry.measurements.actions import mark_entered_in_error, record_measurement
from registry.measurements.models import Measurement
from registry.merging.actions import NotSaid
from registry.patients.actions import add_contact_point, add_payer, change_payer
from registry.patients.facts import ContactPointFacts, PayerFacts
from registry.patients.models import ContactPoint, Patient, PayerPeriod
from registry.patients.queries import list_merges
from registry.plans import actions as plans
from registry.plans.facts import PlanFacts
from registry.plans.models import PlanVersion
from tests.builders import a_clinic, a_user, an_episode, id_of, sign_in
from tests.integration.merging.conftest import Twice
from tests.pages import fields_of, words
from tests.trust.history import NOW, TODAY

LATER = NOW + timedelta(hours=1)


@dataclass(frozen=True)
class Annex:
    """Another clinic of the lead, with somebody who works there alone."""

    clinic_id: uuid.UUID
    manager_id: uuid.UUID


def _annex(twice: Twice, *, cares_for_other: bool) -> Annex:
    with twice.app.app_context(), scope.all_patients(reason="test"):
        clinic, lead = a_clinic("Annex of the lead"), db.session.get_one(User, twice.lead_id)
        manager_id = id_of(a_user(clinic=clinic))
        with write():
            give_role(lead, clinic_id=clinic.id, role=Role.CLINIC_LEAD, starts_on=TODAY, by=None)
        if cares_for_other:
            an_episode(patient=db.session.get_one(Patient, twice.other_id), clinic=clinic, enrolled_on=TODAY)
        return Annex(id_of(clinic), manager_id)


@contextmanager
def _both(twice: Twice, annex: Annex) -> Iterator[User]:
    with twice.at_work() as lead, scope.within({twice.clinic_id, annex.clinic_id}):
        yield lead


def _proposed(twice: Twice, annex: Annex, *, by: User) -> Transfer:
    """The episode of the record merged away, to the annex, since the merge."""
    episode = db.session.scalars(
        select(Episode).where(Episode.patient_id == twice.kept_id, Episode.ended_on.is_(None))
    ).one()
    clinic = db.session.get_one(Clinic, annex.clinic_id)
    return episodes.propose_transfer(episode=episode, to_clinic=clinic, words="Moved", by=by)


@pytest.mark.parametrize("is_accepted", [False, True], ids=["proposed", "accepted"])
def test_who_was_asked_to_take_the_person_over_since_sees_that_person_and_no_stranger(
    twice: Twice, is_accepted: bool
) -> None:
    annex = _annex(twice, cares_for_other=False)
    with _both(twice, annex) as lead:
        twice.merge(by=lead)
        with time_machine.travel(LATER, tick=False):
            transfer = _proposed(twice, annex, by=lead)
            call = _accepted_and_called(twice, annex, transfer) if is_accepted else None
            twice.undo(by=lead)

            assert annex.clinic_id not in sights(twice.kept_id)
            assert sights(twice.other_id)[annex.clinic_id].why == ("episode" if is_accepted else "transfer")
        assert db.session.get_one(Transfer, transfer.id).patient_id == twice.other_id
        if call is not None:
            assert db.session.get_one(Contact, call).patient_id == twice.other_id


def _accepted_and_called(twice: Twice, annex: Annex, transfer: Transfer) -> uuid.UUID:
    manager = db.session.get_one(User, annex.manager_id)
    episodes.accept_transfer(
        transfer=transfer,
        on=TODAY,
        phase="engaging",
        team=[TeamPlace(role="care_manager", user_id=manager.id)],
        opened_version=transfer.version,
        by=manager,
    )
    facts = ContactFacts(took_place_on=TODAY, kind="collateral", modality="phone", reached=True)
    return record_contact(patient_id=twice.kept_id, clinic_id=annex.clinic_id, facts=facts, by=manager).id


def test_a_phone_goes_with_whom_its_clinic_knows_and_where_nobody_can_tell_the_lead_says(
    twice: Twice, client: FlaskClient
) -> None:
    annex = _annex(twice, cares_for_other=True)
    with _both(twice, annex) as lead:
        merge_id = twice.merge(by=lead).id
        with time_machine.travel(LATER, tick=False):
            kept = db.session.get_one(Patient, twice.kept_id)
            theirs, unclear = (
                add_contact_point(patient=kept, facts=ContactPointFacts(kind="phone", value=value), on=TODAY, by=by).id
                for value, by in (("555 0101", db.session.get_one(User, annex.manager_id)), ("555 0202", lead))
            )
            with pytest.raises(NotSaid):
                twice.undo(by=lead)
    address = f"/patients/{twice.kept_id}/merges/{merge_id}/undo"
    with time_machine.travel(LATER, tick=False):
        browser = sign_in(client, twice.lead_id)
        page = browser.get(address)
        filled = fields_of(page) | {"why": "Two people"}
        unsaid = browser.post(address, data=filled)
        done = browser.post(address, data=filled | {f"whose_{unclear.hex}": "stays"})

    assert "Phone: 555 0202, entered by clinic_lead of Harbor" in words(page)
    assert theirs.hex not in page.text, "nobody has to say of what that clinic alone can mean"
    assert (unsaid.status_code, done.status_code) == (422, 303)
    assert "Say whose it is: ask whoever entered it" in words(unsaid)
    with _both(twice, annex):
        whose = {id_: db.session.get_one(ContactPoint, id_).patient_id for id_ in (theirs, unclear)}
    assert whose == {theirs: twice.other_id, unclear: twice.kept_id}


def test_an_alert_goes_to_a_clinic_that_still_sees_the_person(twice: Twice) -> None:
    """The one answer it told of that is not the other person's was a mistake: a person closes it, who can open it."""
    annex = _annex(twice, cares_for_other=True)
    with _both(twice, annex) as lead:
        own = db.session.scalars(select(Measurement.id).where(Measurement.patient_id == twice.kept_id)).one()
        twice.merge(by=lead)
        with time_machine.travel(LATER, tick=False):
            record_measurement(
                patient_id=twice.kept_id,
                clinic_id=annex.clinic_id,
                instrument="phq-9",
                taken_on=TODAY,
                mode="self-paper",
                answers={str(item): 3 for item in range(1, 10)},
                by=db.session.get_one(User, annex.manager_id),
            )
            mark_entered_in_error(measurement=db.session.get_one(Measurement, own), why="Misread", by=lead)
            assert _open_safety(twice.kept_id).clinic_id == annex.clinic_id
            twice.undo(by=lead)

            assert annex.clinic_id not in sights(twice.kept_id)
        assert _open_safety(twice.kept_id).clinic_id == twice.clinic_id


def _open_safety(patient_id: uuid.UUID) -> Alert:
    return db.session.scalars(
        select(Alert).where(Alert.is_safety, Alert.closed_at.is_(None), Alert.patient_id == patient_id)
    ).one()


def test_versions_of_a_plan_have_their_numbers_back_though_one_was_struck_out_since(twice: Twice) -> None:
    with twice.at_work() as lead:
        facts = PlanFacts(written_on=TODAY, took_part="the person", sections={"signs": "noise"})
        plans.write_plan(
            patient_id=twice.kept_id, clinic_id=twice.clinic_id, kind="safety", facts=facts, opened_number=1, by=lead
        )
        before = _plan_numbers(twice.kept_id)
        twice.merge(by=lead)
        first = db.session.get_one(PlanVersion, min(before, key=before.__getitem__))
        plans.withdraw_plan(version=first, why="Misread", opened_version=first.version, by=lead)
        twice.undo(by=lead)

        assert sorted(before.values()) == [1, 2]
        assert _plan_numbers(twice.kept_id) == before
        assert list(_plan_numbers(twice.other_id).values()) == [1]


def _plan_numbers(patient_id: uuid.UUID) -> dict[uuid.UUID, int]:
    rows = db.session.execute(
        select(PlanVersion.id, PlanVersion.number).where(
            PlanVersion.patient_id == patient_id, PlanVersion.kind == "safety"
        )
    )
    return {row.id: row.number for row in rows}


def test_a_payer_that_gave_way_stays_so_where_another_is_the_primary_one_by_now(twice: Twice) -> None:
    with twice.at_work() as lead:
        other = db.session.get_one(Patient, twice.other_id)
        second = add_payer(
            patient=other, facts=PayerFacts(payer="medicare", starts_on=TODAY, is_primary=False), by=lead
        ).id
        twice.merge(by=lead)
        own = db.session.scalars(
            select(PayerPeriod).where(PayerPeriod.patient_id == twice.kept_id, PayerPeriod.is_primary)
        ).one()
        ended = PayerFacts(payer=own.payer, starts_on=TODAY, ends_on=TODAY)
        change_payer(period=own, facts=ended, opened_version=own.version, by=lead)
        period = db.session.get_one(PayerPeriod, second)
        leads = PayerFacts(payer="medicare", starts_on=TODAY + timedelta(days=1))
        change_payer(period=period, facts=leads, opened_version=period.version, by=lead)
        twice.undo(by=lead)

        theirs = db.session.scalars(select(PayerPeriod).where(PayerPeriod.patient_id == twice.other_id)).all()
        assert {(row.payer, row.is_primary) for row in theirs} == {("medicaid", False), ("medicare", True)}


def test_a_merge_with_a_record_one_never_saw_is_told_of_and_undone_by_somebody_else(
    twice: Twice, client: FlaskClient
) -> None:
    annex = _annex(twice, cares_for_other=False)
    with _both(twice, annex) as lead:
        an_episode(
            patient=db.session.get_one(Patient, twice.kept_id),
            clinic=db.session.get_one(Clinic, annex.clinic_id),
            enrolled_on=TODAY,
        )
        merge_id = twice.merge(by=lead).id
    with twice.app.app_context(), scope.all_patients(reason="test"):
        there = id_of(a_user(role=Role.CLINIC_LEAD, clinic=db.session.get_one(Clinic, annex.clinic_id)))
    browser, address = sign_in(client, there), f"/patients/{twice.kept_id}/merges/{merge_id}/undo"
    details = browser.get(f"/patients/{twice.kept_id}/details")
    page = browser.get(address)
    token = {"csrf_token": fields_of(browser.get(f"/patients/{twice.kept_id}/merge"))["csrf_token"]}
    sent = browser.post(address, data=token | {"why": "Two people"})

    assert "Merged with another record (its number is not yours to see) on 12 Mar 2026" in words(details)
    assert address not in details.text
    assert (page.status_code, sent.status_code) == (200, 409)
    assert "A clinic you do not lead sees one of the two records" in words(sent)
    assert "ZMRN-1 " not in words(details) + words(page) + words(sent)


def test_who_looked_before_the_merge_is_told_that_a_history_came(twice: Twice, client: FlaskClient) -> None:
    with twice.at_work() as lead:
        mark_looked(patient_id=twice.kept_id, looked_at=NOW, by=lead)
        with time_machine.travel(LATER, tick=False):
            twice.merge(by=lead)
            assert new_since(lead.id, [twice.kept_id])[twice.kept_id].merged_at == LATER
    with time_machine.travel(LATER, tick=False):
        browser = sign_in(client, twice.lead_id)
        assert "look through it all" in words(browser.get(f"/patients/{twice.kept_id}"))
        row = next(line for line in browser.get("/caseload").text.split("<tr") if "KEPT-1" in line)
        assert "merged or parted since" in row
        with twice.at_work() as lead:
            mark_looked(patient_id=twice.kept_id, looked_at=LATER, by=lead)
            assert new_since(lead.id, [twice.kept_id])[twice.kept_id].merged_at is None


def test_a_page_that_was_open_during_the_merge_is_out_of_date_after_its_undo(twice: Twice) -> None:
    with twice.at_work() as lead:
        open_alert = _open_safety(twice.other_id)
        alert_id, before = open_alert.id, open_alert.version
        twice.merge(by=lead)
        during = db.session.get_one(Alert, alert_id).version
        twice.undo(by=lead)

        assert before < during < db.session.get_one(Alert, alert_id).version


def test_the_history_of_an_alert_keeps_no_answer_of_the_other_person(twice: Twice, client: FlaskClient) -> None:
    """Nor, for a clinic that sees one of the two alone, by which number the other is found."""
    annex = _annex(twice, cares_for_other=False)
    with _both(twice, annex) as lead:
        an_episode(
            patient=db.session.get_one(Patient, twice.kept_id),
            clinic=db.session.get_one(Clinic, annex.clinic_id),
            enrolled_on=TODAY,
        )
        with time_machine.travel(LATER, tick=False):
            twice.merge(by=lead)
        with time_machine.travel(LATER + timedelta(minutes=5), tick=False):
            record_measurement(
                patient_id=twice.kept_id,
                clinic_id=twice.clinic_id,
                instrument="phq-9",
                taken_on=TODAY,
                mode="self-paper",
                answers={str(item): 3 for item in range(1, 10)},
                by=lead,
            )
        alert_id = _open_safety(twice.kept_id).id
        with time_machine.travel(LATER + timedelta(hours=1), tick=False):
            twice.undo(by=lead)
        of_kept = select(Alert.id).where(Alert.patient_id == twice.kept_id, Alert.is_safety)
        addresses = [f"/patients/{twice.kept_id}/alerts/{id_}" for id_ in db.session.scalars(of_kept)]
        assert f"/patients/{twice.kept_id}/alerts/{alert_id}" in addresses
        assert list_merges(twice.kept_id) == []
    with time_machine.travel(LATER + timedelta(hours=2), tick=False):
        seen = {
            who: " ".join(words(sign_in(client, who).get(address)) for address in addresses)
            for who in (twice.lead_id, annex.manager_id)
        }

    assert "Told while this record was one with MRN ZMRN-1" in seen[twice.lead_id]
    assert "Told while this record was one with another record" in seen[annex.manager_id]
    assert "The merge with another record was undone" in seen[annex.manager_id]
    assert "ZMRN-1" not in seen[annex.manager_id]
