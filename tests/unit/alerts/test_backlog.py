"""What had piled up before somebody was enrolled here, and what never waits."""

from dataclasses import replace

import pytest

from registry.alerts.rulebook import RULEBOOK, Backlog, Family, Finding, Tier
from tests.unit.alerts.cases import day

ENTERED = 100
WAITS = Backlog(stored_on=day(ENTERED), until=day(140))
OFF = Finding(
    rule="target.off",
    tier=Tier.ACTION,
    sentence="Off target",
    evidence={},
    since=day(60),
    next_check_on=None,
    audience=("care_manager", "psychiatrist"),
    version=1,
)
MANIA = replace(OFF, rule="target.mania", audience=("psychiatrist",))


@pytest.mark.parametrize(
    ("why", "backlog", "finding", "expected"),
    [
        ("true long before it could be seen here", WAITS, OFF, True),
        ("true since the day before it was entered", WAITS, replace(OFF, since=day(ENTERED - 1)), True),
        ("true since the day it was entered", WAITS, replace(OFF, since=day(ENTERED)), False),
        ("a reminder", WAITS, replace(OFF, rule="measure.due", tier=Tier.REMINDER), True),
        ("a place in the queue is no work of the day", WAITS, replace(OFF, rule="review.due", tier=Tier.QUEUE), False),
        ("urgent", WAITS, replace(OFF, tier=Tier.URGENT), False),
        ("seen before it was entered", replace(WAITS, seen_on=day(ENTERED - 1)), OFF, True),
        ("seen on the day it was entered", replace(WAITS, seen_on=day(ENTERED)), OFF, False),
        ("mania by an old score, typed in with the rest", replace(WAITS, scored_on=day(ENTERED)), MANIA, True),
        ("mania by an old score, typed in later", replace(WAITS, scored_on=day(ENTERED + 1)), MANIA, False),
        ("no better by an old score, typed in later", replace(WAITS, scored_on=day(ENTERED + 1)), OFF, True),
    ],
)
def test_what_was_true_before_waits_until_somebody_is_seen(
    why: str, backlog: Backlog, finding: Finding, expected: bool
) -> None:
    assert backlog.holds(finding) is expected, why


def test_no_rule_about_safety_medicines_the_law_or_a_handover_ever_waits() -> None:
    waiting = {rule.family for rule in RULEBOOK if WAITS.holds(replace(OFF, rule=rule.id))}
    assert waiting.isdisjoint({Family.SAFETY, Family.SCREEN, Family.MEDICATION, Family.LEGAL, Family.TRANSFER})
    assert {Family.TARGET, Family.ENGAGE, Family.REVIEW, Family.ORDER, Family.MEASURE} <= waiting
