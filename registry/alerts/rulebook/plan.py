"""What was agreed with the person: a plan that is missing, old or to be looked at again, and lighter care.

What is old and what is settled stand on consensus: in force only where a clinic's psychiatrist signed for the numbers.
The day of a review is the team's own decision.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import takewhile

from registry.alerts.life_facts import SETBACKS
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook import safety, unasked
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, count, listed, written
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.worse import later_day
from registry.alerts.snapshot import AnswerState, CaseSnapshot, Phase, TrackedMeasure
from registry.life.rules import REASONS
from registry.measures.course import DatedScore, days_fresh, is_elevated
from registry.measures.instrument import SafetyTier
from registry.measures.mania import MANIA, is_manic

_LOOK_BACK = "safety.plan.look_back"
_PLAN_AGE = "safety.plan.review_after"
_LATE_AFTER = "plan.review.late_after"
_APART = "plan.step-down.apart"
_SETTLED = "plan.step-down.settled"

_SYMPTOMS = frozenset({"anxiety", "depression", "global", "mania", "negative-symptoms", "psychosis", "trauma"})
"""Domains whose scales say how ill somebody is; function, recovery and circumstances hold no step back."""


def _plan(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """A sign of danger within the year, and no safety plan, or one older than three months."""
    look_back, allowed = numbers.get(_LOOK_BACK), numbers.get(_PLAN_AGE)
    if look_back is None or allowed is None or case.episode is None or case.episode.phase is Phase.ENDED:
        return None
    signs = [(on, what) for on, what in sorted(_signs(case)) if not clock.has_come(on + timedelta(days=look_back + 1))]
    if not signs:
        return None
    sign_on, what = signs[-1]
    plan_on = case.plans.safety_on
    if plan_on is not None and not clock.has_come(plan_on + timedelta(days=allowed + 1)):
        return None
    first_on = signs[0][0]
    since = first_on if plan_on is None else max(plan_on + timedelta(days=allowed + 1), first_on)
    return Found(
        tier=Tier.ACTION,
        evidence={"sign_on": stored(sign_on), "sign": what, "plan_on": stored(plan_on)},
        since=since,
    )


def _signs(case: CaseSnapshot) -> Iterator[tuple[date, str]]:
    """Answers of a risk screen that call for a plan, and self-harm told of, each with its day and its words."""
    for answer in case.safety.answers:
        if answer.state is AnswerState.POSITIVE and answer.is_screen and answer.tier is not SafetyTier.ACTION:
            yield answer.on, answer.instrument
    for report in case.safety.reports:
        if report.code in unasked.SELF_HARM:
            yield report.on, f"report of {report.kind}"
    for setback in case.setbacks:
        if setback.reason in unasked.SELF_HARM:
            yield setback.began_on, f"emergency visit ({REASONS[setback.reason].lower()})"


def _plan_words(evidence: Evidence, today: date) -> str:
    sign_on, plan_on = evidence.day("sign_on"), evidence.optional_day("plan_on")
    because = f"{evidence.text('sign')} of {written(sign_on)}"
    if plan_on is None:
        return f"No safety plan, after the {because}: make one with the person"
    return f"Safety plan of {written(plan_on)} ({ago(plan_on, today)}) is old, after the {because}: go through it again"


def _plan_review(case: CaseSnapshot, clock: Clock, _numbers: Numbers) -> Found | None:
    """The day on which the team wanted to look at the safety plan again has come, and nobody wrote another version."""
    plan_on, review_on = case.plans.safety_on, case.plans.safety_review_on
    if plan_on is None or review_on is None or case.episode is None or case.episode.phase is Phase.ENDED:
        return None
    if not clock.has_come(review_on):
        return None
    return Found(
        tier=Tier.ACTION, evidence={"plan_on": stored(plan_on), "review_on": stored(review_on)}, since=review_on
    )


def _plan_review_words(evidence: Evidence, today: date) -> str:
    return f"The safety plan {_looked_at_again(evidence, today)}"


def _looked_at_again(evidence: Evidence, today: date) -> str:
    review_on = evidence.day("review_on")
    return (
        f"of {written(evidence.day('plan_on'))} was to be looked at again on {written(review_on)} "
        f"({ago(review_on, today)}): go through it with the person"
    )


def _relapse_plan_review(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """The day on which the team wanted to look at the relapse-prevention plan again has come: a reminder, an action
    once a visit must have passed without it.
    """
    plan_on, review_on = case.plans.relapse_on, case.plans.relapse_review_on
    if plan_on is None or review_on is None or case.episode is None or case.episode.phase is Phase.ENDED:
        return None
    if not clock.has_come(review_on):
        return None
    late_after = numbers.get(_LATE_AFTER)
    late_on = None if late_after is None else review_on + timedelta(days=late_after)
    is_late = late_on is not None and clock.has_come(late_on)
    return Found(
        tier=Tier.ACTION if is_late else Tier.REMINDER,
        evidence={"plan_on": stored(plan_on), "review_on": stored(review_on)},
        since=review_on,
    )


def _relapse_plan_review_words(evidence: Evidence, today: date) -> str:
    return f"The relapse-prevention plan {_looked_at_again(evidence, today)}"


# Fewer visits


def _step_down(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Every followed symptom scale at its target on scores eight weeks apart and fresh; no mania, danger or crisis.

    A scale without a target, or without a fresh score, is not known to be at target: it withholds the finding. One of
    mania is asked for no target: a fresh score below its cut-off says that there is none.
    """
    apart, settled = numbers.get(_APART), numbers.get(_SETTLED)
    if apart is None or settled is None or phase_in_force(case.episode) is not Phase.ACTIVE:
        return None
    symptoms = [each for each in case.measures if each.domain in _SYMPTOMS]
    beside = [each for each in symptoms if each.domain == MANIA and each.target is None]
    followed = [each for each in symptoms if each not in beside]
    spans = [span for span in (_held(each, clock) for each in followed) if span is not None]
    if not followed or len(spans) < len(followed) or any((last - first).days < apart for first, last in spans):
        return None
    if not all(_is_without_mania(each, clock) for each in beside):
        return None
    if any(
        is_manic(each.scale, each.course) for each in (*case.measures, *case.untracked_mania) if each.domain == MANIA
    ):
        return None
    if any(
        each.ended_on is None or not clock.has_come(each.ended_on + timedelta(days=settled + 1))
        for each in case.setbacks
        if each.kind in SETBACKS
    ):
        return None
    if any(isinstance(rule.check(case, clock, numbers), Found) for rule in (*safety.RULES, unasked.UNKNOWN)):
        return None
    return Found(
        tier=Tier.REMINDER,
        evidence={
            "measures": [_span_facts(each, span) for each, span in zip(followed, spans, strict=True)],
            "without_mania": [each.label for each in beside],
        },
        since=max(last for _, last in spans),
    )


def _is_without_mania(measure: TrackedMeasure, clock: Clock) -> bool:
    """Whether a fresh score stands below the cut-off; where nothing is a cut-off nobody knows."""
    latest = measure.course.latest
    if latest is None or is_elevated(measure.scale, latest.value) is not False or latest.prorated:
        return False
    return not clock.has_come(latest.on + timedelta(days=days_fresh(measure.cadence_days) + 1))


def _held(measure: TrackedMeasure, clock: Clock) -> tuple[date, date] | None:
    """The first and last day of the present run of scores at target, None where the last is not, or is stale."""
    goal, scores = measure.target, measure.course.scores
    if goal is None or not scores:
        return None
    run: list[DatedScore] = list(
        takewhile(lambda score: goal.is_met(score.value) and not score.prorated, reversed(scores))
    )
    if not run or clock.has_come(run[0].on + timedelta(days=days_fresh(measure.cadence_days) + 1)):
        return None
    return run[-1].on, run[0].on


def _span_facts(measure: TrackedMeasure, span: tuple[date, date]) -> dict[str, JSON]:
    return {"label": measure.label, "first_on": stored(span[0]), "last_on": stored(span[1])}


def _step_down_words(evidence: Evidence, _today: date) -> str:
    measures = evidence.each("measures")
    shortest = min((each.day("last_on") - each.day("first_on")).days for each in measures)
    labels = listed([each.text("label") for each in measures])
    mania = evidence.words("without_mania")
    beside = f", {listed(mania)} below the cut-off" if mania else ""
    return (
        f"{labels} at target on scores {count(shortest, 'day')} apart{beside}. "
        "Discuss fewer visits; not a prompt to reduce medication"
    )


SAFETY_PLAN = Rule(
    id="safety.plan",
    title="Safety plan missing or old",
    family=Family.SCREEN,
    audience=(Audience.CARE_MANAGER,),
    parameters=(_LOOK_BACK, _PLAN_AGE),
    source="A clinician's judgement, no source found",
    check=_plan,
    words=_plan_words,
    is_news=later_day("sign_on"),
    version=2,
)
SAFETY_PLAN_REVIEW = Rule(
    id="safety.plan-review",
    title="Safety plan to look at again",
    family=Family.SCREEN,
    audience=(Audience.CARE_MANAGER,),
    parameters=(),
    source="The day somebody set when the plan was talked through with the person",
    check=_plan_review,
    words=_plan_review_words,
)
RELAPSE_PLAN_REVIEW = Rule(
    id="plan.review",
    title="Relapse-prevention plan to look at again",
    family=Family.PLAN,
    audience=(Audience.CARE_MANAGER,),
    parameters=(_LATE_AFTER,),
    source="The day somebody set when the plan was talked through with the person",
    check=_relapse_plan_review,
    words=_relapse_plan_review_words,
)
STEP_DOWN = Rule(
    id="plan.step-down",
    title="Fewer visits may be enough",
    family=Family.PLAN,
    audience=(Audience.CARE_MANAGER,),
    parameters=(_APART, _SETTLED),
    source="A clinician's judgement, no source found",
    check=_step_down,
    words=_step_down_words,
    version=3,
)
