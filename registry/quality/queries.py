"""The clinic's numbers and the people behind them, by the same conditions: a number equals its list."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from registry.accounts.models import User
from registry.caseload.currency import Today
from registry.caseload.models import CaseloadRow
from registry.episodes.models import Episode, TreatmentCourse
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import MeasurementScore, StandingRow
from registry.measures.course import DatedScore, follow, has_improved
from registry.patients.models import Patient
from registry.quality.parts import Part, parts_by_metric
from registry.quality.rules import COUNTED, MET, METRICS, NOT_MET, Tally

PER_PAGE = 50

Tallies = Mapping[str, Tally]
"""Metric → how many fall into each of its parts."""


@dataclass(frozen=True, slots=True)
class Group:
    """The episodes of one care manager (or nobody) at one clinic."""

    clinic_id: uuid.UUID
    care_manager_id: uuid.UUID | None
    tallies: Tallies


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose numbers: some clinics, one care manager's people or nobody's, or everybody's."""

    clinic_id: uuid.UUID | None = None
    care_manager_id: uuid.UUID | None = None
    without_manager: bool = False


def count_groups(today: Today) -> Sequence[Group]:
    """Every metric for each care manager at each clinic. Three statements.

    Each episode is sorted into its parts once; the database counts those that fall into the same ones.
    """
    parts = parts_by_metric(today, restarted_parts(today))
    sorted_in = (
        _from_rows(
            select(
                CaseloadRow.clinic_id,
                CaseloadRow.care_manager_id,
                *(parts[key].label(f"part_of_{key}") for key in METRICS),
            )
        )
        .where(*_open_at(today))
        .subquery()
    )
    found: dict[tuple[uuid.UUID, uuid.UUID | None], dict[str, dict[str, int]]] = {}
    rows = db.session.execute(select(*sorted_in.c, func.count()).group_by(*sorted_in.c))
    for clinic_id, manager_id, *fallen_into, number in rows:
        counts = found.setdefault(
            (clinic_id, manager_id), {key: dict.fromkeys(_stored_parts(key), 0) for key in METRICS}
        )
        for key, part in zip(METRICS, fallen_into, strict=True):
            counts[key][part] += number
    return [
        Group(clinic_id, manager_id, {key: Tally(each) for key, each in counts.items()})
        for (clinic_id, manager_id), counts in found.items()
    ]


def add_up(groups: Sequence[Group]) -> Tallies:
    """The numbers of several groups together."""
    empty = {key: Tally(parts) for key, parts in _no_counts().items()}
    for group in groups:
        empty = {key: tally + group.tallies[key] for key, tally in empty.items()}
    return empty


def list_people(
    metric: str, part: str, *, today: Today, wanted: Wanted, page: int = 1
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the people a number counts, by name, and how many there are."""
    conditions = [*_open_at(today), *_narrowed(wanted), _falls_into(metric, part, today)]
    rows = db.session.execute(
        _from_rows(
            select(
                CaseloadRow.patient_id,
                CaseloadRow.clinic_id,
                CaseloadRow.mrn,
                CaseloadRow.phase,
                CaseloadRow.enrolled_on,
                CaseloadRow.care_manager_id,
                CaseloadRow.last_two_way_on,
                CaseloadRow.last_review_on,
                CaseloadRow.first_scale,
                CaseloadRow.first_baseline,
                CaseloadRow.first_latest,
                CaseloadRow.first_latest_on,
                Patient.legal_given,
                Patient.legal_family,
                Patient.used_name,
                User.name.label("care_manager"),
            )
        )
        .join(Patient, Patient.id == CaseloadRow.patient_id)
        .outerjoin(User, User.id == CaseloadRow.care_manager_id)
        .where(*conditions)
        .order_by(CaseloadRow.sort_name, CaseloadRow.episode_id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    total = db.session.scalar(_from_rows(select(func.count(CaseloadRow.episode_id))).where(*conditions)) or 0
    return rows, total


def names_of(user_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """User → name."""
    if not user_ids:
        return {}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))}


def restarted_parts(today: Today) -> Mapping[uuid.UUID, str]:
    """The part of "improved" of episodes whose stored standing does not start at enrolment: treatment began anew, or
    the outcome measure is no longer tracked. Metrics keep the enrolment baseline. Two statements."""
    courses = select(func.count(TreatmentCourse.id)).where(TreatmentCourse.episode_id == Episode.id).scalar_subquery()
    episodes = {
        row.id: row
        for row in db.session.execute(
            select(Episode.id, Episode.patient_id, Episode.enrolled_on, Episode.metric_primary)
            .outerjoin(StandingRow, _is_primary())
            .where(
                Episode.clinic_id.in_(list(today)),
                Episode.ended_on.is_(None),
                Episode.enrolled_on.is_not(None),
                Episode.metric_primary.is_not(None),
                (courses > 1) | StandingRow.episode_id.is_(None),
            )
        )
    }
    scores = _scores({row.patient_id for row in episodes.values()}, {row.metric_primary for row in episodes.values()})
    return {
        episode_id: _part_from_scores(row, scores[row.patient_id, row.metric_primary])
        for episode_id, row in episodes.items()
    }


def _part_from_scores(episode: Any, scores: Sequence[DatedScore]) -> str:
    scale = catalogue().scale(episode.metric_primary)
    if not scale.has_total:
        return "no-cut-off"
    course = follow(scores, scale=scale, starts_on=episode.enrolled_on, target=None)
    if course.baseline is None:
        return "no-baseline"
    if course.baseline_elevated is None:
        return "no-cut-off"
    if not course.baseline_elevated:
        return "not-elevated"
    return MET if has_improved(course, scale) else NOT_MET


def _scores(patient_ids: set[uuid.UUID], scales: set[str]) -> Mapping[tuple[uuid.UUID, str], list[DatedScore]]:
    found: dict[tuple[uuid.UUID, str], list[DatedScore]] = defaultdict(list)
    if not patient_ids:
        return found
    for score in db.session.execute(
        select(
            MeasurementScore.patient_id,
            MeasurementScore.scale,
            MeasurementScore.taken_on,
            MeasurementScore.value,
            MeasurementScore.is_prorated,
        ).where(
            MeasurementScore.patient_id.in_(patient_ids),
            MeasurementScore.scale.in_(scales),
            MeasurementScore.counts,
            MeasurementScore.value.is_not(None),
        )
    ):
        if score.value is not None:
            dated = DatedScore(on=score.taken_on, value=score.value, prorated=score.is_prorated)
            found[score.patient_id, score.scale].append(dated)
    return found


def _from_rows(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(CaseloadRow)
        .join(Episode, Episode.id == CaseloadRow.episode_id)
        .outerjoin(StandingRow, _is_primary())
    )


def _is_primary() -> ColumnElement[bool]:
    return and_(StandingRow.episode_id == Episode.id, StandingRow.scale == Episode.metric_primary)


def _open_at(today: Today) -> list[ColumnElement[bool]]:
    return [CaseloadRow.clinic_id.in_(list(today)), CaseloadRow.is_open.is_(True)]


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if wanted.clinic_id is not None:
        narrowed.append(CaseloadRow.clinic_id == wanted.clinic_id)
    if wanted.care_manager_id is not None:
        narrowed.append(CaseloadRow.care_manager_id == wanted.care_manager_id)
    if wanted.without_manager:
        narrowed.append(CaseloadRow.care_manager_id.is_(None))
    return narrowed


def _falls_into(metric: str, part: str, today: Today) -> ColumnElement[bool]:
    restarted = restarted_parts(today) if metric == "improved" else {}
    found: Part = parts_by_metric(today, restarted)[metric]
    return found.in_((MET, NOT_MET)) if part == COUNTED else found == part


def _stored_parts(metric: str) -> list[str]:
    return [MET, NOT_MET, *METRICS[metric].excluded]


def _no_counts() -> dict[str, dict[str, int]]:
    return {key: dict.fromkeys(_stored_parts(key), 0) for key in METRICS}
