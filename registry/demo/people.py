"""Everybody the demo invents: who they are, where they live, and their way through care. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice

from registry.demo.acts import Life
from registry.demo.agenda import plan
from registry.demo.chance import dice
from registry.demo.circumstances import HOMELESS, circumstances
from registry.demo.figures import Figures
from registry.demo.identity import contact_points, identity
from registry.demo.names import name_pairs
from registry.demo.story import Story, plots, tell
from registry.patients.facts import ContactPointFacts, PatientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented patient and what is planned for them."""

    number: int
    facts: PatientFacts
    contact_points: tuple[ContactPointFacts, ...]
    story: Story
    life: Life


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is to be invented: each person's plot and name, from which anybody can be drawn alone."""

    seed: int
    plots: Sequence[str]
    names: Sequence[tuple[int, str]]

    @classmethod
    @cache
    def of(cls, seed: int, count: int) -> Cast:
        """The cast of ``count`` people."""
        deck = plots(count, dice(seed, "plots"))
        return cls(seed, deck, list(islice(name_pairs(dice(seed, "names")), count)))

    def person(self, number: int, *, today: date, figures: Figures) -> Person:
        """The ``number``-th person, with a history that reaches ``today``."""
        seed = self.seed
        story = tell(seed, number, plot=self.plots[number], today=today, figures=figures)
        roll = dice(seed, number, "identity")
        is_young = story.condition == "early-psychosis"
        facts = identity(roll, number=number, name=self.names[number], today=today, is_young=is_young)
        age = (today - facts.birth_date).days // 365
        where = circumstances(dice(seed, number, "circumstances"), age=age)
        return Person(
            number=number,
            facts=facts,
            contact_points=contact_points(roll, number=number, is_homeless=where.home(0) in HOMELESS),
            story=story,
            life=plan(seed, story, person=facts, circumstances=where, today=today, figures=figures),
        )


def people(seed: int, count: int, *, today: date, figures: Figures) -> Iterator[Person]:
    """Invent ``count`` people whose history reaches ``today``: the same for the same seed, count and day."""
    cast = Cast.of(seed, count)
    return (cast.person(number, today=today, figures=figures) for number in range(count))
