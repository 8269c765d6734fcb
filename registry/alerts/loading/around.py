"""Consent, the law and the people around a person, as the rules see them; and when somebody last typed in a score."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from registry.access.reading import Read, rows_of
from registry.alerts.snapshot import LegalStatusFacts, Permission, WithdrawnConsent
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.db.word import word
from registry.episodes.models import Consent
from registry.episodes.rules import PATIENT
from registry.extensions import db
from registry.measurements.models import Measurement, MeasurementScore
from registry.patients.around import LEGAL_STATUSES, RELATIONS
from registry.patients.models import LegalStatus, RelatedPerson

_LEGAL_STATUSES = (
    select(
        LegalStatus.patient_id,
        LegalStatus.kind,
        LegalStatus.starts_on,
        LegalStatus.expires_on,
        LegalStatus.ended_on,
    )
    .where(among(LegalStatus.patient_id, "patient_ids"), LegalStatus.error_why == word(""))
    .order_by(LegalStatus.starts_on, LegalStatus.id)
)
LEGAL_STATUS = _LEGAL_STATUSES.where(LegalStatus.ended_on.is_(None))
CONSENTS = (
    select(
        Consent.patient_id,
        Consent.episode_id,
        Consent.given_on,
        Consent.revoked_on,
        Consent.revoked_by,
    )
    .where(among(Consent.patient_id, "patient_ids"))
    .order_by(Consent.given_on, Consent.id)
)
_ABOUT_TO_END = (
    among(RelatedPerson.patient_id, "patient_ids"),
    or_(RelatedPerson.ends_on.is_not(None), RelatedPerson.release_until.is_not(None)),
)
HAVING_ENDING = select(RelatedPerson.patient_id).where(*_ABOUT_TO_END)
_ENDING = select(RelatedPerson).where(*_ABOUT_TO_END).order_by(RelatedPerson.name, RelatedPerson.id)
_SCORED_AT = (
    select(MeasurementScore.patient_id, func.max(Measurement.recorded_at).label("scored_at"))
    .join(Measurement, Measurement.id == MeasurementScore.measurement_id)
    .where(
        among(MeasurementScore.patient_id, "patient_ids"),
        among(MeasurementScore.scale, "scales"),
        MeasurementScore.counts,
    )
    .group_by(MeasurementScore.patient_id)
)


def load_scored_at(scales: Mapping[uuid.UUID, Collection[str]]) -> dict[uuid.UUID, datetime]:
    """When the last score of each patient on any of these scales was typed in; one statement, none about nobody."""
    if not scales:
        return {}
    about = {"patient_ids": list(scales), "scales": sorted({scale for own in scales.values() for scale in own})}
    return {row.patient_id: row.scored_at for row in db.session.execute(_SCORED_AT, about)}


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """A consent of an episode: the day it was given, and how it was taken back, if it was."""

    given_on: date
    withdrawn: WithdrawnConsent | None = None


def load_consents(
    patient_ids: Collection[uuid.UUID], read: Read = rows_of
) -> Mapping[uuid.UUID, Sequence[GivenConsent]]:
    """By episode every consent, the one that counts last; one statement."""
    found: dict[uuid.UUID, list[GivenConsent]] = defaultdict(list)
    for row in read(CONSENTS, {"patient_ids": list(patient_ids)}):
        said_by = "the person" if row.revoked_by.casefold() == PATIENT else row.revoked_by
        withdrawn = None if row.revoked_on is None else WithdrawnConsent(row.revoked_on, said_by)
        found[row.episode_id].append(GivenConsent(row.given_on, withdrawn))
    return found


def withdrawn_consent(consents: Sequence[GivenConsent]) -> WithdrawnConsent | None:
    """How the last of them was taken back; None where it holds, or there is none."""
    return consents[-1].withdrawn if consents else None


def load_legal_statuses(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> dict[uuid.UUID, LegalStatusFacts]:
    """The legal status that holds, of those who have one; one statement."""
    rows = read(LEGAL_STATUS, {"patient_ids": list(patient_ids)})
    return {row.patient_id: LegalStatusFacts(LEGAL_STATUSES[row.kind], row.starts_on, row.expires_on) for row in rows}


def load_legal_histories(
    patient_ids: Collection[uuid.UUID],
) -> dict[uuid.UUID, list[tuple[LegalStatusFacts, date | None]]]:
    """Every legal status each of these people was under, earlier ones first, with the day it ended; one statement."""
    rows = by_patient(db.session.execute(_LEGAL_STATUSES, {"patient_ids": list(patient_ids)}))
    return {
        patient_id: [
            (LegalStatusFacts(LEGAL_STATUSES[row.kind], row.starts_on, row.expires_on), row.ended_on) for row in own
        ]
        for patient_id, own in rows.items()
    }


def load_ending_relations(
    patient_ids: Collection[uuid.UUID], read: Read = rows_of
) -> Mapping[uuid.UUID, Sequence[RelatedPerson]]:
    """The people around each patient whose authority or release has a last day; one statement, two where some have."""
    having = {row.patient_id for row in read(HAVING_ENDING, {"patient_ids": list(patient_ids)})}
    return by_patient(db.session.scalars(_ENDING, {"patient_ids": list(having)})) if having else {}


def permissions(related: Iterable[RelatedPerson]) -> tuple[Permission, ...]:
    """What these people may do until a last day. Of a relation that somebody said is over nothing runs out."""
    found: list[Permission] = []
    for each in related:
        if each.is_over:
            continue
        whose = f"{each.name}, {RELATIONS[each.relation].lower()}"
        if each.authority and each.ends_on is not None:
            found.append(Permission(whose, is_release=False, ends_on=each.ends_on, starts_on=each.starts_on))
        told_until = _told_until(each)
        if told_until is not None:
            found.append(Permission(whose, is_release=True, ends_on=told_until, starts_on=each.starts_on))
    return tuple(found)


def _told_until(person: RelatedPerson) -> date | None:
    """The last day of a release; with an authority that ends no later, that is said already."""
    if not person.may_have_information or person.release_until is None:
        return None
    if person.ends_on is None or person.release_until < person.ends_on:
        return person.release_until
    return None if person.authority else person.ends_on
