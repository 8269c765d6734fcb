"""Everybody the demo invents: who they are, where they live, and their way through care. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import islice
from random import Random

from registry.demo.acts import Life
from registry.demo.agenda import plan
from registry.demo.chance import dice
from registry.demo.circumstances import HOMELESS, RETIRED_FROM, circumstances
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
    is_homeless: bool
    """On the day care begins."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is to be invented: the plot of each life and each person's name, from which anybody can be drawn alone."""

    seed: int
    plots: Sequence[str]
    names: Sequence[tuple[int, str]]

    @classmethod
    @cache
    def of(cls, seed: int, count: int, lives: int | None = None) -> Cast:
        """The cast of ``count`` people, who live a life each, or share so many ``lives``."""
        deck = plots(count if lives is None else lives, dice(seed, "plots"))
        return cls(seed, deck, list(islice(name_pairs(dice(seed, "names")), count)))

    def person(self, number: int, *, today: date, figures: Figures, life: int | None = None) -> Person:
        """The ``number``-th person, whose history reaches ``today``: the ``life``-th life, or one of their own."""
        seed, life = self.seed, number if life is None else life
        story = tell(seed, life, plot=self.plots[life], today=today, figures=figures)
        roll = dice(seed, number, "identity")
        facts = self._identity(roll, number, story, today)
        where = circumstances(dice(seed, life, "circumstances"), age=_age(facts, today))
        is_homeless = where.home(0) in HOMELESS
        return Person(
            number=number,
            facts=facts,
            contact_points=contact_points(roll, number=number, is_homeless=is_homeless),
            story=story,
            life=plan(seed, story, person=facts, circumstances=where, today=today, figures=figures),
            is_homeless=is_homeless,
        )

    def counterpart(self, number: int, *, of: Person, today: date) -> Person:
        """The ``number``-th person, who lives the same life as another: drawn until nothing in it contradicts them."""
        roll = dice(self.seed, number, "identity")
        facts = self._identity(roll, number, of.story, today)
        while bears_on_life(facts, today) != bears_on_life(of.facts, today):
            facts = self._identity(roll, number, of.story, today)
        points = contact_points(roll, number=number, is_homeless=of.is_homeless)
        while ways(points) != ways(of.contact_points):
            points = contact_points(roll, number=number, is_homeless=of.is_homeless)
        return replace(of, number=number, facts=facts, contact_points=points)

    def _identity(self, roll: Random, number: int, story: Story, today: date) -> PatientFacts:
        is_young = story.condition == "early-psychosis"
        return identity(roll, number=number, name=self.names[number], today=today, is_young=is_young)


def _age(facts: PatientFacts, today: date) -> int:
    return (today - facts.birth_date).days // 365


def bears_on_life(facts: PatientFacts, today: date) -> tuple[object, ...]:
    """What forms are filled in by, and what somebody does all day."""
    return facts.sex, facts.needs_interpreter, _age(facts, today) >= RETIRED_FROM


def ways(points: Sequence[ContactPointFacts]) -> set[tuple[object, ...]]:
    """How somebody can be reached: the steps of outreach that are possible, and so the reason that names the next."""
    return {(each.kind, each.may_text, each.may_email) for each in points}


def people(seed: int, count: int, *, today: date, figures: Figures) -> Iterator[Person]:
    """Invent ``count`` people whose history reaches ``today``: the same for the same seed, count and day."""
    cast = Cast.of(seed, count)
    return (cast.person(number, today=today, figures=figures) for number in range(count))
