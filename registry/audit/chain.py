"""The chain: each event's hash covers its content and the hash before it. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one way to write an event down: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def link(previous: str, content: Mapping[str, Any], *, key: bytes = b"") -> str:
    """The hash of an event after the one whose hash is ``previous``: HMAC-SHA-256 with a key, else SHA-256."""
    message = previous.encode() + canonical(content)
    if key:
        return hmac.new(key, message, hashlib.sha256).hexdigest()
    return hashlib.sha256(message).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and why."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What reading the whole chain showed."""

    events: int
    head: str
    breaks: tuple[Break, ...]

    @property
    def holds(self) -> bool:
        return not self.breaks


@dataclass(frozen=True, slots=True)
class Link:
    """One stored event as the chain sees it."""

    number: int
    previous: str
    hash: str
    content: Mapping[str, Any]


def verify(links: Iterable[Link], *, key: bytes = b"", anchor: tuple[int, str] | None = None) -> Verification:
    """Read every event in order. ``anchor`` (number, hash), kept outside the database, finds a cut tail."""
    breaks: list[Break] = []
    expected_number, previous, anchored = 1, GENESIS, anchor is None
    for event in links:
        if event.number != expected_number:
            breaks.append(Break(event.number, f"event {expected_number} is missing"))
            expected_number = event.number
        if event.previous != previous:
            breaks.append(Break(event.number, "does not follow the event before it"))
        if event.hash != link(event.previous, event.content, key=key):
            breaks.append(Break(event.number, "was changed after it was written"))
        if anchor is not None and event.number == anchor[0]:
            anchored = True
            if event.hash != anchor[1]:
                breaks.append(Break(event.number, "is not the event the anchor remembers"))
        previous = event.hash
        expected_number += 1
    if not anchored and anchor is not None:
        breaks.append(Break(anchor[0], "the anchor remembers this event, and it is gone: the end was cut"))
    return Verification(events=expected_number - 1, head=previous, breaks=tuple(breaks))
