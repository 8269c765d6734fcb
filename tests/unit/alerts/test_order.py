"""Why the list of the day is in its order."""

from __future__ import annotations

from pathlib import Path

from registry.alerts.presenters.order import why_this_order

GUIDES = Path(__file__).parents[3] / "docs" / "guides.md"


def test_the_guide_explains_the_order_in_the_words_of_the_page() -> None:
    guide = GUIDES.read_text(encoding="utf-8")

    assert [sentence for sentence in why_this_order().sentences if sentence not in guide] == []


def test_what_is_not_known_of_a_danger_is_told_before_what_nobody_has_done() -> None:
    reasons = why_this_order().reasons

    assert reasons.index("Safety answer missing") < reasons.index("Off target") < reasons.index("No contact")
