"""What happens between the visits: changes of phase, people heard from, dangers, new targets. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from registry.demo import wording
from registry.demo.acts import Act, Danger, PhaseChange, TargetChange, TeamChange, Visit
from registry.demo.chance import happens, weighted
from registry.demo.encounters import contact_made, time_of_day
from registry.demo.forms_filled import tracked
from registry.demo.questions import Question
from registry.demo.scene import Scene
from registry.demo.spans import Spans, at_random, day_of, last_workday
from registry.demo.story import Story
from registry.episodes.facts import TargetWish

_PER_MONTH = {"seen-elsewhere": 0.16, "collateral": 0.06, "team": 0.05, "scheduling": 0.06}
_DANGERS_PER_MONTH = 0.009


def phase_changes(scene: Scene) -> Iterator[PhaseChange]:
    """From engaging to active, to maintaining, back again; a pause with its end."""
    roll, story, spans = scene.roll, scene.story, scene.spans
    steady = day_of(spans.enrolled_on, roll.randint(12, 36))
    if story.begins_engaging and story.plot != "engaging" and steady and spans.comes(steady):
        yield from _change(steady, spans, "active", "Comes regularly, plan agreed")
    yield from _change(
        spans.turn(story.maintaining_from), spans, "maintaining", "At target; relapse-prevention plan written"
    )
    yield from _change(
        spans.turn(story.active_again_from), spans, "active", "Scores are rising again: back to treat to target"
    )
    paused = spans.turn(story.paused_from)
    if paused is not None:
        yield PhaseChange(
            on=paused,
            at=time(16, 30),
            phase="paused",
            why=roll.choice(wording.PAUSES),
            paused_until=paused + timedelta(days=roll.choice([28, 42, 60, 75, 90])),
        )


def _change(on: date | None, spans: Spans, phase: str, why: str) -> Iterator[PhaseChange]:
    if on is not None and on < spans.until:
        yield PhaseChange(on=on, at=time(16, 50), phase=phase, why=why)


def heard_from(scene: Scene) -> Iterator[Visit]:
    """Others who saw the person, relatives, the team among itself, appointments made."""
    roll, spans = scene.roll, scene.spans
    for kind, per_month in _PER_MONTH.items():
        for on in at_random(roll, spans, per_month * spans.days / 30):
            if kind in {"collateral", "team"} or spans.comes(on) or happens(roll, 0.25):
                reached = kind == "scheduling"
                yield Visit(on=on, at=time_of_day(roll), contact=contact_made(roll, on, kind, "phone", reached=reached))


def dangers(scene: Scene) -> Iterator[Danger]:
    """Somebody says that the person is in danger."""
    for on in at_random(scene.roll, scene.spans, _DANGERS_PER_MONTH * scene.spans.days / 30):
        yield _danger(scene.roll, on, scene.roll.choice(wording.DANGERS))


def other_targets(scene: Scene) -> Iterator[TargetChange]:
    """After some months a nearer target, or the best achievable."""
    roll, spans = scene.roll, scene.spans
    if spans.days > 150 and happens(roll, 0.1):
        yield _other_target(roll, scene.story, day_of(spans.enrolled_on, roll.randint(90, 140)) or spans.enrolled_on)


def team_changes(scene: Scene) -> Iterator[TeamChange]:
    """Another care manager takes over."""
    roll, spans = scene.roll, scene.spans
    if spans.days > 120 and happens(roll, 0.08):
        on = day_of(spans.enrolled_on, roll.randint(60, 110)) or spans.enrolled_on
        yield TeamChange(
            on=on,
            at=time(8, 50),
            by="clinic_lead",
            place="care_manager",
            who="other:care_manager",
            why="Caseloads evened out",
        )


def _danger(roll: Random, on: date, told: tuple[str, str, str, str]) -> Danger:
    kind, said_by, words, done = told
    by = weighted(roll, {"care_manager": 0.6, "peer_specialist": 0.2, "clinician": 0.2})
    return Danger(on=on, at=time_of_day(roll), by=by, kind=kind, said_by=said_by, words=words, done=done)


def _other_target(roll: Random, story: Story, on: date) -> TargetChange:
    scale = tracked(story)[0].scale
    if happens(roll, 0.5):
        wish = TargetWish(
            scale=scale,
            is_hold=True,
            review_by=on + timedelta(days=170),
            why="Best achievable for now, agreed with the patient",
        )
    else:
        level = 38 if story.has_psychosis else 9
        wish = TargetWish(scale=scale, at_most=Decimal(level), why="A nearer step first, agreed with the patient")
    return TargetChange(on=on, at=time(16, 20), wish=wish)


def distressed(scene: Scene) -> Iterator[Act]:
    """Of the people in treatment some had a bad day yesterday, so that there is something to answer today."""
    roll, story, spans = scene.roll, scene.story, scene.spans
    on = last_workday(spans.until)
    if story.plot != "active" or on <= spans.enrolled_on or not spans.comes(on):
        return
    if story.number % 15 == 4:
        contact = contact_made(roll, on, "treatment", "in-person", reached=True, minutes=(20, 50))
        yield Visit(on=on, at=time_of_day(roll, 10, 15), contact=contact, forms=(scene.folder.with_thoughts(on),))
    elif story.number % 15 == 9:
        yield Question(on=on, at=time_of_day(roll, 15, 16), words=roll.choice(wording.QUESTIONS[story.group]))
    elif story.number % 45 == 7:
        yield _danger(roll, on, wording.DANGERS[story.number // 45 % len(wording.DANGERS)])
