"""Why the people of the day stand in the order they do: said once, for the page, its titles and the guide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry.alerts.models import Alert
from registry.alerts.presenters.alert import TIER_TITLES, TITLES
from registry.alerts.rulebook import RULEBOOK, Tier
from registry.web.filters import short_date

_ORDER = (
    "Urgent safety alerts stand above the list, the one whose time runs out first on top.",
    "In the list everybody stands where their most pressing reason puts them; further reasons move nobody up.",
    "Actions come before reminders; within each, reasons come in the order of the rulebook, danger first.",
    "Of people with the same first reason, whoever has had it longest comes first.",
)


@dataclass(frozen=True, slots=True)
class OrderExplained:
    """How the list is ranked, in sentences, and the reasons in their order."""

    sentences: Sequence[str]
    reasons: Sequence[str]


def why_this_order() -> OrderExplained:
    return OrderExplained(_ORDER, [rule.title for rule in RULEBOOK])


def why_here(first: Alert, today: date) -> str:
    """What places somebody: "Action: Safety answer missing, since 3 Mar"."""
    since = short_date(first.since, today=today)
    return f"{TIER_TITLES[Tier(first.tier)]}: {TITLES.get(first.rule, first.rule)}, since {since}"
