"""The rulebook: pure functions from a case and a day to what needs attention.

Start with ``evaluate``. One module a family of rules; ``clock`` explains why the next check date is exact.
"""

from registry.alerts.rulebook.backlog import Backlog, last_seen_on
from registry.alerts.rulebook.evaluation import (
    RULEBOOK,
    Evaluation,
    Swallowed,
    evaluate,
    is_news,
    ranked,
    rule,
    rulebook_fingerprint,
    spoken_for_by,
    with_speakers,
    words,
)
from registry.alerts.rulebook.finding import Audience, Finding, Rule, Tier, Verdict
from registry.alerts.rulebook.safety import (
    given_words,
    how_soon,
    is_entered_soon,
    is_immediate,
    taken_back_words,
    told_besides,
    withdrawn_words,
)
from registry.alerts.rulebook.suspension import Family
from registry.alerts.rulebook.transfer import unspoken_at, waiting_for_answer

__all__ = [
    "RULEBOOK",
    "Audience",
    "Backlog",
    "Evaluation",
    "Family",
    "Finding",
    "Rule",
    "Swallowed",
    "Tier",
    "Verdict",
    "evaluate",
    "given_words",
    "how_soon",
    "is_entered_soon",
    "is_immediate",
    "is_news",
    "last_seen_on",
    "ranked",
    "rule",
    "rulebook_fingerprint",
    "spoken_for_by",
    "taken_back_words",
    "told_besides",
    "unspoken_at",
    "waiting_for_answer",
    "with_speakers",
    "withdrawn_words",
    "words",
]
