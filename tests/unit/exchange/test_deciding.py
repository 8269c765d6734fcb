"""What becomes of a row beside the rows before it and what the registry holds."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import pytest

from registry.exchange.deciding import ALREADY_THERE, Occasions, Somebody, decide, may_need_attention
from registry.exchange.rows import NewcomerFacts, Refusal, Wish
from registry.measures.scoring import SafetyAnswer, SafetyState, Scoring
from registry.patients.facts import PatientFacts

BORN = date(1980, 5, 17)
NEWCOMER = NewcomerFacts(PatientFacts(mrn="A1", legal_given="A", legal_family="B", birth_date=BORN), is_estimated=False)
SOMEBODY = Somebody(patient_id=uuid.uuid4(), born_on=BORN)


def a_wish(
    number: int = 2, *, total: int = 5, newcomer: NewcomerFacts | None = None, on: date = date(2026, 1, 5)
) -> Wish:
    return Wish(
        number=number,
        mrn="A1",
        occasion=on.isoformat(),
        taken_on=on,
        answers=None,
        total_only=total,
        scoring=Scoring(scores={}, missing=(), declined=(), safety=()),
        newcomer=newcomer,
        raw=[],
    )


def test_the_second_row_of_an_occasion_is_refused_and_names_the_first() -> None:
    occasions = Occasions()

    first, same, other, next_day = (
        occasions.once(each) for each in (a_wish(2), a_wish(3), a_wish(4, total=6), a_wish(5, on=date(2026, 1, 6)))
    )

    assert isinstance(first, Wish)
    assert isinstance(next_day, Wish)
    assert same == Refusal(3, "repeats row 2: the same person and occasion", [])
    assert other == Refusal(4, "contradicts row 2: the same person and occasion", [])


@pytest.mark.parametrize(
    ("somebody", "newcomer", "verdict"),
    [
        (None, NEWCOMER, ""),
        (None, None, "nobody in the registry has this record number"),
        (SOMEBODY, None, ""),
        (SOMEBODY, NEWCOMER, ""),
        (replace(SOMEBODY, is_seen_here=False), None, "this record number belongs to somebody the clinic does not see"),
        (
            replace(SOMEBODY, born_on=date(1981, 5, 17)),
            NEWCOMER,
            "the person with this record number was born on another date",
        ),
        (replace(SOMEBODY, born_on=date(2026, 2, 1)), None, "impossible date: this one is before the patient was born"),
        (replace(SOMEBODY, died_on=date(2026, 1, 4)), None, "impossible date: this one is after the patient died"),
    ],
)
def test_whose_row_it_is_decides(somebody: Somebody | None, newcomer: NewcomerFacts | None, verdict: str) -> None:
    found = decide(a_wish(newcomer=newcomer), somebody=somebody, stored_content=None, birth_date_is_known=True)

    assert found == verdict


def test_what_is_stored_already_is_no_second_row() -> None:
    stored = a_wish().content

    same = decide(a_wish(), somebody=SOMEBODY, stored_content=stored, birth_date_is_known=False)
    other = decide(a_wish(total=6), somebody=SOMEBODY, stored_content=stored, birth_date_is_known=False)

    assert same is ALREADY_THERE
    assert other == "the registry holds other answers for this occasion"


@pytest.mark.parametrize(
    ("state", "is_followed", "expected"),
    [
        (SafetyState.NEGATIVE, False, False),
        (SafetyState.NEGATIVE, True, True),
        (SafetyState.POSITIVE, False, True),
        (SafetyState.UNKNOWN, False, True),
    ],
)
def test_only_a_safe_answer_of_somebody_nobody_follows_changes_nothing(
    state: SafetyState, is_followed: bool, expected: bool
) -> None:
    safety = (SafetyAnswer(item="9", value=None, state=state),)
    wish = replace(a_wish(), scoring=Scoring(scores={}, missing=(), declined=(), safety=safety))

    assert may_need_attention(wish, replace(SOMEBODY, is_followed=is_followed)) is expected
