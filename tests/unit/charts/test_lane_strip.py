"""Where treatment lies beneath a sparkline."""

from __future__ import annotations

from datetime import date

from registry.charts.course_facts import Lane, Mark, Spell
from registry.charts.lane_strip import ROW, lane_strip
from registry.charts.sparkline import MARGIN, Dot

FIRST, LAST = date(2026, 1, 1), date(2026, 4, 11)
"""A hundred days."""

WIDTH = int(100 + 2 * MARGIN)


def _spell(starts_on: date, ends_on: date, words: str = "lithium 600 mg a day", brief: str = "lithium") -> Spell:
    return Spell(starts_on, ends_on, words, "dose-1", brief=brief)


def test_a_bar_lies_at_its_days_and_never_outside_the_period() -> None:
    lane = Lane("Medication", spells=[_spell(date(2025, 6, 1), date(2026, 1, 11)), _spell(date(2026, 1, 11), LAST)])

    strip = lane_strip([lane], starts_on=FIRST, ends_on=LAST, width=WIDTH)

    assert strip is not None
    assert [(bar.x, bar.width) for bar in strip.bars] == [(3.0, 10.0), (13.0, 90.0)]
    assert strip.height == ROW


def test_words_that_do_not_fit_into_a_bar_give_way_to_brief_ones_then_to_none() -> None:
    lane = Lane(
        "Medication", spells=[_spell(FIRST, date(2026, 3, 1)), _spell(FIRST, date(2026, 1, 5)), _spell(FIRST, LAST)]
    )

    strip = lane_strip([lane], starts_on=FIRST, ends_on=LAST, width=WIDTH)

    assert strip is not None
    assert [bar.label for bar in strip.bars] == ["lithium", "", "lithium"]
    assert strip.title.count("lithium 600 mg a day") == 3, "whoever does not see it hears all of it"


def test_a_mark_lies_in_the_row_of_its_lane_and_everything_is_said_in_words() -> None:
    lanes = [
        Lane("Medication", spells=[_spell(FIRST, LAST)]),
        Lane("Therapy"),
        Lane("Injections", marks=[Mark(date(2026, 1, 11), "paliperidone: refused", "missed")]),
    ]

    strip = lane_strip(lanes, starts_on=FIRST, ends_on=LAST, width=WIDTH)

    assert strip is not None
    assert [(spot.at, spot.kind) for spot in strip.spots] == [(Dot(13.0, 21.5), "missed")]
    assert strip.title == "lithium 600 mg a day, 1 Jan 2026 to 11 Apr 2026; paliperidone: refused, 11 Jan 2026"


def test_nothing_is_drawn_where_nothing_was_given_or_no_day_has_passed() -> None:
    assert lane_strip([Lane("Medication")], starts_on=FIRST, ends_on=LAST, width=WIDTH) is None
    assert lane_strip([Lane("M", spells=[_spell(FIRST, LAST)])], starts_on=FIRST, ends_on=FIRST, width=WIDTH) is None
