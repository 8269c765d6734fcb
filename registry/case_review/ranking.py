"""Who stands in the psychiatrist's queue, why, and before whom. Pure.

A reason that was there when the person was last reviewed has been dealt with; it comes back when the review is due
again (the phase's interval, or the day the review named), or when something new is added to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry.caseload.for_review import DUE, LAYER_OF, OFF_TARGET, Layer

QUIET_DAYS = 42
"""So long without a score before somebody counts as quiet: a month's measure and half of the next."""
QUESTION_WAITS_DAYS = 7
"""So long a question may wait behind everybody off target: one weekly hour."""

UNMET = frozenset({"review.open", "review.undone"})
"""Rules about what was recommended and did not come about: nobody decided, or nobody did it."""


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
    """The first day without a score that says anything; ``None`` while there is one."""
    unchanged_since: date | None
    """The last day a change of treatment was done, else the baseline."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the queue. ``rules`` are those of open alerts that count now, most pressing first."""

    layer: Layer
    is_answered: bool
    """Nothing but safety that somebody answered brings them so far up: they come after those nobody has answered."""
    since: date
    rules: tuple[str, ...]
    tells_answered: bool
    """Safety that somebody answered since the last review is among the reasons."""
    is_declined: bool
    is_quiet: bool
    has_question: bool

    @property
    def order(self) -> tuple[Layer, bool, date]:
        """Whose is less goes first."""
        return self.layer, self.is_answered, self.since


def place(candidate: Candidate, *, today: date) -> Place | None:
    """The place of an episode in the queue on ``today``; ``None`` when nothing asks for a review."""
    is_due = any(finding.rule == DUE for finding in candidate.findings)
    counted = sorted(
        (
            (_layer(finding, candidate), finding)
            for finding in candidate.findings
            if finding.rule in LAYER_OF and _counts(finding, candidate, is_due=is_due)
        ),
        key=lambda each: (each[0], each[1].is_answered, each[1].since),
    )
    reasons = [(layer, finding.is_answered, _since(layer, finding.since, candidate)) for layer, finding in counted]
    is_quiet = _is_quiet(candidate, today) and (is_due or not _was_reviewed_since(candidate, candidate.quiet_since))
    if is_quiet and candidate.quiet_since is not None:
        reasons.append((Layer.QUIET, False, candidate.quiet_since))
    if candidate.declined_on is not None:
        layer = _unmet(candidate)
        reasons.append((layer, False, _since(layer, candidate.declined_on, candidate)))
    if candidate.asked_on is not None:
        reasons.append((_asked(candidate.asked_on, today), False, candidate.asked_on))
    if not reasons:
        return None
    layer, is_answered, since = min(reasons)
    return Place(
        layer=layer,
        is_answered=is_answered,
        since=since,
        rules=tuple(finding.rule for _, finding in counted if not finding.is_answered),
        tells_answered=any(finding.is_answered for _, finding in counted),
        is_declined=candidate.declined_on is not None,
        is_quiet=is_quiet,
        has_question=candidate.asked_on is not None,
    )


def _layer(finding: Finding, candidate: Candidate) -> Layer:
    if finding.rule == DUE and candidate.reviewed_on is None:
        return Layer.NEW
    return _unmet(candidate) if finding.rule in UNMET else LAYER_OF[finding.rule]


def _unmet(candidate: Candidate) -> Layer:
    """What was recommended and did not come about: a question to the psychiatrist, and more while it is missing."""
    is_off_target = any(finding.rule == OFF_TARGET for finding in candidate.findings)
    return Layer.OFF_TARGET if is_off_target else Layer.QUESTION


def _asked(asked_on: date, today: date) -> Layer:
    has_waited = asked_on <= today - timedelta(days=QUESTION_WAITS_DAYS)
    return Layer.QUESTION_WAITED if has_waited else Layer.QUESTION


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


def _is_quiet(candidate: Candidate, today: date) -> bool:
    return candidate.quiet_since is not None and candidate.quiet_since <= today
