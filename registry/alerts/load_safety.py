"""What the registry knows of a person's safety, at any clinic, in any episode and in none."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from registry.alerts.models import Alert
from registry.alerts.snapshot import AnswerState, Ground, SafetyAnswer, SafetyClosure, SafetyFacts, SafetyReport
from registry.contacts.models import DangerReport
from registry.contacts.rules import DANGERS
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement, SafetySignal
from registry.measures.answers import answer_from_json, with_unasked
from registry.measures.danger import danger_scores
from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Better
from registry.measures.scoring import proves_positive

_DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class PersonSafety:
    """The safety facts of a person, and where each was recorded.

    ``clinic_of`` and ``recorded_at`` tell, by measurement or report, which clinic recorded it and at which instant;
    ``replaces`` names the measurement one corrects; ``closed_by`` the closed alert that dealt with an answer or report:
    a corrected copy that is no worse is dealt with too.
    ``unanswered`` are the positive answers and reports that name no alert yet.
    """

    facts: SafetyFacts
    clinic_of: Mapping[str, uuid.UUID]
    recorded_at: Mapping[str, datetime]
    replaces: Mapping[str, str]
    closed_by: Mapping[Ground, uuid.UUID]
    unanswered: Sequence[SafetySignal | DangerReport] = ()


Seen = Mapping[Ground, tuple[uuid.UUID, Decimal]]
"""By answer or report: the alert whose evidence names it, and how high the answer was."""


def covered_in(evidence: Mapping[str, Any]) -> Iterator[tuple[Ground, str | None]]:
    """The answers and reports an alert's evidence rests on, each with how high the answer was."""
    for facts in (evidence, *(each["evidence"] for each in evidence.get("also", ()))):
        for entry in (*facts.get("answers", ()), *facts.get("reports", ())):
            yield (entry["id"], entry.get("item_id", "")), entry.get("height", entry.get("value"))


_Row = Row[Any]
"""A measurement, as far as safety needs it."""


# Made once: building a statement costs more than running it.
_MEASUREMENTS = (
    select(
        Measurement.patient_id,
        Measurement.id,
        Measurement.clinic_id,
        Measurement.instrument,
        Measurement.instrument_version,
        Measurement.taken_on,
        Measurement.recorded_at,
        Measurement.status,
        Measurement.answers,
        Measurement.total_only,
        Measurement.replaces_id,
    )
    .where(
        among(Measurement.patient_id, "patient_ids"),
        among(Measurement.instrument, "instruments"),
    )
    .order_by(Measurement.recorded_at, Measurement.id)
)
_REPORTS = select(DangerReport).where(among(DangerReport.patient_id, "patient_ids"))
_UNANSWERED = select(SafetySignal).where(among(SafetySignal.patient_id, "patient_ids"), SafetySignal.alert_id.is_(None))


def load_safety(
    patient_ids: Collection[uuid.UUID], zones: Mapping[uuid.UUID, ZoneInfo], closed: Mapping[uuid.UUID, Sequence[Alert]]
) -> dict[uuid.UUID, PersonSafety]:
    """Every safety item of each patient's measurements and every reported danger; three statements.

    ``closed`` are the safety alerts people have closed, by patient, oldest first.
    """
    about = {"patient_ids": list(patient_ids)}
    rows = by_patient(db.session.execute(_MEASUREMENTS, {**about, "instruments": catalogue().danger_instruments}))
    reports = by_patient(db.session.scalars(_REPORTS, about))
    signals = by_patient(db.session.scalars(_UNANSWERED, about))
    return {
        patient_id: _person_safety(
            rows.get(patient_id, ()),
            reports.get(patient_id, ()),
            signals.get(patient_id, ()),
            closed.get(patient_id, ()),
            zones,
        )
        for patient_id in patient_ids
    }


def _person_safety(
    rows: Sequence[_Row],
    reports: Sequence[DangerReport],
    signals: Sequence[SafetySignal],
    closed: Sequence[Alert],
    zones: Mapping[uuid.UUID, ZoneInfo],
) -> PersonSafety:
    versions = {row.id: row for row in rows}
    recorded: dict[str, _Row | DangerReport] = {str(row.id): row for row in rows}
    recorded |= {str(row.id): row for row in reports}
    answers = [
        answer for nth, row in enumerate(rows) for answer in _answers(row, versions, zones[row.clinic_id], nth=nth)
    ]
    replaces = {str(row.id): str(row.replaces_id) for row in rows if row.replaces_id is not None}
    closed_by = _closed_by(answers, reports, closed, replaces)
    return PersonSafety(
        facts=SafetyFacts(
            answers=tuple(answers),
            reports=tuple(_report(row) for row in reports),
            closures=tuple(_closure(alert, closed_by, zones[alert.clinic_id]) for alert in closed),
        ),
        clinic_of={id_: row.clinic_id for id_, row in recorded.items()},
        recorded_at={id_: row.recorded_at for id_, row in recorded.items()},
        replaces=replaces,
        closed_by=closed_by,
        unanswered=(*signals, *(report for report in reports if report.alert_id is None)),
    )


def _answers(row: _Row, versions: Mapping[uuid.UUID, _Row], zone: ZoneInfo, *, nth: int) -> Iterator[SafetyAnswer]:
    """The safety items of one measurement, and of its scales those whose score is a danger.

    ``versions`` are all measurements of the person, with those that were corrected.
    """
    if row.status not in ("draft", "final"):
        return
    instrument = catalogue().get(row.instrument, row.instrument_version)
    given = with_unasked(instrument, row.answers or {})
    for item in instrument.safety_items:
        first = _first_to_say(row, versions, instrument, item)
        entered_on = first.recorded_at.astimezone(zone).date()
        yield _answer(row, instrument, item, given.get(item.id), entered_on=entered_on, nth=nth)
    yield from _dangers(row, instrument, entered_on=row.recorded_at.astimezone(zone).date(), nth=nth)


def _first_to_say(row: _Row, versions: Mapping[uuid.UUID, _Row], instrument: Instrument, item: Item) -> _Row:
    """The version that first told of this danger: to correct something else later makes no late entry of it."""
    first = row
    while first.replaces_id is not None:
        before = versions[first.replaces_id]
        if _state(before, instrument, item, (before.answers or {}).get(item.id)) is not AnswerState.POSITIVE:
            break
        first = before
    return first


def _answer(
    row: _Row, instrument: Instrument, item: Item, given: object, *, entered_on: date, nth: int
) -> SafetyAnswer:
    value = given if isinstance(given, int) else None
    choice = None if value is None else item.choice(value)
    return SafetyAnswer(
        id=str(row.id),
        on=row.taken_on,
        entered_on=max(entered_on, row.taken_on),
        instrument=instrument.short_title,
        item_id=item.id,
        item=f"item {item.number}",
        state=_state(row, instrument, item, given),
        value=value,
        answer=_needed(row, instrument, item) if choice is None else choice.label,
        total_above_floor=_from_best(row, instrument),
        tier=item.safety_tier,
        tier_again=item.safety_tier_again,
        calls_for=item.safety_calls_for,
        nth=nth,
        is_draft=row.status == "draft",
        height=None if value is None else item.danger_of(value),
        tells=item.safety_tells,
        is_screen=instrument.domain == "safety",
    )


def _from_best(row: _Row, instrument: Instrument) -> int | None:
    """How many points a total recorded alone is from the best there is; None where there is none."""
    scale = instrument.primary_scale
    if row.total_only is None or scale.maximum is None:
        return None
    best = int(scale.floor if scale.better is Better.LOWER else scale.maximum)
    total: int = row.total_only
    return abs(total - best)


def _dangers(row: _Row, instrument: Instrument, *, entered_on: date, nth: int) -> Iterator[SafetyAnswer]:
    """What the scales say whose score is a danger; nothing where only a total was recorded."""
    answers = {item_id: answer_from_json(answer) for item_id, answer in (row.answers or {}).items()}
    for found in danger_scores(instrument, answers):
        yield SafetyAnswer(
            id=str(row.id),
            on=row.taken_on,
            entered_on=max(entered_on, row.taken_on),
            instrument=instrument.short_title,
            item_id=found.scale.id,
            item=found.scale.name,
            state=AnswerState.POSITIVE if found.is_positive else AnswerState.NEGATIVE,
            value=int(found.value),
            answer=None if found.is_complete else "at least, with items unanswered",
            calls_for=found.danger.calls_for,
            nth=nth,
            is_draft=row.status == "draft",
            kind=found.danger.kind,
        )


def _needed(row: _Row, instrument: Instrument, item: Item) -> str | None:
    """Why a total says what nobody wrote down: without a positive answer there is no such total."""
    if row.total_only is None or not proves_positive(instrument, item, row.total_only):
        return None
    return f"no total of {row.total_only} without it"


def _state(row: _Row, instrument: Instrument, item: Item, given: object) -> AnswerState:
    if row.total_only is not None:
        return AnswerState.TOTAL_ONLY if _needed(row, instrument, item) is None else AnswerState.POSITIVE
    if given == _DECLINED:
        return AnswerState.DECLINED
    choice = item.choice(given) if isinstance(given, int) else None
    if not isinstance(given, int) or (choice is not None and choice.is_missing):
        return AnswerState.BLANK
    # The same comparison as the trigger that writes the safety signal.
    return AnswerState.POSITIVE if item.is_positive(given) else AnswerState.NEGATIVE


def _report(row: DangerReport) -> SafetyReport:
    return SafetyReport(
        id=str(row.id),
        on=row.reported_on,
        kind=DANGERS[row.kind].lower(),
        said_by=row.said_by,
        what_done=row.done or None,
        code=row.kind,
    )


def _closure(alert: Alert, closed_by: Mapping[Ground, uuid.UUID], zone: ZoneInfo) -> SafetyClosure:
    if alert.closed_at is None:
        raise ValueError("an open alert has dealt with nothing yet")
    covers = frozenset(ground for ground, alert_id in closed_by.items() if alert_id == alert.id)
    return SafetyClosure(closed_on=alert.closed_at.astimezone(zone).date(), covers=covers)


def _closed_by(
    answers: Iterable[SafetyAnswer],
    reports: Iterable[DangerReport],
    closed: Iterable[Alert],
    replaces: Mapping[str, str],
) -> dict[Ground, uuid.UUID]:
    """Which closed alert dealt with each answer and report as it stands now."""
    seen = seen_by(closed)
    reported: list[Ground] = [(str(report.id), "") for report in reports]
    found = {ground: seen[ground][0] for ground in reported if ground in seen}
    for answer in answers:
        alert_id = seen_before(answer.ground, answer.how_high, seen, replaces)
        if alert_id is not None:
            found[answer.ground] = alert_id
    return found


def seen_by(alerts: Iterable[Alert]) -> dict[Ground, tuple[uuid.UUID, Decimal]]:
    """What these alerts rest on, the later alert before the earlier; not what was taken back while they were open."""
    return {
        ground: (alert.id, _height(value))
        for alert in alerts
        for ground, value in covered_in(alert.evidence)
        if ground[1] not in alert.evidence.get("withdrawn", {}).get(ground[0], {})
    }


def seen_before(ground: Ground, value: int | str | None, seen: Seen, replaces: Mapping[str, str]) -> uuid.UUID | None:
    """The alert that saw this answer, in this version of the form or one it corrects, at least as high."""
    return next(
        (seen[each][0] for each in versions_of(ground, replaces) if each in seen and _height(value) <= seen[each][1]),
        None,
    )


def versions_of(ground: Ground, replaces: Mapping[str, str]) -> Iterator[Ground]:
    """The answer in this version of the form, and in those it corrects, newest first."""
    id_, item_id = ground
    version: str | None = id_
    while version is not None:
        yield version, item_id
        version = replaces.get(version)


def _height(value: int | str | None) -> Decimal:
    """An answer nobody gave is below every answer given."""
    return Decimal(-1) if value is None else Decimal(value)
