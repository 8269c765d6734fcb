"""What is written down about a person, before it is a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """Identity and demographics as entered. Codes are those of ``patients.rules``; an empty text is "not asked"."""

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
    needs_interpreter: bool = False
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
