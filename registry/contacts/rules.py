"""Which contact counts as what. Pure.

Only a two-way treatment contact resets a due date or counts in a metric: no-shows, scheduling calls, unanswered
outreach and messages never do (NYS OMH CoCM metrics 2025, clinical contact).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

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
    "group": "Group",
    "text": "Text message",
    "email": "E-mail or portal",
    "letter": "Letter",
    "peer": "Through a peer specialist",
    "partner": "Through a partner",
}

TOOK_PART: Mapping[str, str] = {
    "family": "Family or friend",
    "guardian": "Guardian or representative",
    "residence": "Residence staff",
    "other-service": "Another service",
    "peer": "Peer specialist",
    "colleague": "Colleague of the team",
    "interpreter": "Interpreter",
    "other": "Somebody else",
}
"""Who can take part beside the person."""

WITHOUT_CONVERSATION: Mapping[str, str] = {
    "text": "A text message is no conversation: choose Message, or log the call or visit that came of it",
    "email": "An e-mail or portal message is no conversation: choose Message, or log the call or visit that came of it",
    "letter": "A letter reaches nobody by itself: choose Message, or log the answer when it comes",
}
"""Ways in which nobody speaks with anybody, each with why nobody is reached in treatment by it."""

OUTREACH_ONLY = frozenset({"peer", "partner"})
"""Ways in which somebody else tries to reach the person."""

QUICK_KINDS = ("treatment", "outreach", "no-show", "scheduling", "message")
"""What can be told in one line."""

DANGERS: Mapping[str, str] = {
    "self-harm": "Suicide or self-harm",
    "threat": "Threat to others",
    "self-care": "Cannot care for self, or missing",
    "abuse": "Abuse",
    "overdose": "Overdose",
    "other": "Other danger",
}

KIND_HINTS: Mapping[str, str] = {
    "treatment": "Care was given in a conversation, or was to be. Reached, it counts as seen and resets what is due",
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
    if kind == "collateral" and reached:
        return "A collateral contact is without the person: choose No, or Treatment contact"
    return None


def impossible_way(kind: str, modality: str, *, reached: bool) -> str | None:
    """Why a contact of this kind cannot have been made in this way; ``None`` when it can."""
    if modality in OUTREACH_ONLY and kind != "outreach":
        return "Choose how it happened; through somebody else one only tries to reach a person"
    if modality in WITHOUT_CONVERSATION and kind == "no-show":
        return "Choose how the appointment that was missed was to take place"
    return WITHOUT_CONVERSATION.get(modality) if is_two_way(kind, reached=reached) else None


def is_named(kind: str, took_part: Collection[str], participants: str) -> bool:
    """Whether it is said with whom a contact was that was not with the person."""
    return kind != "collateral" or bool(took_part) or bool(participants.strip())


def counts_minutes(kind: str) -> bool:
    """Whether the team spent the minutes of such a contact: those of another team are not ours."""
    return kind != "seen-elsewhere"


def first_of_month(day: date) -> date:
    """The first day of the month ``day`` lies in."""
    return day.replace(day=1)


def is_two_way(kind: str, *, reached: bool) -> bool:
    """Whether the patient took part in treatment."""
    return kind == "treatment" and reached


def is_failed_attempt(kind: str, *, reached: bool) -> bool:
    """Whether somebody tried and did not reach the person; a no-show is one."""
    return kind == "no-show" or (kind in {"outreach", "treatment"} and not reached)


def is_reached(kind: str, *, reached: bool) -> bool:
    """Whether the team itself saw or spoke with the person, about whatever: nobody has to be tried again.

    It ends what was tried in vain. What is due of treatment goes by ``is_two_way``.
    """
    return reached and kind in {"treatment", "outreach", "scheduling"}


def is_seen(kind: str, *, reached: bool) -> bool:
    """Whether anybody saw or spoke with the person, another team among them."""
    return kind == "seen-elsewhere" or is_reached(kind, reached=reached)
