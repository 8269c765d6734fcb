"""The whole rulebook over one case."""

import json
from datetime import timedelta

import pytest

from registry.alerts.rulebook import RULEBOOK, Family, Tier, evaluate, rule, rulebook_fingerprint, words
from registry.alerts.rulebook.backlog import DAYS, LATE_BY
from registry.alerts.snapshot import CaseSnapshot, Phase, ReviewFacts
from tests.unit.alerts.cases import (
    HOUSING,
    NUMBERS,
    answer,
    case,
    circumstances,
    day,
    episode,
    mania,
    measure,
    measured,
    of_safety,
    on_ward,
    order,
    report,
    told,
)

TROUBLED = of_safety(
    answer(90),
    reports=(report(91),),
    measures=(measure({0: 12, 28: 4, 56: 4, 84: 20}), mania({84: 9})),
    reviews=ReviewFacts(last_on=day(60), undecided=(order(60),)),
    circumstances=(circumstances("housing", HOUSING, {0: "stable", 70: "homeless"}),),
)


def test_what_is_told_first_is_what_presses_most() -> None:
    assert told(TROUBLED, 100) == [
        ("safety.self-harm", "urgent"),
        ("safety.reported", "urgent"),
        ("target.mixed", "action"),
        ("target.relapse", "action"),
        ("target.worse", "action"),
        ("target.off", "action"),
        ("engage.no-contact", "action"),
        ("social.loss", "action"),
        ("review.open", "action"),
        ("health.gap", "reminder"),
    ]


def test_tiers_rank_from_urgent_to_queue() -> None:
    assert sorted(Tier, key=lambda tier: tier.rank) == [Tier.URGENT, Tier.ACTION, Tier.REMINDER, Tier.QUEUE]


def test_a_death_leaves_only_safety_to_be_read() -> None:
    dead = CaseSnapshot(
        "p1", TROUBLED.episode, TROUBLED.safety, measures=TROUBLED.measures, reviews=TROUBLED.reviews, died_on=day(95)
    )

    assert told(dead, 100) == [("safety.self-harm", "action"), ("safety.reported", "action")]
    assert evaluate(dead, day(100), NUMBERS).settled["target.off"] == "Died on 10 Apr 2026"


@pytest.mark.parametrize(
    ("resting", "because"),
    [
        (
            {"episode": episode(Phase.PAUSED, paused_until=day(120))},
            "Paused until 5 May 2026",
        ),
        (
            {"setbacks": (on_ward(80),)},
            "Resting since 26 Mar 2026: in hospital, in jail or in crisis care",
        ),
    ],
)
def test_a_pause_or_a_stay_elsewhere_rests_everything_but_safety_orders_and_loss(
    resting: dict[str, object], because: str
) -> None:
    facts = {
        "safety": TROUBLED.safety,
        "measures": TROUBLED.measures,
        "reviews": TROUBLED.reviews,
        "circumstances": TROUBLED.circumstances,
    }
    evaluation = evaluate(case(**(facts | resting)), day(100), NUMBERS)

    told = [each.rule for each in evaluation.findings]
    assert told == ["safety.self-harm", "safety.reported", "social.loss", "review.open"]
    assert evaluation.settled["engage.no-contact"] == because


def test_a_pause_is_looked_at_again_on_the_day_it_ends() -> None:
    paused = measured(measure({0: 20}), episode=episode(Phase.PAUSED, paused_until=day(60)))

    assert evaluate(paused, day(10), NUMBERS).next_check_on == day(60)


def test_nobody_known_needs_nothing_and_is_never_looked_at_again() -> None:
    evaluation = evaluate(CaseSnapshot("p1"), day(0), NUMBERS)

    assert evaluation.findings == ()
    assert evaluation.next_check_on is None


def test_evidence_survives_being_stored_and_says_the_same() -> None:
    for found in evaluate(TROUBLED, day(100), NUMBERS).findings:
        stored = json.loads(json.dumps(found.evidence))

        assert words(found.rule, stored, day(100)) == found.sentence
        assert words(found.rule, stored, day(100) + timedelta(days=400))


def test_every_rule_is_written_down_once_with_its_source_and_reader() -> None:
    ids = [each.id for each in RULEBOOK]

    assert len(ids) == len(set(ids)) == 43
    named = {Family.SCREEN: "safety", Family.ORDER: "review"}
    for each in RULEBOOK:
        assert each.id.split(".")[0] == named.get(each.family, each.family.value)
        assert each.title
        assert each.source
        assert each.audience
        assert rule(each.id) is each
    assert {each.family for each in RULEBOOK} == set(Family)


def test_every_number_belongs_to_a_rule_and_every_rule_finds_its_numbers() -> None:
    used = {parameter for each in RULEBOOK for parameter in each.parameters}

    assert used | {LATE_BY, DAYS} == set(NUMBERS)


def test_a_revised_rule_changes_the_fingerprint() -> None:
    assert all(f"{each.id}:{each.version}" in rulebook_fingerprint() for each in RULEBOOK)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(KeyError):
        rule("target.unheard-of")
