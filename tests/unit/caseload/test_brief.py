"""A reason in a row: short, and with its days counted to the day it is read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.case_review.presenters.since_review import answered_sentence
from registry.case_review.since_review import Answer
from registry.caseload.presenters.brief import brief_sentence, full_sentence

TODAY = date(2026, 3, 12)

OFF: dict[str, Any] = {
    "measures": [
        {
            "off_since": "2026-01-08",
            "was": None,
            "has_followed_up": True,
            "key": "phq-9:total",
            "label": "PHQ-9",
            "before": "21",
            "before_on": "2025-11-03",
            "latest": "19",
            "latest_on": "2026-03-09",
            "percent": "-9.52",
            "late_by": None,
            "target": "4 or lower",
        }
    ],
    "review": {"reviewed_on": None, "is_about_this": False, "change_due_on": None, "changed_on": None},
}


def reason(rule: str, evidence: dict[str, Any]) -> dict[str, Any]:
    return {"rule": rule, "evidence": evidence, "sentence": "as it was written"}


def off(review: dict[str, Any], **measure: Any) -> dict[str, Any]:
    facts = {"measures": [{**OFF["measures"][0], **measure}], "review": {**OFF["review"], **review}}
    return reason("target.off", facts)


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (off({}), "Off target 9 weeks"),
        (
            off({"reviewed_on": "2026-03-01", "is_about_this": True, "change_due_on": "2026-03-29"}),
            "Off target 9 weeks; reviewed 1 Mar, change due by 29 Mar",
        ),
        (
            off({"reviewed_on": "2026-01-10", "is_about_this": True, "change_due_on": "2026-02-07"}),
            "Off target 9 weeks; reviewed 10 Jan, change was due by 7 Feb",
        ),
        (off({"reviewed_on": "2025-12-01"}), "Off target 9 weeks; last reviewed 1 Dec 2025, before this"),
        (off({"changed_on": "2026-02-20"}), "Off target 9 weeks; treatment changed 20 Feb"),
        (
            off(
                {
                    "reviewed_on": "2026-03-01",
                    "is_about_this": True,
                    "change_due_on": "2026-03-29",
                    "changed_on": "2026-02-20",
                }
            ),
            "Off target 9 weeks; reviewed 1 Mar, change due by 29 Mar",
        ),
        (
            off({}, was="at target", latest_on="2026-01-01"),
            "No PHQ-9 for 70 days: not known to be better",
        ),
        (off({}, has_followed_up=False), "No PHQ-9 since the baseline, 18 weeks ago"),
        (
            reason(
                "engage.no-contact",
                {
                    "last_on": "2026-01-24",
                    "begun_on": "2025-11-03",
                    "attempts": 3,
                    "seen_on": None,
                    "seen_by": "another team",
                    "decide": False,
                },
            ),
            "No two-way contact for 47 days; 3 attempts failed",
        ),
        (
            reason(
                "measure.due", {"due": [{"label": "PHQ-9", "last_on": "2026-01-22", "course_started_on": "2025-11-03"}]}
            ),
            "PHQ-9 (49 days old) due",
        ),
        (
            reason(
                "review.due",
                {"begun_on": "2025-11-03", "reviewed_on": None, "due_on": "2025-11-17", "was_asked_for": False},
            ),
            "Never reviewed in 18 weeks",
        ),
    ],
)
def test_a_reason_says_in_brief_what_its_evidence_says(stored: dict[str, Any], said: str) -> None:
    assert brief_sentence(stored, TODAY) == said


def test_the_same_reason_counts_on_with_the_days() -> None:
    assert brief_sentence(off({}), date(2026, 3, 19)) == "Off target 10 weeks"


@pytest.mark.parametrize("stored", [reason("target.off", {}), reason("no.such-rule", {"measures": []})])
def test_evidence_that_cannot_be_read_leaves_the_sentence_as_written(stored: dict[str, Any]) -> None:
    assert brief_sentence(stored, TODAY) == "as it was written"
    assert full_sentence(stored, TODAY) == "as it was written"


def test_the_record_says_the_whole_sentence() -> None:
    assert "PHQ-9 21 → 19 (−10\N{NARROW NO-BREAK SPACE}%, 3 days ago)" in full_sentence(off({}), TODAY)


def test_safety_that_somebody_answered_is_told_in_one_line() -> None:
    positive = Answer(
        {"answers": [{"instrument": "PHQ-9", "item": "item 9", "on": "2026-03-09"}]}, "", "contacted-safe"
    )
    report = Answer({"reports": [{"kind": "overdose", "on": "2026-03-10"}]}, "", "handled")
    unreadable = Answer({}, "As it was written.", "handled")

    assert answered_sentence([positive], TODAY) == (
        "PHQ-9 item 9 positive 9 Mar, answered: reached; safe for now, plan reviewed"
    )
    assert answered_sentence([positive, positive, report], TODAY) == (
        "Overdose reported 10 Mar, answered: handled; see the note; 2 more answered before"
    )
    assert answered_sentence([unreadable], TODAY) == "As it was written, answered: handled; see the note"
