"""What stands on the timeline of a person: every dated fact of every table that holds one.

A feature adds its own by one line in ``SOURCES``, and one in ``presenters.happenings`` that words it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, null, or_, select
from sqlalchemy.orm import joinedload, selectinload

from registry.alerts.models import Alert
from registry.contacts.models import Contact, DangerReport
from registry.episodes.models import (
    Consent,
    EpisodeCondition,
    OtherTeam,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    Transfer,
    TreatmentTarget,
)
from registry.life.models import LifeEvent
from registry.measurements.models import Measurement
from registry.patients.models import AdvanceDirective, ContactPoint, LegalStatus, PayerPeriod, RelatedPerson
from registry.physical.models import Observation
from registry.plans.models import Goal, GoalRating, PlanVersion
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.tasks.models import Task
from registry.treatment.models import AdherenceCheck, Injection, TreatmentTrial, TrialStep

KINDS: Mapping[str, str] = {
    "measures": "Measures",
    "contacts": "Contacts",
    "danger": "Danger reports",
    "reviews": "Reviews",
    "advice": "Recommendations",
    "treatment": "Treatment",
    "physical": "Health",
    "plans": "Goals and plans",
    "life": "Life events",
    "alerts": "Alerts",
    "phases": "Phases and transfers",
    "team": "Teams",
    "consent": "Consent",
    "focus": "Conditions and targets",
    "people": "People around",
    "reach": "Reach and payers",
    "legal": "Legal status",
    "tasks": "Tasks",
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


def _last_word(table: type[Any], *, also: Any = ()) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """When and by whom a row was stored, or, where it was struck through since, that; ``also`` another such instant
    and who it was."""
    pairs = [(table.withdrawn_at, table.withdrawn_by_id), *also]
    return (
        func.coalesce(*(at for at, _ in pairs), table.recorded_at),
        case(*((at.is_not(None), by) for at, by in pairs), else_=table.recorded_by_id),
    )


def _of_withdrawn_trial(column: Any) -> ColumnElement[Any]:
    """Of the start of a treatment that was struck through as a whole."""
    return (
        select(column)
        .where(TreatmentTrial.id == TrialStep.trial_id, TrialStep.kind == "start")
        .correlate(TrialStep)
        .scalar_subquery()
    )


_trial_withdrawn = tuple(map(_of_withdrawn_trial, (TreatmentTrial.withdrawn_at, TreatmentTrial.withdrawn_by_id)))

_legal_set_at = case((or_(LegalStatus.ended_on.is_(None), LegalStatus.error_why != ""), LegalStatus.changed_at))
"""What was changed last of one that is over was its end."""

_reach_set_at = case((ContactPoint.ended_at.is_(None), ContactPoint.changed_at))
_payer_set_at = case((PayerPeriod.ends_on.is_(None), PayerPeriod.changed_at))

_asked_at = func.coalesce(Task.changed_at, Task.sent_at)
_answered_by = case((Task.state == "withdrawn", Task.from_id), else_=Task.to_id)

_ADVICE = (joinedload(Recommendation.decided_by), joinedload(Recommendation.done_by))
_HOLDER = (joinedload(TeamMember.user),)
_CLINICS = (joinedload(Transfer.from_clinic), joinedload(Transfer.to_clinic))
_COLLEAGUES = (joinedload(Task.sender), joinedload(Task.recipient))

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
        *_last_word(Contact),
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
        *_last_word(TrialStep, also=[_trial_withdrawn]),
        loaded=(joinedload(TrialStep.trial), joinedload(TrialStep.recorded_by)),
    ),
    _source(
        "injected",
        "treatment",
        Injection.happened_on,
        *_last_word(Injection),
        loaded=(joinedload(Injection.trial), joinedload(Injection.recorded_by)),
    ),
    _source(
        "adherence",
        "treatment",
        AdherenceCheck.happened_on,
        *_last_word(AdherenceCheck),
        loaded=(joinedload(AdherenceCheck.trial), joinedload(AdherenceCheck.recorded_by)),
    ),
    _source("observed", "physical", Observation.taken_on, *_last_word(Observation)),
    _source("goal", "plans", Goal.set_on, Goal.recorded_at, Goal.recorded_by_id),
    _source(
        "rated",
        "plans",
        GoalRating.rated_on,
        *_last_word(GoalRating),
        loaded=(joinedload(GoalRating.goal),),
    ),
    _source(
        "planned",
        "plans",
        PlanVersion.written_on,
        *_last_word(PlanVersion),
        loaded=(joinedload(PlanVersion.recorded_by),),
    ),
    _source("life", "life", LifeEvent.starts_on, *_last_word(LifeEvent)),
    _source("stay-ended", "life", LifeEvent.ends_on, LifeEvent.ended_at, LifeEvent.ended_by_id),
    _source("alert", "alerts", Alert.since),
    _source("phase", "phases", PhaseSpell.starts_on, PhaseSpell.set_at, PhaseSpell.set_by_id),
    _source(
        "transfer-proposed",
        "phases",
        Transfer.proposed_on,
        Transfer.proposed_at,
        Transfer.proposed_by_id,
        loaded=_CLINICS,
    ),
    _source(
        "transfer-answered",
        "phases",
        Transfer.answered_on,
        Transfer.answered_at,
        Transfer.answered_by_id,
        loaded=_CLINICS,
    ),
    _source(
        "transfer-completed",
        "phases",
        Transfer.completed_on,
        Transfer.completed_at,
        Transfer.completed_by_id,
        loaded=_CLINICS,
    ),
    _source("joined", "team", TeamMember.starts_on, TeamMember.set_at, TeamMember.set_by_id, loaded=_HOLDER),
    _source("left", "team", TeamMember.ends_on, TeamMember.ended_at, TeamMember.ended_by_id, loaded=_HOLDER),
    _source("other-team", "team", OtherTeam.starts_on, OtherTeam.set_at, OtherTeam.set_by_id),
    _source("other-team-left", "team", OtherTeam.ends_on, OtherTeam.ended_at, OtherTeam.ended_by_id),
    _source("consented", "consent", Consent.given_on, Consent.set_at, Consent.set_by_id),
    _source("consent-revoked", "consent", Consent.revoked_on, Consent.revoked_at, Consent.revoked_by_id),
    _source("condition", "focus", EpisodeCondition.starts_on, EpisodeCondition.set_at, EpisodeCondition.set_by_id),
    _source(
        "condition-ended", "focus", EpisodeCondition.ends_on, EpisodeCondition.ended_at, EpisodeCondition.ended_by_id
    ),
    _source("followed", "focus", TrackedMeasure.starts_on, TrackedMeasure.set_at, TrackedMeasure.set_by_id),
    _source("followed-ended", "focus", TrackedMeasure.ends_on, TrackedMeasure.ended_at, TrackedMeasure.ended_by_id),
    _source("target", "focus", TreatmentTarget.starts_on, TreatmentTarget.set_at, TreatmentTarget.set_by_id),
    _source("target-ended", "focus", TreatmentTarget.ends_on, TreatmentTarget.ended_at, TreatmentTarget.ended_by_id),
    _source("related", "people", RelatedPerson.starts_on, RelatedPerson.changed_at, RelatedPerson.changed_by_id),
    _source("related-ended", "people", RelatedPerson.ends_on),
    _source("release-ended", "people", RelatedPerson.release_until),
    _source("reach", "reach", ContactPoint.added_on, _reach_set_at, ContactPoint.changed_by_id),
    _source("reach-ended", "reach", ContactPoint.ended_on, ContactPoint.ended_at, ContactPoint.changed_by_id),
    _source("payer", "reach", PayerPeriod.starts_on, _payer_set_at, PayerPeriod.changed_by_id),
    _source("payer-ended", "reach", PayerPeriod.ends_on, PayerPeriod.changed_at, PayerPeriod.changed_by_id),
    _source("legal", "legal", LegalStatus.starts_on, _legal_set_at, LegalStatus.changed_by_id),
    _source("legal-ended", "legal", LegalStatus.ended_on, LegalStatus.changed_at, LegalStatus.changed_by_id),
    _source(
        "directive", "legal", AdvanceDirective.made_on, AdvanceDirective.changed_at, AdvanceDirective.changed_by_id
    ),
    _source("asked", "tasks", Task.sent_on, _asked_at, Task.from_id, loaded=_COLLEAGUES),
    _source("answered", "tasks", Task.answered_on, Task.answered_at, _answered_by, loaded=_COLLEAGUES),
)
"""Every dated fact, in the order in which those of one day are told."""


def sources_of(kinds: frozenset[str]) -> tuple[Source, ...]:
    """The sources of these kinds; all of them where no kind is named."""
    return tuple(source for source in SOURCES if not kinds or source.kind in kinds)
