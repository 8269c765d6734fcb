"""What whoever calls somebody must know first: it stands in the header of every page about the person.

A message left where it is not safe, or a question put to somebody who may not answer it, cannot be taken back.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from sqlalchemy import CompoundSelect, Date, Row, and_, bindparam, cast, literal, null, or_, select, union_all

from registry.extensions import db
from registry.patients.around import LEGAL_STATUSES, ORDERED, RELATIONS
from registry.patients.models import AdvanceDirective, ContactPoint, LegalStatus, RelatedPerson
from registry.web.filters import long_date

_PHONE, _NO_PHONE, _DECIDES, _LAW, _DIRECTIVE = "phone", "no-phone", "decides", "law", "directive"
_ToMind: TypeAlias = Row[str, str, str, date | None]
_NO_DAY = cast(null(), Date)

_DECIDES_NOW = and_(
    RelatedPerson.consents_to_treatment,
    or_(RelatedPerson.starts_on.is_(None), RelatedPerson.starts_on <= bindparam("today")),
    or_(RelatedPerson.ends_on.is_(None), RelatedPerson.ends_on >= bindparam("today")),
)

# Made once, and one statement for all of it: every page about a person asks.
_TO_MIND: CompoundSelect[str, str, str, date | None] = union_all(
    select(
        literal(_LAW).label("what"),
        LegalStatus.kind.label("code"),
        literal("").label("words"),
        LegalStatus.expires_on.label("until"),
    ).where(
        LegalStatus.patient_id == bindparam("patient_id"),
        LegalStatus.ended_on.is_(None),
        LegalStatus.error_why == "",
        LegalStatus.kind.in_(sorted(ORDERED)),
    ),
    select(literal(_DECIDES), RelatedPerson.relation, RelatedPerson.name, RelatedPerson.ends_on).where(
        RelatedPerson.patient_id == bindparam("patient_id"), _DECIDES_NOW
    ),
    select(literal(_PHONE), literal(""), ContactPoint.value, _NO_DAY).where(
        ContactPoint.patient_id == bindparam("patient_id"),
        ContactPoint.ended_at.is_(None),
        ContactPoint.kind == "phone",
        ContactPoint.may_leave_message.is_(False),
    ),
    select(literal(_NO_PHONE), literal(""), ContactPoint.note, _NO_DAY).where(
        ContactPoint.patient_id == bindparam("patient_id"),
        ContactPoint.ended_at.is_(None),
        ContactPoint.kind == "no-phone",
    ),
    select(literal(_DIRECTIVE), AdvanceDirective.kept_at, AdvanceDirective.note, _NO_DAY).where(
        AdvanceDirective.patient_id == bindparam("patient_id"), AdvanceDirective.answer == "made"
    ),
)


def before_calling(patient_id: uuid.UUID, today: date) -> tuple[str, ...]:
    """One short sentence each: no message, no phone, who decides, under which order, what the person laid down.

    One statement.
    """
    rows = db.session.execute(_TO_MIND, {"patient_id": patient_id, "today": today}).all()
    order = (_PHONE, _NO_PHONE, _DECIDES, _LAW, _DIRECTIVE)
    return tuple(_sentence(row, today) for what in order for row in _of(what, rows))


def _of(what: str, rows: Iterable[_ToMind]) -> list[_ToMind]:
    return [row for row in rows if row.what == what]


def _sentence(row: _ToMind, today: date) -> str:
    if row.what == _PHONE:
        return f"Do not leave a message on {row.words}"
    if row.what == _NO_PHONE:
        return f"No phone: {row.words}" if row.words else "No phone"
    if row.what == _DECIDES:
        return f"{RELATIONS[row.code]} {row.words} decides about treatment"
    if row.what == _DIRECTIVE:
        said = f"Advance directive, kept: {row.code}"
        return f"{said}. {row.words}" if row.words else said
    return f"{LEGAL_STATUSES[row.code]}{_until(row.until, today)}"


def _until(expires_on: date | None, today: date) -> str:
    if expires_on is None:
        return ""
    return f" until {long_date(expires_on)}" if expires_on >= today else f", expired {long_date(expires_on)}"
