"""Which rows a listing asks for: its views, its filters, its search."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from registry.caseload.currency import (
    Today,
    days_ago,
    is_known,
    is_stale,
    today_at,
)
from registry.caseload.models import CaseloadRow
from registry.caseload.rules import (
    DUE_CONTACT,
    DUE_DAYS,
    DUE_INJECTION,
    DUE_MEASURE,
    DUE_REVIEW,
    DUE_SOON,
    NO_SCORE,
    NOBODY,
    OVERDUE,
    UNKNOWN,
    Listing,
)
from registry.db.text import place_of
from registry.episodes.models import EpisodeCondition, TeamMember
from registry.measures.course import Standing
from registry.patients.queries import had_mrn
from registry.patients.rules import fold, fold_mrn

MOST_WORDS = 8
"""Of a search: more of them find nobody else."""
_ANY_WORD, _NO_WORD = "w", "-"

ACTION = 1
"""Rank of an action: see ``CaseloadRow.rank``."""


def views(at: Today) -> Mapping[str, ColumnElement[bool]]:
    today = today_at(at)
    return {
        "needs-action": CaseloadRow.rank <= ACTION,
        "off-target": CaseloadRow.is_off_target.is_(True),
        "not-seen": CaseloadRow.unseen_from <= today,
        "not-reviewed": CaseloadRow.unreviewed_from <= today,
        "at-target": CaseloadRow.at_target_until >= today,
        "everyone": sa.true(),
    }


def has_reason(rule: str) -> ColumnElement[bool]:
    return CaseloadRow.rules.contains(f" {rule} ", autoescape=True)


def is_at(clinics: Collection[uuid.UUID]) -> ColumnElement[bool]:
    """One clinic as one: with a list of any length SQLAlchemy writes the statement anew each time it runs."""
    if len(clinics) == 1:
        (clinic_id,) = clinics
        return CaseloadRow.clinic_id == clinic_id
    return CaseloadRow.clinic_id.in_(list(clinics))


def wanted(listing: Listing, mine: uuid.UUID | None, at: Today) -> list[ColumnElement[bool]]:
    """Every filter beside the view. The clinic's own episodes only: history elsewhere stands in the record."""
    asked: list[ColumnElement[bool]] = [is_at(at)]
    if listing.course != "all":
        asked.append(CaseloadRow.is_open.is_(listing.course == "open"))
    if listing.clinic:
        asked.append(CaseloadRow.clinic_id == uuid.UUID(listing.clinic))
    if listing.team == NOBODY:
        asked.append(CaseloadRow.care_manager_id.is_(None))
    elif listing.team:
        asked.append(_is_on_team(mine or uuid.UUID(listing.team)))
    if listing.phase:
        asked.append(CaseloadRow.phase == listing.phase)
    if listing.condition:
        asked.append(_treats(listing.condition))
    if listing.reason:
        asked.append(has_reason(listing.reason))
    if listing.standing:
        asked.append(_stands(listing.standing, today_at(at)))
    if listing.due:
        asked.append(_is_due(listing.due, at))
    if listing.search:
        asked.append(_is_called(listing.search))
    return asked


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


def _is_due(due: str, at: Today) -> ColumnElement[bool]:
    if due == OVERDUE:
        return CaseloadRow.due_on < today_at(at)
    column = {
        DUE_SOON: CaseloadRow.due_on,
        DUE_CONTACT: CaseloadRow.contact_due_on,
        DUE_MEASURE: CaseloadRow.measure_due_on,
        DUE_REVIEW: CaseloadRow.review_due_on,
        DUE_INJECTION: CaseloadRow.injection_due_on,
    }[due]
    return column <= days_ago(at, -DUE_DAYS)


def typed(listing: Listing) -> tuple[Listing, dict[str, str]]:
    """A listing that searches for as many words and holds none of them, and what was typed, as its parameters.

    So a statement can be made once, and kept, and no name with it.
    """
    if not listing.search:
        return listing, {}
    words = fold(listing.search).split()[:MOST_WORDS]
    asked = {f"word_{nth}": word for nth, word in enumerate(words)}
    return replace(listing, search=_ANY_WORD * len(words) or _NO_WORD), {"mrn": fold_mrn(listing.search), **asked}


def _is_called(search: str) -> ColumnElement[bool]:
    """Every word is part of the name, in any order; or the text is the MRN. ``search`` counts the words."""
    number = or_(CaseloadRow.mrn == bindparam("mrn"), CaseloadRow.patient_id.in_(had_mrn(bindparam("mrn"))))
    if search == _NO_WORD:
        return number
    words = (
        place_of(CaseloadRow.sort_name, bindparam(f"word_{nth}", type_=sa.Text())) > 0 for nth in range(len(search))
    )
    return or_(number, and_(*words))
