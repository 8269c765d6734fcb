"""Goals and plans in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import url_for

from registry.patients.presenters import DatedFormPage, Difference, IdentityHeader
from registry.patients.record_tabs import Tab
from registry.plans.facts import PlanFacts
from registry.plans.models import Goal, GoalRating, PlanVersion
from registry.plans.queries import plan_in_force
from registry.plans.rules import GOAL_STATES, PLANS, SECTIONS, section_titles
from registry.web.filters import ARROW, days_ago, long_date

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class RatingShown:
    """One rating of a goal."""

    date: str
    rating: str
    words: str
    is_void: bool
    state: str
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class GoalShown:
    """One goal."""

    words: str
    course: str
    """ "3 → 8 of 10"."""
    detail: str
    state: str
    state_kind: str
    is_void: bool
    ratings: Sequence[RatingShown] = ()
    rate_url: str = ""
    change_url: str = ""
    end_url: str = ""


@dataclass(frozen=True, slots=True)
class VersionLink:
    """One version of a plan in a list."""

    label: str
    detail: str
    url: str
    is_void: bool


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan as it stands."""

    title: str
    kind: str
    detail: str
    is_due: bool
    sections: Sequence[tuple[str, str]]
    versions: Sequence[VersionLink]
    read_url: str
    write_url: str
    write_label: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Goals and plans of a person."""

    title: str
    patient: IdentityHeader
    tabs: Sequence[Tab]
    goals: Sequence[GoalShown]
    former_goals: Sequence[GoalShown]
    plans: Sequence[PlanCard]
    set_url: str


@dataclass(frozen=True, slots=True)
class ComparedSection:
    """One section of a version beside that of the version before."""

    title: str
    now: str
    before: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version of a plan, compared with another."""

    title: str
    subtitle: str
    patient: IdentityHeader
    facts: Sequence[Mapping[str, str]]
    state: str
    sections: Sequence[ComparedSection]
    against: str
    """Which version it is compared with; empty for none."""
    versions: Sequence[VersionLink]
    withdraw_url: str
    write_url: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFormPage(DatedFormPage):
    """One form about a goal or a plan; ``sections`` are those of the plan."""

    sections: Sequence[str] = ()


def goal_course(goal: Goal) -> str:
    """First and last rating that stand: "3 → 8 of 10", "3 of 10", nothing before the first."""
    ratings = standing_ratings(goal)
    if not ratings:
        return ""
    first, last = ratings[0].rating, ratings[-1].rating
    return f"{first} {ARROW} {last} of 10" if len(ratings) > 1 else f"{last} of 10"


def standing_ratings(goal: Goal) -> list[GoalRating]:
    """The ratings that count, oldest first."""
    return [each for each in goal.ratings if each.status == "final"]


def last_rated(goal: Goal, today: date) -> str:
    """When the goal was rated last, else when it was set."""
    ratings = standing_ratings(goal)
    return days_ago(ratings[-1].rated_on, today) if ratings else f"set {days_ago(goal.set_on, today)}, not yet rated"


def show_goal(goal: Goal, *, today: date, may_write: bool) -> GoalShown:
    """A goal with its ratings, newest first."""
    is_open = goal.status == "open"
    ended = f"{long_date(goal.ended_on)}: {goal.ended_words}" if goal.ended_on is not None else ""
    return GoalShown(
        words=goal.words,
        course=goal_course(goal),
        detail=last_rated(goal, today) if is_open else ended,
        state=GOAL_STATES[goal.status],
        state_kind="good" if goal.status == "reached" else "neutral",
        is_void=goal.status == "entered-in-error",
        ratings=[
            _show_rating(goal, each, may_write=may_write and is_open)
            for each in sorted(goal.ratings, key=lambda row: (row.rated_on, row.recorded_at), reverse=True)
        ],
        rate_url=_goal_url("plans.rate", goal) if may_write and is_open else "",
        change_url=_goal_url("plans.change_goal", goal) if may_write and is_open else "",
        end_url=_goal_url("plans.end_goal", goal) if may_write and is_open else "",
    )


def _show_rating(goal: Goal, row: GoalRating, *, may_write: bool) -> RatingShown:
    url = url_for("plans.withdraw_rating", patient_id=goal.patient_id, rating_id=row.id)
    return RatingShown(
        date=long_date(row.rated_on),
        rating=f"{row.rating} of 10",
        words=row.words,
        is_void=row.status != "final",
        state={"final": "", "amended": row.why}.get(row.status, f"Entered in error: {row.why}"),
        withdraw_url=url if may_write and row.status == "final" else "",
    )


def show_plans(
    versions: Sequence[PlanVersion], patient: IdentityHeader, *, today: date, may_write: bool
) -> list[PlanCard]:
    """Both plans as they stand."""
    return [_show_plan(kind, versions, patient, today=today, may_write=may_write) for kind in PLANS]


def _show_plan(
    kind: str, versions: Sequence[PlanVersion], patient: IdentityHeader, *, today: date, may_write: bool
) -> PlanCard:
    own = [each for each in versions if each.kind == kind]
    plan = plan_in_force(own, kind)
    write_url = url_for("plans.write", patient_id=patient.patient_id, plan_kind=kind) if may_write else ""
    return PlanCard(
        title=PLANS[kind],
        kind=kind,
        detail="" if plan is None else plan_words(plan, today),
        is_due=plan is not None and plan.review_on is not None and plan.review_on <= today,
        sections=[] if plan is None else list(_written(plan)),
        versions=version_links(own),
        read_url="" if plan is None else version_url(plan),
        write_url=write_url,
        write_label="Write the plan" if plan is None else "Write a new version",
    )


def plan_words(plan: PlanVersion, today: date) -> str:
    """ "Version 2 of 3 Mar 2026 (9 days ago), to be looked at again on 1 Jun 2026"."""
    words = f"Version {plan.number} of {long_date(plan.written_on)}, {days_ago(plan.written_on, today)}"
    if plan.review_on is None:
        return words
    verb = "was to be" if plan.review_on < today else "to be"
    return f"{words}; {verb} looked at again on {long_date(plan.review_on)}"


def _written(plan: PlanVersion) -> Iterator[tuple[str, str]]:
    for section in SECTIONS[plan.kind]:
        text = str(plan.sections.get(section.key) or "")
        if text:
            yield section.title, text


def version_links(versions: Sequence[PlanVersion]) -> list[VersionLink]:
    """Every version, newest first."""
    return [
        VersionLink(
            label=f"Version {each.number}",
            detail=f"{long_date(each.written_on)}, written down by {each.recorded_by.name}",
            url=version_url(each),
            is_void=each.status != "final",
        )
        for each in versions
    ]


def version_url(plan: PlanVersion) -> str:
    """Where one version is read."""
    return url_for("plans.version", patient_id=plan.patient_id, plan_kind=plan.kind, number=plan.number)


def compare(plan: PlanVersion, other: PlanVersion | None) -> list[ComparedSection]:
    """Every section of a version, beside the other's where there is one."""
    compared = []
    for section in SECTIONS[plan.kind]:
        now = str(plan.sections.get(section.key) or "")
        before = "" if other is None else str(other.sections.get(section.key) or "")
        compared.append(ComparedSection(section.title, now, before, is_changed=other is not None and now != before))
    return compared


def version_facts(plan: PlanVersion) -> list[Mapping[str, str]]:
    """What stands above the sections."""
    facts = [
        {"label": "Talked through on", "value": long_date(plan.written_on)},
        {"label": "Took part", "value": plan.took_part},
        {"label": "Look at it again on", "value": long_date(plan.review_on) if plan.review_on else "no date set"},
        {"label": "Written down by", "value": plan.recorded_by.name},
    ]
    return list(facts)


def plan_differences(theirs: PlanVersion, yours: PlanFacts) -> list[Difference]:
    """Where the version a colleague saved differs from what was typed."""
    titles = section_titles(theirs.kind)
    pairs = [("Who took part", theirs.took_part, yours.took_part)]
    pairs += [
        (title, str(theirs.sections.get(key) or ""), yours.sections.get(key, "")) for key, title in titles.items()
    ]
    return [Difference(name, saved or "empty", typed or "empty") for name, saved, typed in pairs if saved != typed]


def goal_differences(theirs: Goal, yours: str) -> list[Difference]:
    """What became of a goal meanwhile."""
    ended = f": {theirs.ended_words}" if theirs.ended_words else ""
    return [Difference("Goal", f"{GOAL_STATES[theirs.status]}{ended}", yours)]


def _goal_url(endpoint: str, goal: Goal) -> str:
    return url_for(endpoint, patient_id=goal.patient_id, goal_id=goal.id)
