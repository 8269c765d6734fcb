"""A case as the rules see it: the facts of one patient, loaded once, frozen.

Every date is a local date of service in the clinic's time zone. Nothing here moves with the
calendar: whatever depends on today is worked out by the rules, which take today as an argument.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from registry.alerts.life_facts import CircumstanceHistory, Setback, Turn
from registry.alerts.physical_facts import PhysicalFacts
from registry.alerts.psychosis_facts import RatedItem, TriedAntipsychotic
from registry.contacts.ladder import Attempt, Step
from registry.measures.course import Course, Target
from registry.measures.instrument import SafetyTier
from registry.measures.scale import DangerKind, Scale


class Phase(StrEnum):
    """Where an episode of care stands."""

    REFERRED = "referred"
    ENGAGING = "engaging"
    ACTIVE = "active"
    MAINTAINING = "maintaining"
    PAUSED = "paused"
    ENDED = "ended"


IN_CARE = frozenset({Phase.ENGAGING, Phase.ACTIVE, Phase.MAINTAINING})
"""Phases in which the clinic has promised contact, measurement and review."""


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """The open episode, or the last one.

    ``enrolled_on`` is the day of the initial assessment, None while referred.
    ``course_started_on`` opens the present course of treatment: enrolment, or a return from
    maintaining to active. ``paused_until`` is the first day a pause no longer holds;
    ``phase_before_pause`` is the phase whose numbers count again from that day. ``is_urgent`` says how soon whoever
    referred the person asked for the first contact, and ``clinic_closed_on`` which days the clinic is closed.
    """

    phase: Phase
    phase_since: date
    referred_on: date | None = None
    enrolled_on: date | None = None
    course_started_on: date | None = None
    ended_on: date | None = None
    paused_until: date | None = None
    phase_before_pause: Phase | None = None
    is_urgent: bool = False
    clinic_closed_on: frozenset[date] = frozenset()


class AnswerState(StrEnum):
    """What is known from a safety item. Unknown is never "no"."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    BLANK = "blank"
    DECLINED = "declined"
    TOTAL_ONLY = "total only"

    @property
    def is_answered(self) -> bool:
        """Whether the person answered the item."""
        return self in (AnswerState.POSITIVE, AnswerState.NEGATIVE)


Ground = tuple[str, str]
"""What a safety alert rests on: a measurement and one of its items, or a report and nothing."""


@dataclass(frozen=True, slots=True)
class SafetyAnswer:
    """One safety item of one non-void measurement of the person, at any clinic, in any episode.

    ``id`` names the measurement. ``entered_on`` is the day it was entered, or the later one on which the clinic signed
    for the number that makes a danger of it. ``instrument`` and ``item`` are words to print ("PHQ-9",
    "item 9"); ``answer`` the wording of the choice where it may be shown. ``total_above_floor`` is
    how many points a score recorded alone is from the best there is, None where none was recorded.
    ``tier`` and ``calls_for`` are what the instrument says of a positive answer, ``tier_again`` of one that
    an earlier form had already, ``tells`` who is told besides. ``nth`` counts the person's forms in the order
    in which they were recorded.
    ``height`` compares two answers to one item, more being worse: the value itself unless named. Of a draft nothing is
    concluded but what is positive in it.

    A scale whose score is a danger stands here like an item: ``item_id`` is the scale's, ``value`` the score.
    """

    id: str
    on: date
    entered_on: date
    instrument: str
    item_id: str
    item: str
    state: AnswerState
    value: int | None = None
    answer: str | None = None
    total_above_floor: int | None = None
    tier: SafetyTier = SafetyTier.URGENT
    tier_again: SafetyTier | None = None
    calls_for: str | None = None
    nth: int = 0
    is_draft: bool = False
    kind: DangerKind = DangerKind.SELF_HARM
    height: int | None = None
    tells: tuple[str, ...] = ()
    is_screen: bool = False
    """The instrument asks about danger and nothing else."""

    @property
    def how_high(self) -> int | None:
        """To compare it with another answer to the same item: more is worse. None where nobody answered."""
        return self.value if self.height is None else self.height

    @property
    def ground(self) -> Ground:
        """What an alert about this answer rests on."""
        return self.id, self.item_id


@dataclass(frozen=True, slots=True)
class SafetyReport:
    """A danger somebody of the team reported: what kind, who said it, on which day, what was done."""

    id: str
    on: date
    kind: str
    said_by: str
    what_done: str | None = None
    code: str = ""
    """The kind as it is stored: ``self-harm``, ``overdose``."""

    @property
    def ground(self) -> Ground:
        """What an alert about this report rests on."""
        return self.id, ""


@dataclass(frozen=True, slots=True)
class SafetyClosure:
    """A safety alert a person closed with an outcome, and the answers and reports it dealt with."""

    closed_on: date
    covers: frozenset[Ground]


@dataclass(frozen=True)
class SafetyFacts:
    """Everything the registry knows of the person's safety, enrolled or not."""

    answers: tuple[SafetyAnswer, ...] = ()
    reports: tuple[SafetyReport, ...] = ()
    closures: tuple[SafetyClosure, ...] = ()

    @cached_property
    def dealt_with(self) -> frozenset[Ground]:
        """Answers and reports that a closed alert has already covered."""
        return frozenset[Ground]().union(*(closure.covers for closure in self.closures))


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Who has reached the person. Only a two-way treatment contact resets a due date.

    ``two_way_on`` are the dates of two-way treatment contacts of this episode, in any order;
    ``attempts_on`` those of failed attempts, no-shows included, and ``attempts`` how those were made since which nobody
    of the team has reached the person, about whatever. ``possible_steps`` are the steps of outreach somebody can take.
    ``seen_on`` is the last day anyone saw the person and ``seen_by`` who, in words that follow "by" ("another team",
    "the ward").
    """

    two_way_on: tuple[date, ...] = ()
    attempts_on: tuple[date, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    possible_steps: frozenset[Step] = frozenset(Step)
    seen_on: date | None = None
    seen_by: str = "another team"


@dataclass(frozen=True, slots=True)
class TrackedMeasure:
    """One scale followed in this course of treatment, with the course of its scores.

    ``label`` is what people call it ("PHQ-9"); ``domain`` the instrument's ("depression",
    "mania"). ``on_request`` asks for the early and off-target rules on a measure that is not the
    metric primary. ``is_followed`` is false of a scale that was given and is not among those the episode tracks.
    """

    key: str
    label: str
    domain: str
    cadence_days: int
    scale: Scale
    course: Course
    target: Target | None = None
    is_metric_primary: bool = False
    on_request: bool = False
    is_followed: bool = True


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """A recommendation of a psychiatric review that waits for a decision, or was decided on and waits to be done.

    ``decided_on`` is the day it was accepted or ordered, None before. ``text`` is what is to be done: what was
    recommended, or what was accepted in its place.
    """

    id: str
    proposed_on: date
    text: str
    kind: str
    to: str
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """Psychiatric reviews of this episode, and what became of their recommendations.

    ``look_again_on`` is the day the last review asked for the next one.
    ``undecided`` are recommendations without a decision; "continue" asks for none. ``undone`` are those accepted or
    ordered that nobody has said are done.
    ``treatment_changed_on`` is the last day a treatment change was done, None where none was.
    """

    last_on: date | None = None
    look_again_on: date | None = None
    undecided: tuple[OpenOrder, ...] = ()
    undone: tuple[OpenOrder, ...] = ()
    treatment_changed_on: date | None = None


@dataclass(frozen=True, slots=True)
class TreatmentChange:
    """A treatment started, changed or stopped on a day, in words: "lithium 600 mg a day → 900 mg a day".

    ``is_beside`` of a medicine for something else, which leaves the treatment as it was: against side effects.
    """

    on: date
    words: str
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class InjectionDue:
    """A long-acting injection that goes on: the day the next one is due, the last that covered the person.

    ``tried_on`` and ``outcome`` are the last try since then that did not ("refused", "not in stock").
    """

    id: str
    label: str
    due_on: date
    last_on: date | None = None
    tried_on: date | None = None
    outcome: str = ""
    restart_on: date | None = None
    """The day from which it has to be started anew; None where nobody entered after how many days that is."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """A medicine that is being taken: what protocols call it ("clozapine", "antipsychotic"), and its name.

    ``changes`` are the days of its start and of each change of its dose, oldest first. ``last_taken_on``: none
    taken since.
    """

    id: str
    keys: frozenset[str]
    label: str
    started_on: date
    changes: tuple[date, ...]
    last_taken_on: date | None = None
    stopped_on: date | None = None


@dataclass(frozen=True, slots=True)
class TreatmentFacts:
    """What is tried with the person, at any clinic: every change, oldest first, and what goes on: injections, and the
    medicines whose checks are asked for. Of clozapine they are for a while after its stop.
    """

    changes: tuple[TreatmentChange, ...] = ()
    injections: tuple[InjectionDue, ...] = ()
    antipsychotics: tuple[TriedAntipsychotic, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    stopped_clozapine: tuple[Exposure, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The day each plan in force was talked through, and the day it was to be looked at again."""

    safety_on: date | None = None
    safety_review_on: date | None = None
    relapse_on: date | None = None
    relapse_review_on: date | None = None


@dataclass(frozen=True, slots=True)
class WithdrawnConsent:
    """The day on which the episode's last consent was taken back, and who did, in words ("the person")."""

    on: date
    said_by: str


@dataclass(frozen=True, slots=True)
class LegalStatusFacts:
    """The legal status that holds, in words ("Outpatient treatment order"), and the last day its order covers."""

    words: str
    starts_on: date
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """What somebody around the person may do until a last day: decide for them, or, a release, be told about them.

    ``whose`` is the name with what they are ("Rosa Vega, guardian"). ``starts_on`` is None where nobody wrote it down.
    """

    whose: str
    is_release: bool
    ends_on: date
    starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """An open transfer, as the episode at one end of it sees it; or one that was completed by mistake.

    ``is_receiver``: this is the clinic that took the person over. It has not spoken with them yet, and the other
    clinic answers for every alert until it has.
    """

    other_clinic: str
    is_receiver: bool
    proposed_on: date
    accepted_on: date | None = None
    completed_on: date | None = None
    """Only where it counts as completed and no two-way contact there stands: that contact was taken back."""

    @property
    def sender_answers(self) -> bool:
        """This clinic took the person over and has not spoken with them: the other one answers."""
        return self.is_receiver and self.completed_on is None


@dataclass(frozen=True, slots=True)
class CaseSnapshot:
    """All the rules may look at for one patient at one clinic.

    ``untracked_mania`` are the mania scales given in the episode of which ``measures`` has no score, each over the
    whole episode: not tracked, or not given since the treatment began anew.
    """

    patient_id: str
    episode: EpisodeFacts | None = None
    safety: SafetyFacts = field(default_factory=SafetyFacts)
    contacts: ContactFacts = field(default_factory=ContactFacts)
    measures: tuple[TrackedMeasure, ...] = ()
    untracked_mania: tuple[TrackedMeasure, ...] = ()
    psychosis: tuple[RatedItem, ...] = ()
    reviews: ReviewFacts = field(default_factory=ReviewFacts)
    circumstances: tuple[CircumstanceHistory, ...] = ()
    consent_withdrawn: WithdrawnConsent | None = None
    legal_status: LegalStatusFacts | None = None
    permissions: tuple[Permission, ...] = ()
    transfer: TransferFacts | None = None
    treatment: TreatmentFacts = field(default_factory=TreatmentFacts)
    plans: PlanFacts = field(default_factory=PlanFacts)
    physical: PhysicalFacts = field(default_factory=PhysicalFacts)
    setbacks: tuple[Setback, ...] = ()
    turns: tuple[Turn, ...] = ()
    died_on: date | None = None

    @property
    def metric_primary(self) -> TrackedMeasure | None:
        """The measure the episode's outcome is judged by, None before one is chosen."""
        return next((measure for measure in self.measures if measure.is_metric_primary), None)
