"""What happened to a person beside their care, as the rules see it: stays and emergencies, homes and jobs.

Part of the snapshot (``alerts.snapshot``), and as frozen.
"""

from dataclasses import dataclass
from datetime import date, datetime

from registry.measures.scale import Scale

ADMISSIONS = frozenset({"hospital-psychiatric", "crisis"})
RELEASES = ADMISSIONS | {"jail"}
SETBACKS = RELEASES | {"emergency", "hospital"}
"""Kinds of life events that tell of a crisis, as they are stored: what begins or ends one calls for asking anew."""


@dataclass(frozen=True, slots=True)
class Setback:
    """A stay in a hospital, in crisis care or in jail, or a visit to an emergency department.

    ``kind`` as it is stored, ``words`` as it is read ("Jail or prison"). ``ended_on`` is the last day, None while
    nobody has said that it is over. ``id`` names the life event. ``reason`` is why somebody was in an emergency
    department, as it is stored; empty of a stay.
    """

    kind: str
    words: str
    began_on: date
    ended_on: date | None
    id: str = ""
    reason: str = ""
    confirmed_on: date | None = None
    """The last day on which somebody said that the person is still there."""
    called_on: date | None = None
    """The day somebody called there and sent what they need to know."""
    recorded_at: datetime | None = None
    ended_at: datetime | None = None
    """When the end of a stay was entered."""
    confirmed_at: datetime | None = None
    """When somebody last said that the person is still there."""

    @property
    def known_on(self) -> date:
        """The last day on which the person was there by what somebody said, of a stay without an end."""
        return max(self.began_on, self.confirmed_on or self.began_on)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The stay a person is in. ``is_known``: somebody said so lately enough; else nobody has for a long time."""

    stay: Setback
    is_known: bool


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What a housing or work measure said on one day: its category, and the words for it."""

    on: date
    category: str
    label: str


@dataclass(frozen=True, slots=True)
class CircumstanceHistory:
    """The dated circumstances on one category scale, whose file says what counts as a loss.

    ``name`` is the word for the whole in a sentence: "housing", "work". ``domain`` is the instrument's.
    """

    name: str
    scale: Scale
    circumstances: tuple[Circumstance, ...] = ()
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A home or a job lost, or found, as somebody told it: on that day, in words ("Lost a home"), of that domain."""

    on: date
    domain: str
    is_loss: bool
    words: str
