"""What can be recorded at all: the date of service, and something to record. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from registry.measures.answers import Answer
from registry.measures.instrument import Instrument


class ImpossibleDate(ValueError):
    """A date on which this person cannot have completed anything. The message says what to enter instead."""


class NothingAnswered(ValueError):
    """Neither an answer nor a refusal to answer nor a total."""

    def __init__(self) -> None:
        super().__init__("Answer at least one item")


def check_date(taken_on: date, *, today: date, born_on: date, died_on: date | None = None) -> None:
    """Refuse a local date of service that cannot be.

    Raises:
        ImpossibleDate: after ``today``, before the person was born, or after the person died.
    """
    if taken_on > today:
        raise ImpossibleDate("Enter the date the form was completed, not later than today")
    if taken_on < born_on:
        raise ImpossibleDate("Enter the date the form was completed: this one is before the patient was born")
    if died_on is not None and taken_on > died_on:
        raise ImpossibleDate("Enter the date the form was completed: this one is after the patient died")


def check_content(answers: Mapping[str, Answer] | None, total_only: int | None) -> None:
    """Refuse a form that says nothing.

    Raises:
        NothingAnswered: every item is blank and there is no total.
        ValueError: there are both answers and a total without them.
    """
    given = answers is not None and any(answer is not None for answer in answers.values())
    if given and total_only is not None:
        raise ValueError("A measurement has answers or only a total, not both")
    if not given and total_only is None:
        raise NothingAnswered


def takes_total(instrument: Instrument) -> bool:
    """Whether a total can be copied from paper without its answers: the answer to one item is no total of a form.

    Nor is a profile, which has none.
    """
    primary = instrument.primary_scale
    return primary.is_whole and not primary.is_profile and len(primary.items) > 1


def is_before_enrolment(taken_on: date, *, enrolled_on: date | None) -> bool:
    """Whether a score of this day stays outside the episode's numbers: drawn, but never a baseline."""
    return enrolled_on is not None and taken_on < enrolled_on


def next_in_sitting(cadences: Mapping[str, int], last: Mapping[str, date], *, after: str, on: date) -> str | None:
    """Which instrument to go on with on that day: the first one due, else the first followed and not given yet.

    ``cadences``: instrument → days between two, in the order of the episode; ``last``: when each was last given.
    """
    others = [instrument for instrument in cadences if instrument != after and last.get(instrument) != on]
    due = [each for each in others if each not in last or (on - last[each]).days >= cadences[each]]
    return next(iter([*due, *others]), None)
