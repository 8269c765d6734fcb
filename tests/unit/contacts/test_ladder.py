"""The outreach ladder: what counts as which step, what is possible, what comes next."""

from __future__ import annotations

from datetime import date

import pytest

from registry.contacts.ladder import Attempt, Reachable, Step, next_step, possible_steps, since_reached, tried
from registry.contacts.rules import is_reached, is_two_way

DAY = date(2026, 3, 12)
PHONE, TEXTABLE = Reachable("phone"), Reachable("phone", may_text=True)


@pytest.mark.parametrize(
    ("kind", "modality", "by_peer", "step"),
    [
        ("outreach", "phone", False, Step.CALL),
        ("treatment", "video", False, Step.CALL),
        ("outreach", "text", False, Step.TEXT),
        ("outreach", "email", False, Step.TEXT),
        ("outreach", "letter", False, Step.LETTER),
        ("outreach", "home", False, Step.VISIT),
        ("outreach", "in-person", False, Step.VISIT),
        ("outreach", "partner", False, Step.PARTNER),
        ("outreach", "peer", False, Step.PEER),
        ("outreach", "phone", True, Step.PEER),
        ("no-show", "phone", False, Step.CALL),
        ("no-show", "home", False, Step.VISIT),
        ("no-show", "in-person", False, None),
        ("no-show", "group", False, None),
    ],
)
def test_each_attempt_is_a_step_by_how_and_by_whom_it_was_made(
    kind: str, modality: str, by_peer: bool, step: Step | None
) -> None:
    assert Attempt(DAY, kind, modality, by_peer=by_peer).step is step


@pytest.mark.parametrize(
    ("why", "ways", "has_peer", "possible"),
    [
        ("nothing on record", [], False, "partner"),
        ("no way to reach", [Reachable("none")], True, "peer partner"),
        ("a telephone", [PHONE], False, "call partner"),
        ("one that may be texted", [TEXTABLE], False, "call text partner"),
        ("an e-mail address nobody may use", [Reachable("email")], False, "partner"),
        ("one that may be used", [Reachable("email", may_email=True)], False, "text partner"),
        ("an address", [Reachable("address")], False, "letter visit partner"),
        ("where the person is found", [Reachable("place")], False, "visit partner"),
        ("all", [TEXTABLE, Reachable("address")], True, "call text letter visit peer partner"),
    ],
)
def test_what_is_on_record_says_what_is_possible(
    why: str, ways: list[Reachable], has_peer: bool, possible: str
) -> None:
    assert possible_steps(ways, has_peer=has_peer) == {Step(each) for each in possible.split()}, why


@pytest.mark.parametrize(
    ("taken", "possible", "following"),
    [
        ("", "call text letter visit peer partner", Step.CALL),
        ("call", "call text letter visit peer partner", Step.TEXT),
        ("call", "call letter partner", Step.LETTER),
        ("letter", "call letter partner", Step.CALL),
        ("", "visit partner", Step.VISIT),
        ("call text letter visit peer partner", "call partner", None),
    ],
)
def test_the_next_step_is_the_first_that_can_be_taken_and_was_not(
    taken: str, possible: str, following: Step | None
) -> None:
    steps = [{Step(each) for each in words.split()} for words in (taken, possible)]

    assert next_step(*steps) is following


def test_what_was_tried_before_somebody_reached_the_person_is_over() -> None:
    attempts = [Attempt(date(2026, 3, on), "outreach", how) for on, how in ((9, "letter"), (2, "phone"), (5, "text"))]

    left = since_reached(attempts, [date(2026, 2, 1), date(2026, 3, 3)])

    assert [each.on.day for each in left] == [5, 9]
    assert tried(left) == (Step.TEXT, Step.LETTER)


@pytest.mark.parametrize(
    ("kind", "reached", "ends_the_ladder", "resets_what_is_due"),
    [
        ("treatment", True, True, True),
        ("treatment", False, False, False),
        ("outreach", True, True, False),
        ("outreach", False, False, False),
        ("scheduling", True, True, False),
        ("scheduling", False, False, False),
        ("collateral", True, False, False),
        ("no-show", False, False, False),
        ("message", False, False, False),
        ("seen-elsewhere", True, False, False),
    ],
)
def test_whoever_was_reached_is_not_tried_again_and_only_treatment_resets_what_is_due(
    kind: str, reached: bool, ends_the_ladder: bool, resets_what_is_due: bool
) -> None:
    assert (is_reached(kind, reached=reached), is_two_way(kind, reached=reached)) == (
        ends_the_ladder,
        resets_what_is_due,
    )
