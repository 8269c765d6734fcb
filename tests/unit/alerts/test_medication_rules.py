"""What of a result is critical for a medicine, or out of its range. Tables of days."""

from dataclasses import replace

import pytest

from registry.alerts.parameters import ClinicNumber, InvalidParameter
from registry.alerts.physical_facts import Observed
from registry.alerts.rulebook import Family, evaluate, rule
from registry.alerts.rulebook.monitoring import checks_due
from registry.alerts.snapshot import CaseSnapshot, Exposure, Phase, TreatmentFacts
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
    watched,
)

CRITICAL, RANGE, DUE = "medication.critical", "medication.out-of-range", "medication.due"

SIGNED = signed(CRITICAL, DUE)
CLOZAPINE = takes("clozapine", "antipsychotic")
BEN = seen("ben", -300, choice="yes")


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
    known = watched(*observed)

    assert (tier(CRITICAL, known, 10), tier(RANGE, known, 10)) == (critical, out_of_range)


def test_a_level_below_its_range_speaks_of_whoever_takes_the_medicine() -> None:
    low = watched(seen("lithium", 5, 0.5), exposures=[takes("lithium")])

    assert tier(RANGE, low, 10) == "action"
    assert sentence(RANGE, low, 10) == "Lithium level 0.5, below 0.6 (10 Jan 2026, 5 days ago)"


@pytest.mark.parametrize(
    ("known", "on", "as_shipped", "where_signed"),
    [
        (watched(seen("qtc", 5, 500)), 10, None, "urgent"),
        (watched(seen("qtc", 5, 499)), 10, None, None),
        (watched(exposures=[takes("clozapine", last_taken=10)]), 11, None, None),
        (watched(exposures=[takes("clozapine", last_taken=10)]), 12, None, "urgent"),
        (watched(exposures=[takes("clozapine")]), 12, None, None),
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
        (watched(seen("pregnancy", 5, choice="pregnant"), exposures=[takes("valproate")]), 6, "urgent", "urgent"),
        (watched(seen("pregnancy", 5, choice="pregnant"), exposures=[takes("lithium")]), 6, None, None),
        (
            watched(
                seen("pregnancy", 5, choice="not-pregnant"),
                replace(seen("pregnancy", 5, choice="pregnant"), id="other"),
                exposures=[takes("valproate")],
            ),
            6,
            "urgent",
            "urgent",
        ),
        (watched(seen("pregnancy", 5, choice="not-pregnant"), exposures=[takes("valproate")]), 6, None, None),
        (watched(seen("pregnancy", 5, choice="pregnant"), exposures=[takes("valproate")]), 299, None, None),
    ],
)
def test_what_stands_on_consensus_is_told_only_where_somebody_signed(
    known: CaseSnapshot, on: int, as_shipped: str | None, where_signed: str | None
) -> None:
    assert (tier(CRITICAL, known, on), tier(CRITICAL, known, on, SIGNED)) == (as_shipped, where_signed)


def test_a_critical_value_is_urgent_however_late_it_was_entered_and_after_a_quarter_of_a_year_out_of_range() -> None:
    late, soon = watched(seen("anc", 0, 900, entered=15)), watched(seen("anc", 0, 900))

    assert tier(CRITICAL, late, 20) == "urgent", "nobody has measured since"
    assert sentence(CRITICAL, late, 20) == "Neutrophils (ANC) 900, below 1000 (5 Jan 2026, 20 days ago): act today"
    assert (tier(CRITICAL, soon, 91), tier(RANGE, soon, 91)) == ("urgent", None)
    assert (tier(CRITICAL, soon, 92), tier(RANGE, soon, 92)) == (None, "action")
    assert tier(RANGE, soon, 366) is None
    qtc = watched(seen("qtc", 0, 520))
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
    found = finding(CRITICAL, watched(seen("anc", 5, 500), episode=episode(Phase.PAUSED, paused_until=day(200))), 6)

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
    heavier = watched(*(seen("weight", on, kilos) for on, kilos in weights.items()), exposures=[takes("antipsychotic")])

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


WEIGHED_BEFORE = watched(seen("weight", -20, 80), seen("weight", 60, 84), exposures=[takes("antipsychotic")])
WEIGHED_AFTER = watched(seen("weight", 10, 80), seen("weight", 60, 84), exposures=[takes("antipsychotic")])
SWITCHED = case(
    physical=physical(seen("weight", 0, 80), seen("weight", 99, 91)),
    treatment=TreatmentFacts(
        exposures=(takes("antipsychotic", since=100),),
        antipsychotics=(antipsychotic("olanzapine", 0, 40), antipsychotic("aripiprazole", 100)),
    ),
)
COUNTED_BEFORE = watched(seen("anc", -60, 2000), exposures=[takes("clozapine")])


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
    found = finding(rule_id, watched(seen("anc", 5, count), exposures=taken), 6)

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
        "Lithium level 1.6, at or above 1.5 (20 Jan 2026, 7 days ago); care here ended on 25 Jan 2026: act today"
    )
    assert tier(RANGE, left("lithium 15"), 22) is None
