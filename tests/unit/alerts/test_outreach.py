"""Nobody reached for long, and what was tried: two reasons said as one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.caseload.presenters.brief import brief_reasons

TODAY = date(2026, 3, 12)
SILENCE = {
    "last_on": "2026-01-24",
    "begun_on": "2025-11-03",
    "attempts": 3,
    "seen_on": None,
    "seen_by": "another team",
    "decide": False,
}
TRIES = {"attempts": 3, "first_on": "2026-02-02", "tried": ["call"], "missed": False, "next": "letter", "skipped": []}


def reason(rule: str, evidence: dict[str, Any]) -> dict[str, Any]:
    return {"rule": rule, "evidence": evidence, "sentence": "as it was written"}


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (
            [reason("engage.no-contact", SILENCE), reason("engage.attempts", TRIES)],
            ["No two-way contact for 47 days; 3 attempts failed; next, write a letter"],
        ),
        (
            [
                reason("engage.attempts", {**TRIES, "next": None}),
                reason("engage.no-contact", {**SILENCE, "decide": True}),
            ],
            ["No two-way contact for 47 days; 3 attempts failed; decide how to go on"],
        ),
        ([reason("engage.attempts", TRIES)], ["Not reached in 3 attempts; next, write a letter"]),
        (
            [reason("engage.no-contact", {}), reason("engage.attempts", TRIES)],
            ["as it was written; Not reached in 3 attempts; next, write a letter"],
        ),
    ],
    ids=["both", "nothing left to try", "tries alone", "evidence nobody can read"],
)
def test_one_call_is_one_reason(reasons: list[dict[str, Any]], said: list[str]) -> None:
    assert [words for _reason, words in brief_reasons(reasons, TODAY)] == said
