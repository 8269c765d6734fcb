"""What the registry knows of a person's safety, at any clinic, in any episode and in none."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from registry.access.reading import Read, rows_of
from registry.alerts.loading.safety_answers import SAFETY_COLUMNS, SafetyForms, SafetyRow
from registry.alerts.models import Alert
from registry.alerts.snapshot import AnswerState, Ground, SafetyAnswer, SafetyClosure, SafetyFacts, SafetyReport
from registry.contacts.models import DangerReport
from registry.contacts.rules import DANGERS
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.db.word import word
from registry.episodes.scales import ScalesInForce, scales_in_force
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement, SafetySignal


@dataclass(frozen=True, slots=True)
class PersonSafety:
    """The safety facts of a person, and where each was recorded.

    ``clinic_of`` and ``recorded_at`` tell, by measurement or report, which clinic recorded it and at which instant;
    ``replaces`` names the measurement one corrects; ``closed_by`` the closed alert that dealt with an answer or report:
    a corrected copy that is no worse is dealt with too.
    ``unanswered`` are the positive answers and reports that name no alert yet; ``shown_only`` the answers to items that
    alert nobody, since their number is a clinician's judgement that the clinic that asked has not signed for.
    """

    facts: SafetyFacts
    clinic_of: Mapping[str, uuid.UUID]
    recorded_at: Mapping[str, datetime]
    replaces: Mapping[str, str]
    closed_by: Mapping[Ground, uuid.UUID]
    unanswered: Sequence[SafetySignal | DangerReport] = ()
    shown_only: Sequence[SafetyAnswer] = ()


Seen = Mapping[Ground, tuple[uuid.UUID, Decimal]]
"""By answer or report: the alert whose evidence names it, and how high the answer was."""


def covered_in(evidence: Mapping[str, Any]) -> Iterator[tuple[Ground, str | None]]:
    """The answers and reports an alert's evidence rests on, each with how high the answer was."""
    for facts in (evidence, *(each["evidence"] for each in evidence.get("also", ()))):
        for entry in (*facts.get("answers", ()), *facts.get("reports", ())):
            yield (entry["id"], entry.get("item_id", "")), entry.get("height", entry.get("value"))


def is_still_so(alert: Alert, safety: PersonSafety) -> bool:
    """Whether anything that the alert rests on is a danger as it stands now: not struck through, nor corrected to none.

    Also where the alert names nothing, and where the clinic has taken back since what it had signed for.
    """
    told_of = {ground for ground, _height in covered_in(alert.evidence)}
    answers = (*safety.facts.answers, *safety.shown_only)
    dangers = {answer.ground for answer in answers if answer.state is AnswerState.POSITIVE}
    dangers |= {(report.id, "") for report in safety.facts.reports}
    return not told_of or any(
        version in told_of for ground in dangers for version in versions_of(ground, safety.replaces)
    )


# Made once: building a statement costs more than running it.
MEASUREMENTS = (
    select(Measurement.patient_id, *SAFETY_COLUMNS)
    .where(
        among(Measurement.patient_id, "patient_ids"),
        among(Measurement.instrument, "instruments"),
    )
    .order_by(Measurement.recorded_at, Measurement.id)
)
_REPORTED = (among(DangerReport.patient_id, "patient_ids"), DangerReport.status == word("final"))
HAVING_REPORTS = select(DangerReport.patient_id).where(*_REPORTED)
_REPORTS = select(DangerReport).where(*_REPORTED).order_by(DangerReport.recorded_at, DangerReport.id)
_SIGNALLED = (among(SafetySignal.patient_id, "patient_ids"), SafetySignal.alert_id.is_(None))
HAVING_SIGNALS = select(SafetySignal.patient_id).where(*_SIGNALLED)
_UNANSWERED = select(SafetySignal).where(*_SIGNALLED).order_by(SafetySignal.measurement_id, SafetySignal.item)


def load_safety(
    patient_ids: Collection[uuid.UUID],
    zones: Mapping[uuid.UUID, ZoneInfo],
    closed: Mapping[uuid.UUID, Sequence[Alert]],
    read: Read = rows_of,
) -> dict[uuid.UUID, PersonSafety]:
    """Every safety item of each patient's measurements and every reported danger that stands; three statements, one
    more with reports, with positive answers that no alert names, and where what an answer says depends on what the
    clinic that asked has signed for.

    ``closed`` are the safety alerts people have closed, by patient, oldest first.
    """
    about = {"patient_ids": list(patient_ids)}
    rows = by_patient(read(MEASUREMENTS, {**about, "instruments": catalogue().danger_instruments}))
    reports = by_patient(db.session.scalars(_REPORTS, about)) if read(HAVING_REPORTS, about) else {}
    signals = by_patient(db.session.scalars(_UNANSWERED, about)) if read(HAVING_SIGNALS, about) else {}
    to_sign_for = catalogue().dangers_to_sign_for
    is_read_by_clinic = any(row.instrument in to_sign_for for own in rows.values() for row in own)
    as_read = scales_in_force(read) if is_read_by_clinic else ScalesInForce()
    return {
        patient_id: _person_safety(
            rows.get(patient_id, ()),
            as_read,
            reports.get(patient_id, ()),
            signals.get(patient_id, ()),
            closed.get(patient_id, ()),
            zones,
        )
        for patient_id in patient_ids
    }


def _person_safety(
    rows: Sequence[SafetyRow],
    read: ScalesInForce,
    reports: Sequence[DangerReport],
    signals: Sequence[SafetySignal],
    closed: Sequence[Alert],
    zones: Mapping[uuid.UUID, ZoneInfo],
) -> PersonSafety:
    forms = SafetyForms({row.id: row for row in rows}, zones, read)
    recorded: dict[str, SafetyRow | DangerReport] = {str(row.id): row for row in rows}
    recorded |= {str(row.id): row for row in reports}
    standing = [(nth, row) for nth, row in enumerate(rows) if row.status in ("draft", "final")]
    answers = [answer for nth, row in standing for answer in forms.answers(row, nth=nth)]
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
        shown_only=[answer for nth, row in standing for answer in forms.shown_only(row, nth=nth)],
    )


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
