"""The summary for the person: plain words, and nothing that was written about them for colleagues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from registry.caseload.presenters.scores import GOOD, scale_label
from registry.caseload.presenters.summary_around import goal_lines, own_plan_lines, own_treatment_lines
from registry.caseload.presenters.summary_sections import (
    Line,
    Section,
    Table,
    circumstance_lines,
    condition_words,
    team_lines,
)
from registry.caseload.record import EpisodeRecord, Followed, last_two_way
from registry.caseload.summary import SummaryFacts
from registry.contacts.rules import MODALITIES
from registry.measurements.instruments import catalogue
from registry.measures.course import DatedScore, Standing, is_stale
from registry.measures.scale import Better
from registry.patients.presenters import languages
from registry.web.filters import count, long_date, number

_PLAIN: Mapping[Standing, str] = {
    Standing.NO_BASELINE: "We need your answers once more before we can compare",
    Standing.AWAITING_FOLLOW_UP: "These are your first answers; next time we compare",
    Standing.AT_TARGET: "You are where we aim to be",
    Standing.RESPONDING: "Much better than at the start",
    Standing.WORSE: "Harder than at the start",
    Standing.IMPROVING: "Better than at the start",
    Standing.NOT_IMPROVING: "Not clearly different from the start",
}
_FILLED_IN = frozenset({"paper", "device"})
"""How a person answers themselves."""
_TOO_OLD = "We do not know: your last answers are too old"
_LOOKED_AT_TOGETHER = "Your team looks at this together with your other answers"


def person_sections(facts: SummaryFacts, today: date) -> list[Section]:
    """What the person may keep, give to somebody, or correct."""
    record = facts.record
    return [
        Section("About you", list(_about(facts))),
        Section("Your care", list(_care(facts)), empty="You are not in care with us yet"),
        Section("Your team", list(team_lines(facts)), empty="Your team is not chosen yet"),
        Section("Your treatment", list(own_treatment_lines(facts.around, today)), empty="Nothing at the moment"),
        Section("How you are doing, in your own answers", table=_measures(record, today), empty="No answers yet"),
        Section("What you want to reach", list(goal_lines(facts.around.goals, today)), empty="Not talked about yet"),
        Section("Being in touch", list(_contact(record)), empty="Nothing yet"),
        Section("Where you live and work", list(circumstance_lines(facts))),
        Section(
            "When it gets hard",
            list(own_plan_lines(facts.around.plans)),
            empty="No plan written yet",
            holds_prose=True,
        ),
    ]


_INTERPRETER = {True: "you need one", False: "you need none", None: "we have not asked"}


def _about(facts: SummaryFacts) -> Iterator[Line]:
    patient = facts.patient
    yield Line("We call you", patient.name)
    yield Line("Your pronouns", patient.pronouns or "we have not asked")
    yield Line("Your birth date", long_date(patient.birth_date))
    yield Line("Your languages", languages(patient) or "we have not asked")
    yield Line("An interpreter", _INTERPRETER[patient.needs_interpreter])
    yield Line("Your own doctor", patient.primary_care or "we do not know")


def _care(facts: SummaryFacts) -> Iterator[Line]:
    if facts.record is None:
        return
    episode = facts.record.episode
    yield Line("Where", episode.clinic.name)
    yield Line("Why", condition_words(facts) or "not written down yet")
    yield Line("You were referred", long_date(episode.referred_on))
    if episode.enrolled_on is not None:
        yield Line("Your care began", long_date(episode.enrolled_on))
    if facts.consent is not None and facts.consent.revoked_on is not None:
        yield Line("Your consent", f"taken back on {long_date(facts.consent.revoked_on)}")
    if episode.paused_until is not None:
        yield Line("It pauses until", long_date(episode.paused_until))
    if episode.ended_on is not None:
        yield Line("It ended", long_date(episode.ended_on))


def _measures(record: EpisodeRecord | None, today: date) -> Table:
    """What the person answers themselves: a clinician's rating is for the clinician to talk about."""
    own = [] if record is None else [each for each in record.followed if _is_own(each)]
    until = today if record is None else min(record.episode.ended_on or today, today)
    rows = [_measure(each, until) for each in own]
    return Table("Your answers", ("What we ask about", "At the start", "Last time", "What it says", "Our aim"), rows)


def _is_own(each: Followed) -> bool:
    return not _FILLED_IN.isdisjoint(catalogue().instrument_of(each.key).modes)


def _measure(each: Followed, until: date) -> list[str]:
    course, target = each.course, each.tracked.target
    better = "lower" if each.tracked.scale.better is Better.LOWER else "higher"
    name = f"{catalogue().domain_of(each.key).capitalize()} ({scale_label(each.key)}, {better} is better)"
    aim = target.words() if target is not None else "not set yet"
    start, last = _score(course.baseline), _score(course.latest)
    return [name, start, last, _says(each, until), aim]


def _score(score: DatedScore | None) -> str:
    return f"{number(score.value)} on {long_date(score.on)}" if score is not None else "no answers yet"


def _says(each: Followed, until: date) -> str:
    course = each.course
    if course.latest is None:
        return "We do not know yet"
    if is_stale(course.latest.on, cadence_days=each.cadence_days, today=until):
        return _TOO_OLD
    if each.beside_mania and course.standing in GOOD:
        return _LOOKED_AT_TOGETHER
    return _PLAIN[course.standing]


def _contact(record: EpisodeRecord | None) -> Iterator[Line]:
    if record is None:
        return
    last, missed = last_two_way(record)
    if last is None:
        yield Line("We last talked", "not yet")
    else:
        how = f"{long_date(last.took_place_on)}, {MODALITIES[last.modality].lower()}, with {last.staff}"
        yield Line("We last talked", how)
    if missed:
        yield Line("Since then", f"we tried to reach you {count(missed, 'time')}")
