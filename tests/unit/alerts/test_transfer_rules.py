"""Between two clinics: the sender answers, the receiver's rules rest, and after 14 days both leads are told."""

import pytest

from registry.alerts.rulebook import evaluate
from registry.alerts.snapshot import CaseSnapshot, TransferFacts
from tests.unit.alerts.cases import NUMBERS, answer, case, day, of_safety, sentence, tier

RULE = "transfer.open"


def handed_over(*, receiver: bool = False, accepted: int | None = None, **facts: object) -> CaseSnapshot:
    accepted_on = None if accepted is None else day(accepted)
    return case(transfer=TransferFacts("Mill", receiver, day(10), accepted_on), **facts)


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("the 13th day", handed_over(), 23, None),
        ("the 14th day, not answered", handed_over(), 24, "action"),
        ("the sender of somebody accepted", handed_over(accepted=12), 24, "action"),
        ("the receiver", handed_over(accepted=12, receiver=True), 24, "action"),
        ("no transfer", case(), 24, None),
        ("after a death", handed_over(died_on=day(20)), 24, None),
    ],
)
def test_an_unfinished_transfer_is_told_after_fourteen_days(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(RULE, of, on) == expected, why


def test_the_sentences_of_both_ends() -> None:
    assert sentence(RULE, handed_over(), 24) == (
        "Transfer to Mill proposed 14 days ago (15 Jan 2026) and not answered: call the other clinic, or take the "
        "proposal back"
    )
    assert sentence(RULE, handed_over(accepted=12, receiver=True), 24) == (
        "Transfer from Mill proposed 14 days ago (15 Jan 2026), accepted 17 Jan 2026: no two-way contact with the new "
        "team yet"
    )


def test_at_the_receiver_every_other_rule_rests_and_at_the_sender_none_does() -> None:
    def told(of: CaseSnapshot) -> set[str]:
        return {each.rule for each in evaluate(of, day(40), NUMBERS).findings}

    of_the_sender = told(handed_over(accepted=12))

    assert told(handed_over(accepted=12, receiver=True)) == {RULE}
    assert of_the_sender == told(case()) | {RULE}
    assert len(of_the_sender) > 2


def test_safety_speaks_at_the_receiver_too() -> None:
    transfer = TransferFacts("Mill", True, day(10), day(12))

    assert tier("safety.self-harm", of_safety(answer(13), transfer=transfer), 14) == "urgent"
