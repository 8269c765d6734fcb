"""What another number of a rule would have told at a clinic in the last days, beside what its present one tells."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from registry import clock
from registry.alerts.parameters import Numbers
from registry.alerts.past.as_of import Span
from registry.alerts.past.histories import list_people, load_histories
from registry.alerts.past.replay import DAYS, Replay, Telling, replay, rules_of
from registry.alerts.rulebook import RULEBOOK, Tier
from registry.alerts.rulebook.transfer import ANSWER_WITHIN
from registry.clinics.models import Clinic
from registry.db.transaction import end_read

MOST_PEOPLE = 2_000
MOST_SECONDS = 5
"""More people are not looked at, nor for longer: the page has to answer. Some more are looked at than time is left."""

_AT_ONCE = 50
_ELSEWHERE = frozenset({ANSWER_WITHIN})
"""Numbers that speak where nobody's episode is: on the day of a clinic that was asked to take somebody over."""

Line = tuple[str, Tier]
"""A rule, and how pressing what it says is."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one rule told of one person on another day, only with one of the two numbers, or as pressing as another."""

    patient_id: uuid.UUID
    now: Telling | None
    then: Telling | None


@dataclass(slots=True)
class Counted:
    """What was told with one number: how often and of how many people by rule and tier, and what stands at the end."""

    told: Counter[Line] = field(default_factory=Counter)
    standing: Counter[Line] = field(default_factory=Counter)
    whom: dict[Line, set[uuid.UUID]] = field(default_factory=dict)

    def people(self, line: Line) -> int:
        """Of how many people it was told."""
        return len(self.whom.get(line, ()))

    @property
    def everybody(self) -> int:
        """Of how many people anything was told."""
        return len(set[uuid.UUID]().union(*self.whom.values()))

    def add(self, patient_id: uuid.UUID, found: Replay) -> None:
        for each in told_of(found):
            self.told[each.rule, each.tier] += 1
            self.whom.setdefault((each.rule, each.tier), set()).add(patient_id)
        self.standing.update((each.rule, each.tier) for each in found.standing)


@dataclass(slots=True)
class RulePreview:
    """``looked_at`` of so many ``people`` were, who are counted no further than ``MOST_PEOPLE`` and one.

    ``differences`` are told day by day, the newest first.
    """

    span: Span
    now: Counted = field(default_factory=Counted)
    then: Counted = field(default_factory=Counted)
    differences: list[Difference] = field(default_factory=list)
    looked_at: int = 0
    people: int = 0

    @property
    def lines(self) -> list[Line]:
        """Every rule and tier anything was said at, in the order in which they are told."""
        place = {rule.id: place for place, rule in enumerate(RULEBOOK)}
        said = {*self.now.told, *self.then.told, *self.now.standing, *self.then.standing}
        return sorted(said, key=lambda line: (place[line[0]], line[1].rank))


def can_be_tried(parameter: str) -> bool:
    """Whether looking back says anything about the number: some rule decides by it what to say of a person in care."""
    return bool(rules_of(parameter)) and parameter not in _ELSEWHERE


def preview_number(
    *, clinic: Clinic, parameter: str, now: Numbers, then: Numbers, seconds: float = MOST_SECONDS
) -> RulePreview:
    """Whoever had an open episode there in the last days, by both sets of numbers, until the seconds are over.

    Those who are not all of them are taken by chance, and the same again. It stores nothing. The session's read is
    ended again and again, so that it never gets long.
    """
    clinic_id, today, began = clinic.id, clinic.today(clock.now()), time.monotonic()
    found = RulePreview(Span(today - timedelta(days=DAYS), today))
    people = list_people(clinic_id, found.span, limit=MOST_PEOPLE + 1)
    found.people, people = len(people), sorted(people, key=_by_chance)[:MOST_PEOPLE]
    while found.looked_at < len(people) and (not found.looked_at or time.monotonic() - began < seconds):
        some = people[found.looked_at : found.looked_at + _AT_ONCE]
        _look_at(some, found, clinic_id=clinic_id, numbers=(now, then), rules=rules_of(parameter))
        found.looked_at += len(some)
    found.differences.sort(key=lambda each: (_last_day(each), str(each.patient_id)), reverse=True)
    return found


def _by_chance(patient_id: uuid.UUID) -> bytes:
    """Identifiers begin with when they were made, and end by chance."""
    return patient_id.bytes[::-1]


def _look_at(
    people: Sequence[uuid.UUID],
    found: RulePreview,
    *,
    clinic_id: uuid.UUID,
    numbers: tuple[Numbers, Numbers],
    rules: Sequence[str],
) -> None:
    for history in load_histories(people, clinic_id, found.span):
        before, after = (replay(history, each, rules) for each in numbers)
        found.now.add(history.patient_id, before)
        found.then.add(history.patient_id, after)
        found.differences += differences(history.patient_id, told_of(before), told_of(after))
    end_read()


def told_of(found: Replay) -> list[Telling]:
    """What is news of it: not what only rested while another alert spoke for it."""
    return [each for each in found.told if not each.is_again]


def differences(patient_id: uuid.UUID, now: Sequence[Telling], then: Sequence[Telling]) -> Iterator[Difference]:
    """What is told of one person with one number and not with the other, by rule.

    Two tellings are one, on another day or as pressing as another, where what they told of stood at the same time.
    """
    only_now, only_then = _but_for(now, then), _but_for(then, now)
    for rule in sorted(only_now.keys() | only_then.keys()):
        left = only_now.get(rule, [])
        for telling in only_then.get(rule, ()):
            alike = [each for each in left if _is_of_one_time(each, telling)]
            other = min(alike, key=lambda each: (each.tier is not telling.tier, each.on), default=None)
            if other is not None:
                left.remove(other)
            yield Difference(patient_id, other, telling)
        yield from (Difference(patient_id, each, None) for each in left)


def _is_of_one_time(one: Telling, other: Telling) -> bool:
    return one.on <= (other.until or date.max) and other.on <= (one.until or date.max)


def _but_for(tellings: Iterable[Telling], others: Iterable[Telling]) -> Mapping[str, list[Telling]]:
    known = {(each.rule, each.tier, each.on) for each in others}
    found: dict[str, list[Telling]] = {}
    for each in tellings:
        if (each.rule, each.tier, each.on) not in known:
            found.setdefault(each.rule, []).append(each)
    return found


def _last_day(difference: Difference) -> str:
    return max(each.on for each in (difference.now, difference.then) if each is not None).isoformat()
