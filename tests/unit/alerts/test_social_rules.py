"""Losing a home or a job."""

import pytest

from registry.alerts.rulebook import is_news
from registry.alerts.snapshot import CaseSnapshot, Phase
from tests.unit.alerts.cases import (
    HOUSING,
    WORK,
    case,
    circumstances,
    day,
    episode,
    finding,
    on_ward,
    sentence,
    tier,
    turn,
)

LOSS = "social.loss"


def housed(spells: dict[int, str], **facts: object) -> CaseSnapshot:
    return case(circumstances=(circumstances("housing", HOUSING, spells),), **facts)


def employed(spells: dict[int, str]) -> CaseSnapshot:
    return case(circumstances=(circumstances("work", WORK, spells),))


@pytest.mark.parametrize(
    ("why", "of", "expected"),
    [
        ("stable", housed({0: "stable"}), None),
        ("stable, then homeless", housed({0: "stable", 30: "homeless"}), "action"),
        ("stable, then unstable", housed({0: "stable", 30: "unstable"}), "action"),
        ("regained", housed({0: "stable", 30: "homeless", 60: "stable"}), None),
        ("still homeless when asked again", housed({0: "stable", 30: "homeless", 60: "homeless"}), "action"),
        ("homeless all along", housed({0: "homeless", 30: "homeless"}), None),
        ("homeless, known by one answer", housed({30: "homeless"}), None),
        ("in hospital: nothing lost yet", housed({0: "stable", 30: "institution"}), None),
        ("homeless after hospital", housed({0: "stable", 30: "institution", 50: "homeless"}), "action"),
        ("lost before the referral", housed({-60: "stable", -30: "homeless"}), None),
        ("stable before the referral, lost since", housed({-60: "stable", 3: "homeless"}), "action"),
        ("while on a ward", housed({0: "stable", 30: "homeless"}, setbacks=(on_ward(9),)), "action"),
        ("while paused", housed({0: "stable", 30: "homeless"}, episode=episode(Phase.PAUSED)), "action"),
        ("after the end", housed({0: "stable", 30: "homeless"}, episode=episode(Phase.ENDED)), None),
        ("never referred", housed({0: "stable", 30: "homeless"}, episode=None), None),
        ("died", housed({0: "stable", 30: "homeless"}, died_on=day(40)), None),
        ("a job lost", employed({0: "competitive", 9: "none"}), "action"),
        (
            "a job left to study",
            case(circumstances=(circumstances("work", WORK, {0: "competitive", 9: "education"}),)),
            None,
        ),
    ],
)
def test_a_loss_stands_until_it_is_made_good(why: str, of: CaseSnapshot, expected: str | None) -> None:
    assert tier(LOSS, of, 100) == expected, why


LOST_HOME, FOUND_HOME, LOST_JOB, BEGAN_JOB = "home-lost", "home-found", "job-lost", "job-gained"


@pytest.mark.parametrize(
    ("why", "turns", "spells", "expected"),
    [
        ("told on Life", {30: LOST_HOME}, {}, ["Lost a home on 4 Feb 2026 (70 days ago)"]),
        ("before the referral", {-30: LOST_HOME}, {}, []),
        ("found one since", {30: LOST_HOME, 60: FOUND_HOME}, {}, []),
        ("lost once more", {30: LOST_HOME, 60: FOUND_HOME, 90: LOST_HOME}, {}, ["Lost a home on 5 Apr 2026 (10 days"]),
        ("a job is no home", {30: LOST_HOME, 60: BEGAN_JOB}, {}, ["Lost a home on 4 Feb"]),
        ("a job lost", {30: LOST_JOB}, {}, ["Lost a job on 4 Feb"]),
        ("stable when asked later", {30: LOST_HOME}, {60: "stable"}, []),
        ("stable when asked before", {30: LOST_HOME}, {20: "stable"}, ["Lost a home on 4 Feb"]),
        ("stable when asked that day", {30: LOST_HOME}, {0: "stable", 30: "stable"}, []),
        ("on a ward when asked later", {30: LOST_HOME}, {60: "institution"}, ["Lost a home on 4 Feb"]),
        ("measured later as well: once", {30: LOST_HOME}, {0: "stable", 33: "homeless"}, ["Housing lost: “stable” → "]),
        (
            "lost again after what was measured",
            {60: LOST_HOME},
            {0: "stable", 33: "unstable"},
            ["Housing lost: “stable” → “unstable”", "Lost a home on 6 Mar"],
        ),
        ("measured, and found since as somebody told it", {60: FOUND_HOME}, {0: "stable", 33: "homeless"}, []),
        (
            "told as found, and measured that day as lost",
            {33: FOUND_HOME},
            {0: "stable", 33: "homeless"},
            ["Housing lost: “stable” → “homeless”"],
        ),
    ],
)
def test_a_loss_somebody_tells_of_counts_as_one_that_is_measured(
    why: str, turns: dict[int, str], spells: dict[int, str], expected: list[str]
) -> None:
    of = housed(spells, turns=tuple(turn(on, kind) for on, kind in turns.items()))
    found = finding(LOSS, of, 100)
    said = [] if found is None else found.sentence.split("; ")

    assert len(said) == len(expected), why
    assert all(one.startswith(start) for one, start in zip(said, expected, strict=True)), said


def test_measuring_what_somebody_told_of_is_no_news() -> None:
    told = finding(LOSS, housed({0: "stable"}, turns=(turn(30, LOST_HOME),)), 40)
    measured = finding(LOSS, housed({0: "stable", 33: "homeless"}, turns=(turn(30, LOST_HOME),)), 40)

    assert told is not None
    assert measured is not None
    assert (told.since, measured.since) == (day(30), day(30))
    assert not is_news(LOSS, told.evidence, measured.evidence)


def test_both_losses_are_told_and_date_from_the_last() -> None:
    both = case(
        circumstances=(
            circumstances("housing", HOUSING, {0: "stable", 30: "homeless", 60: "homeless"}),
            circumstances("work", WORK, {0: "competitive", 45: "none"}),
        )
    )

    assert sentence(LOSS, both, 50) == (
        "Housing lost: “stable” → “homeless”, recorded 4 Feb 2026 (20 days ago); "
        "Work lost: “competitive” → “none”, recorded 19 Feb 2026 (5 days ago)"
    )
    found = finding(LOSS, both, 70)
    assert found is not None
    assert found.since == day(45)
