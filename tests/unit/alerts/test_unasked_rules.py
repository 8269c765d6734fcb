"""Nobody asked about suicide for months; a score that is a sign of abuse, which is another thing."""

from typing import Any

import pytest

from registry.alerts.life_facts import Setback
from registry.alerts.parameters import ClinicNumber
from registry.alerts.rulebook import rule
from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.rulebook.phrases import C_SSRS
from registry.alerts.rulebook.safety import told_besides
from registry.alerts.snapshot import AnswerState, CaseSnapshot, Phase, SafetyAnswer, SafetyFacts, SafetyReport
from registry.measures.instrument import SafetyTier
from registry.measures.scale import DangerKind
from tests.unit.alerts.cases import (
    NUMBERS,
    answer,
    case,
    day,
    episode,
    finding,
    of_safety,
    report,
    screen,
    sentence,
    tier,
    told,
)

DUE, ABUSE, SELF_HARM = "safety.screen-due", "safety.abuse", "safety.self-harm"
SIGNED = NUMBERS.at_clinic({f"{DUE}.active": ClinicNumber(90), f"{DUE}.maintaining": ClinicNumber(180)})
NEGATIVE, DECLINED = AnswerState.NEGATIVE, AnswerState.DECLINED


def asked(*answers: SafetyAnswer, phase: Phase = Phase.ACTIVE, **facts: object) -> CaseSnapshot:
    return of_safety(*answers, episode=episode(phase, **facts))


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("asked 90 days ago", asked(answer(0, NEGATIVE)), 90, None),
        ("asked 91 days ago", asked(answer(0, NEGATIVE)), 91, "action"),
        ("a positive answer is an answer", asked(answer(0)), 90, None),
        ("a later one counts", asked(answer(0, NEGATIVE), answer(30, NEGATIVE)), 120, None),
        ("asked 121 days ago while maintaining", asked(answer(0, NEGATIVE), phase=Phase.MAINTAINING), 121, None),
        ("asked 181 days ago while maintaining", asked(answer(0, NEGATIVE), phase=Phase.MAINTAINING), 181, "action"),
        ("engaging", asked(answer(0, NEGATIVE), phase=Phase.ENGAGING), 200, None),
        ("never asked, 90 days in care", asked(), 90, None),
        ("never asked, 91 days in care", asked(), 91, "action"),
        ("asked before enrolment, 90 days in care", asked(answer(-40, NEGATIVE)), 90, None),
        ("declined is no answer", asked(answer(0, NEGATIVE), answer(60, DECLINED)), 91, "action"),
        ("a screen answered in part is none", asked(answer(0, NEGATIVE), *screen(60, "-?-")), 91, "action"),
        ("a screen answered in full is one", asked(answer(0, NEGATIVE), *screen(60, "---")), 91, None),
        ("a draft is no answer", asked(answer(0, NEGATIVE), answer(60, NEGATIVE, is_draft=True)), 91, "action"),
        ("abuse is another question", asked(answer(60, NEGATIVE, kind=DangerKind.ABUSE)), 91, "action"),
        ("a pause stops no safety", asked(phase=Phase.PAUSED, phase_before_pause=Phase.ACTIVE), 91, "action"),
        ("never enrolled", case(episode=None), 400, None),
    ],
)
def test_a_safety_question_is_due_after_the_days_the_clinic_signed_for(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(DUE, of, on, SIGNED) == expected, why
    assert tier(DUE, of, on) is None, "silent until a psychiatrist signs"


WARD, JAIL = ("hospital-psychiatric", "Psychiatric hospital"), ("jail", "Jail or prison")


def stay(kind: tuple[str, str], began: int, ended: int | None = None) -> Setback:
    return Setback(*kind, day(began), None if ended is None else day(ended))


def visit(on: int, reason: str) -> Setback:
    return Setback("emergency", "Emergency department", day(on), day(on), reason=reason)


@pytest.mark.parametrize(
    ("why", "setbacks", "reports", "answered", "expected"),
    [
        ("an admission", (stay(WARD, 20),), (), 0, 20),
        ("asked on the day of the admission", (stay(WARD, 20),), (), 20, None),
        ("a release after the answer", (stay(WARD, 20, 30),), (), 25, 30),
        ("both, and nobody asked", (stay(WARD, 20, 30),), (), 0, 20),
        ("still in jail", (stay(JAIL, 20),), (), 0, None),
        ("out of jail", (stay(JAIL, 20, 30),), (), 0, 30),
        ("out of jail before enrolment", (stay(JAIL, -40, -1),), (), None, None),
        ("reported self-harm", (), (report(20, code="self-harm"),), 0, 20),
        ("another danger", (), (report(20, code="threat"),), 0, None),
        ("an emergency visit for an overdose", (visit(20, "overdose"),), (), 0, 20),
        ("for something else", (visit(20, "other"),), (), 0, None),
    ],
)
def test_a_crisis_calls_for_asking_at_once(
    why: str,
    setbacks: tuple[Setback, ...],
    reports: tuple[SafetyReport, ...],
    answered: int | None,
    expected: int | None,
) -> None:
    answers = () if answered is None else (answer(answered, NEGATIVE),)
    of = case(episode=episode(), safety=SafetyFacts(answers=answers, reports=reports), setbacks=setbacks)

    found = finding(DUE, of, 40, SIGNED)

    assert (found and found.since) == (None if expected is None else day(expected)), why
    if found is None and answered is not None:
        assert rule(DUE).verdict(of, day(40), SIGNED).next_check_on == day(answered + 91)


def test_it_says_which_crisis_nobody_asked_after() -> None:
    of = of_safety(answer(0, NEGATIVE), setbacks=(stay(JAIL, 20, 30),))

    assert sentence(DUE, of, 40, SIGNED) == (
        f"Not asked about suicide since the release (jail or prison) on 4 Feb 2026 (10 days ago): do a {C_SSRS}"
    )


def test_after_a_death_nobody_is_asked() -> None:
    assert finding(DUE, of_safety(died_on=day(10)), 200, SIGNED) is None


def test_it_says_when_somebody_asked_last_and_when_to_look_again() -> None:
    of = asked(answer(0, NEGATIVE))

    assert (
        sentence(DUE, of, 100, SIGNED) == f"Not asked about suicide for 100 days (PHQ-9 of 5 Jan 2026): do a {C_SSRS}"
    )
    assert sentence(DUE, asked(), 100, SIGNED) == (
        f"Never asked about suicide since enrolment 100 days ago: do a {C_SSRS}"
    )
    assert rule(DUE).verdict(of, day(1), SIGNED).next_check_on == day(91)
    found = finding(DUE, of, 100, SIGNED)
    assert found is not None
    assert found.since == day(91)


# Abuse


def hits(on: int, value: int, state: AnswerState = AnswerState.POSITIVE, **facts: object) -> SafetyAnswer:
    form: dict[str, Any] = {"id": f"hrsn-{on}", "instrument": "AHC-HRSN", "item_id": "safety"}
    given = form | {"value": value, "answer": None} | facts
    return answer(on, state, kind=DangerKind.ABUSE, calls_for="ask whether the home is safe", **given)


def test_a_sign_of_abuse_is_urgent_and_is_no_self_harm() -> None:
    of = of_safety(hits(0, 11))

    assert told(of, 1)[0] == (ABUSE, "urgent")
    assert finding(SELF_HARM, of, 1) is None
    assert sentence(ABUSE, of, 1) == "AHC-HRSN item safety positive (11) on 5 Jan 2026: ask whether the home is safe"
    assert finding(ABUSE, of_safety(hits(0, 10, NEGATIVE)), 1) is None


def test_abuse_and_self_harm_are_each_said() -> None:
    of = of_safety(answer(0), hits(0, 15))

    assert [rule for rule, _ in told(of, 1)[:2]] == [SELF_HARM, ABUSE]
    assert "HRSN" not in sentence(SELF_HARM, of, 1)


# Who is told besides


@pytest.mark.parametrize(
    ("why", "answers", "parts"),
    [
        ("a single item", [answer(0)], ()),
        ("low", [answer(0, tier=SafetyTier.ACTION)], ()),
        ("moderate", [answer(0, tells=("psychiatrist", "prescriber"))], ("psychiatrist", "prescriber")),
        ("moderate, entered a month later", [answer(0, entered=30, tells=("psychiatrist",))], ()),
        (
            "behaviour long ago, on record already",
            [
                answer(-30, NEGATIVE, id="a"),
                answer(-20, id="b", tells=("psychiatrist",), tier_again=SafetyTier.ACTION),
                answer(0, id="c", nth=1, tells=("prescriber",), tier_again=SafetyTier.ACTION),
            ],
            ("psychiatrist",),
        ),
    ],
)
def test_the_psychiatrist_is_told_of_what_the_instrument_says(
    why: str, answers: list[SafetyAnswer], parts: tuple[str, ...]
) -> None:
    found = finding(SELF_HARM, of_safety(*answers), 1)

    assert found is not None
    assert told_besides(found.evidence) == parts, why
    assert told_besides({"reports": [], "also": [{"rule": SELF_HARM, "evidence": found.evidence}]}) == parts
    assert Evidence(found.evidence).has("tells")
