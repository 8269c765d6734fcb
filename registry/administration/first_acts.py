"""How long it takes until a person first does something about what a rule told: the arithmetic. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from zoneinfo import ZoneInfo

from registry.alerts.hours.opening_hours import OpeningHours, open_minutes_between
from registry.alerts.rulebook import Tier

FEW_ACTS = 10
"""Of fewer reasons that somebody answered no median is told."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FirstAct:
    """A new reason, and when somebody first acknowledged it, acted on it or closed it."""

    rule: str
    tier: Tier
    told_at: datetime
    acted_at: datetime


def median_times_to_act(
    acts: Iterable[FirstAct], *, hours: OpeningHours, zone: ZoneInfo
) -> Mapping[tuple[str, Tier], Decimal]:
    """The median time until the first act, by rule and tier; nothing of fewer than ``FEW_ACTS``.

    Of an urgent reason in whole minutes of opening hours, since its clock runs on those; else in days, one decimal.
    """
    waits: defaultdict[tuple[str, Tier], list[float]] = defaultdict(list)
    for act in acts:
        is_urgent = act.tier is Tier.URGENT
        wait = open_minutes_between(act.told_at, act.acted_at, hours, zone) if is_urgent else _days(act)
        waits[act.rule, act.tier].append(wait)
    return {key: _rounded(median(each), key[1]) for key, each in waits.items() if len(each) >= FEW_ACTS}


def _days(act: FirstAct) -> float:
    return (act.acted_at - act.told_at) / _DAY


def _rounded(wait: float, tier: Tier) -> Decimal:
    return Decimal(wait).quantize(Decimal("1" if tier is Tier.URGENT else "0.1"), ROUND_HALF_UP)
