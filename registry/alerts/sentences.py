"""An alert in words: from its stored evidence, with the counts of today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from registry.alerts.rulebook import words

WITHDRAWN = "since corrected or entered in error; close it with that outcome"


def sentence_of(rule: str, evidence: Mapping[str, Any], today: date) -> str:
    """The evidence in one sentence as of ``today``: nothing in it is as old as the last evaluation.

    A safety alert holds everything open about the person: its own rule's evidence, and under ``also`` the others'.
    """
    sentence = words(rule, evidence, today)
    if evidence.get("withdrawn"):
        sentence += f" ({WITHDRAWN})"
    return "; ".join([sentence, *(words(each["rule"], each["evidence"], today) for each in evidence.get("also", ()))])
