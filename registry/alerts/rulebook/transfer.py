"""Somebody is being handed over to another clinic, and the handshake is not finished.

Before it accepts, the receiving clinic has no episode and so no alert: ``waiting_for_answer`` says what its worklist
shows of the proposal. From the acceptance on its care manager is asked for the first contact; both leads are told of
what takes too long.
"""

from datetime import date, timedelta

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.snapshot import CaseSnapshot

OPEN = "transfer.open"
FIRST_CONTACT = "transfer.first-contact"
UNSPOKEN = "transfer.unspoken"

_TELL_AFTER = f"{OPEN}.tell_lead_after"
ANSWER_WITHIN = f"{OPEN}.answer_within"
_CONTACT_WITHIN = f"{FIRST_CONTACT}.within"


def waiting_for_answer(sender: str, *, proposed_on: date, today: date, numbers: Numbers) -> tuple[Tier, str]:
    """How loudly an unanswered proposal stands at the receiving clinic on its ``today``, and the sentence.

    A reminder from the day of the proposal, an action when the days for an answer have passed.
    """
    within, tell_after = numbers.get(ANSWER_WITHIN), numbers.get(_TELL_AFTER)
    days = (today - proposed_on).days
    tier = Tier.REMINDER if within is None or days < within else Tier.ACTION
    told = "; both leads are told" if tell_after is not None and days >= tell_after else ""
    return tier, (
        f"{sender} asks you to take this person over, {ago(proposed_on, today)} ({written(proposed_on)}){told}: "
        "accept or refuse"
    )


def _open(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Proposed so many days ago, and the receiver has not recorded its first two-way contact: both leads are told."""
    after = numbers.get(_TELL_AFTER)
    transfer = case.transfer
    if after is None or transfer is None or transfer.completed_on is not None:
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


def _first_contact(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Accepted here, and nobody of this clinic has spoken with the person since."""
    transfer = case.transfer
    if transfer is None or not transfer.sender_answers or transfer.accepted_on is None:
        return None
    within = numbers.get(_CONTACT_WITHIN)
    is_late = within is not None and clock.has_come(transfer.accepted_on + timedelta(days=within))
    return Found(
        tier=Tier.ACTION if is_late else Tier.REMINDER,
        evidence={"other_clinic": transfer.other_clinic, "accepted_on": stored(transfer.accepted_on)},
        since=transfer.accepted_on,
    )


def _first_contact_words(evidence: Evidence, today: date) -> str:
    accepted_on, sender = evidence.day("accepted_on"), evidence.text("other_clinic")
    return (
        f"Taken over from {sender} {ago(accepted_on, today)} ({written(accepted_on)}), no two-way contact here yet: "
        f"speak with the person; {sender} answers until then"
    )


def _unspoken(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """Completed by a contact that no longer stands, and nobody here has spoken with the person."""
    transfer = case.transfer
    if transfer is None or transfer.completed_on is None:
        return None
    return Found(
        tier=Tier.ACTION,
        evidence={"other_clinic": transfer.other_clinic, "completed_on": stored(transfer.completed_on)},
        since=transfer.completed_on,
    )


def _unspoken_words(evidence: Evidence, today: date) -> str:
    completed_on, sender = evidence.day("completed_on"), evidence.text("other_clinic")
    return (
        f"The contact that completed the transfer from {sender} {ago(completed_on, today)} ({written(completed_on)}) "
        f"was taken back, and no other is on record: speak with the person; {sender} no longer answers"
    )


def unspoken_at(receiver: str, *, completed_on: date, today: date) -> tuple[Tier, str]:
    """How loudly such a transfer stands at the clinic the person came from, which has no episode, and the sentence."""
    return Tier.ACTION, (
        f"The contact by which {receiver} completed the transfer {ago(completed_on, today)} ({written(completed_on)}) "
        f"was taken back: nobody there has spoken with this person. Call {receiver}, or refer the person here again"
    )


RULES = (
    Rule(
        id=OPEN,
        title="Transfer not finished",
        family=Family.TRANSFER,
        audience=(Audience.CLINIC_LEAD,),
        parameters=(ANSWER_WITHIN, _TELL_AFTER),
        source="Registry decision: somebody between two clinics for two weeks is a matter for both leads",
        check=_open,
        words=_open_words,
    ),
    Rule(
        id=FIRST_CONTACT,
        title="First contact after a transfer",
        family=Family.TRANSFER,
        audience=(Audience.CARE_MANAGER, Audience.CLINIC_LEAD),
        parameters=(_CONTACT_WITHIN,),
        source="Registry decision: the clinic that took somebody over completes the transfer by speaking with them",
        check=_first_contact,
        words=_first_contact_words,
    ),
    Rule(
        id=UNSPOKEN,
        title="Transfer without a contact",
        family=Family.TRANSFER,
        audience=(Audience.CLINIC_LEAD,),
        parameters=(),
        source="Registry decision: a transfer is a handshake, and one of the two hands was withdrawn",
        check=_unspoken,
        words=_unspoken_words,
    ),
)
