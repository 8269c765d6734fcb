"""The words of an episode, and which change of phase is possible. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

PHASES = ("referred", "engaging", "active", "maintaining", "paused", "ended")
IN_CARE = frozenset({"engaging", "active", "maintaining", "paused"})
URGENCIES = ("urgent", "routine")

PHASE_TITLES: Mapping[str, str] = {
    "referred": "Referred",
    "engaging": "Engaging",
    "active": "Active",
    "maintaining": "Maintaining",
    "paused": "Paused",
    "ended": "Ended",
}

END_REASONS: Mapping[str, str] = {
    "graduated": "Graduated",
    "lost": "Lost to follow-up",
    "withdrew": "Withdrew",
    "transferred": "Transferred",
    "direct-care": "Direct psychiatric care",
    "administrative": "Administrative",
    "died": "Died",
    "other": "Other",
}

TEAM_ROLES: Mapping[str, str] = {
    "care_manager": "Care manager",
    "consultant": "Consultant psychiatrist",
    "prescriber": "Prescriber",
    "key_worker": "Key worker",
    "peer": "Peer specialist",
}

TEAM_USER_ROLES: Mapping[str, frozenset[str]] = {
    "care_manager": frozenset({"care_manager", "clinic_lead"}),
    "consultant": frozenset({"psychiatrist"}),
    "prescriber": frozenset({"psychiatrist", "clinician"}),
    "key_worker": frozenset({"care_manager", "clinician", "clinic_lead"}),
    "peer": frozenset({"peer_specialist"}),
}
"""Place in a care team → the memberships of the clinic that fit it."""

CONSENT_MODES: Mapping[str, str] = {"written": "Written", "verbal": "Verbal", "electronic": "Electronic"}

PATIENT = "patient"
"""Who gave a consent, where it was the person."""

OTHER_TEAMS: Mapping[str, str] = {
    "act": "Assertive community treatment",
    "injection": "Injection clinic",
    "residence": "Residence",
    "crisis": "Crisis team",
    "case-management": "Case management",
    "substance-use": "Substance use programme",
    "therapy": "Psychotherapy",
    "medical": "Medical clinic",
    "justice": "Court or probation",
    "other": "Another team",
}

TRANSFER_STATES: Mapping[str, str] = {
    "proposed": "Proposed",
    "accepted": "Accepted",
    "completed": "Completed",
    "refused": "Refused",
    "withdrawn": "Taken back",
    "returned": "Handed back",
}
OPEN_TRANSFERS = frozenset({"proposed", "accepted"})

REFERRAL_SOURCES: Mapping[str, str] = {
    "primary-care": "Primary care",
    "own-clinic": "This clinic's own staff",
    "transfer": "Another clinic of the organisation",
    "hospital": "Hospital or emergency department",
    "crisis": "Crisis or mobile team",
    "justice": "Jail, court or probation",
    "shelter": "Shelter or outreach",
    "self": "The person or family",
    "other": "Other",
}

CONDITIONS: Mapping[str, str] = {
    "major-depression": "Major depression",
    "bipolar-1": "Bipolar I",
    "bipolar-2": "Bipolar II",
    "schizophrenia": "Schizophrenia",
    "schizoaffective": "Schizoaffective disorder",
    "early-psychosis": "Early psychosis",
    "ptsd": "Post-traumatic stress disorder",
    "anxiety": "Anxiety disorder",
    "substance-use": "Substance use disorder",
    "other": "Other",
}

LONGEST_PAUSE_DAYS = 90
"""A pause is a promise to return, not a way off the list."""

LONGEST_HOLD_DAYS = 183
"""A "best achievable, hold" target is looked at again within 6 months."""

_NEXT: Mapping[str, frozenset[str]] = {
    "referred": frozenset({"engaging", "active", "ended"}),
    "engaging": frozenset({"active", "paused", "ended"}),
    "active": frozenset({"maintaining", "paused", "ended"}),
    "maintaining": frozenset({"active", "paused", "ended"}),
    "paused": frozenset({"engaging", "active", "maintaining", "ended"}),
    "ended": frozenset(),
}


def may_follow(phase: str) -> frozenset[str]:
    """The phases that can come after ``phase``. An ended episode stays ended: re-enrolment opens a new one.

    An end entered by mistake is no phase to leave but one to take back (``actions.mending``).
    """
    return _NEXT[phase]


def opens_new_course(before: str, after: str) -> bool:
    """Whether this change starts a new treatment course: only a return from maintaining to active."""
    return before == "maintaining" and after == "active"


def weeks_in_care(enrolled_on: date, *, ended_on: date | None, today: date) -> int:
    """Whole weeks from enrolment to the end, or to today: a lost patient keeps ageing."""
    return max(0, ((ended_on or today) - enrolled_on).days // 7)
