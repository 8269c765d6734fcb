"""Consent to collaborative care that was taken back: care goes on, and somebody has to decide whether it may."""

from datetime import date

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.rulebook.worse import later_day
from registry.alerts.snapshot import CaseSnapshot, Phase

WITHDRAWN = "care.consent-withdrawn"

_AGAIN = f"{WITHDRAWN}.again"


def _withdrawn(case: CaseSnapshot, clock: Clock, _numbers: Numbers) -> Found | None:
    """The last consent of the episode was taken back, and the episode goes on.

    A pause or a stay elsewhere changes nothing: whoever does not agree is asked nothing more until somebody decided.
    """
    consent = case.consent_withdrawn
    if consent is None or case.episode is None or case.episode.phase is Phase.ENDED:
        return None
    if not clock.has_come(consent.on):
        return None
    return Found(tier=Tier.ACTION, evidence={"on": stored(consent.on), "said_by": consent.said_by}, since=consent.on)


def _words(evidence: Evidence, today: date) -> str:
    on, said_by = evidence.day("on"), evidence.text("said_by")
    return (
        f"Consent taken back on {written(on)} ({ago(on, today)}) by {said_by}: "
        "talk it over, then take consent anew or end the episode"
    )


CONSENT_WITHDRAWN = Rule(
    id=WITHDRAWN,
    title="Consent taken back",
    family=Family.CARE,
    audience=(Audience.CARE_MANAGER, Audience.CLINIC_LEAD),
    parameters=(_AGAIN,),
    source="Registry decision: care without consent is decided by a person, and not by nobody having looked",
    check=_withdrawn,
    words=_words,
    is_news=later_day("on"),
    must_be_heard=True,
    rests_for=_AGAIN,
)
