"""What people typed is printed by the chart letter for letter."""

from __future__ import annotations

import json
from datetime import date

from registry.charts.course_facts import Lane, Mark, Spell
from registry.charts.course_figure import course_figure
from registry.charts.plain_words import plain_lanes

TYPED = '<a href="https://elsewhere.example">lithium</a> < 5 mg & up'
PRINTED = '&lt;a href="https://elsewhere.example"&gt;lithium&lt;/a&gt; &lt; 5 mg &amp; up'
FIRST, LAST = date(2026, 1, 5), date(2026, 3, 12)


def test_no_word_of_a_lane_is_a_tag_to_the_chart() -> None:
    spell = Spell(FIRST, LAST, TYPED, "dose-1", brief=TYPED)
    lanes = plain_lanes([Lane("Medication", spells=[spell]), Lane("Injections", marks=[Mark(FIRST, TYPED, "done")])])

    drawn = json.dumps(course_figure([], lanes, starts_on=FIRST, today=LAST, from_day=FIRST))

    assert "<a " not in drawn
    assert "< 5" not in drawn
    assert lanes[0].spells[0].words == lanes[0].spells[0].brief == lanes[1].marks[0].words == PRINTED
