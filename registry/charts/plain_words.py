"""Words as the chart library prints them: it reads tags in every text, links among them, and drops what it knows not.

What people typed (the name of a treatment, "< 5 mg") is printed letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html import escape

from registry.charts.course_facts import Lane, Track


def plain_lanes(lanes: Iterable[Lane]) -> list[Lane]:
    """The lanes with no tag in any of their words."""
    return [
        replace(
            lane,
            title=_plain(lane.title),
            marks=[replace(mark, words=_plain(mark.words)) for mark in lane.marks],
            spells=[replace(spell, words=_plain(spell.words), brief=_plain(spell.brief)) for spell in lane.spells],
        )
        for lane in lanes
    ]


def plain_tracks(tracks: Iterable[Track]) -> list[Track]:
    """The tracks with no tag in what their instrument calls them."""
    return [
        replace(
            track,
            name=_plain(track.name),
            target_words=_plain(track.target_words),
            bands=[replace(band, label=_plain(band.label)) for band in track.bands],
        )
        for track in tracks
    ]


def _plain(words: str) -> str:
    return escape(words, quote=False)
