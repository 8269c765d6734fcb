"""From a story to its days: referral, enrolment, visits, turns, the end. Pure, and never later than today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random
from typing import TypeAlias

from registry.demo import wording
from registry.demo.acts import (
    Act,
    Ending,
    Enrolment,
    Life,
    Referral,
    Visit,
)
from registry.demo.between_visits import (
    dangers,
    distressed,
    heard_from,
    other_targets,
    phase_changes,
    team_changes,
)
from registry.demo.chance import dice, happens, weighted
from registry.demo.circumstances import Circumstances
from registry.demo.encounters import attempt, contact_made, time_of_day
from registry.demo.figures import Figures
from registry.demo.forms_filled import ASRM, BPRS, GAD, PHQ, SCALES, Folder, tracked
from registry.demo.questions import questions
from registry.demo.scene import Scene
from registry.demo.spans import Spans, day_of, workday
from registry.demo.story import Story
from registry.episodes.facts import TargetWish
from registry.patients.facts import PatientFacts

_SOURCES = {"primary-care": 0.42, "own-clinic": 0.18, "hospital": 0.2, "crisis": 0.08, "shelter": 0.07, "justice": 0.05}
_MODALITIES = {"in-person": 0.52, "phone": 0.3, "video": 0.1, "home": 0.08}
_BUSY_UNTIL_WEEK = 8
_FIRST_WEEKS_DAYS, _ACTIVE_DAYS, _MAINTAINING_DAYS = 15, 26, 38
"""Days from visit to visit: in the first weeks, in active treatment, while maintaining."""


def plan(
    seed: int, story: Story, *, person: PatientFacts, circumstances: Circumstances, today: date, figures: Figures
) -> Life:
    """Everything that happens to the person by their own course, up to ``today``, in order."""
    roll = dice(seed, story.number, "agenda")
    acts = list(_acts(seed, roll, story, person, circumstances, today, figures))
    kept = [act for act in acts if act.on <= today]
    return Life(story.number, tuple(sorted(kept, key=lambda act: (act.on, act.at))))


def _acts(
    seed: int,
    roll: Random,
    story: Story,
    person: PatientFacts,
    circumstances: Circumstances,
    today: date,
    figures: Figures,
) -> Iterator[Act]:
    yield _referral(roll, story, story.referred_on, clinic=story.clinic)
    if story.enrolled_on is None:
        yield from _waiting(roll, story, today)
        return

    def scene(spans: Spans) -> Scene:
        folder = _folder(roll, story, person, circumstances, figures)
        return Scene(seed=seed, roll=roll, story=story, folder=folder, spans=spans, person=person)

    until = day_of(story.enrolled_on, story.ends_on) or today + timedelta(days=1)
    yield from _episode(scene(Spans(story, story.enrolled_on, until)))
    if story.second_start is not None and story.ends_on is not None:
        yield from _second_episode(roll, story, scene, today)


def _folder(roll: Random, story: Story, person: PatientFacts, circumstances: Circumstances, figures: Figures) -> Folder:
    return Folder(
        roll=roll,
        story=story,
        figures=figures,
        circumstances=circumstances,
        needs_interpreter=person.needs_interpreter is True,
    )


def _referral(roll: Random, story: Story, on: date, *, clinic: int, source: str | None = None) -> Referral:
    is_urgent = story.number % 7 == 3 if story.enrolled_on is None else happens(roll, 0.08)
    return Referral(
        on=on,
        at=time(8, roll.choice([35, 40, 45, 50, 55])) if source is None else time(16, 55),
        by="clinic_lead",
        clinic=clinic,
        source=source or weighted(roll, _SOURCES),
        urgency="urgent" if is_urgent else "routine",
    )


def _waiting(roll: Random, story: Story, today: date) -> Iterator[Act]:
    """Referred and not yet seen: perhaps called already."""
    first_call = workday(story.referred_on + timedelta(days=2))
    if first_call < today and happens(roll, 0.7):
        yield attempt(roll, first_call, reached=happens(roll, 0.4))


def _episode(scene: Scene) -> Iterator[Act]:
    story, spans = scene.story, scene.spans
    yield _enrolment(scene.roll, story, spans)
    for part in PARTS:
        yield from part(scene)
    if not spans.is_second and story.ends_on is not None:
        reason = story.plot if story.plot in wording.END_NOTES else "lost"
        ended_on = spans.until
        yield Ending(on=ended_on, at=time(16, 40), reason=reason, note=wording.END_NOTES[reason])


def _enrolment(roll: Random, story: Story, spans: Spans) -> Enrolment:
    # Without a decided reason nobody hands the consultant's advice to somebody else: one in four is the prescriber too.
    prescriber = weighted(roll, {"clinician": 0.45, "psychiatrist": 0.25, "name:Dr. Marchetti, Canal Health": 0.3})
    team = {"care_manager": "care_manager", "consultant": "psychiatrist", "prescriber": prescriber}
    if happens(roll, 0.32):
        team["peer"] = "peer_specialist"
    if happens(roll, 0.12):
        team["key_worker"] = "name:House manager, Alder Court residence"
    measures = tracked(story)
    return Enrolment(
        on=spans.enrolled_on,
        at=time_of_day(roll, 9, 14),
        phase="engaging" if story.begins_engaging else "active",
        conditions=story.conditions,
        metric_primary=measures[0].scale,
        tracked=measures,
        targets=_targets(story),
        team=team,
        capacity=happens(roll, 0.97),
        consent_mode=weighted(roll, {"written": 0.6, "verbal": 0.25, "electronic": 0.15}),
    )


def _targets(story: Story) -> tuple[TargetWish, ...]:
    levels = {BPRS: 30, PHQ: 4} if story.has_psychosis else {PHQ: 4, GAD: 4}
    if story.has_bipolar:
        levels[ASRM] = 5
    followed = {each.scale for each in tracked(story)}
    return tuple(
        TargetWish(scale=SCALES[instrument], at_most=Decimal(level))
        for instrument, level in levels.items()
        if SCALES[instrument] in followed
    )


def _visits(scene: Scene) -> Iterator[Act]:
    """The initial assessment with its forms, then visit after visit; who stops coming is tried for."""
    roll, story, folder, spans = scene.roll, scene.story, scene.folder, scene.spans
    yield Visit(
        on=spans.enrolled_on,
        at=time(15, roll.choice([0, 10, 20])),
        contact=contact_made(roll, spans.enrolled_on, "treatment", "in-person", reached=True, minutes=(40, 75)),
        forms=folder.first(spans.enrolled_on),
    )
    on = workday(spans.enrolled_on + timedelta(days=roll.randint(6, 11)))
    misses = 0
    while on < spans.until:
        if not spans.comes(on):
            misses += 1
            if misses > 5 or spans.turn(story.paused_from):
                return
            yield attempt(roll, on, reached=False)
        elif happens(roll, story.diligence):
            yield from _visit(roll, folder, on, spans)
        else:
            yield from _missed(roll, on, spans)
        on = workday(on + timedelta(days=_interval(roll, spans, on, misses)))


def _interval(roll: Random, spans: Spans, on: date, misses: int) -> int:
    if misses:
        return roll.randint(4, 12) + 7 * (misses // 3)
    if spans.is_maintaining(on):
        return max(20, round(roll.gauss(_MAINTAINING_DAYS, 5)))
    weeks = (on - spans.enrolled_on).days // 7
    return max(5, round(roll.gauss(_FIRST_WEEKS_DAYS if weeks < _BUSY_UNTIL_WEEK else _ACTIVE_DAYS, 4)))


def _visit(roll: Random, folder: Folder, on: date, spans: Spans) -> Iterator[Visit]:
    """A visit with the forms that are due; now and then the paper lies on a desk for some days before it is entered."""
    modality = weighted(roll, _MODALITIES)
    by = weighted(roll, {"care_manager": 0.8, "clinician": 0.11, "psychiatrist": 0.05, "peer_specialist": 0.04})
    forms = () if by == "peer_specialist" else folder.due(on, modality=modality)
    contact = contact_made(roll, on, "treatment", modality, reached=True, minutes=(15, 50))
    entered_on = workday(on + timedelta(days=roll.randint(1, 4)))
    if forms and modality in {"in-person", "home"} and happens(roll, 0.06) and entered_on < spans.until:
        yield Visit(on=on, at=time_of_day(roll), by=by, contact=contact)
        yield Visit(on=entered_on, at=time_of_day(roll), by="care_manager", contact=None, forms=forms)
    else:
        yield Visit(on=on, at=time_of_day(roll), by=by, contact=contact, forms=forms)


def _missed(roll: Random, on: date, spans: Spans) -> Iterator[Act]:
    """A visit that did not take place, the call after it, and what others saw meanwhile."""
    yield Visit(on=on, at=time_of_day(roll), contact=contact_made(roll, on, "no-show", "in-person", reached=False))
    called_on = workday(on + timedelta(days=roll.randint(1, 4)))
    if called_on < spans.until:
        yield attempt(roll, called_on, reached=happens(roll, 0.45))


def _second_episode(roll: Random, story: Story, scene: Callable[[Spans], Scene], today: date) -> Iterator[Act]:
    """Comes back after the first episode ended, or is taken on by the other clinic."""
    if story.enrolled_on is None or story.second_start is None or story.ends_on is None:
        return
    moved = story.plot == "transferred"
    start = day_of(story.enrolled_on, story.second_start) or today
    ended_on = day_of(story.enrolled_on, story.ends_on) or today
    referred_on = ended_on if moved else workday(start - timedelta(days=9))
    yield _referral(
        roll,
        story,
        referred_on,
        clinic=1 - story.clinic if moved else story.clinic,
        source="own-clinic" if moved else None,
    )
    if start > today:
        return
    yield from _episode(scene(Spans(story, start, today + timedelta(days=1), is_second=True)))


Part: TypeAlias = Callable[[Scene], Iterator[Act]]
"""One kind of thing that happens in an episode."""

PARTS: Sequence[Part] = (
    _visits,
    phase_changes,
    heard_from,
    questions,
    dangers,
    other_targets,
    team_changes,
    distressed,
)
"""What an episode is made of between enrolment and its end. These share the dice of the agenda, in this order; one that
is added, at the end, throws its own (``Scene.dice``) and so leaves everybody's life as it was."""
