"""Several instruments in one sitting: after one form the next, for the same person and the same day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from werkzeug.datastructures import MultiDict

from registry.measurements import rules
from registry.measurements.instruments import catalogue

NEXT = "next"
"""Which instrument follows: of the button that saves and goes on, and in the address of what comes between."""

ON = "on"
"""The day of the sitting, in an address."""

MODE = "mode"
"""How the forms of the sitting were given, the last one last, in an address: the next is given alike if it can be."""


@dataclass(frozen=True, slots=True)
class Following:
    """The instrument to go on with."""

    id: str
    words: str


def following(cadences: Mapping[str, int], last: Mapping[str, date], *, after: str, on: date) -> Following | None:
    """What to offer after this instrument: of those the episode follows, one that was not given on that day."""
    known = {instrument_id: days for instrument_id, days in cadences.items() if instrument_id in catalogue()}
    instrument_id = rules.next_in_sitting(known, last, after=after, on=on)
    if instrument_id is None:
        return None
    return Following(instrument_id, f"Save and enter next: {catalogue().get(instrument_id).short_title}")


def asked_for(sent: Mapping[str, str]) -> str | None:
    """The instrument the button asked to go on with."""
    instrument_id = sent.get(NEXT, "")
    return instrument_id if instrument_id in catalogue() else None


def next_url(patient_id: uuid.UUID, instrument_id: str, *, on: str | None, modes: Sequence[str]) -> str:
    """The form of the instrument that follows, for the day of the sitting, to be given as those before."""
    return url_for("measurements.enter", patient_id=patient_id, instrument_id=instrument_id, on=on, mode=list(modes))


def modes_so_far(sent: MultiDict[str, str], mode: str) -> list[str]:
    """How the forms of the sitting were given, this one last; each way once."""
    return [*(each for each in dict.fromkeys(sent.getlist(MODE)) if each != mode), mode]


def mode_of(sent: MultiDict[str, str], offered: Sequence[str]) -> str:
    """How to give the next form: as the last one of the sitting that was given in a way this one offers."""
    return next((mode for mode in reversed(sent.getlist(MODE)) if mode in offered), offered[0])


def next_in(patient_id: uuid.UUID, address: MultiDict[str, str]) -> str:
    """Where a page in the middle of a sitting leads, by its own address; empty where nothing follows."""
    instrument_id = asked_for(address)
    return (
        ""
        if instrument_id is None
        else next_url(patient_id, instrument_id, on=address.get(ON), modes=address.getlist(MODE))
    )


def day_of(sent: Mapping[str, str], *, today: date, born_on: date) -> date:
    """The day of the sitting; today where none that is possible was named."""
    try:
        on = date.fromisoformat(sent.get(ON, ""))
    except ValueError:
        return today
    return on if born_on <= on <= today else today
