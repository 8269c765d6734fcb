"""Somebody referred is spoken with in so many working days, once a clinic has adopted how many."""

from datetime import date

import pytest

from registry.alerts.next_due import due_days
from registry.alerts.parameters import ClinicNumber
from registry.alerts.rulebook import rule
from registry.alerts.rulebook.referral import working_days_after
from registry.alerts.snapshot import CaseSnapshot, ContactFacts, Phase
from tests.unit.alerts.cases import NUMBERS, case, episode

RULE = "engage.referred"
ADOPTED = NUMBERS.at_clinic({f"{RULE}.urgent": ClinicNumber(1), f"{RULE}.routine": ClinicNumber(10)})
THURSDAY = date(2026, 3, 12)


def march(number: int) -> date:
    return date(2026, 3, number)


def referred(*, urgent: bool = False, contacts: ContactFacts | None = None, on: date = THURSDAY) -> CaseSnapshot:
    of = episode(Phase.REFERRED, referred_on=on, phase_since=on, enrolled_on=None, is_urgent=urgent)
    return case(episode=of, contacts=contacts or ContactFacts())


@pytest.mark.parametrize(
    ("why", "of", "on", "is_told"),
    [
        ("urgent, the same day", referred(urgent=True), march(12), False),
        ("urgent on a Thursday: Friday", referred(urgent=True), march(13), True),
        ("urgent on a Friday: not on Sunday", referred(urgent=True, on=march(13)), march(15), False),
        ("urgent on a Friday: Monday", referred(urgent=True, on=march(13)), march(16), True),
        ("routine, the ninth working day", referred(), march(25), False),
        ("routine, the tenth working day", referred(), march(26), True),
        ("spoken with", referred(contacts=ContactFacts(two_way_on=(march(20),))), march(26), False),
        ("only tried", referred(contacts=ContactFacts(attempts_on=(march(20),))), march(26), True),
        ("spoken with before the referral", referred(contacts=ContactFacts(two_way_on=(march(2),))), march(26), True),
        ("enrolled since", case(episode=episode(referred_on=THURSDAY)), march(26), False),
    ],
)
def test_a_referral_waits_so_many_working_days(why: str, of: CaseSnapshot, on: date, is_told: bool) -> None:
    assert (rule(RULE).verdict(of, on, ADOPTED).finding is not None) == is_told, why


def test_it_says_nothing_before_a_clinic_adopted_the_days() -> None:
    assert rule(RULE).verdict(referred(urgent=True), march(31), NUMBERS).finding is None


def test_the_sentence_says_since_when_how_urgent_and_how_often_it_was_tried() -> None:
    of = referred(urgent=True, contacts=ContactFacts(attempts_on=(march(13),)))
    finding = rule(RULE).verdict(of, march(16), ADOPTED).finding

    assert finding is not None
    assert finding.sentence == (
        "Referred urgently 4 days ago (12 Mar 2026) and not yet spoken with; was due by 13 Mar 2026; 1 attempt since"
    )


@pytest.mark.parametrize(
    ("day", "number", "expected"), [(march(12), 0, march(12)), (march(14), 1, march(16)), (march(12), 10, march(26))]
)
def test_working_days_leave_out_the_weekend(day: date, number: int, expected: date) -> None:
    assert working_days_after(day, number) == expected


def test_a_day_the_clinic_is_closed_is_no_working_day() -> None:
    assert working_days_after(THURSDAY, 1, {march(13), march(16)}) == march(17)


def test_the_first_contact_after_a_referral_stands_in_the_list_before_it_is_late() -> None:
    assert due_days(referred(), ADOPTED, march(26)) == {"contact": march(26)}
    assert due_days(referred(), NUMBERS, march(26)) == {}
