"""What rules would have told over a span of past days, with these numbers or with others. Pure.

A reason counts once for as long as it is true, and again where it becomes more pressing, is for more people or has
news in it: what ``alert_load`` calls a new reason. What people did with an alert is no part of it: closing one while
it is still true ends nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

from registry.alerts.parameters import Numbers
from registry.alerts.past.as_of import CaseHistory, PastCase
from registry.alerts.rulebook import (
    RULEBOOK,
    Backlog,
    Finding,
    Rule,
    Tier,
    evaluate,
    is_news,
    last_seen_on,
    spoken_for_by,
    with_speakers,
)
from registry.alerts.rulebook.evidence import JSON

DAYS = 90
"""How far back a number is tried."""

_A_DAY = timedelta(days=1)
_rules_to_ask = cache(with_speakers)
"""Found once: it is the same for everybody."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A rule told something of somebody ``on`` a local day. ``began``: an alert opens, and did not only become louder.

    ``is_again``: nothing new in it, since it only rested while another alert spoke for it.
    """

    rule: str
    tier: Tier
    on: date
    sentence: str
    began: bool
    is_again: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """What was told in the span, oldest first, and what stands at its end."""

    told: tuple[Telling, ...]
    standing: tuple[Finding, ...]


def rules_of(parameter: str) -> tuple[str, ...]:
    """The rules a number can make speak or fall silent, in the rulebook's order: those that read it, and those they
    speak for. None of a number that no rule reads.
    """
    reading = {rule.id for rule in RULEBOOK if parameter in rule.parameters}
    concerned = reading | spoken_for_by(reading)
    return tuple(rule.id for rule in RULEBOOK if rule.id in concerned)


def replay(history: CaseHistory, numbers: Numbers, rules: Collection[str]) -> Replay:
    """What ``rules`` would have told of one episode in its span.

    It is looked at as the clinic does: in the night of each date named, with what was known the evening before, and
    again on each day on which something it was asked about happened.
    """
    begins_on = max(history.span.before, history.begins_on)
    if history.ended_on is not None and history.ended_on <= begins_on:
        return Replay((), ())
    asked = frozenset(rules)
    story = _Story(history, numbers, asked, _rules_to_ask(asked))
    story.look(begins_on, facts_of=begins_on)
    while (following := story.following()) is not None:
        day, is_night = following
        story.look(day, facts_of=day - _A_DAY if is_night else day)
    return Replay(tuple(story.told), () if history.ended_on is not None else tuple(story.standing.values()))


@dataclass(slots=True)
class _Story:
    """One episode, looked at again and again. Nothing changes before ``check_on``, nor before ``change_on``."""

    history: CaseHistory
    numbers: Numbers
    asked: frozenset[str]
    looked_at: tuple[Rule, ...]
    told: list[Telling] = field(default_factory=list)
    standing: dict[str, Finding] = field(default_factory=dict)
    check_on: date | None = None
    change_on: date | None = None
    _last: dict[str, Finding] = field(default_factory=dict)
    """What each rule said last, also where it stands no more."""
    _known: dict[str, Mapping[str, JSON]] = field(default_factory=dict)
    """What people were told of last, as in ``lifecycle.revise``."""

    def following(self) -> tuple[date, bool] | None:
        """The next day to look at, and whether in the night that begins it; None once the span or the episode is over.

        On the day an episode ends only the night before it counts.
        """
        looks = [(day, is_day) for day, is_day in ((self.check_on, False), (self.change_on, True)) if day is not None]
        if not looks:
            return None
        day, is_day = min(looks)
        ended_on = self.history.ended_on
        is_over = ended_on is not None and (day, is_day) >= (ended_on, True)
        return None if is_over or day > self.history.span.last else (day, not is_day)

    def look(self, day: date, *, facts_of: date) -> None:
        """Ask the rules on ``day``, as far as was known at the end of another."""
        case = PastCase(self.history, facts_of)
        evaluation = evaluate(case, day, self.numbers, rules=self.looked_at)
        findings = [each for each in evaluation.findings if each.rule in self.asked]
        found = {each.rule: each for each in self._let_through(findings, case, day)}
        for finding in found.values():
            self._hear(finding, day)
        self._end(self.standing.keys() - found.keys(), day)
        self.standing = found
        self._last |= found
        until = self.history.backlog_until
        dates = (evaluation.next_check_on, until if until is not None and until > day else None)
        self.check_on = min((each for each in dates if each is not None), default=None)
        self.change_on = case.next_change

    def _end(self, over: Collection[str], day: date) -> None:
        """What these rules told of is not true any more."""
        for place, each in enumerate(self.told):
            if each.until is None and each.rule in over:
                self.told[place] = replace(each, until=day)

    def _let_through(self, findings: Sequence[Finding], case: PastCase, day: date) -> Sequence[Finding]:
        """Without what waits for a later day, since it had piled up before the enrolment was stored."""
        stored_on, until = self.history.backlog_from, self.history.backlog_until
        if not findings or stored_on is None or until is None or day >= until:
            return findings
        backlog = Backlog(stored_on, until, last_seen_on(case))
        return [each for each in findings if not backlog.holds(each)]

    def _hear(self, finding: Finding, day: date) -> None:
        """Told where it is new, more pressing than what stands, or has news in it; else only what is known moves on."""
        before = self.standing.get(finding.rule)
        is_louder = before is not None and finding.tier.rank < before.tier.rank
        if before is None or is_louder or self._has_news(finding):
            self._known[finding.rule] = finding.evidence
            if day > self.history.span.before:
                again = before is None and self._went_on(finding)
                self.told.append(Telling(finding.rule, finding.tier, day, finding.sentence, before is None, again))

    def _has_news(self, finding: Finding) -> bool:
        """Small changes add up; what eased by as much as would have been news is known as it is now."""
        known = self._known[finding.rule]
        if is_news(finding.rule, known, finding.evidence):
            return True
        if is_news(finding.rule, finding.evidence, known):
            self._known[finding.rule] = finding.evidence
        return False

    def _went_on(self, finding: Finding) -> bool:
        last = self._last.get(finding.rule)
        return last is not None and last.since >= finding.since and last.tier.rank <= finding.tier.rank
