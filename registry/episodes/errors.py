"""What can be wrong with a change to an episode. Each message says what to do."""

from __future__ import annotations

from registry.db.refused import Refused


class ImpossibleDate(Refused):
    """A date in the future, before birth, or before what it must follow."""


class EpisodeIsOpen(Refused):
    """The person already has an open episode at this clinic."""


class EpisodeHasEnded(Refused):
    """The episode is over: history does not change, re-enrolment opens a new episode."""


class ImpossibleReopening(Refused):
    """The end was no mistake: another clinic answers for the person."""


class ImpossiblePhase(Refused):
    """This phase cannot follow the present one."""


class UnfitForTeam(Refused):
    """The user does not hold a fitting role in this clinic."""


class ImpossibleTarget(Refused):
    """A level outside the scale, in the wrong direction, or of a scale nobody tracks."""


class TransferIsOpen(Refused):
    """While somebody is being transferred, neither clinic lets go of them by itself."""


class ImpossibleTransfer(Refused):
    """A transfer that cannot be proposed, or is no longer there to be answered."""


class ConsentIsMissing(Refused):
    """Nobody agreed to the care, or the consent was taken back."""


class PersonHasDied(Refused):
    """Nobody is referred or enrolled after their death."""
