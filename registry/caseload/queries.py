"""The caseload as a list: one statement for the rows, one for the counts."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, bindparam, case, cast, func, select

from registry.access.reading import rows_of
from registry.accounts.models import User
from registry.caseload.columns import Columns
from registry.caseload.currency import Today, minutes_this_month
from registry.caseload.models import CaseloadRow, LookMark
from registry.caseload.narrowing import is_at, typed, views, wanted
from registry.caseload.ordering import IS_ANYWHERE, order
from registry.caseload.panels import answer, are_many
from registry.caseload.rules import MINE, Listing
from registry.patients.models import Patient

PER_PAGE = 50

URGENT = "urgent"
_RANK_OF_URGENT = 0

VIEWS_QUESTION = "views"
"""What the counts of the views are kept under: see ``registry.caseload.panels``."""
_IN, _OUT = "in", "out"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the list: whose people are "mine", and which clinics are listed, each with its local date."""

    user_id: uuid.UUID
    today: Today
    clinics: Mapping[uuid.UUID, str]
    """The name of each."""

    @property
    def clinic_ids(self) -> Collection[uuid.UUID]:
        return self.today.keys()


@dataclass(frozen=True, slots=True)
class CaseloadPage:
    """One page of the list. ``counts``: view → how many episodes it holds under the same filters, and under ``URGENT``
    how many are urgent; of a search whose finds stand on one page the one view alone."""

    rows: Sequence[Columns]
    counts: Mapping[str, int]


_ALWAYS = (
    CaseloadRow.episode_id,
    CaseloadRow.patient_id,
    CaseloadRow.clinic_id,
    CaseloadRow.mrn,
    CaseloadRow.phase,
    CaseloadRow.enrolled_on,
    CaseloadRow.referred_on,
    CaseloadRow.consent_withdrawn_on,
    Patient.legal_given,
    Patient.legal_family,
    Patient.used_name,
    Patient.pronouns,
    Patient.birth_date,
    Patient.needs_interpreter,
)


def _measure(which: str) -> tuple[Any, ...]:
    names = (
        "scale",
        "standing",
        "baseline",
        "baseline_on",
        "latest",
        "latest_on",
        "stale_after_days",
        "at_most",
        "at_least",
        "course",
    )
    return tuple(getattr(CaseloadRow, f"{which}_{name}") for name in names)


# Documents as text: whoever shows a row reads them, and a row that is shown again need not be read again.
_SHOWN: Mapping[str, tuple[Any, ...]] = {
    "reasons": (cast(CaseloadRow.reasons, sa.Text()).label("reasons"),),
    "phase": (
        CaseloadRow.ended_on,
        cast(CaseloadRow.conditions, sa.Text()).label("conditions"),
        CaseloadRow.housing,
        CaseloadRow.housing_on,
        CaseloadRow.work,
        CaseloadRow.work_on,
    ),
    "main": (*_measure("first"), CaseloadRow.first_percent, CaseloadRow.beside_mania),
    "second": _measure("second"),
    "function": _measure("function"),
    "further": (cast(CaseloadRow.further, sa.Text()).label("further"),),
    "safety": (
        CaseloadRow.safety_state,
        CaseloadRow.safety_item,
        CaseloadRow.safety_on,
        CaseloadRow.safety_positive_on,
        CaseloadRow.safety_plan_on,
        CaseloadRow.safety_plan_review_on,
    ),
    "contact": (CaseloadRow.last_two_way_on, CaseloadRow.failed_attempts, CaseloadRow.rules),
    "due": (
        CaseloadRow.due_on,
        CaseloadRow.contact_due_on,
        CaseloadRow.measure_due_on,
        CaseloadRow.review_due_on,
        CaseloadRow.injection_due_on,
        CaseloadRow.paused_until,
        CaseloadRow.away_kind,
        CaseloadRow.away_since,
        CaseloadRow.away_last_known_on,
    ),
    "physical": (cast(CaseloadRow.yearly, sa.Text()).label("yearly"),),
    "review": (CaseloadRow.last_review_on, CaseloadRow.open_recommendations, CaseloadRow.has_question),
    "housing": (CaseloadRow.housing, CaseloadRow.housing_on),
    "work": (CaseloadRow.work, CaseloadRow.work_on),
    "manager": (User.name.label("manager"),),
}
"""Column of the list → what it shows; minutes depend on the date. Nothing is read that is not shown."""


def list_caseload(listing: Listing, *, reader: Reader, columns: tuple[str, ...], page: int = 1) -> CaseloadPage:
    """One page of ``listing`` as ``reader`` may see it, with what ``columns`` show. Two statements, whatever is
    listed; a few more of many clinics, as many for a hundred as for ten."""
    of_many = _is_of_many(listing, reader.today)
    kept, words = typed(listing)
    asked = _ask(kept, _mine(listing, reader), tuple(reader.today.items()), columns, page, of_many)
    rows = rows_of(asked.rows, {**words, "reader_id": reader.user_id})
    if listing.search and page == 1 and len(rows) < PER_PAGE:
        counts = {listing.view: len(rows)}  # nothing but their number is said of who was found
    else:
        counts = _count_panels(reader.today) if of_many else _count_rows(asked, words)
    return CaseloadPage(rows=rows, counts=counts)


def list_everybody(
    listing: Listing,
    *,
    reader: Reader,
    columns: tuple[str, ...],
    most: int,
    among_episodes: Collection[uuid.UUID] = (),
) -> Sequence[Columns]:
    """Every row of ``listing`` in its order, ``most`` of them at most, to be taken out; of ``among_episodes`` alone
    where some are named. One statement."""
    kept, words = typed(listing)
    mine = _mine(listing, reader)
    rows = _rows(kept, mine, reader.today, columns, limit=most, offset=0, of_many=False, only=among_episodes)
    return rows_of(rows, {**words, "reader_id": reader.user_id})


def list_one(episode_id: uuid.UUID, *, reader: Reader, columns: tuple[str, ...]) -> CaseloadPage:
    """The row of one episode by itself, no row where the reader's list has none. One statement."""
    rows = list_everybody(Listing(course="all"), reader=reader, columns=columns, most=1, among_episodes=[episode_id])
    return CaseloadPage(rows=rows, counts={})


def list_chosen(episode_ids: Collection[uuid.UUID], *, reader: Reader) -> Sequence[Columns]:
    """Who these open episodes of the reader's clinics are about, by name; the others do not exist."""
    if not episode_ids:
        return []
    chosen = (
        select(*_ALWAYS)
        .join(Patient, Patient.id == CaseloadRow.patient_id)
        .where(
            CaseloadRow.episode_id.in_(list(episode_ids)),
            CaseloadRow.clinic_id.in_(list(reader.clinic_ids)),
            CaseloadRow.is_open.is_(True),
        )
        .order_by(CaseloadRow.sort_name, CaseloadRow.episode_id)
    )
    return rows_of(chosen, {})


def count_listings(listings: Sequence[Listing], reader: Reader) -> list[int]:
    """How many episodes each listing holds. One statement, in one pass over the rows of the clinics."""
    if not listings:
        return []
    mine = tuple(_mine(listing, reader) for listing in listings)
    (found,) = rows_of(_tally(tuple(listings), mine, tuple(reader.today.items())), {})
    return [int(number) for number in found]


@lru_cache(maxsize=256)
def _tally(
    listings: tuple[Listing, ...], mine: tuple[uuid.UUID | None, ...], days: tuple[tuple[uuid.UUID, date], ...]
) -> sa.Select[*tuple[Any, ...]]:
    at = dict(days)
    holds = [
        sa.and_(*wanted(listing, own, at), views(at)[listing.view]) for listing, own in zip(listings, mine, strict=True)
    ]
    return (
        select(*(func.count().filter(each).label(f"n{nth}") for nth, each in enumerate(holds)))
        .select_from(CaseloadRow)
        .where(is_at(at))
    )


def _mine(listing: Listing, reader: Reader) -> uuid.UUID | None:
    return reader.user_id if listing.team == MINE else None


def _count_rows(asked: _Asked, words: Mapping[str, str]) -> dict[str, int]:
    (numbers,) = rows_of(asked.tallies, words)
    return dict(zip(asked.tallied, map(int, numbers), strict=True))


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
    listing: Listing,
    mine: uuid.UUID | None,
    days: tuple[tuple[uuid.UUID, date], ...],
    columns: tuple[str, ...],
    page: int,
    of_many: bool,
) -> _Asked:
    """Made once a day for each listing that is opened: making them takes as long as running them."""
    at = dict(days)
    tallies = _tallied(at)
    return _Asked(
        _rows(listing, mine, at, columns, limit=PER_PAGE, offset=(page - 1) * PER_PAGE, of_many=of_many),
        select(*(func.count().filter(holds) for holds in tallies.values()))
        .select_from(CaseloadRow)
        .where(*wanted(listing, mine, at)),
        tuple(tallies),
    )


def _rows(
    listing: Listing,
    mine: uuid.UUID | None,
    at: Today,
    columns: tuple[str, ...],
    *,
    limit: int,
    offset: int,
    of_many: bool,
    only: Collection[uuid.UUID] = (),
) -> sa.Select[*tuple[Any, ...]]:
    asked, in_order = wanted(listing, mine, at), order(listing, at)
    if only:
        asked.append(CaseloadRow.episode_id.in_(list(only)))
    if of_many:
        # By the index of the order, which only this condition opens, to the end of the page; not clinic by clinic.
        asked[0] = func.coalesce(CaseloadRow.clinic_id, None).in_(list(at))
        asked.extend(IS_ANYWHERE.get(listing.sort, ()))
    # Sorted by what is sorted by, and only then filled: a sort that carries whole rows takes several times as long.
    # Said to be worked out once: PostgreSQL had rather sort again for each row it looks at.
    on_page = (
        select(CaseloadRow.episode_id)
        .where(*asked, views(at)[listing.view])
        .order_by(*in_order)
        .limit(_number(limit))
        .offset(_number(offset))
        .cte("on_page")
        .prefix_with("MATERIALIZED")
    )
    filled = (
        select(*_ALWAYS, _LOOKED_AT, *_selected(columns, at))
        .join(Patient, Patient.id == CaseloadRow.patient_id)
        .where(CaseloadRow.episode_id.in_(select(on_page.c.episode_id)))
        .order_by(*in_order)
    )
    return filled.outerjoin(User, User.id == CaseloadRow.care_manager_id) if "manager" in columns else filled


def _selected(columns: tuple[str, ...], at: Today) -> list[Any]:
    """What the columns show, each once: two of them say where somebody lives."""
    shown = {**_SHOWN, "minutes": (minutes_this_month(at).label("minutes"),)}
    return list({each.key: each for column in columns for each in shown[column]}.values())


_LOOKED_AT = (
    select(func.max(LookMark.looked_at))
    .where(
        LookMark.user_id == bindparam("reader_id"),
        LookMark.patient_id == CaseloadRow.patient_id,
        LookMark.undone_at.is_(None),
    )
    .correlate(CaseloadRow)
    .scalar_subquery()
    .label("looked_at")
)
"""When the reader last marked the record as looked at."""


def _tallied(at: Today) -> Mapping[str, ColumnElement[bool]]:
    return {**views(at), URGENT: CaseloadRow.rank == _RANK_OF_URGENT}


def parts_by_view(today: Today) -> Mapping[str, ColumnElement[str]]:
    """View → whether an episode is in it, as text: what is asked of every panel."""
    return {name: case((holds, sa.literal(_IN)), else_=sa.literal(_OUT)) for name, holds in _tallied(today).items()}


def _number(number: int) -> ColumnElement[int]:
    """Written out: of a limit it does not know PostgreSQL expects a tenth of all rows, and sorts them."""
    return sa.literal_column(str(number), sa.Integer())
