"""Injections that are due, and treatment that stands still, as tables of days."""

import pytest

from registry.alerts.rulebook import Family, evaluate, rule
from registry.alerts.snapshot import Phase, ReviewFacts, TreatmentChange, TreatmentFacts
from tests.unit.alerts.cases import (
    NUMBERS,
    case,
    day,
    episode,
    finding,
    injection,
    measure,
    measured,
    sentence,
    signed,
    tier,
    treated,
)

SIGNED = signed("treatment.inertia")


@pytest.mark.parametrize(
    ("on", "expected"),
    [(20, None), (21, "reminder"), (28, "reminder"), (35, "reminder"), (36, "action"), (90, "action")],
)
def test_an_injection_is_told_a_week_before_and_is_an_action_after_its_days_of_grace(
    on: int, expected: str | None
) -> None:
    due = case(treatment=treated(injection(28, last=0)))

    assert tier("medication.due", due, on) == expected


@pytest.mark.parametrize(
    ("phase", "expected"),
    [(Phase.REFERRED, "action"), (Phase.ACTIVE, "action"), (Phase.PAUSED, "action"), (Phase.ENDED, None)],
)
def test_a_pause_of_care_does_not_pause_an_injection(phase: Phase, expected: str | None) -> None:
    facts = {"paused_until": day(200)} if phase is Phase.PAUSED else {}

    late = case(episode=episode(phase, **facts), treatment=treated(injection(28, last=0)))

    assert tier("medication.due", late, 40) == expected
    assert rule("medication.due").family is Family.MEDICATION


def test_the_sentence_says_when_it_was_due_when_the_last_was_given_and_what_came_between() -> None:
    refused = case(treatment=treated(injection(28, last=0, tried=30, outcome="refused")))
    first = case(treatment=treated(injection(5)))

    assert sentence("medication.due", refused, 40) == (
        "Haloperidol decanoate: injection was due 2 Feb 2026 (12 days late), last given 5 Jan 2026, refused 4 Feb 2026"
    )
    assert sentence("medication.due", first, 4) == "Haloperidol decanoate: first injection due 10 Jan 2026 (in 1 day)"


def test_of_two_injections_the_late_one_sets_the_tier_and_both_are_said() -> None:
    found = finding("medication.due", case(treatment=treated(injection(28, last=0), injection(50, last=22))), 45)

    assert found is not None
    assert (found.tier, found.since, len(found.evidence["injections"])) == ("action", day(36), 2)  # type: ignore[arg-type]  # a list


OFF: dict[int, float] = {0: 18, 40: 17, 60: 18, 90: 17, 120: 18}
"""Ill at the start and never better: off target from day 56."""


@pytest.mark.parametrize(
    ("changes", "reviewed_change", "on", "expected"),
    [
        ({}, None, 69, None),  # no change since the course began: from day 70
        ({}, None, 70, "action"),
        ({30: "sertraline 50 mg a day → 100 mg a day"}, None, 99, None),
        ({30: "sertraline 50 mg a day → 100 mg a day"}, None, 100, "action"),
        ({30: "sertraline 50 mg a day → 100 mg a day"}, 60, 129, None),  # the psychiatrist's change was done later
        ({0: "sertraline started", 90: "sertraline stopped"}, None, 120, None),
    ],
)
def test_treatment_stands_still_ten_weeks_after_its_last_change(
    changes: dict[int, str], reviewed_change: int | None, on: int, expected: str | None
) -> None:
    scores = {number: value for number, value in OFF.items() if number <= on}
    changed_on = None if reviewed_change is None else day(reviewed_change)
    still = measured(
        measure(scores), treatment=treated(changes=changes), reviews=ReviewFacts(treatment_changed_on=changed_on)
    )

    assert tier("treatment.inertia", still, on, SIGNED) == expected
    assert tier("treatment.inertia", still, on) is None, "consensus: off until a psychiatrist signs"


def test_a_medicine_for_something_else_is_no_change_of_treatment_and_is_said() -> None:
    benztropine = TreatmentChange(day(60), "benztropine started", is_beside=True)
    off = measured(measure({0: 18, 40: 17, 60: 18}), treatment=TreatmentFacts(changes=(benztropine,)))
    found = finding("target.off", off, 70)

    assert tier("treatment.inertia", off, 70, SIGNED) == "action"
    assert found is not None
    assert found.evidence["review"]["changed_on"] is None  # type: ignore[call-overload,index]  # a group of facts
    assert "benztropine started on 6 Mar 2026" in found.sentence


def test_whoever_is_on_target_may_stay_on_the_same_treatment() -> None:
    well = measured(measure({0: 18, 40: 6, 60: 4, 90: 3}), treatment=treated(changes={0: "sertraline started"}))

    assert tier("treatment.inertia", well, 100, SIGNED) is None


def test_off_target_says_what_was_changed_since_the_baseline_and_when() -> None:
    changed = treated(changes={0: "lithium started, 600 mg a day", 50: "lithium 600 mg a day → 900 mg a day"})
    off = measured(measure({0: 18, 40: 17, 60: 18}), treatment=changed)
    before = measured(measure({0: 18, 40: 17, 60: 18}), treatment=treated(changes={0: "lithium started"}))

    assert "; lithium 600 mg a day → 900 mg a day on 24 Feb 2026; never reviewed" in sentence("target.off", off, 62)
    assert "lithium" not in sentence("target.off", before, 62)


def test_the_next_check_is_the_day_the_reminder_and_then_the_action_would_come() -> None:
    due = case(treatment=treated(injection(28, last=0)))

    assert rule("medication.due").verdict(due, day(0), NUMBERS).next_check_on == day(21)
    assert rule("medication.due").verdict(due, day(21), NUMBERS).next_check_on == day(36)
    assert evaluate(due, day(40), NUMBERS).findings[0].rule == "medication.due"
