"""Enrolling many people who were added in the same transaction, and so have no episode anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry import clock
from registry.access import scope
from registry.access.reviewed_sql import insert_rows
from registry.audit.recorder import Actor, added, record
from registry.clinics.models import Clinic
from registry.db.base import Base
from registry.db.identifiers import new_id
from registry.episodes.actions.focus import refuse_impossible_target, refuse_untrackable
from registry.episodes.actions.team import refuse_unfit
from registry.episodes.backlog import Turns
from registry.episodes.facts import ConsentFacts, TargetWish, TeamPlace, Tracking
from registry.episodes.models import (
    Consent,
    Episode,
    EpisodeCondition,
    PhaseSpell,
    TeamMember,
    TrackedMeasure,
    TreatmentCourse,
    TreatmentTarget,
)
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What care everybody of a group is enrolled in; the first scale tracked is the metric primary."""

    clinic_id: uuid.UUID
    source: str
    consent_mode: str
    consent_taken_by: str
    conditions: Sequence[str]
    tracked: Sequence[Tracking]
    targets: Sequence[TargetWish] = ()
    team: Sequence[TeamPlace] = ()

    def consent(self, on: date) -> ConsentFacts:
        """Consent of the day of enrolment."""
        return ConsentFacts(given_on=on, mode=self.consent_mode, taken_by=self.consent_taken_by)


def enrol_newcomers(*, enrolled_on: Mapping[uuid.UUID, date], programme: Programme, by: Actor | None) -> None:
    """Refer and enrol people, each referred, enrolled and consenting on the same local date of service.

    Belongs inside the ``write()`` that added them: that they have no episode, and were born by then, is not asked
    again. What had piled up before is told a few people a day (``registry.episodes.backlog``).
    Raises ``UnfitForTeam``, ``ImpossibleTarget``.
    """
    refuse_unfit(programme.clinic_id, programme.team)
    for tracking in programme.tracked:
        refuse_untrackable(tracking)
    for wish in programme.targets:
        refuse_impossible_target(wish, on=max(enrolled_on.values()))
    turns = Turns(db.session.get_one(Clinic, programme.clinic_id))
    tables: dict[type[Base], list[dict[str, Any]]] = {}
    for patient_id, on in enrolled_on.items():
        episode_id, changes = new_id(), []
        for table, row in _rows(programme, on, turns.next(on), by):
            key = {"id": episode_id} if table is Episode else {"id": new_id(), "episode_id": episode_id}
            full = {**key, "patient_id": patient_id, **row}
            tables.setdefault(table, []).append(full)
            changes.append(added(table.__tablename__, full))
        record(
            "episode.enrolled",
            by=by,
            patient_id=patient_id,
            clinic_id=programme.clinic_id,
            kind="create",
            changes=changes,
        )
        tell_episode_changed(patient_id)
    for table, rows in tables.items():
        insert_rows(scope.current(), table, rows)


def _rows(
    programme: Programme, on: date, turn: Mapping[str, date | None], by: Actor | None
) -> list[tuple[type[Base], dict[str, Any]]]:
    """One person's rows, the episode first, then what belongs to it."""
    set_by = {"set_by_id": None if by is None else by.id, "set_at": clock.now()}
    consent = programme.consent(on)
    return [
        (
            Episode,
            {
                "clinic_id": programme.clinic_id,
                "referred_on": on,
                "referral_source": programme.source,
                "enrolled_on": on,
                "phase": "active",
                "phase_since": on,
                "metric_primary": programme.tracked[0].scale,
                **turn,
            },
        ),
        (PhaseSpell, {"phase": "referred", "starts_on": on, **set_by}),
        (PhaseSpell, {"phase": "active", "starts_on": on, **set_by}),
        (TreatmentCourse, {"starts_on": on}),
        (Consent, {"given_on": on, "mode": consent.mode, "taken_by": consent.taken_by, "given_by": consent.given_by}),
        *(
            (TeamMember, {"role": place.role, "user_id": place.user_id, "name": place.name, "starts_on": on, **set_by})
            for place in programme.team
        ),
        *(
            (EpisodeCondition, {"condition": condition, "starts_on": on, **set_by})
            for condition in programme.conditions
        ),
        *(
            (
                TrackedMeasure,
                {"scale": each.scale, "cadence_days": each.cadence_days, "position": place, "starts_on": on, **set_by},
            )
            for place, each in enumerate(programme.tracked)
        ),
        *((TreatmentTarget, {**_level(wish), "starts_on": on, **set_by}) for wish in programme.targets),
    ]


def _level(wish: TargetWish) -> dict[str, Any]:
    return {
        "scale": wish.scale,
        "at_most": wish.at_most,
        "at_least": wish.at_least,
        "is_hold": wish.is_hold,
        "review_by": wish.review_by,
        "why": wish.why,
    }
