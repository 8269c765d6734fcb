"""What falls due and when, and the last word on safety: tables of cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.alerts.last_safety import NEGATIVE, POSITIVE, UNKNOWN, last_safety
from registry.alerts.next_due import due_days, measure_days
from registry.alerts.snapshot import AnswerState, CaseSnapshot, ContactFacts, Phase, ReviewFacts, SafetyAnswer
from registry.measures.instrument import SafetyTier
from tests.unit.alerts.cases import NUMBERS, day, episode, injection, measure, measured, treated


def case(phase: Phase = Phase.ACTIVE, **facts: Any) -> CaseSnapshot:
    care = {name: facts.pop(name) for name in ("contacts", "reviews", "died_on", "treatment") if name in facts}
    return CaseSnapshot(patient_id="p", episode=episode(phase, **facts), **care)


CASES = {
    "nobody was in contact yet": (case(), {"contact": day(21), "review": day(14)}),
    "thirty days from the last contact": (
        case(contacts=ContactFacts(two_way_on=(day(3), day(40)))),
        {"contact": day(70), "review": day(14)},
    ),
    "an attempt resets nothing": (
        case(contacts=ContactFacts(two_way_on=(day(3),), attempts_on=(day(50),))),
        {"contact": day(33), "review": day(14)},
    ),
    "eight weeks from the last review": (
        case(contacts=ContactFacts(two_way_on=(day(3),)), reviews=ReviewFacts(last_on=day(10))),
        {"contact": day(33), "review": day(66)},
    ),
    "the day a review asked for": (
        case(contacts=ContactFacts(two_way_on=(day(3),)), reviews=ReviewFacts(last_on=day(10), look_again_on=day(24))),
        {"contact": day(33), "review": day(24)},
    ),
    "nothing before a pause is over": (
        case(Phase.PAUSED, paused_until=day(90), contacts=ContactFacts(two_way_on=(day(3),))),
        {"pause": day(90), "contact": day(90), "review": day(90)},
    ),
    "no pause moves an injection, and of two the first is said": (
        case(
            Phase.PAUSED,
            paused_until=day(90),
            contacts=ContactFacts(two_way_on=(day(3),)),
            treatment=treated(injection(40, last=12), injection(28)),
        ),
        {"pause": day(90), "contact": day(90), "review": day(90), "injection": day(28)},
    ),
    "nothing of the dead": (case(died_on=day(5), treatment=treated(injection(28))), {}),
    "nothing after the end": (case(Phase.ENDED, ended_on=day(5), treatment=treated(injection(28))), {}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_falls_due(name: str) -> None:
    asked, expected = CASES[name]
    assert due_days(asked, NUMBERS, day(0)) == expected


def test_each_measure_falls_due_by_the_rule_and_the_first_of_them_is_the_day_of_the_list() -> None:
    followed = measured(
        measure({0: 20, 40: 12}),
        measure({0: 9}, key="gad-7:total", is_metric_primary=False),
        measure({}, key="pcl-5:total", is_metric_primary=False),
    )

    found = measure_days(followed, NUMBERS, day(0))

    assert found == {"phq-9:total": day(76), "gad-7:total": day(91), "pcl-5:total": day(91)}
    assert due_days(followed, NUMBERS, day(0))["measure"] == min(found.values())


BLANK, DECLINED, TOTAL_ONLY = AnswerState.BLANK, AnswerState.DECLINED, AnswerState.TOTAL_ONLY
YES, NO = AnswerState.POSITIVE, AnswerState.NEGATIVE


def answer(state: AnswerState, on: date, item: str = "9", **facts: Any) -> SafetyAnswer:
    said: dict[str, Any] = {"id": f"{on}{item}", "on": on, "entered_on": on, "instrument": "PHQ-9", "item_id": item}
    return SafetyAnswer(**said, item=f"item {item}", state=state, **facts)


def test_nobody_was_asked() -> None:
    assert last_safety([]) is None


@pytest.mark.parametrize(
    ("answers", "state", "item", "positive_on"),
    [
        ([answer(NO, day(9))], NEGATIVE, "PHQ-9 item 9", None),
        ([answer(BLANK, day(9))], UNKNOWN, "PHQ-9 item 9", None),
        ([answer(TOTAL_ONLY, day(9)), answer(YES, day(2))], UNKNOWN, "PHQ-9 item 9", day(2)),
        ([answer(YES, day(9)), answer(NO, day(9), "1")], POSITIVE, "PHQ-9 item 9", day(9)),
        ([answer(NO, day(9), "1"), answer(DECLINED, day(9))], UNKNOWN, "PHQ-9 item 9", None),
        (
            [
                answer(YES, day(9), "1", tier=SafetyTier.ACTION),
                answer(YES, day(9), "4", tier=SafetyTier.IMMEDIATE),
            ],
            POSITIVE,
            "PHQ-9 item 4",
            day(9),
        ),
    ],
)
def test_of_one_day_the_answer_that_calls_for_most_is_the_last_word(
    answers: list[SafetyAnswer], state: str, item: str, positive_on: date | None
) -> None:
    found = last_safety(answers)

    assert found is not None
    assert (found.state, found.item, found.on, found.positive_on) == (state, item, day(9), positive_on)
