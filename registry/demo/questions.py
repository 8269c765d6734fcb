"""Questions for the psychiatrist: when they are asked, and asking them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.demo import wording
from registry.demo.acts import Act
from registry.demo.encounters import time_of_day
from registry.demo.scene import Scene
from registry.demo.spans import at_random
from registry.review.actions import ask_question
from registry.review.models import ReviewQuestion

if TYPE_CHECKING:
    from registry.demo.crowd.history import History
    from registry.demo.deeds import Chart

_PER_MONTH = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Act):
    """A question for the psychiatrist."""

    words: str

    def do(self, chart: Chart) -> None:
        ask_question(episode=chart.episode, words=self.words, by=chart.who(self.by))

    def write_down(self, history: History) -> None:
        history.row(
            ReviewQuestion,
            asked_by_id=history.team.who(self.by).id,
            asked_at=history.site.instant(self.on, self.at),
            asked_on=self.on,
            words=self.words,
            answered_by_review_id=history.reviewed_after(self.on),
        )


def questions(scene: Scene) -> Iterator[Question]:
    """Now and then somebody of the team asks one."""
    roll, story = scene.roll, scene.story
    for on in at_random(roll, scene.spans, _PER_MONTH * scene.spans.days / 30):
        yield Question(on=on, at=time_of_day(roll), words=roll.choice(wording.QUESTIONS[story.group]))
