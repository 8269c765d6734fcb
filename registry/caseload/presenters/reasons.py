"""Why somebody stands in a list: their open reasons, worded for today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.caseload.presenters.brief import brief_reasons, brief_sentence
from registry.web.filters import short_date


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """One reason, worded for today."""

    tier: str
    sentence: str
    since: str = ""
    detail: str = ""
    url: str = ""


def reasons_today(stored: Iterable[Mapping[str, Any]], today: date) -> Iterable[ReasonShown]:
    """The reasons with their counts as of today; those put off last, saying until when."""
    awake: list[Mapping[str, Any]] = []
    asleep: list[ReasonShown] = []
    for reason in stored:
        until = reason["snoozed_until"] and date.fromisoformat(reason["snoozed_until"])
        if until and until > today:
            put_off = f"{brief_sentence(reason, today)} (put off until {short_date(until, today=today)})"
            asleep.append(ReasonShown(tier="queue", sentence=put_off))
        else:
            awake.append(reason)
    return [*(ReasonShown(reason["tier"], said) for reason, said in brief_reasons(awake, today)), *asleep]
