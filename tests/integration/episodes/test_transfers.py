"""A transfer is a handshake: at every step somebody answers for the person, and one of the two sees to it alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.access import scope
from registry.accounts.models import User
from registry.alerts.models import Alert
from registry.alerts.sweep import sweep_clinic
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.contacts.models import Contact
from registry.db.transaction import write
from registry.episodes.models import Episode, Transfer
from registry.extensions import db
from tests.builders import a_clinic, a_patient, a_user, an_episode, id_of, sign_in
from tests.pages import fill_in, send, words
from tests.worlds import Worlds

TODAY = date(2026, 3, 12)


@dataclass(frozen=True)
class Handover:
    """Two clinics of one organisation, a care manager in each, and one person in the care of the first."""

    app: Flask
    sender: FlaskClient
    receiver: FlaskClient
    clinics: tuple[uuid.UUID, uuid.UUID]
    managers: tuple[uuid.UUID, uuid.UUID]
    lead: uuid.UUID
    patient: uuid.UUID
    episode: uuid.UUID

    def propose(self) -> int:
        typed = {"clinic": str(self.clinics[1]), "words": "Moved to Mill Road"}
        return fill_in(self.sender, f"/patients/{self.patient}/episodes/{self.episode}/transfer", typed).status_code

    def answer(self, **typed: str) -> int:
        accept = {"answer": "accept", "care_manager-user_id": str(self.managers[1])}
        return fill_in(self.receiver, self._transfer_url(), accept | typed).status_code

    def refuse_twice(self) -> list[int]:
        """Two clicks on one form."""
        url, typed = self._transfer_url(), {"answer": "refuse", "words": "No place before May"}
        page = self.receiver.get(url)
        return [send(self.receiver, url, page, typed).status_code for _ in range(2)]

    def end(self, client: FlaskClient) -> int:
        return fill_in(client, f"{self._transfer_url()}/end", {"words": "Stays after all"}).status_code

    def speak(self, clinic: int, *, reached: bool = True, on: date = TODAY) -> None:
        """A contact, by the care manager of the clinic and in their scope."""
        with self.app.app_context(), scope.within({self.clinics[clinic]}):
            facts = ContactFacts(took_place_on=on, kind="treatment", modality="phone", reached=reached)
            by = db.session.get_one(User, self.managers[clinic])
            record_contact(patient_id=self.patient, clinic_id=self.clinics[clinic], facts=facts, by=by)

    def _transfer_url(self) -> str:
        with self.app.app_context(), scope.all_patients(reason="test"):
            latest = select(Transfer.id).order_by(Transfer.proposed_on.desc(), Transfer.id.desc())
            return f"/patients/{self.patient}/transfers/{db.session.scalars(latest).first()}"

    @property
    def state(self) -> str:
        with self.app.app_context(), scope.all_patients(reason="test"):
            return db.session.scalars(select(Transfer.state).order_by(Transfer.id.desc())).first() or ""

    @property
    def episodes(self) -> list[tuple[int, str, str | None]]:
        """Which clinic, phase and reason of the end, in order."""
        with self.app.app_context(), scope.all_patients(reason="test"):
            rows = db.session.scalars(select(Episode).order_by(Episode.referred_on, Episode.id))
            return [(self.clinics.index(row.clinic_id), row.phase, row.end_reason) for row in rows]

    def sees(self, client: FlaskClient) -> tuple[bool, bool]:
        """Whether the person's record opens, and whether they stand on the caseload."""
        record = client.get(f"/patients/{self.patient}").status_code == 200
        return record, "Quillon" in words(client.get("/caseload"))

    def alerts(self) -> set[tuple[int, str]]:
        """The open alerts: which clinic answers, and the rule."""
        with self.app.app_context(), scope.all_patients(reason="test"):
            rows = db.session.scalars(select(Alert).where(Alert.closed_at.is_(None)))
            return {(self.clinics.index(row.clinic_id), row.rule) for row in rows}


Ids = tuple[tuple[uuid.UUID, uuid.UUID], tuple[uuid.UUID, uuid.UUID], uuid.UUID, uuid.UUID, uuid.UUID]


def two_clinics(app: Flask) -> Ids:
    """The clinics, their care managers, the receiver's lead, the person, the sender's episode."""
    with app.app_context():
        here, there = a_clinic("Harbor"), a_clinic("Mill")
        ours, theirs = (a_user(clinic=clinic, name=f"Manager of {clinic.name}") for clinic in (here, there))
        lead = a_user(role="clinic_lead", clinic=there, name="Lead of Mill")
        person = a_patient(clinic=here, given="Ada", family="Quillon")
        episode = an_episode(patient=person, clinic=here, enrolled_on=date(2026, 1, 5), care_manager=ours)
        clinics, managers = (id_of(here), id_of(there)), (id_of(ours), id_of(theirs))
        return clinics, managers, id_of(lead), id_of(person), id_of(episode)


@pytest.fixture
def handover(app: Flask, worlds: Worlds) -> Handover:
    clinics, managers, lead, patient, episode = worlds.begin_with(two_clinics)
    sender, receiver = sign_in(app.test_client(), managers[0]), sign_in(app.test_client(), managers[1])
    return Handover(app, sender, receiver, clinics, managers, lead, patient, episode)


YES, NO = True, False


def test_somebody_is_on_a_list_at_every_step_and_the_sender_answers_until_the_first_contact(
    handover: Handover,
) -> None:
    before = handover.alerts()
    assert before
    assert (handover.sees(handover.sender), handover.sees(handover.receiver)) == ((YES, YES), (NO, NO))

    assert handover.propose() == 303
    assert (handover.sees(handover.sender), handover.sees(handover.receiver)) == ((YES, YES), (YES, NO))
    assert "Quillon" in words(handover.receiver.get("/patients/transfers"))
    assert "(1 to answer)" in words(handover.receiver.get("/patients"))
    assert "Harbor asks you to take this person over, today" in words(handover.receiver.get("/my-day"))
    assert "take this person over" not in words(handover.sender.get("/my-day"))
    assert handover.alerts() == before

    assert handover.answer() == 303
    assert (handover.sees(handover.sender), handover.sees(handover.receiver)) == ((YES, YES), (YES, YES))
    assert handover.alerts() == before | {(1, "transfer.first-contact")}
    assert "Taken over from Harbor today" in words(handover.receiver.get("/my-day"))

    handover.speak(1, reached=False)
    assert handover.state == "accepted"
    assert handover.episodes == [(0, "active", None), (1, "engaging", None)]

    handover.speak(1)
    assert handover.state == "completed"
    assert handover.episodes == [(0, "ended", "transferred"), (1, "engaging", None)]
    assert (handover.sees(handover.sender), handover.sees(handover.receiver)) == ((YES, NO), (YES, YES))
    assert {clinic for clinic, _rule in handover.alerts()} == {1}
    assert (1, "transfer.first-contact") not in handover.alerts()


def test_taking_back_the_contact_that_completed_a_transfer_says_who_answers_now(handover: Handover) -> None:
    handover.propose()
    handover.answer()
    handover.speak(1)
    with handover.app.app_context(), scope.all_patients(reason="test"):
        contact = db.session.scalars(select(Contact.id)).one()
    address = f"/patients/{handover.patient}/contacts/{contact}/entered-in-error"
    told = "The person stays on the caseload of Mill, which alone answers for them"

    assert told in words(handover.receiver.get(address))
    assert fill_in(handover.receiver, address, {"why": "Somebody else's"}).status_code == 303

    assert told in words(handover.receiver.get(f"/patients/{handover.patient}/contacts"))
    assert handover.episodes == [(0, "ended", "transferred"), (1, "engaging", None)]
    assert handover.sees(handover.receiver) == (YES, YES)
    assert {clinic for clinic, _rule in handover.alerts()} == {1}
    assert (1, "transfer.unspoken") in handover.alerts()
    assert "Call Mill, or refer the person here again" in words(handover.sender.get("/my-day?whose=clinic"))

    handover.speak(1)
    assert (1, "transfer.unspoken") not in handover.alerts()
    assert "Quillon" not in words(handover.sender.get("/my-day?whose=clinic"))


def test_a_contact_before_the_acceptance_completes_the_transfer_with_it(handover: Handover) -> None:
    handover.propose()
    handover.speak(1)
    assert handover.state == "proposed"
    assert "You spoke with the person on 12 Mar 2026" in words(handover.receiver.get(handover._transfer_url()))

    assert handover.answer() == 303

    assert handover.state == "completed"
    assert handover.episodes == [(0, "ended", "transferred"), (1, "engaging", None)]


def test_the_sender_speaking_with_the_person_hands_nobody_over(handover: Handover) -> None:
    handover.propose()
    handover.answer()

    handover.speak(0)
    handover.speak(1, on=date(2026, 3, 11))

    assert handover.state == "accepted"


def test_what_was_agreed_goes_on_at_the_receiver(handover: Handover) -> None:
    handover.propose()
    handover.answer(phase="active")

    shown = words(handover.receiver.get(f"/patients/{handover.patient}/care"))
    assert "Manager of Mill" in shown
    assert "PHQ-9 (metric primary)" in shown
    assert "at most 4" in shown
    assert "Major depression" in shown
    assert "given by patient" in shown


def test_a_refusal_says_why_and_closes_the_record_again(handover: Handover) -> None:
    handover.propose()

    assert handover.answer(answer="refuse") == 422
    assert handover.refuse_twice() == [303, 303]

    assert handover.state == "refused"
    assert (handover.sees(handover.sender), handover.sees(handover.receiver)) == ((YES, YES), (NO, NO))
    assert "refused, No place before May" in words(handover.sender.get(f"/patients/{handover.patient}/care"))
    assert handover.propose() == 303


def test_an_unanswered_proposal_is_taken_back_and_an_accepted_person_handed_back(handover: Handover) -> None:
    handover.propose()
    assert handover.end(handover.sender) == 303
    assert handover.sees(handover.receiver) == (NO, NO)

    handover.propose()
    handover.answer()
    assert handover.end(handover.receiver) == 303

    assert handover.state == "returned"
    assert handover.episodes == [(0, "active", None), (1, "ended", "administrative")]
    assert handover.sees(handover.sender) == (YES, YES)


def test_neither_clinic_lets_go_of_somebody_while_a_transfer_is_open(handover: Handover) -> None:
    handover.propose()
    handover.answer()
    ended = {"reason": "administrative", "note": "Moved"}

    first = fill_in(handover.sender, f"/patients/{handover.patient}/episodes/{handover.episode}/end", ended)
    assert first.status_code == 422
    assert "A transfer is open" in words(first)
    assert handover.episodes == [(0, "active", None), (1, "engaging", None)]


def test_a_second_answer_changes_nothing(handover: Handover) -> None:
    handover.propose()
    url = handover._transfer_url()
    opened = handover.receiver.get(url)
    assert opened.status_code == 200
    handover.end(handover.sender)

    assert handover.receiver.get(url).status_code == 404
    assert handover.episodes == [(0, "active", None)]


def test_the_leads_of_both_clinics_are_told_on_the_fourteenth_day(handover: Handover) -> None:
    handover.propose()
    handover.answer()

    with time_machine.travel("2026-03-26T16:00:00+00:00", tick=False), handover.app.app_context():
        for clinic_id in handover.clinics:
            with scope.all_patients(reason="test"):
                sweep_clinic(db.session.get_one(Clinic, clinic_id), today=date(2026, 3, 26))

    assert {(0, "transfer.open"), (1, "transfer.open")} <= handover.alerts()
    assert {rule for clinic, rule in handover.alerts() if clinic == 1} == {"transfer.open", "transfer.first-contact"}
    with handover.app.app_context(), scope.all_patients(reason="test"):
        owner = select(Alert.owner_id).where(Alert.clinic_id == handover.clinics[1], Alert.rule == "transfer.open")
        assert db.session.scalar(owner) == handover.lead


def test_a_death_calls_the_transfer_off(handover: Handover) -> None:
    handover.propose()

    fill_in(handover.sender, f"/patients/{handover.patient}/death", {"died_on": "2026-03-12"})

    assert handover.state == "withdrawn"
    assert handover.sees(handover.receiver) == (NO, NO)


def test_a_clinic_where_it_is_still_yesterday_accepts_at_once(handover: Handover) -> None:
    """Past midnight in New York, where the proposal is made, it is the evening before in Honolulu."""
    with handover.app.app_context(), scope.all_patients(reason="test"), write():
        there = db.session.get_one(Clinic, handover.clinics[1])
        there.time_zone = "Pacific/Honolulu"
        record("clinic.changed", by=None, subject=there, clinic_id=there.id)

    with time_machine.travel("2026-03-13T04:08:00+00:00", tick=False):
        sign_in(handover.sender, handover.managers[0])
        sign_in(handover.receiver, handover.managers[1])
        assert (handover.propose(), handover.answer()) == (303, 303)

    with handover.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.scalar(select(Transfer.answered_on)) == TODAY
