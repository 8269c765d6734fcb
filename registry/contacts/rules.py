"""Which contact counts as what. Pure.

Only a two-way treatment contact resets a due date or counts in a metric: no-shows, scheduling calls, unanswered
outreach and messages never do (NYS OMH CoCM metrics 2025, clinical contact).
"""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "treatment": "Treatment contact",
    "outreach": "Outreach attempt",
    "scheduling": "Scheduling",
    "no-show": "No-show",
    "message": "Message",
    "collateral": "Collateral",
    "team": "Team",
    "seen-elsewhere": "Seen by another team",
}

MODALITIES: Mapping[str, str] = {
    "phone": "Phone",
    "in-person": "In person",
    "video": "Video",
    "home": "Home or community",
    "text": "Text or e-mail",
}

DANGERS: Mapping[str, str] = {
    "self-harm": "Suicide or self-harm",
    "threat": "Threat to others",
    "self-care": "Cannot care for self, or missing",
    "abuse": "Abuse",
    "overdose": "Overdose",
    "other": "Other danger",
}

FAILED_ATTEMPTS = frozenset({"outreach", "no-show"})


def is_two_way(kind: str, *, reached: bool) -> bool:
    """Whether the patient took part in treatment."""
    return kind == "treatment" and reached


def is_failed_attempt(kind: str, *, reached: bool) -> bool:
    """Whether somebody tried and did not reach the person; a no-show is one."""
    return kind == "no-show" or (kind in {"outreach", "treatment"} and not reached)


def is_seen(kind: str, *, reached: bool) -> bool:
    """Whether anybody saw or spoke with the person."""
    return kind == "seen-elsewhere" or (reached and kind in {"treatment", "outreach", "scheduling"})
