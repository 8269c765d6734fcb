"""How many people of each panel an answer holds, kept from one reader to the next and never older than the rows.

A panel is the open episodes of one care manager at one clinic, or those nobody there is responsible for. Whoever
leads a hundred clinics would have a hundred thousand rows counted for every look; but between two looks hardly a
panel changes. So the counts of a panel are kept, and used only while nothing speaks against them:

- the database itself marks a panel (``panel_change``) in every transaction that writes one of its rows;
- the clinic's local date is still the one they were counted for;
- the question is still the same, by the text of its statement and its numbers.

Every other panel is counted when it is read, so no count is ever wrong; how many are kept (``keep_counts``, every
minute) decides only how fast the page is.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select

from registry import clock
from registry.access import scope
from registry.caseload.currency import Today
from registry.caseload.models import CaseloadRow, PanelChange, PanelCount
from registry.clinics.models import Clinic
from registry.clinics.queries import list_clinics
from registry.db.among import among
from registry.db.pacing import begin_pace
from registry.db.postgres import PANEL_LOCK
from registry.db.transaction import end_read, seconds_held, write
from registry.extensions import db

QUESTIONS = "registry.caseload.questions"
"""Key in ``app.extensions`` of what is counted: name → ``Question``."""

FEW_CLINICS = 5
"""So many clinics are counted as they are read: it takes some milliseconds, and nothing is looked up before."""

PEOPLE_OF_A_PANEL = 80
"""About how many, for the size of the chunks in which panels are counted."""

Question: TypeAlias = Callable[[Today], Mapping[str, ColumnElement[str]]]
"""What is asked of every open episode: by name, the part it falls into. Made of ``CaseloadRow`` and the dates."""

Answer: TypeAlias = Mapping[str, Mapping[str, int]]
"""For each name how many episodes fall into each part; a part without any is left out."""

_Key: TypeAlias = tuple[uuid.UUID, uuid.UUID]
"""Clinic and panel, as the tables name them."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The people of one care manager, or of nobody, at one clinic."""

    clinic_id: uuid.UUID
    care_manager_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A kept count that claims to be right and is not what the rows say."""

    panel: Panel
    question: str


def are_many(clinics: Collection[object]) -> bool:
    """Whether there are too many clinics to look at everybody there for one page."""
    return len(clinics) > FEW_CLINICS


def answer(question: str, today: Today) -> Mapping[Panel, Answer]:
    """How every panel of the clinics answers. A panel without open episodes is left out."""
    if are_many(today):
        kept, stale = _read_kept(question, today)
        found = {**kept, **_count(question, today, among_panels=stale)}
    else:
        found = _count(question, today)
    return {_panel(key): numbers for key, numbers in found.items()}


def keep_counts() -> int:
    """Count every panel whose kept counts are not right any more, and keep what was found; how many panels."""
    pace = begin_pace()
    kept = 0
    for clinic in list_clinics():
        today = {clinic.id: clinic.today(clock.now())}
        with scope.within(today):
            stale = _stale_panels(today)
            end_read()
            while stale:
                size = max(1, pace.people // PEOPLE_OF_A_PANEL)
                chunk, stale = stale[:size], stale[size:]
                with write():
                    _keep(chunk, today)
                kept += len(chunk)
                pace.after(people=len(chunk) * PEOPLE_OF_A_PANEL, held=seconds_held())
    return kept


def differences(clinic: Clinic) -> Iterator[Difference]:
    """Where kept counts nothing speaks against are not what the rows say: there must be none."""
    today = {clinic.id: clinic.today(clock.now())}
    with scope.within(today):
        for question in _questions():
            kept, _stale = _read_kept(question, today)
            counted = _count(question, today)
            yield from (Difference(_panel(key), question) for key in kept if kept[key] != counted.get(key))


def _panel(key: _Key) -> Panel:
    clinic_id, panel = key
    return Panel(clinic_id, None if panel == clinic_id else panel)


def _questions() -> Mapping[str, Question]:
    questions: Mapping[str, Question] = current_app.extensions[QUESTIONS]
    return questions


_CHANGED = select(PanelChange.clinic_id, PanelChange.panel).where(among(PanelChange.clinic_id, "clinic_ids")).distinct()
_KEPT = select(
    PanelCount.clinic_id, PanelCount.panel, PanelCount.counted_on, PanelCount.definition, PanelCount.numbers
).where(among(PanelCount.clinic_id, "clinic_ids"), PanelCount.question == bindparam("question"))


def _read_kept(question: str, today: Today) -> tuple[dict[_Key, Answer], set[_Key]]:
    """The counts nothing speaks against, and the panels to be counted.

    The marks are read first: a count that was kept in between is newer than they are, and not the other way round.
    """
    asked = {"clinic_ids": list(today)}
    stale: set[_Key] = {(row.clinic_id, row.panel) for row in db.session.execute(_CHANGED, asked)}
    definition, kept = _definition_of(question), {}
    for row in db.session.execute(_KEPT, {**asked, "question": question}):
        key = (row.clinic_id, row.panel)
        if row.counted_on != today[row.clinic_id] or row.definition != definition:
            stale.add(key)
        elif key not in stale:
            kept[key] = row.numbers
    return kept, stale


def _stale_panels(today: Today) -> list[_Key]:
    return sorted({key for question in _questions() for key in _read_kept(question, today)[1]})


def _keep(panels: Sequence[_Key], today: Today) -> None:
    """Count these panels of one clinic and keep the answers. The marks found before are answered by that, no others."""
    (clinic_id,) = today
    names = [panel for _clinic, panel in panels]
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(PANEL_LOCK)))  # one who counts at a time
    marks = db.session.scalars(
        select(PanelChange.id).where(PanelChange.clinic_id == clinic_id, among(PanelChange.panel, "panels")),
        {"panels": names},
    ).all()
    db.session.execute(
        delete(PanelCount)
        .where(PanelCount.clinic_id == clinic_id, among(PanelCount.panel, "panels"))
        .execution_options(synchronize_session=False),
        {"panels": names},
    )
    rows = [
        {
            "clinic_id": clinic_id,
            "panel": panel,
            "question": question,
            "counted_on": today[clinic_id],
            "definition": _definition_of(question),
            "numbers": numbers,
        }
        for question in _questions()
        for (_clinic, panel), numbers in _count(question, today, among_panels=set(panels)).items()
    ]
    if rows:
        db.session.execute(insert(PanelCount), rows)
    db.session.execute(
        delete(PanelChange).where(among(PanelChange.id, "marks")).execution_options(synchronize_session=False),
        {"marks": marks},
    )


def _count(question: str, today: Today, *, among_panels: Collection[_Key] | None = None) -> dict[_Key, Answer]:
    """Counted from the rows: every panel of the clinics, or those named."""
    if among_panels is None:
        return _gather(_statement(question, today, CaseloadRow.clinic_id.in_(list(today))))
    found: dict[_Key, Answer] = {}
    managers = {panel for clinic_id, panel in among_panels if panel != clinic_id}
    nobodys = {clinic_id for clinic_id, panel in among_panels if panel == clinic_id}
    if managers:
        # Found by the care manager: what they have at a clinic that was not asked about is left out below.
        statement = _statement(question, today, among(CaseloadRow.care_manager_id, "managers"))
        found |= _gather(statement, {"managers": list(managers)})
    if nobodys:
        of_nobody = CaseloadRow.care_manager_id.is_(None)
        found |= _gather(_statement(question, today, CaseloadRow.clinic_id.in_(nobodys), of_nobody))
    return {key: numbers for key, numbers in found.items() if key in among_panels}


def _statement(question: str, today: Today, *conditions: ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Each episode is sorted into its parts once; the database counts those that fall into the same ones."""
    parts = _questions()[question](today)
    sorted_in = (
        select(CaseloadRow.clinic_id, CaseloadRow.care_manager_id, *(part.label(name) for name, part in parts.items()))
        .where(CaseloadRow.is_open.is_(True), *conditions)
        .subquery()
    )
    return select(*sorted_in.c, func.count()).group_by(*sorted_in.c)


def _gather(statement: sa.Select[*tuple[Any, ...]], asked: Mapping[str, Any] | None = None) -> dict[_Key, Answer]:
    names = list(statement.selected_columns.keys())[2:-1]
    found: dict[_Key, dict[str, dict[str, int]]] = {}
    for clinic_id, manager_id, *fallen_into, number in db.session.execute(statement, asked or {}):
        numbers = found.setdefault((clinic_id, manager_id or clinic_id), {name: {} for name in names})
        for name, part in zip(names, fallen_into, strict=True):
            numbers[name][part] = numbers[name].get(part, 0) + number
    return dict(found)


_ANY_CLINIC, _ANY_DAY = uuid.UUID(int=0), date(2000, 1, 1)


def _definition_of(question: str) -> str:
    """What tells this question from any other one that was ever called so: its SQL and the numbers in it."""
    known: dict[str, str] = current_app.extensions.setdefault(f"{QUESTIONS}.definitions", {})
    if question not in known:
        statement = _statement(question, {_ANY_CLINIC: _ANY_DAY}).compile(dialect=db.engine.dialect)
        asked = f"{statement}\n{sorted(statement.params.items())!r}"
        known[question] = hashlib.sha256(asked.encode()).hexdigest()
    return known[question]
