"""An act becomes a deed: the product's own action, by somebody of the team, at the instant it happened."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import singledispatchmethod

from registry.access.roles import Role
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.contacts import actions as contacts
from registry.demo.acts import (
    Act,
    Danger,
    Ending,
    Enrolment,
    Form,
    PhaseChange,
    Referral,
    TargetChange,
    TeamChange,
    Visit,
)
from registry.demo.care_team import CareTeam
from registry.demo.clinic import Place
from registry.demo.people import Person
from registry.episodes import actions as episodes
from registry.episodes.facts import TeamPlace
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements import actions as measurements
from registry.measurements.models import Measurement
from registry.patients.actions import add_patient
from registry.patients.models import Patient


@dataclass(frozen=True, slots=True)
class Entry:
    """A form that was entered, and what still becomes of it."""

    measurement_id: uuid.UUID
    form: Form


@dataclass(slots=True)
class Chart:
    """What the driver has to remember of one person between two acts."""

    person: Person
    place: Place
    patient_id: uuid.UUID | None = None
    episode_id: uuid.UUID | None = None
    team: CareTeam[User] = field(init=False)
    entries: list[Entry] = field(default_factory=list)
    """Entered by the last act, with a fate of their own."""

    def __post_init__(self) -> None:
        self.come_to(self.place)

    def come_to(self, place: Place) -> None:
        """From now on the person is cared for at this clinic, by nobody in particular yet."""
        self.place = place
        self.team = CareTeam(lambda role: place.some(Role(role), self.person.number))

    def who(self, role: str) -> User:
        """The team's person in this role, else the clinic's."""
        return self.team.who(role)

    @property
    def episode(self) -> Episode:
        """The present one."""
        return db.session.get_one(Episode, self.episode_id)


class Deeds:
    """Does what an act says. Called inside ``write()``, with the clock at the act's instant."""

    def __init__(self, places: list[Place]) -> None:
        self._places = places

    @singledispatchmethod
    def do(self, act: Act, chart: Chart) -> None:
        """Carry out ``act`` for the person of ``chart``."""
        act.do(chart)

    @do.register
    def _refer(self, act: Referral, chart: Chart) -> None:
        chart.come_to(self._places[act.clinic % len(self._places)])
        clinic = _clinic(chart)
        by = chart.who(act.by)
        if chart.patient_id is None:
            patient = add_patient(
                clinic=clinic, facts=chart.person.facts, contact_points=chart.person.contact_points, by=by
            )
            chart.patient_id = patient.id
        else:
            patient = db.session.get_one(Patient, chart.patient_id)
        episode = episodes.refer(
            patient=patient, clinic=clinic, referred_on=act.on, source=act.source, urgency=act.urgency, by=by
        )
        chart.episode_id = episode.id

    @do.register
    def _enrol(self, act: Enrolment, chart: Chart) -> None:
        chart.team.begin(act)
        by = chart.who("care_manager")
        episodes.enrol(
            episode=chart.episode,
            enrolled_on=act.on,
            consent=act.consent(taken_by=by.name),
            team=[_place(name, user, outside) for name, user, outside in chart.team.places(act)],
            conditions=act.conditions,
            metric_primary=act.metric_primary,
            tracked=act.tracked,
            targets=act.targets,
            phase=act.phase,
            by=by,
        )

    @do.register
    def _visit(self, act: Visit, chart: Chart) -> None:
        by = chart.team.visitor(act.by)
        if act.contact is not None:
            contacts.record_contact(
                patient_id=_patient_id(chart), clinic_id=chart.place.clinic_id, facts=act.contact, by=by
            )
        for form in act.forms:
            self._enter(form, chart, by)

    def _enter(self, form: Form, chart: Chart, by: User) -> None:
        rater = chart.who("psychiatrist") if form.is_rated and chart.person.number % 3 else by
        measurement = measurements.record_measurement(
            patient_id=_patient_id(chart),
            clinic_id=chart.place.clinic_id,
            instrument=form.instrument,
            by=by,
            as_draft=form.fate == "draft",
            taken_on=form.taken_on,
            mode=form.mode,
            answers=form.answers,
            total_only=form.total_only,
            rater_id=rater.id if form.is_rated else None,
            language=form.language,
            used_interpreter=form.used_interpreter,
        )
        if form.fate:
            chart.entries.append(Entry(measurement.id, form))

    @do.register
    def _change_phase(self, act: PhaseChange, chart: Chart) -> None:
        episodes.change_phase(
            episode=chart.episode,
            phase=act.phase,
            on=act.on,
            why=act.why,
            paused_until=act.paused_until,
            by=chart.who(act.by),
        )

    @do.register
    def _end(self, act: Ending, chart: Chart) -> None:
        by = chart.who(act.by)
        if act.reason == "died":
            patient = db.session.get_one(Patient, _patient_id(chart))
            episodes.record_death(patient=patient, died_on=act.on, today=act.on, by=by)
        else:
            episodes.end_episode(episode=chart.episode, reason=act.reason, on=act.on, note=act.note, by=by)
        chart.episode_id = None

    @do.register
    def _report(self, act: Danger, chart: Chart) -> None:
        contacts.report_danger(
            patient_id=_patient_id(chart),
            clinic_id=chart.place.clinic_id,
            kind=act.kind,
            reported_on=act.on,
            said_by=act.said_by,
            words=act.words,
            done=act.done,
            by=chart.team.visitor(act.by),
        )

    @do.register
    def _change_target(self, act: TargetChange, chart: Chart) -> None:
        episodes.change_target(episode=chart.episode, wish=act.wish, on=act.on, why=act.wish.why, by=chart.who(act.by))

    @do.register
    def _change_team(self, act: TeamChange, chart: Chart) -> None:
        present = chart.who(act.by)
        new = chart.team.hand_over(act, lambda role: chart.place.staff[Role(role)], number=chart.person.number)
        if new is not None:
            place = _place(act.place, new)
            episodes.change_team(episode=chart.episode, place=place, on=act.on, why=act.why, by=present)


def settle(entry: Entry, *, by: User) -> None:
    """What became of an entry later: a draft is finished, a slip corrected, somebody else's form withdrawn."""
    measurement = db.session.get_one(Measurement, entry.measurement_id)
    form = entry.form
    if form.fate == "in-error":
        measurements.mark_entered_in_error(measurement=measurement, why="This form belongs to another patient", by=by)
        return
    if form.fate == "draft":
        measurements.finish_draft(
            draft=measurement,
            by=by,
            taken_on=form.taken_on,
            mode=form.mode,
            answers=form.rightly,
            language=form.language,
            used_interpreter=form.used_interpreter,
        )
    elif form.fate == "corrected":
        measurements.correct_measurement(
            measurement=measurement,
            why="Typed one line too low; put right from the paper",
            by=by,
            taken_on=form.taken_on,
            mode=form.mode,
            answers=form.rightly,
            language=form.language,
            used_interpreter=form.used_interpreter,
        )


def _clinic(chart: Chart) -> Clinic:
    return db.session.get_one(Clinic, chart.place.clinic_id)


def _patient_id(chart: Chart) -> uuid.UUID:
    if chart.patient_id is None:
        raise LookupError("nothing can be done for somebody who was never referred")
    return chart.patient_id


def _place(name: str, user: User | None, outside: str = "") -> TeamPlace:
    return TeamPlace(role=name, user_id=None if user is None else user.id, name=outside)
