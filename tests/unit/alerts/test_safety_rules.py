"""A positive answer, a reported danger, an unknown answer."""

from dataclasses import replace

import pytest

from registry.alerts.parameters import ClinicNumber
from registry.alerts.rulebook import evaluate
from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.rulebook.phrases import C_SSRS
from registry.alerts.rulebook.safety import is_immediate
from registry.alerts.snapshot import AnswerState, CaseSnapshot, Ground, Phase, SafetyAnswer, SafetyClosure, SafetyFacts
from registry.measures.instrument import SafetyTier
from tests.unit.alerts.cases import (
    NUMBERS,
    answer,
    case,
    day,
    episode,
    finding,
    measure,
    of_safety,
    on_ward,
    report,
    screen,
    sentence,
    tier,
    told,
)

POSITIVE, NEGATIVE = AnswerState.POSITIVE, AnswerState.NEGATIVE
BLANK, DECLINED, TOTAL_ONLY = AnswerState.BLANK, AnswerState.DECLINED, AnswerState.TOTAL_ONLY


def closed(on: int, *covers: Ground) -> SafetyClosure:
    return SafetyClosure(closed_on=day(on), covers=frozenset(covers))


@pytest.mark.parametrize(
    ("why", "answers", "expected"),
    [
        ("nothing on record", [], None),
        ("answered no", [answer(0, NEGATIVE)], None),
        ("positive", [answer(0)], "urgent"),
        ("positive and the other items missing", [answer(0, total_above_floor=None)], "urgent"),
        ("positive with a total of 1", [answer(0, total_above_floor=1)], "urgent"),
        ("entered 14 days later", [answer(0, entered=14)], "urgent"),
        ("entered 15 days later", [answer(0, entered=15)], "action"),
        ("an old positive beside a new one", [answer(0, entered=90), answer(90)], "urgent"),
        ("a later no does not clear it", [answer(0), answer(7, NEGATIVE)], "urgent"),
        ("a later no does not clear an old one either", [answer(0, entered=60), answer(61, NEGATIVE)], "action"),
        ("before enrolment", [answer(-40, entered=-40)], "urgent"),
    ],
)
def test_a_positive_answer_alerts_whatever_the_total(
    why: str, answers: list[SafetyAnswer], expected: str | None
) -> None:
    assert tier("safety.self-harm", of_safety(*answers), 100) == expected, why


@pytest.mark.parametrize(
    ("why", "answers", "expected", "immediate"),
    [
        ("only what can wait", [answer(0, tier=SafetyTier.ACTION)], "action", False),
        ("a danger under way", [answer(0, tier=SafetyTier.IMMEDIATE)], "urgent", True),
        ("the worst counts", [answer(0, tier=SafetyTier.ACTION), answer(0, id="b")], "urgent", False),
        (
            "a milder one later",
            [answer(0, tier=SafetyTier.IMMEDIATE), answer(9, tier=SafetyTier.ACTION)],
            "urgent",
            True,
        ),
        ("a danger of the past, entered late", [answer(0, entered=30, tier=SafetyTier.IMMEDIATE)], "action", False),
        (
            "a danger of the past beside one that can wait",
            [answer(0, entered=30, tier=SafetyTier.IMMEDIATE), answer(29, tier=SafetyTier.ACTION)],
            "action",
            False,
        ),
        ("no danger at all", [answer(0, NEGATIVE, tier=SafetyTier.IMMEDIATE)], None, False),
    ],
)
def test_it_is_as_pressing_as_the_worst_answer_says(
    why: str, answers: list[SafetyAnswer], expected: str | None, immediate: bool
) -> None:
    found = finding("safety.self-harm", of_safety(*answers), 30)

    assert (None if found is None else found.tier) == expected, why
    assert (found is not None and is_immediate(found.evidence)) is immediate, why


def test_a_danger_under_way_is_seen_beside_what_leads_the_alert() -> None:
    also = {"rule": "safety.self-harm", "evidence": {"is_immediate": True}}

    assert is_immediate({"reports": [], "also": [also]})
    assert not is_immediate({"reports": [], "also": []})


def test_a_death_leaves_a_danger_under_way_to_be_read() -> None:
    found = finding("safety.self-harm", of_safety(answer(0, tier=SafetyTier.IMMEDIATE), died_on=day(1)), 2)

    assert found is not None
    assert (found.tier, is_immediate(found.evidence)) == ("action", False)


def test_the_worst_answer_leads_and_says_what_it_calls_for() -> None:
    first, second = screen(0, "++")
    said = (replace(first, tier=SafetyTier.ACTION), replace(second, tier=SafetyTier.IMMEDIATE, calls_for="go there"))

    assert sentence("safety.self-harm", of_safety(*said, answer(7)), 8) == (
        "Screen item 2 positive (1), with item 1, on 5 Jan 2026; also PHQ-9 item 9 on 12 Jan 2026: go there"
    )


def test_a_screen_done_since_is_named_instead_of_asked_for() -> None:
    asked = of_safety(answer(0), *screen(0, "---"))

    assert sentence("safety.self-harm", asked, 1) == (
        "PHQ-9 item 9 positive (1: Several days) on 5 Jan 2026: Screen done on 5 Jan 2026, decide what follows"
    )
    assert sentence("safety.self-harm", of_safety(answer(0), *screen(0, "-?-")), 1).endswith(f"do a {C_SSRS} today")
    assert sentence("safety.self-harm", of_safety(*screen(0, "---"), answer(7)), 8).endswith(f"do a {C_SSRS} today")


def test_of_two_equally_pressing_answers_the_one_that_says_what_to_do_leads() -> None:
    first, *others = screen(0, "+--", calls_for="evaluate")

    assert sentence("safety.self-harm", of_safety(first, *others, answer(2)), 3) == (
        "Screen item 1 positive (1) on 5 Jan 2026; also PHQ-9 item 9 on 7 Jan 2026: evaluate"
    )


@pytest.mark.parametrize(
    ("why", "earlier", "expected"),
    [
        ("news", [], "urgent"),
        ("known from an earlier form", screen(0, "+"), "action"),
        ("an earlier no", screen(0, "-"), "urgent"),
        ("an earlier yes of another instrument", screen(0, "+", instrument="Other"), "urgent"),
        ("a later form", screen(9, "+"), "urgent"),
    ],
)
def test_a_danger_long_past_is_news_only_once(why: str, earlier: list[SafetyAnswer], expected: str) -> None:
    (again,) = screen(5, "+", tier_again=SafetyTier.ACTION)
    dealt_with = closed(1, *(each.ground for each in earlier))
    case_ = case(safety=SafetyFacts((*earlier, again), closures=(dealt_with,)))

    assert tier("safety.self-harm", case_, 9) == expected, why


def test_a_danger_long_past_and_nothing_new_is_called_a_static_risk() -> None:
    earlier, again = screen(0, "+--"), screen(5, "+--", tier_again=SafetyTier.ACTION, calls_for="go through the plan")
    new = replace(again[1], state=AnswerState.POSITIVE, tier=SafetyTier.ACTION, tier_again=None)
    dealt_with = closed(1, earlier[0].ground)
    known = case(safety=SafetyFacts((*earlier, *again), closures=(dealt_with,)))
    worse = case(safety=SafetyFacts((*earlier, again[0], new), closures=(dealt_with,)))

    assert sentence("safety.self-harm", known, 9).endswith("static risk (on record before); go through the plan")
    assert tier("safety.self-harm", worse, 9) == "action"
    assert "static risk" not in sentence("safety.self-harm", worse, 9)


@pytest.mark.parametrize(
    ("states", "tiers", "said"),
    [
        ("+?", ("action", "urgent"), "item 2 of this form not answered, ask today; at least call"),
        ("+d", ("urgent", "immediate"), "item 2 of this form not answered, ask today; at least call"),
        ("+?", ("urgent", "urgent"), "call"),
        ("+?", ("action", "action"), "call"),
        ("+-", ("action", "immediate"), "call"),
    ],
)
def test_a_worse_question_without_an_answer_is_asked_first(states: str, tiers: tuple[str, str], said: str) -> None:
    given = [
        replace(each, tier=SafetyTier(each_tier), calls_for="call")
        for each, each_tier in zip(screen(0, states), tiers, strict=True)
    ]

    assert sentence("safety.self-harm", of_safety(*given), 0).endswith(f"5 Jan 2026: {said}")


def test_a_closure_deals_with_the_answers_of_a_form_one_by_one() -> None:
    first, second = screen(0, "++")
    case_ = case(safety=SafetyFacts((first, second), closures=(closed(1, first.ground),)))
    found = finding("safety.self-harm", case_, 2)

    assert found is not None
    assert [facts.text("item_id") for facts in Evidence(found.evidence).each("answers")] == ["2"]


@pytest.mark.parametrize(
    "enrolled",
    [None, episode(Phase.REFERRED), episode(Phase.ENDED), episode(Phase.PAUSED, paused_until=day(60))],
    ids=["never enrolled", "referred", "ended", "paused"],
)
def test_safety_belongs_to_the_person_whatever_the_episode(enrolled: object) -> None:
    dangers = of_safety(answer(1), answer(0, BLANK), reports=(report(1),), episode=enrolled)

    assert told(dangers, 2) == [("safety.self-harm", "urgent"), ("safety.reported", "urgent")]


def test_an_open_life_event_never_suspends_safety() -> None:
    assert tier("safety.self-harm", of_safety(answer(1), setbacks=(on_ward(0),)), 2) == "urgent"


def test_a_closure_deals_with_the_answers_it_names_and_no_others() -> None:
    first, second = answer(0), answer(9)
    dealt_with = case(safety=SafetyFacts((first,), closures=(closed(3, first.ground),)))
    again = case(safety=SafetyFacts((first, second), closures=(closed(3, first.ground),)))

    assert tier("safety.self-harm", dealt_with, 10) is None
    assert tier("safety.self-harm", again, 10) == "urgent"
    found = finding("safety.self-harm", again, 10)
    assert found is not None
    assert found.since == day(9)


def test_after_a_death_answers_and_reports_are_still_read_but_nobody_is_asked_to_call() -> None:
    dead = of_safety(answer(0), answer(1, BLANK), reports=(report(1),), died_on=day(2))

    assert told(dead, 3) == [("safety.self-harm", "action"), ("safety.reported", "action")]
    assert sentence("safety.self-harm", dead, 3) == (
        "Review: PHQ-9 item 9 positive (1: Several days) on 5 Jan 2026; died on 7 Jan 2026"
    )


def test_a_positive_answer_says_what_was_answered_when_and_what_to_do() -> None:
    both = of_safety(answer(0), answer(7, value=3, answer="Nearly every day"))

    assert sentence("safety.self-harm", both, 7) == (
        "PHQ-9 item 9 positive (3: Nearly every day) on 12 Jan 2026; also 5 Jan 2026: "
        "do a C\N{NON-BREAKING HYPHEN}SSRS today"
    )


def test_an_old_positive_asks_to_be_reviewed() -> None:
    assert sentence("safety.self-harm", of_safety(answer(0, entered=30)), 30) == (
        "Unreviewed positive of 5 Jan 2026: PHQ-9 item 9 positive (1: Several days)"
    )


def test_a_reported_danger_says_who_said_it_when_and_what_was_done() -> None:
    reported = of_safety(reports=(report(0, what_done="Police informed."), report(3)))

    assert sentence("safety.reported", reported, 3) == (
        "Threat to others reported by Ana Ruiz on 8 Jan 2026; done: nothing recorded yet; "
        "also threat to others on 5 Jan 2026"
    )
    assert tier("safety.reported", of_safety(), 3) is None


def test_a_closure_deals_with_the_report_it_names() -> None:
    dealt_with = case(safety=SafetyFacts(reports=(report(0),), closures=(closed(1, ("report-0", "")),)))

    assert tier("safety.reported", dealt_with, 2) is None


@pytest.mark.parametrize(
    ("why", "answers", "expected"),
    [
        ("blank at a total of 0", [answer(0, BLANK, total_above_floor=0)], "action"),
        ("blank at no total", [answer(0, BLANK)], "action"),
        ("declined", [answer(0, DECLINED)], "action"),
        ("only a total of 5", [answer(0, TOTAL_ONLY, total_above_floor=5)], "action"),
        ("only a total of 4", [answer(0, TOTAL_ONLY, total_above_floor=4)], None),
        ("only a total of 0", [answer(0, TOTAL_ONLY, total_above_floor=0)], None),
        ("answered no later", [answer(0, BLANK), answer(7, NEGATIVE)], None),
        ("answered no on the same day", [answer(0, BLANK), answer(0, NEGATIVE, id="second")], None),
        ("answered yes later: that is the urgent alert", [answer(0, BLANK), answer(7)], None),
        ("answered before, then blank", [answer(0, NEGATIVE), answer(7, BLANK)], "action"),
        (
            "a small total later answers nothing",
            [answer(0, BLANK), answer(7, TOTAL_ONLY, total_above_floor=3)],
            "action",
        ),
    ],
)
def test_an_unknown_answer_has_to_be_asked(why: str, answers: list[SafetyAnswer], expected: str | None) -> None:
    assert tier("safety.unknown", of_safety(*answers), 30) == expected, why


@pytest.mark.parametrize(
    ("why", "answers", "expected"),
    [
        ("complete", screen(0, "---"), None),
        ("one of three blank: the other answers do not settle it", screen(0, "-?-"), "action"),
        ("one of three declined", screen(0, "d--"), "action"),
        ("a single question on the same day", [*screen(0, "-?-"), answer(0, NEGATIVE)], "action"),
        ("a single question later", [*screen(0, "-?-"), answer(9, NEGATIVE)], "action"),
        ("completed on the same day", [*screen(0, "-?-"), *screen(0, "---", id="again", nth=1)], None),
        ("left open again on the same day", [*screen(0, "---"), *screen(0, "-?-", id="again", nth=1)], "action"),
        ("another form of several", [*screen(0, "-?-"), *screen(9, "---", instrument="Other screen")], "action"),
        ("a draft is still being filled in", screen(0, "-?-", is_draft=True), None),
        ("a draft settles nothing", [*screen(0, "-?-"), *screen(9, "---", is_draft=True)], "action"),
        ("completed before", [*screen(0, "---"), *screen(9, "-?-")], "action"),
        ("half of it again", [*screen(0, "-?-"), *screen(9, "?--")], "action"),
        ("a complete screen settles a single question", [answer(0, BLANK), *screen(0, "---")], None),
        ("half a screen settles no single question", [answer(0, BLANK), *screen(1, "-?-")], "action"),
    ],
)
def test_a_form_of_several_questions_is_settled_by_a_complete_one(
    why: str, answers: list[SafetyAnswer], expected: str | None
) -> None:
    assert tier("safety.unknown", of_safety(*answers), 30) == expected, why


def test_the_gaps_of_one_form_are_told_together() -> None:
    assert sentence("safety.unknown", of_safety(*screen(0, "-??"), *screen(3, "?d-")), 3) == (
        "Screen items 1, 2 not answered on 8 Jan 2026, not asked since (today); 1 earlier gap"
    )
    assert sentence("safety.unknown", of_safety(*screen(0, "-??")), 1) == (
        "Screen items 2, 3 left blank on 5 Jan 2026, not asked since (yesterday)"
    )


def test_a_closure_deals_with_the_gap_it_names() -> None:
    dealt_with = case(safety=SafetyFacts((answer(0, BLANK),), closures=(closed(1, ("phq-0", "9")),)))

    assert tier("safety.unknown", dealt_with, 2) is None


def test_an_unknown_answer_says_why_and_how_old_it_is() -> None:
    gaps = of_safety(answer(0, BLANK), answer(3, TOTAL_ONLY, total_above_floor=12))

    assert sentence("safety.unknown", gaps, 4) == (
        "PHQ-9 item 9 unknown on 8 Jan 2026 (only a total was recorded), not asked since (yesterday); 1 earlier gap"
    )


def test_a_low_later_score_never_clears_the_urgent_alert() -> None:
    recovered: CaseSnapshot = of_safety(answer(0), answer(28, NEGATIVE), measures=(measure({0: 20, 28: 0}),))

    assert ("safety.self-harm", "urgent") in told(recovered, 29)


def test_a_clinic_may_change_when_a_positive_counts_as_old() -> None:
    numbers = NUMBERS.at_clinic({"safety.self-harm.unreviewed_after": ClinicNumber(30)})
    found = evaluate(of_safety(answer(0, entered=30)), day(30), numbers).findings[0]

    assert found.tier == "urgent"
