"""Agreeing to collaborative care anew, and taking the agreement back."""

from __future__ import annotations

from datetime import date

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.refused import Refused
from registry.db.transaction import write
from registry.episodes.dates import refuse_impossible
from registry.episodes.errors import ConsentIsMissing, EpisodeHasEnded
from registry.episodes.facts import ConsentFacts
from registry.episodes.models import Consent, Episode
from registry.episodes.queries import get_consent
from registry.episodes.rules import PATIENT
from registry.episodes.signals import tell_episode_changed
from registry.extensions import db


def refuse_without_capacity(facts: ConsentFacts) -> None:
    """Whoever cannot consent does not: somebody with the authority does. Raises ``Refused``."""
    if not facts.has_capacity and facts.given_by.casefold() == PATIENT:
        raise Refused("Enter who gave the consent for the person, and with what authority", field="given_by")


def consent_row(episode: Episode, facts: ConsentFacts, by: User | None) -> Consent:
    """The row of a consent. Raises ``Refused``."""
    refuse_without_capacity(facts)
    return Consent(
        episode_id=episode.id,
        patient_id=episode.patient_id,
        given_on=facts.given_on,
        mode=facts.mode,
        taken_by=facts.taken_by,
        given_by=facts.given_by,
        has_capacity=facts.has_capacity,
        cost_sharing_told=facts.cost_sharing_told,
        set_by_id=by and by.id,
    )


def take_consent(*, episode: Episode, facts: ConsentFacts, by: User | None) -> Consent:
    """Write down another consent: given anew, or by somebody else. The ones before stay on record.

    Raises ``EpisodeHasEnded``, ``ImpossibleDate``, ``Refused``.
    """
    with write():
        if not episode.is_open:
            raise EpisodeHasEnded("This episode has ended: its consent is history")
        before = get_consent(episode.id)
        refuse_impossible(
            facts.given_on,
            today=episode.clinic.today(clock.now()),
            earliest=before.revoked_on or before.given_on if before else episode.patient.birth_date,
            earliest_is="the day of the consent before" if before else "the birth date",
            what="consent",
            field="given_on",
        )
        consent = consent_row(episode, facts, by)
        db.session.add(consent)
        record("consent.given", by=by, subject=episode)
        tell_episode_changed(episode.patient_id)
    return consent


def revoke_consent(*, episode: Episode, on: date, said_by: str, why: str, by: User | None) -> None:
    """The agreement is taken back. The episode goes on until somebody ends it, or takes consent anew.

    Raises ``EpisodeHasEnded``, ``ImpossibleDate``, ``ConsentIsMissing`` when there is none to take back.
    """
    with write():
        if not episode.is_open:
            raise EpisodeHasEnded("This episode has ended: its consent is history")
        consent = get_consent(episode.id)
        if consent is None or consent.revoked_on is not None:
            raise ConsentIsMissing("There is no consent to take back")
        refuse_impossible(
            on,
            today=episode.clinic.today(clock.now()),
            earliest=consent.given_on,
            earliest_is="the day it was given",
            what="the withdrawal",
        )
        consent.revoked_on, consent.revoked_by, consent.revoked_why = on, said_by, why
        consent.revoked_at, consent.revoked_by_id = clock.now(), by.id if by else None
        record("consent.revoked", by=by, subject=episode, reason=why)
        tell_episode_changed(episode.patient_id)
