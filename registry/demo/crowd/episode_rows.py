"""One episode as rows: its phases, courses of treatment, consent, team, measures and targets. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from registry.db.base import Base
from registry.db.identifiers import new_id
from registry.demo.acts import Act, Ending, Enrolment, PhaseChange, Referral, TeamChange
from registry.demo.care_team import CareTeam
from registry.demo.crowd.ledger import Ledger, Row
from registry.demo.crowd.sites import Site, Worker
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


class EpisodeRows:
    """Begins the episode of a referral in the ledger, and writes down what is decided in it."""

    def __init__(self, ledger: Ledger, site: Site, team: CareTeam[Worker], referral: Referral) -> None:
        self._ledger, self._site, self.team = ledger, site, team
        self._current: dict[tuple[type[Base], str], Row] = {}
        """What holds until further notice, by what it is about."""
        ledger.episode_id = new_id()
        self.episode = ledger.write(
            Episode,
            id=ledger.episode_id,
            clinic_id=site.clinic_id,
            referred_on=referral.on,
            referral_source=referral.source,
            urgency=referral.urgency,
            phase="referred",
            phase_since=referral.on,
        )
        self._begin_phase("referred", referral)

    def enrol(self, act: Enrolment) -> None:
        """Care begins."""
        self.team.begin(act)
        self.episode["enrolled_on"], self.episode["metric_primary"] = act.on, act.metric_primary
        self._begin_phase(act.phase, act)
        self._begin_course(act.on)
        decided = self._decided(act)
        del decided["starts_on"]
        self._ledger.write(Consent, **asdict(act.consent(taken_by=self.team.who("care_manager").name)), **decided)
        for place, worker, name in self.team.places(act):
            self._take_place(place, worker, act, name=name)
        for condition in act.conditions:
            self._ledger.write(EpisodeCondition, condition=condition, **self._decided(act))
        for position, each in enumerate(act.tracked):
            self._ledger.write(TrackedMeasure, **asdict(each), position=position, **self._decided(act))
        for wish in act.targets:
            self.set_target(wish, act)

    def change_phase(self, act: PhaseChange) -> None:
        """To another phase: with a new course of treatment where the program opens one."""
        before = self.episode["phase"]
        self._begin_phase(act.phase, act, act.why)
        self.episode["paused_until"] = act.paused_until if act.phase == "paused" else None
        if opens_new_course(before, act.phase):
            self._begin_course(act.on)

    def end(self, act: Ending) -> None:
        """The episode is over, and with it the course and everybody's place in the team."""
        self._begin_phase("ended", act, act.note)
        self.episode["ended_on"], self.episode["end_reason"] = act.on, act.reason
        self.episode["end_note"] = "" if act.reason == "died" else act.note
        self.episode["paused_until"] = None
        course = self._current.pop((TreatmentCourse, ""), None)
        if course is not None:
            course["ends_on"] = max(act.on, course["starts_on"])
        for table, place in [key for key in self._current if key[0] is TeamMember]:
            self._end(table, place, act, "Episode ended")

    def set_target(self, wish: TargetWish, act: Act) -> None:
        """A target in place of the one before."""
        self._end(TreatmentTarget, wish.scale, act, wish.why)
        self._current[TreatmentTarget, wish.scale] = self._ledger.write(
            TreatmentTarget,
            scale=wish.scale,
            at_most=wish.at_most,
            at_least=wish.at_least,
            is_hold=wish.is_hold,
            review_by=wish.review_by if wish.is_hold else None,
            why=wish.why,
            **self._decided(act),
        )

    def change_team(self, act: TeamChange, *, number: int) -> None:
        """A place goes to somebody else, where somebody holds it and there is somebody else."""
        if (TeamMember, act.place) not in self._current:
            return
        decided_by = self.team.who(act.by)
        new = self.team.hand_over(act, self._site.staff.__getitem__, number=number)
        if new is not None:
            self._end(TeamMember, act.place, act, act.why, by=decided_by)
            self._take_place(act.place, new, act, why=act.why)

    def _begin_phase(self, phase: str, act: Act, why: str = "") -> None:
        self.episode["phase"], self.episode["phase_since"] = phase, act.on
        self._ledger.write(PhaseSpell, phase=phase, why=why, **self._decided(act))

    def _begin_course(self, on: date) -> None:
        before = self._current.get((TreatmentCourse, ""))
        if before is not None:
            before["ends_on"] = on
        self._current[TreatmentCourse, ""] = self._ledger.write(TreatmentCourse, starts_on=on)

    def _take_place(self, place: str, worker: Worker | None, act: Act, *, name: str = "", why: str = "") -> None:
        self._current[TeamMember, place] = self._ledger.write(
            TeamMember,
            role=place,
            user_id=None if worker is None else worker.id,
            name=name,
            why=why,
            **self._decided(act),
        )

    def _end(self, table: type[Base], key: str, act: Act, why: str, *, by: Worker | None = None) -> None:
        row = self._current.pop((table, key), None)
        if row is not None:
            row["ends_on"] = max(act.on, row["starts_on"])
            row["ended_why"], row["ended_by_id"] = why, (by or self.team.who(act.by)).id

    def _decided(self, act: Act) -> dict[str, Any]:
        return {
            "starts_on": act.on,
            "set_by_id": self.team.who(act.by).id,
            "set_at": self._site.instant(act.on, act.at),
        }
