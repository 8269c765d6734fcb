"""Dangers of the past as the team answered them: a closed alert for each, with its history. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import RULEBOOK, Tier
from registry.alerts.sentences import kept_sentence
from registry.contacts.rules import DANGERS
from registry.demo import wording
from registry.demo.chance import weighted
from registry.measures.instrument import Instrument, SafetyTier
from registry.measures.scoring import SafetyState, Scoring

if TYPE_CHECKING:
    from registry.demo.crowd.history import History
    from registry.demo.crowd.ledger import Ledger, Row

_OUTCOMES = {"contacted-safe": 0.86, "contacted-escalated": 0.07, "not-a-concern": 0.04, "handled": 0.03}
_WORDS = {
    "contacted-safe": wording.SAFE,
    "contacted-escalated": wording.ESCALATED,
    "not-a-concern": wording.NOT_A_CONCERN,
    "handled": wording.HANDLED,
}
_VERSIONS = {rule.id: rule.version for rule in RULEBOOK}


class Answered:
    """Writes down how the team answered each danger of one person."""

    def __init__(self, ledger: Ledger, roll: Random) -> None:
        self._ledger, self._roll = ledger, roll

    def form(self, row: Row, definition: Instrument, scoring: Scoring, history: History) -> None:
        """A form with a positive safety answer."""
        for answer in scoring.safety:
            if answer.state is SafetyState.POSITIVE:
                item = definition.item(answer.item)
                choice = item.choice(answer.value) if answer.value is not None else None
                facts = {
                    "id": str(row["id"]),
                    "instrument": definition.short_title,
                    "item_id": item.id,
                    "item": f"item {item.number}",
                    "on": row["taken_on"].isoformat(),
                    "state": answer.state.value,
                    "value": str(answer.value),
                    "answer": None if choice is None else choice.label,
                    "calls_for": item.safety_calls_for,
                }
                is_immediate = item.safety_tier is SafetyTier.IMMEDIATE
                evidence = {
                    "is_recent": True,
                    "is_immediate": is_immediate,
                    "is_static": False,
                    "died_on": None,
                    "answers": [facts],
                    "unfinished": [],
                    "screens": [],
                }
                self._close("safety.self-harm", evidence, row["taken_on"], row["recorded_at"], history)

    def report(self, row: Row, history: History) -> None:
        """A danger somebody reported."""
        facts = {
            "id": str(row["id"]),
            "on": row["reported_on"].isoformat(),
            "kind": DANGERS[row["kind"]].lower(),
            "said_by": row["said_by"],
            "what_done": row["done"] or None,
        }
        evidence = {"died_on": None, "reports": [facts]}
        self._close("safety.reported", evidence, row["reported_on"], row["recorded_at"], history)

    def _close(self, rule: str, evidence: Mapping[str, Any], on: date, opened_at: datetime, history: History) -> None:
        if on >= history.site.today:
            return  # for the team of today
        roll, by = self._roll, history.team.who("care_manager")
        acknowledged_at = opened_at + timedelta(minutes=roll.randint(4, 55))
        closed_at = acknowledged_at + timedelta(minutes=roll.randint(8, 190))
        outcome = weighted(roll, _OUTCOMES)
        words, sentence = roll.choice(_WORDS[outcome]), kept_sentence(rule, evidence, on)
        alert = self._ledger.write(
            Alert,
            clinic_id=history.site.clinic_id,
            rule=rule,
            rule_version=_VERSIONS[rule],
            is_safety=True,
            tier=Tier.URGENT.value,
            sentence=sentence,
            evidence=evidence,
            since=on,
            state="closed",
            opened_at=opened_at,
            told_at=opened_at,
            owner_id=by.id,
            acknowledged_at=acknowledged_at,
            acknowledged_by_id=by.id,
            closed_at=closed_at,
            closed_by_id=by.id,
            outcome=outcome,
            closing_words=words,
        )
        step = {"alert_id": alert["id"]}
        tier = {"tier": Tier.URGENT.value}
        self._ledger.write(AlertEvent, **step, kind="opened", at=opened_at, words=sentence, details=tier)
        self._ledger.write(AlertEvent, **step, kind="acknowledged", at=acknowledged_at, by_id=by.id)
        details = {"outcome": outcome}
        self._ledger.write(AlertEvent, **step, kind="closed", at=closed_at, by_id=by.id, words=words, details=details)
