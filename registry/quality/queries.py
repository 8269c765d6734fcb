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
from registry.extensions import db
from registry.patients.models import Patient
from registry.quality.parts import Part, parts_by_metric
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
    """Every metric for each care manager at each clinic. One statement.

    Each episode is sorted into its parts once; the database counts those that fall into the same ones.
    """
    parts = parts_by_metric(today)
    sorted_in = (
        select(
            CaseloadRow.clinic_id,
            CaseloadRow.care_manager_id,
            *(parts[key].label(f"part_of_{key}") for key in METRICS),
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


def names_of(user_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """User → name."""
    if not user_ids:
        return {}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))}


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
