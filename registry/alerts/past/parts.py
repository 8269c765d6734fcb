"""The parts of a case over a span of days, each from the rows that say when what happened."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar

from registry.alerts.hours.clinic_times import closed_on
from registry.alerts.life_facts import CircumstanceHistory, Setback, Turn
from registry.alerts.loading.around import GivenConsent, withdrawn_consent
from registry.alerts.loading.care import Sighting, contact_facts
from registry.alerts.loading.cases import History, tracked_measures, untracked_mania
from registry.alerts.loading.reviews import ReviewRecord
from registry.alerts.loading.treatment import plan_facts, treatment_facts
from registry.alerts.past.as_of import Span, Timeline
from registry.alerts.past.transfers import TransfersOverTime
from registry.alerts.physical_facts import PhysicalFacts
from registry.alerts.psychosis_facts import RatedItem
from registry.alerts.snapshot import (
    ContactFacts,
    EpisodeFacts,
    LegalStatusFacts,
    Phase,
    PlanFacts,
    ReviewFacts,
    SafetyFacts,
    TrackedMeasure,
    TransferFacts,
    TreatmentFacts,
    WithdrawnConsent,
)
from registry.clinics.models import Clinic
from registry.contacts.ladder import Step
from registry.episodes.models import Episode
from registry.measurements.outcomes import mania_scales
from registry.measurements.scales_over_time import ScalesOverTime
from registry.measurements.tracked import AnyRow, TrackedScale
from registry.measures.course import Course, DatedScore, Target
from registry.measures.course import follow as follow_scores
from registry.plans.queries import PlanDates
from registry.treatment.queries import Taken, TrialCourse

_A_DAY = timedelta(days=1)
T = TypeVar("T")


def always(value: T, span: Span) -> Timeline[T]:
    """Something of which nobody keeps what it was before: it counts as it is today."""
    return Timeline(lambda _day: value, (), span)


def phases(
    episode: Episode, clinic: Clinic, spells: Sequence[AnyRow], scales: ScalesOverTime, span: Span
) -> Timeline[EpisodeFacts]:
    """The episode itself. How long an earlier pause was to last is kept nowhere: until it ended."""
    days = [*(each.starts_on for each in spells), *scales.courses]

    def value(day: date) -> EpisodeFacts:
        past = [each for each in spells if each.starts_on <= day] or spells[:1]
        now = past[-1]
        phase, is_last = Phase(now.phase), now is spells[-1]
        before = next((Phase(each.phase) for each in reversed(past) if each.phase != Phase.PAUSED), None)
        return EpisodeFacts(
            phase=phase,
            phase_since=now.starts_on,
            referred_on=episode.referred_on,
            enrolled_on=None if phase is Phase.REFERRED else episode.enrolled_on,
            course_started_on=max((each.starts_on for each in scales.on(day)), default=_enrolled(episode, phase)),
            paused_until=episode.paused_until if phase is Phase.PAUSED and is_last else None,
            phase_before_pause=before if phase is Phase.PAUSED else None,
            is_urgent=episode.urgency == "urgent",
            clinic_closed_on=closed_on(clinic) if phase is Phase.REFERRED else frozenset(),
        )

    return Timeline(value, [*days, *([] if episode.enrolled_on is None else [episode.enrolled_on])], span)


def _enrolled(episode: Episode, phase: Phase) -> date | None:
    return None if phase is Phase.REFERRED else episode.enrolled_on


def safety(facts: SafetyFacts, span: Span) -> Timeline[SafetyFacts]:
    """What was known of danger. An alert closed on a day stood on that day."""
    closed = [(each.closed_on + _A_DAY, each) for each in facts.closures]

    def value(day: date) -> SafetyFacts:
        return SafetyFacts(
            answers=tuple(each for each in facts.answers if span.known_on(each.entered_on) <= day),
            reports=tuple(each for each in facts.reports if span.known_on(each.on) <= day),
            closures=tuple(each for on, each in closed if span.known_on(on) <= day),
        )

    entered = (each.entered_on for each in facts.answers)
    return Timeline(value, [*entered, *(each.on for each in facts.reports), *(on for on, _ in closed)], span)


def contacts(
    episode: Episode, sightings: Sequence[Sighting], steps: frozenset[Step] | None, span: Span
) -> Timeline[ContactFacts]:
    """Who reached the person, or tried; how they can be reached counts as it is today."""

    def value(day: date) -> ContactFacts:
        return contact_facts(episode, [each for each in sightings if span.known_on(each.took_place_on) <= day], steps)

    return Timeline(value, [each.took_place_on for each in sightings], span)


@dataclass(slots=True)
class ScoresOverTime:
    """The scores of one person, as one of their episodes follows them."""

    episode: Episode
    scales: ScalesOverTime
    history: History
    span: Span
    _courses: dict[tuple[str, date, Target | None, int], Course] = field(default_factory=dict)

    def measures(self) -> Timeline[tuple[TrackedMeasure, ...]]:
        """The scales that are followed."""
        given = [each.on for key in self.scales.keys for each in self.history.scores.get(key, ())]
        return Timeline(
            lambda day: tracked_measures(self.episode, self._followed(day)), [*self.scales.days, *given], self.span
        )

    def manias(self) -> Timeline[tuple[TrackedMeasure, ...]]:
        """The scales of mania that are not."""
        given = [each.on for key in mania_scales() for each in self.history.scores.get(key, ())]
        days = [*self.scales.days, *given] if given else []

        def value(day: date) -> tuple[TrackedMeasure, ...]:
            known = replace(self.history, scores=self._scores(mania_scales(), day))
            return untracked_mania(self.episode, self._followed(day), known) if given else ()

        return Timeline(value, days, self.span)

    def _scores(self, keys: Iterable[str], day: date) -> Mapping[str, Sequence[DatedScore]]:
        scores = self.history.scores
        return {key: [each for each in scores[key] if each.on <= day] for key in keys if key in scores}

    def _followed(self, day: date) -> dict[str, tuple[TrackedScale, Course]]:
        found = {}
        for tracked in self.scales.on(day):
            known = [each for each in self.history.scores.get(tracked.key, ()) if self.span.known_on(each.on) <= day]
            found[tracked.key] = (tracked, self._course(tracked, known))
        return found

    def _course(self, tracked: TrackedScale, scores: Sequence[DatedScore]) -> Course:
        """Worked out once for each score that comes to it."""
        known = (tracked.key, tracked.starts_on, tracked.target, len(scores))
        if known not in self._courses:
            self._courses[known] = follow_scores(
                scores, scale=tracked.scale, starts_on=tracked.starts_on, target=tracked.target
            )
        return self._courses[known]


def ratings(items: Sequence[RatedItem], span: Span) -> Timeline[tuple[RatedItem, ...]]:
    """How psychotic, and how ill, somebody was rated."""

    def value(day: date) -> tuple[RatedItem, ...]:
        known = (
            replace(each, ratings=tuple(one for one in each.ratings if span.known_on(one.on) <= day)) for each in items
        )
        return tuple(each for each in known if each.ratings)

    return Timeline(value, [one.on for each in items for one in each.ratings], span)


def reviews(record: ReviewRecord, span: Span) -> Timeline[ReviewFacts]:
    """Reviews and what became of what they recommended."""
    return Timeline(record.on, record.days, span)


def transfers(found: TransfersOverTime, span: Span) -> Timeline[TransferFacts | None]:
    """Who hands the person over, and to whom."""
    return Timeline(found.on, found.days, span)


def circumstances(found: Sequence[CircumstanceHistory], span: Span) -> Timeline[tuple[CircumstanceHistory, ...]]:
    """Housing and work."""

    def value(day: date) -> tuple[CircumstanceHistory, ...]:
        known = (
            replace(each, circumstances=tuple(one for one in each.circumstances if span.known_on(one.on) <= day))
            for each in found
        )
        return tuple(each for each in known if each.circumstances)

    return Timeline(value, [one.on for each in found for one in each.circumstances], span)


def consent_withdrawn(given: Sequence[GivenConsent], span: Span) -> Timeline[WithdrawnConsent | None]:
    """How the consent to the care was taken back, until it was given anew."""

    def value(day: date) -> WithdrawnConsent | None:
        withdrawn = withdrawn_consent([each for each in given if span.known_on(each.given_on) <= day])
        return withdrawn if withdrawn is not None and span.known_on(withdrawn.on) <= day else None

    withdrawn_on = (each.withdrawn.on for each in given if each.withdrawn is not None)
    return Timeline(value, [*(each.given_on for each in given), *withdrawn_on], span)


def legal_status(held: Sequence[tuple[LegalStatusFacts, date | None]], span: Span) -> Timeline[LegalStatusFacts | None]:
    """Under which law the person was treated."""

    def value(day: date) -> LegalStatusFacts | None:
        holding = [
            facts
            for facts, ended_on in held
            if span.known_on(facts.starts_on) <= day and (ended_on is None or ended_on > day)
        ]
        return holding[-1] if holding else None

    ends = (ended_on for _, ended_on in held if ended_on is not None)
    return Timeline(value, [*(facts.starts_on for facts, _ in held), *ends], span)


def physical(facts: PhysicalFacts, span: Span) -> Timeline[PhysicalFacts]:
    """What was observed of the body, each from the day it was entered."""

    def value(day: date) -> PhysicalFacts:
        return PhysicalFacts(tuple(each for each in facts.observed if span.known_on(each.entered_on) <= day))

    return Timeline(value, [each.entered_on for each in facts.observed], span)


def treatment(trials: Sequence[TrialCourse], taken: Mapping[uuid.UUID, Taken], span: Span) -> Timeline[TreatmentFacts]:
    """What was tried with the person."""

    def value(day: date) -> TreatmentFacts:
        known = (
            replace(
                each,
                steps=[step for step in each.steps if span.known_on(step.on) <= day],
                injections=[one for one in each.injections if span.known_on(one.on) <= day],
                adherence=[one for one in each.adherence if span.known_on(one.on) <= day],
            )
            for each in trials
        )
        noted = {id_: [each for each in own if span.known_on(each[0]) <= day] for id_, own in taken.items()}
        return treatment_facts([each for each in known if each.steps], noted)

    steps = (step.on for each in trials for step in each.steps)
    given = (one.on for each in trials for one in each.injections)
    adherence = (one.on for each in trials for one in each.adherence)
    noted = (on for own in taken.values() for on, _ in own)
    return Timeline(value, [*steps, *given, *adherence, *noted], span)


def plans(versions: Mapping[str, Sequence[PlanDates]], span: Span) -> Timeline[PlanFacts]:
    """The plans in force; ``versions`` by kind."""

    def value(day: date) -> PlanFacts:
        return plan_facts(
            {kind: [each for each in own if span.known_on(each.written_on) <= day] for kind, own in versions.items()}
        )

    return Timeline(value, [each.written_on for own in versions.values() for each in own], span)


def setbacks(found: Sequence[Setback], span: Span) -> Timeline[tuple[Setback, ...]]:
    """Stays and emergencies, each without an end until it had one."""
    return Timeline(lambda day: _setbacks_on(found, day, span), _days_of(found), span)


def turns(found: Sequence[Turn], span: Span) -> Timeline[tuple[Turn, ...]]:
    """Homes and jobs lost and found."""
    return Timeline(
        lambda day: tuple(each for each in found if span.known_on(each.on) <= day), [each.on for each in found], span
    )


def _days_of(found: Iterable[Setback]) -> list[date]:
    days = (day for each in found for day in (each.began_on, each.ended_on, each.confirmed_on, each.called_on))
    return [day for day in days if day is not None]


def _setbacks_on(found: Iterable[Setback], day: date, span: Span) -> tuple[Setback, ...]:
    return tuple(_setback_on(each, day, span) for each in found if span.known_on(each.began_on) <= day)


def _setback_on(setback: Setback, day: date, span: Span) -> Setback:
    def known(on: date | None) -> date | None:
        return on if on is not None and span.known_on(on) <= day else None

    ended_on, confirmed_on = known(setback.ended_on), known(setback.confirmed_on)
    return replace(
        setback,
        ended_on=ended_on,
        ended_at=None if ended_on is None else setback.ended_at,
        confirmed_on=confirmed_on,
        confirmed_at=None if confirmed_on is None else setback.confirmed_at,
        called_on=known(setback.called_on),
    )


def death(died_on: date | None, span: Span) -> Timeline[date | None]:
    """The day of the person's death, from that day on."""
    days = () if died_on is None else (died_on,)
    return Timeline(lambda day: died_on if died_on is not None and span.known_on(died_on) <= day else None, days, span)
