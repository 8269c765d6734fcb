"""A positive safety answer is stored with its alert, or not at all."""

from __future__ import annotations

from sqlalchemy import select

from registry.access import scope
from registry.extensions import db
from registry.measurements.models import SafetySignal

_UNANSWERED = select(SafetySignal.measurement_id).where(SafetySignal.alert_id.is_(None)).limit(1)


class UnansweredSignal(RuntimeError):
    """A positive safety answer was about to be committed without an alert. Nothing was stored."""


def refuse_unanswered_signals() -> None:
    """Commit hook: every safety signal the triggers wrote has its alert.

    Nothing is asked of a transaction that cannot have touched anybody's measurement, such as a page that was opened.

    Raises:
        UnansweredSignal: one has none.
    """
    if not scope.may_have_changed_people():
        return
    unanswered = db.session.scalar(_UNANSWERED)
    if unanswered is not None:
        raise UnansweredSignal(f"measurement {unanswered} has a positive safety answer and no alert")
