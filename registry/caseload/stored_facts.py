"""What is stored about one patient, as far as the caseload shows it, read in a fixed number of statements."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import and_, or_, select

from registry.alerts.models import Alert
from registry.caseload.columns import Columns
from registry.clinics.models import Clinic
from registry.contacts.models import Contact
from registry.contacts.rules import is_failed_attempt, is_seen, is_two_way
from registry.episodes.models import Episode, EpisodeCondition, TeamMember, TrackedMeasure, TreatmentTarget
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import MeasurementScore, StandingRow
from registry.patients.models import Patient
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.queries import is_open_recommendation

HOUSING, WORK = "housing", "employment"
"""Domains of the instruments whose latest category is shown in a row."""


@dataclass(frozen=True, slots=True)
class ContactHistory:
    """The contacts of one episode: the last two-way one, the attempts that failed since, and the last sight of all."""

    last_two_way_on: date | None = None
    last_seen_on: date | None = None
    failed_attempts: int = 0


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """Rows as the database gave them, by what they belong to."""

    episodes: Sequence[Columns]
    scales: Mapping[uuid.UUID, Sequence[Columns]] = field(default_factory=dict)
    """Episode → its tracked scales with cadence, target and stored standing, in the order they are followed."""
    contacts: Sequence[Columns] = ()
    alerts: Sequence[Columns] = ()
    circumstances: Mapping[str, str] = field(default_factory=dict)
    """Domain → the latest category ("housing" → "homeless")."""

    def contacts_of(self, episode: Columns) -> ContactHistory:
        """The contacts at the episode's clinic between its dates. Attempts count from the last two-way contact."""
        of_person = [row for row in self.contacts if _is_within(row.took_place_on, episode)]
        here = [row for row in of_person if row.clinic_id == episode.clinic_id]
        two_way = [row.took_place_on for row in here if is_two_way(row.kind, reached=row.reached)]
        seen = [row.took_place_on for row in of_person if is_seen(row.kind, reached=row.reached)]
        last = max(two_way, default=None)
        failed = [
            row.took_place_on
            for row in here
            if is_failed_attempt(row.kind, reached=row.reached) and (last is None or row.took_place_on > last)
        ]
        return ContactHistory(last, max(seen, default=None), len(failed))


def load(patient_id: uuid.UUID) -> StoredFacts:
    """Everything a row of the caseload is made of, for every episode of the patient. Five statements at most."""
    episodes = _episodes(patient_id)
    if not episodes:
        return StoredFacts(episodes=())
    return StoredFacts(
        episodes=episodes,
        scales=_scales(patient_id),
        contacts=_contacts(patient_id),
        alerts=_alerts(patient_id),
        circumstances=_circumstances(patient_id),
    )


def _is_within(day: date, episode: Columns) -> bool:
    return episode.referred_on <= day and (episode.ended_on is None or day <= episode.ended_on)


def _in_force(table: Any) -> sa.ColumnElement[bool]:
    """Still open, or open when the episode ended."""
    return or_(table.ends_on.is_(None), table.ends_on >= Episode.ended_on)


def _episodes(patient_id: uuid.UUID) -> Sequence[Columns]:
    last_review = select(sa.func.max(Review.reviewed_on)).where(Review.episode_id == Episode.id)
    waiting = select(sa.func.count(Recommendation.id)).where(
        Recommendation.episode_id == Episode.id, is_open_recommendation()
    )
    question = (
        select(ReviewQuestion.id)
        .where(
            ReviewQuestion.episode_id == Episode.id,
            ReviewQuestion.answered_by_review_id.is_(None),
            ReviewQuestion.withdrawn_at.is_(None),
        )
        .exists()
    )
    conditions = select(sa.func.aggregate_strings(EpisodeCondition.condition, ",")).where(
        EpisodeCondition.episode_id == Episode.id, _in_force(EpisodeCondition)
    )
    return db.session.execute(
        select(
            Episode.id,
            Episode.clinic_id,
            Episode.phase,
            Episode.referred_on,
            Episode.enrolled_on,
            Episode.ended_on,
            Episode.metric_primary,
            Patient.search_name,
            Patient.mrn,
            Clinic.time_zone,
            last_review.scalar_subquery().label("last_review_on"),
            waiting.scalar_subquery().label("open_recommendations"),
            question.label("has_question"),
            conditions.scalar_subquery().label("conditions"),
            _member("care_manager").label("care_manager_id"),
            _member("consultant").label("consultant_id"),
        )
        .join(Patient, Patient.id == Episode.patient_id)
        .join(Clinic, Clinic.id == Episode.clinic_id)
        .where(Episode.patient_id == patient_id)
        .order_by(Episode.referred_on)
    ).all()


def _member(role: str) -> sa.ScalarSelect[Any]:
    return (
        select(TeamMember.user_id)
        .where(TeamMember.episode_id == Episode.id, TeamMember.role == role, _in_force(TeamMember))
        .order_by(TeamMember.starts_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def _scales(patient_id: uuid.UUID) -> Mapping[uuid.UUID, Sequence[Columns]]:
    """In order of position, each scale once: what was followed last stands."""
    rows = db.session.execute(
        select(
            TrackedMeasure.episode_id,
            TrackedMeasure.scale,
            TrackedMeasure.cadence_days,
            TreatmentTarget.at_most,
            TreatmentTarget.at_least,
            StandingRow.standing,
            StandingRow.baseline_on,
            StandingRow.baseline_value,
            StandingRow.baseline_elevated,
            StandingRow.latest_on,
            StandingRow.latest_value,
            StandingRow.percent,
            StandingRow.responded,
        )
        .join(Episode, Episode.id == TrackedMeasure.episode_id)
        .outerjoin(
            StandingRow,
            and_(StandingRow.episode_id == TrackedMeasure.episode_id, StandingRow.scale == TrackedMeasure.scale),
        )
        .outerjoin(
            TreatmentTarget,
            and_(
                TreatmentTarget.episode_id == TrackedMeasure.episode_id,
                TreatmentTarget.scale == TrackedMeasure.scale,
                _in_force(TreatmentTarget),
            ),
        )
        .where(TrackedMeasure.patient_id == patient_id, _in_force(TrackedMeasure))
        .order_by(TrackedMeasure.position, TrackedMeasure.starts_on, TreatmentTarget.starts_on)
    ).all()
    found: dict[uuid.UUID, dict[str, Columns]] = defaultdict(dict)
    for row in rows:
        found[row.episode_id][row.scale] = row
    return {episode_id: list(scales.values()) for episode_id, scales in found.items()}


def _contacts(patient_id: uuid.UUID) -> Sequence[Columns]:
    return db.session.execute(
        select(Contact.clinic_id, Contact.took_place_on, Contact.kind, Contact.reached).where(
            Contact.patient_id == patient_id, Contact.status == "final"
        )
    ).all()


def _alerts(patient_id: uuid.UUID) -> Sequence[Columns]:
    return db.session.execute(
        select(
            Alert.id,
            Alert.episode_id,
            Alert.rule,
            Alert.tier,
            Alert.sentence,
            Alert.evidence,
            Alert.since,
            Alert.state,
            Alert.snoozed_until,
            Alert.is_safety,
        )
        .where(Alert.patient_id == patient_id, Alert.closed_at.is_(None))
        .order_by(Alert.since, Alert.opened_at)
    ).all()


def _circumstances(patient_id: uuid.UUID) -> Mapping[str, str]:
    domains = {
        instrument.scale_key(scale): instrument.domain
        for instrument in catalogue()
        if instrument.domain in (HOUSING, WORK)
        for scale in instrument.scales
        if not scale.has_total
    }
    if not domains:
        return {}
    rows = db.session.execute(
        select(MeasurementScore.scale, MeasurementScore.category)
        .where(
            MeasurementScore.patient_id == patient_id,
            MeasurementScore.scale.in_(sorted(domains)),
            MeasurementScore.counts,
            MeasurementScore.category.is_not(None),
        )
        .order_by(MeasurementScore.taken_on, MeasurementScore.id)
    )
    return {domains[scale]: category for scale, category in rows if category is not None}
