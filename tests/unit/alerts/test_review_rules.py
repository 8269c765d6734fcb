"""Who is due in the queue, and which recommendations nobody has answered."""

import pytest

from registry.alerts.parameters import ClinicNumber
from registry.alerts.snapshot import CaseSnapshot, Phase, ReviewFacts, TrackedMeasure
from tests.unit.alerts.cases import (
    NUMBERS,
    case,
    day,
    episode,
    finding,
    measure,
    measured,
    on_ward,
    order,
    psychosis,
    reviewed,
    sentence,
    tier,
)
from tests.unit.measures.builders import depression_scale

DUE, OPEN, UNDONE = "review.due", "review.open", "review.undone"
ENGAGING, MAINTAINING = Phase.ENGAGING, Phase.MAINTAINING


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("new: in the queue from enrolment", reviewed(None), 0, "queue"),
        ("new, day 13", reviewed(None), 13, "queue"),
        ("new, day 14", reviewed(None), 14, "action"),
        ("a review of an earlier episode does not count", reviewed(-30), 0, "queue"),
        ("active, 55 days after the review", reviewed(10), 65, None),
        ("active, 8 weeks", reviewed(10), 66, "queue"),
        ("active, 10 weeks less a day", reviewed(10), 79, "queue"),
        ("active, 10 weeks", reviewed(10), 80, "action"),
        ("engaging, 27 days", reviewed(10, ENGAGING), 37, None),
        ("engaging, 4 weeks", reviewed(10, ENGAGING), 38, "queue"),
        ("engaging, 6 weeks", reviewed(10, ENGAGING), 52, "action"),
        ("maintaining: no interval until a clinic adopts one", reviewed(10, MAINTAINING), 400, None),
        (
            "maintaining, on the day the review asked for",
            reviewed(10, MAINTAINING, look_again_on=day(100)),
            100,
            "queue",
        ),
        ("asked for earlier than the interval", reviewed(10, look_again_on=day(31)), 30, None),
        ("on the day asked for", reviewed(10, look_again_on=day(31)), 31, "queue"),
        ("asked for later than the interval", reviewed(10, look_again_on=day(94)), 93, None),
        ("on the later day asked for", reviewed(10, look_again_on=day(94)), 94, "queue"),
        ("referred", case(episode=episode(Phase.REFERRED, enrolled_on=None)), 100, None),
        ("ended", case(episode=episode(Phase.ENDED)), 100, None),
        ("on a ward", case(setbacks=(on_ward(2),)), 100, None),
        ("paused", case(episode=episode(Phase.PAUSED, paused_until=day(50))), 49, None),
        ("after the pause", case(episode=episode(Phase.PAUSED, paused_until=day(50))), 50, "action"),
    ],
)
def test_a_review_is_due_by_phase_and_becomes_an_action_two_weeks_later(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(DUE, of, on) == expected, why


UNJUDGED = depression_scale(cutoff=None)


@pytest.mark.parametrize(
    ("why", "primary", "on", "expected"),
    [
        ("no cut-off and no target, day 55", measure({0: 20}, scale=UNJUDGED, target=None), 65, None),
        ("no cut-off and no target, 8 weeks", measure({0: 20}, scale=UNJUDGED, target=None), 66, "queue"),
        ("no cut-off, but a target", measure({0: 20}, scale=UNJUDGED), 400, None),
        ("a response and its level are published", psychosis({0: 47}), 400, None),
        ("no score yet, and nothing to judge it by", measure({}, scale=UNJUDGED, target=None), 66, "queue"),
    ],
)
def test_whoever_no_score_can_judge_keeps_the_pace_of_active_treatment_while_maintaining(
    why: str, primary: TrackedMeasure, on: int, expected: str | None
) -> None:
    maintained = measured(primary, episode=episode(MAINTAINING), reviews=ReviewFacts(last_on=day(10)))

    assert tier(DUE, maintained, on) == expected, why


def test_a_review_of_somebody_no_score_can_judge_says_so() -> None:
    unjudged = measured(measure({0: 20}, scale=UNJUDGED, target=None, label="CES-D"))

    assert sentence(DUE, unjudged, 3) == (
        "Never reviewed: enrolled 5 Jan 2026 (3 days ago); "
        "no target for CES-D, so no score says whether treatment works"
    )


@pytest.mark.parametrize(("on", "expected"), [(177, None), (178, "queue"), (192, "action")])
def test_a_clinic_that_adopts_an_interval_reviews_people_in_maintenance(on: int, expected: str | None) -> None:
    adopted = NUMBERS.at_clinic({"review.due.maintaining": ClinicNumber(168)})

    assert tier(DUE, reviewed(10, MAINTAINING), on, adopted) == expected


def test_a_review_due_says_since_when_and_why() -> None:
    assert sentence(DUE, reviewed(None), 9) == "Never reviewed: enrolled 5 Jan 2026 (9 days ago)"
    assert sentence(DUE, reviewed(10), 73) == "Review due since 12 Mar 2026; last reviewed 15 Jan 2026, 9 weeks ago"
    assert sentence(DUE, reviewed(10, look_again_on=day(31)), 31) == (
        "Review due since 5 Feb 2026, the day the review asked for; last reviewed 15 Jan 2026, 3 weeks ago"
    )


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("13 days", reviewed(0, undecided=(order(0),)), 13, None),
        ("14 days", reviewed(0, undecided=(order(0),)), 14, "action"),
        ("nothing undecided", reviewed(0), 50, None),
        ("ended", reviewed(0, Phase.ENDED, undecided=(order(0),)), 50, None),
        ("on a ward", case(reviews=reviewed(0, undecided=(order(0),)).reviews, setbacks=(on_ward(2),)), 50, "action"),
    ],
)
def test_a_recommendation_may_wait_two_weeks(why: str, of: CaseSnapshot, on: int, expected: str | None) -> None:
    assert tier(OPEN, of, on) == expected, why


def test_the_oldest_undecided_recommendation_is_quoted_and_the_others_counted() -> None:
    waiting = reviewed(9, undecided=(order(9), order(0, text="Add lithium.")))

    assert sentence(OPEN, waiting, 22) == (
        "Recommendation of 5 Jan 2026 undecided for 22 days: Add lithium (to Dr Okafor)"
    )
    assert sentence(OPEN, waiting, 23).endswith("; 1 more undecided")
    found = finding(OPEN, waiting, 23)
    assert found is not None
    assert found.since == day(14)
    assert found.audience == ("clinician", "care_manager", "psychiatrist")


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("27 days", reviewed(0, undone=(order(0, decided_on=day(3)),)), 30, None),
        ("28 days", reviewed(0, undone=(order(0, decided_on=day(3)),)), 31, "action"),
        ("nothing undone", reviewed(0), 90, None),
        ("not decided yet", reviewed(0, undecided=(order(0),)), 90, None),
        ("ended", reviewed(0, Phase.ENDED, undone=(order(0, decided_on=day(3)),)), 90, None),
    ],
)
def test_what_was_accepted_is_done_within_four_weeks(why: str, of: CaseSnapshot, on: int, expected: str | None) -> None:
    assert tier(UNDONE, of, on) == expected, why


def test_the_oldest_recommendation_not_carried_out_is_quoted_and_the_others_counted() -> None:
    waiting = reviewed(9, undone=(order(9, decided_on=day(12)), order(0, text="Add lithium.", decided_on=day(2))))

    assert sentence(UNDONE, waiting, 33) == (
        "Accepted on 7 Jan 2026 and not done after 31 days: Add lithium (to Dr Okafor); "
        "mark it done, or decline it with the reason"
    )
    assert sentence(UNDONE, waiting, 40).endswith("; 1 more not done")
    found = finding(UNDONE, waiting, 40)
    assert found is not None
    assert found.since == day(30)
    assert found.audience == ("clinician", "care_manager", "psychiatrist")
