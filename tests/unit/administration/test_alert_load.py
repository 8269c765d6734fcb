"""The arithmetic of the alert load: what is counted, what is left out, and where no rate is printed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registry.administration.alert_load import Fate, Told, alert_load
from registry.alerts.rulebook import Tier

QUARTER = 70 * 91
"""Patient-days of a full caseload over thirteen weeks."""


def _told(number: int, rule: str = "target.off", tier: Tier = Tier.ACTION, fate: Fate = Fate.ACTED) -> Told:
    return Told(rule, tier, fate, is_again=False, number=number)


@pytest.mark.parametrize(
    ("new", "patient_days", "rate"),
    [
        (0, QUARTER, "0.00"),
        (364, QUARTER, "0.40"),
        (369, QUARTER, "0.41"),
        (1, 70 * 7, "0.01"),
        (1, 70 * 7 - 1, None),  # fewer than 70 patient-weeks
        (40, 0, None),
    ],
)
def test_new_reasons_are_counted_against_patient_weeks(new: int, patient_days: int, rate: str | None) -> None:
    load = alert_load([_told(new)], patient_days=patient_days)

    assert load.new == new
    assert load.a_patient_week == (None if rate is None else Decimal(rate))
    assert load.rules[0].a_patient_week == load.a_patient_week


@pytest.mark.parametrize(
    ("urgent", "patient_days", "a_week"),
    [(0, QUARTER, "0.0"), (39, QUARTER, "3.0"), (40, QUARTER, "3.1"), (39, 2 * QUARTER, "1.5"), (9, 7, None)],
)
def test_urgent_reasons_are_told_for_a_week_of_seventy_patients(
    urgent: int, patient_days: int, a_week: str | None
) -> None:
    load = alert_load([_told(urgent, "safety.self-harm", Tier.URGENT), _told(80)], patient_days=patient_days)

    assert load.urgent_a_week == (None if a_week is None else Decimal(a_week))


def test_a_place_in_the_review_queue_is_listed_last_and_no_part_of_the_rates() -> None:
    load = alert_load([_told(500, "review.due", Tier.QUEUE, Fate.OPEN), _told(91)], patient_days=QUARTER)

    assert [(each.rule, each.new) for each in load.rules] == [("target.off", 91), ("review.due", 500)]
    assert (load.new, load.a_patient_week, load.of(Fate.OPEN)) == (91, Decimal("0.10"), 0)


def test_what_is_told_again_is_counted_apart() -> None:
    again = Told("target.off", Tier.ACTION, Fate.DISMISSED, is_again=True, number=14, snoozed=14)

    (rule,) = alert_load([_told(20), again], patient_days=QUARTER).rules

    assert (rule.new, rule.again, rule.passed_over, rule.snoozed) == (20, 14, 0, 0)


def test_the_fates_of_a_rule_add_up_to_its_new_reasons() -> None:
    (rule,) = alert_load([_told(number, fate=fate) for number, fate in enumerate(Fate, 1)], patient_days=QUARTER).rules

    assert rule.fates == {fate: number for number, fate in enumerate(Fate, 1)}
    assert rule.new == 15


@pytest.mark.parametrize(
    ("acted", "by_itself", "put_off", "dismissed", "still_open", "percent"),
    [
        (0, 0, 0, 0, 40, None),  # nothing is decided yet
        (9, 0, 0, 0, 40, None),  # of nine no share is printed
        (10, 0, 0, 0, 0, 0),
        (0, 40, 0, 0, 5, 0),  # the contact was made: no noise
        (5, 0, 3, 2, 90, 50),
        (0, 0, 0, 12, 0, 100),
        (7, 0, 1, 0, 0, None),
        (0, 9, 1, 2, 0, 25),
    ],
)
def test_the_share_passed_over_is_of_what_is_not_simply_open(
    acted: int, by_itself: int, put_off: int, dismissed: int, still_open: int, percent: int | None
) -> None:
    numbers = {
        Fate.ACTED: acted,
        Fate.BY_ITSELF: by_itself,
        Fate.PUT_OFF: put_off,
        Fate.DISMISSED: dismissed,
        Fate.OPEN: still_open,
    }

    (rule,) = alert_load([_told(number, fate=fate) for fate, number in numbers.items()], patient_days=QUARTER).rules

    assert rule.passed_over_percent == percent


def test_a_rule_is_told_apart_by_tier_and_the_rule_that_asked_most_comes_first() -> None:
    told = [
        _told(3, "engage.no-contact", Tier.REMINDER),
        _told(5, "engage.no-contact", Tier.ACTION),
        _told(5, "safety.self-harm", Tier.URGENT),
    ]

    rules = alert_load(told, patient_days=QUARTER).rules

    assert [(each.rule, each.tier) for each in rules] == [
        ("safety.self-harm", Tier.URGENT),
        ("engage.no-contact", Tier.ACTION),
        ("engage.no-contact", Tier.REMINDER),
    ]


@pytest.mark.parametrize(("number", "patient_days"), [(-1, 7), (1, -7)])
def test_a_negative_count_is_refused(number: int, patient_days: int) -> None:
    with pytest.raises(ValueError, match=r"-1 times|below 0"):
        alert_load([_told(number)], patient_days=patient_days)
