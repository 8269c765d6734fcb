"""What became of a safety answer that was corrected, changed or entered in error, or is signed for no more; and of a
report of danger that was entered in error."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, union_all

from registry.accounts.models import User
from registry.alerts.rulebook import given_words
from registry.alerts.snapshot import AnswerState, Ground, SafetyAnswer
from registry.contacts.models import DangerReport
from registry.extensions import db
from registry.measurements.models import Measurement

_STANDS = "stands"

_WITHOUT_VALUE = {
    AnswerState.BLANK: "blank",
    AnswerState.DECLINED: "declined",
    AnswerState.TOTAL_ONLY: "a total without its items",
}


def fates(
    told: Iterable[Mapping[str, Any]],
    *,
    withdrawn: set[Ground],
    known: Mapping[str, Any],
    today: date,
    replaces: Mapping[str, str],
    now_standing: Sequence[SafetyAnswer],
    shown_only: Sequence[SafetyAnswer],
    zone: ZoneInfo,
) -> dict[str, dict[str, dict[str, Any]]]:
    """By measurement and item taken back: what it was corrected to, by whom and on which local date; one statement.

    ``told`` are the answers and reports of the alert's evidence; a report has no item, and an empty name stands for it.
    ``replaces`` names the measurement each version corrects.
    A draft is changed in place, so that nothing stored tells when: that is ``today``, unless it is ``known`` already,
    as this function told it before. A positive answer among ``shown_only`` is unchanged: it stands (``stands_in``).
    """
    replaced_by = {old: new for new, old in replaces.items()}
    standing = {answer.ground: answer for answer in (*now_standing, *shown_only)}
    unsigned = {answer.ground for answer in shown_only if answer.state is AnswerState.POSITIVE}
    answers = [answer for answer in told if ground_of(answer) in withdrawn]
    versions = {answer["id"]: _versions(answer["id"], replaced_by) for answer in answers}
    rows = _voided({id_ for chain in versions.values() for id_ in chain})
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for answer in answers:
        *corrected, last = versions[answer["id"]]
        item_id = ground_of(answer)[1]
        now = standing.get((last, item_id))
        voided = rows.get(last) or rows.get(corrected[-1] if corrected else last)
        if voided is not None:
            at, by = voided
            fate = _fate(None if now is None else _words(now), by, at.astimezone(zone).date())
        elif (last, item_id) in unsigned:
            fate = {_STANDS: True}
        elif "item_id" not in answer:  # a report another alert tells of now
            continue
        else:
            fate = _fate("no answer" if now is None else _words(now), None, today)
            before = known.get(answer["id"], {}).get(item_id)
            if before is not None and before.get("corrected_to") == fate["corrected_to"]:
                fate = before
        found.setdefault(answer["id"], {})[item_id] = fate
    return found


def ground_of(told: Mapping[str, Any]) -> Ground:
    """Which answer or report an entry of the evidence tells of."""
    return told["id"], told.get("item_id", "")


def stands_in(fate: Mapping[str, Any]) -> bool:
    """Whether the answer is as it was, and alerts nobody because its number is signed for no more."""
    return fate.get(_STANDS) is True


def is_taken_back(evidence: Mapping[str, Any]) -> bool:
    """Whether an answer that leads the alert was corrected or entered in error."""
    return any(not stands_in(fate) for items in evidence.get("withdrawn", {}).values() for fate in items.values())


def _fate(corrected_to: str | None, by: str | None, on: date) -> dict[str, Any]:
    return {"corrected_to": corrected_to, "by": by, "on": on.isoformat()}


def _versions(id_: str, replaced_by: Mapping[str, str]) -> list[str]:
    """The measurement and its corrections, the last one last."""
    chain = [id_]
    while chain[-1] in replaced_by:
        chain.append(replaced_by[chain[-1]])
    return chain


def _voided(ids: set[str]) -> Mapping[str, tuple[datetime, str | None]]:
    """Those that count no longer, with when that was said and by whom."""
    if not ids:
        return {}
    keys = [uuid.UUID(id_) for id_ in ids]
    rows = db.session.execute(
        union_all(
            select(Measurement.id, Measurement.voided_at, User.name)
            .outerjoin(User, User.id == Measurement.voided_by_id)
            .where(Measurement.id.in_(keys), Measurement.voided_at.is_not(None)),
            select(DangerReport.id, DangerReport.voided_at, User.name)
            .outerjoin(User, User.id == DangerReport.voided_by_id)
            .where(DangerReport.id.in_(keys), DangerReport.voided_at.is_not(None)),
        )
    )
    return {str(id_): (voided_at, name) for id_, voided_at, name in rows if voided_at is not None}


def _words(answer: SafetyAnswer) -> str:
    return _WITHOUT_VALUE.get(answer.state) or given_words(
        None if answer.value is None else str(answer.value), answer.answer
    )
