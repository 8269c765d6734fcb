"""What happened in a person's life as a lane of the course: stays as bars, everything else as marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from registry.charts.course_facts import Lane, Mark, Spell
from registry.life.models import LifeEvent
from registry.life.rules import KINDS, is_stay


def life_lane(events: Sequence[LifeEvent], *, first: date, last: date) -> Lane:
    """The events between two days. A stay without an end is taken to last; one of a single day is a mark."""
    spells: list[Spell] = []
    marks: list[Mark] = []
    for event in sorted(events, key=lambda each: (each.starts_on, each.recorded_at)):
        starts_on, ends_on = max(event.starts_on, first), min(event.ends_on or last, last)
        if is_stay(event.kind) and ends_on > starts_on:
            spells.append(Spell(starts_on, ends_on, KINDS[event.kind], "action"))
        elif first <= event.starts_on <= last:
            said = f"{KINDS[event.kind]}: {event.words}" if event.words else KINDS[event.kind]
            marks.append(Mark(event.starts_on, said, "event"))
    return Lane("Life", marks=marks, spells=spells)
