"""What the rules ask of a clinic, rule by rule, so that it can see which one is noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from flask import render_template, request, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import clinics_where, found, policy
from registry.administration import alert_counts
from registry.administration.alert_counts import Span
from registry.administration.alert_load import (
    CASELOAD,
    FEW_PATIENT_WEEKS,
    FEW_REASONS,
    MOST_A_PATIENT_WEEK,
    MOST_URGENT_A_WEEK,
    PASSED_OVER,
    WEEKS,
    AlertLoad,
    Fate,
    RuleLoad,
    alert_load,
)
from registry.administration.first_acts import FEW_ACTS, median_times_to_act
from registry.administration.views.common import blueprint
from registry.alerts.hours.clinic_times import hours_of
from registry.alerts.rulebook import RULEBOOK, Tier
from registry.clinics.models import Clinic
from registry.clinics.queries import list_clinics
from registry.web.filters import THIN_SPACE, count, long_date

TITLE = "Alert load"
TIERS: Mapping[Tier, tuple[str, str]] = {
    Tier.URGENT: ("Urgent", "urgent"),
    Tier.ACTION: ("Action", "action"),
    Tier.REMINDER: ("Reminder", "reminder"),
    Tier.QUEUE: ("Review queue", "neutral"),
}
"""Tier → its word and the kind of its badge."""

FATES: Mapping[Fate, str] = {
    Fate.ACTED: "Acted on",
    Fate.BY_ITSELF: "By itself",
    Fate.PUT_OFF: "Put off only",
    Fate.DISMISSED: "No action",
    Fate.OPEN: "Still open",
}
"""What became of a reason, in the order of the columns."""

NO_SHARE = "–"
"""Where there are too few for a rate or a share."""

EXPLAINED: Sequence[Mapping[str, str]] = (
    {
        "label": "New reason",
        "value": "An alert that opened, became more pressing or was added to. What somebody closed while it was still "
        "true and was told once more stands under Told again, and is not counted as new; so does what closed by itself "
        "because another alert spoke for it, and came back.",
    },
    {
        "label": "Patient-weeks",
        "value": "The days on which the clinic had an open episode of each patient, added up and divided by seven.",
    },
    {
        "label": "Acted on",
        "value": "Somebody noted what was done, or closed it with an outcome that says so.",
    },
    {
        "label": "By itself",
        "value": "It closed by itself: what it said stopped being true, for instance because the contact was made, "
        "the measure taken or the review recorded. Most work on contacts, measures and reviews ends a reason this way.",
    },
    {
        "label": "Put off",
        "value": "Somebody put it off, whatever else was done. Put off only: and nobody did anything else.",
    },
    {
        "label": "First act",
        "value": "The median time from the reason to the first time somebody acknowledged it, noted what was done or "
        "closed it. Of urgent reasons in minutes of today's opening hours, of others in days. Reasons nobody "
        f"answered are no part of it, and it is not told of fewer than {FEW_ACTS}.",
    },
    {
        "label": "Passed over",
        "value": "Put off only, and closed with No action, together: as a share of the reasons that are not simply "
        f"open, from {FEW_REASONS} of them on. A rule passed over again and again is noise: try another number.",
    },
    {
        "label": "Goals",
        "value": f"At most {MOST_A_PATIENT_WEEK} new reasons a patient-week, and {MOST_URGENT_A_WEEK} urgent ones a "
        f"week for {CASELOAD} patients. Source: our own goal, what one care manager can answer; not a published "
        "standard. Places in the review queue are no part of either.",
    },
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One number of the strip."""

    label: str
    value: str
    unit: str = ""
    detail: str = ""
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One rule at one tier."""

    rule: str
    title: str
    tier: str
    tier_kind: str
    new: int
    rate: str
    fates: Sequence[tuple[str, int]]
    """What became of the reasons, and how many."""
    snoozed: int
    first_act: str
    passed_over: str
    again: int
    url: str | None
    """The rule and its numbers; None for a rule no longer in the book."""


@dataclass(frozen=True, slots=True)
class AlertLoadPage:
    """``rows`` is empty where nothing was told in the span, ``silent`` before the first whole day."""

    title: str
    subtitle: str
    clinic: str
    clinics: Sequence[Mapping[str, str]]
    """One tab for each of the reader's clinics; empty when there is only one."""
    tiles: Sequence[Tile]
    headings: Sequence[Mapping[str, str]]
    rows: Sequence[LoadRow]
    silent: Sequence[Mapping[str, str | None]]
    explained: Sequence[Mapping[str, str]]
    rules_url: str


@blueprint.get("/rules/load")
@policy("rule.read")
def load() -> str:
    """What the rules asked of one clinic in the last weeks."""
    clinics = list_clinics(clinics_where(current_user, "rule.read"))
    clinic = found(_chosen(clinics, request.args.get("clinic")))
    span = alert_counts.watched_span(clinic, clock.now())
    load = None if span is None else _count(span)
    waits = {} if span is None else _times_to_act(span)
    page = AlertLoadPage(
        title=TITLE,
        subtitle=f"{clinic.name} · {_days(span)}",
        clinic=clinic.name,
        clinics=_tabs(clinics) if len(clinics) > 1 else (),
        tiles=() if load is None else _tiles(load),
        headings=_headings(),
        rows=() if load is None else [_row(each, waits) for each in load.rules],
        silent=() if load is None else _silent(load),
        explained=EXPLAINED,
        rules_url=url_for("administration.rules"),
    )
    return render_template("administration/alert_load.html", page=page)


def _chosen(clinics: Sequence[Clinic], wanted: str | None) -> Clinic | None:
    """The clinic of the address, the first by name without one; None for what is none of the reader's."""
    if not wanted:
        return next(iter(clinics), None)
    return next((each for each in clinics if str(each.id) == wanted), None)


def _tabs(clinics: Sequence[Clinic]) -> list[Mapping[str, str]]:
    return [{"label": each.name, "url": url_for("administration.load", clinic=each.id)} for each in clinics]


def _count(span: Span) -> AlertLoad:
    days = alert_counts.count_patient_days(span.clinic.id, first=span.first, until=span.until)
    return alert_load(alert_counts.count_told(span), patient_days=days)


def _times_to_act(span: Span) -> Mapping[tuple[str, Tier], Decimal]:
    acts = alert_counts.list_first_acts(span)
    return median_times_to_act(acts, hours=hours_of(span.clinic), zone=span.clinic.zone)


def _days(span: Span | None) -> str:
    if span is None:
        return f"the last {WEEKS} weeks"
    return f"{long_date(span.first)} to {long_date(span.until - timedelta(days=1))}"


def _tiles(load: AlertLoad) -> list[Tile]:
    few = f"fewer than {FEW_PATIENT_WEEKS} patient-weeks"
    urgent = f"Urgent a week for {CASELOAD} patients"
    return [
        _goal_tile("New reasons a patient-week", load.a_patient_week, MOST_A_PATIENT_WEEK, few),
        _goal_tile(urgent, load.urgent_a_week, MOST_URGENT_A_WEEK, few),
        Tile("New reasons", str(load.new), detail=f"in {count(load.patient_weeks, 'patient-week')}"),
        _fates_tile(load),
    ]


def _fates_tile(load: AlertLoad) -> Tile:
    passed_over = sum(load.of(fate) for fate in PASSED_OVER)
    settled = f"{load.of(Fate.ACTED)} acted on, {load.of(Fate.BY_ITSELF)} closed by itself"
    return Tile("Passed over", str(passed_over), f"of {load.new}", f"{settled}, {load.of(Fate.OPEN)} open")


def _goal_tile(label: str, rate: Decimal | None, most: Decimal, few: str) -> Tile:
    if rate is None:
        return Tile(label, "not enough yet", detail=few, is_unknown=True)
    verdict = "within" if rate <= most else "above"
    return Tile(label, str(rate), detail=f"{verdict} our goal: {most} or fewer")


def _headings() -> list[Mapping[str, str]]:
    counted = [{"label": words, "kind": "number"} for words in FATES.values()]
    return [
        {"label": "Rule"},
        {"label": "Tier"},
        {"label": "New", "kind": "number"},
        {"label": "A patient-week", "kind": "number"},
        *counted,
        {"label": "Put off", "kind": "number"},
        {"label": "First act", "kind": "number"},
        {"label": "Passed over", "kind": "number"},
        {"label": "Told again", "kind": "number"},
    ]


def _row(load: RuleLoad, waits: Mapping[tuple[str, Tier], Decimal]) -> LoadRow:
    tier, kind = TIERS[load.tier]
    percent = load.passed_over_percent
    return LoadRow(
        rule=load.rule,
        title=_TITLES.get(load.rule, "A rule no longer in the book"),
        tier=tier,
        tier_kind=kind,
        new=load.new,
        rate=_rate(load),
        fates=[(words, load.fates[fate]) for fate, words in FATES.items()],
        snoozed=load.snoozed,
        first_act=_first_act(waits.get((load.rule, load.tier)), load.tier),
        passed_over=NO_SHARE if percent is None else f"{percent}{THIN_SPACE}%",
        again=load.again,
        url=_url_of(load.rule),
    )


def _silent(load: AlertLoad) -> list[Mapping[str, str | None]]:
    """The rules that told nothing: that one never speaks is for the clinic to see too."""
    spoke = {each.rule for each in load.rules}
    return [
        {"label": rule.id, "value": rule.title, "url": _url_of(rule.id)} for rule in RULEBOOK if rule.id not in spoke
    ]


def _url_of(rule: str) -> str | None:
    return url_for("administration.rules", _anchor=rule) if rule in _TITLES else None


def _first_act(wait: Decimal | None, tier: Tier) -> str:
    if wait is None:
        return NO_SHARE
    return f"{wait}{THIN_SPACE}{'min' if tier is Tier.URGENT else 'days'}"


def _rate(load: RuleLoad) -> str:
    if load.a_patient_week is None:
        return NO_SHARE
    return "under 0.01" if load.new and not load.a_patient_week else str(load.a_patient_week)


_TITLES: Mapping[str, str] = {rule.id: rule.title for rule in RULEBOOK}
