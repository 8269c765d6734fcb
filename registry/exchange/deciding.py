"""What becomes of a judged row: stored, there already, or refused. Pure."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Final

from registry.exchange.rows import Judged, Refusal, Wish, date_words
from registry.measurements.rules import ImpossibleDate, check_date
from registry.measures.scoring import SafetyState


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the organisation, as far as an import asks. ``patient_id`` is None for one it would add."""

    patient_id: uuid.UUID | None
    born_on: date
    died_on: date | None = None
    is_seen_here: bool = True
    has_episode_here: bool = False
    is_followed: bool = False
    """Has an episode anywhere or an open alert: any answer may change what needs attention."""


class AlreadyThere(Enum):
    """An earlier run, or this one before it was interrupted, stored the row as it is."""

    ALREADY_THERE = "already there"


ALREADY_THERE: Final = AlreadyThere.ALREADY_THERE


@dataclass(slots=True)
class Occasions:
    """The occasions a file has told of so far: a second row about one of them is refused, whatever it says.

    Memory grows with the rows of the file, some 200 bytes each.
    """

    _first: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)

    def once(self, judged: Judged) -> Judged:
        """The row, or why it is refused beside the one before it."""
        if isinstance(judged, Refusal):
            return judged
        key, content = _digest(judged.mrn, judged.occasion), _digest(judged.content)
        first = self._first.setdefault(key, (judged.number, content))
        if first[0] == judged.number:
            return judged
        verb = "repeats" if first[1] == content else "contradicts"
        return Refusal(judged.number, f"{verb} row {first[0]}: the same person and occasion", judged.raw)


def decide(
    wish: Wish, *, somebody: Somebody | None, stored_content: Any, birth_date_is_known: bool
) -> str | AlreadyThere:
    """``ALREADY_THERE``, or why the row is refused, or an empty text: it is to be stored.

    ``birth_date_is_known``: the source states birth dates, so a different one is a different person.
    """
    if somebody is None:
        return "" if wish.newcomer is not None else "nobody in the registry has this record number"
    if not somebody.is_seen_here:
        return "this record number belongs to somebody the clinic does not see"
    is_other_birth = wish.newcomer is not None and wish.newcomer.facts.birth_date != somebody.born_on
    if birth_date_is_known and is_other_birth:
        return "the person with this record number was born on another date"
    if stored_content is not None:
        return ALREADY_THERE if stored_content == wish.content else "the registry holds other answers for this occasion"
    try:
        check_date(wish.taken_on, today=wish.taken_on, born_on=somebody.born_on, died_on=somebody.died_on)
    except ImpossibleDate as error:
        return date_words(error)
    return ""


def may_need_attention(wish: Wish, somebody: Somebody) -> bool:
    """Whether storing this row can change what needs attention.

    For somebody without episode and open alert only a safety item that is positive or unknown can.
    """
    is_safe = all(answer.state is SafetyState.NEGATIVE for answer in wish.scoring.safety)
    return somebody.is_followed or not is_safe


def _digest(*parts: object) -> bytes:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).digest()
