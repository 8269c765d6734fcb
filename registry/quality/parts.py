"""Into which part of each metric an open episode falls: one CASE a metric, so that the parts always add up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, case, or_

from registry.caseload.currency import (
    Today,
    days_ago,
    is_in_care,
    is_on_course,
    seen_or_enrolled,
    today_at,
    was_reviewed,
)
from registry.caseload.models import CaseloadRow
from registry.caseload.rules import NOT_SEEN_DAYS
from registry.measures.course import Outcome
from registry.quality.rules import BESIDE_MANIA, ELEVATED_AFTER_DAYS, IMPROVED_AFTER_DAYS, MET, NOT_MET

METRICS_QUESTION = "metrics"
"""What the counts of these parts are kept under: see ``registry.caseload.panels``."""

Part = ColumnElement[str]
When = tuple[ColumnElement[bool], str]

_IS_REFERRED: When = (CaseloadRow.phase == "referred", "referred")


def parts_by_metric(today: Today) -> Mapping[str, Part]:
    """Metric → the part an open episode falls into."""
    day = today_at(today)
    return {
        "active": _first(_IS_REFERRED, _is_paused(day), otherwise=MET),
        "not-seen": _first(_IS_REFERRED, _is_paused(day), (seen_or_enrolled() <= days_ago(today, NOT_SEEN_DAYS), MET)),
        "off-target": _off_target(today),
        "reviewed": _first(_IS_REFERRED, _is_paused(day), (was_reviewed(today), MET)),
        "improved": _improved(today),
    }


def _is_paused(day: ColumnElement[date]) -> When:
    return and_(CaseloadRow.phase == "paused", sa.not_(is_in_care(day))), "paused"


def _first(*conditions: When, otherwise: str = NOT_MET) -> Part:
    whens: list[tuple[Any, Any]] = [(condition, sa.literal(part)) for condition, part in conditions]
    return case(*whens, else_=sa.literal(otherwise))


def _off_target(today: Today) -> Part:
    """By the scores, not by the alert alone: closing an alert makes nobody better."""
    day = today_at(today)
    return _first(
        _IS_REFERRED,
        _is_paused(day),
        (CaseloadRow.first_baseline_on.is_(None), "no-baseline"),
        (CaseloadRow.first_baseline_elevated.is_(None), "no-cut-off"),
        (CaseloadRow.first_baseline_elevated.is_(False), "not-elevated"),
        (CaseloadRow.first_baseline_on > days_ago(today, ELEVATED_AFTER_DAYS), "too-early"),
        (or_(CaseloadRow.is_off_target, sa.not_(is_on_course(day))), MET),
        (CaseloadRow.beside_mania.is_(True), BESIDE_MANIA),
    )


def _improved(today: Today) -> Part:
    """Reports keep the enrolment baseline, also where treatment began anew."""
    return case(
        (CaseloadRow.enrolled_on.is_(None), sa.literal("referred")),
        (CaseloadRow.enrolled_on > days_ago(today, IMPROVED_AFTER_DAYS), sa.literal("too-early")),
        (CaseloadRow.outcome.is_(None), sa.literal("no-baseline")),
        (and_(CaseloadRow.outcome == Outcome.IMPROVED, CaseloadRow.beside_mania), sa.literal(BESIDE_MANIA)),
        (CaseloadRow.outcome == Outcome.IMPROVED, sa.literal(MET)),
        (CaseloadRow.outcome == Outcome.NOT_IMPROVED, sa.literal(NOT_MET)),
        else_=CaseloadRow.outcome,
    )
