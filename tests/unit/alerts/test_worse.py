"""When what goes on is told again: somebody got worse, or something was added."""

from dataclasses import replace

import pytest

from registry.alerts.life_facts import Setback
from registry.alerts.rulebook import is_news
from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.rulebook.worse import worse_scores
from registry.alerts.snapshot import (
    AnswerState,
    CaseSnapshot,
    InjectionDue,
    OpenOrder,
    Permission,
    ReviewFacts,
    TrackedMeasure,
)
from tests.unit.alerts.cases import (
    HOUSING,
    NUMBERS,
    WORK,
    answer,
    case,
    circumstances,
    day,
    finding,
    in_contact,
    injection,
    mania,
    mania_scale,
    measure,
    measured,
    of_safety,
    order,
    psychosis,
    report,
    signed,
    treated,
)
from tests.unit.measures.builders import depression_scale, figure, wellbeing_scale

CONSENSUS = signed("target.psychosis", "safety.screen-due", "safety.plan")


def phq9(*scores: float) -> CaseSnapshot:
    """A PHQ-9 of 12 at first, then every ten days."""
    return measured(measure(dict(zip(range(0, 100, 10), (12, *scores), strict=False))))


def gad7(*scores: float) -> tuple[TrackedMeasure, ...]:
    return (
        measure(
            dict(zip((0, 10, 20), scores, strict=False)), key="gad-7:total", label="GAD-7", is_metric_primary=False
        ),
    )


def both(phq: CaseSnapshot, *gad: float) -> CaseSnapshot:
    return replace(phq, measures=(*phq.measures, *gad7(*gad)))


def manic(*scores: float, reliable: float | None = None, depression: dict[int, float] | None = None) -> CaseSnapshot:
    scale = mania_scale(reliable_change=None if reliable is None else figure(reliable))
    asrm = mania(dict(zip((0, 10, 20), scores, strict=False)), scale=scale)
    return measured(*([measure(depression)] if depression else []), asrm)


def wellbeing(*scores: float) -> CaseSnapshot:
    return measured(measure(dict(zip((0, 10, 20), scores, strict=False)), scale=wellbeing_scale(), target=None))


def undecided(*orders: OpenOrder) -> CaseSnapshot:
    return case(reviews=ReviewFacts(last_on=day(0), undecided=orders))


def undone(*accepted: int) -> CaseSnapshot:
    return case(reviews=ReviewFacts(last_on=day(0), undone=tuple(order(on, decided_on=day(on)) for on in accepted)))


def injected(*injections: InjectionDue) -> CaseSnapshot:
    named = (replace(each, id=f"trial-{place}") for place, each in enumerate(injections))
    return case(treatment=treated(*named))


def ending(*whose: str) -> CaseSnapshot:
    return case(permissions=tuple(Permission(name, False, day(100)) for name in whose))


@pytest.mark.parametrize(
    ("rule", "why", "told", "now", "expected"),
    [
        ("target.worse", "up by the reliable change", (phq9(19), 10), (phq9(19, 24), 20), True),
        ("target.worse", "up by less", (phq9(19), 10), (phq9(19, 23), 20), False),
        ("target.worse", "drop by drop, each less than that", (phq9(19), 10), (phq9(19, 22, 25), 30), True),
        ("target.worse", "better, and still worse than at first", (phq9(25), 10), (phq9(25, 18), 20), False),
        ("target.worse", "older, and no new score", (phq9(19), 10), (phq9(19), 40), False),
        ("target.worse", "another measure too", (both(phq9(19), 4), 10), (both(phq9(19), 4, 12), 20), True),
        ("target.worse", "down where higher is better", (wellbeing(60, 45), 10), (wellbeing(60, 45, 35), 20), True),
        ("target.worse", "up where higher is better", (wellbeing(60, 35), 10), (wellbeing(60, 35, 45), 20), False),
        ("target.relapse", "further from the best", (phq9(6, 6, 14), 30), (phq9(6, 6, 14, 19), 40), True),
        ("target.off", "worse than when told", (phq9(9), 60), (phq9(9, 14), 60), True),
        ("target.off", "not known any more", (phq9(4), 60), (phq9(4), 90), False),
        ("target.early", "worse than when told", (phq9(12, 12, 11), 30), (phq9(12, 12, 16), 30), True),
        (
            "target.psychosis",
            "no reliable change published: nothing is said",
            (measured(psychosis({0: 30, 10: 50})), 10),
            (measured(psychosis({0: 30, 10: 50, 20: 90})), 20),
            False,
        ),
        ("target.mania", "no reliable change published", (manic(2, 9), 10), (manic(2, 9, 19), 20), False),
        ("target.mania", "up by one that is", (manic(2, 9, reliable=5), 10), (manic(2, 9, 14, reliable=5), 20), True),
        ("target.mania", "at the cut-off now", (manic(0, 5, reliable=4), 10), (manic(0, 5, 6, reliable=4), 20), True),
        (
            "target.mixed",
            "the depression is worse",
            (manic(2, 9, depression={0: 14}), 10),
            (manic(2, 9, depression={0: 14, 10: 19}), 10),
            True,
        ),
        ("review.open", "one more undecided", (undecided(order(0)), 20), (undecided(order(0), order(3)), 20), True),
        ("review.open", "one fewer", (undecided(order(0), order(3)), 20), (undecided(order(3)), 20), False),
        ("review.undone", "one more not done", (undone(0), 40), (undone(0, 9), 40), True),
        (
            "medication.due",
            "a second is due soon",
            (injected(injection(28)), 40),
            (injected(injection(28), injection(45)), 40),
            True,
        ),
        (
            "medication.due",
            "the second is late too",
            (injected(injection(28), injection(34)), 40),
            (injected(injection(28), injection(34)), 50),
            True,
        ),
        ("medication.due", "later still", (injected(injection(28)), 40), (injected(injection(28)), 60), False),
        ("legal.permission", "another ends", (ending("Rosa"), 80), (ending("Rosa", "Ada"), 80), True),
        ("measure.due", "another is due", (both(phq9(), 5), 40), (both(phq9(), 5), 100), True),
        ("engage.no-contact", "time to decide", (in_contact(0), 40), (in_contact(0), 90), True),
        ("engage.no-contact", "not yet", (in_contact(0), 40), (in_contact(0), 89), False),
        ("engage.no-contact", "decided long since", (in_contact(0), 90), (in_contact(0), 200), False),
        (
            "social.loss",
            "the job too",
            (case(circumstances=(circumstances("housing", HOUSING, {0: "stable", 9: "homeless"}),)), 30),
            (
                case(
                    circumstances=(
                        circumstances("housing", HOUSING, {0: "stable", 9: "homeless"}),
                        circumstances("work", WORK, {0: "competitive", 9: "none"}),
                    )
                ),
                30,
            ),
            True,
        ),
        (
            "safety.unknown",
            "left blank again",
            (of_safety(answer(0, AnswerState.BLANK)), 9),
            (of_safety(answer(0, AnswerState.BLANK), answer(5, AnswerState.BLANK)), 9),
            True,
        ),
        (
            "safety.screen-due",
            "admitted meanwhile",
            (case(), 100),
            (case(setbacks=(Setback("hospital-psychiatric", "Psychiatric hospital", day(101), None),)), 101),
            True,
        ),
        (
            "safety.plan",
            "harmed themselves again",
            (of_safety(reports=(report(1, code="self-harm"),)), 9),
            (of_safety(reports=(report(1, code="self-harm"), report(8, code="overdose"))), 9),
            True,
        ),
    ],
)
def test_what_is_news_of_a_finding_that_goes_on(
    rule: str, why: str, told: tuple[CaseSnapshot, int], now: tuple[CaseSnapshot, int], expected: bool
) -> None:
    before, after = (finding(rule, *each, CONSENSUS) for each in (told, now))
    assert before is not None, why
    assert after is not None, why
    assert is_news(rule, before.evidence, after.evidence) is expected, why


def test_nothing_is_news_to_who_was_told_the_same() -> None:
    found = finding("target.worse", phq9(19), 10, NUMBERS)
    assert found is not None
    assert not is_news("target.worse", found.evidence, found.evidence)


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        ("1-0", "2-0", True),
        ("2-0", "3-0", False),
        ("2-0", "4-0", True),
        ("2-0", "2-1", False),
        ("2-0", "0-2", True),
        ("3-2", "1-2", False),
    ],
)
def test_of_a_profile_a_rating_newly_present_or_up_by_the_points_that_count_is_news(
    told: str, now: str, expected: bool
) -> None:
    before, after = (
        Evidence(
            {
                "measures": [
                    {
                        "key": "crdpss:psychosis",
                        "better": "lower",
                        "latest": "4",
                        "reliable_change": None,
                        "ratings": {"latest": ratings, "newly_present": "2", "risen_by": "2"},
                    }
                ]
            }
        )
        for ratings in (told, now)
    )
    assert worse_scores("measures")(before, after) is expected


def test_a_clinic_that_signed_for_a_reliable_change_meanwhile_is_told_by_it() -> None:
    unsigned = measured(measure({0: 12, 10: 19}, scale=depression_scale(reliable_change=None)))
    found, now = finding("target.off", unsigned, 60), finding("target.off", phq9(19, 24), 60)
    assert found is not None
    assert now is not None
    assert is_news("target.off", found.evidence, now.evidence)
