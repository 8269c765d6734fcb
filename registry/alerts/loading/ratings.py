"""Ratings by which psychosis is judged, as the rules see them: read from the answers, followed or not."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeAlias

from sqlalchemy import Row, select

from registry.access.reading import Read, rows_of
from registry.alerts.psychosis_facts import RatedItem, Rating
from registry.db.among import among
from registry.db.grouping import by_patient
from registry.db.word import word
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement
from registry.measures.instrument import Instrument, Item

_Row: TypeAlias = Row[*tuple[Any, ...]]

RATED = (
    select(
        Measurement.patient_id,
        Measurement.instrument,
        Measurement.instrument_version,
        Measurement.taken_on,
        Measurement.answers,
    )
    .where(
        among(Measurement.patient_id, "patient_ids"),
        among(Measurement.instrument, "rated_instruments"),
        Measurement.status == word("final"),
        Measurement.answers.is_not(None),
    )
    .order_by(Measurement.taken_on, Measurement.recorded_at, Measurement.id)
)


def load_ratings(patient_ids: Collection[uuid.UUID], read: Read = rows_of) -> dict[uuid.UUID, tuple[RatedItem, ...]]:
    """Of those who have any, at any clinic; one statement."""
    rows = by_patient(read(RATED, {"patient_ids": list(patient_ids), "rated_instruments": rated_instruments()}))
    return {patient_id: tuple(_rated(own)) for patient_id, own in rows.items()}


def rated_instruments() -> list[str]:
    """The instruments by which psychosis is judged."""
    return list(catalogue().psychosis_instruments)


def _rated(rows: Iterable[_Row]) -> Iterator[RatedItem]:
    ratings: dict[str, list[Rating]] = defaultdict(list)
    items: dict[str, tuple[Instrument, Item]] = {}
    for row in rows:
        instrument = catalogue().get(row.instrument, row.instrument_version)
        for item, value in _answered(instrument, row.answers):
            key = instrument.item_key(item)
            items[key] = instrument, item
            ratings[key].append(Rating(row.taken_on, value))
    for key, (instrument, item) in items.items():
        if instrument.psychosis is not None:
            label = instrument.rated_label(item)
            judged_as, is_positive = instrument.psychosis.judged_as, item.id in instrument.psychosis.positive
            yield RatedItem(key, label, judged_as, instrument.cadence_days, tuple(ratings[key]), is_positive)


def _answered(instrument: Instrument, answers: dict[str, Any]) -> Iterator[tuple[Item, int]]:
    """The rated items with what was rated: what was left out, declined or not assessed is no rating."""
    for item_id in () if instrument.psychosis is None else instrument.psychosis.items:
        item = instrument.item(item_id)
        value = item.worth().get(answers.get(item_id))  # type: ignore[arg-type]  # nothing else is a key of it
        if value is not None:
            yield item, value
