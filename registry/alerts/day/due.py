"""What falls due in the next days if nobody does anything: the rules themselves, asked about a later day.

Only the rules whose answer a day alone changes are asked, from facts read for many people at once; so the list and
the alert that would follow it cannot disagree.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, select

from registry.alerts.clinic_numbers import numbers_at
from registry.alerts.day.desk import Desk
from registry.alerts.day.since_yesterday import News
from registry.alerts.hours.clinic_times import closed_on
from registry.alerts.loading.care import Sighting, contact_facts
from registry.alerts.loading.cases import phases_before_pause
from registry.alerts.loading.life import load_setbacks
from registry.alerts.loading.treatment import load_plans
from registry.alerts.rulebook import life, rule, stay
from registry.alerts.snapshot import (
    IN_CARE,
    CaseSnapshot,
    ContactFacts,
    EpisodeFacts,
    Phase,
    PlanFacts,
    TrackedMeasure,
)
from registry.contacts.models import Contact
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.episodes.models import Episode, TeamMember, Transfer
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import StandingRow
from registry.measures.course import Course, DatedScore, Standing

DAYS_AHEAD = 7
MOST = 100
"""Episodes of which the days ahead are worked out."""

CONTACT, MEASURE, PAUSE, SAFETY_PLAN, RELAPSE_PLAN = "contact", "measure", "pause", "safety-plan", "relapse-plan"
ADMISSION, STILL_IN = "admission", "still-in"
_RULES = {
    "engage.referred": CONTACT,
    "engage.pause-over": PAUSE,
    "engage.first-follow-up": CONTACT,
    "engage.no-contact": CONTACT,
    "measure.due": MEASURE,
    "safety.plan-review": SAFETY_PLAN,
    "plan.review": RELAPSE_PLAN,
    stay.ADMISSION: ADMISSION,
    stay.STILL_IN: STILL_IN,
    life.TRANSITION: CONTACT,
}


@dataclass(frozen=True, slots=True)
class Due:
    """Something that will need doing on ``on`` if nothing happens before."""

    patient_id: uuid.UUID
    clinic_id: uuid.UUID
    kind: str
    on: date
    what: str


@dataclass(frozen=True, slots=True)
class DueSoon:
    """What falls due, soonest first. ``is_cut``: of the first ``MOST`` episodes only."""

    found: Sequence[Due] = ()
    is_cut: bool = False


def list_due(desk: Desk) -> DueSoon:
    """Contacts, calls, measures and looks at a plan that fall due, pauses that end: in the next ``DAYS_AHEAD``
    days.

    What fell due today is an alert already: ``due_today``.

    Nine statements at most, whatever the number of people, and one for the numbers of each clinic.
    """
    episodes = _episodes(desk)
    if not episodes:
        return DueSoon()
    is_cut, episodes = len(episodes) > MOST, episodes[:MOST]
    contacts, measures, before_pause = _contacts(episodes), _measures(episodes), phases_before_pause(episodes)
    plans = load_plans({episode.patient_id for episode in episodes})
    setbacks = load_setbacks({episode.patient_id for episode in episodes})
    numbers = {clinic_id: numbers_at(clinic_id) for clinic_id in {episode.clinic_id for episode in episodes}}
    found: list[Due] = []
    for episode in episodes:
        patient_id, clinic_id = episode.patient_id, episode.clinic_id
        own_measures, own_setbacks = measures.get(episode.id, ()), setbacks.get(patient_id, ())
        snapshot = CaseSnapshot(
            patient_id=str(patient_id),
            episode=_facts(episode, own_measures, before_pause.get(episode.id)),
            contacts=contacts[episode.id],
            measures=tuple(measure for measure, _ in own_measures),
            plans=plans.get(patient_id, PlanFacts()),
            setbacks=own_setbacks,
        )
        today, of_clinic = desk.today[clinic_id], numbers[clinic_id]
        then = today + timedelta(days=DAYS_AHEAD)
        soonest: dict[str, Due] = {}
        for rule_id, kind in _RULES.items():
            finding = rule(rule_id).verdict(snapshot, then, of_clinic).finding
            if finding is None or finding.since <= today:
                continue
            if kind not in soonest or finding.since < soonest[kind].on:
                what = _labels(finding.evidence) if kind == MEASURE else ""
                soonest[kind] = Due(patient_id, clinic_id, kind, finding.since, what)
        found += soonest.values()
    return DueSoon(sorted(found, key=lambda due: (due.on, due.kind, str(due.patient_id))), is_cut)


def due_today(news: Iterable[News], desk: Desk) -> list[Due]:
    """What came due today: by the same rules, of the alerts that are new and that somebody still has to answer."""
    return [
        Due(alert.patient_id, alert.clinic_id, kind, alert.since, _labels(alert.evidence) if kind == MEASURE else "")
        for alert in (each.alert for each in news)
        for kind in [_RULES.get(alert.rule)]
        if kind is not None
        and alert.since == desk.today.get(alert.clinic_id)
        and alert.closed_at is None
        and alert.snoozed_until is None
    ]


_IS_TAKEN_OVER = (
    exists().where(Transfer.received_episode_id == Episode.id, Transfer.state == "accepted").correlate(Episode)
)
"""Until its first two-way contact nothing falls due at the clinic that took somebody over: see ``suspension``."""

_COMING = (
    select(Episode)
    .where(
        among(Episode.clinic_id, "clinic_ids"),
        Episode.ended_on.is_(None),
        Episode.phase.in_((Phase.REFERRED, *IN_CARE, Phase.PAUSED)),
        Episode.next_check_on > bindparam("first"),
        Episode.next_check_on <= bindparam("last"),
        ~_IS_TAKEN_OVER,
    )
    .order_by(Episode.next_check_on, Episode.id)
    .limit(MOST + 1)
)
_COMING_TO_MANAGER = _COMING.join(TeamMember, TeamMember.episode_id == Episode.id).where(
    TeamMember.user_id == bindparam("user_id"), TeamMember.role == "care_manager", TeamMember.ends_on.is_(None)
)
_SEEN = select(Contact.patient_id, Contact.took_place_on, Contact.clinic_id, Contact.kind, Contact.reached).where(
    among(Contact.patient_id, "patient_ids"), Contact.status == "final"
)
_STANDINGS = select(
    StandingRow.episode_id,
    StandingRow.scale,
    StandingRow.course_starts_on,
    StandingRow.latest_on,
    StandingRow.latest_value,
    StandingRow.standing,
).where(among(StandingRow.episode_id, "episode_ids"))


def _episodes(desk: Desk) -> Sequence[Episode]:
    """Open episodes of the desk whose next check comes in these days: nobody else can have anything fall due."""
    first, last = min(desk.today.values()), max(desk.today.values()) + timedelta(days=DAYS_AHEAD)
    asked = {"clinic_ids": list(desk.today), "first": first, "last": last, "user_id": desk.user_id}
    return db.session.scalars(_COMING if desk.user_id is None else _COMING_TO_MANAGER, asked).all()


def _contacts(episodes: Sequence[Episode]) -> Mapping[uuid.UUID, ContactFacts]:
    rows = by_patient(db.session.execute(_SEEN, {"patient_ids": [*{episode.patient_id for episode in episodes}]}))
    sightings = {
        patient_id: [Sighting(row.took_place_on, row.clinic_id, row.kind, row.reached) for row in own]
        for patient_id, own in rows.items()
    }
    return {episode.id: contact_facts(episode, sightings.get(episode.patient_id, ())) for episode in episodes}


def _measures(episodes: Sequence[Episode]) -> Mapping[uuid.UUID, list[tuple[TrackedMeasure, date]]]:
    """Each tracked scale with its latest score, and when its course began; what came before decides nothing here."""
    primary = {episode.id: episode.metric_primary for episode in episodes}
    rows, known = db.session.execute(_STANDINGS, {"episode_ids": list(primary)}), catalogue()
    found: dict[uuid.UUID, list[tuple[TrackedMeasure, date]]] = defaultdict(list)
    for row in rows:
        episode_id = row.episode_id
        measure = TrackedMeasure(
            key=row.scale,
            label=known.label_of(row.scale),
            domain=known.domain_of(row.scale),
            cadence_days=known.instrument_of(row.scale).cadence_days,
            scale=known.scale(row.scale),
            course=_latest_only(row),
            is_metric_primary=row.scale == primary[episode_id],
        )
        found[episode_id].append((measure, row.course_starts_on))
    return found


def _latest_only(row: Row[*tuple[Any, ...]]) -> Course:
    latest = None
    if row.latest_on is not None and row.latest_value is not None:
        latest = DatedScore(on=row.latest_on, value=row.latest_value)
    return Course(
        baseline=None,
        baseline_late_by=None,
        latest=latest,
        previous=None,
        change=None,
        percent=None,
        best_confirmed=None,
        standing=Standing(row.standing),
        is_relapse=False,
        responded=False,
        in_remission=False,
        baseline_elevated=None,
        scores=(),
    )


def _facts(episode: Episode, measures: Sequence[tuple[TrackedMeasure, date]], before_pause: str | None) -> EpisodeFacts:
    return EpisodeFacts(
        phase=Phase(episode.phase),
        phase_since=episode.phase_since,
        referred_on=episode.referred_on,
        enrolled_on=episode.enrolled_on,
        course_started_on=max((began for _, began in measures), default=episode.enrolled_on),
        paused_until=episode.paused_until,
        phase_before_pause=None if before_pause is None else Phase(before_pause),
        is_urgent=episode.urgency == "urgent",
        clinic_closed_on=closed_on(episode.clinic) if episode.phase == Phase.REFERRED else frozenset(),
    )


def _labels(evidence: Mapping[str, object]) -> str:
    entries = evidence["due"]
    labels = [str(entry["label"]) for entry in entries] if isinstance(entries, list) else []
    return ", ".join(labels)
