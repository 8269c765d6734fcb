"""Legal status: somebody has to act before an order runs out, in the courts or in the plan of care."""

from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, count, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.snapshot import CaseSnapshot

EXPIRING = "legal.expiring"

_WARN = f"{EXPIRING}.warn"


def _expiring(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """The order that holds expires within the days of warning, or has expired and nobody said what holds now.

    It speaks through a pause and through a stay on a ward: the court's calendar goes on.
    """
    warn = numbers.get(_WARN)
    status = case.legal_status
    if warn is None or status is None or status.expires_on is None:
        return None
    since = max(status.starts_on, status.expires_on - timedelta(days=warn))
    if not clock.has_come(since):
        return None
    return Found(
        tier=Tier.ACTION, evidence={"status": status.words, "expires_on": stored(status.expires_on)}, since=since
    )


def _expiring_words(evidence: Evidence, today: date) -> str:
    status, expires_on = evidence.text("status"), evidence.day("expires_on")
    if expires_on < today:
        return f"{status} expired on {written(expires_on)} ({ago(expires_on, today)}): write down what holds now"
    days = (expires_on - today).days
    left = "today" if days == 0 else f"in {count(days, 'day')}, on {written(expires_on)}"
    return f"{status} expires {left}: ask for another, or plan care without it"


RULES = (
    Rule(
        id=EXPIRING,
        title="Legal status expires",
        family=Family.LEGAL,
        audience=(Audience.CARE_MANAGER, Audience.CLINIC_LEAD),
        parameters=(_WARN,),
        source="Registry decision: a month to apply for another order and to be heard, or to plan care without one",
        check=_expiring,
        words=_expiring_words,
    ),
)
