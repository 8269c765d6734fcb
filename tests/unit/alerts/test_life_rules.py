"""Into a ward or a jail and out again: who is told what, and who is spoken with by when."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from registry.alerts.life_facts import Setback
from registry.alerts.next_due import due_days, measure_days
from registry.alerts.rulebook import is_news, rule
from registry.alerts.rulebook.life import TRANSITION, UNREACHED
from registry.alerts.rulebook.stay import ADMISSION, FORGOTTEN, STILL_IN
from registry.alerts.snapshot import CaseSnapshot, ContactFacts, Phase
from registry.life.rules import KINDS
from tests.unit.alerts.cases import (
    NUMBERS,
    case,
    day,
    days,
    episode,
    finding,
    injection,
    measure,
    sentence,
    tier,
    told,
    treated,
)

PSYCHIATRIC, MEDICAL, CRISIS, JAIL = "hospital-psychiatric", "hospital", "crisis", "jail"


def at(number: int, hour: int) -> datetime:
    return datetime.combine(day(number), time(hour), tzinfo=UTC)


def stay(began: int, ended: int | None = None, *, kind: str = PSYCHIATRIC, **facts: Any) -> Setback:
    """Written down at nine on the day it began, and its end at noon on its last day."""
    written: dict[str, Any] = {"recorded_at": at(began, 9), "ended_at": None if ended is None else at(ended, 12)}
    return Setback(kind, KINDS[kind], day(began), None if ended is None else day(ended), **(written | facts))


def confirmed(on: int, *, hour: int = 9) -> dict[str, Any]:
    return {"confirmed_on": day(on), "confirmed_at": at(on, hour)}


def visit(on: int, reason: str) -> Setback:
    return stay(on, on, kind="emergency", reason=reason)


def lived(*setbacks: Setback, two_way: tuple[int, ...] = (), **facts: object) -> CaseSnapshot:
    contacts = ContactFacts(two_way_on=days(two_way))
    return case(**({"setbacks": setbacks, "contacts": contacts} | facts))


OUT = stay(30, 40)


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("the day of discharge", lived(OUT), 40, "action"),
        ("a year later, and still nobody has", lived(OUT), 405, "action"),
        ("the day itself does not count", lived(OUT, two_way=(40,)), 41, "action"),
        ("nor does the call before", lived(OUT, two_way=(20, 39)), 41, "action"),
        ("spoken with the day after", lived(OUT, two_way=(41,)), 41, None),
        ("out of a medical ward", lived(stay(30, 40, kind=MEDICAL)), 40, "action"),
        ("out of a crisis house", lived(stay(30, 40, kind=CRISIS)), 40, "action"),
        ("out of jail", lived(stay(30, 40, kind=JAIL)), 40, "action"),
        ("an emergency visit for self-harm", lived(visit(40, "self-harm")), 40, "action"),
        ("for an overdose", lived(visit(40, "overdose")), 40, "action"),
        ("for alcohol or drugs", lived(visit(40, "substance")), 40, "action"),
        ("psychiatric", lived(visit(40, "psychiatric")), 40, "action"),
        ("nobody knows why: unknown is not no", lived(visit(40, "unknown")), 40, "action"),
        ("for something else", lived(visit(40, "other")), 40, None),
        ("still in", lived(stay(30)), 41, None),
        ("in again since", lived(OUT, stay(45)), 46, None),
        ("one admission written down twice, one of them ended", lived(stay(30, kind=MEDICAL), OUT), 41, "action"),
        ("and the other known of the day before", lived(stay(30, **confirmed(39)), OUT), 41, "action"),
        ("the second time on the day of discharge", lived(stay(30, **confirmed(40)), OUT), 41, "action"),
        ("the end entered days late", lived(stay(30, **confirmed(42)), stay(30, 40, ended_at=at(43, 9))), 43, "action"),
        ("at one moment", lived(stay(30, **confirmed(40, hour=12)), OUT), 41, "action"),
        ("moved there that day, which was told before", lived(stay(40, kind=MEDICAL), OUT), 41, "action"),
        ("and after it", lived(stay(40, kind=MEDICAL, recorded_at=at(40, 13)), OUT), 41, None),
        ("from an emergency department to a ward", lived(stay(40), visit(40, "overdose")), 41, None),
        ("known to be there since", lived(stay(0, kind=JAIL, **confirmed(40, hour=13)), OUT), 41, None),
        ("out again: the last one speaks", lived(OUT, stay(45, 50), two_way=(42,)), 51, "action"),
        ("in a pause", lived(OUT, episode=episode(Phase.PAUSED, paused_until=day(90))), 41, "action"),
        ("referred, not enrolled", lived(OUT, episode=episode(Phase.REFERRED, enrolled_on=None)), 41, "action"),
        ("discharged in the month before the referral", lived(stay(-50, -37)), 0, "action"),
        ("told of as long past when referred", lived(stay(-50, -38)), 0, None),
        ("after a death", lived(OUT, died_on=day(41)), 42, None),
        ("second contact, day 22", lived(OUT, two_way=(41,)), 62, None),
        ("second contact, day 23", lived(OUT, two_way=(41,)), 63, "reminder"),
        ("second contact, day 30", lived(OUT, two_way=(41,)), 70, "action"),
        ("two calls of one day are one", lived(OUT, two_way=(41, 41)), 70, "action"),
        ("spoken with twice", lived(OUT, two_way=(41, 48)), 70, None),
    ],
)
def test_whoever_comes_out_is_spoken_with_and_once_more_within_the_month(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(TRANSITION, of, on) == expected, why


@pytest.mark.parametrize(
    ("on", "says", "of_the_lead"),
    [
        (42, ": reach the person; check", None),
        (43, ": reach the person today, in person if nobody answers; check", None),
        (46, ": reach the person today, in person if nobody answers; check", None),
        (47, "if nobody answers; the lead is told; check", "action"),
    ],
)
def test_it_grows_louder_after_72_hours_and_is_the_leads_as_well_after_a_week(
    on: int, says: str, of_the_lead: str | None
) -> None:
    found = finding(TRANSITION, lived(OUT), on)

    assert found is not None
    assert (says in found.sentence, found.since) == (True, day(40)), found.sentence
    assert tier(UNREACHED, lived(OUT), on) == of_the_lead
    assert tier(UNREACHED, lived(OUT, two_way=(42,)), on) is None


@pytest.mark.parametrize(
    ("why", "two_way", "is_late", "of_the_lead", "since"),
    [
        ("nobody has spoken with them since the discharge", (), True, "action", 40),
        ("spoken with on the day itself", (40,), True, "action", 40),
        ("spoken with between", (45,), False, None, 48),
    ],
)
def test_another_emergency_visit_starts_no_clock_anew(
    why: str, two_way: tuple[int, ...], is_late: bool, of_the_lead: str | None, since: int
) -> None:
    """Out on day 40, and in an emergency department on day 48."""
    again = lived(OUT, visit(48, "overdose"), two_way=two_way)
    found = finding(TRANSITION, again, 48)

    assert found is not None
    assert (found.evidence["is_late"], found.since) == (is_late, day(since)), why
    assert tier(UNREACHED, again, 48) == of_the_lead, why


def test_several_in_a_row_name_the_last_and_the_day_since_which_nobody_spoke_with_them() -> None:
    again = lived(OUT, visit(48, "overdose"), two_way=(20,))

    assert sentence(TRANSITION, again, 48).startswith(
        "Emergency visit (overdose) today (22 Feb 2026), no two-way contact since 14 Feb 2026 (last 25 Jan 2026): reach"
    )
    assert "nobody has spoken with the person since 14 Feb 2026 (no attempt" in sentence(UNREACHED, again, 48)


@pytest.mark.parametrize(
    ("why", "told", "now", "expected"),
    [
        ("a day later", (lived(OUT), 40), (lived(OUT), 41), False),
        ("72 hours are over", (lived(OUT), 42), (lived(OUT), 43), True),
        ("late already", (lived(OUT), 43), (lived(OUT), 44), False),
        ("an emergency visit since", (lived(OUT), 44), (lived(OUT, visit(44, "overdose")), 44), True),
        (
            "a second contact, then out again",
            (lived(OUT, two_way=(41,)), 63),
            (lived(OUT, visit(64, "unknown"), two_way=(41,)), 64),
            True,
        ),
    ],
)
def test_whoever_acknowledged_it_is_asked_again_when_it_grows_late_or_happens_again(
    why: str, told: tuple[CaseSnapshot, int], now: tuple[CaseSnapshot, int], expected: bool
) -> None:
    before, after = finding(TRANSITION, *told), finding(TRANSITION, *now)

    assert before is not None
    assert after is not None
    assert is_news(TRANSITION, before.evidence, after.evidence) is expected, why


def test_the_sentence_says_what_to_check_and_who_saw_the_person() -> None:
    contacts = ContactFacts(two_way_on=days((20,)), seen_on=day(41))
    of = lived(OUT, contacts=contacts, treatment=treated(injection(60, last=32), injection(50, last=22)))

    assert sentence(TRANSITION, of, 42) == (
        "Discharged from psychiatric hospital 2 days ago (14 Feb 2026), no two-way contact since (last 25 Jan 2026), "
        "seen by another team yesterday: reach the person; check injection (Haloperidol decanoate due 24 Feb 2026) and "
        "supply of medicines"
    )
    assert sentence(UNREACHED, lived(OUT), 47) == (
        "Discharged from psychiatric hospital 7 days ago (14 Feb 2026) and nobody has spoken with the person since (no "
        "attempt on record): decide who goes"
    )
    assert sentence(TRANSITION, lived(visit(40, "overdose")), 40) == (
        "Emergency visit (overdose) today (14 Feb 2026), no two-way contact since (none before): reach the person; "
        "check injection and supply of medicines"
    )
    assert sentence(TRANSITION, lived(stay(30, 40, kind=JAIL), two_way=(41,)), 71) == (
        "Released from jail 31 days ago (14 Feb 2026), one two-way contact since (15 Feb 2026): second was due by "
        "16 Mar 2026"
    )


def test_only_a_contact_ends_it_and_it_says_which() -> None:
    spoken = rule(TRANSITION).verdict(lived(OUT, two_way=(44,)), day(44), NUMBERS)

    assert rule(TRANSITION).ends_with == "a two-way contact"
    assert (spoken.settled, spoken.next_check_on) == ("Two-way contact on 18 Feb 2026", day(63))


MONDAY, FRIDAY = 7, 11


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("the day of admission", lived(stay(MONDAY)), MONDAY, None),
        ("the next working day", lived(stay(MONDAY)), MONDAY + 1, "action"),
        ("over the weekend", lived(stay(FRIDAY)), FRIDAY + 2, None),
        ("on Monday", lived(stay(FRIDAY)), FRIDAY + 3, "action"),
        ("in jail", lived(stay(MONDAY, kind=JAIL)), MONDAY + 1, "action"),
        ("the ward was called", lived(stay(MONDAY, called_on=day(MONDAY))), MONDAY + 1, None),
        ("only the other one was", lived(stay(MONDAY, called_on=day(8)), stay(6, kind=JAIL)), MONDAY + 1, "action"),
        ("out again", lived(stay(MONDAY, MONDAY + 1)), MONDAY + 1, None),
        ("an emergency visit is no stay", lived(visit(MONDAY, "psychiatric")), MONDAY + 1, None),
        ("in a pause", lived(stay(MONDAY), episode=episode(Phase.PAUSED)), MONDAY + 1, "action"),
    ],
)
def test_the_ward_is_called_on_the_next_working_day(why: str, of: CaseSnapshot, on: int, expected: str | None) -> None:
    assert tier(ADMISSION, of, on) == expected, why


def test_the_call_sends_what_a_ward_does_not_know() -> None:
    of = lived(stay(MONDAY, kind=JAIL), treatment=treated(injection(20, last=-8)))

    assert sentence(ADMISSION, of, MONDAY + 2) == (
        "In jail since 12 Jan 2026 (2 days ago): call the jail, send medicines, injection (Haloperidol "
        "decanoate due 25 Jan 2026) and clozapine dates, and say on Life that it is done"
    )
    called = lived(stay(MONDAY, called_on=day(MONDAY + 1)))
    assert rule(ADMISSION).verdict(called, day(MONDAY + 1), NUMBERS).settled == "They were called on 13 Jan 2026"


def test_what_one_call_settles_waits_behind_it_and_the_list_says_the_day() -> None:
    of = lived(OUT, two_way=(38,), measures=(measure({0: 12}),))

    assert told(of, 45)[0] == (TRANSITION, "action")
    assert "measure.due" not in dict(told(of, 45))
    assert due_days(of, NUMBERS, day(45))["contact"] == day(40)
    assert due_days(lived(OUT, episode=episode(Phase.PAUSED, paused_until=day(90))), NUMBERS, day(45))[
        "contact"
    ] == day(40)


@pytest.mark.parametrize(
    ("why", "of", "on", "expected"),
    [
        ("day 13", lived(stay(10)), 23, None),
        ("day 14", lived(stay(10)), 24, "action"),
        ("confirmed since", lived(stay(10, **confirmed(20))), 33, None),
        ("two weeks after that", lived(stay(10, **confirmed(20))), 34, "action"),
        ("out of somewhere else since", lived(stay(10), visit(15, "overdose")), 15, "action"),
        ("and confirmed after that", lived(stay(10, **confirmed(16)), visit(15, "overdose")), 29, None),
        ("written down twice, ended that day", lived(stay(10, **confirmed(15)), stay(10, 15)), 15, "action"),
        ("confirmed later that day", lived(stay(10, **confirmed(15, hour=13)), stay(10, 15)), 28, None),
        (
            "out before, which was entered later",
            lived(stay(10, **confirmed(15)), stay(8, 13, ended_at=at(15, 10))),
            15,
            "action",
        ),
        ("out before it began", lived(stay(10), stay(2, 9, ended_at=at(15, 9))), 23, None),
        ("over", lived(stay(10, 12)), 24, None),
        ("nothing rests it", lived(stay(10), episode=episode(Phase.PAUSED)), 24, "action"),
    ],
)
def test_every_two_weeks_somebody_asks_whether_the_person_is_still_there(
    why: str, of: CaseSnapshot, on: int, expected: str | None
) -> None:
    assert tier(STILL_IN, of, on) == expected, why
    assert rule(STILL_IN).verdict(of, day(11), NUMBERS).next_check_on in {
        day(15),
        day(24),
        day(29),
        day(30),
        day(34),
        None,
    }


@pytest.mark.parametrize(
    ("on", "expected"),
    [(37, None), (38, "action"), (100, "action")],
)
def test_two_weeks_without_an_answer_are_the_leads_as_well(on: int, expected: str | None) -> None:
    assert tier(FORGOTTEN, lived(stay(10)), on) == expected
    assert tier(FORGOTTEN, lived(stay(10, **confirmed(on))), on) is None
    assert tier(FORGOTTEN, lived(stay(10, on)), on) is None


def test_the_lead_is_told_what_nobody_knows() -> None:
    assert sentence(FORGOTTEN, lived(stay(10, kind=JAIL)), 40) == (
        "Still in jail? Since 15 Jan 2026 (30 days ago): nobody has answered, so nothing rests any longer: decide who "
        "finds out where the person is"
    )


def test_it_says_since_when_and_when_that_was_last_confirmed() -> None:
    assert sentence(STILL_IN, lived(stay(10, kind=JAIL, **confirmed(20))), 40) == (
        "Still in jail? Since 15 Jan 2026 (30 days ago), last confirmed 25 Jan 2026: ask, and say on Life that the "
        "person is still there, or that it is over"
    )


def test_a_stay_rests_what_the_team_would_do_and_not_what_protects_the_person() -> None:
    """Contacts, measures, targets and reviews wait; nothing of them falls due, and an injection does."""
    away = lived(stay(30, **confirmed(65)), measures=(measure({0: 20, 28: 20}),), treatment=treated(injection(50)))

    assert {rule_id for rule_id, _ in told(away, 70)} == {ADMISSION, "medication.due"}
    assert due_days(away, NUMBERS, day(70)) == {"injection": day(50)}
    assert measure_days(away, NUMBERS, day(70)) == {}
    assert rule("engage.no-contact").verdict(away, day(29), NUMBERS).next_check_on == day(30), "looked at as it begins"


def test_a_stay_nobody_knows_of_any_more_hides_no_discharge_before_it() -> None:
    out = lived(stay(30, 40), stay(45, kind=JAIL))

    assert tier(TRANSITION, out, 72) is None
    assert rule(TRANSITION).verdict(out, day(72), NUMBERS).next_check_on == day(73)
    assert (tier(TRANSITION, out, 73), tier(UNREACHED, out, 73)) == ("action", "action")


@pytest.mark.parametrize(
    ("why", "stays", "ends_on"),
    [
        ("asked on day 24, and nobody answered for two weeks", (stay(10),), 38),
        ("confirmed since", (stay(10, **confirmed(20)),), 48),
        ("out of somewhere else on day 18: asked from then on", (stay(10), visit(18, "other")), 32),
        ("one of two is known of", (stay(10), stay(12, kind=JAIL, **confirmed(30))), 58),
    ],
)
def test_a_stay_nobody_confirms_rests_nothing_once_the_lead_is_told(
    why: str, stays: tuple[Setback, ...], ends_on: int
) -> None:
    """Nobody knows where the person is: what rested speaks again, and falls due again."""
    away = lived(*stays, measures=(measure({0: 20}),))
    before, after = rule("engage.no-contact").verdict(away, day(ends_on - 1), NUMBERS), day(ends_on)

    assert before.finding is None
    assert before.next_check_on == after, why
    assert {"contact", "measure"}.isdisjoint(due_days(away, NUMBERS, day(ends_on - 1)))
    assert measure_days(away, NUMBERS, day(ends_on - 1)) == {}
    assert tier("engage.no-contact", away, ends_on) == "action"
    assert tier(FORGOTTEN, away, ends_on) == "action", "the lead is told the same day"
    assert {"contact", "measure"} <= due_days(away, NUMBERS, after).keys()
    assert measure_days(away, NUMBERS, after) == {"phq-9:total": day(36)}
