"""What one person's page shows, read in a fixed number of statements."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select

from registry import clock
from registry.accounts.models import User
from registry.alerts.life_facts import Setback
from registry.alerts.loading.life import setbacks_among
from registry.alerts.look import measures_due
from registry.alerts.models import Alert
from registry.alerts.queries import list_open_alerts
from registry.caseload.circumstances import in_order
from registry.caseload.columns import Columns
from registry.caseload.models import CaseloadRow
from registry.contacts.models import Contact
from registry.contacts.rules import is_failed_attempt, is_two_way
from registry.db.among import among
from registry.episodes.models import Episode, OtherTeam, PhaseSpell, TrackedMeasure, TreatmentCourse
from registry.episodes.queries import list_parts
from registry.episodes.scales import ClinicScales, scales_in_force
from registry.extensions import db
from registry.life.models import LifeEvent
from registry.life.queries import list_events
from registry.life.rules import GAINS, LOSSES
from registry.measurements.courses import follow_episode, list_scores
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement
from registry.measurements.outcomes import mania_courses, stands_beside_mania
from registry.measurements.queries import rated_by_others
from registry.measurements.tracked import TrackedScale
from registry.measures.categories import DatedCategory
from registry.measures.course import Course, DatedScore, follow
from registry.measures.profile import ratings_of
from registry.measures.scale import Rule
from registry.plans.models import Goal
from registry.plans.queries import PlanDates, list_goals, plan_dates
from registry.review.models import Recommendation, Review, ReviewQuestion
from registry.review.queries import list_open_questions, list_reviews
from registry.review.rules import OPEN
from registry.treatment.queries import TrialCourse, list_courses

MOST_CONTACTS = 400
"""Contacts drawn on the time axis: more than a year of them, however often somebody is seen."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A tracked scale: its course in the present treatment course, and every score ever, one a day."""

    key: str
    tracked: TrackedScale
    course: Course
    cadence_days: int
    due_on: date | None
    """The day the rule says, None where nothing falls due."""
    scores: Sequence[DatedScore]
    beside_mania: bool = False
    """The last score is of depression and stands beside an elevated or rising one of mania."""
    has_other_rater: bool = False
    """Of a profile, the last ratings were given by somebody else than those at the baseline."""


@dataclass(frozen=True, slots=True)
class FollowedLevel:
    """A tracked scale whose result is a level and no number, and the last administration of its instrument."""

    key: str
    cadence_days: int
    last: Measurement | None


@dataclass(frozen=True, slots=True)
class EpisodeRecord:
    """One episode as its page shows it."""

    episode: Episode
    followed: Sequence[Followed]
    levels: Sequence[FollowedLevel]
    circumstances: Mapping[str, Sequence[DatedCategory]]
    """Domain of a category scale ("housing") → its dated categories, oldest first."""
    contacts: Sequence[Columns]
    """Those that stand, newest first: what the figure draws, without the notes."""
    reviews: Sequence[Review]
    questions: Sequence[ReviewQuestion]
    alerts: Sequence[Alert]
    other_teams: Sequence[OtherTeam]
    """Those involved now, or when the episode ended."""
    phases: Sequence[PhaseSpell]
    courses: Sequence[TreatmentCourse]
    treatment: Sequence[TrialCourse]
    """The person's trials that stand, at any clinic."""
    goals: Sequence[Goal]
    """Those being worked on."""
    life_events: Sequence[LifeEvent]
    """The person's that stand, newest first."""
    safety_plan: PlanDates | None
    relapse_plan: PlanDates | None
    row: CaseloadRow | None
    """The episode as the caseload keeps it, with the days of what falls due by the rules."""
    safety_measurements: Sequence[Measurement]
    """Every administration of the last day on which an instrument with a safety item was given."""


def load_record(episode: Episode) -> EpisodeRecord:
    """Everything the overview of ``episode`` shows."""
    patient_id = episode.patient_id
    stored, tracked = list_scores(patient_id), list_parts(TrackedMeasure, episode.id)
    scores, courses = _by_scale(stored), list_parts(TreatmentCourse, episode.id)
    as_read = scales_in_force()
    followed = follow_episode(episode, courses, stored, as_read=as_read, measures=tracked)
    plans = plan_dates(patient_id)
    life_events = list_events(patient_id, only_standing=True)
    return EpisodeRecord(
        episode=episode,
        followed=_followed(
            episode,
            followed,
            scores,
            tracked,
            as_read.at(episode.clinic_id),
            setbacks=setbacks_among(life_events),
        ),
        levels=_levels(episode, tracked),
        circumstances=_circumstances(scores, life_events),
        contacts=_contacts(patient_id),
        reviews=[row for row in list_reviews(patient_id) if row.episode_id == episode.id],
        questions=[row for row in list_open_questions(patient_id) if row.episode_id == episode.id],
        alerts=_open_alerts(patient_id, episode.id),
        other_teams=[row for row in list_parts(OtherTeam, episode.id) if row.ends_on in (None, episode.ended_on)],
        phases=list_parts(PhaseSpell, episode.id),
        courses=courses,
        treatment=list_courses([patient_id]),
        goals=list_goals(patient_id, only_open=True),
        life_events=life_events,
        safety_plan=plans.get("safety"),
        relapse_plan=plans.get("relapse"),
        row=db.session.get(CaseloadRow, episode.id),
        safety_measurements=last_safety_measurements(patient_id),
    )


def open_advice(record: EpisodeRecord) -> Iterator[Recommendation]:
    """What was recommended in this episode and still waits for a decision or to be done, newest review first."""
    for review in record.reviews:
        for each in review.recommendations:
            if each.state in OPEN:
                yield each


def last_two_way(record: EpisodeRecord) -> tuple[Columns | None, int]:
    """The last two-way contact at the episode's clinic since the referral, and the attempts that failed after it."""
    episode = record.episode
    here = [
        row
        for row in record.contacts
        if row.clinic_id == episode.clinic_id and row.took_place_on >= episode.referred_on
    ]
    two_way = [row for row in here if is_two_way(row.kind, reached=row.reached)]
    last = max(two_way, key=lambda row: row.took_place_on, default=None)
    missed = sum(
        is_failed_attempt(row.kind, reached=row.reached) and (last is None or row.took_place_on > last.took_place_on)
        for row in here
    )
    return last, missed


# Made once: building a statement costs more than running it.
_FINISHED = (
    select(Measurement)
    .where(Measurement.patient_id == bindparam("patient_id"), Measurement.status == "final")
    .order_by(Measurement.taken_on.desc(), Measurement.recorded_at.desc(), Measurement.id.desc())
)
_LAST_MEASUREMENT = _FINISHED.where(Measurement.instrument == bindparam("instrument")).limit(1)
_IS_ASKED = among(Measurement.instrument, "instruments")
_ASKED_LAST = _FINISHED.where(
    _IS_ASKED,
    Measurement.taken_on
    == select(func.max(Measurement.taken_on))
    .where(Measurement.patient_id == bindparam("patient_id"), Measurement.status == "final", _IS_ASKED)
    .scalar_subquery(),
)
# As columns: hundreds of contacts made into objects, with their notes, only to draw a dot for each, cost as much as the
# rest of the page.
_CONTACTS = (
    select(
        Contact.took_place_on,
        Contact.clinic_id,
        Contact.kind,
        Contact.modality,
        Contact.reached,
        Contact.minutes,
        User.name.label("staff"),
    )
    .join(User, User.id == Contact.staff_id)
    .where(Contact.patient_id == bindparam("patient_id"), Contact.status == "final")
    .order_by(Contact.took_place_on.desc(), Contact.recorded_at.desc(), Contact.id.desc())
    .limit(MOST_CONTACTS)
)


def _contacts(patient_id: uuid.UUID) -> Sequence[Columns]:
    return db.session.execute(_CONTACTS, {"patient_id": patient_id}).all()


def _open_alerts(patient_id: uuid.UUID, episode_id: uuid.UUID | None) -> Sequence[Alert]:
    """The open alerts of the episode and of the person's safety, most pressing first."""
    return [row for row in list_open_alerts(patient_id) if row.is_safety or row.episode_id == episode_id]


def last_safety_measurements(patient_id: uuid.UUID) -> Sequence[Measurement]:
    """The finished administrations of instruments that ask about safety on the last day of any, newest first."""
    about = {"patient_id": patient_id, "instruments": catalogue().safety_instruments}
    return db.session.scalars(_ASKED_LAST, about).all()


def _by_scale(rows: Iterable[Columns]) -> Mapping[str, Sequence[Columns]]:
    found: dict[str, list[Columns]] = defaultdict(list)
    for row in rows:
        found[row.scale].append(row)
    return found


def _followed(
    episode: Episode,
    courses: Mapping[str, tuple[TrackedScale, Course]],
    scores: Mapping[str, Sequence[Columns]],
    measures: Sequence[TrackedMeasure],
    read: ClinicScales,
    *,
    setbacks: Sequence[Setback],
) -> list[Followed]:
    """The metric primary first, the others in the order they are followed."""
    parts = {row.scale: row for row in measures}
    dated = {key: _dated(rows) for key, rows in scores.items()}
    manias = mania_courses(dated, read=read, starts_on=episode.referred_on, ends_on=episode.ended_on).values()
    others = rated_by_others({key: course for key, (_, course) in courses.items()})
    due = measures_due(episode, courses, setbacks=setbacks, today=episode.clinic.today(clock.now()))
    found = [
        Followed(
            key=key,
            tracked=tracked,
            course=course,
            cadence_days=parts[key].cadence_days,
            due_on=due.get(key),
            scores=_one_a_day(scores.get(key, ()), tracked),
            beside_mania=stands_beside_mania(key, course, manias),
            has_other_rater=key in others,
        )
        for key, (tracked, course) in courses.items()
    ]
    return sorted(found, key=lambda each: (each.key != episode.metric_primary, parts[each.key].position))


def _levels(episode: Episode, measures: Sequence[TrackedMeasure]) -> list[FollowedLevel]:
    """In the order they are followed. The last administration, also where its level is not certain."""
    current = {row.scale: row for row in measures if row.ends_on is None or row.ends_on == episode.ended_on}
    return [
        FollowedLevel(row.scale, row.cadence_days, _last_measurement(episode.patient_id, row.scale.partition(":")[0]))
        for row in sorted(current.values(), key=lambda each: each.position)
        if catalogue().scale(row.scale).rule is Rule.CRITERIA
    ]


def _last_measurement(patient_id: uuid.UUID, instrument: str) -> Measurement | None:
    about = {"patient_id": patient_id, "instrument": instrument}
    return db.session.scalars(_LAST_MEASUREMENT, about).one_or_none()


def _one_a_day(rows: Sequence[Columns], tracked: TrackedScale) -> Sequence[DatedScore]:
    """Every score of the scale, before and after this course too, by the rule the course itself follows."""
    return follow(_dated(rows), scale=tracked.scale, starts_on=date.min, target=None).scores


def _dated(rows: Sequence[Columns]) -> list[DatedScore]:
    return [
        DatedScore(
            on=row.taken_on,
            value=row.value,
            prorated=row.is_prorated,
            id=row.measurement_id,
            ratings=() if row.category is None else ratings_of(row.category),
        )
        for row in rows
        if row.value is not None
    ]


def _circumstances(
    scores: Mapping[str, Sequence[Columns]], life_events: Sequence[LifeEvent]
) -> Mapping[str, Sequence[DatedCategory]]:
    turns = [
        (event, is_loss, of[event.kind])
        for is_loss, of in ((True, LOSSES), (False, GAINS))
        for event in life_events
        if event.kind in of
    ]
    return {
        instrument.domain: in_order(
            [DatedCategory(row.taken_on, row.category) for row in scores.get(key, ()) if row.category is not None],
            [(event.starts_on, is_loss) for event, is_loss, domain in turns if domain == instrument.domain],
        )
        for key, (instrument, _) in catalogue().circumstances.items()
    }
