"""From what was planned for a person to the rows of their record. Pure: no database, no present but the site's day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import singledispatchmethod
from typing import Any

from registry.access.models import PatientClinic
from registry.contacts.models import Contact, DangerReport
from registry.db.base import Base
from registry.db.identifiers import new_id
from registry.demo.acts import (
    Act,
    Danger,
    Ending,
    Enrolment,
    PhaseChange,
    Question,
    Referral,
    TargetChange,
    TeamChange,
    Visit,
)
from registry.demo.chance import dice
from registry.demo.crowd import reviews
from registry.demo.crowd.answered import Answered
from registry.demo.crowd.forms import Desk, between_visits
from registry.demo.crowd.ledger import Ledger, Row
from registry.demo.crowd.sites import Site, Worker
from registry.demo.people import Person
from registry.episodes.facts import TargetWish
from registry.episodes.models import (
    Consent,
    Episode,
    EpisodeCondition,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    TreatmentCourse,
    TreatmentTarget,
)
from registry.episodes.rules import opens_new_course
from registry.measures.instrument import Instrument
from registry.patients.actions import facts_as_columns
from registry.patients.models import ContactPoint, Patient
from registry.patients.rules import fold, fold_phone
from registry.review.models import ReviewQuestion

_NAMED, _OTHER = "name:", "other:"
_PLACES = {"psychiatrist": "consultant", "peer_specialist": "peer"}
"""The place in the team that somebody of this role holds, where it is not called the same."""


class History:
    """Writes the record of one person into a ledger, act by act."""

    def __init__(
        self,
        ledger: Ledger,
        person: Person,
        *,
        sites: Sequence[Site],
        definitions: Mapping[str, Instrument],
        seed: int,
        scores: int,
    ) -> None:
        self._ledger, self._person, self._sites = ledger, person, sites
        self._scores, self._seed = scores, seed
        self._home = person.number % len(sites)
        self.site = sites[self._home]
        self._place_in_site = person.number // len(sites)
        self.patient: Row = {}
        self.episode: Row = {}
        self._team: dict[str, Worker] = {}
        self._open: dict[tuple[type[Base], str], Row] = {}
        self._reviews: list[Row] = []
        self.prescriber_outside = ""
        self.answered = Answered(ledger, dice(seed, person.number, "answered"))
        self._desk = Desk(ledger, self.answered, definitions)

    def write(self) -> uuid.UUID:
        """Write everything down; returns the patient's id."""
        for act in self._person.life.acts:
            self._do(act)
        return self.patient_id

    @property
    def patient_id(self) -> uuid.UUID:
        id_: uuid.UUID = self.patient["id"]
        return id_

    @property
    def person(self) -> Person:
        return self._person

    def who(self, role: str) -> Worker:
        """The team's person in this role, else the clinic's: each patient keeps the same one."""
        return self._team.get(_PLACES.get(role, role)) or self.site.some(role, self._place_in_site)

    def member(self, place: str) -> Worker | None:
        """Who holds a place in the team, None where nobody with an account does."""
        return self._team.get(place)

    @singledispatchmethod
    def _do(self, act: Act) -> None:
        raise TypeError(f"nobody knows how to write down a {type(act).__name__}")

    @_do.register
    def _refer(self, act: Referral) -> None:
        shift = 0 if act.clinic == self._person.story.clinic else 1
        self.site = self._sites[(self._home + shift) % len(self._sites)]
        self._team, self._open, self._reviews = {}, {}, []
        if not self.patient:
            self._add_person(act)
        elif shift and len(self._sites) > 1:
            self._let_see(act)
        self._ledger.episode_id = new_id()
        self.episode = self._ledger.write(
            Episode,
            id=self._ledger.episode_id,
            clinic_id=self.site.clinic_id,
            referred_on=act.on,
            referral_source=act.source,
            urgency=act.urgency,
            phase="referred",
            phase_since=act.on,
        )
        self._spell("referred", act)

    def _add_person(self, act: Referral) -> None:
        patient_id = new_id()
        self._ledger.about(patient_id)
        at = self.site.instant(act.on, act.at)
        self.patient = self._ledger.write(
            Patient,
            id=patient_id,
            organisation_id=self.site.organisation_id,
            created_at=at,
            created_by_id=self.who(act.by).id,
            **facts_as_columns(self._person.facts),
        )
        self._let_see(act)
        for point in self._person.contact_points:
            self._ledger.write(
                ContactPoint,
                kind=point.kind,
                value=point.value,
                folded=fold_phone(point.value) if point.kind == "phone" else fold(point.value),
                note=point.note,
                may_leave_message=point.may_leave_message,
                may_text=point.may_text,
                may_email=point.may_email,
                created_at=at,
            )

    def _let_see(self, act: Referral) -> None:
        self._ledger.write(
            PatientClinic, clinic_id=self.site.clinic_id, why="episode", since=self.site.instant(act.on, act.at)
        )

    def _spell(self, phase: str, act: Act, why: str = "") -> None:
        self.episode["phase"], self.episode["phase_since"] = phase, act.on
        self._ledger.write(
            PhaseSpell,
            phase=phase,
            starts_on=act.on,
            why=why,
            set_by_id=self.who(act.by).id,
            set_at=self.site.instant(act.on, act.at),
        )

    @_do.register
    def _enrol(self, act: Enrolment) -> None:
        self._team = {place: self.who(who) for place, who in act.team.items() if not who.startswith(_NAMED)}
        prescriber = act.team.get("prescriber", "")
        self.prescriber_outside = prescriber.removeprefix(_NAMED) if prescriber.startswith(_NAMED) else ""
        self.episode["enrolled_on"], self.episode["metric_primary"] = act.on, act.metric_primary
        self._spell(act.phase, act)
        self._begin_course(act.on)
        by = self.who("care_manager")
        self._ledger.write(
            Consent,
            given_on=act.on,
            mode=act.consent_mode,
            taken_by=by.name,
            given_by="patient" if act.capacity else "Guardian, appointed by the court",
            has_capacity=act.capacity,
            cost_sharing_told=True,
        )
        for place, who in act.team.items():
            self._take_place(place, self._team.get(place), who.removeprefix(_NAMED), act)
        for condition in act.conditions:
            self._ledger.write(EpisodeCondition, condition=condition, **self._decided(act))
        for position, each in enumerate(act.tracked):
            decided = self._decided(act)
            self._ledger.write(
                TrackedMeasure, scale=each.scale, cadence_days=each.cadence_days, position=position, **decided
            )
        for wish in act.targets:
            self._set_target(wish, act)
        self._desk.open(self)
        self._reviews = reviews.write(
            self, self._ledger, dice(self._seed, self._person.number, act.on, "reviews"), until=self._last_day()
        )

    def _last_day(self) -> date:
        """The day the episode being written ends, or today."""
        begun = self.episode["enrolled_on"]
        ends = [act.on for act in self._person.life.acts if isinstance(act, Ending) and act.on >= begun]
        pauses = [
            act.on
            for act in self._person.life.acts
            if isinstance(act, PhaseChange) and act.phase == "paused" and act.on >= begun
        ]
        return min([*ends, *pauses, self.site.today])

    def _decided(self, act: Act) -> dict[str, Any]:
        return {
            "starts_on": act.on,
            "set_by_id": self.who(act.by).id,
            "set_at": self.site.instant(act.on, act.at),
        }

    def _begin_course(self, on: date) -> None:
        before = self._open.get((TreatmentCourse, ""))
        if before is not None:
            before["ends_on"] = on
        self._open[TreatmentCourse, ""] = self._ledger.write(TreatmentCourse, starts_on=on)

    def _take_place(self, place: str, worker: Worker | None, name: str, act: Act, why: str = "") -> None:
        self._open[TeamMember, place] = self._ledger.write(
            TeamMember,
            role=place,
            user_id=None if worker is None else worker.id,
            name=name if worker is None else "",
            why=why,
            **self._decided(act),
        )

    def _set_target(self, wish: TargetWish, act: Act) -> None:
        self._end(TreatmentTarget, wish.scale, act, wish.why)
        self._open[TreatmentTarget, wish.scale] = self._ledger.write(
            TreatmentTarget,
            scale=wish.scale,
            at_most=wish.at_most,
            at_least=wish.at_least,
            is_hold=wish.is_hold,
            review_by=wish.review_by if wish.is_hold else None,
            why=wish.why,
            **self._decided(act),
        )

    def _end(self, table: type[Base], key: str, act: Act, why: str) -> None:
        row = self._open.pop((table, key), None)
        if row is not None:
            row["ends_on"] = max(act.on, row["starts_on"])
            row["ended_why"], row["ended_by_id"] = why, self.who(act.by).id

    @_do.register
    def _visit(self, act: Visit) -> None:
        role = act.by if act.by != "peer_specialist" or "peer" in self._team else "care_manager"
        by, at = self.who(role), self.site.instant(act.on, act.at)
        if act.contact is not None:
            self.contact(act.contact.kind, act.contact.took_place_on, by=by, at=act.at, reached=act.contact.reached,
                         modality=act.contact.modality, minutes=act.contact.minutes, note=act.contact.note)  # fmt: skip
        for form in act.forms:
            self._desk.enter(form, site=self.site, by=by, at=at)
        is_assessment = self.episode["enrolled_on"] == act.on and act.forms
        if is_assessment:
            for form, on in between_visits(
                dice(self._seed, self._person.number, act.on, "check-ins"),
                self._person,
                since=act.on,
                until=self._last_day(),
                number=self._scores,
            ):
                self._desk.enter(form, site=self.site, by=by, at=self.site.instant(on, time(12, 30)))

    def contact(self, kind: str, on: date, *, by: Worker, at: time, **facts: Any) -> None:
        """Write down one contact at the present clinic."""
        self._ledger.write(
            Contact,
            clinic_id=self.site.clinic_id,
            took_place_on=on,
            staff_id=by.id,
            kind=kind,
            recorded_at=self.site.instant(on, at),
            recorded_by_id=by.id,
            **facts,
        )

    @_do.register
    def _change_phase(self, act: PhaseChange) -> None:
        before = self.episode["phase"]
        self._spell(act.phase, act, act.why)
        self.episode["paused_until"] = act.paused_until if act.phase == "paused" else None
        if opens_new_course(before, act.phase):
            self._begin_course(act.on)

    @_do.register
    def _end_episode(self, act: Ending) -> None:
        self._spell("ended", act, act.note)
        self.episode["ended_on"], self.episode["end_reason"] = act.on, act.reason
        self.episode["end_note"] = "" if act.reason == "died" else act.note
        self.episode["paused_until"] = None
        course = self._open.pop((TreatmentCourse, ""), None)
        if course is not None:
            course["ends_on"] = max(act.on, course["starts_on"])
        for table, place in [key for key in self._open if key[0] is TeamMember]:
            self._end(table, place, act, "Episode ended")
        if act.reason == "died":
            self.patient["died_on"] = act.on

    @_do.register
    def _report(self, act: Danger) -> None:
        by = self.who(act.by if act.by != "peer_specialist" or "peer" in self._team else "care_manager")
        at = self.site.instant(act.on, act.at)
        row = self._ledger.write(
            DangerReport,
            clinic_id=self.site.clinic_id,
            kind=act.kind,
            reported_on=act.on,
            said_by=act.said_by,
            words=act.words,
            done=act.done,
            recorded_at=at,
            recorded_by_id=by.id,
        )
        self.answered.report(row, self)

    @_do.register
    def _ask(self, act: Question) -> None:
        by = self.who(act.by)
        self._ledger.write(
            ReviewQuestion,
            asked_by_id=by.id,
            asked_at=self.site.instant(act.on, act.at),
            asked_on=act.on,
            words=act.words,
            answered_by_review_id=self._reviewed_after(act.on),
        )

    def _reviewed_after(self, day: date) -> uuid.UUID | None:
        """The first review of the present episode after a day; None where there was none."""
        return next((row["id"] for row in self._reviews if row["reviewed_on"] > day), None)

    @_do.register
    def _change_target(self, act: TargetChange) -> None:
        self._set_target(act.wish, act)

    @_do.register
    def _change_team(self, act: TeamChange) -> None:
        role, present = act.who.removeprefix(_OTHER), self._team.get(act.place)
        others = [each for each in self.site.staff[role] if each != present]
        if not others or (TeamMember, act.place) not in self._open:
            return
        new = others[self._person.number % len(others)]
        self._end(TeamMember, act.place, act, act.why)
        self._take_place(act.place, new, "", act, act.why)
        self._team[act.place] = new
