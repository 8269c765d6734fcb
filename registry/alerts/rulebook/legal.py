"""What the law allows runs out: an order, the authority of a guardian, a release of information.

Somebody has to act before it does, in the courts or in the plan of care.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier, found_together
from registry.alerts.rulebook.phrases import ago, capitalised, count, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.rulebook.worse import newly_listed
from registry.alerts.snapshot import CaseSnapshot

EXPIRING = "legal.expiring"
PERMISSION = "legal.permission"

_WARN = f"{EXPIRING}.warn"
_WARN_OF_PERMISSION = f"{PERMISSION}.warn"


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
    return f"{status} expires {_left(expires_on, today)}: ask for another, or plan care without it"


def _left(last_day: date, today: date) -> str:
    days = (last_day - today).days
    return "today" if days == 0 else f"in {count(days, 'day')}, on {written(last_day)}"


def _permission(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """An authority or a release ends within the days of warning, or has ended and nobody said what holds now.

    All of them are one finding: one letter to the court or one visit of the family settles several.
    """
    warn = numbers.get(_WARN_OF_PERMISSION)
    if warn is None:
        return None
    ending: list[tuple[date, Mapping[str, JSON]]] = []
    for each in case.permissions:
        warned_on = each.ends_on - timedelta(days=warn)
        since = warned_on if each.starts_on is None else max(each.starts_on, warned_on)
        if clock.has_come(since):
            facts: dict[str, JSON] = {
                "whose": each.whose,
                "is_release": each.is_release,
                "ends_on": stored(each.ends_on),
            }
            ending.append((since, facts))
    return found_together(ending, under="ending")


def _permission_words(evidence: Evidence, today: date) -> str:
    ending = "; ".join(_one_permission(each, today) for each in evidence.each("ending"))
    return f"{capitalised(ending)}: have it renewed, or write down what holds now"


def _one_permission(evidence: Evidence, today: date) -> str:
    what = "release of information to" if evidence.flag("is_release") else "authority of"
    ends_on = evidence.day("ends_on")
    when = (
        f"ended on {written(ends_on)} ({ago(ends_on, today)})" if ends_on < today else f"ends {_left(ends_on, today)}"
    )
    return f"{what} {evidence.text('whose')} {when}"


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
    Rule(
        id=PERMISSION,
        title="Authority or release of information ends",
        family=Family.LEGAL,
        audience=(Audience.CARE_MANAGER,),
        parameters=(_WARN_OF_PERMISSION,),
        source="Registry decision: as with an order, a month for the court, or for the person to sign again",
        check=_permission,
        words=_permission_words,
        is_news=newly_listed("ending", "whose", "is_release", "ends_on"),
    ),
)
