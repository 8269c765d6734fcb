"""The outreach ladder: in which order one tries to reach somebody, what was tried, and what comes next. Pure.

Each failed attempt is a step already, told by how it was made and by whom. A step nobody can take is skipped: nobody
is asked to telephone a person without a telephone, or to text one who has not agreed to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Step(StrEnum):
    """The steps in their order."""

    CALL = "call"
    TEXT = "text"
    LETTER = "letter"
    VISIT = "visit"
    PEER = "peer"
    PARTNER = "partner"


STEPS: Mapping[Step, str] = {
    Step.CALL: "call",
    Step.TEXT: "text or e-mail",
    Step.LETTER: "letter",
    Step.VISIT: "visit",
    Step.PEER: "peer specialist",
    Step.PARTNER: "partner",
}
"""Each step in a word."""

WHAT_TO_DO: Mapping[Step, str] = {
    Step.CALL: "call",
    Step.TEXT: "send a text or an e-mail",
    Step.LETTER: "write a letter",
    Step.VISIT: "go and see the person",
    Step.PEER: "ask a peer specialist to try",
    Step.PARTNER: "try through family, a residence or another service",
}

WHY_NOT: Mapping[Step, str] = {
    Step.CALL: "no telephone on record",
    Step.TEXT: "nothing on record that may be used for it",
    Step.LETTER: "no address on record",
    Step.VISIT: "no address or place on record",
    Step.PEER: "no peer specialist at the clinic",
}
"""Why a step is skipped. Through a partner one can always try."""

_STEP_OF: Mapping[str, Step] = {
    "phone": Step.CALL,
    "video": Step.CALL,
    "text": Step.TEXT,
    "email": Step.TEXT,
    "letter": Step.LETTER,
    "home": Step.VISIT,
    "peer": Step.PEER,
    "partner": Step.PARTNER,
}
"""How somebody tried → the step."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One failed attempt on a local date of service, as it was logged. ``kind`` and ``modality`` as of a contact."""

    on: date
    kind: str
    modality: str
    by_peer: bool = False

    @property
    def step(self) -> Step | None:
        """Which step it was; a peer specialist's own attempt is that step, however it was made.

        An appointment missed at the clinic is none: the person was to come, and nobody went.
        """
        if self.by_peer:
            return Step.PEER
        if self.modality == "in-person":
            return Step.VISIT if self.kind == "outreach" else None
        return _STEP_OF.get(self.modality)


@dataclass(frozen=True, slots=True)
class Reachable:
    """One way to reach the person that is on record: its kind, and what the person agreed to."""

    kind: str
    may_text: bool = False
    may_email: bool = False


def possible_steps(ways: Iterable[Reachable], *, has_peer: bool) -> frozenset[Step]:
    """The steps somebody can take."""
    possible = {Step.PARTNER}
    if has_peer:
        possible.add(Step.PEER)
    for way in ways:
        possible |= _opened_by(way)
    return frozenset(possible)


def _opened_by(way: Reachable) -> frozenset[Step]:
    if way.kind == "phone":
        return frozenset({Step.CALL, Step.TEXT} if way.may_text else {Step.CALL})
    if way.kind == "email" and way.may_email:
        return frozenset({Step.TEXT})
    if way.kind == "address":
        return frozenset({Step.LETTER, Step.VISIT})
    return frozenset({Step.VISIT} if way.kind == "place" else ())


def tried(attempts: Iterable[Attempt]) -> tuple[Step, ...]:
    """The steps taken, in the order of the ladder."""
    taken = {attempt.step for attempt in attempts}
    return tuple(step for step in Step if step in taken)


def next_step(taken: Collection[Step], possible: Collection[Step]) -> Step | None:
    """The first step that can be taken and was not; ``None`` when all were."""
    return next((step for step in Step if step in possible and step not in taken), None)


def since_reached(attempts: Iterable[Attempt], reached_on: Iterable[date]) -> tuple[Attempt, ...]:
    """The failed attempts on days after the last on which somebody reached the person, oldest first."""
    last_on = max(reached_on, default=date.min)
    return tuple(sorted((each for each in attempts if each.on > last_on), key=lambda each: each.on))
