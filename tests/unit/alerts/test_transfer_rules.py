"""Between two clinics: the sender answers, the receiver's rules rest, and after 14 days both leads are told."""

import pytest

from registry.alerts.rulebook import evaluate, waiting_for_answer
from registry.alerts.snapshot import CaseSnapshot, TransferFacts
from tests.unit.alerts.cases import NUMBERS, answer, case, day, of_safety, sentence, tier

RULE, FIRST_CONTACT = "transfer.open", "transfer.first-contact"


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


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("the day of acceptance", handed_over(accepted=12, receiver=True), 12, "reminder"),
        ("the 6th day", handed_over(accepted=12, receiver=True), 18, "reminder"),
        ("the 7th day", handed_over(accepted=12, receiver=True), 19, "action"),
        ("the sender", handed_over(accepted=12), 19, None),
        ("not accepted", handed_over(), 19, None),
    ],
)
def test_the_receiver_is_asked_for_the_first_contact_from_the_day_of_acceptance(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(FIRST_CONTACT, of, on) == expected, why


@pytest.mark.parametrize(
    ("on", "loud", "said"),
    [
        (10, "reminder", "Mill asks you to take this person over, today (15 Jan 2026): accept or refuse"),
        (12, "reminder", "2 days ago"),
        (13, "action", "3 days ago (15 Jan 2026): accept or refuse"),
        (24, "action", "14 days ago (15 Jan 2026); both leads are told: accept or refuse"),
    ],
)
def test_a_proposal_grows_louder_at_the_receiver_until_it_is_answered(on: int, loud: str, said: str) -> None:
    tier, sentence = waiting_for_answer("Mill", proposed_on=day(10), today=day(on), numbers=NUMBERS)

    assert (tier, said in sentence) == (loud, True), sentence


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

    assert told(handed_over(accepted=12, receiver=True)) == {RULE, FIRST_CONTACT}
    assert of_the_sender == told(case()) | {RULE}
    assert len(of_the_sender) > 2


def test_safety_speaks_at_the_receiver_too() -> None:
    transfer = TransferFacts("Mill", True, day(10), day(12))

    assert tier("safety.self-harm", of_safety(answer(13), transfer=transfer), 14) == "urgent"


def test_a_completed_transfer_without_a_contact_is_the_leads_and_rests_nothing() -> None:
    unspoken = case(transfer=TransferFacts("Mill", True, day(10), day(12), completed_on=day(14)))

    assert tier("transfer.unspoken", unspoken, 20) == "action"
    assert sentence("transfer.unspoken", unspoken, 20) == (
        "The contact that completed the transfer from Mill 6 days ago (19 Jan 2026) was taken back, and no other is on "
        "record: speak with the person; Mill no longer answers"
    )
    assert (tier(RULE, unspoken, 40), tier(FIRST_CONTACT, unspoken, 40)) == (None, None)
    told = {each.rule for each in evaluate(unspoken, day(40), NUMBERS).findings}
    assert told == {each.rule for each in evaluate(case(), day(40), NUMBERS).findings} | {"transfer.unspoken"}
