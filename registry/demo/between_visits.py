"""What happens between the visits: changes of phase, people heard from, questions, dangers, new targets. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from registry.demo import wording
from registry.demo.acts import Act, Danger, PhaseChange, Question, TargetChange, TeamChange, Visit
from registry.demo.chance import happens, weighted
from registry.demo.encounters import contact_made, time_of_day
from registry.demo.forms_filled import Folder, tracked
from registry.demo.spans import Spans, at_random, day_of, last_workday
from registry.demo.story import Story
from registry.episodes.facts import TargetWish

_PER_MONTH = {"seen-elsewhere": 0.16, "collateral": 0.06, "team": 0.05, "scheduling": 0.06}
_QUESTIONS_PER_MONTH, _DANGERS_PER_MONTH = 0.06, 0.009


def phase_changes(roll: Random, story: Story, spans: Spans) -> Iterator[Act]:
    """From engaging to active, to maintaining, back again; a pause with its end."""
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


def events(roll: Random, story: Story, spans: Spans) -> Iterator[Act]:
    """What lies between the visits: others who saw the person, relatives, questions, dangers, new targets."""
    length = (spans.until - spans.enrolled_on).days
    for kind, per_month in _PER_MONTH.items():
        for on in at_random(roll, spans, per_month * length / 30):
            if kind in {"collateral", "team"} or spans.comes(on) or happens(roll, 0.25):
                reached = kind == "scheduling"
                yield Visit(on=on, at=time_of_day(roll), contact=contact_made(roll, on, kind, "phone", reached=reached))
    for on in at_random(roll, spans, _QUESTIONS_PER_MONTH * length / 30):
        yield Question(on=on, at=time_of_day(roll), words=roll.choice(wording.QUESTIONS[_group(story)]))
    for on in at_random(roll, spans, _DANGERS_PER_MONTH * length / 30):
        yield _danger(roll, on, roll.choice(wording.DANGERS))
    if length > 150 and happens(roll, 0.1):
        yield _other_target(roll, story, day_of(spans.enrolled_on, roll.randint(90, 140)) or spans.enrolled_on)
    if length > 120 and happens(roll, 0.08):
        on = day_of(spans.enrolled_on, roll.randint(60, 110)) or spans.enrolled_on
        yield TeamChange(
            on=on,
            at=time(8, 50),
            by="clinic_lead",
            place="care_manager",
            who="other:care_manager",
            why="Caseloads evened out",
        )


def _group(story: Story) -> str:
    return "psychosis" if story.has_psychosis else "bipolar" if story.has_bipolar else "depression"


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


def distressed(roll: Random, story: Story, folder: Folder, spans: Spans) -> Iterator[Act]:
    """Of the people in treatment some had a bad day yesterday, so that there is something to answer today."""
    on = last_workday(spans.until)
    if on <= spans.enrolled_on or not spans.comes(on):
        return
    if story.number % 15 == 4:
        contact = contact_made(roll, on, "treatment", "in-person", reached=True, minutes=(20, 50))
        yield Visit(on=on, at=time_of_day(roll, 10, 15), contact=contact, forms=(folder.with_thoughts(on),))
    elif story.number % 15 == 9:
        yield Question(on=on, at=time_of_day(roll, 15, 16), words=roll.choice(wording.QUESTIONS[_group(story)]))
    elif story.number % 45 == 7:
        yield _danger(roll, on, wording.DANGERS[story.number // 45 % len(wording.DANGERS)])
