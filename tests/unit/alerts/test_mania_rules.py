"""Mania: elevated or rising, tracked or not, and beside depression."""

from decimal import Decimal

import pytest

from registry.alerts.rulebook import evaluate
from registry.alerts.snapshot import CaseSnapshot, Phase, TrackedMeasure
from tests.unit.alerts.cases import (
    NUMBERS,
    case,
    day,
    episode,
    finding,
    mania,
    mania_scale,
    measure,
    measured,
    on_ward,
    sentence,
    tier,
    told,
)
from tests.unit.measures.builders import depression_scale, figure

MANIA, MIXED = "target.mania", "target.mixed"
RISING = depression_scale(reliable_change=figure(4), cutoff=figure(6), bands=())


@pytest.mark.parametrize(
    ("why", "of", "expected"),
    [
        ("5", measured(mania({0: 5})), None),
        ("6 is elevated", measured(mania({0: 6})), "action"),
        ("0", measured(mania({0: 0})), None),
        ("6, then 5", measured(mania({0: 6, 7: 5})), None),
        ("1, then 5: no reliable change is published", measured(mania({0: 1, 7: 5})), None),
        ("1, then 5 where 4 is a reliable change", measured(mania({0: 1, 7: 5}, scale=RISING)), "action"),
        ("1, 3, then 5: up 4 from the baseline", measured(mania({0: 1, 7: 3, 14: 5}, scale=RISING)), "action"),
        ("never measured", measured(mania({})), None),
        ("a depression measure of 20", measured(measure({0: 20})), None),
        ("as the metric primary", measured(mania({0: 6}, is_metric_primary=True)), "action"),
        ("on a ward", measured(mania({0: 6}), setbacks=(on_ward(10),)), None),
        ("ended", measured(mania({0: 6}), episode=episode(Phase.ENDED)), None),
        ("never enrolled", case(episode=None, measures=(mania({0: 6}),)), None),
    ],
)
def test_mania_is_elevated_or_rising(why: str, of: CaseSnapshot, expected: str | None) -> None:
    assert tier(MANIA, of, 20) == expected, why


def test_mania_says_what_rose_and_from_which_level_it_counts() -> None:
    assert (
        sentence(MANIA, measured(mania({0: 2, 7: 9})), 8) == "Mania: ASRM 2 → 9 (+7 points, yesterday), elevated from 6"
    )
    assert sentence(MANIA, measured(mania({0: 2, 7: 9}, scale=RISING)), 7) == (
        "Mania: ASRM 2 → 9 (+7 points, today), elevated from 6 and up by the reliable change"
    )
    assert sentence(MANIA, measured(mania({0: 7})), 2) == "Mania: ASRM 7 on 5 Jan 2026 (2 days ago), elevated from 6"


def untracked(*scores: dict[int, float], **facts: object) -> CaseSnapshot:
    """Somebody whose depression is tracked and whose mania measures were given all the same."""
    return measured(measure({0: 4}), untracked_mania=tuple(mania(each, is_followed=False) for each in scores), **facts)


@pytest.mark.parametrize(
    ("why", "of", "expected"),
    [
        ("6 is elevated", untracked({0: 6}), "action"),
        ("5", untracked({0: 5}), None),
        ("6, then 5", untracked({0: 6, 7: 5}), None),
        ("nothing else is tracked", case(untracked_mania=(mania({0: 6}, is_followed=False),)), "action"),
        ("ended", untracked({0: 6}, episode=episode(Phase.ENDED)), None),
    ],
)
def test_a_mania_measure_that_is_not_tracked_is_seen_all_the_same(
    why: str, of: CaseSnapshot, expected: str | None
) -> None:
    assert tier(MANIA, of, 20) == expected, why


def test_an_untracked_mania_measure_says_that_it_is_not_tracked() -> None:
    assert sentence(MANIA, untracked({0: 9}), 2) == (
        "Mania: ASRM 9 on 5 Jan 2026 (2 days ago), elevated from 6; ASRM is not tracked"
    )


# Beside depression


@pytest.mark.parametrize(
    ("why", "of", "expected"),
    [
        ("both at their cut-offs", measured(measure({0: 10}), mania({0: 6})), "action"),
        ("depression below", measured(measure({0: 9}), mania({0: 6})), None),
        ("mania below", measured(measure({0: 10}), mania({0: 5})), None),
        ("mania up, below its cut-off", measured(measure({0: 10}), mania({0: 1, 7: 5}, scale=RISING)), None),
        ("depression has fallen since", measured(measure({0: 20, 28: 5}), mania({0: 6})), None),
        ("42 days apart", measured(measure({0: 20, 42: 20}), mania({0: 6})), "action"),
        ("43 days apart", measured(measure({0: 20, 43: 20}), mania({0: 6})), None),
        ("mania 43 days later", measured(measure({0: 20}), mania({43: 6})), None),
        ("anxiety is not depression", measured(measure({0: 20}, domain="anxiety"), mania({0: 6})), None),
        ("an untracked mania measure", measured(measure({0: 20}), untracked_mania=(mania({0: 6}),)), "action"),
    ],
)
def test_depression_and_mania_both_elevated_at_one_time_are_mixed(
    why: str, of: CaseSnapshot, expected: str | None
) -> None:
    assert tier(MIXED, of, 60) == expected, why


def test_mixed_says_both_scores_and_mania_first() -> None:
    assert sentence(MIXED, measured(measure({0: 20, 28: 18}), mania({0: 2, 27: 9})), 30) == (
        "Mixed, mania first: ASRM 2 → 9 (+7 points, 3 days ago), elevated from 6; "
        "beside PHQ-9 20 → 18 (−10 %, 2 days ago), elevated from 10"
    )


def test_mixed_stands_since_the_later_of_both() -> None:
    found = finding(MIXED, measured(measure({0: 20, 28: 18}), mania({0: 2, 27: 9})), 30)

    assert found is not None
    assert (found.since, found.audience) == (day(27), ("psychiatrist",))


def test_mixed_speaks_for_mania_too() -> None:
    of = measured(measure({0: 20}), mania({0: 9}))

    assert [rule for rule, _ in told(of, 10) if rule in (MANIA, MIXED)] == [MIXED]
    assert [(each.finding.rule, each.by) for each in evaluate(of, day(10), NUMBERS).swallowed] == [(MANIA, MIXED)]


# Several measures of mania


def ymrs(scores: dict[int, float], **facts: object) -> TrackedMeasure:
    """As if somebody had published a cut-off of 20."""
    scale = mania_scale(maximum=Decimal(60), cutoff=figure(20))
    return mania(scores, scale=scale, key="ymrs:total", label="YMRS", **facts)


@pytest.mark.parametrize(
    ("why", "first", "second", "named"),
    [
        ("the further up its scale leads", {0: 7}, {0: 40}, ["YMRS", "ASRM"]),
        ("whichever is tracked first", {0: 19}, {0: 20}, ["ASRM", "YMRS"]),
        ("only one is elevated", {0: 7}, {0: 5}, ["ASRM"]),
    ],
)
def test_the_worse_of_several_mania_measures_leads_and_hides_none(
    why: str, first: dict[int, float], second: dict[int, float], named: list[str]
) -> None:
    both = (mania(first), ymrs(second))
    alone = sentence(MANIA, measured(*both), 1)
    beside_depression = sentence(MIXED, measured(measure({0: 20}), *both), 1)

    for said in (alone, beside_depression.partition("; beside")[0]):
        assert [each.split()[0] for each in said.partition(": ")[2].split("; ")] == named, why


def test_mixed_hides_no_mania_of_another_time_nor_one_that_only_rose() -> None:
    """The mixed finding speaks for mania alone too, so what is not beside depression in time is said all the same."""
    said = sentence(MIXED, measured(measure({60: 20}), mania({60: 6}), ymrs({0: 40})), 60)

    assert said.startswith("Mixed, mania first: YMRS 40 on 5 Jan 2026 (60 days ago), elevated from ")
    assert "; ASRM 6 on 6 Mar 2026 (today), elevated from 6; beside PHQ-9 20" in said
    assert "ASRM 1 → 5 (+4 points, today), up by the reliable change" in sentence(
        MIXED, measured(measure({60: 20}), ymrs({60: 40}), mania({0: 1, 60: 5}, scale=RISING)), 60
    )
