"""What a life event is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

STAYS: Mapping[str, str] = {
    "hospital-psychiatric": "Psychiatric hospital",
    "hospital": "Hospital, other",
    "crisis": "Crisis or respite house",
    "jail": "Jail or prison",
}
"""What one goes into and comes out of: it may have an end, and lasts until somebody says so."""

MOMENTS: Mapping[str, str] = {
    "emergency": "Emergency department",
    "moved": "Moved",
    "home-lost": "Lost a home",
    "home-found": "Found a home",
    "job-gained": "Began a job",
    "job-lost": "Lost a job",
    "bereavement": "Bereavement",
    "birth": "Birth of a child",
    "partnership": "Partnership begun or ended",
    "other": "Something else",
}
"""What happens on a day."""

KINDS: Mapping[str, str] = {**STAYS, **MOMENTS}

PLACES: Mapping[str, str] = {
    "hospital-psychiatric": "psychiatric hospital",
    "hospital": "hospital",
    "crisis": "the crisis house",
    "jail": "jail",
    "emergency": "emergency visit",
}
"""Where somebody is or was, as a sentence says it after "in" or "from"; the last stands alone."""

WHOM: Mapping[str, str] = {"hospital-psychiatric": "ward", "hospital": "ward", "crisis": "house", "jail": "jail"}
"""Whom the team calls during a stay: they are sent the medicines and the dates of injections and clozapine."""

EMERGENCY = "emergency"

REASONS: Mapping[str, str] = {
    "psychiatric": "Psychiatric",
    "substance": "Alcohol or drugs",
    "self-harm": "Self-harm",
    "overdose": "Overdose",
    "other": "Something else",
    "unknown": "Not known yet",
}
"""Why somebody was in an emergency department: all but "other" call for a contact after it, what is not known too."""

LOSSES: Mapping[str, str] = {"home-lost": "housing", "job-lost": "employment"}
GAINS: Mapping[str, str] = {"home-found": "housing", "job-gained": "employment"}
"""Kinds that say a home or a job was lost, or that there is one again: each with the domain of its measures."""

STATUSES = ("final", "entered-in-error")


def is_stay(kind: str) -> bool:
    """Whether an event of this kind may last."""
    return kind in STAYS


def is_open(kind: str, *, ends_on: date | None) -> bool:
    """Whether the person is still there, as far as anybody has said."""
    return is_stay(kind) and ends_on is None
