"""What had piled up before somebody was enrolled here waits for its day, so that it is a list and not a wall.

Safety, medicines, the law and whoever is handed over never wait; nor does anything of somebody seen or measured since.
"""

from dataclasses import dataclass
from datetime import date

from registry.alerts.rulebook.evaluation import rule
from registry.alerts.rulebook.finding import Finding, Tier
from registry.alerts.rulebook.suspension import Family
from registry.alerts.snapshot import CaseSnapshot

LATE_BY = "alerts.backlog.late_by"
DAYS = "alerts.backlog.days"
SOURCE = "Registry decision: what had piled up before somebody was entered here is a list, not a wall of alerts"

_CAN_WAIT = frozenset(
    {
        Family.ENGAGE,
        Family.MEASURE,
        Family.TARGET,
        Family.REVIEW,
        Family.ORDER,
        Family.SOCIAL,
        Family.TREATMENT,
        Family.PLAN,
        Family.HEALTH,
    }
)
_BY_A_SCORE = frozenset({"target.mania", "target.mixed", "target.psychosis", "target.relapse", "target.worse"})
"""Rules that say somebody got worse: news to everybody when the score is typed in, however old it is."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The enrolment was stored on ``stored_on``, late; what had piled up by then is told from ``until`` on.

    ``seen_on`` is the last day of a two-way contact or a score, ``scored_on`` the day on which the last score was typed
    in, whatever day it is of. All are local dates.
    """

    stored_on: date
    until: date
    seen_on: date | None = None
    scored_on: date | None = None

    def holds(self, finding: Finding) -> bool:
        """Whether the finding waits for ``until``: true before anybody here could act, and nobody has begun to.

        Whoever is seen or measured on the very day they are entered sits with somebody who is acting.
        """
        return (
            finding.tier in (Tier.ACTION, Tier.REMINDER)
            and rule(finding.rule).family in _CAN_WAIT
            and finding.since < self.stored_on
            and (self.seen_on is None or self.seen_on < self.stored_on)
            and not (finding.rule in _BY_A_SCORE and self._is_scored_since())
        )

    def _is_scored_since(self) -> bool:
        return self.scored_on is not None and self.scored_on > self.stored_on


def last_seen_on(case: CaseSnapshot) -> date | None:
    """The last day of a two-way contact or a score; None without any."""
    measures = (*case.measures, *case.untracked_mania)
    scored_on = [each.course.latest.on for each in measures if each.course.latest is not None]
    return max([*scored_on, *case.contacts.two_way_on], default=None)
