"""What the one-page summary of a person is made of, read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry.alerts.models import Alert
from registry.alerts.queries import list_open_alerts
from registry.caseload.record import EpisodeRecord, last_safety_measurements, load_record
from registry.episodes.models import Consent, Episode, EpisodeCondition
from registry.episodes.queries import get_consent, list_parts
from registry.life.models import LifeEvent
from registry.life.queries import list_events
from registry.measurements.models import Measurement
from registry.patients.models import AdvanceDirective, ContactPoint, LegalStatus, Patient, PayerPeriod, RelatedPerson
from registry.patients.queries import get_directive, get_legal_status_in_force, list_payers, list_related_people
from registry.physical.models import Observation
from registry.physical.queries import list_observations
from registry.plans.models import Goal, PlanVersion
from registry.plans.queries import list_goals, list_versions
from registry.treatment.queries import TrialRecord, list_records


class Reading(StrEnum):
    """Whom the summary is for."""

    TEAM = "team"
    """The next team: everything somebody would otherwise have to ask again."""
    PERSON = "person"
    """The person themselves: plain words, and nothing that was written about them for colleagues."""


@dataclass(frozen=True, slots=True)
class Around:
    """What belongs to the person and their life, at whichever clinic it was written down."""

    payers: Sequence[PayerPeriod]
    """Every period of every payer, the latest first."""
    reach: Sequence[ContactPoint]
    """The ways to reach them that hold."""
    related: Sequence[RelatedPerson]
    """Everybody around the person, former ones too."""
    legal: LegalStatus | None
    """The status that holds, also past the day its order expired."""
    directive: AdvanceDirective | None
    trials: Sequence[TrialRecord]
    """Every treatment with its whole history, in every state."""
    goals: Sequence[Goal]
    """Those being worked on."""
    plans: Sequence[PlanVersion]
    """Every version of both plans."""
    life_events: Sequence[LifeEvent]
    observations: Sequence[Observation]
    """Newest first, in every state."""
    """Those that stand, newest first."""


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """One person, the episode the summary is of, and what belongs to the person whatever the episode."""

    patient: Patient
    around: Around
    record: EpisodeRecord | None
    """None for somebody who was never referred."""
    conditions: Sequence[EpisodeCondition]
    other_episodes: Sequence[Episode]
    safety_measurements: Sequence[Measurement]
    safety_alert: Alert | None
    consent: Consent | None = None
    """The last one of the episode, given or taken back."""


def load_summary(patient: Patient, episode: Episode | None, *, others: Sequence[Episode]) -> SummaryFacts:
    """Everything both readings show."""
    if episode is None:
        return SummaryFacts(
            patient=patient,
            around=_around(patient, None),
            record=None,
            conditions=(),
            other_episodes=others,
            safety_measurements=last_safety_measurements(patient.id),
            safety_alert=_safety(list_open_alerts(patient.id)),
        )
    record = load_record(episode)
    return SummaryFacts(
        patient=patient,
        around=_around(patient, record),
        record=record,
        conditions=[row for row in list_parts(EpisodeCondition, episode.id) if row.ends_on in (None, episode.ended_on)],
        other_episodes=others,
        safety_measurements=record.safety_measurements,
        safety_alert=_safety(record.alerts),
        consent=get_consent(episode.id),
    )


def _around(patient: Patient, record: EpisodeRecord | None) -> Around:
    return Around(
        payers=list_payers(patient.id),
        reach=[each for each in patient.contact_points if each.ended_at is None],
        related=list_related_people(patient.id),
        legal=get_legal_status_in_force(patient.id),
        directive=get_directive(patient.id),
        trials=list_records(patient.id),
        goals=list_goals(patient.id, only_open=True) if record is None else record.goals,
        plans=list_versions(patient.id),
        life_events=list_events(patient.id, only_standing=True) if record is None else record.life_events,
        observations=list_observations(patient.id),
    )


def _safety(alerts: Sequence[Alert]) -> Alert | None:
    return next((alert for alert in alerts if alert.is_safety), None)
