"""What the list may be narrowed by, as lists to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.caseload.columns import Columns
from registry.caseload.panels import are_many
from registry.caseload.rules import COURSES, DUES, MINE, NOBODY, REASONS, STANDINGS, Listing
from registry.clinics.models import Clinic
from registry.episodes.rules import CONDITIONS, PHASE_TITLES


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FilterShown:
    """A filter as a list to choose from; the first option filters nothing."""

    name: str
    label: str
    choices: tuple[Choice, ...]


def filters_of(listing: Listing, clinics: Sequence[Clinic], team: Sequence[Columns]) -> list[FilterShown]:
    """The filters of the list, with what is chosen."""
    members = {MINE: "My people", NOBODY: "Nobody responsible", **{str(user.id): user.name for user in team}}
    are_named = bool(listing.clinic) or not are_many(clinics)
    whole_team = "Whole team" if are_named else "Whole team; choose a clinic for its people"
    shown = [
        _filter("team", "Team member", listing.team, whole_team, members),
        _filter("phase", "Phase", listing.phase, "Any phase", {k: v for k, v in PHASE_TITLES.items() if k != "ended"}),
        _filter("condition", "Condition", listing.condition, "Any condition", CONDITIONS),
        _filter("standing", "Standing on the main measure", listing.standing, "Any standing", STANDINGS),
        _filter("reason", "Reason", listing.reason, "Any reason", REASONS),
        _filter("due", "Due", listing.due, "Whenever", DUES),
        FilterShown(
            "course",
            "Episodes",
            tuple(Choice(value, label, value == listing.course) for value, label in COURSES.items()),
        ),
    ]
    if len(clinics) > 1:
        places = {str(clinic.id): clinic.name for clinic in clinics}
        shown.insert(1, _filter("clinic", "Clinic", listing.clinic, "All my clinics", places))
    return shown


def _filter(name: str, label: str, chosen: str, nothing: str, values: Mapping[str, str]) -> FilterShown:
    options = {"": nothing, **values}
    return FilterShown(name, label, tuple(Choice(value, words, value == chosen) for value, words in options.items()))
