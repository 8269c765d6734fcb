"""More psychosis: by a total, by one rating, by how ill somebody is overall. Off until a psychiatrist signs."""

import pytest

from registry.alerts.parameters import ClinicNumber
from registry.alerts.rulebook import is_news, rule
from registry.alerts.snapshot import CaseSnapshot, Phase
from registry.measures.psychosis import JudgedAs
from tests.unit.alerts.cases import (
    NUMBERS,
    SHIPPED,
    case,
    day,
    episode,
    finding,
    measure,
    measured,
    psychosis,
    rated,
    sentence,
    signed,
    tier,
)

PSYCHOSIS = "target.psychosis"
SIGNED = signed(PSYCHOSIS)
SYMPTOM, DOMAIN, SEVERITY = JudgedAs.SYMPTOMS, JudgedAs.DOMAINS, JudgedAs.SEVERITY


@pytest.mark.parametrize(
    ("why", "scores", "expected"),
    [
        ("up by a fifth of 30", {0: 48, 28: 54}, "action"),
        ("up by less than a fifth", {0: 48, 28: 53}, None),
        ("a fifth of a low baseline, under 5 points", {0: 28, 28: 32}, None),
        ("5 points from a low baseline", {0: 28, 28: 33}, "action"),
        ("down again", {0: 48, 28: 54, 56: 50}, None),
        ("no follow-up", {0: 48}, None),
    ],
)
def test_psychosis_is_worse_by_the_numbers_a_clinic_has_signed_for(
    why: str, scores: dict[int, float], expected: str | None
) -> None:
    of = measured(psychosis(scores))

    assert tier(PSYCHOSIS, of, 60, SIGNED) == expected, why
    assert tier(PSYCHOSIS, of, 60) is None, "mere consensus is off until then"


def test_worse_psychosis_is_the_psychiatrists_and_says_how_far_it_rose() -> None:
    of = measured(psychosis({0: 48, 28: 54}))
    found = finding(PSYCHOSIS, of, 30, SIGNED)

    assert found is not None
    assert found.audience == ("psychiatrist",)
    assert rule(PSYCHOSIS).must_be_heard, "the psychiatrist may be on leave"
    assert found.sentence == "More psychotic symptoms: BPRS-18 48 → 54 (+6 points, 2 days ago)"


@pytest.mark.parametrize(
    ("why", "judged_as", "ratings", "expected"),
    [
        ("moderate, and up by 2", SYMPTOM, {0: 2, 28: 4}, "action"),
        ("moderate, and up by 1", SYMPTOM, {0: 3, 28: 4}, None),
        ("up by 2, and mild", SYMPTOM, {0: 1, 28: 3}, None),
        ("severe at first, and no more since", SYMPTOM, {0: 6, 28: 6}, None),
        ("severe at first, better, and back", SYMPTOM, {0: 6, 28: 3, 56: 6}, "action"),
        ("and still so", SYMPTOM, {0: 6, 28: 3, 56: 3, 84: 6, 112: 6}, "action"),
        ("one low rating is no level held", SYMPTOM, {0: 6, 28: 3, 56: 6, 84: 6}, None),
        ("better again", SYMPTOM, {0: 2, 28: 5, 56: 3}, None),
        ("the first rating", SYMPTOM, {0: 7}, None),
        ("before this course of treatment", SYMPTOM, {-30: 1, 0: 5}, None),
        ("markedly ill, and up by 1", SEVERITY, {0: 4, 28: 5}, "action"),
        ("up by 1, and moderately ill", SEVERITY, {0: 3, 28: 4}, None),
        ("a domain newly present", DOMAIN, {0: 1, 28: 2}, "action"),
        ("present at first", DOMAIN, {0: 2, 28: 2}, None),
        ("moderate, and up by 1", DOMAIN, {0: 2, 28: 3}, "action"),
        ("better", DOMAIN, {0: 3, 28: 2}, None),
    ],
)
def test_one_rating_says_it_by_the_numbers_a_clinic_has_signed_for(
    why: str, judged_as: JudgedAs, ratings: dict[int, int], expected: str | None
) -> None:
    of = case(psychosis=(rated(ratings, judged_as=judged_as),))

    assert tier(PSYCHOSIS, of, 120, SIGNED) == expected, why
    assert tier(PSYCHOSIS, of, 120) is None, "mere consensus is off until then"
    assert tier(PSYCHOSIS, case(psychosis=of.psychosis, episode=episode(Phase.ENDED)), 120, SIGNED) is None


def test_every_criterion_is_named_in_the_words_of_what_it_says() -> None:
    of = measured(
        psychosis({0: 48, 28: 54}),
        psychosis=(
            rated({0: 2, 28: 5}),
            rated({0: 3, 28: 7}, judged_as=SEVERITY, key="cgi:severity", label="CGI-S severity"),
        ),
    )

    assert sentence(PSYCHOSIS, of, 30, SIGNED) == (
        "More psychotic symptoms: BPRS-18 48 → 54 (+6 points, 2 days ago); "
        "More psychotic symptoms: BPRS-18 hallucinatory behavior 2 → 5 (2 days ago); "
        "More ill overall: CGI-S severity 3 → 7 (2 days ago)"
    )


def test_one_criterion_alone_may_be_signed_for() -> None:
    of = measured(psychosis({0: 48, 28: 54}), psychosis=(rated({0: 2, 28: 5}),))
    numbers = {f"{PSYCHOSIS}.symptom_level": ClinicNumber(4), f"{PSYCHOSIS}.symptom_rise": ClinicNumber(2)}
    found = finding(PSYCHOSIS, of, 30, NUMBERS.at_clinic(numbers))

    assert found is not None
    assert (found.evidence["measures"], found.since) == ([], day(28))
    assert "BPRS-18 48" not in found.sentence


def voices(*ratings: int) -> CaseSnapshot:
    return case(psychosis=(rated({28 * nth: value for nth, value in enumerate(ratings)}),))


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        (voices(2, 4), voices(2, 4, 4), False),
        (voices(2, 4), voices(2, 4, 5), True),
        (voices(2, 6), voices(2, 6, 5), False),
        (voices(2, 4), case(psychosis=(*voices(2, 4).psychosis, rated({0: 1, 28: 4}, key="bprs-18:11"))), True),
    ],
)
def test_a_rating_is_told_again_where_it_rises_further_or_another_joins_it(
    told: CaseSnapshot, now: CaseSnapshot, expected: bool
) -> None:
    before, after = finding(PSYCHOSIS, told, 100, SIGNED), finding(PSYCHOSIS, now, 100, SIGNED)

    assert before is not None
    assert after is not None
    assert is_news(PSYCHOSIS, before.evidence, after.evidence) is expected


def test_going_back_to_active_treatment_because_of_it_ends_nothing() -> None:
    """Well while maintaining, voices on day 56, and a new course of treatment from the next day."""
    returned = case(episode=episode(course_started_on=day(57)), psychosis=(rated({-28: 1, 0: 1, 28: 1, 56: 5, 84: 5}),))

    for on in (57, 84):
        found = finding(PSYCHOSIS, returned, on, SIGNED)
        assert found is not None
        assert found.since == day(56)


def test_negative_symptoms_are_no_psychosis() -> None:
    key = "psrs-bnsa:negative"
    flat = measure({0: 8, 28: 20}, key=key, domain=SHIPPED.domain_of(key), scale=SHIPPED.scale(key), target=None)

    assert tier(PSYCHOSIS, measured(flat), 30, SIGNED) is None
