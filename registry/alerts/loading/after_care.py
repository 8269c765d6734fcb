"""Who is no longer in care anywhere, and of whom something was observed since: as the rules see them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from registry.alerts.loading.cases import EpisodeCase, Person
from registry.alerts.loading.physical import load_physical
from registry.alerts.loading.treatment import load_treatment
from registry.alerts.snapshot import CaseSnapshot, EpisodeFacts, Phase, TreatmentFacts
from registry.db.among import among
from registry.episodes.models import Episode, PhaseSpell
from registry.extensions import db

_ENDED_AT = (
    select(PhaseSpell.patient_id, PhaseSpell.episode_id, func.max(PhaseSpell.set_at).label("ended_at"))
    .where(among(PhaseSpell.patient_id, "patient_ids"), PhaseSpell.phase == Phase.ENDED)
    .group_by(PhaseSpell.patient_id, PhaseSpell.episode_id)
)


def load_last_cases(people: Mapping[uuid.UUID, Person]) -> dict[uuid.UUID, EpisodeCase]:
    """The last episode of each of these people whose care has ended, if anything was observed of them since.

    Three statements, those of their treatment where something was, and none where everybody is in care. Of whoever
    died nothing can be done any more.
    """
    last = {
        id_: max(person.ended, key=lambda each: (each.ended_on or date.min, each.id))
        for id_, person in people.items()
        if person.ended and not person.cases and person.snapshot.died_on is None
    }
    if not last:
        return {}
    clinics = next(person.clinics for person in people.values())
    ended_at = {
        row.patient_id: row.ended_at
        for row in db.session.execute(_ENDED_AT, {"patient_ids": list(last)})
        if row.episode_id == last[row.patient_id].id
    }
    observed = load_physical(last, {id_: clinic.zone for id_, clinic in clinics.items()}, ended_at)
    since = {id_: facts for id_, facts in observed.items() if facts.entered_after_end}
    treatment = load_treatment(since) if since else {}
    return {
        id_: EpisodeCase(
            episode=last[id_],
            clinic=clinics[last[id_].clinic_id],
            snapshot=CaseSnapshot(
                patient_id=str(id_),
                episode=_ended(last[id_]),
                treatment=treatment.get(id_, TreatmentFacts()),
                physical=facts,
            ),
        )
        for id_, facts in since.items()
    }


def _ended(episode: Episode) -> EpisodeFacts:
    return EpisodeFacts(
        phase=Phase.ENDED,
        phase_since=episode.phase_since,
        referred_on=episode.referred_on,
        enrolled_on=episode.enrolled_on,
        ended_on=episode.ended_on,
    )
