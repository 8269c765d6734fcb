"""What may follow what in a treatment, and when the next injection is due, as tables of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from registry.treatment.products import InvalidProduct, products, substance_of
from registry.treatment.rules import (
    InjectionTry,
    Step,
    change_words,
    cover,
    dose_words,
    misplaced,
    next_injection_on,
    outside,
    restart_on,
)

FIRST = date(2026, 1, 5)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def step(kind: str, on: int, amount: str = "", *, every: int | None = None) -> Step:
    return Step(kind, day(on), Decimal(amount) if amount else None, "mg" if amount else "", every)


STARTED = [step("start", 0), step("change", 20)]
STOPPED = [*STARTED, step("stop", 40)]


@pytest.mark.parametrize(
    ("kind", "on", "others", "complaint"),
    [
        ("change", 30, STARTED, None),
        ("change", 0, [step("start", 0)], None),  # titrated on the first day
        ("change", -1, STARTED, "not before the treatment started"),
        ("change", 20, STARTED, "A change of that day is on record"),
        ("change", 40, STOPPED, None),
        ("change", 41, STOPPED, "not after the treatment stopped"),
        ("stop", 20, STARTED, None),
        ("stop", 19, STARTED, "not before the last change"),
        ("stop", 50, STOPPED, "has stopped already"),
        ("start", 20, [step("change", 20)], None),  # a corrected start
        ("start", 21, [step("change", 20)], "not later than the first change"),
    ],
)
def test_a_treatment_starts_once_first_and_stops_once_last(
    kind: str, on: int, others: list[Step], complaint: str | None
) -> None:
    said = misplaced(kind, day(on), others)

    assert said is None if complaint is None else complaint in (said or "")


@pytest.mark.parametrize(("on", "is_outside"), [(-1, True), (0, False), (40, False), (41, True)])
def test_nothing_is_noted_of_a_treatment_outside_its_days(on: int, is_outside: bool) -> None:
    assert (outside(day(on), STOPPED) is not None) is is_outside


DEPOT = [step("start", 0, "100", every=28)]


@pytest.mark.parametrize(
    ("steps", "tries", "expected"),
    [
        (DEPOT, {}, 0),  # the first one is still to come
        (DEPOT, {0: "given"}, 28),
        (DEPOT, {0: "given", 28: "refused", 30: "not-in-stock"}, 28),
        (DEPOT, {0: "given", 31: "given-elsewhere"}, 59),
        ([*DEPOT, step("change", 20, "100", every=21)], {0: "given"}, 21),  # the interval in force counts
        ([*DEPOT, step("stop", 20)], {0: "given"}, None),
        ([step("start", 0, "100")], {0: "given"}, None),  # no interval is on record: none is guessed
    ],
)
def test_the_next_injection_is_one_interval_after_the_last_that_reached_the_person(
    steps: list[Step], tries: dict[int, str], expected: int | None
) -> None:
    noted = [InjectionTry(day(on), outcome) for on, outcome in tries.items()]

    assert next_injection_on(steps, noted) == (None if expected is None else day(expected))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], 42),
        ([step("change", 20, "150", every=28)], 42),  # the dose alone changed
        ([replace(step("change", 20, "150", every=28), restart_after_days=56)], 56),
        ([step("change", 20, "350", every=84)], None),  # of another rhythm nothing is known
        ([step("change", 20, "350", every=84), step("change", 25, "100", every=28)], 42),
        ([step("stop", 20)], None),
    ],
)
def test_a_change_that_keeps_the_rhythm_keeps_the_day_from_which_it_is_started_anew(
    changes: list[Step], expected: int | None
) -> None:
    steps = [replace(step("start", 0, "100", every=28), restart_after_days=42), *changes]

    assert restart_on(steps, [InjectionTry(day(0), "given")]) == (None if expected is None else day(expected))


@pytest.mark.parametrize(
    ("kind", "now", "before", "expected"),
    [
        ("medication", step("start", 0, "50"), None, "sertraline started, 50 mg a day"),
        ("medication", step("start", 0), None, "sertraline started"),
        ("medication", step("change", 9, "12.5"), step("start", 0, "50"), "sertraline 50 mg a day → 12.5 mg a day"),
        ("medication", step("change", 9), step("start", 0, "50"), "sertraline changed to a dose not recorded"),
        ("medication", step("stop", 9), step("start", 0, "50"), "sertraline stopped"),
    ],
)
def test_a_change_says_from_what_to_what_and_guesses_no_dose(
    kind: str, now: Step, before: Step | None, expected: str
) -> None:
    assert change_words("sertraline", kind, now, before) == expected


@pytest.mark.parametrize(
    ("every", "expected"), [(7, "100 mg every week"), (28, "100 mg every 4 weeks"), (30, "100 mg every 30 days")]
)
def test_an_interval_is_said_in_whole_weeks_only_where_it_is_one(every: int, expected: str) -> None:
    assert dose_words(step("start", 0, "100", every=every), "injection") == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[product.x]\nname = ""', "x: name is missing"),
        ('[product.x]\nname = "X"\ninterval = 28', "x: unknown entry interval"),
        ('[product.x]\nname = "X"\nclass = "vitamin"', "x: no such class: vitamin"),
        ('[product.x]\nname = "X"\nsubstance = "chalk"', "x: no such substance: chalk"),
    ],
)
def test_a_product_that_cannot_be_used_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "injections.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidProduct, match=complaint):
        products(file)


def test_every_shipped_product_has_a_name_and_a_class() -> None:
    assert all(product.name and product.medicine_class for product in products().values())
    assert "other" in products()


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ({"name": "Haloperidol 5 mg"}, {"name": "Haloperidol decanoate", "product": "haloperidol-decanoate"}, True),
        ({"name": "Haldol"}, {"name": "haloperidol"}, True),
        (
            {"name": "Aripiprazole", "product": "aripiprazole"},
            {"name": "Aripiprazole lauroxil", "product": "aripiprazole-lauroxil"},
            True,
        ),
        ({"name": "Risperdal Consta", "product": "other"}, {"name": "Risperidone"}, True),
        ({"name": "Leponex", "ingredient": "clozapine"}, {"name": "Clozaril", "ingredient": "clozapine"}, True),
        ({"name": "Invega"}, {"name": "Risperidone", "product": "risperidone"}, True),
        ({"name": "Quetiapine XR 300"}, {"name": "Seroquel"}, True),
        ({"name": "Amisulpride"}, {"name": "Sulpiride"}, False),
        ({"name": "Quetiapine"}, {"name": "Ziprasidone"}, False),
    ],
)
def test_tablets_and_injections_of_one_substance_are_one_medicine(
    one: dict[str, str], other: dict[str, str], is_one: bool
) -> None:
    def of(said: dict[str, str]) -> str:
        return substance_of(name=said["name"], product=said.get("product"), ingredient=said.get("ingredient"))

    assert (of(one) == of(other)) is is_one


def given(*days: int) -> list[InjectionTry]:
    return [InjectionTry(day(on), "given") for on in days]


MONTHLY = [step("start", 0, every=28)]


@pytest.mark.parametrize(
    ("steps", "injections", "expected"),
    [
        (MONTHLY, [], None),
        ([step("start", 0)], given(0), None),  # no rhythm on record
        (MONTHLY, given(0), (0, 28, 100)),
        (MONTHLY, given(0, 28), (0, 56, 100)),
        (MONTHLY, given(0, 42), (0, 70, 80)),  # two weeks late
        (MONTHLY, given(0, 21), (0, 49, 100)),  # early: no day counts twice
        (MONTHLY, [*given(0), InjectionTry(day(28), "refused")], (0, 28, 100)),
        ([step("start", 0, every=28), step("change", 28, every=84)], given(0, 28), (0, 112, 100)),
        ([*MONTHLY, step("stop", 20)], given(0), (0, 20, 100)),
        ([*MONTHLY, step("stop", 0)], given(0), None),
    ],
)
def test_an_injection_covers_the_person_until_the_next_is_due(
    steps: list[Step], injections: list[InjectionTry], expected: tuple[int, int, int] | None
) -> None:
    found = cover(steps, injections)

    assert (found and ((found.began_on - FIRST).days, (found.until - FIRST).days, found.percent)) == expected
