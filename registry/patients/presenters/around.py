"""The people and the law around a patient, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from registry.patients.around import DIRECTIVES, LEGAL_STATUSES, RELATIONS, is_in_force
from registry.patients.facts import DirectiveFacts, LegalStatusFacts, RelatedPersonFacts
from registry.patients.models import AdvanceDirective, LegalStatus, Patient, RelatedPerson
from registry.patients.presenters.edit_page import Difference, EditPage, differing
from registry.patients.presenters.person import Fact
from registry.web.filters import days_ago, long_date

_SOON_DAYS = 30
"""How long before a release or an authority ends the page says so in days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundPage(EditPage):
    """A form about what surrounds one person."""

    today: date


@dataclass(frozen=True, slots=True)
class RelatedLine:
    """Somebody around the patient."""

    name: str
    who: str
    marks: tuple[str, ...]
    """What they decide, what they may be told: the most important first."""
    warnings: tuple[str, ...]
    reach: str
    since: str
    change_url: str
    end_url: str
    end_label: str


@dataclass(frozen=True, slots=True)
class LegalLine:
    """The legal status that holds."""

    words: str
    detail: str
    warning: str
    change_url: str
    end_url: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the Details tab tells of the people and the law around a person."""

    related: tuple[RelatedLine, ...]
    former_related: tuple[str, ...]
    legal: LegalLine | None
    former_legal: tuple[str, ...]
    directive: tuple[Fact, ...]
    add_related_url: str
    set_legal_url: str
    directive_url: str


def surroundings(
    patient: Patient,
    related: Sequence[RelatedPerson],
    statuses: Sequence[LegalStatus],
    directive: AdvanceDirective | None,
    today: date,
) -> Surroundings:
    holding = next((each for each in statuses if each.ended_on is None and not each.error_why), None)
    return Surroundings(
        related=tuple(_related_line(each, today) for each in related if not _is_former(each, today)),
        former_related=tuple(
            f"{each.name}, {_who(each)}, until {long_date(each.ends_on)}"
            for each in related
            if each.ends_on is not None and _is_former(each, today)
        ),
        legal=_legal_line(holding, today) if holding else None,
        former_legal=tuple(_former_legal(each) for each in statuses if each is not holding),
        directive=_directive_facts(directive),
        add_related_url=url_for("patients.add_related", patient_id=patient.id),
        set_legal_url=url_for("patients.set_legal_status", patient_id=patient.id),
        directive_url=url_for("patients.directive", patient_id=patient.id),
    )


def _is_former(person: RelatedPerson, today: date) -> bool:
    """Whether the last day has passed, and nothing waits for somebody to say that it is over."""
    if person.ends_on is None or person.ends_on >= today:
        return False
    return person.is_over or not (person.authority or person.may_have_information)


def _related_line(person: RelatedPerson, today: date) -> RelatedLine:
    return RelatedLine(
        name=person.name,
        who=_who(person),
        marks=_marks(person),
        warnings=_warnings(person, today),
        reach=person.reach,
        since=_span(person.starts_on, person.ends_on),
        change_url=url_for("patients.change_related", patient_id=person.patient_id, related_id=person.id),
        end_url=url_for("patients.end_related", patient_id=person.patient_id, related_id=person.id),
        end_label="Until today" if person.ends_on is None or person.ends_on >= today else "It is over",
    )


def _who(person: RelatedPerson) -> str:
    title = RELATIONS[person.relation]
    return f"{title} ({person.words})" if person.words else title


def _marks(person: RelatedPerson) -> tuple[str, ...]:
    """Said either way: that nothing may be shared is as important as what may."""
    marks = []
    if person.consents_to_treatment:
        marks.append(f"Decides about treatment: {person.authority}")
    elif person.authority:
        marks.append(f"Authority: {person.authority}")
    if person.may_have_information:
        until = f", until {long_date(person.release_until)}" if person.release_until else ""
        marks.append(f"May be told: {person.release_scope}{until}")
    else:
        marks.append("No release: give no information")
    if person.is_emergency_contact:
        marks.append("To call in an emergency")
    return tuple(marks)


def _warnings(person: RelatedPerson, today: date) -> tuple[str, ...]:
    warnings = []
    if person.may_have_information and person.release_until is not None:
        warnings.append(_running_out("The release", person.release_until, today))
    if person.ends_on is not None:
        warnings.append(_running_out("The authority" if person.authority else "This", person.ends_on, today))
    return tuple(words for words in warnings if words)


def _running_out(what: str, last_day: date, today: date) -> str:
    if last_day < today:
        return f"{what} ended {days_ago(last_day, today)}"
    return f"{what} ends {days_ago(last_day, today)}" if (last_day - today).days <= _SOON_DAYS else ""


def _span(starts_on: date | None, ends_on: date | None) -> str:
    since = f"since {long_date(starts_on)}" if starts_on else ""
    until = f"until {long_date(ends_on)}" if ends_on else ""
    return " ".join(part for part in (since, until) if part)


def _legal_line(status: LegalStatus, today: date) -> LegalLine:
    warning = ""
    if status.expires_on is not None and not is_in_force(today, starts_on=None, ends_on=status.expires_on):
        warning = f"Expired {days_ago(status.expires_on, today)}: write down what holds now"
    elif status.expires_on is not None:
        warning = _running_out("It", status.expires_on, today)
    return LegalLine(
        words=LEGAL_STATUSES[status.kind],
        detail=", ".join(part for part in (_span(status.starts_on, status.expires_on), status.order_words) if part),
        warning=warning,
        change_url=url_for("patients.change_legal_status", patient_id=status.patient_id, legal_status_id=status.id),
        end_url=url_for("patients.end_legal_status", patient_id=status.patient_id, legal_status_id=status.id),
    )


def _former_legal(status: LegalStatus) -> str:
    words = f"{LEGAL_STATUSES[status.kind]}, {_span(status.starts_on, status.ended_on)}"
    if status.error_why:
        return f"{words}: entered in error, {status.error_why}"
    return f"{words}: {status.ended_why}" if status.ended_why else words


def _directive_facts(directive: AdvanceDirective | None) -> tuple[Fact, ...]:
    if directive is None:
        return (Fact("Advance directive", "Not asked"),)
    facts = [Fact("Advance directive", DIRECTIVES[directive.answer])]
    if directive.kept_at:
        facts.append(Fact("Where it is kept", directive.kept_at))
    if directive.made_on:
        facts.append(Fact("Made on", long_date(directive.made_on)))
    if directive.note:
        facts.append(Fact("To know at once", directive.note))
    return tuple(facts)


_RELATED_LABELS = {
    "name": "Name",
    "relation": "Who they are",
    "words": "In their own words",
    "reach": "How to reach them",
    "is_emergency_contact": "To call in an emergency",
    "consents_to_treatment": "Decides about treatment",
    "authority": "On the strength of",
    "may_have_information": "May be given information",
    "release_scope": "What may be shared",
    "release_until": "Release holds until",
    "starts_on": "Since",
    "ends_on": "Until",
}
_LEGAL_LABELS = {
    "kind": "Legal status",
    "starts_on": "Since",
    "expires_on": "Expires on",
    "order_words": "Order",
}
_DIRECTIVE_LABELS = {
    "answer": "Psychiatric advance directive",
    "made_on": "Made on",
    "kept_at": "Where it is kept",
    "note": "To know at once",
}


def related_differences(theirs: RelatedPerson, yours: RelatedPersonFacts) -> tuple[Difference, ...]:
    return _differences(_RELATED_LABELS, theirs, yours)


def legal_differences(theirs: LegalStatus, yours: LegalStatusFacts) -> tuple[Difference, ...]:
    return _differences(_LEGAL_LABELS, theirs, yours)


def directive_differences(theirs: AdvanceDirective, yours: DirectiveFacts) -> tuple[Difference, ...]:
    return _differences(_DIRECTIVE_LABELS, theirs, yours)


def _differences(labels: Mapping[str, str], theirs: object, yours: object) -> tuple[Difference, ...]:
    """The fields in which what is stored differs from what was typed, in words."""
    return differing(
        (label, _in_words(getattr(theirs, name)), _in_words(getattr(yours, name))) for name, label in labels.items()
    )


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return long_date(value)
    words = {**RELATIONS, **LEGAL_STATUSES, **DIRECTIVES}
    return "" if value is None else words.get(str(value), str(value))
