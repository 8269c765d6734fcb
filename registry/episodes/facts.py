"""What somebody decides about an episode, before it is rows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """Agreement to collaborative care. ``mode`` is one of ``rules.CONSENT_MODES``.

    ``given_by``: "patient", or who gave it for the patient and with what authority.
    """

    given_on: date
    mode: str
    taken_by: str
    given_by: str = "patient"
    has_capacity: bool = True
    cost_sharing_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTeamFacts:
    """Another team involved, and what it does. ``kind`` is one of ``rules.OTHER_TEAMS``."""

    kind: str
    name: str
    does: str
    reach: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPlace:
    """A place in the care team and who takes it: a user of the clinic, or somebody outside by name, or nobody."""

    role: str
    user_id: uuid.UUID | None = None
    name: str = ""

    @property
    def is_empty(self) -> bool:
        return self.user_id is None and not self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """A scale to follow (``phq-9:total``), and after how many days it is due again.

    ``on_request`` tells when it is off target; of the metric primary that is told anyhow.
    """

    scale: str
    cadence_days: int
    on_request: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetWish:
    """Where a tracked scale should go: one level, or the best achievable, held, and looked at again by a date."""

    scale: str
    at_most: Decimal | None = None
    at_least: Decimal | None = None
    is_hold: bool = False
    review_by: date | None = None
    why: str = ""
