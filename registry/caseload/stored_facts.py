"""What is stored about patients, as far as the caseload shows it, read in a fixed number of statements."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import and_, or_, select

from registry.access.reading import Read, ReadTogether
from registry.alerts.last_safety import LastSafety
from registry.alerts.life_facts import Whereabouts
from registry.alerts.loading.care import Sighting
from registry.alerts.look import look
from registry.alerts.models import Alert
from registry.alerts.signals import LookedAt
from registry.caseload.circumstances import in_order
from registry.caseload.columns import Columns
from registry.contacts.rules import is_failed_attempt, is_two_way
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.db.together import Together
from registry.db.word import word, words
from registry.episodes.models import (
    Consent,
    Episode,
    EpisodeCondition,
    TeamMember,
    TrackedMeasure,
    Transfer,
    TreatmentCourse,
    TreatmentTarget,
)
from registry.measurements.instruments import catalogue
from registry.measurements.models import StandingRow
from registry.measures.categories import DatedCategory
from registry.measures.course import DatedScore
from registry.measures.mania import Reported
from registry.patients.models import Patient
from registry.plans.queries import PLANS, PlanDates, safety_plans
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.queries import is_open_recommendation
from registry.review.rules import TREATMENT_CHANGES
from registry.treatment.queries import last_step_on

HOUSING, WORK = "housing", "employment"
"""Domains of the instruments whose latest category is shown in a row."""


@dataclass(frozen=True, slots=True)
class ContactHistory:
    """The contacts of one episode: the last two-way one, and the attempts that failed since.

    ``minutes`` are those written down in ``minutes_month``, the last month (its first day) that has any.
    """

    last_two_way_on: date | None = None
    failed_attempts: int = 0
    minutes_month: date | None = None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """Rows about one patient as the database gave them, by what they belong to."""

    episodes: Sequence[Columns]
    scales: Mapping[uuid.UUID, Sequence[Columns]] = field(default_factory=dict)
    """Episode → its tracked scales with cadence, target and stored standing, in the order they are followed."""
    contacts: Sequence[Sighting] = ()
    alerts: Sequence[Alert] = ()
    answered_safety: Sequence[Alert] = ()
    circumstances: Mapping[str, DatedCategory] = field(default_factory=dict)
    """Domain → the latest category ("housing" → "homeless") and its day."""
    outcomes: Mapping[uuid.UUID, Reported] = field(default_factory=dict)
    """Episode → its outcome, of those that have one."""
    scores: Mapping[str, Sequence[DatedScore]] = field(default_factory=dict)
    """Scale → every number that counts, oldest first."""
    safety: LastSafety | None = None
    due: Mapping[uuid.UUID, Mapping[str, date]] = field(default_factory=dict)
    """Open episode → what falls due → the day."""
    yearly: Mapping[uuid.UUID, Mapping[str, date]] = field(default_factory=dict)
    """Open episode → part of the yearly physical check that was ever done → the last day on which that counts."""
    away: Mapping[uuid.UUID, Whereabouts | None] = field(default_factory=dict)
    """Open episode → the stay the person is in."""
    safety_plan: PlanDates | None = None
    """The one in force."""

    def contacts_of(self, episode: Columns) -> ContactHistory:
        """The contacts at the episode's clinic between its dates. Attempts count from the last two-way contact."""
        here = [
            row
            for row in self.contacts
            if row.clinic_id == episode.clinic_id and _is_within(row.took_place_on, episode)
        ]
        two_way = [row.took_place_on for row in here if is_two_way(row.kind, reached=row.reached)]
        last = max(two_way, default=None)
        failed = [
            row.took_place_on
            for row in here
            if is_failed_attempt(row.kind, reached=row.reached) and (last is None or row.took_place_on > last)
        ]
        month, minutes = _minutes(here, since=episode.enrolled_on)
        return ContactHistory(last, len(failed), month, minutes)


def load(
    patient_ids: Collection[uuid.UUID], looked_at: Mapping[uuid.UUID, LookedAt] | None = None
) -> dict[uuid.UUID, StoredFacts]:
    """Everything a row of the caseload is made of, for every episode of each patient.

    One statement where ``looked_at`` has the rest already; else as many more as a look takes.
    """
    read, about = ReadTogether(_TOGETHER, patient_ids, {}), {"patient_ids": list(patient_ids)}
    episodes = by_patient(read(_EPISODES, about))
    if not episodes:
        return {patient_id: StoredFacts(episodes=()) for patient_id in patient_ids}
    scales, plans = _scales(read, about), safety_plans(patient_ids, read)
    looked_at = look(patient_ids) if looked_at is None else looked_at
    return {
        patient_id: _facts(episodes.get(patient_id, ()), scales, plans.get(patient_id), looked_at[patient_id])
        for patient_id in patient_ids
    }


def _facts(
    episodes: Sequence[Columns],
    scales: Mapping[uuid.UUID, Sequence[Columns]],
    safety_plan: PlanDates | None,
    looked_at: LookedAt,
) -> StoredFacts:
    return StoredFacts(
        episodes=episodes,
        scales=scales,
        contacts=looked_at.contacts,
        alerts=looked_at.open_alerts,
        answered_safety=looked_at.answered_safety,
        circumstances=_circumstances(looked_at),
        outcomes=looked_at.outcomes,
        scores=looked_at.scores,
        safety=looked_at.safety,
        due=looked_at.due,
        yearly=looked_at.yearly,
        away=looked_at.away,
        safety_plan=safety_plan,
    )


def _minutes(contacts: Iterable[Sighting], *, since: date | None) -> tuple[date | None, int]:
    """The last month in which minutes were written down, and how many, from enrolment on; of any kind of contact."""
    months: dict[date, int] = defaultdict(int)
    for contact in contacts:
        if contact.minutes is not None and since is not None and contact.took_place_on >= since:
            months[contact.took_place_on.replace(day=1)] += contact.minutes
    last = max(months, default=None)
    return last, 0 if last is None else months[last]


def _is_within(day: date, episode: Columns) -> bool:
    return episode.referred_on <= day and (episode.ended_on is None or day <= episode.ended_on)


def _in_force(table: Any) -> sa.ColumnElement[bool]:
    """Still open, or open when the episode ended."""
    return or_(table.ends_on.is_(None), table.ends_on >= Episode.ended_on)


def _of_the_episode(table: Any) -> sa.ColumnElement[bool]:
    """Names the person too: by the episode alone nothing but the whole table can be read."""
    return and_(table.patient_id == Episode.patient_id, table.episode_id == Episode.id)


def _open_question() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _of_the_episode(ReviewQuestion),
        ReviewQuestion.answered_by_review_id.is_(None),
        ReviewQuestion.withdrawn_at.is_(None),
    )


def _member(role: str) -> sa.ScalarSelect[Any]:
    return (
        select(TeamMember.user_id)
        .where(_of_the_episode(TeamMember), TeamMember.role == word(role), _in_force(TeamMember))
        .order_by(TeamMember.starts_on.desc(), TeamMember.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _consent_withdrawn_on() -> sa.ScalarSelect[Any]:
    return (
        select(Consent.revoked_on)
        .where(_of_the_episode(Consent))
        .order_by(Consent.given_on.desc(), Consent.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _episodes_of_patient() -> sa.Select[*tuple[Any, ...]]:
    of_the_episode = (Review.episode_id == Episode.id, Review.status == word("final"))
    last_review = select(sa.func.max(Review.reviewed_on)).where(*of_the_episode)
    known_until = select(sa.func.max(Review.known_until)).where(*of_the_episode).correlate(Episode)
    declined_on = select(sa.func.min(Recommendation.decided_on)).where(
        Recommendation.episode_id == Episode.id,
        Recommendation.state == "declined",
        Recommendation.decided_at > known_until.scalar_subquery(),
        Recommendation.review_id.in_(select(Review.id).where(*of_the_episode).correlate(Episode)),
    )
    changed_on = select(sa.func.max(Recommendation.done_on)).where(
        Recommendation.episode_id == Episode.id,
        Recommendation.state == word("done"),
        Recommendation.kind.in_(words(sorted(TREATMENT_CHANGES))),
    )
    began_on = select(sa.func.max(TreatmentCourse.starts_on)).where(_of_the_episode(TreatmentCourse))
    sent_from = select(Transfer.episode_id).where(Transfer.received_episode_id == Episode.id).limit(1)
    asked_on = select(sa.func.min(ReviewQuestion.asked_on)).where(*_open_question())
    waiting = select(sa.func.count(Recommendation.id)).where(
        Recommendation.episode_id == Episode.id, is_open_recommendation()
    )
    conditions = select(sa.func.aggregate_strings(EpisodeCondition.condition, ",")).where(
        _of_the_episode(EpisodeCondition), _in_force(EpisodeCondition)
    )
    return (
        select(
            Episode.patient_id,
            Episode.id,
            Episode.clinic_id,
            Episode.phase,
            Episode.referred_on,
            Episode.enrolled_on,
            Episode.ended_on,
            Episode.paused_until,
            Episode.metric_primary,
            Patient.search_name,
            Patient.mrn,
            _consent_withdrawn_on().label("consent_withdrawn_on"),
            last_review.scalar_subquery().label("last_review_on"),
            waiting.scalar_subquery().label("open_recommendations"),
            known_until.scalar_subquery().label("known_until"),
            declined_on.scalar_subquery().label("declined_on"),
            changed_on.scalar_subquery().label("advised_on"),
            last_step_on(Episode.patient_id).label("stepped_on"),
            began_on.scalar_subquery().label("course_began_on"),
            sent_from.scalar_subquery().label("sent_from_id"),
            asked_on.scalar_subquery().label("asked_on"),
            conditions.scalar_subquery().label("conditions"),
            _member("care_manager").label("care_manager_id"),
            _member("consultant").label("consultant_id"),
        )
        .join(Patient, Patient.id == Episode.patient_id)
        .where(among(Episode.patient_id, "patient_ids"))
        .order_by(Episode.referred_on, Episode.id)
    )


# Made once: building a statement costs more than running it.
_EPISODES = _episodes_of_patient()
_SCALES = (
    select(
        TrackedMeasure.patient_id,
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
    )
    .join(Episode, Episode.id == TrackedMeasure.episode_id)
    .outerjoin(
        StandingRow,
        and_(StandingRow.episode_id == TrackedMeasure.episode_id, StandingRow.scale == TrackedMeasure.scale),
    )
    .outerjoin(
        TreatmentTarget,
        and_(
            TreatmentTarget.patient_id == TrackedMeasure.patient_id,
            TreatmentTarget.episode_id == TrackedMeasure.episode_id,
            TreatmentTarget.scale == TrackedMeasure.scale,
            _in_force(TreatmentTarget),
        ),
    )
    .where(among(TrackedMeasure.patient_id, "patient_ids"), _in_force(TrackedMeasure))
    .order_by(
        TrackedMeasure.position,
        TrackedMeasure.starts_on,
        TrackedMeasure.id,
        TreatmentTarget.starts_on,
        TreatmentTarget.id,
    )
)

_TOGETHER = Together(_EPISODES, _SCALES, PLANS)


def _scales(read: Read, about: Mapping[str, Any]) -> Mapping[uuid.UUID, Sequence[Columns]]:
    """By episode, in order of position, each scale once: what was followed last stands."""
    found: dict[uuid.UUID, dict[str, Columns]] = defaultdict(dict)
    for row in read(_SCALES, about):
        found[row.episode_id][row.scale] = row
    return {episode_id: list(scales.values()) for episode_id, scales in found.items()}


def _circumstances(looked_at: LookedAt) -> Mapping[str, DatedCategory]:
    """Domain → what was said of it last."""
    known, measured = catalogue().circumstances, defaultdict(list)
    for scale, category, on in looked_at.categories:
        if scale in known:
            measured[known[scale][0].domain].append(DatedCategory(on, category))
    told = {
        domain: in_order(
            measured[domain], [(turn.on, turn.is_loss) for turn in looked_at.turns if turn.domain == domain]
        )
        for domain in (HOUSING, WORK)
    }
    return {domain: found[-1] for domain, found in told.items() if found}
