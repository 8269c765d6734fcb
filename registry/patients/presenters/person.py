"""Who somebody is and how to reach them, in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from registry.patients.before_calling import before_calling
from registry.patients.facts import ContactPointFacts, PatientFacts
from registry.patients.models import ContactPoint, Patient
from registry.patients.presenters.edit_page import Difference, EditPage, differing
from registry.patients.queries import Likeness, MergeOnRecord
from registry.patients.record_tabs import Tab
from registry.patients.rules import CONTACT_KINDS, ETHNICITIES, GENDER_IDENTITIES, LANGUAGES, RACES, SEXES
from registry.patients.safety_banner import SafetyBanner
from registry.web.addresses import page_address
from registry.web.filters import age, count, long_date

if TYPE_CHECKING:
    from registry.patients.forms import AddPatientForm, ContactPointForm, PatientForm
    from registry.patients.presenters.around import Surroundings
    from registry.patients.presenters.payers import PayerLine

NOT_ASKED = "Not asked"


@dataclass(frozen=True, slots=True)
class IdentityHeader:
    """What ``components/patient_header.html`` prints: who, in which phase, and the open safety alert beneath."""

    patient_id: uuid.UUID
    name: str
    pronouns: str
    born: str
    age: str
    mrn: str
    facts: tuple[str, ...]
    url: str
    safety: SafetyBanner | None
    to_mind: tuple[str, ...] = ()
    """What whoever calls must know first: see ``before_calling``."""
    phase: str = ""
    phase_kind: str = ""
    team: tuple[str, ...] = ()


def identity(patient: Patient, today: date, safety: SafetyBanner | None) -> IdentityHeader:
    """The header of a person, without an episode. ``safety`` is what ``safety_banner`` tells of them.

    One statement.
    """
    return IdentityHeader(
        patient_id=patient.id,
        name=patient.name,
        pronouns=patient.pronouns,
        born=long_date(patient.birth_date),
        age=age_in_words(patient, today),
        mrn=patient.mrn,
        facts=_facts(patient),
        url=patient_url(patient.id),
        safety=safety,
        to_mind=before_calling(patient.id, today),
    )


def patient_url(patient_id: uuid.UUID) -> str:
    """The person's page."""
    return page_address("caseload.patient", patient_id=patient_id)


def age_in_words(patient: Patient, today: date) -> str:
    if patient.died_on is not None:
        years = count(age(patient.birth_date, patient.died_on), "year")
        return f"died {long_date(patient.died_on)}, aged {years}"
    return count(age(patient.birth_date, today), "year")


def _facts(patient: Patient) -> tuple[str, ...]:
    facts = []
    if patient.used_name and patient.used_name != patient.legal_given:
        facts.append(f"legal name {patient.legal_given} {patient.legal_family}")
    spoken = languages(patient)
    if spoken and (patient.languages != [_ENGLISH] or patient.needs_interpreter):
        facts.append(spoken)
    if patient.needs_interpreter or (spoken and _ENGLISH not in patient.languages):
        facts.append(_INTERPRETER_TOLD[patient.needs_interpreter])
    return tuple(facts)


def languages(patient: Patient) -> str:
    return ", ".join(LANGUAGES.get(code, code) for code in patient.languages)


def interpreter(needs: bool | None) -> str:
    """Whether the person needs one. That nobody asked is said: it is no "no"."""
    return {True: "needed", False: "not needed", None: "not asked"}[needs]


_ENGLISH = "en"
_INTERPRETER_TOLD = {True: "needs an interpreter", False: "no interpreter needed", None: "interpreter: not asked"}
"""Beside the languages in the head of each page: of whoever speaks English only that one is needed."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of ``components/definition_list.html``."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class LikelyPerson:
    """Somebody on record who may be the one being added."""

    name: str
    born: str
    mrn: str
    why: str
    url: str
    id: uuid.UUID | None = None


def likely_people(found: Sequence[Likeness]) -> tuple[LikelyPerson, ...]:
    return tuple(
        LikelyPerson(
            name=likeness.patient.name,
            born=long_date(likeness.patient.birth_date),
            mrn=likeness.patient.mrn,
            why=", ".join(likeness.why),
            url=patient_url(likeness.patient.id),
            id=likeness.patient.id,
        )
        for likeness in found
    )


@dataclass(frozen=True, slots=True)
class AddPatientPage:
    """Adding somebody."""

    title: str
    form: AddPatientForm
    today: date
    back_url: str
    duplicates: tuple[LikelyPerson, ...] = ()
    may_save_anyway: bool = True
    may_merge: bool = False
    """Whether the reader may save it as a record of the same person, and merge the two."""

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePatientPage(EditPage):
    """Changing identity and demographics."""

    form: PatientForm
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPointPage(EditPage):
    """Adding or changing a way to reach somebody."""

    form: ContactPointForm


@dataclass(frozen=True, slots=True)
class ContactPointLine:
    """A way to reach somebody, as the person's page shows it."""

    kind: str
    value: str
    note: str
    permissions: str
    change_url: str
    end_url: str


@dataclass(frozen=True, slots=True)
class DetailsPage:
    """Everything about who somebody is and how to reach them."""

    title: str
    patient: IdentityHeader
    identity: tuple[Fact, ...]
    demographics: tuple[Fact, ...]
    contact_points: tuple[ContactPointLine, ...]
    former: tuple[str, ...]
    around: Surroundings
    payers: tuple[PayerLine, ...]
    other_payers: tuple[PayerLine, ...]
    may_write: bool
    urls: Mapping[str, str]
    tabs: tuple[Tab, ...]
    merges: tuple[MergeLine, ...] = ()
    may_merge: bool = False


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A record of the same person that was merged into this one."""

    words: str
    why: str
    undo_url: str | None
    """None where somebody who leads every clinic has to be asked."""


def merge_lines(merges: Sequence[MergeOnRecord], zone: ZoneInfo) -> tuple[MergeLine, ...]:
    """The merges that stand, the latest first. ``zone``: of the reader's clinic, whose day is told."""
    return tuple(
        MergeLine(
            words=f"Merged with {record_named(each.mrn)} on {long_date(each.on(zone))} by {each.by}",
            why=each.merge.why,
            undo_url=None
            if each.mrn is None
            else page_address("merging.undo", patient_id=each.merge.patient_id, merge_id=each.merge.id),
        )
        for each in merges
    )


def record_named(mrn: str | None) -> str:
    """A record that was merged, by its MRN; without it for a reader whose clinics never saw it."""
    return "another record (its number is not yours to see)" if mrn is None else f"MRN {mrn}"


def identity_facts(patient: Patient) -> tuple[Fact, ...]:
    return (
        Fact("Legal name", f"{patient.legal_given} {patient.legal_family}"),
        Fact("Name in use", patient.name),
        Fact("Pronouns", patient.pronouns or NOT_ASKED),
        Fact("Birth date", long_date(patient.birth_date)),
        Fact("MRN", patient.mrn),
        *([Fact("Died", long_date(patient.died_on))] if patient.died_on else []),
    )


def demographic_facts(patient: Patient) -> tuple[Fact, ...]:
    return (
        Fact("Sex", SEXES[patient.sex]),
        Fact("Gender identity", GENDER_IDENTITIES.get(patient.gender_identity, patient.gender_identity)),
        Fact("Race", ", ".join(RACES.get(code, code) for code in patient.races) or NOT_ASKED),
        Fact("Ethnicity", ETHNICITIES.get(patient.ethnicity, patient.ethnicity)),
        Fact("Languages", languages(patient) or NOT_ASKED),
        Fact("Interpreter", interpreter(patient.needs_interpreter).capitalize()),
        Fact("Primary care provider", patient.primary_care or "Not known"),
    )


def contact_point_lines(patient: Patient) -> tuple[ContactPointLine, ...]:
    return tuple(
        ContactPointLine(
            kind=CONTACT_KINDS[point.kind],
            value=point.value,
            note=point.note,
            permissions=permissions(point),
            change_url=page_address("patients.change_contact", patient_id=patient.id, contact_point_id=point.id),
            end_url=page_address("patients.end_contact", patient_id=patient.id, contact_point_id=point.id),
        )
        for point in patient.contact_points
        if point.ended_at is None
    )


def former_contact_points(patient: Patient) -> tuple[str, ...]:
    """Each with the local date on which it was ended."""
    return tuple(
        f"{CONTACT_KINDS[point.kind]}: {point.value or point.note}, until {long_date(point.ended_on)}"
        for point in patient.contact_points
        if point.ended_on is not None
    )


def permissions(point: ContactPoint | ContactPointFacts) -> str:
    """What the person allowed, said plainly either way."""
    if point.kind == "phone":
        message = "may leave a message" if point.may_leave_message else "do not leave a message"
        return f"{message}, {'may text' if point.may_text else 'do not text'}"
    if point.kind == "email":
        return "may e-mail" if point.may_email else "do not e-mail"
    return ""


def differences(theirs: PatientFacts, yours: PatientFacts) -> tuple[Difference, ...]:
    """The fields in which two versions of a person differ, in words."""
    left, right = in_words(theirs), in_words(yours)
    return differing((label, left[label], right[label]) for label in left)


def in_words(facts: PatientFacts) -> dict[str, str]:
    """Label of each field → what is on record, in words."""
    return {
        "Legal given name": facts.legal_given,
        "Legal family name": facts.legal_family,
        "Name in use": facts.used_name,
        "Pronouns": facts.pronouns,
        "Birth date": long_date(facts.birth_date),
        "MRN": facts.mrn,
        "Sex": SEXES[facts.sex],
        "Gender identity": GENDER_IDENTITIES.get(facts.gender_identity, facts.gender_identity),
        "Race": ", ".join(RACES.get(code, code) for code in sorted(facts.races)),
        "Ethnicity": ETHNICITIES.get(facts.ethnicity, facts.ethnicity),
        "Languages": ", ".join(LANGUAGES.get(code, code) for code in sorted(facts.languages)),
        "Interpreter": interpreter(facts.needs_interpreter),
        "Primary care provider": facts.primary_care,
    }


def contact_differences(theirs: ContactPoint, yours: ContactPointFacts) -> tuple[Difference, ...]:
    """The fields in which a way to reach somebody differs from what was typed, in words."""
    return differing(
        [
            ("How", CONTACT_KINDS[theirs.kind], CONTACT_KINDS[yours.kind]),
            ("Number, e-mail or address", theirs.value, yours.value),
            ("Note", theirs.note, yours.note),
            ("Permissions", permissions(theirs), permissions(yours)),
        ]
    )
