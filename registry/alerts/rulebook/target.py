"""Treatment to target: too little change early, and no response by the time there should be one.

Both look at the metric primary, and at other measures only where the team asked for it.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier, found_together
from registry.alerts.rulebook.phrases import ago, count, duration, figure, written
from registry.alerts.rulebook.scores import (
    held_since,
    is_late_baseline,
    late_baseline_words,
    scores_facts,
    scores_words,
    target_words,
)
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.worse import worse_scores
from registry.alerts.snapshot import IN_CARE, CaseSnapshot, Phase, TrackedMeasure
from registry.measures.course import Course, DatedScore, Standing, days_fresh
from registry.measures.scale import Better

_EARLY_AFTER = "target.early.after"
_EARLY_SPACING = "target.early.spacing"
_EARLY_PERCENT = "target.early.percent"
_OFF_AFTER = "target.off.after"
_OFF_SILENCE = "target.off.silence"
_CHANGE_DUE = "target.off.change_due"
_SLOW_PACE = "measure.due.others"


def _watched(case: CaseSnapshot) -> list[tuple[TrackedMeasure, DatedScore]]:
    """The measures these rules look at, each with its baseline; the metric primary first."""
    if phase_in_force(case.episode) not in IN_CARE:
        return []
    watched = [measure for measure in case.measures if measure.is_metric_primary or measure.on_request]
    return [
        (measure, measure.course.baseline)
        for measure in sorted(watched, key=lambda each: not each.is_metric_primary)
        if measure.course.baseline is not None
    ]


def can_be_judged(measure: TrackedMeasure) -> bool:
    """Whether anything says when this measure is off target: its target, or a published response and its level."""
    scale = measure.scale
    is_published = scale.has_response and scale.response_from_in_force is not None
    return measure.target is not None or is_published


def _ill_on(measure: TrackedMeasure, baseline: DatedScore) -> date | None:
    """The day of the first score that calls for a response: the baseline's, or a later one's where that was low.

    A score at the cut-off or the published level; without either, one beyond the team's target.
    """
    scores = (each for each in measure.course.scores if each.on >= baseline.on)
    return next((each.on for each in scores if _is_ill(measure, each)), None)


def _is_ill(measure: TrackedMeasure, score: DatedScore) -> bool:
    level = measure.scale.response_from_in_force
    if level is not None:
        return measure.scale.is_at_or_worse(score.value, level)
    return measure.target is not None and not measure.target.is_met(score.value)


def _is_on_course(course: Course) -> bool:
    return course.standing in (Standing.AT_TARGET, Standing.RESPONDING)


# Too little change early


def _early(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """From day 28 to the day the off-target rule takes over: a later score, and hardly any change.

    Only from a baseline above a published cut-off: for other scales nobody has published how much is too little.
    """
    after, spacing, percent = (numbers.get(name) for name in (_EARLY_AFTER, _EARLY_SPACING, _EARLY_PERCENT))
    if after is None or spacing is None or percent is None:
        return None
    taken_over_after = numbers.get(_OFF_AFTER)
    found: list[tuple[date, Mapping[str, JSON]]] = []
    for measure, baseline in _watched(case):
        latest = measure.course.latest
        if not measure.course.baseline_elevated:
            continue
        if latest is None or latest.on < baseline.on + timedelta(days=spacing):
            continue
        if _is_on_course(measure.course) or not _is_small_change(measure, percent):
            continue
        if not clock.has_come(baseline.on + timedelta(days=after)):
            continue
        if taken_over_after is not None and clock.has_come(baseline.on + timedelta(days=taken_over_after)):
            continue
        since = max(latest.on, baseline.on + timedelta(days=after))
        found.append((since, {"baseline_on": stored(baseline.on), **scores_facts(measure, before=baseline)}))
    return found_together(found, under="measures")


def _is_small_change(measure: TrackedMeasure, percent: int) -> bool:
    """Whether the improvement is below ``percent`` and below the instrument's reliable change.

    Where no reliable change is published only the percentage decides, and the other way round where
    the baseline allows no percentage. Getting worse is a small change too.
    """
    course, scale = measure.course, measure.scale
    if course.baseline is None or course.latest is None:
        return False
    reliable = scale.reliable_change_in_force
    improvement = scale.worsening(before=course.latest.value, after=course.baseline.value)
    if reliable is not None and improvement >= reliable:
        return False
    if course.percent is None:
        return reliable is not None
    improved_percent = -course.percent if scale.better is Better.LOWER else course.percent
    return improved_percent < Decimal(percent)


def _early_words(evidence: Evidence, today: date) -> str:
    return "; ".join(
        f"Too little change after {duration(each.day('baseline_on'), today)}: {scores_words(each, today)}"
        for each in evidence.each("measures")
    )


# Off target


def _off(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Eight weeks after the baseline, or the first score after it, was elevated: no response, or nobody knows any more.

    A review or a change of treatment changes the sentence, never the state.
    """
    after = numbers.get(_OFF_AFTER)
    if after is None:
        return None
    found: list[tuple[date, Mapping[str, JSON]]] = []
    for measure, baseline in _watched(case):
        ill_on = _ill_on(measure, baseline) if can_be_judged(measure) else None
        if ill_on is None or not clock.has_come(ill_on + timedelta(days=after)):
            continue
        off_since = _off_since(measure, _interval(measure, case, numbers), clock, numbers)
        if off_since is None:
            continue
        since = max(off_since, ill_on + timedelta(days=after))
        found.append((since, _off_facts(measure, baseline, off_since)))
    if not found:
        return None
    since = min(since for since, _ in found)
    off_since = min(date.fromisoformat(str(facts["off_since"])) for _, facts in found)
    return Found(
        tier=Tier.ACTION,
        evidence={
            "measures": [facts for _, facts in found],
            "review": _review_facts(case, off_since=off_since, since=since, clock=clock, numbers=numbers),
            "treatment": _treatment_facts(case, since=min(baseline.on for _, baseline in _watched(case))),
        },
        since=since,
    )


def _interval(measure: TrackedMeasure, case: CaseSnapshot, numbers: Numbers) -> int:
    """Days from one score to the next: the measure's own; while maintaining at least the slower pace of that phase."""
    if phase_in_force(case.episode) is not Phase.MAINTAINING:
        return measure.cadence_days
    return max(measure.cadence_days, numbers.get(_SLOW_PACE) or 0)


def _off_since(measure: TrackedMeasure, interval: int, clock: Clock, numbers: Numbers) -> date | None:
    """The first day of the present stretch without a known response, None while there is one.

    Where the last response was not known to hold any more before a score said that it does not, from that day on.
    """
    course = measure.course
    if _is_on_course(course):
        silent_on = _silent_on(course.latest, interval, numbers)
        return silent_on if silent_on is not None and clock.has_come(silent_on) else None
    off_on = held_since(measure, lambda so_far: so_far.baseline is not None and not _is_on_course(so_far))
    before = [each for each in course.scores if each.on < off_on and course.baseline and each.on >= course.baseline.on]
    silent_on = _silent_on(before[-1] if before else None, interval, numbers)
    return off_on if silent_on is None else min(off_on, silent_on)


def _silent_on(score: DatedScore | None, interval: int, numbers: Numbers) -> date | None:
    """The day on which the standing of this score begins to read unknown, unless another comes."""
    silence = numbers.get(_OFF_SILENCE)
    if silence is None or score is None:
        return None
    return score.on + timedelta(days=max(silence, days_fresh(interval)) + 1)


def _off_facts(measure: TrackedMeasure, baseline: DatedScore, off_since: date) -> dict[str, JSON]:
    return {
        "off_since": stored(off_since),
        "was": measure.course.standing.value if _is_on_course(measure.course) else None,
        "has_followed_up": measure.course.change is not None,
        **scores_facts(measure, before=baseline),
    }


def _review_facts(
    case: CaseSnapshot, *, off_since: date, since: date, clock: Clock, numbers: Numbers
) -> dict[str, JSON]:
    """The last review, and whether it can be about this stretch: its change was still to come when the rule fired.

    Treatment changed when what was recommended was done, or a step of a treatment says so, whichever came last.
    """
    change_due = timedelta(days=numbers.get(_CHANGE_DUE) or 0)
    reviewed_on = case.reviews.last_on
    is_about_this = reviewed_on is not None and reviewed_on >= off_since and reviewed_on + change_due >= since
    due_on = reviewed_on + change_due if reviewed_on is not None and is_about_this and change_due else None
    changed_on = last_change_on(case, clock)
    return {
        "reviewed_on": stored(reviewed_on),
        "is_about_this": is_about_this,
        "change_due_on": stored(due_on),
        "changed_on": stored(changed_on) if changed_on is not None and changed_on >= off_since else None,
    }


def last_change_on(case: CaseSnapshot, clock: Clock) -> date | None:
    """The last day on which treatment changed, by its record or by what was recommended and done.

    A medicine against side effects, or for something else, changes nothing of it.
    """
    done = [change.on for change in case.treatment.changes if not change.is_beside and clock.has_come(change.on)]
    if case.reviews.treatment_changed_on is not None:
        done.append(case.reviews.treatment_changed_on)
    return max(done, default=None)


def _treatment_facts(case: CaseSnapshot, *, since: date) -> dict[str, JSON] | None:
    """The last day since the baseline on which a treatment began, changed or stopped, and what did."""
    later = [change for change in case.treatment.changes if change.on > since]
    if not later:
        return None
    last_on = max(change.on for change in later)
    return {"on": stored(last_on), "words": ", ".join(change.words for change in later if change.on == last_on)}


def _off_words(evidence: Evidence, today: date) -> str:
    measures = [_off_measure_words(each, today) for each in evidence.each("measures")]
    reviewed = review_words(
        evidence.part("review"), today, say=written, never="never reviewed", is_change_told=_is_change_told(evidence)
    )
    return "; ".join([*measures, *_treatment_words(evidence), *reviewed])


def _treatment_words(evidence: Evidence) -> list[str]:
    """What was changed since the baseline, and when; nothing where nothing was."""
    if not evidence.has("treatment") or evidence.is_none("treatment"):
        return []
    changed = evidence.part("treatment")
    return [f"{changed.text('words')} on {written(changed.day('on'))}"]


def _off_measure_words(measure: Evidence, today: date) -> str:
    label, latest_on = measure.text("label"), measure.day("latest_on")
    was = measure.optional_text("was")
    target = target_words(measure)
    if was is not None:
        silent = count((today - latest_on).days, "day")
        return f"Not known to be better: no {label} for {silent} (was {was}: {scores_words(measure, today)})"
    if not measure.flag("has_followed_up"):
        late = f", {late_baseline_words(measure)}" if is_late_baseline(measure) else ""
        baseline = f"{figure(measure.amount('before'))} on {written(measure.day('before_on'))}"
        parts = [f"Not known to be better: no {label} since the baseline of {baseline}"]
        parts[0] += f" ({ago(measure.day('before_on'), today)}{late})"
        return ", ".join([*parts, *([target] if target else [])])
    stretch = duration(measure.day("off_since"), today)
    sentence = f"Off target for {stretch}: {scores_words(measure, today)}"
    return f"{sentence}, {target}" if target else sentence


def review_words(
    review: Evidence, today: date, *, say: Callable[[date], str], never: str = "", is_change_told: bool = False
) -> list[str]:
    """What the last review and the last change of treatment say of being off target, in full and in a list alike.

    ``say`` writes a date; ``never`` stands where nobody ever reviewed. A change that is told already is not told again.
    """
    reviewed_on, due_on = review.optional_day("reviewed_on"), review.optional_day("change_due_on")
    changed_on = review.optional_day("changed_on")
    changed = [] if changed_on is None or is_change_told else [f"treatment changed {say(changed_on)}"]
    if reviewed_on is None:
        return [*([never] if never else []), *changed]
    if not review.flag("is_about_this"):
        return [f"last reviewed {say(reviewed_on)}, before this", *changed]
    reviewed = f"reviewed {say(reviewed_on)}"
    if changed_on is not None and changed_on >= reviewed_on:
        return [", ".join([reviewed, *changed])]
    if due_on is None:
        return [reviewed]
    verb = "change was due by" if today > due_on else "change due by"
    return [f"{reviewed}, {verb} {say(due_on)}"]


def _is_change_told(evidence: Evidence) -> bool:
    """Whether the change the review's words would name is the one the treatment's words have named."""
    if not _treatment_words(evidence):
        return False
    return evidence.part("treatment").day("on") == evidence.part("review").optional_day("changed_on")


OFF = Rule(
    id="target.off",
    title="Off target",
    family=Family.TARGET,
    audience=(Audience.CARE_MANAGER, Audience.PSYCHIATRIST),
    parameters=(_OFF_AFTER, _OFF_SILENCE, _CHANGE_DUE, _SLOW_PACE),
    source="Consultation in weeks 8 to 12 without a response by week 8 (Bao 2015, doi 10.1176/appi.ps.201400577)",
    check=_off,
    words=_off_words,
    is_news=worse_scores("measures"),
    version=5,
)
EARLY = Rule(
    id="target.early",
    title="Too little change early",
    family=Family.TARGET,
    audience=(Audience.CARE_MANAGER,),
    parameters=(_EARLY_AFTER, _EARLY_SPACING, _EARLY_PERCENT, _OFF_AFTER),
    source="Less than 25 % at 6 weeks calls for a change (ICSI depression guideline)",
    check=_early,
    words=_early_words,
    is_news=worse_scores("measures"),
    version=2,
)
