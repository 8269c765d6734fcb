"""One episode of an invented life, as each part of the life sees it. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from registry.demo.chance import dice
from registry.demo.forms_filled import Folder
from registry.demo.spans import Spans
from registry.demo.story import Story
from registry.patients.facts import PatientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Whose episode it is, and where in it each day lies. The parts of a life listed first share one ``roll``.

    ``folder`` knows the forms and where the person lives and what they work. Of ``person`` only what
    ``people.bears_on_life`` names may decide something: others live the same life.
    """

    seed: int
    roll: Random
    story: Story
    folder: Folder
    spans: Spans
    person: PatientFacts

    def dice(self, part: str) -> Random:
        """Dice of a part's own, so that a part that is added changes nothing in the others."""
        return dice(self.seed, self.story.number, part, self.spans.enrolled_on)
