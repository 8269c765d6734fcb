"""Who stands in the psychiatrist's queue, why, and before whom. Pure.

A reason that was there when the person was last reviewed has been dealt with; it comes back when the review is due
again (the phase's interval, or the day the review named), or when something new is added to it.

A place is kept without a today: what the calendar alone changes, a question that waits and a silence that begins, is
kept with the day from which it holds. So it is right on every day, whether or not anybody has looked since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Protocol, TypeAlias

QUIET_DAYS = 42
"""So long without a score before somebody counts as quiet: a month's measure and half of the next."""
QUESTION_WAITS_DAYS = 7
"""So long a question may wait behind everybody off target: one weekly hour."""


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
    "treatment.clozapine-question": Layer.OFF_TARGET,
    "review.open": Layer.QUESTION,
    "review.undone": Layer.QUESTION,
    DUE: Layer.DUE,
}
"""Rules whose findings concern the psychiatrist."""

UNMET = frozenset({"review.open", "review.undone"})
"""Rules about what was recommended and did not come about: nobody decided, or nobody did it."""

ADDED_TO = frozenset({Layer.SAFETY, Layer.WORSE, Layer.OFF_TARGET})
"""What comes with an answer or a score: something may be added to it after a review."""

Order: TypeAlias = tuple[Layer, bool, date]
"""The layer; whether it is nothing but safety that somebody answered, which comes after what nobody has answered; and
since when. Whose is less goes first."""

NOWHERE = 999_999_999
"""The number of whoever does not wait: after everybody who does."""
_DAYS = 10_000_000
"""More than the days of any date."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An alert: its rule, and the local date since which it is true."""

    rule: str
    since: date
    added_at: datetime | None = None
    """Of what came with an answer or a score, the instant it was told or something was last added to it."""
    is_answered: bool = False
    """A person closed it since. Of safety alone: what was answered on Monday still belongs in Thursday's hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the queue asks of one episode."""

    findings: Sequence[Finding]
    asked_on: date | None
    """The day of the oldest question without an answer."""
    declined_on: date | None
    """The first day, since the last review, on which something it recommended was declined."""
    reviewed_on: date | None
    known_until: datetime | None
    """What the last review could know of was there by then; ``None`` before the first."""
    quiet_since: date | None
    """The first day without a score that says anything; ``None`` for whom nobody promises one."""
    paused_until: date | None
    """During a pause, the day from which a score is promised again."""
    unchanged_since: date | None
    """The last day a change of treatment was done, else the baseline."""


class KeptPlace(Protocol):
    """What a row of the caseload keeps of a place: numbers, the less the earlier, and the day from which they hold."""

    @property
    def queue_place(self) -> int:
        """By everything but the calendar."""

    @property
    def waited_place(self) -> int: ...
    @property
    def waited_from(self) -> date | None: ...
    @property
    def quiet_place(self) -> int: ...
    @property
    def quiet_from(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the queue, on any day. ``rules`` are those of open alerts that count, most pressing
    first."""

    queue_place: int
    waited_place: int
    waited_from: date | None
    quiet_place: int
    quiet_from: date | None
    rules: tuple[str, ...]


NO_PLACE = Place(NOWHERE, NOWHERE, None, NOWHERE, None, ())


def place_on(kept: KeptPlace, today: date) -> int:
    """The number of somebody's place on ``today``; ``currency.queue_place`` says the same in SQL."""
    numbers = [kept.queue_place]
    if kept.waited_from is not None and kept.waited_from <= today:
        numbers.append(kept.waited_place)
    if is_quiet(kept, today):
        numbers.append(kept.quiet_place)
    return min(numbers)


def is_quiet(kept: KeptPlace, today: date) -> bool:
    """Whether no score says how the person is, and no review knows of that."""
    return kept.quiet_from is not None and kept.quiet_from <= today


def numbered(order: Order) -> int:
    """Numbers stand in the same order as what they are made of."""
    layer, is_answered, since = order
    return (2 * layer + is_answered) * _DAYS + since.toordinal()


def place(candidate: Candidate) -> Place:
    """The place of an episode in the queue."""
    is_due = any(finding.rule == DUE for finding in candidate.findings)
    counted = sorted(
        (
            (_layer(finding, candidate), finding)
            for finding in candidate.findings
            if finding.rule in LAYER_OF and _counts(finding, candidate, is_due=is_due)
        ),
        key=lambda each: (each[0], each[1].is_answered, each[1].since),
    )
    reasons: list[Order] = [
        (layer, finding.is_answered, _since(layer, finding.since, candidate)) for layer, finding in counted
    ]
    if candidate.declined_on is not None:
        layer = _unmet(candidate)
        reasons.append((layer, False, _since(layer, candidate.declined_on, candidate)))
    asked_on, waited_place, waited_from = candidate.asked_on, NOWHERE, None
    if asked_on is not None:
        reasons.append((Layer.QUESTION, False, asked_on))
        waited_place = numbered((Layer.QUESTION_WAITED, False, asked_on))
        waited_from = asked_on + timedelta(days=QUESTION_WAITS_DAYS)
    since, quiet_place, quiet_from = candidate.quiet_since, NOWHERE, None
    if since is not None and (is_due or not _was_reviewed_since(candidate, since)):
        quiet_place = numbered((Layer.QUIET, False, since))
        quiet_from = max(since, candidate.paused_until or since)
    return Place(
        queue_place=numbered(min(reasons)) if reasons else NOWHERE,
        waited_place=waited_place,
        waited_from=waited_from,
        quiet_place=quiet_place,
        quiet_from=quiet_from,
        rules=tuple(finding.rule for _, finding in counted if not finding.is_answered),
    )


def _layer(finding: Finding, candidate: Candidate) -> Layer:
    if finding.rule == DUE and candidate.reviewed_on is None:
        return Layer.NEW
    return _unmet(candidate) if finding.rule in UNMET else LAYER_OF[finding.rule]


def _unmet(candidate: Candidate) -> Layer:
    """What was recommended and did not come about: a question to the psychiatrist, and more while it is missing."""
    is_off_target = any(finding.rule == OFF_TARGET for finding in candidate.findings)
    return Layer.OFF_TARGET if is_off_target else Layer.QUESTION


def _since(layer: Layer, since: date, candidate: Candidate) -> date:
    """Off target, the longest without a change of treatment goes first; everything else by how long it stands."""
    if layer is Layer.OFF_TARGET and candidate.unchanged_since is not None:
        return candidate.unchanged_since
    return since


def _counts(finding: Finding, candidate: Candidate, *, is_due: bool) -> bool:
    """With a review due everything open counts again; what was answered, only while no review has known of it."""
    return (is_due and not finding.is_answered) or not _is_dealt_with(finding, candidate)


def _is_dealt_with(finding: Finding, candidate: Candidate) -> bool:
    """Whether the last review could know of it: a score entered after the review, of whatever day, was not there."""
    if finding.added_at is None:
        return _was_reviewed_since(candidate, finding.since)
    was_known = candidate.known_until is not None and candidate.known_until > finding.added_at
    return was_known and (LAYER_OF[finding.rule] is Layer.SAFETY or _was_reviewed_since(candidate, finding.since))


def _was_reviewed_since(candidate: Candidate, day: date | None) -> bool:
    return candidate.reviewed_on is not None and day is not None and candidate.reviewed_on >= day
