"""Treatment beneath the scores: one bar a step, darker with the dose, no two over each other."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from registry.caseload.presenters.treatment_lanes import treatment_lanes
from registry.charts.course_facts import Lane, lane_table
from registry.treatment.models import TreatmentTrial
from registry.treatment.queries import TrialCourse
from registry.treatment.rules import InjectionTry, Step

FIRST, LAST = date(2026, 1, 5), date(2026, 3, 30)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def course(name: str, *steps: tuple[str, int, int | None], kind: str = "medication", tries: str = "") -> TrialCourse:
    """A trial with its steps by day and amount in mg, and an injection every four weeks for each of ``tries``."""
    made = [
        Step(
            what,
            day(on),
            None if amount is None else Decimal(amount),
            "" if amount is None else "mg",
            frequency="weekly",
        )
        for what, on, amount in steps
    ]
    outcomes = [InjectionTry(day(28 * number), outcome) for number, outcome in enumerate(tries.split())]
    return TrialCourse(TreatmentTrial(name=name, kind=kind), made, outcomes)


def drawn(*courses: TrialCourse) -> list[Lane]:
    return list(treatment_lanes(courses, first=FIRST, last=LAST))


def test_a_bar_ends_where_the_dose_changes_and_darkens_with_it() -> None:
    (lane,) = drawn(
        course("lithium", ("start", -10, 300), ("change", 20, 600), ("change", 40, 900), ("stop", 60, None))
    )

    assert lane.title == "Medication"
    assert [(spell.starts_on, spell.ends_on, spell.words, spell.kind) for spell in lane.spells] == [
        (FIRST, day(20), "lithium 300 mg a day", "dose-1"),
        (day(20), day(40), "lithium 600 mg a day", "dose-2"),
        (day(40), day(60), "lithium 900 mg a day", "dose-3"),
    ]


def test_treatments_side_by_side_have_rows_of_their_own_and_later_ones_use_them_again() -> None:
    lanes = drawn(
        course("sertraline", ("start", 0, 50), ("stop", 30, None)),
        course("lithium", ("start", 10, 600)),
        course("bupropion", ("start", 30, 150)),
        course("behavioural activation", ("start", 5, None), kind="therapy"),
    )

    assert [(lane.title, [spell.words for spell in lane.spells]) for lane in lanes] == [
        ("Medication", ["sertraline 50 mg a day", "bupropion 150 mg a day"]),
        ("", ["lithium 600 mg a day"]),
        ("Therapy", ["behavioural activation weekly"]),
    ]


def test_every_injection_is_a_mark_by_what_became_of_it_and_the_table_says_so() -> None:
    depot = course("haloperidol", ("start", 0, 100), kind="injection", tries="given refused given-elsewhere")

    bars, marks = drawn(depot)

    assert [mark.kind for mark in marks.marks] == ["done", "missed", "elsewhere"]
    assert lane_table([bars, marks]).rows[:2] == [
        ["2 Mar 2026", "–", "Injections", "haloperidol: given elsewhere"],
        ["2 Feb 2026", "–", "Injections", "haloperidol: refused"],
    ]
    assert drawn() == []
