"""Contacts and attempts as they are written down: when, how long, with which note. Pure."""

from __future__ import annotations

from datetime import date, time
from random import Random

from registry.contacts.facts import ContactFacts
from registry.demo import wording
from registry.demo.acts import Visit
from registry.demo.chance import happens, weighted


def time_of_day(roll: Random, first: int = 9, last: int = 16) -> time:
    """A time of a visit, from ``first`` to the end of the hour ``last``."""
    return time(roll.randint(first, last), roll.choice([0, 5, 10, 15, 20, 30, 40, 45, 50]))


def contact_made(
    roll: Random, on: date, kind: str, modality: str, *, reached: bool, minutes: tuple[int, int] | None = None
) -> ContactFacts:
    """What is noted of a contact of this kind; ``minutes`` from and below."""
    notes = {
        "treatment": wording.TREATMENT_NOTES,
        "no-show": wording.NO_SHOW_NOTES,
        "seen-elsewhere": wording.ELSEWHERE_NOTES,
        "collateral": wording.COLLATERAL_NOTES,
        "team": wording.TEAM_NOTES,
        "scheduling": wording.SCHEDULING_NOTES,
        "outreach": ("Reached; visit agreed.",) if reached else wording.ATTEMPT_NOTES,
    }
    return ContactFacts(
        took_place_on=on,
        kind=kind,
        modality=modality,
        reached=reached,
        minutes=None if minutes is None else roll.randrange(minutes[0], minutes[1], 5),
        note=roll.choice(notes[kind]) if happens(roll, 0.75) else "",
    )


def attempt(roll: Random, on: date, *, reached: bool) -> Visit:
    """Somebody tried to reach the person."""
    modality = weighted(roll, {"phone": 0.7, "text": 0.15, "home": 0.15})
    return Visit(on=on, at=time_of_day(roll), contact=contact_made(roll, on, "outreach", modality, reached=reached))
