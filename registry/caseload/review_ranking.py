"""Who stands in the psychiatrist's queue, why, and before whom. Pure.

A reason that was there when the person was last reviewed has been dealt with; it comes back when the review is due
again (the phase's interval, or the day the review named), or when something new is added to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

QUIET_DAYS = 42
"""So long without a score before somebody counts as quiet: a month's measure and half of the next."""


class Layer(IntEnum):
    """What brings a person into the queue; the first goes before all others."""

    SAFETY = 0
    OFF_TARGET = 1
    WORSE = 2
    NEW = 3
    QUIET = 4
    QUESTION = 5
    DUE = 6


LAYER_OF: Mapping[str, Layer] = {
    "safety.self-harm": Layer.SAFETY,
    "safety.abuse": Layer.SAFETY,
    "safety.reported": Layer.SAFETY,
    "target.off": Layer.OFF_TARGET,
    "target.relapse": Layer.WORSE,
    "target.worse": Layer.WORSE,
    "target.mixed": Layer.WORSE,
    "target.mania": Layer.WORSE,
    "target.psychosis": Layer.WORSE,
    "review.due": Layer.DUE,
}
"""Rules whose findings concern the psychiatrist."""

DUE = "review.due"


@dataclass(frozen=True, slots=True)
class Finding:
    """An open alert: its rule, and the local date since which it is true."""

    rule: str
    since: date
    added_at: datetime | None = None
    """Of what came with an answer or a score, the instant it was told or something was last added to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the queue asks of one episode."""

    findings: Sequence[Finding]
    has_question: bool
    reviewed_on: date | None
    reviewed_at: datetime | None
    """When the last review was written down; ``None`` before the first."""
    quiet_since: date | None
    """The first day without a score that says anything; ``None`` while there is one."""
    unchanged_since: date | None
    """The last day a change of treatment was done, else the baseline."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the queue. ``rules`` are those that count now, most pressing first."""

    layer: Layer
    since: date
    rules: tuple[str, ...]
    is_quiet: bool
    has_question: bool


def place(candidate: Candidate, *, today: date) -> Place | None:
    """The place of an episode in the queue on ``today``; ``None`` when nothing asks for a review."""
    is_due = any(finding.rule == DUE for finding in candidate.findings)
    counted = [
        (_layer(finding, candidate), finding)
        for finding in candidate.findings
        if finding.rule in LAYER_OF and (is_due or not _is_dealt_with(finding, candidate))
    ]
    reasons = sorted(((layer, _since(layer, finding, candidate)) for layer, finding in counted), key=lambda each: each)
    is_quiet = _is_quiet(candidate, today) and (is_due or not _was_reviewed_since(candidate, candidate.quiet_since))
    if is_quiet and candidate.quiet_since is not None:
        reasons.append((Layer.QUIET, candidate.quiet_since))
    if candidate.has_question:
        reasons.append((Layer.QUESTION, today))
    if not reasons:
        return None
    layer, since = min(reasons)
    rules = tuple(finding.rule for _, finding in sorted(counted, key=lambda each: (each[0], each[1].since)))
    return Place(layer, since, rules, is_quiet, candidate.has_question)


def _layer(finding: Finding, candidate: Candidate) -> Layer:
    if finding.rule == DUE and candidate.reviewed_on is None:
        return Layer.NEW
    return LAYER_OF[finding.rule]


def _since(layer: Layer, finding: Finding, candidate: Candidate) -> date:
    """Off target, the longest without a change of treatment goes first; everything else by how long it stands."""
    if layer is Layer.OFF_TARGET and candidate.unchanged_since is not None:
        return candidate.unchanged_since
    return finding.since


def _is_dealt_with(finding: Finding, candidate: Candidate) -> bool:
    """Whether the last review could know of it: a score entered after the review, of whatever day, was not there."""
    if finding.added_at is None:
        return _was_reviewed_since(candidate, finding.since)
    was_known = candidate.reviewed_at is not None and candidate.reviewed_at > finding.added_at
    return was_known and (LAYER_OF[finding.rule] is Layer.SAFETY or _was_reviewed_since(candidate, finding.since))


def _was_reviewed_since(candidate: Candidate, day: date | None) -> bool:
    return candidate.reviewed_on is not None and day is not None and candidate.reviewed_on >= day


def _is_quiet(candidate: Candidate, today: date) -> bool:
    return candidate.quiet_since is not None and candidate.quiet_since <= today
