"""Which scores are due, in one line a patient."""

import pytest

from registry.alerts.snapshot import CaseSnapshot, Phase
from tests.unit.alerts.cases import case, day, episode, finding, mania, measure, measured, on_ward, sentence, tier

DUE = "measure.due"
MAINTAINING = episode(Phase.MAINTAINING)


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("35 days old", measured(measure({0: 14})), 35, None),
        ("36 days old: older than 35", measured(measure({0: 14})), 36, "reminder"),
        ("engaging keeps the same pace", measured(measure({0: 14}), episode=episode(Phase.ENGAGING)), 36, "reminder"),
        ("a score of 0 is a score", measured(measure({0: 14, 20: 0})), 36, None),
        ("a newer score", measured(measure({0: 14, 30: 12})), 65, None),
        ("never taken, day 13", measured(measure({})), 13, None),
        ("never taken, day 14: the baseline is due", measured(measure({})), 14, "reminder"),
        ("another measure, 90 days old", measured(mania({0: 2})), 90, None),
        ("another measure, a quarter old", measured(mania({0: 2})), 91, "reminder"),
        ("another measure never taken", measured(mania({})), 90, None),
        ("another measure not taken for a quarter", measured(mania({})), 91, "reminder"),
        ("maintaining: quarterly", measured(measure({0: 3}), episode=MAINTAINING), 90, None),
        ("maintaining, a quarter old", measured(measure({0: 3}), episode=MAINTAINING), 91, "reminder"),
        ("nothing tracked", case(), 400, None),
        ("referred", measured(measure({}), episode=episode(Phase.REFERRED)), 400, None),
        ("ended", measured(measure({}), episode=episode(Phase.ENDED)), 400, None),
        ("paused", measured(measure({}), episode=episode(Phase.PAUSED, paused_until=day(80))), 79, None),
        ("on a ward", measured(measure({}), setbacks=(on_ward(3),)), 400, None),
    ],
)
def test_a_measure_is_due_by_its_age(why: str, of: CaseSnapshot, on: int, expected: str | None) -> None:
    assert tier(DUE, of, on) == expected, why


def test_one_line_says_everything_that_is_due_the_metric_primary_first() -> None:
    both = measured(mania({0: 2}), measure({0: 14, 55: 9}), mania({}, label="BPRS-18"))

    assert sentence(DUE, both, 91) == (
        "Due: PHQ-9 (last 1 Mar 2026, 36 days ago); ASRM (last 5 Jan 2026, 91 days ago); "
        "BPRS-18 (none since treatment began 5 Jan 2026, 91 days ago)"
    )


def test_a_returning_patient_is_counted_from_the_new_course() -> None:
    returned = measured(measure({}), episode=episode(course_started_on=day(100)))

    assert tier(DUE, returned, 113) is None
    assert tier(DUE, returned, 114) == "reminder"


def test_it_stands_since_the_first_of_them_was_due() -> None:
    found = finding(DUE, measured(measure({0: 14}), mania({0: 2})), 95)

    assert found is not None
    assert found.since == day(36)
