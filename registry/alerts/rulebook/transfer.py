"""Somebody is being handed over to another clinic, and the handshake is not finished."""

from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.snapshot import CaseSnapshot

OPEN = "transfer.open"

_TELL_AFTER = f"{OPEN}.tell_lead_after"


def _open(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Proposed so many days ago, and the receiver has not recorded its first two-way contact: both leads are told."""
    after = numbers.get(_TELL_AFTER)
    transfer = case.transfer
    if after is None or transfer is None:
        return None
    since = transfer.proposed_on + timedelta(days=after)
    if not clock.has_come(since):
        return None
    return Found(
        tier=Tier.ACTION,
        evidence={
            "other_clinic": transfer.other_clinic,
            "is_receiver": transfer.is_receiver,
            "proposed_on": stored(transfer.proposed_on),
            "accepted_on": stored(transfer.accepted_on),
        },
        since=since,
    )


def _open_words(evidence: Evidence, today: date) -> str:
    direction = "from" if evidence.flag("is_receiver") else "to"
    proposed_on, accepted_on = evidence.day("proposed_on"), evidence.optional_day("accepted_on")
    begun = (
        f"Transfer {direction} {evidence.text('other_clinic')} proposed {ago(proposed_on, today)} "
        f"({written(proposed_on)})"
    )
    if accepted_on is None:
        return f"{begun} and not answered: call the other clinic, or take the proposal back"
    return f"{begun}, accepted {written(accepted_on)}: no two-way contact with the new team yet"


RULES = (
    Rule(
        id=OPEN,
        title="Transfer not finished",
        family=Family.TRANSFER,
        audience=(Audience.CLINIC_LEAD,),
        parameters=(_TELL_AFTER,),
        source="Registry decision: somebody between two clinics for two weeks is a matter for both leads",
        check=_open,
        words=_open_words,
    ),
)
