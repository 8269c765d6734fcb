"""Which rules concern the psychiatrist, and what of a row's reasons the queue is made of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any


class Layer(IntEnum):
    """What brings a person into the queue; the first goes before all others. Why so: docs/adr/0023."""

    SAFETY = 0
    WORSE = 1
    QUESTION_WAITED = 2
    OFF_TARGET = 3
    QUESTION = 4
    NEW = 5
    QUIET = 6
    DUE = 7


OFF_TARGET, DUE = "target.off", "review.due"


LAYER_OF: Mapping[str, Layer] = {
    "safety.self-harm": Layer.SAFETY,
    "safety.abuse": Layer.SAFETY,
    "safety.reported": Layer.SAFETY,
    "target.mixed": Layer.WORSE,
    "target.mania": Layer.WORSE,
    "target.relapse": Layer.WORSE,
    "target.worse": Layer.WORSE,
    "target.psychosis": Layer.WORSE,
    OFF_TARGET: Layer.OFF_TARGET,
    "review.open": Layer.QUESTION,
    "review.undone": Layer.QUESTION,
    DUE: Layer.DUE,
}
"""Rules whose findings concern the psychiatrist."""


def for_review(reasons: Iterable[Mapping[str, Any]]) -> str:
    """What of the stored reasons concerns the psychiatrist: rule, since and id of each, one a line."""
    return "\n".join(f"{each['rule']} {each['since']} {each['id']}" for each in reasons if each["rule"] in LAYER_OF)
