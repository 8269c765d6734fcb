"""Ratings by which somebody's psychosis is judged, item by item. Which they are, an instrument's file says."""

from dataclasses import dataclass
from enum import StrEnum

from registry.measures.scale import Source


class JudgedAs(StrEnum):
    """What a rating says, and so by which numbers of the clinic a rise of it is judged."""

    SYMPTOMS = "symptoms"  # one positive symptom, from not present to extremely severe
    DOMAINS = "domains"  # one domain of psychosis, from absent to severe
    SEVERITY = "severity"  # how ill somebody is overall


@dataclass(frozen=True, slots=True)
class PsychosisItems:
    """The items of one instrument whose answers are such ratings; ``positive`` those of positive symptoms."""

    judged_as: JudgedAs
    items: tuple[str, ...]
    positive: tuple[str, ...]
    source: Source
