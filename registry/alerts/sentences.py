"""An alert in words: from its stored evidence, with the counts of today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from registry.alerts.models import Alert
from registry.alerts.rulebook import taken_back_words, withdrawn_words, words
from registry.alerts.rulebook.evidence import Evidence
from registry.alerts.rulebook.phrases import written
from registry.web.filters import THIN_SPACE


def sentence_of(rule: str, evidence: Mapping[str, Any], today: date) -> str:
    """The evidence in one sentence as of ``today``: nothing in it is as old as the last evaluation.

    Where the answer behind it was corrected, entered in error or turned out to be another person's, that is what it
    says. A safety alert holds
    everything open about the person: its own rule's evidence, under ``also`` the others', and under ``taken_back`` the
    answers it told of that stand no longer.
    """
    told = [
        _lead(rule, evidence, today),
        *(words(each["rule"], each["evidence"], today) for each in evidence.get("also", ())),
    ]
    if evidence.get("taken_back"):
        told.append(taken_back_words(Evidence(evidence["taken_back"])))
    said = "; ".join(told)
    return said.replace(" %", f"{THIN_SPACE}%")  # a sign on a line of its own says nothing


def _lead(rule: str, evidence: Mapping[str, Any], today: date) -> str:
    if evidence.get("of_another"):
        return "Told only of what belongs to another record: close the alert with how it ended"
    return withdrawn_words(Evidence(evidence)) if evidence.get("withdrawn") else words(rule, evidence, today)


def kept_sentence(rule: str, evidence: Mapping[str, Any], on: date) -> str:
    """The sentence as it is stored and stands in a history: "today" in it is the day it names first."""
    return f"As of {written(on)}: {sentence_of(rule, evidence, on)}"


def sentence_today(alert: Alert, today: date) -> str:
    """The alert's sentence as of ``today``; as last evaluated, where a later rulebook cannot read its evidence."""
    try:
        return sentence_of(alert.rule, alert.evidence, today)
    except (KeyError, TypeError, ValueError):
        return alert.sentence
