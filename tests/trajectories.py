"""The ten constructed courses of the published data sets, as days on which somebody fills in forms.

``fhir/cocm_trajectories_r4``: items are named by LOINC, an item without an answer was left blank. A total without a
form behind it is somebody's mistake: one is impossible, one is marked as entered in error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from registry.measures.answers import Answer
from registry.measures.instrument import Instrument

FILE = Path("fhir") / "cocm_trajectories_r4" / "cocm_trajectories_r4.ndjson"


@dataclass(frozen=True, slots=True)
class Total:
    """A total somebody typed without its form."""

    value: int
    in_error: bool


@dataclass(slots=True)
class Course:
    """What one person answered, by local date of service."""

    id: str
    visits: dict[date, dict[str, Mapping[str, Answer]]] = field(default_factory=dict)
    """Date → instrument → answers."""
    totals: dict[date, Total] = field(default_factory=dict)
    """Date → a PHQ-9 total."""

    @property
    def begins_on(self) -> date:
        return min(self.visits)


def courses(folder: Path, *instruments: Instrument) -> list[Course]:
    """The courses below ``folder``, by their ids, read with these instruments."""
    by_code = {instrument.code: instrument for instrument in instruments}
    found: dict[str, Course] = {}
    for resource in _resources(folder / FILE):
        if resource["resourceType"] == "Patient":
            found[resource["id"]] = Course(resource["id"])
            continue
        course = found[resource["subject"]["reference"].removeprefix("Patient/")]
        if resource["resourceType"] == "QuestionnaireResponse":
            instrument = by_code[resource["questionnaire"].rpartition("/")[2]]
            course.visits.setdefault(_day(resource["authored"]), {})[instrument.id] = _answers(resource, instrument)
        elif "derivedFrom" not in resource:
            total = Total(resource["valueQuantity"]["value"], in_error=resource["status"] == "entered-in-error")
            course.totals[_day(resource["effectiveDateTime"])] = total
    return list(found.values())


def _resources(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def _day(written: str) -> date:
    return datetime.fromisoformat(written).date()


def _answers(response: Mapping[str, Any], instrument: Instrument) -> dict[str, Answer]:
    items = {item.code: item for item in instrument.items}
    answers: dict[str, Answer] = {}
    for given in response["item"]:
        item = items[given["linkId"].removeprefix("/")]
        values = {choice.code: choice.value for choice in item.choices}
        answers[item.id] = values[given["answer"][0]["valueCoding"]["code"]] if given.get("answer") else None
    return answers
