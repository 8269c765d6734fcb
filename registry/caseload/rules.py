"""The views of the caseload, what may be filtered and sorted by, and reading that from an address. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from registry.alerts.rulebook import RULEBOOK
from registry.episodes.rules import CONDITIONS, PHASE_TITLES
from registry.measures.course import Standing

NOT_SEEN_DAYS = 30
"""A two-way contact at least monthly in active treatment (New York State OMH metrics 2025)."""

NOT_REVIEWED_DAYS = 56
"""A psychiatric review at least every 8 weeks while in active treatment."""

EVERYONE = "everyone"

VIEWS: Mapping[str, str] = {
    "needs-action": "Needs action",
    "off-target": "Off target",
    "not-seen": "Not seen in 30 days",
    "not-reviewed": "Not reviewed",
    "at-target": "At target",
    EVERYONE: "Everyone",
}

OFF_TARGET_RULE = "target.off"

MINE, NOBODY = "mine", "nobody"

UNKNOWN, NO_SCORE = "unknown", "no-score"
STANDINGS: Mapping[str, str] = {
    Standing.WORSE.value: "Worse",
    Standing.NOT_IMPROVING.value: "Not improving",
    Standing.IMPROVING.value: "Improving",
    Standing.RESPONDING.value: "Responding",
    Standing.AT_TARGET.value: "At target",
    Standing.AWAITING_FOLLOW_UP.value: "Awaiting follow-up",
    UNKNOWN: "Unknown: the score is too old",
    NO_SCORE: "No score yet",
}

REASONS: Mapping[str, str] = {rule.id: rule.title for rule in RULEBOOK}

COURSES: Mapping[str, str] = {"open": "In care", "ended": "Ended", "all": "In care and ended"}

ASCENDING, DESCENDING = "ascending", "descending"

SORTS: Mapping[str, str] = {
    "rank": ASCENDING,
    "name": ASCENDING,
    "weeks": DESCENDING,
    "score": DESCENDING,
    "change": DESCENDING,
    "second": DESCENDING,
    "function": DESCENDING,
    "further": DESCENDING,
    "safety": DESCENDING,
    "last-contact": ASCENDING,
    "due": ASCENDING,
    "last-review": ASCENDING,
    "physical": ASCENDING,
    "housing": ASCENDING,
    "work": ASCENDING,
    "minutes": DESCENDING,
    "manager": ASCENDING,
}
"""What a list may be sorted by, and the direction a first click gives: the most pressing first."""

OVERDUE, DUE_SOON = "overdue", "week"
DUE_CONTACT, DUE_MEASURE, DUE_REVIEW, DUE_INJECTION = "contact", "measure", "review", "injection"
DUES: Mapping[str, str] = {
    OVERDUE: "Anything overdue",
    DUE_SOON: "Anything within 7 days",
    DUE_CONTACT: "A contact within 7 days",
    DUE_MEASURE: "A measure within 7 days",
    DUE_REVIEW: "A review within 7 days",
    DUE_INJECTION: "An injection within 7 days",
}
"""Whatever is overdue is due within seven days as well."""
DUE_DAYS = 7

LONGEST_SEARCH = 100
LONGEST_VIEW_NAME = 60


@dataclass(frozen=True, slots=True)
class Listing:
    """Which episodes are listed, and in which order. Empty texts filter nothing."""

    view: str = EVERYONE
    team: str = ""
    """``mine``, ``nobody``, or a user's id."""
    clinic: str = ""
    phase: str = ""
    condition: str = ""
    standing: str = ""
    reason: str = ""
    due: str = ""
    course: str = "open"
    sort: str = "rank"
    direction: str = ASCENDING
    search: str = ""
    """Words of a name, or a whole MRN. Never part of an address."""

    @property
    def filters(self) -> Mapping[str, str]:
        """The filters beside the view that are in force, as they stand in an address."""
        named = {
            "team": self.team,
            "clinic": self.clinic,
            "phase": self.phase,
            "condition": self.condition,
            "standing": self.standing,
            "reason": self.reason,
            "due": self.due,
            "course": "" if self.course == "open" else self.course,
        }
        return {name: value for name, value in named.items() if value}

    @property
    def address(self) -> Mapping[str, str]:
        """Everything an address says to come back to this list."""
        order = {} if self.sort == "rank" else {"sort": self.sort, "direction": self.direction}
        return {"view": self.view, **self.filters, **order}

    def searching(self, text: str) -> Listing:
        """Somebody is looked for: among everybody, whether or not they need anything, ended episodes too."""
        words = "".join(sign if sign.isprintable() else " " for sign in text)[:LONGEST_SEARCH].strip()
        return replace(self, search=words, view=EVERYONE, course="all") if words else self

    def among_everybody(self) -> Listing:
        """The same search without the filters: whoever calls may be a colleague's patient. The clinic stays."""
        return Listing(view=EVERYONE, clinic=self.clinic, course="all", search=self.search)


def read_listing(args: Mapping[str, str]) -> Listing:
    """What an address asks for. Whatever is not on a list of known values is left out: it cannot filter or sort."""
    sort = _known(args.get("sort"), SORTS, "rank")
    return Listing(
        view=_known(args.get("view"), VIEWS, EVERYONE),
        team=_user(args.get("team")),
        clinic=_identifier(args.get("clinic")),
        phase=_known(args.get("phase"), PHASE_TITLES),
        condition=_known(args.get("condition"), CONDITIONS),
        standing=_known(args.get("standing"), STANDINGS),
        reason=_known(args.get("reason"), REASONS),
        due=_known(args.get("due"), DUES),
        course=_known(args.get("course"), COURSES, "open"),
        sort=sort,
        direction=_known(args.get("direction"), (ASCENDING, DESCENDING), SORTS[sort]),
    )


def _known(value: str | None, values: Collection[str], otherwise: str = "") -> str:
    return value if value is not None and value in values else otherwise


def _user(value: str | None) -> str:
    return value if value in (MINE, NOBODY) else _identifier(value)


def _identifier(value: str | None) -> str:
    """A UUID in its usual spelling, or nothing."""
    try:
        return str(uuid.UUID(value)) if value else ""
    except ValueError:
        return ""
