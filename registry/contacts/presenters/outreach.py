"""The outreach ladder of one person, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.contacts.ladder import STEPS, WHAT_TO_DO, WHY_NOT, Attempt, Step, next_step, tried
from registry.web.filters import count, long_date


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step: its word, what became of it, and how it is drawn."""

    name: str
    state: str
    kind: str
    """``good`` when tried, ``accent`` when next, ``neutral`` when not yet or not possible."""


@dataclass(frozen=True, slots=True)
class Outreach:
    """What was tried since somebody reached the person, and what is next."""

    words: str
    steps: Sequence[StepShown]


def show_outreach(attempts: Sequence[Attempt], possible: frozenset[Step]) -> Outreach | None:
    """The ladder; ``None`` where the last attempt reached the person, or there was none."""
    if not attempts:
        return None
    taken = tried(attempts)
    following = next_step(taken, possible)
    what = f"Next: {WHAT_TO_DO[following]}." if following else "Every step is tried: decide in the team how to go on."
    return Outreach(
        words=f"Not reached in {count(len(attempts), 'attempt')} since {long_date(attempts[0].on)}. {what}",
        steps=[_step(step, taken, following, possible) for step in Step],
    )


def _step(step: Step, taken: Sequence[Step], following: Step | None, possible: frozenset[Step]) -> StepShown:
    name = STEPS[step].capitalize()
    if step in taken:
        return StepShown(name, "tried", "good")
    if step is following:
        return StepShown(name, "next", "accent")
    return StepShown(name, "not yet" if step in possible else WHY_NOT[step], "neutral")
