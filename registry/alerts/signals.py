"""Word that what needs attention for a patient was looked at again: lists that show it follow."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from blinker import Signal

if TYPE_CHECKING:
    from registry.alerts.last_safety import LastSafety
    from registry.alerts.life_facts import Turn, Whereabouts
    from registry.alerts.loading.care import Sighting
    from registry.alerts.models import Alert
    from registry.measures.course import DatedScore
    from registry.measures.mania import Reported


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What the look has just read of a patient, so that whoever follows need not read it again.

    ``answered_safety`` are the safety alerts people have closed, of what still is a danger. ``categories`` are scale,
    category and day of every result that is no number, oldest first; ``turns`` the homes and jobs lost and found, as
    they were told; ``outcomes`` those of the episodes that have one; ``scores`` the numbers by scale, oldest first.
    ``safety`` is the last word on the person's safety, None where nobody was ever asked; ``due`` is what falls due in
    each open episode, and on which day; ``yearly`` until when each part of the yearly physical check that was ever
    done counts, by the numbers of the open episode's clinic; ``away`` the stay the person is in, by open
    episode, None where in none.
    """

    open_alerts: Sequence[Alert]
    answered_safety: Sequence[Alert]
    contacts: Sequence[Sighting]
    categories: Sequence[tuple[str, str, date]]
    turns: Sequence[Turn]
    outcomes: Mapping[uuid.UUID, Reported]
    scores: Mapping[str, Sequence[DatedScore]]
    safety: LastSafety | None
    due: Mapping[uuid.UUID, Mapping[str, date]]
    yearly: Mapping[uuid.UUID, Mapping[str, date]]
    away: Mapping[uuid.UUID, Whereabouts | None]


asks_somebody = Signal("an urgent alert asks for somebody, in the transaction that caused it")
"""Sent with ``alert``, ``at`` (the instant) and ``to`` (whom it asks for, or None: everybody concerned at first),
inside the transaction. Nobody has to listen: an alert waits on a page in any case."""

attention_changed = Signal("alerts of some patients were reconciled, in the transaction that caused it")
"""Sent with ``patient_ids`` and ``looked_at`` (patient → ``LookedAt``, or None where only an alert changed), inside the
transaction. Nobody has to listen: alerts stand without any list."""
