"""The clinic's numbers and the people behind them, by the same conditions: a number equals its list."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from registry.accounts.models import User
from registry.caseload.currency import Today
from registry.caseload.models import CaseloadRow
from registry.caseload.panels import answer
from registry.extensions import db
from registry.patients.models import Patient
from registry.quality.parts import METRICS_QUESTION, Part, parts_by_metric
from registry.quality.rules import COUNTED, DENOMINATOR, METRICS, Tally

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
    """Every metric for each care manager at each clinic. The same statements, however many there are."""
    return [
        Group(
            panel.clinic_id,
            panel.care_manager_id,
            {key: Tally({**parts, **numbers[key]}) for key, parts in _no_counts().items()},
        )
        for panel, numbers in answer(METRICS_QUESTION, today).items()
    ]


def add_up(groups: Sequence[Group]) -> Tallies:
    """The numbers of several groups together."""
    together = _no_counts()
    for group in groups:
        for key, counts in together.items():
            for part, number in group.tallies[key].parts.items():
                counts[part] += number
    return {key: Tally(counts) for key, counts in together.items()}


def list_people(
    metric: str, part: str, *, today: Today, wanted: Wanted, page: int = 1
) -> tuple[Sequence[Row[Any]], int]:
    """One page of the people a number counts, by name, and how many there are."""
    conditions = [*_open_at(today), *_narrowed(wanted), _falls_into(metric, part, today)]
    statement: Select[*tuple[Any, ...]] = (
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
            CaseloadRow.first_stale_after_days,
            Patient.legal_given,
            Patient.legal_family,
            Patient.used_name,
            User.name.label("care_manager"),
        )
        .join(Patient, Patient.id == CaseloadRow.patient_id)
        .outerjoin(User, User.id == CaseloadRow.care_manager_id)
        .where(*conditions)
        .order_by(CaseloadRow.sort_name, CaseloadRow.episode_id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    total = db.session.scalar(select(func.count(CaseloadRow.episode_id)).where(*conditions)) or 0
    return db.session.execute(statement).all(), total


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
    found: Part = parts_by_metric(today)[metric]
    return found.in_(DENOMINATOR) if part == COUNTED else found == part


def _stored_parts(metric: str) -> list[str]:
    return [*DENOMINATOR, *METRICS[metric].excluded]


def _no_counts() -> dict[str, dict[str, int]]:
    return {key: dict.fromkeys(_stored_parts(key), 0) for key in METRICS}
