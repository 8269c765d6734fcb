"""Treatment to target: too little change early, no response by week 8."""

from decimal import Decimal
from typing import Any

import pytest

from registry.alerts.rulebook import words
from registry.alerts.snapshot import CaseSnapshot, Phase, ReviewFacts
from registry.measures.course import Target, is_stale
from tests.unit.alerts.cases import (
    day,
    episode,
    finding,
    mania,
    measure,
    measured,
    on_ward,
    psychosis,
    sentence,
    tier,
)
from tests.unit.measures.builders import depression_scale, figure, wellbeing_scale

EARLY, OFF = "target.early", "target.off"
GAD: dict[str, Any] = {"key": "gad-7:total", "label": "GAD-7", "is_metric_primary": False}
GAD_ON_REQUEST: dict[str, Any] = {**GAD, "on_request": True}
NO_RELIABLE_CHANGE = depression_scale(reliable_change=None)
NO_RESPONSE: dict[str, Any] = {"scale": depression_scale(response=None), "target": None}
EIGHT_WEEKLY: dict[str, Any] = {"cadence_days": 56}
HOLD_AT_15 = Target(at_most=Decimal(15), hold=True)
NO_CUTOFF: dict[str, Any] = {"scale": depression_scale(cutoff=None)}
MAINTAINING = episode(Phase.MAINTAINING)
PAUSED = episode(Phase.PAUSED, paused_until=day(70))
WELLBEING: dict[str, Any] = {"scale": wellbeing_scale(), "target": Target(at_least=Decimal(70))}
BPRS = depression_scale(minimum=Decimal(18), maximum=Decimal(126), floor=Decimal(18), bands=(), reliable_change=None)


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("day 27", measured(measure({0: 20, 21: 19})), 27, None),
        ("day 28", measured(measure({0: 20, 21: 19})), 28, "action"),
        ("day 55", measured(measure({0: 20, 21: 19})), 55, "action"),
        ("day 56: off target takes over", measured(measure({0: 20, 21: 19})), 56, None),
        ("the only later score came on day 20", measured(measure({0: 20, 20: 19})), 28, None),
        ("no later score", measured(measure({0: 20})), 28, None),
        ("no baseline", measured(measure({})), 28, None),
        ("down 5 points, a quarter", measured(measure({0: 20, 21: 15})), 28, None),
        ("down 4 points, a fifth", measured(measure({0: 20, 21: 16})), 28, "action"),
        ("down 4 points, a third", measured(measure({0: 12, 21: 8})), 28, None),
        ("down 3 points, just a quarter", measured(measure({0: 12, 21: 9})), 28, None),
        ("down 5 points, a fifth: enough points", measured(measure({0: 25, 21: 20})), 28, None),
        ("worse", measured(measure({0: 12, 21: 14})), 28, "action"),
        ("down to 0", measured(measure({0: 12, 21: 0})), 28, None),
        ("baseline not elevated", measured(measure({0: 9, 21: 9})), 28, None),
        ("baseline of 0", measured(measure({0: 0, 21: 0})), 28, None),
        (
            "no reliable change published: down 24 %",
            measured(measure({0: 25, 21: 19}, scale=NO_RELIABLE_CHANGE)),
            28,
            "action",
        ),
        (
            "no reliable change published: down 28 %",
            measured(measure({0: 25, 21: 18}, scale=NO_RELIABLE_CHANGE)),
            28,
            None,
        ),
        ("percent counts from the floor: 38 to 34 of 18", measured(measure({0: 38, 21: 34}, scale=BPRS)), 28, "action"),
        ("percent counts from the floor: 38 to 33 of 18", measured(measure({0: 38, 21: 33}, scale=BPRS)), 28, None),
        ("higher is better: 30 to 36", measured(measure({0: 30, 21: 36}, **WELLBEING)), 28, "action"),
        ("higher is better: 30 to 40", measured(measure({0: 30, 21: 40}, **WELLBEING)), 28, None),
        ("not the metric primary", measured(measure({0: 20, 21: 19}, **GAD)), 28, None),
        (
            "not the metric primary, on request",
            measured(measure({0: 20, 21: 19}, **GAD_ON_REQUEST)),
            28,
            "action",
        ),
        ("maintaining", measured(measure({0: 20, 21: 19}), episode=episode(Phase.MAINTAINING)), 28, "action"),
        ("ended", measured(measure({0: 20, 21: 19}), episode=episode(Phase.ENDED)), 28, None),
        ("on a ward", measured(measure({0: 20, 21: 19}), setbacks=(on_ward(9),)), 28, None),
    ],
)
def test_too_little_change_in_weeks_4_to_8(why: str, of: CaseSnapshot, on: int, expected: str | None) -> None:
    assert tier(EARLY, of, on) == expected, why


def test_too_little_change_says_how_little_and_how_old() -> None:
    assert sentence(EARLY, measured(measure({0: 20, 21: 19})), 31) == (
        "Too little change after 4 weeks: PHQ-9 20 → 19 (−5 %, 10 days ago)"
    )


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("day 55", measured(measure({0: 21, 50: 19})), 55, None),
        ("day 56", measured(measure({0: 21, 50: 19})), 56, "action"),
        ("a year later", measured(measure({0: 21, 50: 19})), 365, "action"),
        ("counted from the baseline, not from enrolment", measured(measure({10: 21, 50: 19})), 65, None),
        ("56 days from a later baseline", measured(measure({10: 21, 50: 19})), 66, "action"),
        ("half is a response", measured(measure({0: 20, 50: 10})), 56, None),
        ("just short of half", measured(measure({0: 21, 50: 11})), 56, "action"),
        ("at target", measured(measure({0: 10, 50: 4})), 56, None),
        ("a score of 0", measured(measure({0: 20, 50: 0})), 56, None),
        ("responded once, not any more", measured(measure({0: 20, 28: 9, 50: 14})), 56, "action"),
        ("never measured again", measured(measure({0: 20})), 56, "action"),
        ("never measured at all", measured(measure({})), 365, None),
        ("baseline not elevated", measured(measure({0: 9, 50: 9})), 56, None),
        ("elevated only later, 55 days ago", measured(measure({0: 8, 28: 12, 70: 12})), 83, None),
        ("elevated only later, 56 days ago", measured(measure({0: 8, 28: 12, 70: 12})), 84, "action"),
        ("elevated only later, and better since", measured(measure({0: 8, 28: 12, 70: 4})), 84, None),
        ("baseline of 0", measured(measure({0: 0, 50: 0})), 56, None),
        ("responded, 42 days ago", measured(measure({0: 20, 50: 9})), 92, None),
        ("responded, 43 days ago", measured(measure({0: 20, 50: 9})), 93, "action"),
        (
            "responded, 8-weekly measure, 84 days ago",
            measured(measure({0: 20, 50: 9}, **EIGHT_WEEKLY)),
            134,
            None,
        ),
        (
            "responded, 8-weekly measure, 85 days ago",
            measured(measure({0: 20, 50: 9}, **EIGHT_WEEKLY)),
            135,
            "action",
        ),
        ("responded, measured weekly, 42 days ago", measured(measure({0: 20, 50: 9}, cadence_days=7)), 92, None),
        (
            "held at what can be reached",
            measured(measure({0: 20, 50: 15}, target=HOLD_AT_15)),
            56,
            None,
        ),
        (
            "no response and no target known",
            measured(measure({0: 20, 50: 20}, **NO_RESPONSE)),
            56,
            None,
        ),
        (
            "no cut-off known: above what the team aims for",
            measured(measure({0: 20, 50: 20}, **NO_CUTOFF)),
            56,
            "action",
        ),
        ("no cut-off known, and no target", measured(measure({0: 20, 50: 20}, target=None, **NO_CUTOFF)), 56, None),
        ("no cut-off known, at target from the first", measured(measure({0: 4, 50: 9}, **NO_CUTOFF)), 56, None),
        ("not the metric primary", measured(measure({0: 20, 50: 20}, **GAD)), 56, None),
        (
            "not the metric primary, on request",
            measured(measure({0: 20, 50: 20}, **GAD_ON_REQUEST)),
            56,
            "action",
        ),
        ("reviewed: the state stays", measured(measure({0: 20}), reviews=ReviewFacts(last_on=day(50))), 56, "action"),
        ("ended", measured(measure({0: 20}), episode=episode(Phase.ENDED)), 56, None),
        ("in jail", measured(measure({0: 20}), setbacks=(on_ward(30),)), 56, None),
        ("paused", measured(measure({0: 20}), episode=PAUSED), 69, None),
        (
            "after the pause",
            measured(measure({0: 20}), episode=episode(Phase.PAUSED, paused_until=day(70))),
            70,
            "action",
        ),
    ],
)
def test_off_target_from_8_weeks_after_an_elevated_baseline(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(OFF, of, on) == expected, why


OFF_TARGET = "Off target for 9 weeks: PHQ-9 21 → 19 (−10 %, 10 days ago), target 4 or lower"


@pytest.mark.parametrize(
    ("why", "reviews", "on", "tail"),
    [
        ("no review", ReviewFacts(), 63, "never reviewed"),
        ("a review", ReviewFacts(day(53)), 63, "reviewed 27 Feb 2026, change due by 27 Mar 2026"),
        ("on the day it is due", ReviewFacts(day(35)), 63, "reviewed 9 Feb 2026, change due by 9 Mar 2026"),
        ("the day after", ReviewFacts(day(34)), 63, "reviewed 8 Feb 2026, change was due by 8 Mar 2026"),
        ("an early review", ReviewFacts(day(3)), 63, "last reviewed 8 Jan 2026, before this"),
        (
            "a change after the review",
            ReviewFacts(day(53), treatment_changed_on=day(60)),
            63,
            "reviewed 27 Feb 2026, treatment changed 6 Mar 2026",
        ),
        (
            "a change before the review",
            ReviewFacts(day(53), treatment_changed_on=day(30)),
            63,
            "reviewed 27 Feb 2026, change due by 27 Mar 2026",
        ),
        (
            "a change without a review",
            ReviewFacts(treatment_changed_on=day(30)),
            63,
            "never reviewed; treatment changed 4 Feb 2026",
        ),
    ],
)
def test_a_review_changes_the_sentence(why: str, reviews: ReviewFacts, on: int, tail: str) -> None:
    off = measured(measure({0: 21, 53: 19}), reviews=reviews)

    assert sentence(OFF, off, on) == f"{OFF_TARGET}; {tail}", why


@pytest.mark.parametrize(
    ("why", "scores", "on", "expected"),
    [
        (
            "no score since",
            {0: 21},
            63,
            "Not known to be better: no PHQ-9 since the baseline of 21 on 5 Jan 2026 (63 days ago), target 4 or lower",
        ),
        (
            "a response gone stale",
            {0: 20, 50: 9},
            94,
            "Not known to be better: no PHQ-9 for 44 days (was responding: PHQ-9 20 → 9 (−55 %, 44 days ago))",
        ),
        (
            "a late baseline",
            {37: 20, 95: 20},
            96,
            "Off target for 8 weeks: PHQ-9 20 → 20 (±0 %, yesterday, late baseline, day 37), target 4 or lower",
        ),
        (
            "off since the response was lost",
            {0: 20, 28: 9, 56: 14, 60: 16},
            66,
            "Off target for 10 days: PHQ-9 20 → 16 (−20 %, 6 days ago), target 4 or lower",
        ),
    ],
)
def test_the_sentence_says_what_is_known(why: str, scores: dict[int, float], on: int, expected: str) -> None:
    assert sentence(OFF, measured(measure(scores)), on) == f"{expected}; never reviewed", why


def test_it_stands_since_week_8_or_since_the_response_was_lost() -> None:
    never = finding(OFF, measured(measure({0: 20, 50: 19})), 90)
    lost = finding(OFF, measured(measure({0: 20, 28: 9, 70: 14, 80: 15})), 90)

    assert never is not None
    assert never.since == day(56)
    assert lost is not None
    assert lost.since == day(70)


def test_a_score_that_shows_a_response_lost_makes_an_alert_of_silence_no_younger() -> None:
    silent = finding(OFF, measured(measure({0: 20, 28: 9})), 79)
    lost = finding(OFF, measured(measure({0: 20, 28: 9, 80: 14})), 80)

    assert silent is not None
    assert lost is not None
    assert silent.since == lost.since == day(71)


def test_a_stored_finding_is_put_into_words_of_a_later_day_without_asking_the_rule() -> None:
    stored = finding(OFF, measured(measure({0: 21, 53: 19}), reviews=ReviewFacts(day(53))), 63)
    assert stored is not None

    assert words(stored.rule, stored.evidence, day(84)) == (
        "Off target for 12 weeks: PHQ-9 21 → 19 (−10 %, 31 days ago), target 4 or lower; "
        "reviewed 27 Feb 2026, change was due by 27 Mar 2026"
    )


# Worse, relapse

WORSE, RELAPSE = "target.worse", "target.relapse"


@pytest.mark.parametrize(
    ("why", "scores", "expected"),
    [
        ("up 4", {0: 12, 28: 16}, None),
        ("up 5", {0: 12, 28: 17}, "action"),
        ("up 5 from a baseline of 0", {0: 0, 28: 5}, "action"),
        ("up 5, then back", {0: 12, 28: 17, 56: 13}, None),
        ("no baseline", {}, None),
        ("no later score", {0: 20}, None),
    ],
)
def test_worse_means_up_by_the_reliable_change_from_the_baseline(
    why: str, scores: dict[int, float], expected: str | None
) -> None:
    assert tier(WORSE, measured(measure(scores)), 60) == expected, why


def test_without_a_published_reliable_change_nothing_is_called_worse_or_a_relapse() -> None:
    rising = measured(measure({0: 12, 28: 3, 56: 3, 84: 27}, scale=NO_RELIABLE_CHANGE))

    assert tier(WORSE, rising, 90) is None
    assert tier(RELAPSE, rising, 90) is None


def test_any_tracked_measure_can_be_worse_but_mania_has_its_own_rule() -> None:
    anxiety = measured(measure({0: 20, 28: 9}), measure({0: 8, 28: 14}, **GAD))
    up = measured(mania({0: 1, 28: 12}, scale=depression_scale(reliable_change=figure(4), bands=())))

    assert sentence(WORSE, anxiety, 30) == "Worse: GAD-7 8 → 14 (+6 points, 2 days ago), target 4 or lower"
    assert tier(WORSE, up, 30) is None
    assert tier("target.mania", up, 30) == "action"


def test_what_got_worse_from_a_tiny_baseline_is_said_in_points_and_never_in_hundreds_of_percent() -> None:
    of = measured(measure({0: 1, 28: 8}))

    assert sentence(WORSE, of, 30) == "Worse: PHQ-9 1 → 8 (+7 points, 2 days ago), target 4 or lower"


def test_worse_stands_since_the_first_score_that_said_so() -> None:
    found = finding(WORSE, measured(measure({0: 12, 28: 17, 35: 18, 42: 20})), 60)

    assert found is not None
    assert found.since == day(28)


@pytest.mark.parametrize(
    ("why", "scores", "expected"),
    [
        ("up 5 from a level held twice, out of response", {0: 20, 28: 8, 56: 7, 84: 13}, "action"),
        ("up 4", {0: 20, 28: 8, 56: 7, 84: 12}, None),
        ("the level was reached once only", {0: 20, 28: 3, 56: 9}, None),
        ("back down again", {0: 20, 28: 8, 56: 7, 84: 13, 90: 8}, None),
        ("from 0 held twice", {0: 20, 28: 0, 56: 0, 84: 5}, "action"),
    ],
)
def test_a_relapse_is_up_from_the_best_level_held(why: str, scores: dict[int, float], expected: str | None) -> None:
    assert tier(RELAPSE, measured(measure(scores)), 100) == expected, why


def test_a_relapse_says_from_which_level() -> None:
    assert sentence(RELAPSE, measured(measure({0: 20, 28: 8, 56: 7, 84: 13})), 90) == (
        "Relapse: PHQ-9 13 on 30 Mar 2026 (6 days ago), up from 8 held on two scores, "
        "baseline 20 on 5 Jan 2026, target 4 or lower"
    )


@pytest.mark.parametrize(
    ("why", "scores", "target", "expected"),
    [
        ("moderately ill, no response", {0: 47, 50: 45}, None, "action"),
        ("moderately ill, half of what is above 18", {0: 48, 50: 33}, None, None),
        ("moderately ill, a fifth is not yet a response", {0: 48, 50: 42}, None, "action"),
        ("mildly ill", {0: 31, 50: 31}, None, "action"),
        ("less than mildly ill", {0: 30, 50: 30}, None, None),
        ("no response, but at the team's target", {0: 40, 50: 34}, Target(at_most=Decimal(35), hold=True), None),
    ],
)
def test_psychosis_is_off_target_without_half_of_the_change_published_as_a_response(
    why: str, scores: dict[int, float], target: Target | None, expected: str | None
) -> None:
    of = measured(psychosis(scores, target=target))

    assert tier(OFF, of, 56) == expected, why
    assert tier(EARLY, of, 55) is None, "how much is too little early is published for depression only"


def test_psychosis_without_a_target_says_how_the_score_went() -> None:
    assert "BPRS-18 47 → 45 (−7 %, 6 days ago)" in sentence(OFF, measured(psychosis({0: 47, 50: 45})), 56)


@pytest.mark.parametrize(("age", "is_unknown"), [(41, False), (42, False), (43, True), (44, True)])
def test_a_response_stops_being_known_on_the_day_its_score_reads_unknown(age: int, is_unknown: bool) -> None:
    held = measure({0: 20, 50: 4})

    assert is_stale(day(50), cadence_days=held.cadence_days, today=day(50 + age)) is is_unknown
    assert (tier(OFF, measured(held), 50 + age) == "action") is is_unknown
