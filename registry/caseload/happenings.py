"""What stands on the timeline of a person: every dated fact of every table that holds one.

A feature adds its own by one line in ``SOURCES``, and one in ``presenters.happenings`` that words it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, null
from sqlalchemy.orm import joinedload, selectinload

from registry.alerts.models import Alert
from registry.contacts.models import Contact, DangerReport
from registry.episodes.models import (
    Consent,
    EpisodeCondition,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    TreatmentTarget,
)
from registry.health.models import LifeEvent
from registry.measurements.models import Measurement
from registry.plans.models import Goal, PlanVersion
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.treatment.models import Injection, TrialStep

KINDS: Mapping[str, str] = {
    "measures": "Measures",
    "contacts": "Contacts",
    "danger": "Danger reports",
    "reviews": "Reviews",
    "advice": "Recommendations",
    "treatment": "Treatment",
    "plans": "Goals and plans",
    "life": "Life events",
    "alerts": "Alerts",
    "phases": "Phases",
    "team": "Team",
    "consent": "Consent",
    "focus": "Conditions and targets",
}
"""The kinds a reader may choose among, in their order."""


@dataclass(frozen=True, slots=True)
class Stored:
    """When a fact was stored, and by whom: what is new to somebody is told by this, never by the date of service."""

    at: ColumnElement[Any]
    by: ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Source:
    """One dated column of a table; every value in it is an entry."""

    name: str
    """What the entry is worded by."""
    kind: str
    table: type[Any]
    on: ColumnElement[Any]
    """The local date of service."""
    stored: Stored | None = None
    """None where that is not known, or where a fact is a conclusion: alerts have a worklist of their own."""
    loaded: Sequence[Any] = ()


def _source(name: str, kind: str, on: Any, at: Any = None, by: Any = None, *, loaded: Sequence[Any] = ()) -> Source:
    stored = None if at is None else Stored(at, by)
    return Source(name, kind, on.class_, on, stored, loaded)


_measured_at = case(
    (Measurement.status == "draft", null()),
    (Measurement.status == "entered-in-error", Measurement.voided_at),
    else_=func.coalesce(Measurement.finished_at, Measurement.recorded_at),
)
"""A draft is no news before it is finished; that a measure was withdrawn is."""
_measured_by = case(
    (Measurement.status == "entered-in-error", Measurement.voided_by_id), else_=Measurement.recorded_by_id
)

_reported_at = func.coalesce(DangerReport.voided_at, DangerReport.recorded_at)
"""That a report was withdrawn is news."""
_reported_by = func.coalesce(DangerReport.voided_by_id, DangerReport.recorded_by_id)

_ADVICE = (joinedload(Recommendation.decided_by), joinedload(Recommendation.done_by))
_HOLDER = (joinedload(TeamMember.user),)

SOURCES: Sequence[Source] = (
    _source(
        "measurement",
        "measures",
        Measurement.taken_on,
        _measured_at,
        _measured_by,
        loaded=(selectinload(Measurement.scores),),
    ),
    _source(
        "contact",
        "contacts",
        Contact.took_place_on,
        Contact.recorded_at,
        Contact.recorded_by_id,
        loaded=(joinedload(Contact.staff),),
    ),
    _source("danger", "danger", DangerReport.reported_on, _reported_at, _reported_by),
    _source(
        "review",
        "reviews",
        Review.reviewed_on,
        Review.recorded_at,
        Review.consultant_id,
        loaded=(joinedload(Review.consultant), selectinload(Review.recommendations)),
    ),
    _source("question", "reviews", ReviewQuestion.asked_on, ReviewQuestion.asked_at, ReviewQuestion.asked_by_id),
    _source(
        "decided",
        "advice",
        Recommendation.decided_on,
        Recommendation.decided_at,
        Recommendation.decided_by_id,
        loaded=_ADVICE,
    ),
    _source(
        "done", "advice", Recommendation.done_on, Recommendation.done_at, Recommendation.done_by_id, loaded=_ADVICE
    ),
    _source(
        "treated",
        "treatment",
        TrialStep.happened_on,
        TrialStep.recorded_at,
        TrialStep.recorded_by_id,
        loaded=(joinedload(TrialStep.trial), joinedload(TrialStep.recorded_by)),
    ),
    _source(
        "injected",
        "treatment",
        Injection.happened_on,
        Injection.recorded_at,
        Injection.recorded_by_id,
        loaded=(joinedload(Injection.trial), joinedload(Injection.recorded_by)),
    ),
    _source("goal", "plans", Goal.set_on, Goal.recorded_at, Goal.recorded_by_id),
    _source(
        "planned",
        "plans",
        PlanVersion.written_on,
        PlanVersion.recorded_at,
        PlanVersion.recorded_by_id,
        loaded=(joinedload(PlanVersion.recorded_by),),
    ),
    _source("life", "life", LifeEvent.starts_on, LifeEvent.recorded_at, LifeEvent.recorded_by_id),
    _source("stay-ended", "life", LifeEvent.ends_on, LifeEvent.ended_at, LifeEvent.ended_by_id),
    _source("alert", "alerts", Alert.since),
    _source("phase", "phases", PhaseSpell.starts_on, PhaseSpell.set_at, PhaseSpell.set_by_id),
    _source("joined", "team", TeamMember.starts_on, TeamMember.set_at, TeamMember.set_by_id, loaded=_HOLDER),
    _source("left", "team", TeamMember.ends_on, TeamMember.ended_at, TeamMember.ended_by_id, loaded=_HOLDER),
    _source("consented", "consent", Consent.given_on),
    _source("consent-revoked", "consent", Consent.revoked_on),
    _source("condition", "focus", EpisodeCondition.starts_on, EpisodeCondition.set_at, EpisodeCondition.set_by_id),
    _source(
        "condition-ended", "focus", EpisodeCondition.ends_on, EpisodeCondition.ended_at, EpisodeCondition.ended_by_id
    ),
    _source("followed", "focus", TrackedMeasure.starts_on, TrackedMeasure.set_at, TrackedMeasure.set_by_id),
    _source("followed-ended", "focus", TrackedMeasure.ends_on, TrackedMeasure.ended_at, TrackedMeasure.ended_by_id),
    _source("target", "focus", TreatmentTarget.starts_on, TreatmentTarget.set_at, TreatmentTarget.set_by_id),
    _source("target-ended", "focus", TreatmentTarget.ends_on, TreatmentTarget.ended_at, TreatmentTarget.ended_by_id),
)
"""Every dated fact, in the order in which those of one day are told."""


def sources_of(kinds: frozenset[str]) -> tuple[Source, ...]:
    """The sources of these kinds; all of them where no kind is named."""
    return tuple(source for source in SOURCES if not kinds or source.kind in kinds)
