"""Looking back over past days: what rules would have told, with these numbers or with others."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.alerts.parameters import ClinicNumber, Numbers
from registry.alerts.past.as_of import PARTS, CaseHistory, PastCase, Span, Timeline
from registry.alerts.past.replay import replay, rules_of
from registry.alerts.rulebook import RULEBOOK, Finding, evaluate, with_speakers
from registry.alerts.snapshot import CaseSnapshot, ContactFacts, ReviewFacts
from tests.unit.alerts.cases import NUMBERS, case, day, days, episode
from tests.unit.alerts.test_next_check import adopted, cases

SPAN = Span(before=day(0), last=day(60))
RULES = tuple(rule.id for rule in RULEBOOK)

some_rules = st.sets(st.sampled_from(RULES), min_size=1, max_size=4)


def lived(stages: Mapping[int, CaseSnapshot], **facts: object) -> CaseHistory:
    """An episode that was as each snapshot says from its day on."""

    def of(name: str) -> Callable[[], Timeline[object]]:
        def on(when: object) -> object:
            return getattr(stages[max(number for number in stages if day(number) <= when)], name)  # type: ignore[operator]

        return lambda: Timeline(on, days(list(stages)), SPAN)

    parts = {name: of(name) for name in PARTS}
    return CaseHistory(patient_id=uuid.UUID(int=1), span=SPAN, begins_on=day(-60), parts=parts, **facts)  # type: ignore[arg-type]


def spoken_with(*on: int) -> CaseSnapshot:
    long_ago = episode(enrolled_on=day(-60), phase_since=day(-60))
    return case(episode=long_ago, contacts=ContactFacts(two_way_on=days(on)), reviews=ReviewFacts(last_on=day(1)))


def began(history: CaseHistory, numbers: Numbers, rules: Collection[str]) -> list[tuple[object, ...]]:
    return sorted((each.on, each.rule, each.tier) for each in replay(history, numbers, rules).told if each.began)


def began_looking_every_day(
    history: CaseHistory, numbers: Numbers, rules: Collection[str]
) -> tuple[list[tuple[object, ...]], set[str]]:
    """The whole rulebook, every night and every evening; and what stands at the end."""
    found: list[tuple[object, ...]] = []
    standing: dict[str, Finding] = {}
    for number in range((SPAN.last - SPAN.before).days + 1):
        for facts_of in [day(number - 1), day(number)] if number else [day(0)]:
            evaluation = evaluate(PastCase(history, facts_of), day(number), numbers)
            now = {each.rule: each for each in evaluation.findings if each.rule in rules}
            if number:
                found += [(day(number), id_, each.tier) for id_, each in now.items() if id_ not in standing]
            standing = now
    return sorted(found), set(standing)


@settings(max_examples=40, deadline=None)
@given(of=cases(), rules=some_rules, numbers=st.sampled_from([NUMBERS, adopted]), on=st.integers(0, 150))
def test_a_few_rules_with_those_that_speak_for_them_say_what_the_whole_rulebook_says(
    of: CaseSnapshot, rules: set[str], numbers: Numbers, on: int
) -> None:
    whole = [each for each in evaluate(of, day(on), numbers).findings if each.rule in rules]
    few = [each for each in evaluate(of, day(on), numbers, rules=with_speakers(rules)).findings if each.rule in rules]

    assert few == whole or [(each.rule, each.tier, each.evidence, each.since) for each in few] == [
        (each.rule, each.tier, each.evidence, each.since) for each in whole
    ]


@settings(max_examples=15, deadline=None)
@given(
    stages=st.dictionaries(st.integers(1, 60), cases(), max_size=3),
    first=cases(),
    rules=some_rules,
    numbers=st.sampled_from([NUMBERS, adopted]),
)
def test_looking_back_only_on_days_that_can_change_something_finds_what_looking_back_on_every_day_finds(
    stages: dict[int, CaseSnapshot], first: CaseSnapshot, rules: set[str], numbers: Numbers
) -> None:
    history = lived({0: first, **stages})

    every_day, standing = began_looking_every_day(history, numbers, rules)

    assert began(history, numbers, rules) == every_day
    assert {each.rule for each in replay(history, numbers, rules).standing} == standing


@pytest.mark.parametrize(
    ("number", "began_on"),
    [
        (30, [day(31), day(50)]),
        (25, [day(26), day(45)]),
        (19, [day(20), day(39)]),
        (33, [day(53)]),
        (60, []),
        (None, []),
    ],
)
def test_another_number_tells_of_silence_on_other_days(number: int | None, began_on: list[object]) -> None:
    """Spoken with on days 1, 20 (known in the evening of day 33 only) and then never again."""
    history = lived({0: spoken_with(1), 33: spoken_with(1, 20)})
    numbers = NUMBERS.at_clinic({"engage.no-contact.active": ClinicNumber(number)})

    told = [each for each in replay(history, numbers, ["engage.no-contact"]).told if each.began]

    assert [each.on for each in told] == began_on


def test_what_stood_before_the_first_day_is_not_told_in_the_span_and_stands_at_its_end() -> None:
    found = replay(lived({0: spoken_with(-40)}), NUMBERS, ["engage.no-contact"])

    assert ([each.on for each in found.told if each.began], [each.rule for each in found.standing]) == (
        [],
        ["engage.no-contact"],
    )


def test_what_becomes_louder_or_has_news_in_it_is_told_again() -> None:
    history = lived({0: case(episode=episode(), reviews=ReviewFacts(last_on=day(1)))})

    loud = replay(history, NUMBERS, ["engage.first-follow-up", "engage.no-contact"]).told
    news = replay(lived({0: spoken_with(-40)}), NUMBERS, ["engage.no-contact"]).told

    assert [(each.tier.value, each.on, each.began) for each in loud if each.rule == "engage.first-follow-up"] == [
        ("reminder", day(21), True),
        ("action", day(28), False),
    ]
    assert [(each.on, each.began) for each in news] == [(day(50), False)], "90 days on, somebody has to decide"


def test_nothing_is_told_in_an_episode_that_is_over_but_in_the_night_before_its_last_day() -> None:
    over = [
        [each.on for each in replay(lived({0: spoken_with(1)}, ended_on=day(on)), NUMBERS, ["engage.no-contact"]).told]
        for on in (30, 31, 40)
    ]

    assert over == [[], [day(31)], [day(31)]]
    assert replay(lived({0: spoken_with(1)}, ended_on=day(40)), NUMBERS, ["engage.no-contact"]).standing == ()


def test_what_had_piled_up_before_an_enrolment_was_stored_is_told_on_its_day() -> None:
    history = lived({0: spoken_with(-40)}, backlog_from=day(5), backlog_until=day(22))

    told = replay(history, NUMBERS, ["engage.no-contact"]).told

    assert [(each.on, each.began) for each in told] == [(day(22), True), (day(50), False)]


def test_a_part_nobody_asks_for_is_never_made() -> None:
    made: list[str] = []

    def part(name: str) -> Callable[[], Timeline[object]]:
        def make() -> Timeline[object]:
            made.append(name)
            return Timeline(lambda _day: getattr(spoken_with(1), name), (), SPAN)

        return make

    history = CaseHistory(uuid.UUID(int=1), SPAN, day(-60), {name: part(name) for name in PARTS})
    replay(history, NUMBERS, ["review.due"])

    assert {"episode", "reviews"} <= set(made)
    assert not {"safety", "contacts", "treatment", "plans"} & set(made)


def test_a_number_concerns_the_rules_that_read_it_and_those_they_speak_for() -> None:
    assert rules_of("review.undone.after") == ("review.undone",)
    assert set(rules_of("engage.no-contact.active")) == {"engage.no-contact", "engage.first-follow-up", "measure.due"}
    assert "treatment.inertia" in rules_of("target.off.after"), "it asks whether somebody is off target"
    assert rules_of("alerts.backlog.days") == ()
