"""Which check or injection is due or late, of whom the lead hears; and the yearly check. Tables of days."""

from dataclasses import replace

import pytest

from registry.alerts.loading.treatment import treatment_facts
from registry.alerts.physical_facts import Observed
from registry.alerts.protocols import protocols
from registry.alerts.rulebook import evaluate, rule
from registry.alerts.rulebook.monitoring import checks_due
from registry.alerts.snapshot import CaseSnapshot, Exposure, InjectionDue, Phase, TreatmentFacts
from registry.physical.catalogue import catalogue
from registry.treatment.models import TreatmentTrial
from registry.treatment.products import medicines
from registry.treatment.queries import TrialCourse
from registry.treatment.rules import Step
from tests.unit.alerts.cases import (
    NUMBERS,
    case,
    day,
    episode,
    finding,
    injection,
    physical,
    seen,
    sentence,
    signed,
    takes,
    tier,
    watched,
)

CRITICAL, DUE, GAP = "medication.critical", "medication.due", "health.gap"
SIGNED = signed(CRITICAL, DUE)
CLOZAPINE = takes("clozapine", "antipsychotic")
BEN = seen("ben", -300, choice="yes")


@pytest.mark.parametrize(
    ("done", "since", "reminder", "action"),
    [
        ({}, 0, 0, 2),  # never: at once, and late after a quarter of a week
        ({0: 2000}, 0, 7, 9),
        ({-60: 2000}, 0, 7, 9),  # the count before the start is the first one
        ({180: 2000}, 0, 187, 189),
        ({182: 2000}, 0, 196, 200),
        ({365: 2000}, 0, 395, 403),
    ],
)
def test_neutrophils_are_counted_every_week_every_other_and_then_monthly(
    done: dict[int, float], since: int, reminder: int, action: int
) -> None:
    known = watched(
        *(seen("anc", on, value) for on, value in done.items()), exposures=[takes("clozapine", since=since)]
    )

    assert [tier(DUE, known, on) for on in (reminder, action - 1, action)] == ["reminder", "reminder", "action"]
    assert reminder == 0 or tier(DUE, known, reminder - 1) is None


@pytest.mark.parametrize(
    ("count", "after", "asked_after_stop"),
    [
        ([seen("anc", 400, 1499)], 2, True),
        ([seen("anc", 400, 1500)], 30, False),
        ([seen("anc", 400, 999)], 1, True),
        ([seen("anc", 400, 1000), BEN], 30, False),
        ([seen("anc", 400, 999), BEN], 2, True),
        ([seen("anc", 400, 499), BEN], 1, True),
    ],
)
def test_a_low_neutrophil_count_is_repeated_while_clozapine_is_taken_and_four_weeks_after(
    count: list[Observed], after: int, asked_after_stop: bool
) -> None:
    def due_on(stopped_on: int | None, since: int = 0) -> list[int]:
        taken = replace(CLOZAPINE, stopped_on=None if stopped_on is None else day(stopped_on))
        treatment = (
            TreatmentFacts(exposures=(taken,)) if stopped_on is None else TreatmentFacts(stopped_clozapine=(taken,))
        )
        found = checks_due(treatment, physical(*count), since=day(since), numbers=NUMBERS)
        return [(each.due_on - day(400)).days for each in found if each.check.key == "anc"]

    assert due_on(None) == [after]
    expected = [after] if asked_after_stop else []
    assert due_on(401) == expected
    assert due_on(400 + after - 28) == expected
    assert due_on(400 + after - 29) == [], "the four weeks are over"
    assert due_on(401, since=403) == [], "before care began here"


def test_a_low_count_not_repeated_is_late_the_day_after_also_once_clozapine_was_stopped() -> None:
    stopped = TreatmentFacts(stopped_clozapine=(replace(CLOZAPINE, stopped_on=day(60)),))
    low = case(physical=physical(seen("anc", 60, 1200)), treatment=stopped)

    assert [tier(DUE, low, on) for on in (61, 62, 63)] == [None, "reminder", "action"]
    assert "neutrophils (ANC) for Clozapine, stopped" in sentence(DUE, low, 63)


def test_what_was_stopped_asks_for_nothing_but_clozapine_for_its_repeated_counts() -> None:
    def course(ingredient: str, *kinds: str) -> TrialCourse:
        trial = TreatmentTrial(kind="medication", name=ingredient, medicine_class="other", ingredient=ingredient)
        return TrialCourse(trial, [Step(kind, day(on)) for on, kind in enumerate(kinds)])

    told = treatment_facts(
        [
            course("lithium", "start", "change"),
            course("valproate", "start", "stop"),
            course("clozapine", "start", "change", "stop"),
        ]
    )

    assert [(each.label, each.changes) for each in told.exposures] == [("lithium", (day(0), day(1)))]
    assert [(each.label, each.changes, each.stopped_on) for each in told.stopped_clozapine] == [
        ("clozapine", (day(0), day(1)), day(2))
    ]


def days_due(*observed: Observed, exposure: Exposure, since: int = 0) -> dict[str, int]:
    due = checks_due(TreatmentFacts(exposures=(exposure,)), physical(*observed), since=day(since), numbers=NUMBERS)
    return {each.check.key: (each.due_on - day(0)).days for each in due}


def test_a_lithium_level_is_due_a_week_after_a_change_and_then_by_how_long_it_has_been_taken() -> None:
    lithium = takes("lithium", changes=[50])

    assert days_due(exposure=takes("lithium"))["lithium"] == 7
    assert days_due(exposure=takes("lithium", since=-9, changes=[8, 15, 22]))["lithium"] == 7, "of the first, not moved"
    assert days_due(seen("lithium", 7, 0.7), exposure=takes("lithium", changes=[7]))["lithium"] == 14
    assert days_due(seen("lithium", 6, 0.7), exposure=takes("lithium", changes=[7, 14, 21]))["lithium"] == 14
    assert days_due(seen("lithium", 54, 0.7), exposure=lithium)["lithium"] == 57, "too soon to speak of the new dose"
    assert days_due(seen("lithium", 55, 0.7), exposure=lithium)["lithium"] == 55 + 91
    assert days_due(seen("lithium", 40, 0.7), exposure=lithium)["lithium"] == 57
    assert days_due(seen("lithium", 56, 0.7), exposure=lithium)["lithium"] == 56 + 91
    assert days_due(seen("lithium", 400, 0.7), exposure=lithium)["lithium"] == 400 + 182
    assert days_due(exposure=takes("lithium", since=-900), since=0)["lithium"] == 7, "counted from when care began here"


def test_an_antipsychotic_asks_for_the_schedule_of_2004_and_valproate_for_what_a_clinic_signs_for() -> None:
    begun = [seen(kind, 0, 80, second=70) for kind in ("weight", "waist", "blood-pressure", "glucose", "ldl")]
    later = [seen(kind, 80, 80, second=70) for kind in ("weight", "blood-pressure", "glucose", "hdl")]

    assert days_due(*begun, exposure=takes("antipsychotic")) == {
        "movement": 0,
        "weight": 28,
        "blood-pressure": 84,
        "glucose": 84,
        "lipids": 84,
        "waist": 365,
    }
    after = days_due(*begun, *later, exposure=takes("antipsychotic"))
    assert (after["weight"], after["blood-pressure"], after["lipids"]) == (80 + 91, 80 + 365, 80 + 1826)
    assert days_due(exposure=takes("valproate")) == {}


def test_a_form_answers_a_check_as_an_observation_does() -> None:
    asked = case(physical=physical(seen("aims", 0)), treatment=TreatmentFacts(exposures=(takes("antipsychotic"),)))
    found = finding(DUE, asked, 1)

    assert found is not None
    assert "movement" not in str(found.evidence["checks"])


def test_one_sentence_names_what_is_overdue_what_is_due_and_what_goes_with_the_same_visit() -> None:
    known = watched(
        seen("anc", -3, 2000),
        *(seen(kind, 0, 80, second=70) for kind in ("waist", "blood-pressure", "glucose", "ldl")),
        seen("weight", -10, 80),
        seen("movement", -360, choice="none"),
        exposures=[takes("clozapine", "antipsychotic", since=-20)],
    )

    assert sentence(DUE, known, 7) == (
        "Overdue since 9 Jan 2026 (3 days ago): neutrophils (ANC) for Clozapine, last 2 Jan 2026; "
        "Due since 5 Jan 2026 (7 days ago): movement check for Clozapine, last 10 Jan 2025; "
        "with the same visit: weight for Clozapine"
    )


LATE_COUNT = [seen("anc", -3, 2000)]  # due on day 4, late on day 6
LATE_INJECTION = (injection(-3),)  # late on day 5


@pytest.mark.parametrize(
    ("counts", "injections", "since"),
    [
        ([seen("anc", 0, 2000)], (), 0),
        (LATE_COUNT, (), 6),
        ([seen("anc", 0, 2000)], LATE_INJECTION, 5),
        (LATE_COUNT, (injection(8),), 6),
        (LATE_COUNT, LATE_INJECTION, 5),
    ],
)
def test_what_is_overdue_is_so_since_it_was_late_and_not_since_something_else_was_merely_due(
    counts: list[Observed], injections: tuple[InjectionDue, ...], since: int
) -> None:
    treatment = TreatmentFacts(exposures=(takes("clozapine", "antipsychotic", since=-20),), injections=injections)
    found = finding(DUE, case(physical=physical(*counts), treatment=treatment), 7)

    assert found is not None
    assert found.since == day(since), "the weight, the waist and the rest have been due since day 0"


@pytest.mark.parametrize(
    ("done", "on", "expected"),
    [
        ({}, 89, None),
        (
            {},
            90,
            "Yearly physical check 0 of 6: "
            "alcohol, blood pressure, glucose or HbA1c, lipids, tobacco and weight missing",
        ),
        (
            {"weight": 0, "hba1c": 0, "ldl": 10, "smoking": 20},
            90,
            "Yearly physical check 4 of 6: alcohol and blood pressure missing",
        ),
        ({"weight": 0, "hba1c": 1, "ldl": 1, "smoking": 1, "blood-pressure": 1, "alcohol": 1}, 365, None),
        (
            {"weight": 0, "hba1c": 1, "ldl": 1, "smoking": 1, "blood-pressure": 1, "alcohol": 1},
            366,
            "Yearly physical check 5 of 6: weight missing",
        ),
    ],
)
def test_the_yearly_check_is_asked_for_from_a_quarter_of_a_year_on(
    done: dict[str, int], on: int, expected: str | None
) -> None:
    found = finding(GAP, watched(*(seen(kind, at, 5) for kind, at in done.items())), on)

    assert (found and found.sentence) == expected
    assert found is None or found.tier == "reminder"


def heard(known: CaseSnapshot, on: int) -> bool:
    found = finding(DUE, known, on)
    return found is not None and found.tier == "action" and rule(DUE).has_to_be_heard(found.evidence)


@pytest.mark.parametrize(
    ("known", "on", "expected"),
    [
        (watched(exposures=[takes("antipsychotic")]), 200, False),
        (watched(exposures=[takes("lithium")]), 200, False),
        (watched(exposures=[CLOZAPINE]), 1, False),
        (watched(exposures=[CLOZAPINE]), 2, True),
        (watched(seen("anc", 190, 2000), exposures=[takes("clozapine", "antipsychotic", since=-200)]), 200, False),
        (case(treatment=TreatmentFacts(injections=(injection(10),))), 10, False),
        (case(treatment=TreatmentFacts(injections=(injection(10),))), 60, True),
    ],
)
def test_the_lead_hears_of_a_late_injection_or_count_and_not_of_a_late_waist(
    known: CaseSnapshot, on: int, expected: bool
) -> None:
    assert heard(known, on) is expected


@pytest.mark.parametrize(
    ("known", "on", "days"),
    [
        (watched(seen("anc", 0, 2000), exposures=[takes("clozapine")]), 10, 7),
        (watched(seen("anc", 190, 2000), exposures=[takes("clozapine")]), 210, 14),
        (watched(seen("anc", 0, 1200), exposures=[takes("clozapine")]), 10, 2),
        (watched(seen("anc", 0, 900), exposures=[takes("clozapine")]), 10, 1),
        (watched(exposures=[takes("lithium")]), 10, 7),
        (watched(*(seen(kind, 0, 80) for kind in ("weight", "waist")), exposures=[takes("antipsychotic")]), 40, 14),
        (case(treatment=TreatmentFacts(injections=(injection(10),))), 60, 7),
    ],
)
def test_what_is_due_is_put_off_for_no_longer_than_lies_between_two(known: CaseSnapshot, on: int, days: int) -> None:
    found = finding(DUE, known, on)

    assert found is not None
    assert rule(DUE).days_at_most(14, found.evidence) == days


def test_the_yearly_check_rests_with_care_and_medicines_do_not() -> None:
    paused = watched(seen("anc", 99, 800), episode=episode(Phase.PAUSED, paused_until=day(200)))

    assert {each.rule for each in evaluate(paused, day(100), NUMBERS).findings} == {CRITICAL}


def test_every_protocol_asks_for_a_check_that_exists_by_numbers_that_exist() -> None:
    for protocol in protocols():
        assert protocol.check in catalogue().checks
        assert protocol.exposure in {*medicines(), "antipsychotic"}
        assert all(id_ in NUMBERS.parameters for id_ in protocol.parameters)
        assert protocol.source
        assert protocol.stages[-1].until is None
