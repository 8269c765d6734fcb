"""The page on which somebody is enrolled, with what can be followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.episodes.patient_header import IdentityHeader
from registry.episodes.rules import TEAM_ROLES
from registry.measures.instrument import Instrument
from registry.measures.scale import Scale
from registry.web.filters import number

if TYPE_CHECKING:
    from registry.episodes.forms import EnrolForm


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """A scale an enrolment may track."""

    name: str
    field: str
    takes_target: bool
    target_label: str


@dataclass(frozen=True, slots=True)
class EnrolPage:
    """Enrolling somebody."""

    title: str
    patient: IdentityHeader
    form: EnrolForm
    today: date
    back_url: str
    scales: tuple[ScaleRow, ...]
    places: tuple[tuple[str, str], ...] = tuple(TEAM_ROLES.items())

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)


def scale_name(instrument: Instrument, scale: Scale) -> str:
    """The instrument's short title; the scale's own name where it has several."""
    if len(instrument.scales) == 1:
        return instrument.short_title
    return scale.name if instrument.short_title in scale.name else f"{instrument.short_title}: {scale.name}"


def level_words(scale: Scale) -> str:
    """The side on which a target lies, with the range of the scale."""
    side = "at most" if scale.better == "lower" else "at least"
    if scale.minimum is None or scale.maximum is None:
        return side
    return f"{side} ({number(scale.minimum)} to {number(scale.maximum)})"
