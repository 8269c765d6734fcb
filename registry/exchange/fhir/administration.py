"""One measurement as it is told outside: whose, when, what was answered, what it says, and whether it counts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

from registry.exchange.fhir.terms import Resource
from registry.measures.answers import Answer
from registry.measures.instrument import Instrument
from registry.measures.scoring import Scoring


class Standing(Enum):
    """What became of a measurement: the status of its response, and of its observations."""

    FINAL = ("completed", "final")
    CORRECTION = ("amended", "amended")  # it stands in place of one that was wrong
    VOID = ("entered-in-error", "entered-in-error")  # withdrawn, or corrected since: it counts no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """One instrument given once. ``answers`` is None where only a total was recorded.

    ``taken_on`` is the local date of service. ``by_patient``: the answers are the patient's own words.
    """

    id: uuid.UUID
    patient_id: uuid.UUID
    instrument: Instrument
    answers: Mapping[str, Answer] | None
    scoring: Scoring
    taken_on: date
    recorded_at: datetime
    standing: Standing = Standing.FINAL
    by_patient: bool = False

    @property
    def patient(self) -> Resource:
        """Whom it is about: an id, and nothing else that would tell who."""
        return {"reference": f"Patient/{self.patient_id}", "type": "Patient"}

    @property
    def recorded(self) -> str:
        """When it was recorded, as an instant."""
        return self.recorded_at.astimezone(UTC).isoformat(timespec="seconds")

    @property
    def reference(self) -> Resource:
        """A reference to its QuestionnaireResponse."""
        return {"reference": f"urn:uuid:{self.id}"}

    def part(self, name: str) -> uuid.UUID:
        """The id of a resource made from it, the same at every export."""
        return uuid.uuid5(self.id, name)


def address(resource: Resource) -> str:
    """Where a resource made from a measurement is found inside its bundle."""
    return f"urn:uuid:{resource['id']}"


def reference(resource: Resource) -> Resource:
    """A reference to another resource of the bundle."""
    return {"reference": address(resource)}
