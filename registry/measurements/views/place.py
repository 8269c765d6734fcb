"""Whose measures, at which clinic, on which day: what every page over measures begins with."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, abort

from registry.access.policy import found, permitted_clinics
from registry.accounts.queries import list_users_with_role
from registry.episodes.patient_header import chosen_episode
from registry.episodes.place import Place, place_at
from registry.episodes.queries import followed_instruments, list_episodes
from registry.episodes.scales import instruments_at
from registry.measurements import queries
from registry.measurements.courses import follow_patient
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement
from registry.measurements.tracked import TrackedScale
from registry.measures.catalogue import UnknownInstrument
from registry.measures.course import Course
from registry.measures.instrument import Instrument

blueprint = Blueprint("measurements", __name__, url_prefix="/patients/<uuid:patient_id>/measures")

RATERS = ("psychiatrist", "clinician", "care_manager")


def raters_at(place: Place) -> dict[str, str]:
    """Who may have rated: id → name."""
    return {str(user.id): user.name for user in list_users_with_role(place.clinic.id, *RATERS)}


def followed_at(place: Place) -> Mapping[str, tuple[TrackedScale, Course]]:
    """The courses of the episode this clinic works on, by scale key."""
    episode = chosen_episode(list_episodes(place.patient.id), place.clinic.id)
    return {} if episode is None else follow_patient(place.patient.id).get(episode.id, {})


def place_of(patient_id: uuid.UUID, action: str) -> Place:
    """Stops the request with 404 for a person nobody here sees."""
    return place_at(patient_id, permitted_clinics(action))


def instrument_called(instrument_id: str) -> Instrument:
    """The latest version, or 404."""
    try:
        return catalogue().get(instrument_id)
    except UnknownInstrument:
        abort(404)


def offered_here(place: Place) -> tuple[Instrument, ...]:
    """What may be entered here: the instruments the clinic uses, and those an open episode of the person follows."""
    return instruments_at(place.clinic.id, also=followed_instruments(place.patient.id))


def own_measurement(patient_id: uuid.UUID, measurement_id: uuid.UUID, action: str) -> Measurement:
    """The measurement, if this person's and recorded at a clinic where one may do this; else 404."""
    measurement = found(queries.get_measurement(measurement_id, patient_id=patient_id))
    if measurement.clinic_id not in permitted_clinics(action):
        abort(404)
    return measurement
