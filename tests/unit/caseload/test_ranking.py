"""Who stands in the psychiatrist's queue, why, and before whom."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from registry.alerts.rulebook import RULEBOOK, Audience
from registry.caseload.ranking import LAYER_OF, NOWHERE, Candidate, Finding, Layer, Place, is_quiet, place, place_on

TODAY = date(2026, 3, 12)
LONG_AGO = date(2025, 10, 1)
MARCH = date(2026, 3, 1)


def a_candidate(
    *findings: Finding,
    asked_on: date | None = None,
    declined_on: date | None = None,
    reviewed_on: date | None = None,
    known_until: datetime | None = None,
    quiet_since: date | None = None,
    paused_until: date | None = None,
    unchanged_since: date | None = None,
) -> Candidate:
    return Candidate(
        findings=findings,
        asked_on=asked_on,
        declined_on=declined_on,
        reviewed_on=reviewed_on,
        known_until=known_until,
        quiet_since=quiet_since,
        paused_until=paused_until,
        unchanged_since=unchanged_since,
    )


def off(since: date = MARCH) -> Finding:
    return Finding("target.off", since)


def _layer(candidate: Candidate, today: date = TODAY) -> Layer | None:
    number = place_on(place(candidate), today)
    return None if number == NOWHERE else Layer(number // 20_000_000)


def _since(found: Place) -> date:
    return date.fromordinal(place_on(found, TODAY) % 10_000_000)


@pytest.mark.parametrize(
    ("candidate", "layer"),
    [
        (a_candidate(), None),
        (a_candidate(Finding("engage.no-contact", MARCH)), None),
        (a_candidate(Finding("safety.self-harm", MARCH)), Layer.SAFETY),
        (a_candidate(Finding("safety.reported", MARCH)), Layer.SAFETY),
        (a_candidate(off()), Layer.OFF_TARGET),
        (a_candidate(Finding("target.relapse", MARCH)), Layer.WORSE),
        (a_candidate(Finding("target.worse", MARCH)), Layer.WORSE),
        (a_candidate(Finding("target.mania", MARCH)), Layer.WORSE),
        (a_candidate(Finding("review.due", MARCH)), Layer.NEW),
        (a_candidate(quiet_since=MARCH), Layer.QUIET),
        (a_candidate(asked_on=date(2026, 3, 6)), Layer.QUESTION),
        (a_candidate(asked_on=date(2026, 3, 5)), Layer.QUESTION_WAITED),
        (a_candidate(Finding("review.undone", MARCH)), Layer.QUESTION),
        (a_candidate(Finding("review.open", MARCH), off(LONG_AGO), reviewed_on=LONG_AGO), Layer.OFF_TARGET),
        (a_candidate(declined_on=MARCH, reviewed_on=LONG_AGO), Layer.QUESTION),
        (a_candidate(off(LONG_AGO), declined_on=MARCH, reviewed_on=LONG_AGO), Layer.OFF_TARGET),
        (a_candidate(Finding("review.due", MARCH), reviewed_on=LONG_AGO), Layer.DUE),
    ],
)
def test_each_reason_has_its_place(candidate: Candidate, layer: Layer | None) -> None:
    assert _layer(candidate) == layer


def test_the_first_reason_decides_and_all_are_told() -> None:
    candidate = a_candidate(off(), Finding("safety.self-harm", MARCH), asked_on=TODAY)

    assert _layer(candidate) is Layer.SAFETY
    assert place(candidate).rules == ("safety.self-harm", "target.off")


def test_off_target_counts_from_the_last_change_of_treatment() -> None:
    assert _since(place(a_candidate(off(), unchanged_since=LONG_AGO))) == LONG_AGO


@pytest.mark.parametrize(
    ("reviewed_on", "layer"),
    [(date(2026, 2, 28), Layer.OFF_TARGET), (MARCH, None), (TODAY, None)],
    ids=["reviewed the day before", "reviewed the same day", "reviewed today"],
)
def test_what_stood_when_the_person_was_reviewed_is_dealt_with(reviewed_on: date, layer: Layer | None) -> None:
    assert _layer(a_candidate(off(), reviewed_on=reviewed_on)) == layer


def test_it_comes_back_with_all_its_reasons_when_the_review_is_due_again() -> None:
    due = Finding("review.due", TODAY)

    assert _layer(a_candidate(off(), due, reviewed_on=date(2026, 3, 5))) is Layer.OFF_TARGET


def test_a_question_asked_after_a_review_brings_the_person_back() -> None:
    assert _layer(a_candidate(off(), asked_on=TODAY, reviewed_on=TODAY)) is Layer.QUESTION


def test_the_order_is_that_of_the_guide() -> None:
    safe = Finding("safety.self-harm", MARCH, datetime(2026, 3, 9, tzinfo=UTC), is_answered=True)
    people = {
        "open safety": a_candidate(Finding("safety.self-harm", TODAY)),
        "answered safety": a_candidate(safe),
        "mania": a_candidate(Finding("target.mania", TODAY)),
        "a question of last week": a_candidate(asked_on=MARCH),
        "off target, unchanged longest": a_candidate(off(TODAY), unchanged_since=LONG_AGO),
        "off target": a_candidate(off(LONG_AGO), unchanged_since=MARCH),
        "an older question of this week": a_candidate(asked_on=date(2026, 3, 9)),
        "a question": a_candidate(asked_on=TODAY),
        "new": a_candidate(Finding("review.due", LONG_AGO)),
        "quiet": a_candidate(quiet_since=LONG_AGO),
    }
    order = {who: place_on(place(candidate), TODAY) for who, candidate in people.items()}

    assert sorted(order, key=lambda who: order[who]) == list(people)


@pytest.mark.parametrize(
    ("known_until", "layer"),
    [(None, Layer.SAFETY), (datetime(2026, 3, 8, tzinfo=UTC), Layer.SAFETY), (datetime(2026, 3, 10, tzinfo=UTC), None)],
    ids=["never reviewed", "reviewed before it was told", "reviewed since"],
)
def test_safety_that_somebody_answered_waits_for_the_review_that_knows_of_it(
    known_until: datetime | None, layer: Layer | None
) -> None:
    """Closed on Monday, and the score itself is low: still a case for Thursday."""
    told = Finding("safety.self-harm", date(2026, 3, 9), datetime(2026, 3, 9, 10, tzinfo=UTC), is_answered=True)
    reviewed_on = known_until.date() if known_until else None
    candidate = a_candidate(told, known_until=known_until, reviewed_on=reviewed_on)

    assert _layer(candidate) == layer
    assert place(candidate).rules == (), "no open alert gives the place"


def test_what_was_answered_before_the_last_review_does_not_come_back_with_a_review_that_is_due() -> None:
    told = Finding("safety.self-harm", MARCH, datetime(2026, 3, 1, 10, tzinfo=UTC), is_answered=True)
    due = Finding("review.due", TODAY)
    candidate = a_candidate(told, due, reviewed_on=date(2026, 3, 2), known_until=datetime(2026, 3, 2, tzinfo=UTC))

    assert _layer(candidate) is Layer.DUE


@pytest.mark.parametrize(("hour", "layer"), [(9, Layer.SAFETY), (11, None)])
def test_a_positive_answer_after_the_review_of_the_same_day_is_not_dealt_with(hour: int, layer: Layer | None) -> None:
    positive = Finding("safety.self-harm", TODAY, added_at=datetime(2026, 3, 12, 10, tzinfo=UTC))
    known_until = datetime(2026, 3, 12, hour, tzinfo=UTC)

    assert _layer(a_candidate(positive, reviewed_on=TODAY, known_until=known_until)) == layer


@pytest.mark.parametrize(("hour", "is_new"), [(9, True), (11, False)], ids=["entered after it", "entered before"])
@pytest.mark.parametrize(
    ("rule", "layer"),
    [
        ("target.relapse", Layer.WORSE),
        ("target.worse", Layer.WORSE),
        ("target.mania", Layer.WORSE),
        ("target.off", Layer.OFF_TARGET),
    ],
)
def test_a_worse_score_entered_after_the_review_is_new_whatever_its_day(
    rule: str, layer: Layer, hour: int, is_new: bool
) -> None:
    candidate = a_candidate(
        Finding(rule, MARCH, datetime(2026, 3, 9, 10, tzinfo=UTC)),
        reviewed_on=date(2026, 3, 9),
        known_until=datetime(2026, 3, 9, hour, tzinfo=UTC),
    )

    assert _layer(candidate) == (layer if is_new else None)


def test_nobody_is_quiet_before_the_day() -> None:
    assert _layer(a_candidate(quiet_since=date(2026, 3, 13))) is None
    assert _layer(a_candidate(quiet_since=TODAY)) is Layer.QUIET


def test_during_a_pause_nobody_is_quiet_and_after_it_since_the_day_the_silence_began() -> None:
    candidate = a_candidate(quiet_since=LONG_AGO, paused_until=date(2026, 3, 13))
    found = place(candidate)

    assert (_layer(candidate), is_quiet(found, TODAY)) == (None, False)
    assert (_layer(candidate, date(2026, 3, 13)), _since_quiet(found)) == (Layer.QUIET, LONG_AGO)


def _since_quiet(found: Place) -> date:
    return date.fromordinal(found.quiet_place % 10_000_000)


def test_the_days_alone_move_a_place_that_is_kept() -> None:
    """Kept once, on no particular day: a new question, then silence beside it, then a question that waited."""
    asked = place(a_candidate(asked_on=TODAY, quiet_since=date(2026, 3, 15)))
    silent = place(a_candidate(quiet_since=date(2026, 3, 15)))
    days = [date(2026, 3, day) for day in (14, 15, 18, 19)]

    assert [place_on(asked, day) // 20_000_000 for day in days] == [Layer.QUESTION] * 3 + [Layer.QUESTION_WAITED]
    assert [place_on(silent, day) < NOWHERE for day in days] == [False, True, True, True]


def test_every_rule_that_is_the_psychiatrists_has_a_layer() -> None:
    """Closed by somebody of the team it is a place in the queue, and without one nowhere at all."""
    told = {each.id for each in RULEBOOK if Audience.PSYCHIATRIST in each.audience}
    assert told - LAYER_OF.keys() == set()
