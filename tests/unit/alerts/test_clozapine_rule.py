"""Whether clozapine is an option: asked of whoever is still ill, or in danger, after two antipsychotics in full."""

from typing import Any

import pytest

from registry.alerts.psychosis_facts import TriedAntipsychotic
from registry.alerts.rulebook import rule
from registry.alerts.snapshot import AnswerState, CaseSnapshot, Phase, SafetyFacts, TreatmentFacts
from registry.measures.instrument import SafetyTier
from registry.measures.psychosis import JudgedAs
from tests.unit.alerts.cases import answer, antipsychotic, case, day, episode, finding, rated, sentence, signed, tier

QUESTION = "treatment.clozapine-question"
SIGNED = signed(QUESTION)
FIRST, SECOND = antipsychotic("risperidone", 0, 60), antipsychotic("olanzapine", 60, lowest=80)
VOICES = rated({0: 6, 110: 4})
ENOUGH = 102
"""Six weeks of the second."""


def depot(name: str, given: int, until: int, **facts: Any) -> TriedAntipsychotic:
    """Injections that covered the person from the first to that day, and were never stopped on record."""
    return antipsychotic(name, given - 10, covered_on=day(given), covered_until=day(until), **facts)


def ill(*tried: Any, **facts: Any) -> CaseSnapshot:
    """Still hearing voices on day 110, after these antipsychotics."""
    return case(**({"treatment": TreatmentFacts(antipsychotics=tried), "psychosis": (VOICES,)} | facts))


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("two tried in full", ill(FIRST, SECOND), 110, "action"),
        ("the last rating is too old to say how they are", ill(FIRST, SECOND), 153, None),
        ("one only", ill(FIRST), 110, None),
        ("the same one twice", ill(FIRST, antipsychotic("risperidone", 60)), 110, None),
        ("the second for less than six weeks", ill(FIRST, antipsychotic("olanzapine", 69)), 110, None),
        ("six weeks of it", ill(FIRST, antipsychotic("olanzapine", 68)), 110, "action"),
        ("stopped before", ill(FIRST, antipsychotic("olanzapine", 20, 61)), 110, None),
        ("taken too seldom", ill(FIRST, antipsychotic("olanzapine", 60, lowest=79)), 110, None),
        ("nobody knows how it was taken", ill(FIRST, antipsychotic("olanzapine", 60, lowest=None)), 110, None),
        ("clozapine is taken", ill(FIRST, SECOND, antipsychotic("clozapine", 90, is_clozapine=True)), 110, None),
        ("clozapine was tried", ill(FIRST, SECOND, antipsychotic("clozapine", -90, -80, is_clozapine=True)), 110, None),
        ("mild by now", ill(FIRST, SECOND, psychosis=(rated({0: 6, 110: 3}),)), 110, None),
        ("rated before the second was tried in full", ill(FIRST, SECOND, psychosis=(rated({101: 6}),)), 110, None),
        (
            "a domain still moderate",
            ill(FIRST, SECOND, psychosis=(rated({110: 3}, judged_as=JudgedAs.DOMAINS),)),
            110,
            "action",
        ),
        (
            "negative symptoms are no positive ones",
            ill(FIRST, SECOND, psychosis=(rated({110: 4}, judged_as=JudgedAs.DOMAINS, is_positive=False),)),
            110,
            None,
        ),
        (
            "ill overall is no positive symptom",
            ill(FIRST, SECOND, psychosis=(rated({110: 7}, judged_as=JudgedAs.SEVERITY),)),
            110,
            None,
        ),
        ("a new course since", ill(FIRST, SECOND, episode=episode(course_started_on=day(111))), 112, "action"),
        ("tablets and injections of one", ill(FIRST, depot("risperidone", 60, 200)), 110, None),
        ("injections that covered six weeks", ill(FIRST, depot("olanzapine", 60, 110)), 110, "action"),
        ("injections that covered less", ill(FIRST, depot("olanzapine", 60, 101)), 110, None),
        ("injections given too late", ill(FIRST, depot("olanzapine", 60, 110, lowest=79)), 110, None),
        (
            "tablets for four weeks, then injections of the same",
            ill(FIRST, antipsychotic("olanzapine", 60, 88), depot("olanzapine", 89, 117)),
            110,
            "action",
        ),
        (
            "with a week between",
            ill(FIRST, antipsychotic("olanzapine", 60, 88), depot("olanzapine", 95, 123)),
            110,
            None,
        ),
        ("ended", ill(FIRST, SECOND, episode=episode(Phase.ENDED)), 110, None),
    ],
)
def test_it_is_asked_after_two_tried_in_full_of_whoever_is_still_ill(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(QUESTION, of, on, SIGNED) == expected, why
    assert tier(QUESTION, of, on) is None, "mere consensus is off until a psychiatrist signs"


NO = AnswerState.NEGATIVE


@pytest.mark.parametrize(
    ("why", "answers", "expected"),
    [
        ("four weeks apart", (answer(80), answer(108)), "action"),
        ("less", (answer(81), answer(108)), None),
        ("once", (answer(108),), None),
        ("no any more", (answer(80), answer(106), answer(108, NO)), None),
        ("between them no", (answer(80), answer(100, NO), answer(108)), "action"),
        ("long ago", (answer(-120), answer(-80)), None),
        ("known already: an attempt years ago", (answer(80, tier_again=SafetyTier.ACTION), answer(108)), None),
        ("left blank", (answer(80), answer(108, AnswerState.BLANK)), None),
    ],
)
def test_persistent_danger_to_oneself_asks_it_as_well(why: str, answers: tuple[Any, ...], expected: str | None) -> None:
    of = ill(FIRST, SECOND, psychosis=(), safety=SafetyFacts(answers=answers))

    assert tier(QUESTION, of, 110, SIGNED) == expected, why


def test_it_names_what_was_tried_how_it_was_taken_and_what_nobody_knows() -> None:
    of = ill(
        FIRST,
        SECOND,
        antipsychotic("haloperidol", -90, -10, lowest=None),
        safety=SafetyFacts(answers=(answer(80), answer(108))),
    )
    found = finding(QUESTION, of, 112, SIGNED)

    assert found is not None
    assert (found.since, found.audience) == (day(108), ("psychiatrist",))
    assert sentence(QUESTION, of, 112, SIGNED) == (
        "Is clozapine an option? 2 antipsychotics tried in full, risperidone (90 % taken) and olanzapine (80 % taken); "
        "haloperidol: adherence not on record; BPRS-18 hallucinatory behavior 4 (2 days ago) and danger to oneself "
        "answered from 26 Mar 2026 to 23 Apr 2026"
    )


def test_it_is_looked_at_again_on_the_day_the_second_was_tried_in_full_and_when_the_rating_is_too_old() -> None:
    early = ill(FIRST, SECOND, psychosis=(rated({100: 5}),))

    assert rule(QUESTION).verdict(early, day(90), SIGNED).next_check_on == day(ENOUGH)
    assert rule(QUESTION).verdict(ill(FIRST, SECOND), day(110), SIGNED).next_check_on == day(153)
