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
    Question,
    Referral,
    TargetChange,
    TeamChange,
    Visit,
)
from registry.demo.clinic import Place
from registry.demo.people import Person
from registry.episodes import actions as episodes
from registry.episodes.facts import ConsentFacts, TeamPlace
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements import actions as measurements
from registry.measurements.models import Measurement
from registry.patients.actions import add_patient
from registry.patients.models import Patient
from registry.review.actions import ask_question

_NAMED = "name:"
_OTHER = "other:"


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
    team: dict[str, User] = field(default_factory=dict)
    outside_prescriber: str = ""
    """Who prescribes without an account here."""
    entries: list[Entry] = field(default_factory=list)
    """Entered by the last act, with a fate of their own."""

    def who(self, role: str) -> User:
        """The team's person in this role, else the clinic's: each patient keeps the same one."""
        return self.team.get(role) or self.place.some(Role(role), self.person.number)

    def has(self, role: str) -> bool:
        return role in self.team


class Deeds:
    """Does what an act says. Called inside ``write()``, with the clock at the act's instant."""

    def __init__(self, places: list[Place]) -> None:
        self._places = places

    @singledispatchmethod
    def do(self, act: Act, chart: Chart) -> None:
        """Carry out ``act`` for the person of ``chart``."""
        raise TypeError(f"nobody knows how to do a {type(act).__name__}")

    @do.register
    def _refer(self, act: Referral, chart: Chart) -> None:
        chart.place = self._places[act.clinic % len(self._places)]
        chart.team = {}
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
        chart.team = {place: chart.who(who) for place, who in act.team.items() if not who.startswith(_NAMED)}
        prescriber = act.team.get("prescriber", "")
        chart.outside_prescriber = prescriber.removeprefix(_NAMED) if prescriber.startswith(_NAMED) else ""
        by = chart.who("care_manager")
        episodes.enrol(
            episode=_episode(chart),
            enrolled_on=act.on,
            consent=ConsentFacts(
                given_on=act.on,
                mode=act.consent_mode,
                taken_by=by.name,
                given_by="patient" if act.capacity else "Guardian, appointed by the court",
                has_capacity=act.capacity,
                cost_sharing_told=True,
            ),
            team=[_place(name, who, chart) for name, who in act.team.items()],
            conditions=act.conditions,
            metric_primary=act.metric_primary,
            tracked=act.tracked,
            targets=act.targets,
            phase=act.phase,
            by=by,
        )
        # From here on a role finds whoever of the team holds it.
        for role, name in (("psychiatrist", "consultant"), ("peer_specialist", "peer")):
            if name in chart.team:
                chart.team[role] = chart.team[name]

    @do.register
    def _visit(self, act: Visit, chart: Chart) -> None:
        role = act.by if act.by != "peer_specialist" or chart.has("peer") else "care_manager"
        by = chart.who(role)
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
            episode=_episode(chart),
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
            episodes.end_episode(episode=_episode(chart), reason=act.reason, on=act.on, note=act.note, by=by)
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
            by=chart.who(act.by if act.by != "peer_specialist" or chart.has("peer") else "care_manager"),
        )

    @do.register
    def _ask(self, act: Question, chart: Chart) -> None:
        ask_question(episode=_episode(chart), words=act.words, by=chart.who(act.by))

    @do.register
    def _change_target(self, act: TargetChange, chart: Chart) -> None:
        episodes.change_target(
            episode=_episode(chart), wish=act.wish, on=act.on, why=act.wish.why, by=chart.who(act.by)
        )

    @do.register
    def _change_team(self, act: TeamChange, chart: Chart) -> None:
        people = chart.place.staff[Role(act.who.removeprefix(_OTHER))]
        present = chart.team.get(act.place)
        others = [each for each in people if present is None or each.id != present.id]
        if not others:
            return
        new = others[chart.person.number % len(others)]
        place = TeamPlace(role=act.place, user_id=new.id)
        episodes.change_team(episode=_episode(chart), place=place, on=act.on, why=act.why, by=chart.who(act.by))
        chart.team[act.place] = new


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


def _episode(chart: Chart) -> Episode:
    return db.session.get_one(Episode, chart.episode_id)


def _patient_id(chart: Chart) -> uuid.UUID:
    if chart.patient_id is None:
        raise LookupError("nothing can be done for somebody who was never referred")
    return chart.patient_id


def _place(name: str, who: str, chart: Chart) -> TeamPlace:
    if who.startswith(_NAMED):
        return TeamPlace(role=name, name=who.removeprefix(_NAMED))
    return TeamPlace(role=name, user_id=chart.team[name].id)
