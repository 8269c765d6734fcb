"""When a finding that goes on is news: somebody got worse, or something was added to what people know of.

``told`` is the evidence people were last told of, or answered; ``now`` that of today, by the same version of the rule.
Who was told of 19 and hears of 22 and then of 25 hears of six points, not twice of three.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from registry.alerts.rulebook.evidence import JSON, Evidence
from registry.measures.profile import ratings_of
from registry.measures.scale import Better

IsNews = Callable[[Evidence, Evidence], bool]
"""Decides whether ``now`` is told again to whoever knows of ``told``."""


def newly_listed(under: str, *names: str) -> IsNews:
    """News is an entry of the list ``under`` that was not there, known by what it has under ``names``."""

    def is_news(told: Evidence, now: Evidence) -> bool:
        return not _entries(now, under, names) <= _entries(told, under, names)

    return is_news


def _entries(evidence: Evidence, under: str, names: Iterable[str]) -> set[tuple[JSON, ...]]:
    """None where the list is not there: all that the alert told of turned out to be about somebody else."""
    entries = evidence.each(under) if evidence.has(under) else ()
    return {tuple(each.fact(name) for name in names) for each in entries}


def later_day(name: str) -> IsNews:
    """News is a day under ``name`` where there was none, or a later one."""

    def is_news(told: Evidence, now: Evidence) -> bool:
        before, after = told.optional_day(name), now.optional_day(name)
        return after is not None and (before is None or after > before)

    return is_news


def turned_true(name: str) -> IsNews:
    """News is that ``name`` holds now."""

    def is_news(told: Evidence, now: Evidence) -> bool:
        return now.flag(name) and not told.flag(name)

    return is_news


def worse_scores(under: str) -> IsNews:
    """News is a measure in the list ``under`` that was not there, or one that got worse by its reliable change."""

    def is_news(told: Evidence, now: Evidence) -> bool:
        return is_any_worse(told.each(under), now.each(under))

    return is_news


def is_any_worse(told: Iterable[Evidence], now: Iterable[Evidence]) -> bool:
    """As ``worse_scores``, of the measures themselves (``scores.scores_facts``)."""
    known = {each.text("key"): each for each in told}
    return any(each.text("key") not in known or _is_worse(known[each.text("key")], each) for each in now)


def _is_worse(told: Evidence, now: Evidence) -> bool:
    """Worse by the reliable change in force now; never where none is published."""
    better = Better(now.text("better"))
    if told.has("ratings") and now.has("ratings"):
        return _is_profile_worse(told.part("ratings"), now.part("ratings"), better)
    before, after = told.optional_amount("latest"), now.optional_amount("latest")
    reliable = now.optional_amount("reliable_change")
    if before is None or after is None or reliable is None:
        return False
    return _worsening(before, after, better) >= reliable


def _is_profile_worse(told: Evidence, now: Evidence, better: Better) -> bool:
    """Whether a rating came to the level at which it is present, or got worse by the points that count."""
    level, points = now.optional_amount("newly_present"), now.optional_amount("risen_by")
    before, after = (tuple(map(Decimal, ratings_of(each.text("latest")))) for each in (told, now))
    return len(before) == len(after) and any(
        (level is not None and _worsening(level, each, better) >= 0 > _worsening(level, was, better))
        or (points is not None and _worsening(was, each, better) >= points)
        for was, each in zip(before, after, strict=True)
    )


def _worsening(before: Decimal, after: Decimal, better: Better) -> Decimal:
    return after - before if better is Better.LOWER else before - after
