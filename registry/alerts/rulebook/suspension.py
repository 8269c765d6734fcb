"""When rules rest: after a death, during a stay on a ward or in jail that somebody knows of, while an episode is
paused, and at a clinic that has taken somebody over and not spoken with them yet: until then the clinic they come from
answers.
"""

from enum import StrEnum

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.phrases import written
from registry.alerts.rulebook.whereabouts import resting_since
from registry.alerts.snapshot import CaseSnapshot, EpisodeFacts, Phase


class Family(StrEnum):
    """What a rule is about."""

    SAFETY = "safety"
    SCREEN = "screen"
    """Asking about safety in time: of the episode, yet as little interrupted by a pause or a stay elsewhere."""
    ENGAGE = "engage"
    MEASURE = "measure"
    TARGET = "target"
    REVIEW = "review"
    ORDER = "order"
    """What a psychiatrist recommended and nobody decided or did: "stop lithium" is no usual work a stay interrupts."""
    SOCIAL = "social"
    CARE = "care"
    """Whether the person agrees to the care at all: neither a pause nor a stay elsewhere makes it wait."""
    LEGAL = "legal"
    TRANSFER = "transfer"
    LIFE = "life"
    """What a stay elsewhere asks for, and coming out of it: nothing interrupts it."""
    MEDICATION = "medication"
    """What has its day whatever the phase: a pause or a stay elsewhere moves no injection."""
    TREATMENT = "treatment"
    PLAN = "plan"
    HEALTH = "health"
    """The yearly physical check."""


_RESTS_WITH_CARE = frozenset(
    {Family.ENGAGE, Family.MEASURE, Family.TARGET, Family.REVIEW, Family.TREATMENT, Family.PLAN, Family.HEALTH}
)
"""Families that ask the care team to do its usual work, which a pause or a stay elsewhere interrupts."""


def suspension(
    case: CaseSnapshot, clock: Clock, numbers: Numbers, *, family: Family, stays: Clock | None = None
) -> str | None:
    """Why ``family`` says nothing about ``case`` for now, or None where it speaks. Safety always speaks.

    ``stays`` is the day on which stays are asked about, where that is another: far ahead nobody would know of any.
    """
    if family is Family.SAFETY:
        return None
    if case.died_on is not None:
        return f"Died on {written(case.died_on)}"
    if case.transfer is not None and case.transfer.sender_answers and family is not Family.TRANSFER:
        return f"{case.transfer.other_clinic} answers until the first two-way contact here"
    if family not in _RESTS_WITH_CARE:
        return None
    since = resting_since(case.setbacks, stays or clock, numbers)
    if since is not None:
        return f"Resting since {written(since)}: in hospital, in jail or in crisis care"
    if case.episode is not None and case.episode.phase is Phase.PAUSED:
        return _pause(case.episode, clock)
    return None


def _pause(episode: EpisodeFacts, clock: Clock) -> str | None:
    if episode.paused_until is None:
        return f"Paused since {written(episode.phase_since)}"
    if clock.has_come(episode.paused_until):
        return None
    return f"Paused until {written(episode.paused_until)}"


def phase_in_force(episode: EpisodeFacts | None) -> Phase | None:
    """The phase whose numbers count: after a pause the one before it, active where that is unknown.

    Ask only where ``suspension`` has not already said that the rule rests.
    """
    if episode is None:
        return None
    if episode.phase is Phase.PAUSED:
        return episode.phase_before_pause or Phase.ACTIVE
    return episode.phase
