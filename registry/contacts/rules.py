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


KIND_HINTS: Mapping[str, str] = {
    "treatment": "Care was given, or was to be given. Reached, it counts as seen and resets what is due",
    "outreach": "Somebody tried to reach the person. Not reached, it counts as a missed attempt",
    "scheduling": "Only appointments were arranged. Resets nothing",
    "no-show": "The person did not come. Counts as a missed attempt",
    "message": "Left or received, no conversation. Resets nothing",
    "collateral": "With family, a residence or another service, without the person",
    "team": "Among colleagues about the person",
    "seen-elsewhere": "Another team saw the person: told with every reason that nobody was in contact",
}
"""What each kind means and does."""

LONGEST_MINUTES = 600


def counts_as(kind: str, *, reached: bool) -> str:
    """What a contact means for what is due, in words; nothing where it means nothing."""
    if is_two_way(kind, reached=reached):
        return "Two-way treatment contact"
    if is_failed_attempt(kind, reached=reached):
        return "Missed attempt"
    return ""


def reach_words(kind: str, *, reached: bool) -> str:
    """ "Reached" or "not reached" where the kind leaves that open; nothing where it says so itself."""
    if kind in {"treatment", "outreach", "scheduling"}:
        return "reached" if reached else "not reached"
    return "the person took part" if reached and kind != "seen-elsewhere" else ""


def contradiction(kind: str, *, reached: bool) -> str | None:
    """Why a kind and "reached" exclude each other; ``None`` when they do not."""
    if kind == "no-show" and reached:
        return "In a no-show the person was not reached: choose No, or another kind"
    return None


def is_two_way(kind: str, *, reached: bool) -> bool:
    """Whether the patient took part in treatment."""
    return kind == "treatment" and reached


def is_failed_attempt(kind: str, *, reached: bool) -> bool:
    """Whether somebody tried and did not reach the person; a no-show is one."""
    return kind == "no-show" or (kind in {"outreach", "treatment"} and not reached)


def is_seen(kind: str, *, reached: bool) -> bool:
    """Whether anybody saw or spoke with the person."""
    return kind == "seen-elsewhere" or (reached and kind in {"treatment", "outreach", "scheduling"})
