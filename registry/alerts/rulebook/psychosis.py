"""More psychosis: by the total of a measure, by one rating among others, or by how ill somebody is overall.

All of it is consensus: each criterion is silent until the clinic's psychiatrist signs for its numbers. A rating counts
whether or not anybody follows its form: a voice that has come back says more than a total that hides it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise

from registry.alerts.parameters import Numbers
from registry.alerts.psychosis_facts import RatedItem, Rating
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago
from registry.alerts.rulebook.scores import held_since, scores_facts, scores_words
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.worse import is_any_worse
from registry.alerts.snapshot import IN_CARE, CaseSnapshot
from registry.measures.course import Course
from registry.measures.psychosis import JudgedAs
from registry.measures.scale import Scale

_DOMAIN = "psychosis"
_ID = "target.psychosis"
_PERCENT, _POINTS = f"{_ID}.percent", f"{_ID}.points"
_LEVEL = {
    JudgedAs.SYMPTOMS: f"{_ID}.symptom_level",
    JudgedAs.DOMAINS: f"{_ID}.domain_level",
    JudgedAs.SEVERITY: f"{_ID}.severity_level",
}
_RISE = {
    JudgedAs.SYMPTOMS: f"{_ID}.symptom_rise",
    JudgedAs.DOMAINS: f"{_ID}.domain_rise",
    JudgedAs.SEVERITY: f"{_ID}.severity_rise",
}
_NEWLY = {JudgedAs.DOMAINS: f"{_ID}.domain_newly"}
"""From this level on a rating counts that was below it, however little it rose."""


def _psychosis(case: CaseSnapshot, _clock: Clock, numbers: Numbers) -> Found | None:
    """A total, or a rating, up from what it was by the numbers the clinic has adopted."""
    if phase_in_force(case.episode) not in IN_CARE:
        return None
    totals, ratings = list(_totals(case, numbers)), list(_ratings(case, numbers))
    if not totals and not ratings:
        return None
    return Found(
        tier=Tier.ACTION,
        evidence={"measures": [facts for _, facts in totals], "ratings": [facts for _, facts in ratings]},
        since=min(since for since, _ in (*totals, *ratings)),
    )


# By a total


def _totals(case: CaseSnapshot, numbers: Numbers) -> Iterator[tuple[date, dict[str, JSON]]]:
    """A psychosis measure up from its baseline by the share and by the points, by both; the metric primary first."""
    percent, points = numbers.get(_PERCENT), numbers.get(_POINTS)
    if percent is None or points is None:
        return
    for measure in sorted(case.measures, key=lambda each: not each.is_metric_primary):
        is_worse = partial(_rose_by, measure.scale, percent=percent, points=points)
        if measure.domain == _DOMAIN and is_worse(measure.course):
            yield held_since(measure, is_worse), scores_facts(measure, before=measure.course.baseline)


def _rose_by(scale: Scale, course: Course, *, percent: int, points: int) -> bool:
    """Whether the latest score is worse than the baseline by ``percent`` of its distance from the floor, and so far."""
    if course.baseline is None or course.latest is None:
        return False
    rise = scale.worsening(before=course.baseline.value, after=course.latest.value)
    return rise >= points and rise * 100 >= abs(course.baseline.value - scale.floor) * percent


# By a rating


def _ratings(case: CaseSnapshot, numbers: Numbers) -> Iterator[tuple[date, dict[str, JSON]]]:
    for item in case.psychosis:
        ratings = since_enrolment(case, item)
        risen_since = _risen_since(item.judged_as, ratings, numbers)
        if risen_since is not None:
            before, latest = _lowest_before(ratings), ratings[-1]
            yield (
                risen_since,
                {
                    "key": item.key,
                    "label": item.label,
                    "judged_as": item.judged_as.value,
                    "before": None if before is None else before.value,
                    "latest": latest.value,
                    "latest_on": stored(latest.on),
                },
            )


def since_enrolment(case: CaseSnapshot, item: RatedItem) -> Sequence[Rating]:
    """The ratings of this episode, oldest first.

    Not of the present course of treatment alone: whoever returns to active treatment because of a voice that came back
    would have been rated with it before the course began, and nothing would be left to compare.
    """
    begun_on = None if case.episode is None else case.episode.enrolled_on
    return [each for each in item.ratings if begun_on is None or each.on >= begun_on]


def _risen_since(judged_as: JudgedAs, ratings: Sequence[Rating], numbers: Numbers) -> date | None:
    """The day of the first rating from which it has been worse without a break; None where it is not."""
    since = None
    for end in range(len(ratings), 1, -1):
        if not _has_risen(judged_as, ratings[:end], numbers):
            break
        since = ratings[end - 1].on
    return since


def _has_risen(judged_as: JudgedAs, ratings: Sequence[Rating], numbers: Numbers) -> bool:
    before, latest = _lowest_before(ratings), ratings[-1].value
    if before is None:
        return False
    level, rise = numbers.get(_LEVEL[judged_as]), numbers.get(_RISE[judged_as])
    newly = numbers.get(_NEWLY[judged_as]) if judged_as in _NEWLY else None
    is_up = level is not None and rise is not None and latest >= level and latest - before.value >= rise
    return is_up or (newly is not None and latest >= newly > before.value)


def _lowest_before(ratings: Sequence[Rating]) -> Rating | None:
    """What the last rating is compared with: the first, the one before, or the best level held on two, the lowest.

    One low rating between two high ones is no level anybody was at.
    """
    earlier = ratings[:-1]
    if not earlier:
        return None
    held = (max(pair, key=lambda each: each.value) for pair in pairwise(earlier))
    return min((earlier[0], earlier[-1], *held), key=lambda each: each.value)


def _words(evidence: Evidence, today: date) -> str:
    totals = [f"More psychotic symptoms: {scores_words(each, today)}" for each in evidence.each("measures")]
    return "; ".join([*totals, *(f"{_what(each)}: {_one_rating(each, today)}" for each in evidence.each("ratings"))])


def _what(rating: Evidence) -> str:
    return "More ill overall" if JudgedAs(rating.text("judged_as")) is JudgedAs.SEVERITY else "More psychotic symptoms"


def _one_rating(rating: Evidence, today: date) -> str:
    change = f"{rating.whole('before')} → {rating.whole('latest')}"
    return f"{rating.text('label')} {change} ({ago(rating.day('latest_on'), today)})"


def _is_news(told: Evidence, now: Evidence) -> bool:
    """A total as of every measure; a rating that was not told of, or went up further."""
    if is_any_worse(told.each("measures"), now.each("measures")):
        return True
    known: Mapping[str, int] = {each.text("key"): each.whole("latest") for each in told.each("ratings")}
    return any(each.whole("latest") > known.get(each.text("key"), -1) for each in now.each("ratings"))


PSYCHOSIS = Rule(
    id=_ID,
    title="Psychosis or illness worse",
    family=Family.TARGET,
    audience=(Audience.PSYCHIATRIST,),
    parameters=(_PERCENT, _POINTS, *_LEVEL.values(), *_RISE.values(), *_NEWLY.values()),
    source="Clinic consensus: each criterion is silent until the clinic's psychiatrist signs for its numbers",
    check=_psychosis,
    words=_words,
    is_news=_is_news,
    version=4,
    must_be_heard=True,
)
