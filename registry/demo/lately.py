"""What happened lately to a few of the invented people: stays and discharges, what colleagues ask of each other, and
people on their way to the other clinic.

Written down at one sitting, by the product's own actions, when the year has been lived through: whoever opens the demo
finds one of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from registry import clock
from registry.access.roles import Role
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.contacts.actions import record_contact
from registry.contacts.facts import ContactFacts
from registry.contacts.models import Contact
from registry.db.transaction import end_read, write
from registry.demo.clinic import Place
from registry.episodes import actions as episodes
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Episode, Transfer
from registry.extensions import db
from registry.life.actions import record_event
from registry.life.facts import EventFacts
from registry.patients.models import Patient
from registry.tasks.actions import answer_task, send_task


@dataclass(frozen=True, slots=True)
class _Stay:
    """Somewhere since so many days ago, and out again so many days ago; still there without."""

    kind: str
    began: int
    ended: int | None
    words: str
    reason: str = ""
    is_followed_up: bool = False
    """The team has spoken with the person since."""

    def fits(self, person: _Person) -> bool:
        """Whether the contacts on record are those such a stay would have left."""
        if self.is_followed_up and self.ended is not None:
            return person.silent_for < self.ended
        return person.silent_for > (self.began if self.ended is None else self.ended)


_STAYS = (
    _Stay("hospital-psychiatric", 26, 8, "Stopped eating, admitted by the mobile team"),
    _Stay("hospital-psychiatric", 12, 3, "Voices louder after a change of medicine"),
    _Stay("hospital-psychiatric", 2, None, "Walked in at night, asked to stay"),
    _Stay("jail", 4, None, "Missed a court date"),
    _Stay("emergency", 1, None, "Took a handful of tablets, home the same night", reason="overdose"),
    _Stay("crisis", 60, 52, "Needed a quiet week", is_followed_up=True),
)
_ASKED = (
    ("task", "Please ask whether the new dose makes her sleepy", 0, ""),
    ("task", "The pharmacy has no record of the last prescription: can you call them?", -3, ""),
    ("task", "Can you send the form for the bus pass?", 2, "Sent on paper, she has it by Thursday"),
    ("note", "His brother is back in town and comes to the next visit", None, ""),
)
"""Kind, words, by when from today, and the answer where there is one."""

_TRANSFERS = ("proposed", "accepted", "completed", "refused")
_WHY = "Moves across town next month, and wants a clinic nearby. Seen every three weeks, medicine unchanged."


def happen_lately(places: Sequence[Place]) -> None:
    """Needs a scope over everybody. Does as much as there are people for."""
    people = _in_care()
    _live_stays(people)
    _ask(people)
    if len(places) > 1:
        _hand_over(people, places)


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody in care, and how many days ago their clinic last spoke with them."""

    episode: Episode
    today: date
    silent_for: int

    def colleague(self, part: str) -> User | None:
        """Whoever has this part in the team."""
        return next((each.user for each in self.episode.team if each.role == part and each.ends_on is None), None)


def _in_care() -> list[_Person]:
    """Everybody enrolled and not paused, by record number."""
    rows = db.session.scalars(
        select(Episode)
        .join(Patient, Patient.id == Episode.patient_id)
        .where(Episode.ended_on.is_(None), Episode.phase.in_(("engaging", "active", "maintaining")))
        .options(selectinload(Episode.team), selectinload(Episode.clinic))
        .order_by(Patient.mrn)
    ).all()
    last_on = {
        (row.patient_id, row.clinic_id): row.on
        for row in db.session.execute(
            select(Contact.patient_id, Contact.clinic_id, func.max(Contact.took_place_on).label("on"))
            .where(Contact.status == "final", Contact.kind == "treatment", Contact.reached)
            .group_by(Contact.patient_id, Contact.clinic_id)
        )
    }
    end_read()
    now, people = clock.now(), []
    for episode in rows:
        today = episode.clinic.today(now)
        spoken_on = last_on.get((episode.patient_id, episode.clinic_id), episode.referred_on)
        people.append(_Person(episode, today, (today - spoken_on).days))
    return people


def _live_stays(people: list[_Person]) -> None:
    for stay in _STAYS:
        person = next((each for each in people if stay.fits(each)), None)
        by = None if person is None else person.colleague("care_manager")
        if person is None or by is None:
            continue
        people.remove(person)
        facts = EventFacts(
            kind=stay.kind,
            starts_on=person.today - timedelta(days=stay.began),
            ends_on=None if stay.ended is None else person.today - timedelta(days=stay.ended),
            words=stay.words,
            source="the ward" if stay.kind.startswith("hospital") else "the family",
            reason=stay.reason,
        )
        record_event(patient_id=person.episode.patient_id, clinic_id=person.episode.clinic_id, facts=facts, by=by)


def _ask(people: list[_Person]) -> None:
    """The consultant asks the care manager."""
    for (kind, words, due_in, answer), (person, asks, asked) in zip(_ASKED, _pairs(people), strict=False):
        with write():
            task = send_task(
                patient_id=person.episode.patient_id,
                clinic_id=person.episode.clinic_id,
                to_id=asked.id,
                kind=kind,
                words=words,
                due_on=None if due_in is None else person.today + timedelta(days=due_in),
                by=asks,
            )
        if answer:
            answer_task(task=task, state="done", words=answer, opened_version=task.version, by=asked)


def _pairs(people: list[_Person]) -> Iterator[tuple[_Person, User, User]]:
    for person in people:
        asks, asked = person.colleague("consultant"), person.colleague("care_manager")
        if asks is not None and asked is not None:
            yield person, asks, asked


def _hand_over(people: list[_Person], places: Sequence[Place]) -> None:
    """From the first clinic to the second, one person up to each state."""
    sender, receiver = places[:2]
    leaving = [each for each in people if each.episode.clinic_id == sender.clinic_id and each.episode.phase == "active"]
    for state, person in zip(_TRANSFERS, leaving[::-1], strict=False):
        by = person.colleague("care_manager") or sender.some(Role.CARE_MANAGER)
        to = db.session.get_one(Clinic, receiver.clinic_id)
        transfer = episodes.propose_transfer(episode=person.episode, to_clinic=to, words=_WHY, by=by)
        _answer(transfer, state, receiver)


def _answer(transfer: Transfer, state: str, receiver: Place) -> None:
    lead, manager = receiver.some(Role.CLINIC_LEAD), receiver.some(Role.CARE_MANAGER)
    if state == "refused":
        words = "No place before summer: please ask us again in June"
        episodes.refuse_transfer(transfer=transfer, words=words, opened_version=transfer.version, by=lead)
    if state not in {"accepted", "completed"}:
        return
    today = transfer.to_clinic.today(clock.now())
    episodes.accept_transfer(
        transfer=transfer,
        on=today,
        phase="engaging",
        team=[TeamPlace(role="care_manager", user_id=manager.id)],
        opened_version=transfer.version,
        by=lead,
    )
    if state == "completed":
        facts = ContactFacts(took_place_on=today, kind="treatment", modality="phone", reached=True, minutes=25)
        record_contact(patient_id=transfer.patient_id, clinic_id=receiver.clinic_id, facts=facts, by=manager)
