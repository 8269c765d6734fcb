"""Instruments to be written as FHIR, and measurements of them: every one we ship, and made-up ones with every rule."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from registry.episodes.scales import shipped_folders
from registry.exchange.fhir.administration import Administration
from registry.exchange.fhir.response import response
from registry.exchange.fhir.terms import Resource, Terms, link_id
from registry.measures.answers import Answer
from registry.measures.catalogue import catalogue_at
from registry.measures.definition import load
from registry.measures.instrument import Instrument
from registry.measures.scoring import score

REPOSITORY = Path(__file__).parents[1]
MADE_UP = REPOSITORY / "tests" / "data" / "made-up"

EVERY_RULE = load(MADE_UP / "every-rule.toml")
SHIPPED = catalogue_at(*shipped_folders(REPOSITORY / "instruments"))
CESD = load(REPOSITORY / "tests" / "data" / "instruments" / "cesd.toml")
INSTRUMENTS = (*SHIPPED.versions(), CESD, EVERY_RULE)

MEASUREMENT = uuid.UUID("6f1d3a30-8f51-4d0a-9a55-2f0f4f1f0a01")
PATIENT = uuid.UUID("c3a7a2f0-4d0b-4c59-8f7f-0d6a51a7b702")
TAKEN_ON = date(2026, 3, 2)
RECORDED_AT = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)


def told(instrument: Instrument, answers: dict[str, Answer] | None, **others: Any) -> Administration:
    """A measurement of one patient, final, of 2 March 2026, unless the test says otherwise."""
    values: dict[str, Any] = {
        "id": MEASUREMENT,
        "patient_id": PATIENT,
        "instrument": instrument,
        "answers": answers,
        "taken_on": TAKEN_ON,
        "recorded_at": RECORDED_AT,
    }
    if "scoring" not in others:
        values["scoring"] = score(instrument, answers or {})
    return Administration(**(values | others))


def answered_only(administration: Administration) -> Resource:
    """Its response without the scores."""
    resource = response(administration, Terms())
    items = resource.get("item", [])
    return resource | {"item": [each for each in items if not each["linkId"].startswith("score:")]}


def scores_in(instrument: Instrument, resource: Resource) -> dict[str, float | str | None]:
    """Scale → what a response holds for it."""
    answered = (each for each in resource.get("item", []) if each.get("answer"))
    held = {each["linkId"]: next(iter(each["answer"][0].values())) for each in answered}
    return {scale.id: held.get(link_id(scale)) for scale in instrument.scales}
