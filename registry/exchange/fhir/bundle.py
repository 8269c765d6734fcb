"""Everything one measurement is, in one file: the form, what was answered, and what it says."""

from __future__ import annotations

from datetime import UTC, datetime

from registry.exchange.fhir.administration import Administration, address
from registry.exchange.fhir.observations import observations
from registry.exchange.fhir.questionnaire import questionnaire
from registry.exchange.fhir.response import response
from registry.exchange.fhir.terms import Resource, Terms

MEDIA_TYPE = "application/fhir+json"


def bundle(told: Administration, terms: Terms, *, now: datetime) -> Resource:
    """The Questionnaire, the QuestionnaireResponse and the Observations of one measurement, made ``now``."""
    form = questionnaire(told.instrument, terms)
    stored = [response(told, terms), *observations(told, terms)]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": now.astimezone(UTC).isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": form["url"], "resource": form},
            *({"fullUrl": address(each), "resource": each} for each in stored),
        ],
    }
