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
from registry.measurements.models import Measurement
from registry.patients.models import Patient, PayerPeriod
from registry.patients.queries import list_payers


class Reading(StrEnum):
    """Whom the summary is for."""

    TEAM = "team"
    """The next team: everything somebody would otherwise have to ask again."""
    PERSON = "person"
    """The person themselves: plain words, and nothing that was written about them for colleagues."""


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """One person, the episode the summary is of, and what belongs to the person whatever the episode."""

    patient: Patient
    payers: Sequence[PayerPeriod]
    """Every period of every payer, the latest first."""
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
    payers = list_payers(patient.id)
    if episode is None:
        alerts = list_open_alerts(patient.id)
        return SummaryFacts(patient, payers, None, (), others, last_safety_measurements(patient.id), _safety(alerts))
    record = load_record(episode)
    conditions = list_parts(EpisodeCondition, episode.id)
    return SummaryFacts(
        patient=patient,
        payers=payers,
        record=record,
        conditions=[row for row in conditions if row.ends_on is None or row.ends_on == episode.ended_on],
        other_episodes=others,
        safety_measurements=record.safety_measurements,
        safety_alert=_safety(record.alerts),
        consent=get_consent(episode.id),
    )


def _safety(alerts: Sequence[Alert]) -> Alert | None:
    return next((alert for alert in alerts if alert.is_safety), None)
