"""What a goal and a plan are made of. Pure.

The sections of a safety plan follow the order of a safety planning conversation (Stanley and Brown 2012); their
headings are our own words, since the published form is its authors' and is not reproduced here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GOAL_STATES: Mapping[str, str] = {
    "open": "Being worked on",
    "reached": "Reached",
    "changed": "Changed",
    "set-aside": "Set aside",
    "entered-in-error": "Entered in error",
}

GOAL_ENDS: Mapping[str, str] = {
    "reached": "Reached",
    "set-aside": "Set aside",
    "entered-in-error": "Entered in error",
}
"""What may become of a goal that is not replaced by another."""

LEAST, MOST = 0, 10
"""A rating: 0 not at all, 10 fully reached. 0 is a rating."""

PLANS: Mapping[str, str] = {"safety": "Safety plan", "relapse": "Relapse-prevention plan"}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a plan: its key in the stored document, its heading, and what belongs there."""

    key: str
    title: str
    hint: str


SECTIONS: Mapping[str, Sequence[Section]] = {
    "safety": (
        Section("signs", "How I notice that it is getting dangerous", "Thoughts, feelings, situations, behaviour"),
        Section("own", "What I can do by myself", "What takes the mind off it without anybody else"),
        Section("company", "People and places that do me good", "Where to be among people without talking of it"),
        Section("ask", "People I can ask for help", "With telephone numbers"),
        Section("professionals", "Professionals and crisis lines", "With telephone numbers, also for the night"),
        Section("surroundings", "Making my surroundings safe", "What is put away, by whom, until when"),
    ),
    "relapse": (
        Section("well", "What keeps me well", "Routines, people, treatment that works"),
        Section("triggers", "What brings it back", "Situations, dates, substances, missed sleep"),
        Section("early", "First signs, noticed by me and by others", "In the order in which they came last time"),
        Section("steps", "What I do when they come", "First steps, and how soon"),
        Section("others", "What others should do, and should not", "Who, and what has helped before"),
        Section("treatment", "Treatment in a crisis", "What has helped, what I do not want"),
        Section("call", "Whom to call, and when", "With telephone numbers"),
    ),
}
"""The sections of each plan, in the order they are talked through."""


def is_empty(sections: Mapping[str, str]) -> bool:
    """Whether nothing is written in any section."""
    return not any(text.strip() for text in sections.values())


def section_titles(kind: str) -> Mapping[str, str]:
    """Key of a section → its heading."""
    return {section.key: section.title for section in SECTIONS[kind]}
