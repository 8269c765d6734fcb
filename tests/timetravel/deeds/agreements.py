"""What somebody agreed to, and under which law they are treated."""

from __future__ import annotations

from datetime import timedelta

from registry.episodes import actions as episodes
from registry.episodes.facts import ConsentFacts
from registry.patients import actions as patients
from registry.patients.facts import LegalStatusFacts
from registry.patients.queries import get_legal_status_in_force
from tests.timetravel.deeds.stage import Stage


def take_consent_back(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        episodes.revoke_consent(
            episode=episode, on=stage.place.today(), said_by="patient", why="Wants no calls", by=stage.by
        )


def consent_anew(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        facts = ConsentFacts(given_on=stage.place.today(), mode="written", taken_by="R. Osei")
        episodes.take_consent(episode=episode, facts=facts, by=stage.by)


def set_legal_status(stage: Stage) -> None:
    """An order of some weeks, or its end."""
    chance, today = stage.chance, stage.place.today()
    kind = chance.choice(("outpatient-order", "commitment", "voluntary"))
    expires_on = None if kind == "voluntary" else today + timedelta(days=chance.randrange(5, 70))
    facts = LegalStatusFacts(kind=kind, starts_on=today, expires_on=expires_on)
    patients.set_legal_status(patient=stage.patient, facts=facts, by=stage.by)


def prolong_order(stage: Stage) -> None:
    row = get_legal_status_in_force(stage.person.patient_id)
    if row is not None and row.expires_on is not None:
        facts = LegalStatusFacts(
            kind=row.kind,
            starts_on=row.starts_on,
            expires_on=row.expires_on + timedelta(days=stage.chance.choice((-3, 28))),
        )
        if facts.expires_on is not None and facts.expires_on >= row.starts_on:
            patients.change_legal_status(status=row, facts=facts, opened_version=row.version, by=stage.by)


def end_legal_status(stage: Stage) -> None:
    """Dismissed, or never true."""
    row = get_legal_status_in_force(stage.person.patient_id)
    if row is None:
        return
    if stage.chance.random() < 0.3:
        patients.void_legal_status(status=row, why="Another person", opened_version=row.version, by=stage.by)
    else:
        patients.end_legal_status(
            status=row, on=stage.place.today(), why="Dismissed", opened_version=row.version, by=stage.by
        )
