"""What is critical for a medicine, out of range, or due to be looked at; and the yearly check. Tables of days."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from registry.alerts.loading.treatment import treatment_facts
from registry.alerts.parameters import ClinicNumber, InvalidParameter
from registry.alerts.physical_facts import Observed
from registry.alerts.protocols import protocols
from registry.alerts.rulebook import Family, evaluate, rule
from registry.alerts.rulebook.monitoring import checks_due
from registry.alerts.snapshot import CaseSnapshot, Exposure, InjectionDue, Phase, TreatmentFacts
from registry.physical.catalogue import catalogue
from registry.treatment.models import TreatmentTrial
from registry.treatment.products import medicines
from registry.treatment.queries import TrialCourse
from registry.treatment.rules import Step
from tests.unit.alerts.cases import (
    NUMBERS,
    antipsychotic,
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
)

CRITICAL, RANGE, DUE, GAP = "medication.critical", "medication.out-of-range", "medication.due", "health.gap"
SIGNED = signed(CRITICAL, DUE)
CLOZAPINE = takes("clozapine", "antipsychotic")
BEN = seen("ben", -300, choice="yes")


def of(*observed: Observed, exposures: Sequence[Exposure] = (), **facts: Any) -> CaseSnapshot:
    return case(physical=physical(*observed), treatment=TreatmentFacts(exposures=tuple(exposures)), **facts)


@pytest.mark.parametrize(
    ("observed", "critical", "out_of_range"),
    [
        ([seen("anc", 5, 999)], "urgent", None),
        ([seen("anc", 5, 1000)], None, "action"),
        ([seen("anc", 5, 1499)], None, "action"),
        ([seen("anc", 5, 1500)], None, None),
        ([seen("anc", 5, 999), BEN], None, "action"),
        ([seen("anc", 5, 499), BEN], "urgent", None),
        ([seen("anc", 5, 999), seen("ben", -300, choice="no")], "urgent", None),
        ([seen("anc", 5, 800), seen("anc", 8, 1600)], None, None),  # the last one speaks
        ([seen("anc", 5, 1600), replace(seen("anc", 5, 800), id="other")], "urgent", None),  # of one day the worst
        ([replace(seen("anc", 5, 800), id="other"), seen("anc", 5, 1600)], "urgent", None),
        ([seen("lithium", 5, 0.8), replace(seen("lithium", 5, 1.6), id="other")], "urgent", None),
        ([seen("lithium", 5, 1.5)], "urgent", None),
        ([seen("lithium", 5, 1.49)], None, "action"),
        ([seen("lithium", 5, 1.2)], None, None),
        ([seen("lithium", 5, 0.3)], None, None),  # of whoever takes none it says nothing
        ([seen("qtc", 5, 500)], None, None),  # consensus: off
        ([seen("blood-pressure", 5, 139, second=89)], None, None),
        ([seen("blood-pressure", 5, 139, second=90)], None, "action"),
        ([seen("blood-pressure", 5, 140, second=70)], None, "action"),
        ([seen("glucose", 5, 126)], None, "action"),
        ([seen("hba1c", 5, 6.4)], None, None),
        ([seen("hba1c", 5, 6.5)], None, "action"),
    ],
)
def test_the_last_value_is_critical_out_of_range_or_neither(
    observed: list[Observed], critical: str | None, out_of_range: str | None
) -> None:
    known = of(*observed)

    assert (tier(CRITICAL, known, 10), tier(RANGE, known, 10)) == (critical, out_of_range)


def test_a_level_below_its_range_speaks_of_whoever_takes_the_medicine() -> None:
    low = of(seen("lithium", 5, 0.5), exposures=[takes("lithium")])

    assert tier(RANGE, low, 10) == "action"
    assert sentence(RANGE, low, 10) == "Lithium level 0.5, below 0.6 (10 Jan 2026, 5 days ago)"


@pytest.mark.parametrize(
    ("known", "on", "as_shipped", "where_signed"),
    [
        (of(seen("qtc", 5, 500)), 10, None, "urgent"),
        (of(seen("qtc", 5, 499)), 10, None, None),
        (of(exposures=[takes("clozapine", last_taken=10)]), 11, None, None),
        (of(exposures=[takes("clozapine", last_taken=10)]), 12, None, "urgent"),
        (of(exposures=[takes("clozapine")]), 12, None, None),
        (
            case(treatment=TreatmentFacts(injections=(replace(injection(28, last=0), restart_on=day(42)),))),
            34,
            None,
            None,
        ),
        (
            case(treatment=TreatmentFacts(injections=(replace(injection(28, last=0), restart_on=day(42)),))),
            35,
            None,
            "urgent",
        ),
        (of(seen("pregnancy", 5, choice="pregnant"), exposures=[takes("valproate")]), 6, "urgent", "urgent"),
        (of(seen("pregnancy", 5, choice="pregnant"), exposures=[takes("lithium")]), 6, None, None),
        (
            of(
                seen("pregnancy", 5, choice="not-pregnant"),
                replace(seen("pregnancy", 5, choice="pregnant"), id="other"),
                exposures=[takes("valproate")],
            ),
            6,
            "urgent",
            "urgent",
        ),
        (of(seen("pregnancy", 5, choice="not-pregnant"), exposures=[takes("valproate")]), 6, None, None),
        (of(seen("pregnancy", 5, choice="pregnant"), exposures=[takes("valproate")]), 299, None, None),
    ],
)
def test_what_stands_on_consensus_is_told_only_where_somebody_signed(
    known: CaseSnapshot, on: int, as_shipped: str | None, where_signed: str | None
) -> None:
    assert (tier(CRITICAL, known, on), tier(CRITICAL, known, on, SIGNED)) == (as_shipped, where_signed)


def test_a_critical_value_is_urgent_however_late_it_was_entered_and_after_a_quarter_of_a_year_out_of_range() -> None:
    late, soon = of(seen("anc", 0, 900, entered=15)), of(seen("anc", 0, 900))

    assert tier(CRITICAL, late, 20) == "urgent", "nobody has measured since"
    assert sentence(CRITICAL, late, 20) == "Neutrophils (ANC) 900, below 1000 (5 Jan 2026, 20 days ago): act today"
    assert (tier(CRITICAL, soon, 91), tier(RANGE, soon, 91)) == ("urgent", None)
    assert (tier(CRITICAL, soon, 92), tier(RANGE, soon, 92)) == (None, "action")
    assert tier(RANGE, soon, 366) is None
    qtc = of(seen("qtc", 0, 520))
    assert (tier(CRITICAL, qtc, 92, SIGNED), tier(RANGE, qtc, 92, SIGNED)) == (None, "action")
    assert evaluate(soon, day(92), NUMBERS).settled[CRITICAL] == (
        "Not measured again since: Neutrophils (ANC) 900, below 1000 (5 Jan 2026)"
    )


def test_a_check_is_done_only_where_it_was_done_since_the_last_change() -> None:
    def done(*observed: Observed, exposure: Exposure) -> bool:
        due = checks_due(TreatmentFacts(exposures=(exposure,)), physical(*observed), since=day(0), numbers=NUMBERS)
        return next(each.is_done for each in due if each.check.key == "lithium")

    lithium = takes("lithium", changes=(50,))
    assert not done(exposure=lithium)
    assert not done(seen("lithium", 40, 0.7), exposure=lithium)
    assert not done(seen("lithium", 50, 0.7), exposure=lithium)
    assert done(seen("lithium", 58, 0.7), exposure=lithium)


def test_what_is_critical_is_for_the_prescriber_and_whoever_is_on_duty_and_the_care_manager_hears_of_it() -> None:
    found = finding(CRITICAL, of(seen("anc", 5, 500), episode=episode(Phase.PAUSED, paused_until=day(200))), 6)

    assert found is not None
    assert found.audience == ("clinician", "duty", "care_manager")
    assert rule(CRITICAL).family is Family.MEDICATION


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({-20: 80, 60: 84}, "action"),
        ({-20: 80, 60: 83.9}, None),
        ({10: 80, 60: 84}, "action"),
        ({40: 80, 60: 84}, None),  # nobody weighed when it began
        ({-100: 70, 60: 84}, None),
    ],
)
def test_five_percent_heavier_than_when_the_antipsychotic_began_is_out_of_range(
    weights: dict[int, float], expected: str | None
) -> None:
    heavier = of(*(seen("weight", on, kilos) for on, kilos in weights.items()), exposures=[takes("antipsychotic")])

    assert tier(RANGE, heavier, 61) == expected


@pytest.mark.parametrize(
    ("stopped", "expected"), [(None, "action"), (80, "action"), (9, "action"), (8, None)]
)  # the first goes on, is replaced, or ended a quarter of a year before the second or longer ago
def test_another_antipsychotic_takes_nothing_off_the_weight_gained(stopped: int | None, expected: str | None) -> None:
    running = [takes("antipsychotic", since=100)]
    if stopped is None:
        running.append(takes("antipsychotic"))
    treatment = TreatmentFacts(
        exposures=tuple(running),
        antipsychotics=(antipsychotic("olanzapine", 0, stopped), antipsychotic("aripiprazole", 100)),
    )
    heavier = case(physical=physical(seen("weight", 0, 80), seen("weight", 99, 91)), treatment=treatment)

    assert tier(RANGE, heavier, 110) == expected
    if expected:
        assert "14 % above 80" in sentence(RANGE, heavier, 110)


WEIGHED_BEFORE = of(seen("weight", -20, 80), seen("weight", 60, 84), exposures=[takes("antipsychotic")])
WEIGHED_AFTER = of(seen("weight", 10, 80), seen("weight", 60, 84), exposures=[takes("antipsychotic")])
SWITCHED = case(
    physical=physical(seen("weight", 0, 80), seen("weight", 99, 91)),
    treatment=TreatmentFacts(
        exposures=(takes("antipsychotic", since=100),),
        antipsychotics=(antipsychotic("olanzapine", 0, 40), antipsychotic("aripiprazole", 100)),
    ),
)
COUNTED_BEFORE = of(seen("anc", -60, 2000), exposures=[takes("clozapine")])


@pytest.mark.parametrize(
    ("rule_id", "known", "on", "number", "holds_from"),
    [
        (RANGE, WEIGHED_BEFORE, 61, f"{DUE}.baseline", 20),
        (RANGE, WEIGHED_AFTER, 61, f"{RANGE}.first_weight_within", 10),
        (RANGE, SWITCHED, 110, f"{RANGE}.followed_within", 60),
        (DUE, COUNTED_BEFORE, 6, f"{DUE}.baseline", 60),
    ],
)
def test_a_clinic_says_how_far_from_a_start_its_first_check_lies_and_how_soon_one_medicine_follows_another(
    rule_id: str, known: CaseSnapshot, on: int, number: str, holds_from: int
) -> None:
    def set_to(days: int) -> str | None:
        return tier(rule_id, known, on, NUMBERS.at_clinic({number: ClinicNumber(days)}))

    gained_or_nothing_due = "action" if rule_id == RANGE else None
    assert set_to(holds_from) == tier(rule_id, known, on) == gained_or_nothing_due
    assert set_to(holds_from - 1) != gained_or_nothing_due
    assert number in rule(rule_id).parameters
    with pytest.raises(InvalidParameter, match="not switched off"):
        NUMBERS.at_clinic({number: ClinicNumber(None)})


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
    known = of(*(seen("anc", on, value) for on, value in done.items()), exposures=[takes("clozapine", since=since)])

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
    known = of(
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
    found = finding(GAP, of(*(seen(kind, at, 5) for kind, at in done.items())), on)

    assert (found and found.sentence) == expected
    assert found is None or found.tier == "reminder"


def heard(known: CaseSnapshot, on: int) -> bool:
    found = finding(DUE, known, on)
    return found is not None and found.tier == "action" and rule(DUE).has_to_be_heard(found.evidence)


@pytest.mark.parametrize(
    ("known", "on", "expected"),
    [
        (of(exposures=[takes("antipsychotic")]), 200, False),
        (of(exposures=[takes("lithium")]), 200, False),
        (of(exposures=[CLOZAPINE]), 1, False),
        (of(exposures=[CLOZAPINE]), 2, True),
        (of(seen("anc", 190, 2000), exposures=[takes("clozapine", "antipsychotic", since=-200)]), 200, False),
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
        (of(seen("anc", 0, 2000), exposures=[takes("clozapine")]), 10, 7),
        (of(seen("anc", 190, 2000), exposures=[takes("clozapine")]), 210, 14),
        (of(seen("anc", 0, 1200), exposures=[takes("clozapine")]), 10, 2),
        (of(seen("anc", 0, 900), exposures=[takes("clozapine")]), 10, 1),
        (of(exposures=[takes("lithium")]), 10, 7),
        (of(*(seen(kind, 0, 80) for kind in ("weight", "waist")), exposures=[takes("antipsychotic")]), 40, 14),
        (case(treatment=TreatmentFacts(injections=(injection(10),))), 60, 14),
    ],
)
def test_what_is_due_is_put_off_for_no_longer_than_lies_between_two(known: CaseSnapshot, on: int, days: int) -> None:
    found = finding(DUE, known, on)

    assert found is not None
    assert rule(DUE).days_at_most(14, found.evidence) == days


@pytest.mark.parametrize(
    ("count", "taken", "rule_id", "days"),
    [
        (1200, [CLOZAPINE], RANGE, 2),
        (900, [CLOZAPINE], CRITICAL, 1),
        (1200, [], RANGE, 56),
        (900, [], CRITICAL, 56),
    ],
)
def test_a_low_count_somebody_closed_is_told_again_as_soon_as_clozapine_asks_for_the_next(
    count: float, taken: list[Exposure], rule_id: str, days: int
) -> None:
    found = finding(rule_id, of(seen("anc", 5, count), exposures=taken), 6)

    assert found is not None
    assert rule(rule_id).days_at_most(56, found.evidence) == days


def test_after_care_has_ended_only_a_result_entered_since_is_critical() -> None:
    def left(*entered_since: str) -> CaseSnapshot:
        ended = episode(Phase.ENDED, ended_on=day(20))
        observed = physical(seen("anc", 10, 800), seen("lithium", 15, 1.6, entered=21))
        return case(episode=ended, physical=replace(observed, entered_after_end=frozenset(entered_since)))

    assert tier(CRITICAL, left(), 22) is None
    assert tier(CRITICAL, left("lithium 15"), 22) == "urgent"
    assert sentence(CRITICAL, left("lithium 15"), 22) == (
        "Lithium level 1.6, at or above 1.5 (20 Jan 2026, 7 days ago); "
        "entered after care here ended on 25 Jan 2026: act today"
    )
    assert tier(RANGE, left("lithium 15"), 22) is None


def test_the_yearly_check_rests_with_care_and_medicines_do_not() -> None:
    paused = of(seen("anc", 99, 800), episode=episode(Phase.PAUSED, paused_until=day(200)))

    assert {each.rule for each in evaluate(paused, day(100), NUMBERS).findings} == {CRITICAL}


def test_every_protocol_asks_for_a_check_that_exists_by_numbers_that_exist() -> None:
    for protocol in protocols():
        assert protocol.check in catalogue().checks
        assert protocol.exposure in {*medicines(), "antipsychotic"}
        assert all(id_ in NUMBERS.parameters for id_ in protocol.parameters)
        assert protocol.source
        assert protocol.stages[-1].until is None
