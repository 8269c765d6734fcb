"""The caseload as a list: one statement for the rows, one for the counts, one for the sparklines."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, bindparam, case, cast, func, or_, select, type_coerce

from registry.caseload.columns import Columns
from registry.caseload.currency import (
    Today,
    days_ago,
    days_in_care,
    is_in_care,
    is_known,
    is_stale,
    seen_or_enrolled,
    today_at,
    was_reviewed,
)
from registry.caseload.models import CaseloadRow
from registry.caseload.panels import answer, are_many
from registry.caseload.rules import (
    ASCENDING,
    MINE,
    NO_SCORE,
    NOT_SEEN_DAYS,
    OFF_TARGET_RULE,
    UNKNOWN,
    Listing,
)
from registry.charts.sparkline import Point
from registry.db.among import among
from registry.episodes.models import EpisodeCondition, TeamMember
from registry.extensions import db
from registry.measurements.models import MeasurementScore
from registry.measures.course import Standing
from registry.patients.models import Patient
from registry.patients.rules import fold, fold_mrn

PER_PAGE = 50

SPARKLINE_DAYS = 364
"""Sparklines show at most the last 52 weeks."""

URGENT, ACTION = 0, 1
_URGENT = "urgent"

_IS_ANYWHERE = {
    "rank": (CaseloadRow.rank >= sa.literal_column("0"),),
    "name": (CaseloadRow.sort_name >= sa.literal_column("''"),),
}
"""Sort → what is true of every row, and opens the index of that order."""

VIEWS_QUESTION = "views"
"""What the counts of the views are kept under: see ``registry.caseload.panels``."""
_IN, _OUT = "in", "out"

_BETWEEN = "="
"""Between a date and its score in the text of a course."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the list: whose people are "mine", and which clinics are listed, each with its local date."""

    user_id: uuid.UUID
    today: Today

    @property
    def clinic_ids(self) -> Collection[uuid.UUID]:
        return self.today.keys()


@dataclass(frozen=True, slots=True)
class CaseloadPage:
    """One page of the list. ``counts``: view → how many episodes it holds under the same filters."""

    rows: Sequence[Columns]
    counts: Mapping[str, int]
    urgent: int
    courses: Mapping[tuple[uuid.UUID, str], str]
    """Patient and scale → the scores of the last 52 weeks as ``read_course`` takes them."""


# Documents as text: whoever shows a row reads them, and a row that is shown again need not be read again.
_SHOWN = (
    CaseloadRow.episode_id,
    CaseloadRow.patient_id,
    CaseloadRow.clinic_id,
    CaseloadRow.mrn,
    CaseloadRow.phase,
    CaseloadRow.enrolled_on,
    CaseloadRow.referred_on,
    CaseloadRow.ended_on,
    cast(CaseloadRow.conditions, sa.Text()).label("conditions"),
    CaseloadRow.first_scale,
    CaseloadRow.first_standing,
    CaseloadRow.first_baseline,
    CaseloadRow.first_baseline_on,
    CaseloadRow.first_latest,
    CaseloadRow.first_latest_on,
    CaseloadRow.first_percent,
    CaseloadRow.first_stale_after_days,
    CaseloadRow.first_at_most,
    CaseloadRow.first_at_least,
    CaseloadRow.beside_mania,
    CaseloadRow.second_scale,
    CaseloadRow.second_standing,
    CaseloadRow.second_baseline,
    CaseloadRow.second_baseline_on,
    CaseloadRow.second_latest,
    CaseloadRow.second_latest_on,
    CaseloadRow.second_stale_after_days,
    CaseloadRow.second_at_most,
    CaseloadRow.second_at_least,
    CaseloadRow.last_two_way_on,
    CaseloadRow.failed_attempts,
    CaseloadRow.last_review_on,
    CaseloadRow.open_recommendations,
    CaseloadRow.has_question,
    CaseloadRow.housing,
    CaseloadRow.work,
    CaseloadRow.rank,
    cast(CaseloadRow.reasons, sa.Text()).label("reasons"),
    Patient.legal_given,
    Patient.legal_family,
    Patient.used_name,
    Patient.pronouns,
    Patient.birth_date,
)


def list_caseload(listing: Listing, *, reader: Reader, page: int = 1) -> CaseloadPage:
    """One page of ``listing`` as ``reader`` may see it. Three statements, whatever is listed; a few more of many
    clinics, as many for a hundred as for ten."""
    # A search holds a name, and is not kept.
    ask = _ask.__wrapped__ if listing.search else _ask
    of_many = _is_of_many(listing, reader.today)
    asked = ask(listing, reader.user_id if listing.team == MINE else None, tuple(reader.today.items()), page, of_many)
    rows = db.session.execute(asked.rows).all()
    counts = _count_panels(reader.today) if of_many else _count_rows(asked)
    urgent = counts.pop(_URGENT)
    return CaseloadPage(rows=rows, counts=counts, urgent=urgent, courses=_courses(rows, max(reader.today.values())))


def _count_rows(asked: _Asked) -> dict[str, int]:
    return dict(zip(asked.tallied, map(int, db.session.execute(asked.tallies).one()), strict=True))


def _count_panels(today: Today) -> dict[str, int]:
    counts = dict.fromkeys(_tallied(today), 0)
    for numbers in answer(VIEWS_QUESTION, today).values():
        for view, parts in numbers.items():
            counts[view] += parts.get(_IN, 0)
    return counts


def _is_of_many(listing: Listing, today: Today) -> bool:
    """Whether everybody open at many clinics is listed: then nobody is looked at who does not stand on the page."""
    return are_many(today) and not listing.filters and not listing.search


@dataclass(frozen=True, slots=True)
class _Asked:
    """The statements of one page: its rows, and how many each view holds, in one pass over the rows."""

    rows: sa.Select[*tuple[Any, ...]]
    tallies: sa.Select[*tuple[Any, ...]]
    tallied: tuple[str, ...]


@lru_cache(maxsize=256)
def _ask(
    listing: Listing, mine: uuid.UUID | None, days: tuple[tuple[uuid.UUID, date], ...], page: int, of_many: bool
) -> _Asked:
    """Made once a day for each listing that is opened: making them takes as long as running them."""
    at = dict(days)
    today = today_at(at)
    wanted, views, order = _wanted(listing, mine, at), _views(at), _order(listing, today)
    if of_many:
        # By the index of the order, which only this condition opens, to the end of the page; not clinic by clinic.
        wanted[0] = func.coalesce(CaseloadRow.clinic_id, None).in_(list(at))
        wanted.extend(_IS_ANYWHERE.get(listing.sort, ()))
    # Sorted by what is sorted by, and only then filled: a sort that carries whole rows takes several times as long.
    # Said to be worked out once: PostgreSQL had rather sort again for each row it looks at.
    on_page = (
        select(CaseloadRow.episode_id)
        .where(*wanted, views[listing.view])
        .order_by(*order)
        .limit(_number(PER_PAGE))
        .offset(_number((page - 1) * PER_PAGE))
        .cte("on_page")
        .prefix_with("MATERIALIZED")
    )
    tallies = _tallied(at)
    return _Asked(
        select(*_SHOWN)
        .join(Patient, Patient.id == CaseloadRow.patient_id)
        .where(CaseloadRow.episode_id.in_(select(on_page.c.episode_id)))
        .order_by(*order),
        select(*(func.coalesce(func.sum(case((holds, 1), else_=0)), 0) for holds in tallies.values()))
        .select_from(CaseloadRow)
        .where(*wanted),
        tuple(tallies),
    )


def _tallied(at: Today) -> Mapping[str, ColumnElement[bool]]:
    return {**_views(at), _URGENT: CaseloadRow.rank == URGENT}


def parts_by_view(today: Today) -> Mapping[str, ColumnElement[str]]:
    """View → whether an episode is in it, as text: what is asked of every panel."""
    return {name: case((holds, sa.literal(_IN)), else_=sa.literal(_OUT)) for name, holds in _tallied(today).items()}


def _number(number: int) -> ColumnElement[int]:
    """Written out: of a limit it does not know PostgreSQL expects a tenth of all rows, and sorts them."""
    return sa.literal_column(str(number), sa.Integer())


def _views(at: Today) -> Mapping[str, ColumnElement[bool]]:
    today = today_at(at)
    in_care = is_in_care(today)
    return {
        "needs-action": CaseloadRow.rank <= ACTION,
        "off-target": _has_reason(OFF_TARGET_RULE),
        "not-seen": and_(in_care, seen_or_enrolled() <= days_ago(at, NOT_SEEN_DAYS)),
        "not-reviewed": and_(in_care, sa.not_(was_reviewed(at))),
        "at-target": is_known(Standing.AT_TARGET, today),
        "everyone": sa.true(),
    }


def _has_reason(rule: str) -> ColumnElement[bool]:
    return CaseloadRow.rules.contains(f" {rule} ", autoescape=True)


def _wanted(listing: Listing, mine: uuid.UUID | None, at: Today) -> list[ColumnElement[bool]]:
    """Every filter beside the view. The clinic's own episodes only: history elsewhere stands in the record."""
    wanted: list[ColumnElement[bool]] = [CaseloadRow.clinic_id.in_(list(at))]
    if listing.course != "all":
        wanted.append(CaseloadRow.is_open.is_(listing.course == "open"))
    if listing.clinic:
        wanted.append(CaseloadRow.clinic_id == uuid.UUID(listing.clinic))
    if listing.team:
        wanted.append(_is_on_team(mine or uuid.UUID(listing.team)))
    if listing.phase:
        wanted.append(CaseloadRow.phase == listing.phase)
    if listing.condition:
        wanted.append(_treats(listing.condition))
    if listing.reason:
        wanted.append(_has_reason(listing.reason))
    if listing.standing:
        wanted.append(_stands(listing.standing, today_at(at)))
    if listing.search:
        wanted.append(_is_called(listing.search))
    return wanted


def _is_on_team(user_id: uuid.UUID) -> ColumnElement[bool]:
    return (
        select(TeamMember.id)
        .where(
            TeamMember.episode_id == CaseloadRow.episode_id,
            TeamMember.user_id == user_id,
            or_(TeamMember.ends_on.is_(None), TeamMember.ends_on >= CaseloadRow.ended_on),
        )
        .exists()
    )


def _treats(condition: str) -> ColumnElement[bool]:
    return (
        select(EpisodeCondition.id)
        .where(
            EpisodeCondition.episode_id == CaseloadRow.episode_id,
            EpisodeCondition.condition == condition,
            or_(EpisodeCondition.ends_on.is_(None), EpisodeCondition.ends_on >= CaseloadRow.ended_on),
        )
        .exists()
    )


def _stands(standing: str, today: ColumnElement[date]) -> ColumnElement[bool]:
    if standing == UNKNOWN:
        return and_(is_stale(today), CaseloadRow.first_latest_on.is_not(None))
    if standing == NO_SCORE:
        return or_(CaseloadRow.first_latest_on.is_(None), is_known(Standing.NO_BASELINE, today))
    return is_known(Standing(standing), today)


def _is_called(text: str) -> ColumnElement[bool]:
    """Every word is part of the name, in any order; or the text is part of the MRN. Signs mean themselves."""
    number = CaseloadRow.mrn.contains(fold_mrn(text), autoescape=True)
    words = fold(text).split()
    if not words:
        return number
    return or_(number, and_(*(CaseloadRow.sort_name.contains(word, autoescape=True) for word in words)))


def _order(listing: Listing, today: ColumnElement[date]) -> list[Any]:
    """Empty last in either direction, then by name, so that a page is the same twice."""
    keys: dict[str, list[Any]] = {
        "rank": [CaseloadRow.rank],
        "name": [],
        "weeks": [days_in_care(today)],
        # What is not known to be at target comes with what is not at target.
        "score": [case((is_known(Standing.AT_TARGET, today), 0), else_=1), CaseloadRow.first_latest],
        "change": [case((sa.not_(is_stale(today)), CaseloadRow.first_percent), else_=sa.null())],
        "last-contact": [CaseloadRow.last_two_way_on],
        "last-review": [CaseloadRow.last_review_on],
    }
    ascends = listing.direction == ASCENDING
    if listing.sort == "rank" and ascends:  # never empty: said to be last, SQLite would not take it from its index
        return [CaseloadRow.rank, CaseloadRow.sort_name, CaseloadRow.episode_id]
    empty_last = [CaseloadRow.first_latest.is_(None)] if listing.sort == "score" else []
    chosen = [(key.asc() if ascends else key.desc()).nulls_last() for key in keys[listing.sort]]
    by_name = CaseloadRow.sort_name
    if listing.sort == "name":
        return [by_name.asc() if ascends else by_name.desc(), CaseloadRow.episode_id]
    return [*empty_last, *chosen, by_name, CaseloadRow.episode_id]


# One row a course, its points joined into a text by the database: a row a point costs five times as much.
_COURSES = (
    select(
        MeasurementScore.patient_id,
        MeasurementScore.scale,
        func.aggregate_strings(
            cast(MeasurementScore.taken_on, sa.Text())
            + _BETWEEN
            + cast(type_coerce(MeasurementScore.value, sa.Integer()), sa.Text()),
            ",",
        ),
    )
    .where(
        among(MeasurementScore.patient_id, "patient_ids"),
        among(MeasurementScore.scale, "scales"),
        MeasurementScore.counts,
        MeasurementScore.value.is_not(None),
        MeasurementScore.taken_on >= bindparam("since"),
    )
    .group_by(MeasurementScore.patient_id, MeasurementScore.scale)
)


def _courses(rows: Sequence[Columns], today: date) -> Mapping[tuple[uuid.UUID, str], str]:
    """The counted scores of the people on the page, of the last 52 weeks."""
    scales = {scale for row in rows for scale in (row.first_scale, row.second_scale) if scale}
    if not scales:
        return {}
    asked = {
        "patient_ids": list({row.patient_id for row in rows}),
        "scales": list(scales),
        "since": today - timedelta(days=SPARKLINE_DAYS),
    }
    return {(patient_id, scale): joined for patient_id, scale, joined in db.session.execute(_COURSES, asked)}


def read_course(joined: str) -> Iterator[Point]:
    """The scores of a course from its text, oldest first."""
    for text in sorted(joined.split(",") if joined else ()):
        on, _, hundredths = text.partition(_BETWEEN)
        yield Point(date.fromisoformat(on), int(hundredths) / 100)
