"""The course of one measure as evidence and as words, the same in every sentence about scores."""

from collections.abc import Callable
from datetime import date

from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.phrases import ago, figure, signed_percent, signed_points, written
from registry.alerts.snapshot import TrackedMeasure
from registry.measures.course import Course, DatedScore, follow
from registry.measures.profile import written as written_ratings


def scores_facts(measure: TrackedMeasure, *, before: DatedScore | None) -> dict[str, JSON]:
    """What a sentence about ``measure`` needs, its change counted from ``before`` (the baseline, as a rule).

    A percentage only of what got better, where 50 % is a response: of what got worse it says how low the baseline
    was (1 → 8 is +700 %), and nobody has published what it means. By direction and reliable change
    ``worse`` says when a later score is news.
    """
    course = measure.course
    has_percent = before == course.baseline and course.change is not None and not _is_worse(measure)
    facts: dict[str, JSON] = {
        "key": measure.key,
        "label": measure.label,
        "before": None if before is None else stored(before.value),
        "before_on": None if before is None else stored(before.on),
        "latest": None if course.latest is None else stored(course.latest.value),
        "latest_on": None if course.latest is None else stored(course.latest.on),
        "percent": stored(course.percent) if has_percent else None,
        "late_by": course.baseline_late_by if before == course.baseline else None,
        "target": None if measure.target is None else measure.target.words(),
        "better": measure.scale.better.value,
        "reliable_change": stored(measure.scale.reliable_change_in_force),
    }
    if measure.scale.is_profile and before is not None and course.latest is not None:
        facts["ratings"] = {
            "before": written_ratings(before.ratings),
            "latest": written_ratings(course.latest.ratings),
            "newly_present": stored(measure.scale.newly_present_in_force),
            "risen_by": stored(measure.scale.risen_by_in_force),
        }
    return facts


def _is_worse(measure: TrackedMeasure) -> bool:
    baseline, latest = measure.course.baseline, measure.course.latest
    if baseline is None or latest is None:
        return False
    return measure.scale.worsening(before=baseline.value, after=latest.value) > 0


def scores_words(evidence: Evidence, today: date) -> str:
    """ "PHQ-9 21 → 19 (−10 %, 10 days ago)", "PHQ-9 8 → 13 (+5 points, today)"; a late baseline named as one.

    Of a profile the ratings: "CRDPSS domains I to V 1-0-1-0-0 → 2-0-1-0-0 (today)".
    """
    latest_on = evidence.day("latest_on")
    if evidence.has("ratings"):
        ratings = evidence.part("ratings")
        change = f"{ratings.text('before')} → {ratings.text('latest')}"
        return f"{evidence.text('label')} {change} ({ago(latest_on, today)})"
    latest = figure(evidence.amount("latest"))
    before_on = evidence.optional_day("before_on")
    if before_on is None or before_on == latest_on:
        return f"{evidence.text('label')} {latest} on {written(latest_on)} ({ago(latest_on, today)})"
    percent = evidence.optional_amount("percent")
    before = evidence.amount("before")
    change = signed_points(evidence.amount("latest") - before) if percent is None else signed_percent(percent)
    late = f", {late_baseline_words(evidence)}" if is_late_baseline(evidence) else ""
    return f"{evidence.text('label')} {figure(before)} → {latest} ({change}, {ago(latest_on, today)}{late})"


def is_late_baseline(evidence: Evidence) -> bool:
    """Whether the baseline was taken after the window in which a first score counts as one."""
    return evidence.optional_whole("late_by") is not None


def late_baseline_words(evidence: Evidence) -> str:
    """ "late baseline (day 37)"."""
    return f"late baseline, day {evidence.whole('late_by')}"


def target_words(evidence: Evidence) -> str:
    """ "target 4 or lower", or nothing where no target is set."""
    target = evidence.optional_text("target")
    return "" if target is None else f"target {target}"


def held_since(measure: TrackedMeasure, holds: Callable[[Course], bool]) -> date:
    """The day of the first score from which ``holds`` has been true of the course without a break.

    Raises ValueError where the course has no score.
    """
    scores = measure.course.scores
    since: date | None = None
    for end in range(len(scores), 0, -1):
        so_far = follow(scores[:end], scale=measure.scale, starts_on=scores[0].on, target=measure.target)
        if since is not None and not holds(so_far):
            break
        since = scores[end - 1].on
    if since is None:
        raise ValueError(f"{measure.label} has no score")
    return since
