"""From a story to its days: referral, enrolment, visits, turns, the end. Pure, and never later than today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from registry.contacts.actions import ContactFacts
from registry.demo import wording
from registry.demo.acts import (
    Act,
    Danger,
    Ending,
    Enrolment,
    Life,
    PhaseChange,
    Question,
    Referral,
    TargetChange,
    TeamChange,
    Visit,
)
from registry.demo.chance import dice, happens, weighted
from registry.demo.circumstances import Circumstances
from registry.demo.figures import Figures
from registry.demo.forms_filled import ASRM, BPRS, GAD, PHQ, SCALES, Folder, tracked
from registry.demo.story import Story
from registry.episodes.facts import TargetWish
from registry.patients.facts import PatientFacts

_SOURCES = {"primary-care": 0.42, "own-clinic": 0.18, "hospital": 0.2, "crisis": 0.08, "shelter": 0.07, "justice": 0.05}
_MODALITIES = {"in-person": 0.52, "phone": 0.3, "video": 0.1, "home": 0.08}
_BUSY_UNTIL_WEEK = 8
_FIRST_WEEKS_DAYS, _ACTIVE_DAYS, _MAINTAINING_DAYS = 15, 27, 52
"""Days from visit to visit: in the first weeks, in active treatment, while maintaining."""


def plan(
    seed: int, story: Story, *, person: PatientFacts, circumstances: Circumstances, today: date, figures: Figures
) -> Life:
    """Everything that happens to the person by their own course, up to ``today``, in order."""
    roll = dice(seed, story.number, "agenda")
    acts = list(_acts(roll, story, person, circumstances, today, figures))
    kept = [act for act in acts if act.on <= today]
    return Life(story.number, tuple(sorted(kept, key=lambda act: (act.on, act.at))))


def _acts(
    roll: Random, story: Story, person: PatientFacts, circumstances: Circumstances, today: date, figures: Figures
) -> Iterator[Act]:
    yield _referral(roll, story, story.referred_on, clinic=story.clinic)
    if story.enrolled_on is None:
        yield from _waiting(roll, story, today)
        return
    folder = _folder(roll, story, person, circumstances, figures)
    spans = _Spans(story, story.enrolled_on, _day(story.enrolled_on, story.ends_on) or today + timedelta(days=1))
    yield from _episode(roll, story, folder, spans)
    if story.second_start is not None and story.ends_on is not None:
        yield from _second_episode(roll, story, person, circumstances, figures, today)


@dataclass(frozen=True, slots=True)
class _Spans:
    """Where in an episode a day lies. ``until`` is the first day no longer in it."""

    story: Story
    enrolled_on: date
    until: date
    is_second: bool = False

    def turn(self, days: int | None) -> date | None:
        """A turn of the story that falls into this episode."""
        day = None if self.is_second else _day(self.enrolled_on, days)
        return day if day is not None and day < self.until else None

    def comes(self, on: date) -> bool:
        """Whether the person still comes."""
        silent, paused = self.turn(self.story.silent_from), self.turn(self.story.paused_from)
        return not (silent and on >= silent) and not (paused and on >= paused)

    def is_maintaining(self, on: date) -> bool:
        start, again = self.turn(self.story.maintaining_from), self.turn(self.story.active_again_from)
        return start is not None and on >= start and not (again and on >= again)


def _folder(roll: Random, story: Story, person: PatientFacts, circumstances: Circumstances, figures: Figures) -> Folder:
    return Folder(
        roll=roll,
        story=story,
        figures=figures,
        circumstances=circumstances,
        needs_interpreter=person.needs_interpreter,
    )


def _day(start: date, days: int | None) -> date | None:
    return None if days is None else workday(start + timedelta(days=days))


def workday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _clock(roll: Random, first: int = 9, last: int = 16) -> time:
    return time(roll.randint(first, last), roll.choice([0, 5, 10, 15, 20, 30, 40, 45, 50]))


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
        yield _attempt(roll, first_call, reached=happens(roll, 0.4))


def _episode(roll: Random, story: Story, folder: Folder, spans: _Spans) -> Iterator[Act]:
    yield _enrolment(roll, story, spans)
    yield from _visits(roll, story, folder, spans)
    yield from _phases(roll, story, spans)
    yield from _events(roll, story, spans)
    if story.plot == "active" and story.number % 15 == 4:
        yield from _distressed(roll, folder, _last_workday(spans.until), spans)
    if not spans.is_second and story.ends_on is not None:
        reason = story.plot if story.plot in wording.END_NOTES else "lost"
        ended_on = spans.until
        yield Ending(on=ended_on, at=time(16, 40), reason=reason, note=wording.END_NOTES[reason])


def _enrolment(roll: Random, story: Story, spans: _Spans) -> Enrolment:
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
        at=_clock(roll, 9, 14),
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


def _visits(roll: Random, story: Story, folder: Folder, spans: _Spans) -> Iterator[Act]:
    """The initial assessment with its forms, then visit after visit; who stops coming is tried for."""
    yield Visit(
        on=spans.enrolled_on,
        at=time(15, roll.choice([0, 10, 20])),
        contact=_contact(roll, spans.enrolled_on, "treatment", "in-person", reached=True, minutes=(40, 75)),
        forms=folder.first(spans.enrolled_on),
    )
    on = workday(spans.enrolled_on + timedelta(days=roll.randint(6, 11)))
    misses = 0
    while on < spans.until:
        if not spans.comes(on):
            misses += 1
            if misses > 5 or spans.turn(story.paused_from):
                return
            yield _attempt(roll, on, reached=False)
        elif happens(roll, story.diligence):
            yield from _visit(roll, folder, on, spans)
        else:
            yield from _missed(roll, on, spans)
        on = workday(on + timedelta(days=_interval(roll, spans, on, misses)))


def _interval(roll: Random, spans: _Spans, on: date, misses: int) -> int:
    if misses:
        return roll.randint(4, 12) + 7 * (misses // 3)
    if spans.is_maintaining(on):
        return max(20, round(roll.gauss(_MAINTAINING_DAYS, 7)))
    weeks = (on - spans.enrolled_on).days // 7
    return max(5, round(roll.gauss(_FIRST_WEEKS_DAYS if weeks < _BUSY_UNTIL_WEEK else _ACTIVE_DAYS, 4)))


def _visit(roll: Random, folder: Folder, on: date, spans: _Spans) -> Iterator[Visit]:
    """A visit with the forms that are due; now and then the paper lies on a desk for some days before it is entered."""
    modality = weighted(roll, _MODALITIES)
    by = weighted(roll, {"care_manager": 0.8, "clinician": 0.11, "psychiatrist": 0.05, "peer_specialist": 0.04})
    forms = () if by == "peer_specialist" else folder.due(on, modality=modality)
    contact = _contact(roll, on, "treatment", modality, reached=True, minutes=(15, 50))
    entered_on = workday(on + timedelta(days=roll.randint(1, 4)))
    if forms and modality in {"in-person", "home"} and happens(roll, 0.06) and entered_on < spans.until:
        yield Visit(on=on, at=_clock(roll), by=by, contact=contact)
        yield Visit(on=entered_on, at=_clock(roll), by="care_manager", contact=None, forms=forms)
    else:
        yield Visit(on=on, at=_clock(roll), by=by, contact=contact, forms=forms)


def _distressed(roll: Random, folder: Folder, on: date, spans: _Spans) -> Iterator[Visit]:
    """A visit yesterday with thoughts of self-harm on the form."""
    if on > spans.enrolled_on:
        contact = _contact(roll, on, "treatment", "in-person", reached=True, minutes=(20, 50))
        yield Visit(on=on, at=_clock(roll, 10, 15), contact=contact, forms=(folder.with_thoughts(on),))


def _missed(roll: Random, on: date, spans: _Spans) -> Iterator[Act]:
    """A visit that did not take place, the call after it, and what others saw meanwhile."""
    yield Visit(on=on, at=_clock(roll), contact=_contact(roll, on, "no-show", "in-person", reached=False))
    called_on = workday(on + timedelta(days=roll.randint(1, 4)))
    if called_on < spans.until:
        yield _attempt(roll, called_on, reached=happens(roll, 0.45))


def _attempt(roll: Random, on: date, *, reached: bool) -> Visit:
    modality = weighted(roll, {"phone": 0.7, "text": 0.15, "home": 0.15})
    return Visit(on=on, at=_clock(roll), contact=_contact(roll, on, "outreach", modality, reached=reached))


def _contact(
    roll: Random, on: date, kind: str, modality: str, *, reached: bool, minutes: tuple[int, int] | None = None
) -> ContactFacts:
    notes = {
        "treatment": wording.TREATMENT_NOTES,
        "no-show": wording.NO_SHOW_NOTES,
        "seen-elsewhere": wording.ELSEWHERE_NOTES,
        "collateral": wording.COLLATERAL_NOTES,
        "team": wording.TEAM_NOTES,
        "scheduling": wording.SCHEDULING_NOTES,
        "outreach": ("Reached; visit agreed.",) if reached else wording.ATTEMPT_NOTES,
    }
    return ContactFacts(
        took_place_on=on,
        kind=kind,
        modality=modality,
        reached=reached,
        minutes=None if minutes is None else roll.randrange(minutes[0], minutes[1], 5),
        note=roll.choice(notes[kind]) if happens(roll, 0.75) else "",
    )


def _phases(roll: Random, story: Story, spans: _Spans) -> Iterator[Act]:
    turns = (
        (
            12 + roll.randint(0, 24) if story.begins_engaging and story.plot != "engaging" else None,
            "active",
            "Comes regularly, plan agreed",
        ),
        (
            None if spans.is_second else story.maintaining_from,
            "maintaining",
            "At target; relapse-prevention plan written",
        ),
        (
            None if spans.is_second else story.active_again_from,
            "active",
            "Scores are rising again: back to treat to target",
        ),
    )
    for days, phase, why in turns:
        on = _day(spans.enrolled_on, days)
        if on is not None and on < spans.until:
            yield PhaseChange(on=on, at=time(16, 50), phase=phase, why=why)
    paused = spans.turn(story.paused_from)
    if paused is not None:
        yield PhaseChange(
            on=paused,
            at=time(16, 30),
            phase="paused",
            why=roll.choice(wording.PAUSES),
            paused_until=paused + timedelta(days=roll.choice([28, 42, 60, 75, 90])),
        )


def _events(roll: Random, story: Story, spans: _Spans) -> Iterator[Act]:
    """What lies between the visits: others who saw the person, relatives, questions, dangers, new targets."""
    length = (spans.until - spans.enrolled_on).days
    group = "psychosis" if story.has_psychosis else "bipolar" if story.has_bipolar else "depression"
    for kind, per_month in (("seen-elsewhere", 0.16), ("collateral", 0.06), ("team", 0.05), ("scheduling", 0.06)):
        for on in _at_random(roll, spans, per_month * length / 30):
            if kind in {"collateral", "team"} or spans.comes(on) or happens(roll, 0.25):
                reached = kind == "scheduling"
                yield Visit(on=on, at=_clock(roll), contact=_contact(roll, on, kind, "phone", reached=reached))
    for on in _at_random(roll, spans, 0.05 * length / 30):
        yield Question(on=on, at=_clock(roll), words=roll.choice(wording.QUESTIONS[group]))
    dangers = _at_random(roll, spans, 0.009 * length / 30)
    if story.plot == "active" and story.number % 45 == 7:
        dangers.append(_last_workday(spans.until))
    for on in dangers:
        kind, said_by, words, done = roll.choice(wording.DANGERS)
        by = weighted(roll, {"care_manager": 0.6, "peer_specialist": 0.2, "clinician": 0.2})
        yield Danger(on=on, at=_clock(roll), by=by, kind=kind, said_by=said_by, words=words, done=done)
    if length > 150 and happens(roll, 0.1):
        yield _other_target(roll, story, _day(spans.enrolled_on, roll.randint(90, 140)) or spans.enrolled_on)
    if length > 120 and happens(roll, 0.08):
        on = _day(spans.enrolled_on, roll.randint(60, 110)) or spans.enrolled_on
        yield TeamChange(
            on=on,
            at=time(8, 50),
            by="clinic_lead",
            place="care_manager",
            who="other:care_manager",
            why="Caseloads evened out",
        )


def _last_workday(until: date) -> date:
    """The last working day before today, when ``until`` is tomorrow: so that there is something to answer now."""
    day = until - timedelta(days=2)
    return day - timedelta(days=max(0, day.weekday() - 4))


def _at_random(roll: Random, spans: _Spans, expected: float) -> list[date]:
    """Days inside the episode, as many as expected on average."""
    length = (spans.until - spans.enrolled_on).days - 8
    if length < 1:
        return []
    number = int(expected) + happens(roll, expected % 1)
    days = {workday(spans.enrolled_on + timedelta(days=roll.randint(4, 4 + length))) for _ in range(number)}
    return sorted(on for on in days if on < spans.until)


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


def _second_episode(
    roll: Random, story: Story, person: PatientFacts, circumstances: Circumstances, figures: Figures, today: date
) -> Iterator[Act]:
    """Comes back after the first episode ended, or is taken on by the other clinic."""
    if story.enrolled_on is None or story.second_start is None or story.ends_on is None:
        return
    moved = story.plot == "transferred"
    start = _day(story.enrolled_on, story.second_start) or today
    ended_on = _day(story.enrolled_on, story.ends_on) or today
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
    folder = _folder(roll, story, person, circumstances, figures)
    yield from _episode(roll, story, folder, _Spans(story, start, today + timedelta(days=1), is_second=True))
