"""What people do on a day, drawn from the seed of their life: the same seed, person and date do the same.

A deed takes what it finds (the latest measure, the most pressing alert); where there is nothing, nothing happens.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select

from registry import clock
from registry.accounts.models import User
from registry.alerts import actions as alerts
from registry.alerts.models import CARE_OUTCOMES, TIERS, Alert
from registry.alerts.opening_hours import read_hours
from registry.alerts.response_times import again_choices, longest_snooze
from registry.alerts.rulebook import Tier
from registry.contacts import actions as contacts
from registry.contacts.facts import ContactFacts
from registry.contacts.models import Contact
from registry.contacts.rules import DANGERS
from registry.db.transaction import end_read
from registry.episodes import actions as episodes
from registry.episodes.errors import Refused
from registry.episodes.facts import TargetWish, TeamPlace, Tracking
from registry.episodes.models import Episode
from registry.episodes.queries import get_open_episode
from registry.episodes.rules import may_follow
from registry.extensions import db
from registry.measurements import actions as measurements
from registry.measurements.models import Measurement
from registry.measures.answers import DECLINED
from registry.patients.models import Patient
from registry.review import actions as reviews
from registry.review.models import Recommendation
from tests import builders
from tests.timetravel.life import Life, Moment, Place, Someone, local_days

_BUSY = 0.2
"""How often somebody does something about a person of a clinic on one day."""
_ANSWERED = 0.95
"""How often an urgent alert is answered on a day."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a deed is done, to whom, and by chance."""

    chance: Random
    person: Someone
    place: Place

    @property
    def patient(self) -> Patient:
        return db.session.get_one(Patient, self.person.patient_id)

    @property
    def by(self) -> User:
        """A care manager of the clinic."""
        return db.session.get_one(User, self.place.care_managers[0])

    @property
    def psychiatrist(self) -> User:
        return db.session.get_one(User, self.place.psychiatrist)

    @property
    def episode(self) -> Episode | None:
        return get_open_episode(self.person.patient_id, self.place.clinic_id)

    def day(self, *, most: int = 6) -> date:
        """Today, or a few days ago: paper is typed late."""
        return self.place.today() - timedelta(days=self.chance.choice((0, 0, 0, 1, self.chance.randrange(most + 1))))


Deed = Callable[[Stage], object]


def deeds(life: Life, day: date, *, about_alerts: bool = True) -> Iterator[Moment]:
    """What is done within the UTC ``day``. Without ``about_alerts`` nobody touches an alert."""
    in_danger = _urgent(life) if about_alerts else frozenset()
    for place, local_day in local_days(life, day):
        for person in life.people:
            if place not in person.places:
                continue
            chance = Random(f"{life.seed} {person.name} {place.name} {local_day}")
            is_office_hour = chance.random() < 0.9
            wall = time(chance.randrange(9, 17) if is_office_hour else chance.randrange(18, 24), chance.randrange(60))
            at, stage = place.at(local_day, wall), Stage(chance, person, place)
            if at.date() != day:
                continue
            deed = chance.choices(list(_DEEDS), weights=list(_DEEDS.values()))[0] if chance.random() < _BUSY else None
            is_answered = chance.random() < _ANSWERED
            if is_answered and (person.patient_id, place.clinic_id) in in_danger:
                yield Moment(at, partial(answer_alert, stage))
            if deed is not None and (about_alerts or deed not in _ABOUT_ALERTS):
                yield Moment(at, partial(_unless_refused, deed, stage))


def _urgent(life: Life) -> Collection[tuple[uuid.UUID, uuid.UUID]]:
    """Patient and clinic of every urgent alert as the day begins."""
    rows = db.session.execute(
        select(Alert.patient_id, Alert.clinic_id).where(
            Alert.patient_id.in_(life.patient_ids), Alert.closed_at.is_(None), Alert.tier == Tier.URGENT
        )
    ).all()
    end_read()
    return {(row.patient_id, row.clinic_id) for row in rows}


def _unless_refused(deed: Deed, stage: Stage) -> None:
    with suppress(Refused):  # what the form would have refused as well
        deed(stage)


def open_alerts(stage: Stage) -> Sequence[Alert]:
    """The person's open alerts at this clinic, most pressing first, in an order that is the same in every life."""
    rows = db.session.scalars(
        select(Alert).where(
            Alert.patient_id == stage.person.patient_id,
            Alert.clinic_id == stage.place.clinic_id,
            Alert.closed_at.is_(None),
        )
    )
    return sorted(rows, key=lambda alert: (TIERS.index(alert.tier), alert.rule, alert.since))


# Measures


def give_phq9(stage: Stage) -> None:
    chance = stage.chance
    content: dict[str, Any] = {"answers": {str(item): chance.randrange(4) for item in range(1, 9)}}
    content["answers"]["9"] = chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 2, None, DECLINED))
    if chance.random() < 0.1:
        content = {"total_only": chance.randrange(28)}
    taken_on = stage.place.today() - timedelta(days=20) if chance.random() < 0.05 else stage.day()
    _give(stage, "phq-9", taken_on=taken_on, as_draft=chance.random() < 0.1, **content)


def give_asrm(stage: Stage) -> None:
    highest = stage.chance.choice((1, 2, 4))
    _give(stage, "asrm", answers={str(item): stage.chance.randrange(highest + 1) for item in range(1, 6)})


def ask_about_work(stage: Stage) -> None:
    _give(stage, "employment", answers={"work": stage.chance.choice((1, 1, 8, 9))})


def _give(stage: Stage, instrument: str, *, taken_on: date | None = None, **content: Any) -> None:
    if stage.patient.died_on is not None:
        return
    measurements.record_measurement(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        instrument=instrument,
        taken_on=taken_on or stage.day(),
        mode="self-paper",
        by=stage.by,
        **content,
    )


def _latest_measure(stage: Stage, status: str) -> Measurement | None:
    return db.session.scalars(
        select(Measurement)
        .where(
            Measurement.patient_id == stage.person.patient_id,
            Measurement.clinic_id == stage.place.clinic_id,
            Measurement.instrument == "phq-9",
            Measurement.status == status,
        )
        .order_by(Measurement.recorded_at.desc())
        .limit(1)
    ).one_or_none()


def correct_measure(stage: Stage) -> None:
    row = _latest_measure(stage, "final")
    if row is not None and stage.patient.died_on is None:
        answers = {str(item): stage.chance.randrange(4) for item in range(1, 9)}
        answers["9"] = stage.chance.choice((0, 0, 1, 2))
        measurements.correct_measurement(
            measurement=row, why="Misread", by=stage.by, taken_on=row.taken_on, mode="self-paper", answers=answers
        )


def withdraw_measure(stage: Stage) -> None:
    row = _latest_measure(stage, "final")
    if row is not None:
        measurements.mark_entered_in_error(measurement=row, why="Another person's form", by=stage.by)


def finish_draft(stage: Stage) -> None:
    row = _latest_measure(stage, "draft")
    if row is not None:
        measurements.finish_draft(
            draft=row, by=stage.by, taken_on=row.taken_on, mode=row.mode, answers={**(row.answers or {}), "9": 0}
        )


# Contacts and dangers


def contact(stage: Stage) -> None:
    chance = stage.chance
    kind, reached = chance.choice(
        (*[("treatment", True)] * 5, ("treatment", False), ("no-show", False), ("outreach", False), ("message", False))
    )
    _met(stage, kind, reached=reached)


def seen_elsewhere(stage: Stage) -> None:
    _met(stage, "seen-elsewhere", reached=True)


def _met(stage: Stage, kind: str, *, reached: bool) -> None:
    contacts.record_contact(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        facts=ContactFacts(took_place_on=stage.day(), kind=kind, modality="phone", reached=reached),
        by=stage.by,
    )


def withdraw_contact(stage: Stage) -> None:
    row = db.session.scalars(
        select(Contact)
        .where(
            Contact.patient_id == stage.person.patient_id,
            Contact.clinic_id == stage.place.clinic_id,
            Contact.status == "final",
        )
        .order_by(Contact.recorded_at.desc())
        .limit(1)
    ).one_or_none()
    if row is not None:
        contacts.mark_entered_in_error(contact=row, why="Another person", opened_version=row.version, by=stage.by)


def report_danger(stage: Stage) -> None:
    contacts.report_danger(
        patient_id=stage.person.patient_id,
        clinic_id=stage.place.clinic_id,
        kind=stage.chance.choice(list(DANGERS)),
        reported_on=stage.day(),
        said_by="the residence",
        words="Not seen since yesterday",
        by=stage.by,
    )


# Episodes


def move_on(stage: Stage) -> None:
    """To another phase; back into care where there is no open episode."""
    episode, chance = stage.episode, stage.chance
    if episode is None:
        come_back(stage)
        return
    phase = chance.choice(sorted(may_follow(episode.phase) - {"ended"}) or ["active"])
    if phase == "paused":
        pause(stage)
    else:
        episodes.change_phase(episode=episode, phase=phase, on=stage.place.today(), why="Agreed", by=stage.by)


def pause(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        until = stage.place.today() + timedelta(days=stage.chance.randrange(5, 60))
        today = stage.place.today()
        episodes.change_phase(episode=episode, phase="paused", on=today, why="Away", paused_until=until, by=stage.by)


def end(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        episodes.end_episode(episode=episode, reason="withdrew", on=stage.place.today(), by=stage.by)


def come_back(stage: Stage) -> None:
    if stage.episode is None and stage.patient.died_on is None:
        builders.an_episode(
            patient=stage.patient,
            clinic=stage.place.clinic,
            enrolled_on=stage.place.today(),
            tracked=("phq-9:total",),
            care_manager=stage.by,
            consultant=stage.psychiatrist,
        )


def die(stage: Stage) -> None:
    """Or turn out to be alive."""
    if stage.patient.died_on is None:
        today = stage.place.today()
        episodes.record_death(patient=stage.patient, died_on=today, today=today, by=stage.by)
    else:
        episodes.withdraw_death(patient=stage.patient, why="Another person of that name", by=stage.by)


def change_care_manager(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        place = TeamPlace(role="care_manager", user_id=stage.chance.choice((*stage.place.care_managers, None)))
        episodes.change_team(episode=episode, place=place, on=stage.place.today(), why="Rota", by=stage.by)


def change_target(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        wish = TargetWish(scale="phq-9:total", at_most=Decimal(stage.chance.randrange(4, 12)))
        episodes.change_target(episode=episode, wish=wish, on=stage.place.today(), why="Agreed", by=stage.by)


def change_cadence(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        tracking = Tracking(
            scale=stage.chance.choice(("phq-9:total", "asrm:total")), cadence_days=stage.chance.choice((14, 28, 56))
        )
        episodes.track(episode=episode, tracking=tracking, on=stage.place.today(), why="Agreed", by=stage.by)


# Reviews


def review(stage: Stage) -> None:
    chance = stage.chance
    if (episode := stage.episode) is None or episode.enrolled_on is None:
        return
    again = stage.place.today() + timedelta(days=chance.randrange(7, 60)) if chance.random() < 0.4 else None
    kinds = chance.sample(("start", "change-dose", "lab", "therapy", "continue"), k=chance.randrange(3))
    reviews.record_review(
        episode=episode,
        reviewed_on=stage.place.today(),
        minutes=10,
        summary="",
        recommendations=[reviews.Advice(kind=kind, words="As discussed") for kind in kinds],
        look_again_on=again,
        by=stage.psychiatrist,
    )


def follow_advice(stage: Stage) -> None:
    """Decide on the oldest open recommendation, or finish it."""
    row = db.session.scalars(
        select(Recommendation)
        .where(
            Recommendation.patient_id == stage.person.patient_id,
            Recommendation.state.in_(("proposed", "accepted", "ordered")),
        )
        .order_by(Recommendation.proposed_on, Recommendation.position, Recommendation.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return
    if row.state == "proposed":
        state = stage.chance.choice(("accepted", "declined", "ordered"))
        reviews.decide(recommendation=row, state=state, why="Agreed", opened_version=row.version, by=stage.by)
    else:
        reviews.finish(recommendation=row, opened_version=row.version, by=stage.by)


def ask_psychiatrist(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        reviews.ask_question(episode=episode, words="Lithium?", by=stage.by)


# Alerts


def answer_alert(stage: Stage) -> None:
    """Do one of the things a person can do about an alert: mostly about the most pressing."""
    chance = stage.chance
    rows = [alert for alert in open_alerts(stage) if alert.tier != Tier.QUEUE]
    if not rows:
        return
    alert = rows[0] if chance.random() < 0.7 else chance.choice(rows)
    act = chance.choice((_acknowledge, _not_reached, _snooze, _snooze, _close, _close, _close))
    act(stage, alert)


def _acknowledge(stage: Stage, alert: Alert) -> None:
    alerts.acknowledge(alert=alert, by=stage.by)


def _not_reached(stage: Stage, alert: Alert) -> None:
    clinic = stage.place.clinic
    choices = again_choices(clock.now(), read_hours(clinic.opening_hours), clinic.zone)
    again = choices[stage.chance.choice(sorted(choices))]
    if again > clock.now():
        alerts.act(alert=alert, words="No answer", outcome="not-reached", try_again_by=again, by=stage.by)


def _snooze(stage: Stage, alert: Alert) -> None:
    if (longest := longest_snooze(Tier(alert.tier))) > 0:
        until = stage.place.today() + timedelta(days=stage.chance.randrange(1, longest + 1))
        alerts.snooze(alert=alert, until=until, reason="Comes next week", by=stage.by)


def _close(stage: Stage, alert: Alert) -> None:
    outcome = "contacted-safe" if alert.is_safety else stage.chance.choice(CARE_OUTCOMES)
    alerts.close(alert=alert, outcome=outcome, words="Spoke with them", by=stage.by)


_ABOUT_ALERTS = frozenset({answer_alert})
_DEEDS: Mapping[Deed, float] = {
    give_phq9: 8,
    give_asrm: 3,
    ask_about_work: 2,
    correct_measure: 2,
    withdraw_measure: 1,
    finish_draft: 1,
    contact: 7,
    seen_elsewhere: 1,
    withdraw_contact: 1,
    report_danger: 0.7,
    move_on: 2,
    pause: 1,
    end: 0.5,
    come_back: 3,
    die: 0.3,
    change_care_manager: 1,
    change_target: 1,
    change_cadence: 1,
    review: 3,
    follow_advice: 4,
    ask_psychiatrist: 1,
    answer_alert: 6,
}
"""What is done, and how often in comparison."""
