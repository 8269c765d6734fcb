"""The first follow-up, and the person nobody has reached."""

from datetime import date
from typing import Any

import pytest

from registry.alerts.loading.care import Sighting, contact_facts
from registry.alerts.rulebook import evaluate, rule
from registry.alerts.snapshot import CaseSnapshot, ContactFacts, EpisodeFacts, Phase, ReviewFacts
from registry.contacts.ladder import Attempt, Step
from registry.db.identifiers import new_id
from registry.episodes.models import Episode
from tests.unit.alerts.cases import (
    NUMBERS,
    case,
    day,
    days,
    episode,
    finding,
    in_contact,
    measure,
    on_ward,
    order,
    sentence,
    tier,
    told,
)

FIRST = "engage.first-follow-up"
SILENCE = "engage.no-contact"
PAUSE = "engage.pause-over"
TRIED = "engage.attempts"
ENGAGING, MAINTAINING = Phase.ENGAGING, Phase.MAINTAINING


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("the day before the pause ends", episode(Phase.PAUSED, paused_until=day(30)), 29, None),
        ("the day it ends", episode(Phase.PAUSED, paused_until=day(30)), 30, "action"),
        ("until somebody decides", episode(Phase.PAUSED, paused_until=day(30)), 120, "action"),
        ("care resumed", episode(Phase.ACTIVE), 30, None),
        ("a pause without an end", episode(Phase.PAUSED), 30, None),
    ],
)
def test_a_pause_that_is_over_asks_to_resume_or_end(why: str, of: EpisodeFacts, on: int, expected: str | None) -> None:
    assert tier(PAUSE, case(episode=of), on) == expected, why


def test_a_pause_that_is_over_says_since_when() -> None:
    over = case(episode=episode(Phase.PAUSED, phase_since=day(3), paused_until=day(30)))

    assert sentence(PAUSE, over, 32) == (
        "The pause since 8 Jan 2026 is over since 4 Feb 2026 (2 days ago): resume care or end the episode"
    )


def test_a_pause_is_looked_at_again_on_the_day_it_ends_and_not_before() -> None:
    paused = case(episode=episode(Phase.PAUSED, paused_until=day(30)))

    assert evaluate(paused, day(3), NUMBERS).next_check_on == day(30)
    assert told(paused, 29) == []
    assert (PAUSE, "action") in told(paused, 30)


@pytest.mark.parametrize("elsewhere", [{"setbacks": (on_ward(28),)}, {"died_on": day(28)}])
def test_nobody_is_asked_to_resume_care_of_somebody_on_a_ward_or_dead(elsewhere: dict[str, date]) -> None:
    away = case(episode=episode(Phase.PAUSED, paused_until=day(30)), **elsewhere)

    assert tier(PAUSE, away, 31) is None


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("the day before the reminder", in_contact(), 20, None),
        ("day 21", in_contact(), 21, "reminder"),
        ("the last day of the reminder", in_contact(), 27, "reminder"),
        ("day 28", in_contact(), 28, "action"),
        ("long after", in_contact(), 200, "action"),
        ("the enrolment visit itself does not count", in_contact(0), 21, "reminder"),
        ("a contact before enrolment does not count", in_contact(-3), 28, "action"),
        ("a contact on day 1", in_contact(1), 28, None),
        ("a contact on day 28", in_contact(28), 28, None),
        ("a first contact on day 40 ends it", in_contact(40), 41, None),
        ("failed attempts do not count", in_contact(attempts_on=days([3, 9])), 28, "action"),
        ("seen by another team does not count", in_contact(seen_on=day(20)), 28, "action"),
        ("referred, not enrolled", case(episode=episode(Phase.REFERRED, enrolled_on=None)), 28, None),
        ("ended", case(episode=episode(Phase.ENDED)), 28, None),
        ("paused", case(episode=episode(Phase.PAUSED, paused_until=day(60))), 28, None),
        ("on a ward", case(setbacks=(on_ward(10),)), 28, None),
    ],
)
def test_a_first_follow_up_is_due_within_28_days_of_enrolment(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(FIRST, of, on) == expected, why


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (28, "First two-way contact on 2 Feb 2026, day 28"),
        (40, "First two-way contact on 14 Feb 2026, day 40, after the limit of 28 days"),
    ],
)
def test_a_late_first_contact_closes_the_alert_and_says_it_was_late(first: int, words: str) -> None:
    assert rule(FIRST).verdict(in_contact(first), day(first), NUMBERS).settled == words


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (
            21,
            "No follow-up contact since enrolment 21 days ago (5 Jan 2026); due by 2 Feb 2026; 2 attempts since",
        ),
        (
            30,
            "No follow-up contact since enrolment 30 days ago (5 Jan 2026); was due by 2 Feb 2026; 2 attempts since",
        ),
    ],
)
def test_a_missing_follow_up_says_by_when_and_how_often_it_was_tried(on: int, words: str) -> None:
    assert sentence(FIRST, in_contact(attempts_on=days([3, 9])), on) == words


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("engaging, day 13", in_contact(0, phase=ENGAGING), 13, None),
        ("engaging, day 14", in_contact(0, phase=ENGAGING), 14, "action"),
        ("active, day 29", in_contact(0), 29, None),
        ("active, day 30", in_contact(0), 30, "action"),
        ("maintaining, day 59", in_contact(0, phase=MAINTAINING), 59, None),
        ("maintaining, day 60", in_contact(0, phase=MAINTAINING), 60, "action"),
        ("never a contact: counted from enrolment", in_contact(), 29, None),
        ("never a contact, day 30", in_contact(), 30, "action"),
        ("a contact of an earlier episode: counted from enrolment", in_contact(-200), 29, None),
        ("the last contact counts, whatever the order", in_contact(40, 10), 69, None),
        ("30 days after the last", in_contact(40, 10), 70, "action"),
        ("attempts reset nothing", in_contact(0, attempts_on=days([20, 25])), 30, "action"),
        ("seen by another team the day before", in_contact(0, seen_on=day(29)), 30, "reminder"),
        ("seen 14 days ago", in_contact(0, seen_on=day(16)), 30, "reminder"),
        ("seen 15 days ago", in_contact(0, seen_on=day(15)), 30, "action"),
        ("seen last by ourselves at that contact", in_contact(0, phase=ENGAGING, seen_on=day(0)), 14, "action"),
        ("not enrolled", case(episode=None), 400, None),
        ("referred", case(episode=episode(Phase.REFERRED, enrolled_on=None)), 400, None),
        ("ended", case(episode=episode(Phase.ENDED)), 400, None),
        ("died", case(died_on=day(10)), 400, None),
        ("on a ward", case(setbacks=(on_ward(10),)), 400, None),
        ("paused", case(episode=episode(Phase.PAUSED, paused_until=day(90))), 89, None),
        ("the pause is over", case(episode=episode(Phase.PAUSED, paused_until=day(90))), 90, "action"),
        (
            "back in the slower phase it was paused from",
            case(
                episode=episode(Phase.PAUSED, paused_until=day(50), phase_before_pause=MAINTAINING),
                contacts=ContactFacts(two_way_on=days([0])),
            ),
            55,
            None,
        ),
    ],
)
def test_silence_is_counted_from_the_last_two_way_contact(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(SILENCE, of, on) == expected, why


def test_silence_says_how_long_what_was_tried_and_who_has_seen_the_person() -> None:
    silent = in_contact(3, attempts_on=days([2, 20, 31, 44]), seen_on=day(48))

    assert sentence(SILENCE, silent, 50) == (
        "No two-way contact for 47 days (last 8 Jan 2026); 3 attempts since; seen by another team 2 days ago"
    )
    assert sentence(SILENCE, in_contact(), 30) == (
        "No two-way contact for 30 days (none since enrolment 5 Jan 2026); not seen by anyone since"
    )


@pytest.mark.parametrize(("on", "decides"), [(89, False), (90, True)])
def test_at_90_days_the_lead_is_asked_to_decide_with_the_care_manager(on: int, decides: bool) -> None:
    found = finding(SILENCE, in_contact(0), on)

    assert found is not None
    assert found.sentence.endswith("; decide how to go on") is decides
    assert ("clinic_lead" in found.audience) is decides


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        (
            "silence swallows both reminders",
            in_contact(0, phase=ENGAGING),
            21,
            [(SILENCE, "action"), ("review.due", "action")],
        ),
        (
            "engaging: the silence came first, and speaks for the limit that has passed",
            in_contact(0, phase=ENGAGING),
            28,
            [(SILENCE, "action"), ("review.due", "action")],
        ),
        (
            "active: the first follow-up came first, and speaks for the silence",
            in_contact(),
            30,
            [(FIRST, "action"), ("review.due", "action")],
        ),
        (
            "active, day 90: the silence is the lead's too, and speaks",
            in_contact(),
            90,
            [(SILENCE, "action"), ("review.due", "action"), ("health.gap", "reminder")],
        ),
        (
            "seen by another team: the limit presses more than the silence",
            in_contact(seen_on=day(28)),
            31,
            [(FIRST, "action"), ("review.due", "action")],
        ),
        (
            "followed up once: only the silence is left",
            in_contact(15),
            45,
            [(SILENCE, "action"), ("review.due", "action")],
        ),
        ("the follow-up swallows the measure", in_contact(0), 21, [("review.due", "action"), (FIRST, "reminder")]),
        (
            "without either the measure is said",
            in_contact(15),
            21,
            [("review.due", "action"), ("measure.due", "reminder")],
        ),
    ],
)
def test_a_contact_alert_speaks_for_the_reminders_of_the_same_person(
    why: str, of: CaseSnapshot, on: int, expected: list[tuple[str, str]]
) -> None:
    unmeasured = CaseSnapshot("p1", of.episode, contacts=of.contacts, measures=(measure({}),))

    assert told(unmeasured, on) == expected, why


def test_what_the_prescriber_has_to_decide_is_said_beside_a_call_that_is_due() -> None:
    new = case(reviews=ReviewFacts(last_on=day(0), undecided=(order(0),)))

    assert told(new, 31) == [(FIRST, "action"), ("review.open", "action")]


def test_what_is_left_unsaid_is_kept_with_the_alert_that_speaks_for_it() -> None:
    unmeasured = CaseSnapshot("p1", episode(ENGAGING), measures=(measure({}),))
    unsaid = evaluate(unmeasured, day(21), NUMBERS).swallowed

    assert [(each.finding.rule, each.by) for each in unsaid] == [(FIRST, SILENCE), ("measure.due", SILENCE)]


def _tried_and_reached(kind: str, on: int) -> CaseSnapshot:
    """Three calls in vain, then somebody reached the person in a contact of this kind."""
    here = new_id()
    care = Episode(clinic_id=here, referred_on=day(0))
    missed = [Sighting(day(each), here, "outreach", reached=False, modality="phone") for each in (3, 5, 9)]
    return case(contacts=contact_facts(care, [*missed, Sighting(day(on), here, kind, reached=True)]))


@pytest.mark.parametrize(
    ("why", "of", "expected"),
    [
        ("a visit to find the person, and they were in", _tried_and_reached("outreach", 10), None),
        ("an appointment was made", _tried_and_reached("scheduling", 10), None),
        ("treatment", _tried_and_reached("treatment", 10), None),
        ("another team saw the person", _tried_and_reached("seen-elsewhere", 10), "action"),
        ("reached before the last attempt", _tried_and_reached("outreach", 4), None),
        ("reached before the attempts", _tried_and_reached("outreach", 2), "action"),
    ],
)
def test_attempts_are_in_vain_until_the_team_reaches_the_person_about_whatever(
    why: str, of: CaseSnapshot, expected: str | None
) -> None:
    assert tier(TRIED, of, 11) == expected, why


def test_somebody_reached_outside_treatment_is_still_owed_a_contact() -> None:
    assert tier(SILENCE, _tried_and_reached("outreach", 10), 31) == "action"


def _calls(*on: int, how: str = "phone", kind: str = "outreach") -> tuple[Attempt, ...]:
    return tuple(Attempt(day(each), kind, how) for each in on)


def _not_reached(*attempts: Attempt, possible: frozenset[Step] = frozenset(Step), **facts: Any) -> CaseSnapshot:
    return case(contacts=ContactFacts(two_way_on=days([1]), attempts=attempts, possible_steps=possible), **facts)


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("two days", _not_reached(*_calls(3, 5)), 5, None),
        ("three on two days", _not_reached(*_calls(3, 5, 5)), 5, None),
        ("three days", _not_reached(*_calls(3, 5, 9)), 9, "action"),
        ("no-shows count", _not_reached(*_calls(3, 5), *_calls(9, how="in-person", kind="no-show")), 9, "action"),
        ("the last day of the thirty", _not_reached(*_calls(3, 5, 32)), 32, "action"),
        ("the day after", _not_reached(*_calls(3, 5, 33)), 33, None),
        ("a later three", _not_reached(*_calls(3, 33, 40, 41)), 41, "action"),
        ("however long ago", _not_reached(*_calls(3, 5, 9)), 400, "action"),
        ("referred", _not_reached(*_calls(3, 5, 9), episode=episode(Phase.REFERRED, enrolled_on=None)), 9, "action"),
        ("paused", _not_reached(*_calls(3, 5, 9), episode=episode(Phase.PAUSED, paused_until=day(60))), 9, None),
        ("on a ward", _not_reached(*_calls(3, 5, 9), setbacks=(on_ward(8),)), 9, None),
        ("ended", _not_reached(*_calls(3, 5, 9), episode=episode(Phase.ENDED)), 9, None),
    ],
)
def test_attempts_in_vain_on_three_days_ask_for_another_way(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(TRIED, of, on) == expected, why


@pytest.mark.parametrize(
    ("attempts", "possible", "words"),
    [
        (_calls(3, 5, 9), "call text partner", "3 attempts since 8 Jan 2026 (call); next, send a text or an e-mail"),
        (
            _calls(3, 5, 9),
            "call visit partner",
            "(call); next, go and see the person (nothing on record that may be used for it and no address on record)",
        ),
        (_calls(3, 5, 9, how="in-person", kind="no-show"), "call partner", "(missed appointment); next, call"),
        (
            (*_calls(3, 5), *_calls(9, how="partner")),
            "call partner",
            "(call and partner); every step is tried: decide how to go on",
        ),
    ],
)
def test_attempts_in_vain_name_the_next_step_that_is_possible(
    attempts: tuple[Attempt, ...], possible: str, words: str
) -> None:
    steps = frozenset(Step(each) for each in possible.split())

    assert words in sentence(TRIED, _not_reached(*attempts, possible=steps), 10)


def test_a_no_show_resets_nothing() -> None:
    """Neither the silence, nor the first follow-up, nor what was tried."""
    missed = _calls(29, how="in-person", kind="no-show")
    silent = ContactFacts(two_way_on=days([0]), attempts_on=days([29]), attempts=missed)

    assert tier(SILENCE, case(contacts=silent), 31) == "action"
