"""Mania, alone or beside depression. Any mania score of the episode counts, followed or not: giving it was asking."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, found_together
from registry.alerts.rulebook.phrases import figure
from registry.alerts.rulebook.scores import held_since, scores_facts, scores_words
from registry.alerts.rulebook.suspension import Family, phase_in_force
from registry.alerts.rulebook.worse import is_any_worse
from registry.alerts.snapshot import IN_CARE, CaseSnapshot, TrackedMeasure
from registry.measures.mania import DEPRESSION, MANIA, has_risen, how_far, is_at_cutoff, is_manic, is_of_the_time


def _manias(case: CaseSnapshot) -> list[TrackedMeasure]:
    """The measures that say mania, the worst first, so that none hides another; none while care is not promised.

    At the cut-off is worse than risen below it; of those alike, further up its own scale.
    """
    if phase_in_force(case.episode) not in IN_CARE:
        return []
    given = [*(each for each in case.measures if each.domain == MANIA), *case.untracked_mania]
    manic = [each for each in given if is_manic(each.scale, each.course)]
    return sorted(manic, key=_severity, reverse=True)


def _severity(measure: TrackedMeasure) -> tuple[bool, Decimal]:
    return is_at_cutoff(measure.scale, measure.course), how_far(measure.scale, measure.course)


def _mania(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """A mania measure elevated, or up by its reliable change from the last score or the baseline."""
    return found_together([_one_mania(measure) for measure in _manias(case)], under="measures")


def _one_mania(measure: TrackedMeasure) -> tuple[date, dict[str, JSON]]:
    since = held_since(measure, lambda so_far: is_manic(measure.scale, so_far))
    elevated = is_at_cutoff(measure.scale, measure.course)
    return since, {
        "elevated_from": stored(measure.scale.cutoff_in_force) if elevated else None,
        "has_risen": has_risen(measure.scale, measure.course),
        "is_followed": measure.is_followed,
        **scores_facts(measure, before=measure.course.previous or measure.course.baseline),
    }


def _mania_words(evidence: Evidence, today: date) -> str:
    return f"Mania: {_each_in_words(evidence.each('measures'), today)}"


def _each_in_words(measures: Iterable[Evidence], today: date) -> str:
    return "; ".join(_one_in_words(each, today) for each in measures)


def _one_in_words(measure: Evidence, today: date) -> str:
    cutoff = measure.optional_amount("elevated_from")
    why = [] if cutoff is None else [f"elevated from {figure(cutoff)}"]
    if measure.flag("has_risen"):
        why.append("up by the reliable change")
    followed = "" if measure.flag("is_followed") else f"; {measure.text('label')} is not tracked"
    return f"{scores_words(measure, today)}, {' and '.join(why)}{followed}"


def _mania_is_news(told: Evidence, now: Evidence) -> bool:
    return _is_manier(told.each("measures"), now.each("measures"))


def _is_manier(told: Sequence[Evidence], now: Sequence[Evidence]) -> bool:
    """Whether a measure came to those told of, got worse by its reliable change, or reached its cut-off."""
    elevated = {each.text("key") for each in told if not each.is_none("elevated_from")}
    return is_any_worse(told, now) or any(
        not each.is_none("elevated_from") and each.text("key") not in elevated for each in now
    )


# Both elevated


def _mixed(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """Depression and mania both at their cut-offs, by scores of about the same time.

    It speaks for the rule of mania alone as well, so that every measure that says mania is named, the worst first.
    """
    manias = _manias(case)
    elevated = [each for each in manias if is_at_cutoff(each.scale, each.course)]
    depressions = [
        each for each in case.measures if each.domain == DEPRESSION and is_at_cutoff(each.scale, each.course)
    ]
    pairs = [
        (mania, depression) for mania in elevated for depression in depressions if _are_of_one_time(mania, depression)
    ]
    if not pairs:
        return None
    mania = [_one_mania(each) for each in manias]
    depression = [_one_depression(each) for each in depressions if any(each is one for _, one in pairs)]
    paired = [_one_mania(each)[0] for each in elevated if any(each is one for one, _ in pairs)]
    since = max(min(paired), min(since for since, _ in depression))
    return found_together(
        [(since, {"mania": [facts for _, facts in mania], "depression": [facts for _, facts in depression]})],
        under="both",
    )


def _are_of_one_time(mania: TrackedMeasure, depression: TrackedMeasure) -> bool:
    if mania.course.latest is None or depression.course.latest is None:
        return False
    return is_of_the_time(
        mania.course, other_on=depression.course.latest.on, cadence_days=mania.cadence_days
    ) and is_of_the_time(depression.course, other_on=mania.course.latest.on, cadence_days=depression.cadence_days)


def _one_depression(measure: TrackedMeasure) -> tuple[date, dict[str, JSON]]:
    since = held_since(measure, lambda so_far: is_at_cutoff(measure.scale, so_far))
    return since, {
        "elevated_from": stored(measure.scale.cutoff_in_force),
        **scores_facts(measure, before=measure.course.baseline),
    }


def _mixed_words(evidence: Evidence, today: date) -> str:
    both = evidence.each("both")[0]
    beside = "; ".join(
        f"{scores_words(each, today)}, elevated from {figure(each.amount('elevated_from'))}"
        for each in both.each("depression")
    )
    return f"Mixed, mania first: {_each_in_words(both.each('mania'), today)}; beside {beside}"


def _mixed_is_news(told: Evidence, now: Evidence) -> bool:
    known, found = told.each("both")[0], now.each("both")[0]
    return _is_manier(known.each("mania"), found.each("mania")) or is_any_worse(
        known.each("depression"), found.each("depression")
    )


RULES = (
    Rule(
        id="target.mixed",
        title="Mixed: mania and depression",
        family=Family.TARGET,
        audience=(Audience.PSYCHIATRIST,),
        parameters=(),
        source="The cut-offs of both measures, in their instrument files; mania is dealt with first",
        check=_mixed,
        words=_mixed_words,
        must_be_heard=True,
        is_news=_mixed_is_news,
        version=3,
    ),
    Rule(
        id="target.mania",
        title="Mania",
        family=Family.TARGET,
        audience=(Audience.PSYCHIATRIST,),
        parameters=(),
        source="The cut-off and reliable change of the mania measure, in its instrument file",
        check=_mania,
        words=_mania_words,
        must_be_heard=True,
        is_news=_mania_is_news,
        version=4,
    ),
)
