"""A safety plan that is missing or old, and care that may become lighter, as tables of days."""

from decimal import Decimal
from typing import Any

import pytest

from registry.alerts.life_facts import Setback
from registry.alerts.rulebook import evaluate, rule
from registry.alerts.snapshot import AnswerState, Phase, PlanFacts
from registry.measures.course import Target
from registry.measures.instrument import SafetyTier
from tests.unit.alerts.cases import (
    answer,
    case,
    day,
    episode,
    mania,
    mania_scale,
    measure,
    measured,
    of_safety,
    on_ward,
    report,
    sentence,
    signed,
    tier,
)

SIGNED = signed("safety.plan", "plan.step-down")
SCREEN: dict[str, Any] = {"instrument": "C-SSRS", "is_screen": True}


def planned(on: int | None) -> PlanFacts:
    return PlanFacts(safety_on=None if on is None else day(on))


@pytest.mark.parametrize(
    ("plan", "on", "expected"),
    [
        (None, 10, "action"),
        (12, 100, None),
        (12, 102, None),  # 90 days old
        (12, 103, "action"),
        (-100, 11, "action"),  # older than the danger, and too old
        (None, 375, "action"),
        (None, 376, None),  # the danger was more than a year ago
    ],
)
def test_a_year_after_a_danger_there_is_a_safety_plan_not_older_than_three_months(
    plan: int | None, on: int, expected: str | None
) -> None:
    moderate = of_safety(answer(10, tier=SafetyTier.URGENT, **SCREEN), plans=planned(plan))

    assert tier("safety.plan", moderate, on, SIGNED) == expected
    assert tier("safety.plan", moderate, on) is None, "consensus: off until a psychiatrist signs"


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"tier": SafetyTier.IMMEDIATE, **SCREEN}, "action"),
        ({"tier": SafetyTier.ACTION, **SCREEN}, None),  # low risk
        ({"tier": SafetyTier.URGENT}, None),  # one item of a symptom scale: the screen decides
        ({"tier": SafetyTier.URGENT, "state": AnswerState.NEGATIVE, **SCREEN}, None),
    ],
)
def test_only_a_screen_that_says_moderate_or_high_asks_for_a_plan(what: dict[str, Any], expected: str | None) -> None:
    assert tier("safety.plan", of_safety(answer(10, **what)), 11, SIGNED) == expected


@pytest.mark.parametrize(("code", "expected"), [("self-harm", "action"), ("overdose", "action"), ("threat", None)])
def test_self_harm_that_is_told_of_asks_for_a_plan(code: str, expected: str | None) -> None:
    visit = Setback("emergency", "Emergency department", day(10), day(10), reason=code)

    assert tier("safety.plan", case(setbacks=(visit,)), 11, SIGNED) == expected
    assert tier("safety.plan", of_safety(reports=(report(10, code=code),)), 11, SIGNED) == expected


def test_the_sentence_names_the_danger_and_the_plan() -> None:
    moderate = answer(10, tier=SafetyTier.URGENT, **SCREEN)

    assert sentence("safety.plan", of_safety(moderate), 11, SIGNED) == (
        "No safety plan, after the C-SSRS of 15 Jan 2026: make one with the person"
    )
    assert "Safety plan of 6 Jan 2026 (99 days ago) is old" in sentence(
        "safety.plan", of_safety(moderate, plans=planned(1)), 100, SIGNED
    )


WELL: dict[int, float] = {0: 18, 60: 4, 90: 3, 116: 4}


@pytest.mark.parametrize(
    ("scores", "on", "expected"),
    [
        (WELL, 118, "reminder"),
        (WELL, 158, "reminder"),  # 42 days old: still known
        (WELL, 159, None),  # stale: not known to be at target
        ({0: 18, 60: 4, 115: 4}, 118, None),  # 55 days apart
        ({0: 18, 60: 4, 90: 5, 116: 4}, 118, None),  # beyond the target between them
        ({0: 18, 60: 4, 90: 3, 116: 5}, 118, None),
    ],
)
def test_fewer_visits_after_two_scores_at_target_eight_weeks_apart(
    scores: dict[int, float], on: int, expected: str | None
) -> None:
    assert tier("plan.step-down", measured(measure(scores)), on, SIGNED) == expected
    assert tier("plan.step-down", measured(measure(scores)), on) is None, "consensus: off until a psychiatrist signs"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (
            {"measures": (measure(WELL), measure({0: 15, 110: 12}, key="gad-7:total", domain="anxiety"))},
            "another scale",
        ),
        ({"measures": (measure(WELL), measure(WELL, key="gad-7:total", domain="anxiety", target=None))}, "no target"),
        ({"untracked_mania": (mania({0: 2, 110: 9}),)}, "mania"),
        ({"measures": (measure(WELL), mania({0: 2, 60: 3}))}, "nobody asked about mania lately"),
        ({"measures": (measure(WELL), mania({0: 2, 110: 6}))}, "mania"),
        ({"measures": (measure(WELL), mania({110: 3}, scale=mania_scale(cutoff=None)))}, "nothing says what mania is"),
        ({"episode": episode(Phase.MAINTAINING)}, "already fewer"),
    ],
)
def test_what_withholds_fewer_visits(facts: dict[str, Any], why: str) -> None:
    assert tier("plan.step-down", case(**({"measures": (measure(WELL),)} | facts)), 118, SIGNED) is None, why


@pytest.mark.parametrize(
    ("setback", "expected"),
    [
        (("jail", -200, None), None),
        (("hospital-psychiatric", -90, -62), None),
        (("hospital", -90, -62), None),
        (("crisis", -90, -63), "reminder"),
        (("emergency", -62, -62), None),
        (("emergency", -63, -63), "reminder"),
    ],
)
def test_nobody_discusses_fewer_visits_within_180_days_of_a_crisis(
    setback: tuple[str, int, int | None], expected: str | None
) -> None:
    kind, began, ended = setback
    stay = Setback(kind, kind, day(began), None if ended is None else day(ended))
    of = measured(measure(WELL), setbacks=(stay,))

    assert tier("plan.step-down", of, 118, SIGNED) == expected
    if ended == -62:
        assert rule("plan.step-down").verdict(of, day(118), SIGNED).next_check_on == day(119)


def test_mania_is_asked_for_no_target_only_for_a_fresh_score_below_its_cut_off() -> None:
    beside = measured(measure(WELL), mania({0: 9, 110: 3}))

    assert sentence("plan.step-down", beside, 118, SIGNED) == (
        "PHQ-9 at target on scores 56 days apart, ASRM below the cut-off. "
        "Discuss fewer visits; not a prompt to reduce medication"
    )
    only = measured(mania({0: 9, 60: 3, 116: 3}, target=Target(at_most=Decimal(5))))
    assert tier("plan.step-down", only, 118, SIGNED) == "reminder"


def test_an_open_safety_alert_withholds_fewer_visits_and_function_does_not() -> None:
    in_danger = of_safety(answer(117), measures=(measure(WELL),))
    function = measure({0: 5}, key="wsas:total", label="WSAS", domain="function", target=None, is_metric_primary=False)

    assert tier("plan.step-down", in_danger, 118, SIGNED) is None
    assert sentence("plan.step-down", measured(measure(WELL), function), 118, SIGNED) == (
        "PHQ-9 at target on scores 56 days apart. Discuss fewer visits; not a prompt to reduce medication"
    )


@pytest.mark.parametrize(("on", "expected"), [(59, None), (60, "action"), (100, "action")])
def test_a_safety_plan_is_looked_at_again_on_the_day_somebody_set(on: int, expected: str | None) -> None:
    agreed = of_safety(plans=PlanFacts(safety_on=day(0), safety_review_on=day(60)))

    assert tier("safety.plan-review", agreed, on) == expected


def test_a_plan_without_a_day_or_of_an_episode_that_ended_asks_for_no_look() -> None:
    agreed = PlanFacts(safety_on=day(0), safety_review_on=day(60))

    assert tier("safety.plan-review", of_safety(plans=planned(0)), 400) is None
    assert tier("safety.plan-review", case(episode=episode(phase=Phase.ENDED), plans=agreed), 60) is None
    assert tier("safety.plan-review", case(episode=episode(phase=Phase.PAUSED), plans=agreed), 60) == "action"
    assert sentence("safety.plan-review", of_safety(plans=agreed), 62) == (
        "The safety plan of 5 Jan 2026 was to be looked at again on 6 Mar 2026 (2 days ago): "
        "go through it with the person"
    )


@pytest.mark.parametrize(
    ("on", "expected"), [(59, None), (60, "reminder"), (119, "reminder"), (120, "action"), (400, "action")]
)
def test_a_relapse_prevention_plan_is_a_reminder_on_its_day_and_an_action_two_months_later(
    on: int, expected: str | None
) -> None:
    agreed = PlanFacts(relapse_on=day(0), relapse_review_on=day(60))

    assert tier("plan.review", case(plans=agreed), on) == expected


def test_what_rests_with_care_or_has_no_day_asks_for_no_look_at_a_relapse_prevention_plan() -> None:
    agreed = PlanFacts(relapse_on=day(0), relapse_review_on=day(60))

    assert tier("plan.review", case(plans=PlanFacts(relapse_on=day(0))), 400) is None
    assert tier("plan.review", case(plans=PlanFacts(safety_on=day(0), safety_review_on=day(60))), 60) is None
    for rests in (
        {"episode": episode(phase=Phase.ENDED)},
        {"episode": episode(phase=Phase.PAUSED, paused_until=day(90))},
        {"setbacks": (on_ward(50),)},
        {"died_on": day(50)},
    ):
        assert tier("plan.review", case(plans=agreed, **rests), 60) is None, rests
    assert sentence("plan.review", case(plans=agreed), 62) == (
        "The relapse-prevention plan of 5 Jan 2026 was to be looked at again on 6 Mar 2026 (2 days ago): "
        "go through it with the person"
    )


def test_where_an_old_plan_is_told_its_day_is_not_told_beside_it() -> None:
    moderate = answer(10, tier=SafetyTier.URGENT, **SCREEN)
    agreed = of_safety(moderate, plans=PlanFacts(safety_on=day(0), safety_review_on=day(60)))

    said = evaluate(agreed, day(100), SIGNED)
    assert [each.rule for each in said.findings if each.rule.startswith("safety.plan")] == ["safety.plan"]
    assert ("safety.plan-review", "safety.plan") in {(each.finding.rule, each.by) for each in said.swallowed}
