"""An order that runs out is told a month before, and until somebody says what holds now."""

from datetime import date, timedelta

import pytest

from registry.alerts.rulebook import evaluate
from registry.alerts.snapshot import CaseSnapshot, LegalStatusFacts, Permission, Phase
from tests.unit.alerts.cases import NUMBERS, case, day, episode, on_ward, sentence, tier

RULE, PERMISSION = "legal.expiring", "legal.permission"


def order(expires: int | None, *, starts: int = -200) -> LegalStatusFacts:
    return LegalStatusFacts("Outpatient treatment order", day(starts), None if expires is None else day(expires))


def under(status: LegalStatusFacts | None, **facts: object) -> CaseSnapshot:
    return case(legal_status=status, **facts)


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("31 days before", under(order(100)), 69, None),
        ("30 days before", under(order(100)), 70, "action"),
        ("the last day", under(order(100)), 100, "action"),
        ("past it, until somebody says what holds now", under(order(100)), 190, "action"),
        ("an order of three weeks is told from its first day", under(order(100, starts=80)), 79, None),
        ("from its first day on", under(order(100, starts=80)), 80, "action"),
        ("an order whose end is not known", under(order(None)), 100, None),
        ("no legal status on record", under(None), 100, None),
        ("in a pause", under(order(100), episode=episode(Phase.PAUSED, paused_until=day(120))), 70, "action"),
        ("on a ward", under(order(100), setbacks=(on_ward(60),)), 70, "action"),
        ("referred, not enrolled", under(order(100), episode=episode(Phase.REFERRED, enrolled_on=None)), 70, "action"),
        ("after a death", under(order(100), died_on=day(60)), 70, None),
    ],
)
def test_an_order_that_expires_is_told_thirty_days_before(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(RULE, of, on) == expected, why


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (70, "expires in 30 days, on 15 Apr 2026: ask for another, or plan care without it"),
        (99, "expires in 1 day, on 15 Apr 2026: ask for another, or plan care without it"),
        (100, "expires today: ask for another, or plan care without it"),
        (103, "expired on 15 Apr 2026 (3 days ago): write down what holds now"),
    ],
)
def test_the_sentence_says_when_it_ends_and_what_to_do(on: int, words: str) -> None:
    assert sentence(RULE, under(order(100)), on) == f"Outpatient treatment order {words}"


def test_it_is_looked_at_again_on_the_day_the_warning_begins() -> None:
    looked_at: date | None = evaluate(under(order(40)), day(0), NUMBERS).next_check_on

    assert looked_at is not None
    assert looked_at <= day(40) - timedelta(days=30)


def release(ends: int, *, starts: int | None = None) -> Permission:
    return Permission("Ada Vega, family or partner", True, day(ends), None if starts is None else day(starts))


GUARDIAN = Permission("Rosa Vega, guardian", False, day(100))


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("31 days before an authority ends", case(permissions=(GUARDIAN,)), 69, None),
        ("30 days before", case(permissions=(GUARDIAN,)), 70, "action"),
        ("past it, until somebody says what holds now", case(permissions=(GUARDIAN,)), 130, "action"),
        ("31 days before a release ends", case(permissions=(release(60),)), 29, None),
        ("30 days before", case(permissions=(release(60),)), 30, "action"),
        ("a release that begins later", case(permissions=(release(60, starts=40),)), 39, None),
        ("from its first day on", case(permissions=(release(60, starts=40),)), 40, "action"),
        (
            "in a pause",
            case(permissions=(GUARDIAN,), episode=episode(Phase.PAUSED, paused_until=day(120))),
            70,
            "action",
        ),
        ("nobody around", case(), 70, None),
        ("after a death", case(permissions=(GUARDIAN,), died_on=day(60)), 70, None),
    ],
)
def test_an_authority_or_a_release_that_ends_is_told_thirty_days_before(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(PERMISSION, of, on) == expected, why


def test_what_runs_out_together_is_one_sentence() -> None:
    assert sentence(PERMISSION, case(permissions=(GUARDIAN, release(75))), 78) == (
        "Authority of Rosa Vega, guardian ends in 22 days, on 15 Apr 2026; release of information to Ada Vega, family "
        "or partner ended on 21 Mar 2026 (3 days ago): have it renewed, or write down what holds now"
    )
