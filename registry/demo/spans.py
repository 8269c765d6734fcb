"""Where in an episode a day lies, and working days. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from registry.demo.chance import happens
from registry.demo.story import Story


@dataclass(frozen=True, slots=True)
class Spans:
    """Where in an episode a day lies. ``until`` is the first day no longer in it."""

    story: Story
    enrolled_on: date
    until: date
    is_second: bool = False

    @property
    def days(self) -> int:
        """From enrolment to the end."""
        return (self.until - self.enrolled_on).days

    def turn(self, days: int | None) -> date | None:
        """A turn of the story that falls into this episode."""
        day = None if self.is_second else day_of(self.enrolled_on, days)
        return day if day is not None and day < self.until else None

    def comes(self, on: date) -> bool:
        """Whether the person still comes."""
        silent, paused = self.turn(self.story.silent_from), self.turn(self.story.paused_from)
        return not (silent and on >= silent) and not (paused and on >= paused)

    def is_maintaining(self, on: date) -> bool:
        start, again = self.turn(self.story.maintaining_from), self.turn(self.story.active_again_from)
        return start is not None and on >= start and not (again and on >= again)


def day_of(start: date, days: int | None) -> date | None:
    """The working day so many days after ``start``; None where there is no such turn."""
    return None if days is None else workday(start + timedelta(days=days))


def workday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def last_workday(until: date) -> date:
    """The last working day before today, when ``until`` is tomorrow: so that there is something to answer now."""
    day = until - timedelta(days=2)
    return day - timedelta(days=max(0, day.weekday() - 4))


def at_random(roll: Random, spans: Spans, expected: float) -> list[date]:
    """Days inside the episode, as many as expected on average."""
    length = (spans.until - spans.enrolled_on).days - 8
    if length < 1:
        return []
    number = int(expected) + happens(roll, expected % 1)
    days = {workday(spans.enrolled_on + timedelta(days=roll.randint(4, 4 + length))) for _ in range(number)}
    return sorted(on for on in days if on < spans.until)
