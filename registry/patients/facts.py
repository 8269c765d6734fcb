"""What is written down about a person, before it is a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """Identity and demographics as entered. Codes are those of ``patients.rules``; an empty text, or ``None``,
    is "not asked".

    ``payer`` is the primary payer of somebody who is added; from then on payers have periods of their own.
    """

    mrn: str
    legal_given: str
    legal_family: str
    birth_date: date
    used_name: str = ""
    pronouns: str = ""
    sex: str = "unknown"
    gender_identity: str = ""
    races: tuple[str, ...] = ()
    ethnicity: str = ""
    languages: tuple[str, ...] = ()
    needs_interpreter: bool | None = None
    payer: str = ""
    primary_care: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPointFacts:
    """One way to reach somebody. ``note``: where and when they can be found, or what to mind."""

    kind: str
    value: str = ""
    note: str = ""
    may_leave_message: bool = False
    may_text: bool = False
    may_email: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedPersonFacts:
    """Somebody around the patient. Codes of ``patients.around``; dates are the last and first day, both included."""

    name: str
    relation: str
    words: str = ""
    reach: str = ""
    is_emergency_contact: bool = False
    consents_to_treatment: bool = False
    authority: str = ""
    may_have_information: bool = False
    release_scope: str = ""
    release_until: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalStatusFacts:
    """Under which law somebody is treated. ``expires_on`` is the last day the order covers."""

    kind: str
    starts_on: date
    expires_on: date | None = None
    order_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveFacts:
    """Whether there is an advance directive, and where it is kept."""

    answer: str
    made_on: date | None = None
    kept_at: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerFacts:
    """Who pays from ``starts_on`` to ``ends_on``, both included. ``payer`` is one of ``rules.PAYERS``."""

    payer: str
    starts_on: date
    ends_on: date | None = None
    is_primary: bool = True
    member_number: str = ""
