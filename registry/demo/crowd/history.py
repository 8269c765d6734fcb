"""From what was planned for a person to the rows of their record. Pure: no database, no present but the site's day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from registry.access.models import PatientClinic
from registry.contacts.models import Contact, DangerReport
from registry.db.base import Base
from registry.demo.acts import (
    Act,
    Danger,
    Ending,
    Enrolment,
    PhaseChange,
    Referral,
    TargetChange,
    TeamChange,
    Visit,
)
from registry.demo.care_team import CareTeam
from registry.demo.chance import dice
from registry.demo.crowd import reviews, treatment
from registry.demo.crowd.answered import Answered
from registry.demo.crowd.episode_rows import EpisodeRows
from registry.demo.crowd.forms import Desk, between_visits
from registry.demo.crowd.identity_rows import write_identity
from registry.demo.crowd.ledger import Ledger, Row
from registry.demo.crowd.sites import Site, Worker
from registry.demo.people import Person
from registry.measures.instrument import Instrument


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
        self.added_on = date.min
        self._care: EpisodeRows | None = None
        self._reviews: list[Row] = []
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

    @property
    def group(self) -> str:
        """What the person is treated for first: "psychosis", "bipolar" or "depression"."""
        story = self._person.story
        return "psychosis" if story.has_psychosis else "bipolar" if story.has_bipolar else "depression"

    @property
    def care(self) -> EpisodeRows:
        """The present episode. Raises ``LookupError`` before the first referral."""
        if self._care is None:
            raise LookupError("nothing can be written down of somebody who was never referred")
        return self._care

    @property
    def team(self) -> CareTeam[Worker]:
        """Who cares for the person in the present episode."""
        return self.care.team

    def _do(self, act: Act) -> None:
        match act:
            case Visit():
                self._visit(act)
            case Referral():
                self._refer(act)
            case Enrolment():
                self._enrol(act)
            case PhaseChange():
                self.care.change_phase(act)
            case Ending():
                self._end_episode(act)
            case Danger():
                self._report(act)
            case TargetChange():
                self.care.set_target(act.wish, act)
            case TeamChange():
                self.care.change_team(act, number=self._person.number)
            case _:
                act.write_down(self)

    def _refer(self, act: Referral) -> None:
        shift = 0 if act.clinic == self._person.story.clinic else 1
        self.site = self._sites[(self._home + shift) % len(self._sites)]
        self._reviews, site, place = [], self.site, self._place_in_site
        team = CareTeam[Worker](lambda role: site.some(role, place))  # without self: a circle would outlive its part
        if not self.patient:
            self._add_person(act, by=team.who(act.by))
        elif shift and len(self._sites) > 1:
            self._let_see(act)
        self._care = EpisodeRows(self._ledger, site, team, act)

    def _add_person(self, act: Referral, *, by: Worker) -> None:
        self.added_on = act.on
        self.patient = write_identity(
            self._ledger,
            self._person,
            since=act.on,
            organisation_id=self.site.organisation_id,
            created_at=self.site.instant(act.on, act.at),
            created_by_id=by.id,
        )
        self._let_see(act)

    def _let_see(self, act: Referral) -> None:
        self._ledger.write(
            PatientClinic, clinic_id=self.site.clinic_id, why="episode", since=self.site.instant(act.on, act.at)
        )

    def _enrol(self, act: Enrolment) -> None:
        self.care.enrol(act)
        until = self._last_day()
        self._reviews = reviews.write(
            self, self._ledger, dice(self._seed, self._person.number, act.on, "reviews"), until=until
        )
        treatment.write(self, self._ledger, dice(self._seed, self._person.number, act.on, "treatment"), until=until)

    def _last_day(self) -> date:
        """The day the episode being written ends, or today."""
        begun = self.care.episode["enrolled_on"]
        ends = [act.on for act in self._person.life.acts if isinstance(act, Ending) and act.on >= begun]
        pauses = [
            act.on
            for act in self._person.life.acts
            if isinstance(act, PhaseChange) and act.phase == "paused" and act.on >= begun
        ]
        return min([*ends, *pauses, self.site.today])

    def _visit(self, act: Visit) -> None:
        by, at = self.team.visitor(act.by), self.site.instant(act.on, act.at)
        if act.contact is not None:
            self.contact(act.contact.kind, act.contact.took_place_on, by=by, at=act.at, reached=act.contact.reached,
                         modality=act.contact.modality, minutes=act.contact.minutes, note=act.contact.note)  # fmt: skip
        for form in act.forms:
            self._desk.enter(form, history=self, by=by, at=at)
        is_assessment = self.care.episode["enrolled_on"] == act.on and act.forms
        if is_assessment:
            for form, on in between_visits(
                dice(self._seed, self._person.number, act.on, "check-ins"),
                self._person,
                since=act.on,
                until=self._last_day(),
                number=self._scores,
            ):
                self._desk.enter(form, history=self, by=by, at=self.site.instant(on, time(12, 30)))

    def contact(self, kind: str, on: date, *, by: Worker, at: time, **facts: Any) -> None:
        """Write down one contact at the present clinic."""
        self._ledger.write(
            Contact,
            clinic_id=self.site.clinic_id,
            took_place_on=on,
            staff_id=by.id,
            kind=kind,
            took_part=[],
            recorded_at=self.site.instant(on, at),
            recorded_by_id=by.id,
            **facts,
        )

    def _end_episode(self, act: Ending) -> None:
        self.care.end(act)
        if act.reason == "died":
            self.patient["died_on"] = act.on

    def _report(self, act: Danger) -> None:
        by = self.team.visitor(act.by)
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

    def row(self, table: type[Base], **columns: Any) -> Row:
        """Write down a row about the person and, where the table names one, the present episode."""
        return self._ledger.write(table, **columns)

    def reviewed_after(self, day: date) -> uuid.UUID | None:
        """The first review of the present episode after a day; None where there was none."""
        return next((row["id"] for row in self._reviews if row["reviewed_on"] > day), None)
