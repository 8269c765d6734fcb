"""Losing a home or a job."""

import pytest

from registry.alerts.snapshot import CaseSnapshot, Phase
from tests.unit.alerts.cases import HOUSING, WORK, case, circumstances, day, episode, finding, sentence, tier

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
        ("while on a ward", housed({0: "stable", 30: "homeless"}, suspended_since=day(9)), "action"),
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
