"""What is known of patients once somebody has looked at all that may need attention: for lists that show it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select

from registry import clock
from registry.alerts.clinic_numbers import NumbersInForce, numbers_at
from registry.alerts.last_safety import last_safety
from registry.alerts.life_facts import Setback
from registry.alerts.loading.cases import Person, episode_facts, load_people, tracked_measures
from registry.alerts.loading.safety import is_still_so
from registry.alerts.models import Alert
from registry.alerts.next_due import due_days, measure_days
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.health import yearly_until
from registry.alerts.rulebook.whereabouts import whereabouts
from registry.alerts.signals import LookedAt
from registry.alerts.snapshot import CaseSnapshot
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.episodes.models import Episode
from registry.extensions import db
from registry.measurements.tracked import TrackedScale
from registry.measures.course import Course
from registry.patients.models import Patient

_DIED_ON = select(Patient.id, Patient.died_on).where(among(Patient.id, "patient_ids"))
_ALERTS = (
    select(Alert)
    .where(among(Alert.patient_id, "patient_ids"), or_(Alert.closed_at.is_(None), Alert.is_safety))
    .order_by(Alert.since, Alert.opened_at, Alert.id)
)


def look(patient_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, LookedAt]:
    """What a look at the patients reads; nothing is worked out anew, and nothing stored."""
    about = {"patient_ids": list(patient_ids)}
    died_on = {row.id: row.died_on for row in db.session.execute(_DIED_ON, about)}
    alerts = by_patient(db.session.scalars(_ALERTS, about))
    people, numbers, now = load_people(died_on, {}), NumbersInForce(), clock.now()
    return {
        patient_id: told(person, alerts.get(patient_id, ()), numbers, now=now) for patient_id, person in people.items()
    }


def told(person: Person, alerts: Sequence[Alert], numbers: NumbersInForce, *, now: datetime) -> LookedAt:
    """What whoever follows is told of a person. ``alerts`` are those that are open, and any that were closed."""
    asked = [(case, numbers.at(case.clinic.id), case.clinic.today(now)) for case in person.cases]
    return LookedAt(
        open_alerts=[alert for alert in alerts if alert.closed_at is None],
        answered_safety=[
            alert
            for alert in alerts
            if alert.is_safety and alert.closed_by_id is not None and is_still_so(alert, person.safety)
        ],
        contacts=person.history.contacts,
        categories=person.history.categories,
        turns=next((case.snapshot.turns for case in person.cases), ()),
        outcomes=person.history.outcomes,
        scores=person.history.scores,
        safety=last_safety((*person.safety.facts.answers, *person.safety.shown_only)),
        due={case.episode.id: due_days(case.snapshot, in_force, today) for case, in_force, today in asked},
        yearly={case.episode.id: yearly_until(case.snapshot.physical, in_force) for case, in_force, _ in asked},
        away={
            case.episode.id: whereabouts(case.snapshot.setbacks, Clock(today), in_force)
            for case, in_force, today in asked
        },
    )


def measures_due(
    episode: Episode, courses: Mapping[str, tuple[TrackedScale, Course]], *, setbacks: Sequence[Setback], today: date
) -> dict[str, date]:
    """Key of a scale the episode follows → the day it falls due by the clinic's numbers. Nothing during a pause, or a
    stay elsewhere that somebody knows of ``today``.
    """
    case = CaseSnapshot(
        patient_id=str(episode.patient_id),
        episode=episode_facts(episode, courses, None),
        measures=tracked_measures(episode, courses),
        setbacks=tuple(setbacks),
    )
    return measure_days(case, numbers_at(episode.clinic_id), today)
